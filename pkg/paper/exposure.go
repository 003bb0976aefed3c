package paper

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"otsensor/pkg/cases"
	"otsensor/pkg/event"
	"otsensor/pkg/playbook"
)

// exposure is the window of one asset.
type exposure struct {
	asset, line, gxp  string // asset as events call it
	good, first, last int64
	ask               int // index of the strongest question
}

// exposures are the windows of all assets that events touched, those asked
// most of first.
func (r *report) exposures() (all []*exposure) {
	at := map[string]*exposure{}
	for _, e := range r.events {
		q := &e.Quality
		asset := cases.Asset(e)
		if asset == "" {
			continue
		}
		ask := slices.IndexFunc(r.p.Quality.Asks, func(a playbook.Ask) bool { return a.ID == q.Ask })
		if ask < 0 {
			ask = len(r.p.Quality.Asks) - 1
		}
		x := at[asset]
		if x == nil {
			x = &exposure{asset: r.called(&e.Target), line: q.Line, gxp: q.GxPImpact, good: q.LastKnownGood, first: e.First, ask: ask}
			at[asset] = x
			all = append(all, x)
		}
		if x.line == "" {
			x.line = q.Line
		}
		x.widen(e, ask)
	}
	slices.SortStableFunc(all, func(a, b *exposure) int { return a.ask - b.ask })
	return all
}

func (x *exposure) widen(e *event.Event, ask int) {
	x.first, x.last, x.ask = min(x.first, e.First), max(x.last, e.Last), min(x.ask, ask)
	if g := e.Quality.LastKnownGood; g != 0 && (x.good == 0 || g < x.good) {
		x.good = g
	}
}

// act is one habit outside the learned set: who did what to which object.
type act struct {
	first    *event.Event
	from, to int64
	came     []string // of it
}

// acts lists every act, in the order first seen, and says what had no room.
func (r *report) acts() (*Table, string) {
	at := map[string]*act{}
	var all []*act
	for _, e := range r.events {
		habit := cases.Habit(e)
		if habit == "" {
			continue
		}
		x := at[habit]
		if x == nil {
			x = &act{first: e, from: e.First}
			at[habit] = x
			all = append(all, x)
		}
		x.from, x.to = min(x.from, e.First), max(x.to, e.Last)
		if came := outcome(e); !slices.Contains(x.came, came) {
			x.came = append(x.came, came)
		}
	}
	slices.SortStableFunc(all, func(a, b *act) int { return cmp.Compare(a.from, b.from) })
	t := &Table{Head: []string{"Source", "Asset", "Act", "Object", "Outcome", "Within"}, Wide: 3, Level: -1}
	for _, x := range all[:min(len(all), mostRows)] {
		t.Rows = append(t.Rows, []string{r.called(&x.first.Source), r.called(&x.first.Target), clean(x.first.Proto + " " + x.first.Op), or(clean(x.first.Object), "–"), strings.Join(x.came, ", "), when(x.from) + " to " + when(x.to)})
	}
	note := "Within: from the first to the last sighting of the events that name the act."
	if n := len(all) - mostRows; n > 0 {
		note += fmt.Sprintf(" %d further acts are in the event file.", n)
	}
	return t, note
}
