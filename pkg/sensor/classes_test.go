package sensor

import (
	"maps"
	"strings"
	"testing"

	"otsensor/pkg/event"
)

// An event counts once as what it is, and for metrics when it opens and again
// when it becomes another; what only goes on does not, and what begins after it closed is another.
func TestEventsByWhatTheyBecome(t *testing.T) {
	w := &Watch{classes: map[string]EventClass{}, counts: EventCounts{ByType: map[EventClass]uint64{}, Reached: map[EventClass]uint64{}}}
	for _, c := range []struct {
		id, state, incident string
		severity            int
	}{
		{"a", "open", "OT-02", 1}, {"a", "update", "OT-02", 1}, {"b", "open", "OT-02", 1},
		{"a", "update", "OT-06", 3}, {"a", "update", "OT-06", 3}, {"a", "closed", "OT-06", 3},
		{"b", "update", "OT-02", 2}, {"s", "summary", "OT-02", 1}, {"a", "open", "OT-06", 3},
	} {
		e := &event.Event{ID: c.id, State: c.state}
		e.Playbook.IncidentType, e.Playbook.Severity.Suggested = c.incident, c.severity
		w.classed(e)
	}
	if want := (map[EventClass]uint64{{"OT-02", 1}: 2, {"OT-02", 2}: 1, {"OT-06", 3}: 2}); !maps.Equal(w.counts.Reached, want) {
		t.Errorf("reached %v, want %v", w.counts.Reached, want)
	}
	if want := (map[EventClass]uint64{{"OT-02", 2}: 1, {"OT-06", 3}: 2}); !maps.Equal(w.counts.ByType, want) {
		t.Errorf("now %v, want %v", w.counts.ByType, want)
	}
	if len(w.classes) != 2 {
		t.Errorf("%d events are remembered as open, want 2", len(w.classes))
	}
}

// A record is no longer than records may be, whatever an event holds, and that
// something was left off is counted; the event goes on whole.
func TestRecordsAreBounded(t *testing.T) {
	var told []*event.Event
	w := &Watch{counts: EventCounts{Records: map[string]Records{}}, o: WatchOptions{Emit: func(e *event.Event) error { told = append(told, e); return nil }}}
	short, long := &event.Event{State: "open", What: "short"}, &event.Event{State: "open", What: strings.Repeat("long ", 5000)}
	w.emit(short)
	w.emit(long)
	if told[0] != short || len(told[1].LeftOff) != 1 || len(told[1].What) > 2000 || len(long.What) != 25_000 {
		t.Errorf("told %d and %d bytes of text, left off %q", len(told[0].What), len(told[1].What), told[1].LeftOff)
	}
	if c := w.counts; c.Shortened != 1 || c.Written != 2 || c.Longest < 1000 || c.Longest > event.MaxBytes {
		t.Errorf("%+v", c)
	}
}
