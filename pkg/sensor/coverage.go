package sensor

import "otsensor/pkg/ot"

// coverage turns what the capture could not see into observations of kind Odd,
// so that blindness is an event like any other.
type coverage struct {
	since   int64 // sensor clock of the first tick
	longest int64 // longest time without packets so far
	told    int64 // the latest packet before a silence that was told
	kernel  uint64
	cut     uint64
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
	tell := func(a ot.Anomaly) {
		odd(&ot.Observation{Seq: t.At.Seq, Frame: t.At.Frame, Time: t.At.Time, Clock: now, Kind: ot.Odd, Odd: a})
	}
	quiet := now - t.LastPacket
	if quiet > quietMin && quiet > quietFactor*c.longest && t.LastPacket-c.since > settleTime && c.told != t.LastPacket {
		c.told = t.LastPacket
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
}
