package main

import (
	"fmt"
	"math"
	"strings"
	"time"
)

// The plot of a cross-validation: two panels over the time learned, which
// doubles from mark to mark.
const (
	plotWidth, panelHeight = 640, 200
	plotLeft, plotTop      = 70, 30
)

// panel is one line of a plot.
type panel struct {
	title  string
	colour string
	of     func(p *crossPoint) float64
}

func crossPlot(all []crossPoint) []byte {
	var b strings.Builder
	panels := []panel{
		{"events an hour while nothing is wrong, severity 2 or more", "#b3261e", func(p *crossPoint) float64 { return p.hourly(p.Grave) }},
		{"traffic estimated to be of kinds not met yet, %", "#1d5fa8", func(p *crossPoint) float64 { return 100 * p.Unseen }},
	}
	height := plotTop + len(panels)*(panelHeight+plotTop+20) + 20
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" font-family="sans-serif" font-size="12">`+"\n", plotLeft+plotWidth+30, height)
	fmt.Fprintf(&b, `<rect width="100%%" height="100%%" fill="#fff"/>`+"\n")
	for i, p := range panels {
		p.draw(&b, all, plotTop+i*(panelHeight+plotTop+20))
	}
	fmt.Fprintf(&b, `<text x="%d" y="%d" text-anchor="middle">time learned</text>`+"\n</svg>\n", plotLeft+plotWidth/2, height-8)
	return []byte(b.String())
}

// draw writes one panel whose upper edge is at top.
func (p panel) draw(b *strings.Builder, all []crossPoint, top int) {
	most := 0.0
	for i := range all {
		most = max(most, p.of(&all[i]))
	}
	if most == 0 {
		most = 1
	}
	fmt.Fprintf(b, `<text x="%d" y="%d" font-weight="bold">%s</text>`+"\n", plotLeft, top-8, p.title)
	fmt.Fprintf(b, `<path d="M%d %dv%dh%d" fill="none" stroke="#444"/>`+"\n", plotLeft, top, panelHeight, plotWidth)
	for _, share := range []float64{0, 0.5, 1} {
		y := top + panelHeight - int(share*panelHeight)
		fmt.Fprintf(b, `<path d="M%d %dh%d" stroke="#ddd"/><text x="%d" y="%d" text-anchor="end">%.3g</text>`+"\n", plotLeft, y, plotWidth, plotLeft-6, y+4, share*most)
	}
	var line []string
	for i := range all {
		x, y := across(all, i), float64(top)+panelHeight*(1-p.of(&all[i])/most)
		line = append(line, fmt.Sprintf("%.1f,%.1f", x, y))
		fmt.Fprintf(b, `<circle cx="%.1f" cy="%.1f" r="3" fill="%s"/>`+"\n", x, y, p.colour)
		fmt.Fprintf(b, `<text x="%.1f" y="%d" text-anchor="middle">%s</text>`+"\n", x, top+panelHeight+16, inDays(all[i].Learned))
	}
	fmt.Fprintf(b, `<polyline points="%s" fill="none" stroke="%s" stroke-width="2"/>`+"\n", strings.Join(line, " "), p.colour)
}

// across is where a point lies from left to right.
func across(all []crossPoint, i int) float64 {
	first, last := math.Log2(float64(all[0].Learned)), math.Log2(float64(all[len(all)-1].Learned))
	return plotLeft + plotWidth*(math.Log2(float64(all[i].Learned))-first)/(last-first)
}

func inDays(d time.Duration) string {
	if d >= 48*time.Hour {
		return fmt.Sprintf("%.1f d", d.Hours()/24)
	}
	return fmt.Sprintf("%.1f h", d.Hours())
}
