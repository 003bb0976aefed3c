package paper

import (
	"fmt"
	"html"
	"math"
	"slices"
	"strings"

	"otsensor/pkg/event"
)

// mostHosts is how many hosts stand on each side of the picture.
const mostHosts = 14

// edge is what one host did to another.
type edge struct {
	from, to string
	count    uint64
	level    int
	verbs    []string
}

// network draws sources on the left, targets on the right, and between them who touched what.
func (r *report) network() string {
	edges := r.edges()
	from := sides(edges, func(e *edge) string { return e.from })
	to := sides(edges, func(e *edge) string { return e.to })
	const step, top = 44.0, 40.0
	high := top + step*float64(max(len(from), len(to), 1)) + 24
	d := &drawing{}
	d.add(`<svg viewBox="0 0 %.0f %.0f" role="img" aria-label="Who touched what" xmlns="http://www.w3.org/2000/svg">`, figureWide, high)
	d.text(20, 20, "tick", "Sources")
	d.add(`<text x="980" y="20" class="tick" text-anchor="end">Touched</text>`)
	at := func(side []string, name string) float64 {
		gap := (high - top - 24) / float64(len(side))
		return top + gap*(float64(slices.Index(side, name))+0.5)
	}
	const left, right = 280.0, 720.0
	hidden := 0
	for i := range edges {
		e := &edges[i]
		if !slices.Contains(from, e.from) || !slices.Contains(to, e.to) {
			hidden++
			continue
		}
		a, b := at(from, e.from), at(to, e.to)
		wide := 1.5 + math.Min(math.Log2(float64(e.count)+1), 7)
		d.add(`<path d="M%.0f %.1f C %.0f %.1f, %.0f %.1f, %.0f %.1f" fill="none" stroke="%s" stroke-width="%.1f" stroke-opacity="0.75"><title>%s</title></path>`,
			left, a, left+170, a, right-170, b, right, b, severityColor(e.level), wide, html.EscapeString(e.from+" to "+e.to+": "+strings.Join(e.verbs, ", ")))
	}
	for _, name := range from {
		box(d, 20, left, at(from, name), name)
	}
	for _, name := range to {
		box(d, right, 980, at(to, name), name)
	}
	if hidden > 0 {
		d.text(20, high-6, "tick", fmt.Sprint(hidden, " further links are in the table of events"))
	}
	d.add(`</svg>`)
	return d.String()
}

// edges joins events by who did it to whom, the gravest first.
func (r *report) edges() (all []edge) {
	for _, e := range r.events {
		from, to := r.called(&e.Source), r.called(&e.Target)
		if from == "" || to == "" || from == to {
			continue
		}
		i := slices.IndexFunc(all, func(x edge) bool { return x.from == from && x.to == to })
		if i < 0 {
			i = len(all)
			all = append(all, edge{from: from, to: to})
		}
		all[i].see(e)
	}
	slices.SortStableFunc(all, func(a, b edge) int { return b.level - a.level })
	return all
}

func (x *edge) see(e *event.Event) {
	x.count += e.Count
	x.level = max(x.level, e.Playbook.Severity.Suggested)
	if verb := clean(or(e.Op, e.Rule.Title)); len(x.verbs) < 8 && !slices.Contains(x.verbs, verb) {
		x.verbs = append(x.verbs, verb)
	}
}

// sides lists hosts of one side, as many as fit.
func sides(edges []edge, of func(*edge) string) (all []string) {
	for i := range edges {
		if name := of(&edges[i]); !slices.Contains(all, name) && len(all) < mostHosts {
			all = append(all, name)
		}
	}
	return all
}

// box draws a host.
func box(d *drawing, from, to, y float64, name string) {
	d.add(`<rect x="%.0f" y="%.1f" width="%.0f" height="30" rx="5" class="host"/>`, from, y-15, to-from)
	d.text(from+12, y+4.5, "label", short(name, 34))
}
