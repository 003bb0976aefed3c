package main

import (
	"slices"
	"time"
)

// phase is what the line does.
type phase uint8

const (
	idle phase = iota
	production
	changeover
	cleaning
)

// stretch is a time in one phase, with one product.
type stretch struct {
	from    time.Time
	phase   phase
	product int
}

// calendar is the plan of the line, in the order of time.
type calendar []stretch

// newCalendar plans weeks: the line runs from Monday to Saturday 06:00 in three
// shifts, every second Saturday until 14:00, and is cleaned before each weekend
// and after each campaign.
func newCalendar(l *lab) calendar {
	rng := l.chance("calendar")
	all := calendar{{from: l.begin.Add(-24 * time.Hour)}}
	for monday := l.begin; monday.Before(l.end); monday = monday.Add(7 * 24 * time.Hour) {
		week := int(monday.Sub(l.begin) / (7 * 24 * time.Hour))
		stop := monday.Add(5*24*time.Hour + 6*time.Hour)
		if week%2 == 1 {
			stop = stop.Add(8 * time.Hour)
		}
		hours := func(low, high float64) time.Duration {
			return time.Duration((low + rng.Float64()*(high-low)) * float64(time.Hour)).Round(time.Second)
		}
		at := monday.Add(6 * time.Hour)
		for product := rng.IntN(len(products)); at.Before(stop.Add(-3 * time.Hour)); product = (product + 1 + rng.IntN(2)) % len(products) {
			all = append(all, stretch{at, changeover, product})
			at = at.Add(hours(0.4, 0.9))
			all = append(all, stretch{at, production, product})
			at = at.Add(min(hours(4, 8), stop.Sub(at)-2*time.Hour))
			all = append(all, stretch{at, cleaning, product})
			at = at.Add(hours(1, 2))
		}
		all = append(all, stretch{at, idle, 0})
	}
	return all
}

// at is the stretch that a time lies in.
func (c calendar) at(t time.Time) stretch { return c[c.index(t)] }

func (c calendar) index(t time.Time) int {
	i, found := slices.BinarySearchFunc(c, t, func(s stretch, t time.Time) int { return s.from.Compare(t) })
	if !found {
		i--
	}
	return max(i, 0)
}

// within finds when a phase that lasts has begun: the first time from t on
// which lies in it and has so much of it left.
func (c calendar) within(t time.Time, left time.Duration, phases ...phase) (time.Time, bool) {
	for i := c.index(t); i+1 < len(c); i++ {
		at := c[i].from
		if at.Before(t) {
			at = t
		}
		if slices.Contains(phases, c[i].phase) && c[i+1].from.Sub(at) >= left {
			return at, true
		}
	}
	return t, false
}

// product is a recipe: what is loaded when the line changes over to it.
type product struct {
	lot    int32
	fill   float32 // ml
	speed  uint16  // vials per minute
	torque float32 // Nm
	glue   int32   // °C
	carton int32   // cartons per minute
}

// products are what the line makes. The last is new and not made while the line is learned.
var products = []product{
	{410000, 2.0, 240, 1.20, 165, 60},
	{520000, 5.0, 200, 1.35, 165, 50},
	{630000, 10.0, 150, 1.50, 170, 38},
	{740000, 20.0, 100, 1.60, 175, 25},
}

var newProduct = product{850000, 12.5, 130, 1.55, 172, 33}
