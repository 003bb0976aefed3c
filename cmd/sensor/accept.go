package main

import (
	"context"
	"flag"
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"time"

	"otsensor/pkg/detect"
	"otsensor/pkg/event"
	"otsensor/pkg/journal"
)

// acceptance is what sensor accept is asked to do.
type acceptance struct {
	desk
	until, cause, window string
	of                   uint64
}

func runAccept(_ context.Context, e *env, fs *flag.FlagSet, args []string) error {
	var a acceptance
	a.declare(fs)
	fs.StringVar(&a.until, "until", "", "`TIME` until which it is accepted (RFC 3339)")
	fs.StringVar(&a.cause, "cause", "", "accept this `EVENT-ID` and all that its source set off within an hour of it")
	fs.StringVar(&a.window, "window", "", "accept all inside the planned work of this `TICKET`")
	fs.Uint64Var(&a.of, "of", 0, "revoke: `NUMBER` of the acceptance, as list shows it")
	ids, err := parse(fs, args)
	if err != nil {
		return err
	}
	verb := ""
	if len(ids) == 1 {
		verb = ids[0]
	}
	if verb != "list" && verb != "revoke" && (a.why == "" || a.until == "") {
		return usagef("accept: a decision needs --why and --until")
	}
	if err := a.open(e, false); err != nil {
		return err
	}
	switch verb {
	case "list":
		return a.list(e)
	case "revoke":
		return a.revoke(e)
	}
	if a.events == "" || a.events == "-" {
		return usagef("say with --events, or in the configuration, which file events are in")
	}
	events, _, err := readEvents(e, a.events)
	if err != nil {
		return err
	}
	chosen, err := a.choose(events, ids)
	if err != nil {
		return err
	}
	return a.accept(e, chosen)
}

// choose gives the events that are meant: those named, those of one cause, or those of one work.
func (a *acceptance) choose(events []*event.Event, ids []string) (chosen []*event.Event, err error) {
	find := func(id string) *event.Event {
		i := slices.IndexFunc(events, func(ev *event.Event) bool { return ev.ID == id })
		if i < 0 {
			return nil
		}
		return events[i]
	}
	for _, id := range ids {
		ev := find(id)
		if ev == nil {
			return nil, fmt.Errorf("%s has no event %s", a.events, id)
		}
		chosen = append(chosen, ev)
	}
	pass := func(*event.Event) bool { return false }
	switch {
	case a.cause != "":
		first := find(a.cause)
		if first == nil {
			return nil, fmt.Errorf("%s has no event %s", a.events, a.cause)
		}
		pass = sameCause(first)
	case a.window != "":
		if pass, err = a.insideWork(); err != nil {
			return nil, err
		}
	}
	for _, ev := range events {
		if pass(ev) {
			chosen = append(chosen, ev)
		}
	}
	if len(chosen) == 0 {
		return nil, usagef("accept: no event is meant; name events, or --cause, or --window")
	}
	return chosen, nil
}

// sameCause holds for what one source set off within an hour of an event.
func sameCause(first *event.Event) func(ev *event.Event) bool {
	near := int64(time.Hour)
	return func(ev *event.Event) bool {
		return ev.Source.Addr == first.Source.Addr && ev.First >= first.First-near && ev.First <= first.Last+near
	}
}

// insideWork holds for what lies in the time and among the hosts of a ticket.
func (a *acceptance) insideWork() (func(ev *event.Event) bool, error) {
	i := slices.IndexFunc(a.entries, func(d journal.Entry) bool { return d.Do == journal.Window && d.Ticket == a.window })
	if i < 0 {
		return nil, fmt.Errorf("%s has no planned work with ticket %s", a.journal, a.window)
	}
	w := &a.entries[i]
	among := func(hosts []netip.Addr, addr string) bool {
		return len(hosts) == 0 || slices.ContainsFunc(hosts, func(h netip.Addr) bool { return h.String() == addr })
	}
	return func(ev *event.Event) bool {
		return ev.First >= w.From.UnixNano() && ev.First < w.Until.UnixNano() && among(w.Source, ev.Source.Addr) && among(w.Hosts, ev.Target.Addr)
	}, nil
}

