package evidence

import (
	"slices"

	"otsensor/pkg/ot"
	"otsensor/pkg/packet"
)

// hosts are the two ends of a frame or an event, in any order. One that is
// zero, or both alike, stand for all talk of the other.
type hosts [2]ot.Endpoint

// address is a host as hosts know it: by its IP address, by its MAC where it has none.
func address(e ot.Endpoint) ot.Endpoint {
	if e.HasIP() {
		return ot.Endpoint{IP: e.IP}
	}
	return ot.Endpoint{MAC: e.MAC}
}

func (h hosts) same(o hosts) bool { return h == o || h[0] == o[1] && h[1] == o[0] }

// single gives the one host that hosts stand for.
func (h hosts) single() (ot.Endpoint, bool) {
	switch none := (ot.Endpoint{}); {
	case h[1] == none || h[0] == h[1]:
		return h[0], true
	case h[0] == none:
		return h[1], true
	}
	return ot.Endpoint{}, false
}

func hostsOf(v *packet.View) hosts {
	if v.Layer >= packet.ARP {
		return hosts{{IP: v.SrcIP}, {IP: v.DstIP}}
	}
	return hosts{{MAC: v.SrcMAC}, {MAC: v.DstMAC}}
}

// hosts reads a held frame again.
func (r *Recorder) hosts(s *slot) hosts {
	var v packet.View
	p := r.ring.packet(s)
	packet.Decode(&v, &p)
	return hostsOf(&v)
}

// wanted says quickly of most frames that they are not wanted.
type wanted struct {
	pairs  []hosts
	hashes []uint32
	any    bool // a single host is wanted: hashes of pairs say nothing
	all    bool // an event about no host is about the whole line
}

func newWanted(pairs []hosts) wanted {
	w := wanted{pairs: pairs, all: len(pairs) == 1 && pairs[0] == hosts{}}
	for _, h := range pairs {
		if _, single := h.single(); single {
			w.any = true
		}
		v := packet.View{Layer: packet.IP, SrcIP: h[0].IP, DstIP: h[1].IP}
		if !h[0].HasIP() && !h[1].HasIP() {
			v = packet.View{Layer: packet.LinkOnly, SrcMAC: h[0].MAC, DstMAC: h[1].MAC}
		}
		w.hashes = append(w.hashes, v.HostHash())
	}
	return w
}

func (w *wanted) may(hash uint32) bool { return w.any || slices.Contains(w.hashes, hash) }

func (w *wanted) is(h hosts) bool {
	return w.all || slices.ContainsFunc(w.pairs, func(want hosts) bool {
		if one, single := want.single(); single {
			return one != (ot.Endpoint{}) && (h[0] == one || h[1] == one)
		}
		return want.same(h)
	})
}
