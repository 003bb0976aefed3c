package paper

import (
	"fmt"
	"html"
	"strings"
	"time"

	"otsensor/pkg/journal"
)

// severityColor is the colour of a suggested level, the same in tables and figures.
func severityColor(level int) string {
	return [...]string{"#8a97a3", "#4a7fa5", "#b88a16", "#cf6a1c", "#b3261e", "#6b0f0a"}[min(max(level, 0), 5)]
}

// drawing collects SVG; every text is escaped.
type drawing struct{ strings.Builder }

func (d *drawing) add(format string, args ...any) { fmt.Fprintf(&d.Builder, format+"\n", args...) }

func (d *drawing) text(x, y float64, class, s string) {
	d.add(`<text x="%.1f" y="%.1f" class="%s">%s</text>`, x, y, class, html.EscapeString(s))
}

// short cuts a label to a number of characters.
func short(s string, n int) string {
	if r := []rune(clean(s)); len(r) > n {
		return string(r[:n-1]) + "…"
	}
	return clean(s)
}

// The layout of the timeline, in units of the drawing.
const (
	figureWide = 1000.0
	laneLeft   = 300.0
	laneRight  = 980.0
	laneHigh   = 26.0
	laneTop    = 34.0
)

// timeline draws events by incident type along the time.
func (r *report) timeline() string {
	from, to := r.first(), r.last()
	for i := range r.c.Decisions {
		if at := r.c.Decisions[i].At.UnixNano(); at >= from && r.c.Decisions[i].Case != "" {
			to = max(to, at)
		}
	}
	pad := max((to-from)/50, int64(time.Second))
	from, to = from-pad, to+pad
	x := func(t int64) float64 {
		return laneLeft + (laneRight-laneLeft)*float64(t-from)/float64(to-from)
	}
	types := r.types()
	high := laneTop + laneHigh*float64(len(types)) + 46
	d := &drawing{}
	d.add(`<svg viewBox="0 0 %.0f %.0f" role="img" aria-label="Timeline of events" xmlns="http://www.w3.org/2000/svg">`, figureWide, high)
	r.axis(d, from, to, x, high)
	names := r.typeNames()
	for i, id := range types {
		y := laneTop + laneHigh*float64(i)
		if i%2 == 0 {
			d.add(`<rect x="0" y="%.1f" width="%.0f" height="%.0f" class="lane"/>`, y, figureWide, laneHigh)
		}
		d.text(8, y+17, "label", short(names[i], 42))
		for _, e := range r.events {
			if e.Playbook.IncidentType == id {
				a, b := x(e.First), x(max(e.Last, e.First))
				d.add(`<rect x="%.1f" y="%.1f" width="%.1f" height="12" rx="6" fill="%s" class="mark"><title>%s</title></rect>`, a-6, y+7, b-a+12, severityColor(e.Playbook.Severity.Suggested), html.EscapeString(clean(when(e.First)+" "+e.What)))
			}
		}
	}
	for level := range 5 {
		y := high - 10
		d.add(`<circle cx="%.1f" cy="%.1f" r="5" fill="%s"/>`, 14+float64(level)*34, y-4, severityColor(level))
		d.text(22+float64(level)*34, y, "tick", fmt.Sprint(level))
	}
	d.text(190, high-10, "tick", "severity")
	r.milestones(d, from, to, x, high)
	d.add(`</svg>`)
	return d.String()
}

// axis draws five times and their lines.
func (r *report) axis(d *drawing, from, to int64, x func(int64) float64, high float64) {
	layout := "15:04:05"
	if to-from > int64(24*time.Hour) {
		layout = "01-02 15:04"
	}
	const marks = 5
	for i := range marks {
		t := from + (to-from)*int64(2*i+1)/(2*marks)
		d.add(`<line x1="%.1f" y1="%.0f" x2="%.1f" y2="%.1f" class="grid"/>`, x(t), laneTop, x(t), high-46)
		d.add(`<text x="%.1f" y="22" class="tick" text-anchor="middle">%s</text>`, x(t), time.Unix(0, t).UTC().Format(layout))
	}
	d.text(8, 22, "tick", time.Unix(0, from).UTC().Format("2006-01-02")+" UTC")
}

// mostMarks is how many decisions the figure names.
const mostMarks = 12

// milestones draws what people decided about the case; evidence is no milestone.
func (r *report) milestones(d *drawing, from, to int64, x func(int64) float64, high float64) {
	const rows, room = 3, 62.0 // of labels, and what one takes
	drawn, taken := 0, [rows]float64{}
	for i := range r.c.Decisions {
		m := &r.c.Decisions[i]
		at := m.At.UnixNano()
		if at < from || at > to || drawn >= mostMarks || m.Case == "" || m.Do == journal.Evidence || m.Do == journal.HandedOver {
			continue
		}
		d.add(`<line x1="%.1f" y1="%.0f" x2="%.1f" y2="%.1f" class="decision"><title>%s</title></line>`, x(at), laneTop, x(at), high-40, html.EscapeString(clean(when(at)+" "+m.Says()+" "+m.Text())))
		drawn++
		for row := range taken { // without room it has no label; the table has it
			if x(at)-taken[row] >= room {
				taken[row] = x(at)
				d.add(`<text x="%.1f" y="%.1f" class="tick" text-anchor="middle">%s</text>`, min(x(at), laneRight-40), high-6-float64(row)*11, html.EscapeString(short(or(m.Step, or(m.Measure, m.Do)), 10)))
				break
			}
		}
	}
}
