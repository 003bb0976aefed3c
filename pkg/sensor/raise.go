package sensor

import (
	"otsensor/pkg/config"
	"otsensor/pkg/detect"
	"otsensor/pkg/event"
	"otsensor/pkg/ot"
	"otsensor/pkg/playbook"
)

// raised completes an event with everything but what was seen: the place in
// the playbook, the quality block, coverage and what it was judged with.
func (w *Watch) raised(r detect.Raised) {
	e := r.Event
	if r.By != nil {
		w.place(e, r.By, r.Rule.Met)
	}
	e.Quality.FirstSeen, e.Quality.LastSeen = e.First, e.Last
	e.Coverage.Dropped = w.last.Stats.Loss.Kernel
	e.Coverage.GapRatio, e.Coverage.Filter = gapRatio(&w.last.Stats), w.o.Filter
	w.classed(e)
	w.book.Grew(e)
	w.schedule(r)
	w.emit(e)
}

// classed counts what an event is when it opens, and when it becomes something
// else: a graver rule took it, or a graver sighting was made.
func (w *Watch) classed(e *event.Event) {
	class := EventClass{e.Playbook.IncidentType, e.Playbook.Severity.Suggested}
	switch e.State {
	case "open", "update":
		was, known := w.classes[e.ID]
		if known && was == class {
			return
		}
		if known {
			if w.counts.ByType[was]--; w.counts.ByType[was] == 0 {
				delete(w.counts.ByType, was)
			}
		}
		w.classes[e.ID] = class
		w.counts.ByType[class]++
		w.counts.Reached[class]++
	case "closed":
		delete(w.classes, e.ID)
	}
}

// emit hands over a record, no longer than records may be, and counts it.
func (w *Watch) emit(e *event.Event) {
	fits, bytes, shortened := event.Bounded(e)
	if w.counts.Longest = max(w.counts.Longest, bytes); shortened {
		w.counts.Shortened++
	}
	w.counts.record(e.State, w.o.Emit(fits) == nil)
}

// record counts a record that was written, or could not be.
func (c *EventCounts) record(state string, written bool) {
	r := c.Records[state]
	first := state == "open"
	switch {
	case written && first:
		c.Written++
	case first:
		c.Dropped++
	}
	if written {
		r.Written++
	} else {
		r.Dropped++
	}
	c.Records[state], c.Failing = r, !written
}

// place asks the playbook where an event stands.
func (w *Watch) place(e *event.Event, s *detect.Sighting, met bool) {
	e.Sensor = w.o.Sensor
	f := playbook.FactsOf(e)
	f.Met, f.Ticket = met, w.planned(s)
	host, asset := w.concerned(s)
	if asset != nil {
		f.GxP, f.Safety, f.NotHoldable, f.Asset = asset.GxP, asset.Safety, asset.NotHoldable, asset.Name
		if asset.Line != "" {
			f.Line = asset.Line
		}
	}
	f.SourceKnown = f.SourceKnown || w.o.Baseline == nil || s.Source().Host() == (ot.Endpoint{})
	f.LastKnownGood = min(w.lastGood(host), e.First)
	e.Playbook, e.Quality, e.Attack = w.o.Profile.Map(f)
	w.inCase(e, s, f.Ticket)
	e.Integrity = w.integrity()
}

// integrity is what events are judged with.
func (w *Watch) integrity() event.Integrity {
	i := event.Integrity{SensorVersion: w.o.Version, Rules: w.rules, Config: w.o.ConfigHash}
	if w.o.Baseline != nil {
		i.Baseline = w.o.Baseline.Hash
	}
	return i
}

// concerned is the host a sighting weighs on, with its asset of the site file:
// the target, or the source where the site file names only that. An act weighs
// on its target alone: what a known host does to one nobody named must not
// weigh as little as if it did it to itself.
func (w *Watch) concerned(s *detect.Sighting) (ot.Endpoint, *config.Asset) {
	host := s.Target()
	asset := w.o.Site.Find(host)
	if asset == nil && s.O.Kind != ot.Did {
		if from := w.o.Site.Find(s.Source()); from != nil {
			return s.Source(), from
		}
	}
	return host, asset
}

// lastGood is when the host was last seen as learned, or the start of the capture.
func (w *Watch) lastGood(host ot.Endpoint) int64 {
	if t := w.weigher.LastGood(host); t != 0 {
		return t
	}
	return w.began
}

// gapRatio is the share of payload bytes known to be missing.
func gapRatio(s *Stats) float64 {
	if s.Flow.GapBytes == 0 {
		return 0
	}
	return float64(s.Flow.GapBytes) / float64(s.Flow.GapBytes+s.Flow.Payload)
}
