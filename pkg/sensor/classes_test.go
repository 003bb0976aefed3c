package sensor

import (
	"maps"
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
