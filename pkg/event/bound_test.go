package event_test

import (
	"bytes"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"otsensor/pkg/event"
)

// filled is an event with every text so long and every list so many.
func filled(text string, members int) *event.Event {
	e := &event.Event{State: "open"}
	stuff(reflect.ValueOf(e).Elem(), text, members)
	e.State, e.LeftOff = "open", nil
	return e
}

func stuff(v reflect.Value, text string, members int) {
	switch v.Kind() {
	case reflect.String:
		v.SetString(text)
	case reflect.Struct:
		for i := range v.NumField() {
			stuff(v.Field(i), text, members)
		}
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), members, members))
		for i := range members {
			stuff(v.Index(i), text, members)
		}
	}
}

func record(t *testing.T, e *event.Event) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := event.NewWriter(&b).Write(e); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// What fits is left as it is; what is too long is shortened no more than it
// must be, says what was left off, and leaves the event it was made of alone.
func TestBounded(t *testing.T) {
	small := filled("a name", 3)
	if fits, n, shortened := event.Bounded(small); fits != small || shortened || n != len(record(t, small)) {
		t.Errorf("an event that fits is changed, or its length of %d is not %d", n, len(record(t, small)))
	}
	many := &event.Event{State: "open", What: "A scan."}
	for i := range 64 {
		many.List = append(many.List, fmt.Sprintf("%03d %s", i, strings.Repeat("x", 300)))
	}
	fits, _, shortened := event.Bounded(many)
	if !shortened || len(fits.List) != 32 || !slices.Equal(fits.LeftOff, []string{"32 of 64 of list", "what goes beyond 256 bytes of 32 texts"}) || fits.What != many.What {
		t.Errorf("%d members are kept, left off %q", len(fits.List), fits.LeftOff)
	}
	if len(many.List) != 64 || len(many.List[0]) != 304 || many.LeftOff != nil {
		t.Error("the event itself was changed")
	}
	again, err := event.Parse(record(t, fits))
	if err != nil || !slices.Equal(again.LeftOff, fits.LeftOff) {
		t.Errorf("read back: %q, %v", again.LeftOff, err)
	}
}

// However long its texts and lists, whatever is in them, a record fits.
func TestBoundedAlwaysFits(t *testing.T) {
	for _, text := range []string{"x", `"`, "ü", "語", "\\"} {
		for _, members := range []int{1, 4, 70} {
			for _, n := range []int{1, 1500} {
				e := filled(strings.Repeat(text, n), members)
				// These are made by the sensor, of fixed lengths.
				e.ID, e.Playbook.Case, e.Recurs.Of = "4d4944d7574e3956", "C-4d4944d7", "4d4944d7574e3956"
				e.Rule.ID, e.Proto, e.Service, e.Op, e.Status, e.Source.Addr, e.Target.Addr, e.Source.MAC, e.Target.MAC = "", "", "", "", "", "", "", "", ""
				e.Integrity, e.Quality.GxPImpact, e.Quality.Ask, e.Quality.Decides = event.Integrity{}, "", "", ""
				e.Playbook.Profile, e.Playbook.ProfileVersion, e.Playbook.IncidentType, e.Playbook.Phase, e.Playbook.Step, e.Playbook.PhaseInput, e.Playbook.Severity.ConfirmedBy = "", "", "", "", "", "", ""
				e.Attack.Version = ""
				for i := range e.Captures {
					e.Captures[i].File, e.Captures[i].SHA256 = "", ""
				}
				for i := range e.Playbook.Next {
					e.Playbook.Next[i].Step, e.Playbook.Next[i].Role = "", ""
				}
				fits, size, _ := event.Bounded(e)
				if line := record(t, fits); len(line) > event.MaxBytes || len(line) != size || !utf8.Valid(line) {
					t.Errorf("%d times %q in lists of %d: %d bytes, told %d", n, text, members, len(line), size)
				}
			}
		}
	}
}
