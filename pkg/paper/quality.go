package paper

import (
	"fmt"
	"slices"
	"strings"

	"otsensor/pkg/event"
	"otsensor/pkg/playbook"
)

// exposure is the window of one asset.
type exposure struct {
	asset, line, gxp  string
	good, first, last int64
	ask               int // index of the strongest question
}

// quality is the exposure statement for the quality unit.
func (r *report) quality() Section {
	t := &Table{Head: []string{"Asset and line", "GxP impact", "Exposure window", "Seen", "Asked of the quality unit", "Lots in the window"}, Wide: -1, Level: -1, Open: map[int]bool{5: true}}
	contained := when(r.c.Contained)
	if contained == "" {
		contained = "open: containment is not declared"
	}
	for _, x := range r.exposures() {
		t.Rows = append(t.Rows, []string{r.assetName(x.asset) + ", " + or(clean(x.line), "line not named"), gxp(x.gxp), "from " + or(when(x.good), "a time that is not known") + " (last known good) to " + contained,
			when(x.first) + " to " + when(x.last), r.askText(x.ask), ""})
	}
	s := Section{ID: "quality", Title: "Quality exposure statement",
		Intro: "The exposure window of an asset goes from when it was last seen as learned to the moment containment is declared. The sensor does not know lots: the quality unit lists those made on the lines in the window. Nothing here is a decision on product."}
	if len(t.Rows) == 0 {
		s.Intro = "No event of this record asks anything of the quality unit."
		return s
	}
	s.Blocks = []Block{{Table: t}, {Title: "What the profile says of product", List: r.product()}, {Title: "Rules behind the questions, for quality and counsel to confirm", List: r.hooks()},
		{Title: "Decision of the quality unit", Fields: []Field{blank("Deviation or nonconformity record"), blank("Lots held and segregated, by and when"), blank("Records reconciled"), blank("Disposition per lot, with reason")},
			Sign: []string{r.p.Role(r.p.Quality.Decides).Title}}}
	return s
}

// assetName is an asset as events call it, with the name its address was learned by.
func (r *report) assetName(asset string) string {
	if name := r.names[asset]; name != "" {
		return clean(name + " (" + asset + ")")
	}
	return clean(asset)
}

func or(a, b string) string {
	if a == "" {
		return b
	}
	return a
}

func gxp(impact string) string {
	if impact == "unknown" {
		return "unknown, counts as direct"
	}
	return clean(impact)
}

// exposures are the windows by asset, those asked most of first.
func (r *report) exposures() (all []*exposure) {
	at := map[string]*exposure{}
	for _, e := range r.c.Events {
		q := &e.Quality
		ask := slices.IndexFunc(r.p.Quality.Asks, func(a playbook.Ask) bool { return a.ID == q.Ask })
		if ask < 0 || ask == len(r.p.Quality.Asks)-1 || q.Asset == "" {
			continue
		}
		x := at[q.Asset]
		if x == nil {
			x = &exposure{asset: q.Asset, line: q.Line, gxp: q.GxPImpact, good: q.LastKnownGood, first: e.First, ask: ask}
			at[q.Asset] = x
			all = append(all, x)
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

func (r *report) askText(i int) string {
	a := &r.p.Quality.Asks[i]
	return a.ID + ": " + a.Meaning
}

func (r *report) product() (all []string) {
	r.eachType(func(x *playbook.IncidentType) { all = append(all, x.ID+": "+x.Product) })
	return all
}

func (r *report) hooks() (all []string) {
	named := map[string]bool{}
	r.eachType(func(x *playbook.IncidentType) {
		for _, h := range x.Hooks {
			named[h] = true
		}
	})
	for _, h := range r.p.Quality.Hooks {
		if named[h.ID] {
			all = append(all, h.Rule+". "+h.Meaning)
		}
	}
	return all
}

// coverage says under which view all this was judged, and with what.
func (r *report) coverage() Section {
	limited, dropped, unjudged := 0, uint64(0), uint64(0)
	for _, e := range r.c.Events {
		c := &e.Coverage
		if !c.BothWays || c.Lossy || c.Truncated || c.Conflict || c.Midstream {
			limited++
		}
		dropped, unjudged = max(dropped, c.Dropped), max(unjudged, c.Unjudgable)
	}
	values := func(of func(e *event.Event) string) string {
		return strings.Join(r.collect(func(e *event.Event) []string { return []string{clean(of(e))} }), "; ")
	}
	hash := func(of func(i *event.Integrity) string) string {
		return values(func(e *event.Event) string { return of(&e.Integrity) })
	}
	fields := []Field{
		known("Frames lost by the capture, at most", fmt.Sprint(dropped)),
		known("Events judged under a limited view", fmt.Sprintf("%d of %d: one direction only, from the middle, with parts missing or cut short", limited, len(r.c.Events))),
		known("Sightings one rule could not judge, at most", fmt.Sprint(unjudged)),
		{Label: "Filter in force", Value: or(values(func(e *event.Event) string { return e.Coverage.Filter }), "none: everything that came was looked at")},
		known("Sensor version", hash(func(i *event.Integrity) string { return i.SensorVersion })),
		known("Rules and playbook, SHA-256", hash(func(i *event.Integrity) string { return i.Rules })),
		{Label: "Baseline, SHA-256", Value: or(hash(func(i *event.Integrity) string { return i.Baseline }), "none in force")},
		{Label: "Site file, SHA-256", Value: or(hash(func(i *event.Integrity) string { return i.Config }), "none: every asset counts as direct")},
		known("Profile", r.p.Head.ID+" "+r.p.Head.Version+", a profile of the Medical Product Manufacturer Cyber Incident Response Playbook"),
		{Label: "Techniques, ATT&CK for ICS " + r.p.AttackVersion(), Value: or(r.techniques(), "none named")},
	}
	return Section{ID: "coverage", Title: "Coverage and integrity", Intro: "Where the view was limited, what is not listed may still have happened. The absence of events is no proof of the absence of change.", Blocks: []Block{{Fields: fields}}}
}
