package main

import (
	"fmt"
	"io"
	"time"
)

// deed is one row of the catalogue: an attack or planned work.
type deed struct {
	name, kind string              // kind is the incident type it should open, of an attack
	by         func(c *cast) *host // nil: a guest that nobody knows
	on         func(c *cast) *host
	spoofed    func(c *cast) []*host // whose addresses it uses or disturbs
	anybody    bool                  // it uses made-up addresses: no label can name them
	phases     []phase               // in which it is done; none means any
	lasts      time.Duration         // at most
	do         func(s *script, who *host)
	ticket     string   // of planned work
	ops        []string // plant verbs the ticket covers; none means all
	accepts    string   // rule whose events about on are accepted from then on, since the plant is another now
}

// Members of the cast, as the catalogue names them.
func air(c *cast) *host         { return c.air }
func pressure(c *cast) *host    { return c.pressure }
func filler(c *cast) *host      { return c.filler }
func cartoner(c *cast) *host    { return c.cartoner }
func hmi(c *cast) *host         { return c.hmi }
func historian(c *cast) *host   { return c.historian }
func engineering(c *cast) *host { return c.engineering }
func gateway(c *cast) *host     { return c.gateway }
func vendor(c *cast) *host      { return c.vendor }

// catalogue is all that may happen besides ordinary work.
func catalogue() (all []deed) {
	for _, part := range [][]deed{works(), newcomers(), discovery(), writes(), programs(), stops(), views(), blocking(), beyond()} {
		all = append(all, part...)
	}
	return all
}

func printCatalogue(w io.Writer) {
	for _, d := range catalogue() {
		kind := d.kind
		if d.ticket != "" {
			kind = "planned"
		}
		fmt.Fprintf(w, "%-8s %s\n", kind, d.name)
	}
}

// slot is a time that a deed takes, with a margin.
type slot struct{ from, until time.Time }

// margin is what lies at least between two deeds, so that what is said about one is not taken for the other.
const margin = 45 * time.Minute

// deeds gives every row of the catalogue its time after the quiet days.
func (l *lab) deeds() {
	all := catalogue()
	from := l.begin.Add(time.Duration(l.quiet)*24*time.Hour + time.Hour)
	room := l.end.Add(-3 * time.Hour).Sub(from)
	if room <= 0 {
		return
	}
	rng := l.chance("deeds")
	taken := l.faultSlots()
	hosts := make([]*host, len(all))
	for i := range all { // in the order of the catalogue, so that a guest keeps its address
		if all[i].by == nil {
			hosts[i] = l.guest()
		} else {
			hosts[i] = all[i].by(&l.cast)
		}
	}
	for n, i := range rng.Perm(len(all)) {
		at := from.Add(room / time.Duration(len(all)) * time.Duration(n)).Add(time.Duration(rng.Int64N(int64(20 * time.Minute))))
		if at, ok := l.place(at, &all[i], taken); ok {
			taken = append(taken, slot{at.Add(-margin), at.Add(all[i].lasts + margin)})
			l.perform(&all[i], hosts[i], at)
		}
	}
}

// place finds the first time from at on which has the right phase and is free.
func (l *lab) place(at time.Time, d *deed, taken []slot) (time.Time, bool) {
	phases := d.phases
	if len(phases) == 0 {
		phases = []phase{idle, production, changeover, cleaning}
	}
search:
	for at.Before(l.end) {
		t, ok := l.calendar.within(at, d.lasts+15*time.Minute, phases...)
		if !ok || t.Add(d.lasts).After(l.end) {
			return t, false
		}
		t = t.Add(10 * time.Minute)
		for _, s := range taken {
			if t.Before(s.until) && t.Add(d.lasts).After(s.from) {
				at = s.until
				continue search
			}
		}
		return t, true
	}
	return at, false
}

func (l *lab) perform(d *deed, who *host, at time.Time) {
	a := &act{name: d.name, kind: d.kind, attack: d.ticket == "", who: []*host{who}, whom: []*host{d.on(&l.cast)}, basis: "simulator"}
	if d.spoofed != nil {
		a.who = append(a.who, d.spoofed(&l.cast)...)
	}
	if d.anybody {
		a.who = nil
	}
	if d.ticket != "" {
		a.name, a.kind, a.since = "planned "+d.name, "", at
		l.approve(d, who, at)
	}
	l.acts = append(l.acts, a)
	l.play(d.name, at, a, func(s *script) { d.do(s, who) })
}