// accept writes one decision for each different thing that was said.
func (a *acceptance) accept(e *env, chosen []*event.Event) error {
	from, err := a.signed(e, journal.Entry{Do: journal.Accept, Cause: a.cause, Ticket: a.window})
	if err != nil {
		return err
	}
	if from.Until, err = time.Parse(time.RFC3339, a.until); err != nil || !from.At.Before(from.Until) {
		return usagef("--until: %q is no time like 2026-03-01T06:00:00Z that lies ahead", a.until)
	}
	var all []journal.Entry
	seen := map[string]bool{}
	for _, ev := range chosen {
		pairs, habit := pairsOf(ev)
		if len(pairs) == 0 {
			fmt.Fprintf(e.stderr, "%s %s is about no two addresses and cannot be accepted alone\n", ev.ID, ev.Rule.ID)
		}
		if len(pairs) == detect.ListKept {
			fmt.Fprintf(e.stderr, "%s %s lists no more than %d pairs; what it does not list is not accepted\n", ev.ID, ev.Rule.ID, detect.ListKept)
		}
		for _, p := range pairs {
			d := from
			d.Rule, d.Habit, d.Source, d.Hosts = ev.Rule.ID, habit, p[:1:1], p[1:]
			if key := strings.Join([]string{d.Rule, d.Habit, p[0].String(), p[1].String()}, "\x00"); !seen[key] {
				seen[key] = true
				all = append(all, d)
			}
		}
	}
	if err := a.put(e, all...); err != nil {
		return err
	}
	for _, d := range a.entries[len(a.entries)-len(all):] {
		fmt.Fprintf(e.stdout, "%4d  %s\n", d.Seq, printable(d.Text()))
	}
	fmt.Fprintf(e.stderr, "%d events, %d decisions in %s; what they cover is counted (events_accepted_total), not raised\n", len(chosen), len(all), a.journal)
	return nil
}

// pairsOf gives the sources and targets of an event, and what of them is meant,
// "" for everything the rule says of them. An event of many things that were new
// at once lists the pairs, and its object is that of one of them.
func pairsOf(ev *event.Event) (pairs [][]netip.Addr, habit string) {
	for _, item := range ev.List {
		if p := addresses(strings.Fields(item)); len(p) == 2 {
			pairs = append(pairs, p)
		}
	}
	if len(pairs) > 0 {
		return pairs, ""
	}
	if p := addresses([]string{ev.Source.Addr, ev.Target.Addr}); len(p) == 2 {
		pairs = append(pairs, p)
	}
	return pairs, ev.Object
}

// addresses reads words that are all addresses; nil where one is none.
func addresses(words []string) (all []netip.Addr) {
	for _, word := range words {
		a, err := netip.ParseAddr(word)
		if err != nil {
			return nil
		}
		all = append(all, a)
	}
	return all
}

// list shows the acceptances, and which of them hold now.
func (a *acceptance) list(e *env) error {
	for i := range a.entries {
		if d := &a.entries[i]; d.Do == journal.Accept {
			state := "ended"
			if d.Holds(wallClock()) {
				state = "holds"
			}
			fmt.Fprintf(e.stdout, "%4d  %s  %s  %-12s %s\n", d.Seq, state, d.At.UTC().Format(time.DateTime), printable(d.By), printable(d.Text()))
		}
	}
	return nil
}

func (a *acceptance) revoke(e *env) error {
	if a.of == 0 {
		return usagef("accept revoke: say which with --of NUMBER")
	}
	if !slices.ContainsFunc(a.entries, func(d journal.Entry) bool { return d.Do == journal.Accept && d.Seq == a.of }) {
		return fmt.Errorf("decision %d of %s is no acceptance; sensor accept list shows them", a.of, a.journal)
	}
	d, err := a.signed(e, journal.Entry{Do: journal.Revoke, Of: a.of})
	if err != nil {
		return err
	}
	if err := a.put(e, d); err != nil {
		return err
	}
	fmt.Fprintf(e.stderr, "%d: acceptance %d no longer holds\n", a.entries[len(a.entries)-1].Seq, a.of)
	return nil
}
