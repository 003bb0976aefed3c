package main

import (
	"fmt"
	"math"
	"strings"
)

// The plot: a panel for each curve, side by side, with one scale for all.
const (
	width, height = 210, 200
	left, top     = 60, 40
)

func plot(all []curve) []byte {
	most := 0.0
	for _, c := range all {
		for _, p := range c.points {
			most = max(most, p.nanoseconds)
		}
	}
	most = 500 * math.Ceil(most/500)
	var b strings.Builder
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" font-family="sans-serif" font-size="12">`+"\n", left+len(all)*(width+40), top+height+50)
	fmt.Fprint(&b, `<rect width="100%" height="100%" fill="#fff"/>`+"\n")
	fmt.Fprintf(&b, `<text x="%d" y="16">nanoseconds of the processor for a packet</text>`+"\n", left)
	for i := range all {
		all[i].draw(&b, left+i*(width+40), most)
	}
	b.WriteString("</svg>\n")
	return []byte(b.String())
}

// draw writes one panel whose left edge is at x.
func (c *curve) draw(b *strings.Builder, x int, most float64) {
	fmt.Fprintf(b, `<path d="M%d %dv%dh%d" fill="none" stroke="#444"/>`+"\n", x, top, height, width)
	for _, share := range []float64{0, 0.5, 1} {
		y := top + height - int(share*height)
		fmt.Fprintf(b, `<path d="M%d %dh%d" stroke="#ddd"/><text x="%d" y="%d" text-anchor="end">%.0f</text>`+"\n", x, y, width, x-4, y+4, share*most)
	}
	var line []string
	for i, p := range c.points {
		at, y := float64(x)+float64(width)*(0.1+0.8*float64(i)/float64(len(c.points)-1)), float64(top)+height*(1-p.nanoseconds/most)
		line = append(line, fmt.Sprintf("%.1f,%.1f", at, y))
		fmt.Fprintf(b, `<circle cx="%.1f" cy="%.1f" r="3" fill="#1d5fa8"/><text x="%.1f" y="%.1f" text-anchor="middle">%.0f</text>`+"\n", at, y, at, y-8, p.nanoseconds)
		fmt.Fprintf(b, `<text x="%.1f" y="%d" text-anchor="middle">%d</text>`+"\n", at, top+height+16, p.n)
	}
	fmt.Fprintf(b, `<polyline points="%s" fill="none" stroke="#1d5fa8" stroke-width="2"/>`+"\n", strings.Join(line, " "))
	fmt.Fprintf(b, `<text x="%d" y="%d" text-anchor="middle" font-weight="bold">%s</text>`+"\n", x+width/2, top+height+36, c.of)
}
