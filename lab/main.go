// Command lab writes weeks of packet time of a medical filling and packaging line in minutes: captures, labels of what was not ordinary in them, and the journal of planned work.
//
//	go run ./lab -o DIR -days 30 -seed 1
//	go run ./lab -o DIR -score EVENTS…
//
// It plays clients, devices, operators, engineers, faults and attackers against
// one clock; the same flags give the same bytes. docs/evaluation.md says what
// the sensor makes of it.
package main

import (
	"flag"
	"fmt"
	"log"
	"math/rand/v2"
	"os"
	"time"

	"otsensor/pkg/journal"
)

// options say what is written.
type options struct {
	dir         string
	days, quiet int
	seed        uint64
	begin       time.Time
	gzip        bool
	fault       fault
}

// fault are the rates at which network and mirror err, each for one frame.
type fault struct{ loss, double, late, drop float64 }

// lab is the line while it is played.
type lab struct {
	cast
	links
	days, quiet int
	seed        uint64
	begin, end  time.Time
	calendar    calendar
	plant       *plant
	wire        *wire
	fault       fault
	noise       *rand.Rand
	waiting     wakes
	order       uint64
	guests      int
	acts        []*act
	windows     []journal.Entry
	alarm       uint16 // number of the latest alarm of the air handling unit
	idled       *act   // who tells the I/O of the cartoner to idle; nil for nobody
}

func newLab(o options) *lab {
	l := &lab{cast: newCast(), days: o.days, quiet: o.quiet, seed: o.seed, begin: o.begin, fault: o.fault,
		end: o.begin.Add(time.Duration(o.days) * 24 * time.Hour), wire: &wire{dir: o.dir, gzip: o.gzip, start: o.begin}}
	l.noise = l.chance("network")
	l.calendar = newCalendar(l)
	l.plant = newPlant(l)
	l.links = newLinks(l)
	return l
}

func main() {
	var o options
	flag.StringVar(&o.dir, "o", "", "directory for captures, labels.csv and journal.jsonl")
	flag.IntVar(&o.days, "days", 14, "days that are written")
	flag.IntVar(&o.quiet, "quiet-days", 7, "days at the beginning without attacks and planned work")
	flag.Uint64Var(&o.seed, "seed", 1, "what everything random follows from")
	flag.BoolVar(&o.gzip, "gzip", false, "compress the captures")
	flag.Float64Var(&o.fault.loss, "loss", 2e-5, "share of segments that are lost and sent again")
	flag.Float64Var(&o.fault.double, "double", 2e-5, "share of frames that the mirror shows twice")
	flag.Float64Var(&o.fault.late, "late", 2e-5, "share of frames that the mirror shows behind later ones")
	flag.Float64Var(&o.fault.drop, "drop", 0, "share of frames that the mirror loses")
	scored := flag.Bool("score", false, "read labels.csv in the directory of -o and files of events, CAPTURE.jsonl each, that sensor replay made of the captures there; print tables and write nothing")
	list := flag.Bool("list", false, "list the attacks and the planned work, and write nothing")
	flag.Parse()
	o.begin = time.Date(2026, time.March, 2, 0, 0, 0, 0, time.UTC) // a Monday
	if *list {
		printCatalogue(os.Stdout)
		return
	}
	if o.dir == "" {
		log.Fatal("lab: say with -o where the captures go")
	}
	do := func() error { return record(o) }
	if *scored {
		do = func() error { return printScore(os.Stdout, o.dir, flag.Args()) }
	}
	if err := do(); err != nil {
		log.Fatal(err)
	}
}

func record(o options) error {
	if err := os.MkdirAll(o.dir, 0o755); err != nil {
		return err
	}
	l := newLab(o)
	l.troubles()
	l.deeds()
	l.work()
	if err := l.run(); err != nil {
		return err
	}
	if err := l.wire.close(); err != nil {
		return err
	}
	if err := l.writeLabels(); err != nil {
		return err
	}
	fmt.Printf("%d days, %d attacks, %d decisions in the journal\n", o.days, l.attacks(), len(l.windows))
	return l.writeJournal()
}

func (l *lab) attacks() (n int) {
	for _, a := range l.acts {
		if a.attack {
			n++
		}
	}
	return n
}
