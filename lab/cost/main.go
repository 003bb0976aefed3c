// Command cost measures what a packet costs as the work grows: more conversations, more learned habits, more rules.
//
//	go run ./lab/cost                   # the table
//	go run ./lab/cost -svg docs/cost.svg
//
// Packets are made in memory and taken through the whole pipeline: decoded,
// followed, weighed and matched. The time is that of the processor, the median
// of some runs, and what it takes to make the packets is taken off.
package main

import (
	"flag"
	"fmt"
	"log"
	"os"
	"slices"
)

// point is one measurement: how much of the work there was, and what a packet cost.
type point struct {
	n           int
	nanoseconds float64
}

// curve is one row of the table.
type curve struct {
	of     string
	sizes  []int
	run    func(size int) (load, work)
	points []point
}

func curves() []curve {
	return []curve{
		{of: "conversations", sizes: []int{10, 1000, 60_000}, run: func(n int) (load, work) { return load{conversations: n, blocks: 1}, work{} }},
		{of: "learned habits", sizes: []int{1000, 10_000, 100_000}, run: func(n int) (load, work) {
			return load{conversations: 1000, blocks: n / 1000}, work{learn: true}
		}},
		{of: "rules", sizes: []int{60, 235, 600}, run: func(n int) (load, work) {
			return load{conversations: 1000, blocks: 1}, work{learn: true, rules: n}
		}},
	}
}

func main() {
	svg := flag.String("svg", "", "`FILE` for the plot")
	packets := flag.Int("packets", 1_000_000, "packets of a run")
	runs := flag.Int("runs", 5, "runs of which the median is taken")
	flag.Parse()
	all := curves()
	for i := range all {
		if err := all[i].measure(*packets, *runs); err != nil {
			log.Fatal(err)
		}
	}
	if *svg != "" {
		if err := os.WriteFile(*svg, plot(all), 0o644); err != nil {
			log.Fatal(err)
		}
	}
}

// measure fills the points of a curve and prints them.
func (c *curve) measure(packets, runs int) error {
	for _, n := range c.sizes {
		load, work := c.run(n)
		load.packets = max(packets, 30*load.conversations) // most of them of conversations that are under way
		made, err := prepare(load, work)
		if err != nil {
			return err
		}
		var costs []float64
		for range runs {
			costs = append(costs, made.cost())
		}
		slices.Sort(costs)
		p := point{n, costs[len(costs)/2]}
		c.points = append(c.points, p)
		fmt.Printf("%9d %-16s %6.0f ns/packet (%.0f to %.0f), %d events\n", n, c.of, p.nanoseconds, costs[0], costs[len(costs)-1], made.events)
	}
	return nil
}
