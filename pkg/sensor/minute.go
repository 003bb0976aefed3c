package sensor

import (
	"otsensor/pkg/assets"
	"otsensor/pkg/baseline"
	"otsensor/pkg/ot"
)

// Minute is what was seen in a minute of the sensor clock. One in which the
// clock stood, as between two files, is not told.
type Minute struct {
	From             int64 // its beginning
	Packets, Dropped uint64
	Habits           []baseline.Active
	Left             uint64         // transactions of habits that had no room
	Assets           []assets.Asset // those that spoke
}

// minutes gathers what is told of each minute.
type minutes struct {
	tell     func(m *Minute)
	activity *baseline.Activity
	from     int64 // of the present minute, 0 before the first
	earliest int64 // packet time in it
	packets  uint64
	dropped  uint64 // up to its beginning
}

// newMinutes makes one; nil when nobody asks.
func newMinutes(tell func(m *Minute)) *minutes {
	if tell == nil {
		return nil
	}
	return &minutes{tell: tell, activity: baseline.NewActivity()}
}

// see counts an observation in its minute.
func (m *minutes) see(o *ot.Observation) {
	if m.from == 0 {
		m.from = o.Clock - o.Clock%minute
	}
	if m.earliest == 0 || o.Time < m.earliest {
		m.earliest = o.Time
	}
	m.activity.See(o)
}

// minutePassed tells of a minute when the clock has left it, or at the end.
func (w *Watch) minutePassed(now int64, end bool) {
	m := w.minutes
	if m == nil {
		return
	}
	if m.from == 0 {
		m.from = now - now%minute
	}
	if now < m.from+minute && !end {
		return
	}
	t := &w.last.Stats
	told := Minute{From: m.from, Packets: t.Packets - m.packets, Dropped: t.Loss.Kernel - m.dropped}
	told.Habits, told.Left = m.activity.Take()
	if m.earliest != 0 {
		told.Assets = w.assets.Since(m.earliest)
	}
	m.from, m.earliest, m.packets, m.dropped = now-now%minute, 0, t.Packets, t.Loss.Kernel
	m.tell(&told)
}
