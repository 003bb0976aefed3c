package sensor

import (
	"slices"

	"otsensor/pkg/ot"
)

// copies watches how many frames the mirror port shows twice.
type copies struct {
	at              int64 // sensor clock at the start of this minute
	packets, copies uint64
}

// When copies count: a mirror port that sees frames on two VLANs or on both
// sides of a switch shows half of them twice.
const (
	copiesSpan  = 60 * second
	copiesLeast = 100 // frames shown again in the span
	copiesShare = 5   // one in so many packets
)

// tick reports, once a minute, whether far too many were shown twice.
func (c *copies) tick(now int64, s *Stats) (many bool) {
	if c.at != 0 && now-c.at < copiesSpan {
		return false
	}
	again, packets := s.Copies-c.copies, s.Packets-c.packets
	many = c.at != 0 && again >= copiesLeast && again*copiesShare >= packets
	c.at, c.copies, c.packets = now, s.Copies, s.Packets
	return many
}

// vlans watches whether VLANs that were seen on the mirror port stay there.
type vlans struct {
	seen []vlan
	full uint64 // reports of VLANs there was no room for
}

type vlan struct {
	id          uint16
	since, last int64
	gap         int64 // longest time between two reports of its traffic
	told        bool
}

const (
	maxVLANs    = 64
	vlanSettled = 60 * second // a VLAN is missed only after it was there so long
	vlanQuiet   = 60 * second // and was quiet so long
	vlanFactor  = 5           // and so many times longer than ever before
)

// see takes a report of traffic, a Moved.
func (v *vlans) see(o *ot.Observation) {
	if o.Conv == nil || o.Conv.VLAN == 0 {
		return
	}
	i := slices.IndexFunc(v.seen, func(x vlan) bool { return x.id == o.Conv.VLAN })
	if i < 0 {
		if len(v.seen) == maxVLANs {
			v.full++
			return
		}
		v.seen = append(v.seen, vlan{id: o.Conv.VLAN, since: o.Clock, last: o.Clock})
		return
	}
	x := &v.seen[i]
	x.gap, x.last, x.told = max(x.gap, o.Clock-x.last), o.Clock, false
}

// tick tells of VLANs that are no longer seen.
func (v *vlans) tick(now int64, tell func(vlan uint16)) {
	for i := range v.seen {
		x := &v.seen[i]
		if quiet := now - x.last; !x.told && x.last-x.since >= vlanSettled && quiet > vlanQuiet && quiet > vlanFactor*x.gap {
			x.told = true
			tell(x.id)
		}
	}
}
