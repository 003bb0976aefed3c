package sensor

import (
	"fmt"
	"testing"

	"otsensor/pkg/ot"
)

// Who is spoken to for a minute and not seen to speak is told by name, and each
// VLAN that shows one direction only; who is seen to speak, in whatever
// conversation, is not, and what is over is forgotten.
func TestUnheard(t *testing.T) {
	type report struct {
		server   byte
		vlan     uint16
		to, from uint32
	}
	poll := func(reports ...report) func(s *sides, now int64) {
		return func(s *sides, now int64) {
			for _, r := range reports {
				o := ot.Observation{Kind: ot.Moved, Clock: now, Conv: &ot.Conv{Client: host4(1), Server: host4(r.server), VLAN: r.vlan, Transport: ot.TCP}}
				o.Traffic.Packets = [2]uint32{r.to, r.from}
				if r.to == 0 || r.from == 0 {
					o.Quality = ot.OneSided
				}
				s.see(&o)
			}
		}
	}
	for name, c := range map[string]struct {
		each  func(s *sides, now int64)
		until int64 // second of the last report
		at    int64 // second that is looked at
		want  string
	}{
		"both ways":                       {poll(report{2, 10, 5, 5}), 120, 120, "[] []"},
		"one host":                        {poll(report{2, 0, 5, 5}, report{3, 0, 5, 0}), 120, 120, "[10.0.0.3] []"},
		"not yet a minute":                {poll(report{3, 7, 5, 0}), 50, 50, "[] []"},
		"only what servers say":           {poll(report{3, 0, 0, 5}), 60, 60, "[10.0.0.1] []"},
		"it is heard elsewhere":           {poll(report{3, 0, 5, 0}, report{3, 0, 5, 5}), 120, 120, "[] []"},
		"a VLAN":                          {poll(report{2, 10, 5, 5}, report{3, 20, 5, 0}), 120, 120, "[10.0.0.3] [20]"},
		"a VLAN that shows both, too":     {poll(report{3, 20, 5, 0}, report{4, 20, 5, 5}), 120, 120, "[10.0.0.3] []"},
		"its conversation has just ended": {poll(report{3, 20, 5, 0}), 120, 170, "[10.0.0.3] [20]"},
		"long over":                       {poll(report{3, 20, 5, 0}), 120, 190, "[] []"},
	} {
		var s sides
		for second := int64(0); second <= c.until; second += 10 {
			c.each(&s, second*1e9+1)
		}
		u := s.unheard(c.at*1e9 + 1)
		if got := fmt.Sprint(u.Hosts, u.VLANs); got != c.want {
			t.Errorf("%s: %s, want %s", name, got, c.want)
		}
	}
}

// The table is bounded, and what had no room is counted.
func TestUnheardIsBounded(t *testing.T) {
	var s sides
	for i := range maxUnheard + 10 {
		s.see(&ot.Observation{Kind: ot.Moved, Clock: 1, Quality: ot.OneSided, Traffic: ot.Traffic{Packets: [2]uint32{9, 0}},
			Conv: &ot.Conv{Client: host4(1), Server: ot.Endpoint{IP: [16]byte{10: 0xff, 11: 0xff, 12: 11, 14: byte(i >> 8), 15: byte(i)}}, Transport: ot.TCP}})
	}
	if len(s.hosts.of) != maxUnheard || s.hosts.full != 10 {
		t.Errorf("%d kept, %d had no room", len(s.hosts.of), s.hosts.full)
	}
}
