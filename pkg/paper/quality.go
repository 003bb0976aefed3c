package paper

import (
	"fmt"
	"strings"

	"otsensor/pkg/cases"
	"otsensor/pkg/playbook"
)

// quality is the exposure statement for the quality unit: from last known good
// to containment, every asset, line and act.
func (r *report) quality() Section {
	s := Section{ID: "quality", Title: "Quality exposure statement",
		Intro: "The exposure window goes from when what was touched was last seen as learned to the moment containment is approved. The sensor does not know lots: the quality unit lists those made on the lines in the window. Nothing here is a decision on product."}
	all := r.exposures()
	if len(all) == 0 {
		s.Intro = "No event of this record names an asset: there is nothing for the quality unit to review."
		return s
	}
	t := &Table{Head: []string{"Asset and line", "GxP impact", "Exposure window", "Seen", "Asked of the quality unit", "Lots in the window"}, Wide: -1, Level: -1, Open: map[int]bool{5: true}}
	for _, x := range all[:min(len(all), mostRows)] {
		t.Rows = append(t.Rows, []string{x.asset + ", " + or(clean(x.line), "line not named"), gxp(x.gxp), r.windowOf(x.good),
			when(x.first) + " to " + when(x.last), r.askText(x.ask), ""})
	}
	acts, left := r.acts()
	s.Blocks = []Block{{Title: "The window", Fields: r.window(), List: r.windowTold()}, {Title: "Every asset", Table: t}, {Title: "Every act on them outside the learned set", Table: acts, Note: left},
		{Title: "What the profile says of product", List: r.product()}, {Title: "Rules behind the questions, for quality and counsel to confirm", List: r.hooks()},
		{Title: "Decision of the quality unit", Fields: []Field{known("Hold and segregation (CON-Q)", r.reachedBy("CON-Q")), known("Validated state and disposition (REC-Q)", r.reachedBy("REC-Q")),
			blank("Deviation or nonconformity record"), blank("Lots held and segregated, by and when"), blank("Records reconciled"), blank("Disposition per lot, with reason")},
			Sign: []string{r.p.Role(r.p.Quality.Decides).Title}}}
	return s
}

// windowTold is how the window stood from time to time, as events told it.
func (r *report) windowTold() (told []string) {
	for _, e := range r.about(cases.ExposureRule) {
		told = append(told, when(e.First)+": "+clean(e.What))
	}
	return told
}

// window says the exposure of all of it.
func (r *report) window() []Field {
	good := int64(r.s.Exposure.LastKnownGood)
	lines := r.s.Exposure.Lines
	if len(r.s.Events) == 0 { // of no case
		for _, x := range r.exposures() {
			if x.good != 0 && (good == 0 || x.good < good) {
				good = x.good
			}
		}
		lines = r.lines()
	}
	return []Field{
		known("From, last known good", when(good)), {Label: "To, containment", Value: r.containedAt()},
		{Label: "Lines", Value: or(clean(strings.Join(lines, "; ")), "no event names a line: the site file does not")},
		{Label: "Assets", Value: fmt.Sprint(len(r.exposures()))},
	}
}

func (r *report) containedAt() string {
	if at := when(int64(r.s.Contained)); at != "" {
		return at
	}
	return "open: containment is not declared"
}

func (r *report) windowOf(good int64) string {
	return "from " + or(when(good), "a time that is not known") + " (last known good) to " + r.containedAt()
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

// askText is what is asked of the quality unit, by the place in the profile.
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
