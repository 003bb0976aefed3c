package sensor

import (
	"slices"

	"otsensor/pkg/baseline"
	"otsensor/pkg/capture"
	"otsensor/pkg/cases"
	"otsensor/pkg/detect"
	"otsensor/pkg/flow"
	"otsensor/pkg/ot"
	"otsensor/pkg/packet"
)

// Which events get a file of evidence.
const (
	evidenceFrom = 2       // suggested severity
	blindType    = "OT-15" // about the sensor itself: no frames show it
)

// keep hands on, for evidence, the frames of a task up to a number, that of what
// they caused. Frames that nobody follows are among them.
func (m *merger) keep(t *task, upTo uint64) {
	for all := t.batch.Packets; m.kept < len(all) && t.stamps[m.kept].seq <= upTo; m.kept++ {
		m.judge.Keep(&all[m.kept], &t.views[m.kept], t.stamps[m.kept].clock)
	}
}

// keep gives a frame to the recorder under the number samples name it by.
func (w *Watch) keep(p *capture.Packet, v *packet.View, clock int64) {
	if w.fresh {
		_, local := w.o.Where(p.Frame)
		w.fresh, w.before = false, p.Frame-local
	}
	w.o.Evidence.Keep(p.Frame-w.before, clock, p, v)
}

// schedule plans evidence for an event that was raised, or raised in severity.
// One that closes gets it now or never.
func (w *Watch) schedule(r detect.Raised) {
	if w.o.Evidence == nil {
		return
	}
	p := &r.Event.Playbook
	if r.By != nil && p.IncidentType != blindType && p.Severity.Suggested >= evidenceFrom {
		w.o.Evidence.Schedule(r.Event, r.By.O.Clock, r.By.Source(), r.By.Target())
	}
	if r.Event.State == "closed" {
		w.o.Evidence.Close(r.Event)
	}
}

// cut writes evidence that is due, all of it at the end of a file, and tells
// when memory was too short for what was promised.
func (w *Watch) cut(at flow.At, all bool) {
	e := w.o.Evidence
	if e == nil {
		return
	}
	if all {
		e.Rest()
	} else {
		e.Tick(at.Clock)
	}
	w.follow(all)
	for _, f := range append(w.left, e.Ended()...) {
		w.recorded(f, at.Time)
	}
	w.left = nil
	if e.Short() {
		w.engine.Match(&ot.Observation{Seq: at.Seq, Frame: at.Frame, Time: at.Time, Clock: at.Clock, Kind: ot.Odd, Odd: ot.EvidenceShort}, baseline.Weight{})
	}
}

// follow records the hosts of every case that people confirmed, until it is
// closed or dismissed.
func (w *Watch) follow(end bool) {
	for _, c := range w.book.Cases() {
		if c.Status != cases.Confirmed || end {
			w.o.Evidence.Unfollow(c.ID)
			continue
		}
		var hosts []ot.Endpoint
		for _, name := range slices.Concat(c.Sources, c.Targets) {
			if e, ok := hostNamed(name); ok {
				hosts = append(hosts, e)
			}
		}
		w.o.Evidence.Follow(c.ID, hosts)
	}
}
