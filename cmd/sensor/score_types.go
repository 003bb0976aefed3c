package main

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
)

// outcome is what came out in all.
type outcome struct {
	Files      []result      `json:"files"`
	Types      []typeOutcome `json:"by_incident_type"`
	Attacks    int           `json:"attacks"`
	Found      int           `json:"found"`
	False      int           `json:"false_events"`
	CleanHours float64       `json:"clean_hours"`
	AnHour     *float64      `json:"false_events_an_hour"` // null where hardly anything was clean
	ADay       *float64      `json:"false_events_a_day"`
}

// typeOutcome is what came out for one incident type. Recall is of the attacks
// that the labels give that type, precision of the events that have it.
type typeOutcome struct {
	Type      string   `json:"incident_type"` // none: attacks of which the labels do not say it
	Attacks   int      `json:"attacks"`
	Found     int      `json:"found"`           // by any event
	Named     int      `json:"found_with_type"` // by one of this type
	Events    int      `json:"events"`
	Right     int      `json:"events_in_attacks"`
	Recall    *float64 `json:"recall"` // found with this type, of the attacks
	Precision *float64 `json:"precision"`
}

// leastClean is of how many hours a rate is given: of a few minutes it would say nothing.
const leastClean = 0.5

// untyped is the row of attacks whose type the labels do not give.
const untyped = "none"

func (ev *evaluation) outcome() outcome {
	o := outcome{Files: ev.results}
	types := map[string]*typeOutcome{}
	of := func(kind string) *typeOutcome {
		if types[kind] == nil {
			types[kind] = &typeOutcome{Type: kind}
		}
		return types[kind]
	}
	for i := range ev.results {
		r := &ev.results[i]
		o.Attacks, o.Found = o.Attacks+len(r.Attacks), o.Found+r.Found
		o.False, o.CleanHours = o.False+len(r.False), o.CleanHours+r.CleanHours
		for _, f := range r.Attacks {
			of(f.kind()).attack(&f)
		}
		for kind, n := range r.said {
			of(kind).Events += n
			of(kind).Right += r.right[kind]
		}
	}
	for _, kind := range slices.Sorted(maps.Keys(types)) {
		t := types[kind]
		t.Recall, t.Precision = share(t.Named, t.Attacks), share(t.Right, t.Events)
		if kind == untyped {
			t.Recall = share(t.Found, t.Attacks)
		}
		o.Types = append(o.Types, *t)
	}
	if o.CleanHours >= leastClean {
		hour := float64(o.False) / o.CleanHours
		day := 24 * hour
		o.AnHour, o.ADay = &hour, &day
	}
	return o
}

func (f *finding) kind() string {
	if f.Type == "" {
		return untyped
	}
	return f.Type
}

func (t *typeOutcome) attack(f *finding) {
	t.Attacks++
	if f.Found {
		t.Found++
	}
	if slices.Contains(f.Types, t.Type) {
		t.Named++
	}
}

// share is nil of nothing.
func share(part, all int) *float64 {
	if all == 0 {
		return nil
	}
	v := float64(part) / float64(all)
	return &v
}

func (o *outcome) table(w io.Writer) {
	fmt.Fprintf(w, "\n%-6s %8s %6s %10s %7s %7s %11s %10s\n", "type", "attacks", "found", "this type", "recall", "events", "in attacks", "precision")
	for _, t := range o.Types {
		row := fmt.Sprintf("%-6s %8d %6d %10d %7s %7d %11d %10s", t.Type, t.Attacks, t.Found, t.Named, shown(t.Recall), t.Events, t.Right, shown(t.Precision))
		fmt.Fprintln(w, strings.TrimRight(row, " "))
	}
	fmt.Fprintf(w, "\nall: attacks found %d of %d; %d events outside attacks in %.2f clean hours", o.Found, o.Attacks, o.False, o.CleanHours)
	if o.AnHour != nil {
		fmt.Fprintf(w, " = %.2f an hour, %.1f a day", *o.AnHour, *o.ADay)
	}
	fmt.Fprintln(w)
}

func shown(v *float64) string {
	if v == nil {
		return "-"
	}
	return fmt.Sprintf("%.2f", *v)
}
