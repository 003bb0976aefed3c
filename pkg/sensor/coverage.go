package sensor

import "otsensor/pkg/ot"

// coverage turns what the capture could not see into observations of kind Odd,
// so that blindness is an event like any other.
type coverage struct {
	since   int64 // sensor clock of the first tick
	longest int64 // longest time without packets so far
	last    int64 // sensor clock of the latest packet, 0 before the first
	told    bool  // the silence since then
	kernel  uint64
	cut     uint64
	sent    uint64
	notes   []ot.Anomaly // to be told with the next tick

	full   [judgeTables]uint64 // how often the judge's tables were full
	copies copies
	vlans  vlans
	sides  sides
}

// When silence of the whole port counts.
const (
	quietMin    = 10 * second // shorter is never told
	quietFactor = 5           // times the longest silence seen before
	settleTime  = 60 * second // nothing is told before the port was watched so long
)

func (c *coverage) tick(t Tick, odd func(o *ot.Observation)) {
	now := t.At.Clock
	if c.since == 0 {
		c.since = now
	}
	tellOf := func(a ot.Anomaly, vlan uint16) {
		odd(&ot.Observation{Claim: ot.Claim{VLAN: vlan}, Seq: t.At.Seq, Frame: t.At.Frame, Time: t.At.Time, Clock: now, Kind: ot.Odd, Odd: a})
	}
	tell := func(a ot.Anomaly) { tellOf(a, 0) }
	if t.Stepped {
		tell(ot.ClockStep)
	}
	if t.LastPacket != c.last {
		c.last, c.told = t.LastPacket, false
	}
	quiet := now - max(c.last, c.since)
	if !c.told && c.silent(quiet) {
		c.told = true
		tell(ot.NoTraffic)
	}
	if quiet < quietMin {
		c.longest = max(c.longest, quiet)
	}
	if t.Stats.Loss.Kernel > c.kernel {
		c.kernel = t.Stats.Loss.Kernel
		tell(ot.CaptureLoss)
	}
	if t.Stats.Cut > c.cut {
		c.cut = t.Stats.Cut
		tell(ot.FramesCut)
	}
	if t.Stats.Loss.Transmitted > c.sent {
		c.sent = t.Stats.Loss.Transmitted
		tell(ot.PortTransmits)
	}
	for _, a := range c.notes {
		tell(a)
	}
	c.notes = nil
	if c.copies.tick(now, &t.Stats) {
		tell(ot.Duplicates)
	}
	if quiet < quietMin {
		c.vlans.tick(now, func(vlan uint16) { tellOf(ot.VLANSilent, vlan) })
	}
}

// newFile forgets how the port was watched so far. What was lost and cut stays
// counted, as the pipeline counts it over all files.
func (c *coverage) newFile() {
	was := c.sides
	*c = coverage{kernel: c.kernel, cut: c.cut, sent: c.sent, notes: c.notes, full: c.full, vlans: vlans{full: c.vlans.full}}
	c.sides.hosts.full, c.sides.vlans.full = was.hosts.full, was.vlans.full
}

// silent reports whether a quiet time is out of the ordinary. A port that never
// showed a packet is: it is plugged in at the wrong place.
func (c *coverage) silent(quiet int64) bool {
	if c.last == 0 {
		return quiet > settleTime
	}
	return quiet > quietMin && quiet > quietFactor*c.longest && c.last-c.since > settleTime
}
