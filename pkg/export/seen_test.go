package export_test

import (
	"slices"
	"strings"
	"testing"

	"otsensor/pkg/detect"
	"otsensor/pkg/event"
	"otsensor/pkg/export"
)

// events are a stop, a write seen from one side only, and one without hosts.
func events() []*event.Event {
	stop := &event.Event{ID: "00000000000000a1", Rule: event.Rule{ID: "S7-06", Title: "Controller was told to stop"}, Count: 2,
		First: 1_772_431_931_204_000_000, Last: 1_772_431_951_204_000_000, Proto: "s7comm", What: "10.0.0.66 told the controller 10.0.0.10 to stop.",
		Source: event.Party{Addr: "10.0.0.66", MAC: "02:00:00:00:00:42"}, Target: event.Party{Addr: "10.0.0.10", Port: 102},
		Attack: event.Attack{Techniques: []string{"T0858"}, Consequence: []string{"T0826"}}, Coverage: event.Coverage{BothWays: true}}
	write := *stop
	write.ID, write.Rule = "00000000000000a2", event.Rule{ID: "VAL-10", Title: "New writer"}
	write.Source, write.Coverage = event.Party{Addr: "fd00::66"}, event.Coverage{Lossy: true}
	write.Attack.Techniques = []string{"T0858", "T0836"}
	blind := &event.Event{ID: "00000000000000a3", Rule: event.Rule{ID: "SEN-01", Title: "No traffic"}, What: "Nothing came.", First: stop.First, Last: stop.Last}
	return []*event.Event{stop, &write, blind}
}

// The bundle fits STIX 2.1, refers to nothing that is not in it, and is the same every time.
func TestBundle(t *testing.T) {
	p := profile(t)
	k := export.Case{ID: "C-1", Name: "Case C-1", Type: "OT-05"}
	b := export.Observed(p, k, events())
	text := fits(t, "stix.schema.json", b)
	fits(t, "stix.schema.json", export.Observed(p, export.Case{}, nil))
	if again, _ := written(t, export.Observed(p, k, events())); again != text {
		t.Error("other bytes the second time")
	}
	at := map[string]bool{}
	kinds := map[string]int{}
	for _, o := range b.Objects {
		if id := o["id"].(string); at[id] {
			t.Errorf("%s stands twice", id)
		} else {
			at[id] = true
		}
		kinds[o["type"].(string)]++
	}
	for _, o := range b.Objects {
		refs := []string{}
		for key, v := range o {
			switch x := v.(type) {
			case []string:
				if strings.HasSuffix(key, "_refs") {
					refs = append(refs, x...)
				}
			case string:
				if strings.HasSuffix(key, "_ref") {
					refs = append(refs, x)
				}
			}
		}
		for _, r := range refs {
			if !at[r] {
				t.Errorf("%s names %s, which is not there", o["id"], r)
			}
		}
	}
	want := map[string]int{"identity": 1, "incident": 1, "grouping": 1, "note": 3, "observed-data": 2, "ipv4-addr": 2, "ipv6-addr": 1, "mac-addr": 1, "network-traffic": 2, "attack-pattern": 2}
	for kind, n := range want {
		if kinds[kind] != n {
			t.Errorf("%d of %s, want %d", kinds[kind], kind, n)
		}
	}
	for _, says := range []string{"not confirmed by people", "parts of the conversation were not captured", "one direction only was seen", "the conversation was seen whole"} {
		if !strings.Contains(text, says) {
			t.Errorf("the bundle does not say %q", says)
		}
	}
	// The id of an address is what everybody else makes of it (STIX 2.1 §2.9).
	if !strings.Contains(text, "ipv4-addr--") || strings.Contains(text, "T0826") {
		t.Error("a consequence is given as seen")
	}
}

// A layer scores by how many named a technique; what may follow has a colour of its own and no score.
func TestLayers(t *testing.T) {
	p := profile(t)
	l := export.Seen(p, "Seen", events())
	scores := map[string]int{}
	for _, x := range l.Techniques {
		scores[x.ID] = x.Score
		if (x.Color != "") != (x.ID == "T0826") || !x.Enabled {
			t.Errorf("%+v", x)
		}
	}
	if len(scores) != 3 || scores["T0858"] != 2 || scores["T0836"] != 1 || scores["T0826"] != 0 || l.Gradient.Max != 2 {
		t.Errorf("%v, at most %d", scores, l.Gradient.Max)
	}
	text, _ := written(t, l)
	for _, want := range []string{`"domain": "ics-attack"`, `"layer": "4.5"`, `"attack": "19"`, `"techniqueID": "T0858"`} {
		if !strings.Contains(text, want) {
			t.Errorf("no %s in the layer", want)
		}
	}
	covered := export.Covered(p, []detect.Rule{{ID: "B", Attack: []string{"T0855"}}, {ID: "A", Attack: []string{"T1692.001", "T0831"}}})
	i := slices.IndexFunc(covered.Techniques, func(x export.Technique) bool { return x.ID == "T1692.001" })
	if i < 0 || covered.Techniques[i].Score != 2 {
		t.Errorf("an id of the version before counts for the one that replaced it: %+v", covered.Techniques)
	}
}
