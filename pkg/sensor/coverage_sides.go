package sensor

import (
	"cmp"
	"net/netip"
	"slices"

	"otsensor/pkg/ot"
)

// A mirror may show some hosts, or some VLANs, from one side only. Rule SEN-02
// says so of conversations; here is kept of which hosts and VLANs that holds now.

// sides keeps who is spoken to over TCP and not seen to speak, and the VLANs in
// which no conversation shows both directions.
type sides struct {
	hosts streaks[ot.Endpoint]
	vlans streaks[uint16]
}

const (
	maxUnheard = 1024        // hosts kept; a mirror that hides more is known for what it is
	sidesSpan  = 60 * second // so long it must hold before it is told, and is told after it was seen last
)

// Unheard is what the mirror shows one side of.
type Unheard struct {
	Hosts []netip.Addr // spoken to for a minute or longer, and not seen to speak meanwhile
	VLANs []uint16     // in which for a minute or longer one direction only was seen
}

// see takes a report of traffic, a Moved.
func (s *sides) see(o *ot.Observation) {
	if o.Conv == nil || o.Conv.Transport != ot.TCP {
		return
	}
	to, from := o.Traffic.Packets[ot.ToServer] > 0, o.Traffic.Packets[ot.ToClient] > 0
	half := o.Quality&ot.OneSided != 0
	if to {
		s.hosts.end(o.Conv.Client.Host())
	}
	if from {
		s.hosts.end(o.Conv.Server.Host())
	}
	switch {
	case half && to && !from:
		s.hosts.note(o.Conv.Server.Host(), o.Clock, maxUnheard)
	case half && from && !to:
		s.hosts.note(o.Conv.Client.Host(), o.Clock, maxUnheard)
	}
	switch vlan := o.Conv.VLAN; {
	case vlan == 0:
	case half:
		s.vlans.note(vlan, o.Clock, maxVLANs)
	case to && from:
		s.vlans.end(vlan)
	}
}

// unheard is what holds now.
func (s *sides) unheard(now int64) (u Unheard) {
	for e := range s.hosts.lasting(now, sidesSpan) {
		u.Hosts = append(u.Hosts, e.Addr())
	}
	for vlan := range s.vlans.lasting(now, sidesSpan) {
		u.VLANs = append(u.VLANs, vlan)
	}
	slices.SortFunc(u.Hosts, netip.Addr.Compare)
	slices.SortFunc(u.VLANs, cmp.Compare)
	return u
}

// streak is how long something has held: since when, and when it was seen last.
type streak struct{ since, last int64 }

type streaks[K comparable] struct {
	of   map[K]streak
	full uint64 // that had no room
}

// note says that it holds of k now.
func (s *streaks[K]) note(k K, now int64, most int) {
	x, known := s.of[k]
	if !known && len(s.of) >= most {
		s.full++
		return
	}
	if s.of == nil {
		s.of = map[K]streak{}
	}
	if x.last = now; !known {
		x.since = now
	}
	s.of[k] = x
}

// end says that it does not hold of k.
func (s *streaks[K]) end(k K) { delete(s.of, k) }

// lasting gives those of which it has held for a span, and forgets those of
// which nothing was seen for as long.
func (s *streaks[K]) lasting(now, span int64) func(func(K) bool) {
	return func(yield func(K) bool) {
		for k, x := range s.of {
			if now-x.last > span {
				delete(s.of, k)
			} else if x.last-x.since >= span && !yield(k) {
				return
			}
		}
	}
}
