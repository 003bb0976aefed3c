package main

import (
	"context"
	"flag"
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"time"

	"otsensor/pkg/event"
	"otsensor/pkg/journal"
)

// acceptFlags are the flags of sensor accept.
type acceptFlags struct {
	events, journal, by, why, until, at, cause, window string
	of                                                 uint64
}

func runAccept(_ context.Context, e *env, fs *flag.FlagSet, args []string) error {
	var f acceptFlags
	fs.StringVar(&f.events, "events", "events.jsonl", "`FILE` with the events")
	fs.StringVar(&f.journal, "journal", "journal.jsonl", "`FILE` the decisions are added to")
	fs.StringVar(&f.by, "by", "", "`NAME` of who decides")
	fs.StringVar(&f.why, "why", "", "the `REASON`")
	fs.StringVar(&f.until, "until", "", "`TIME` until which it is accepted (RFC 3339)")
	fs.StringVar(&f.at, "at", "", "`TIME` from which on it holds; now when empty. To replay an old capture with it, a time before it")
	fs.StringVar(&f.cause, "cause", "", "accept this `EVENT-ID` and all that its source set off within an hour of it")
	fs.StringVar(&f.window, "window", "", "accept all inside the planned work of this `TICKET`")
	fs.Uint64Var(&f.of, "of", 0, "revoke: `NUMBER` of the acceptance, as list shows it")
	ids, err := parse(fs, args)
	if err != nil {
		return err
	}
	switch {
	case len(ids) == 1 && ids[0] == "list":
		return listAccepted(e, &f)
	case len(ids) == 1 && ids[0] == "revoke":
		return revokeAccepted(e, &f)
	case f.by == "" || f.why == "" || f.until == "":
		return usagef("accept: a decision needs --by, --why and --until")
	}
	events, _, err := readEvents(e, f.events)
	if err != nil {
		return err
	}
	chosen, err := f.choose(events, ids)
	if err != nil {
		return err
	}
	return f.accept(e, chosen)
}

// choose gives the events that are meant: those named, those of one cause, or those of one work.
func (f *acceptFlags) choose(events []*event.Event, ids []string) (chosen []*event.Event, err error) {
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
			return nil, fmt.Errorf("%s has no event %s", f.events, id)
		}
		chosen = append(chosen, ev)
	}
	pass := func(*event.Event) bool { return false }
	switch {
	case f.cause != "":
		first := find(f.cause)
		if first == nil {
			return nil, fmt.Errorf("%s has no event %s", f.events, f.cause)
		}
		pass = sameCause(first)
	case f.window != "":
		if pass, err = f.insideWork(); err != nil {
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
func (f *acceptFlags) insideWork() (func(ev *event.Event) bool, error) {
	j, err := readJournal(f.journal)
	if err != nil {
		return nil, err
	}
	i := slices.IndexFunc(j.Entries, func(d journal.Entry) bool { return d.Do == journal.Window && d.Ticket == f.window })
	if i < 0 {
		return nil, fmt.Errorf("%s has no planned work with ticket %s", f.journal, f.window)
	}
	w := &j.Entries[i]
	among := func(hosts []netip.Addr, addr string) bool {
		return len(hosts) == 0 || slices.ContainsFunc(hosts, func(h netip.Addr) bool { return h.String() == addr })
	}
	return func(ev *event.Event) bool {
		return ev.First >= w.From.UnixNano() && ev.First < w.Until.UnixNano() && among(w.Source, ev.Source.Addr) && among(w.Hosts, ev.Target.Addr)
	}, nil
}

// accept writes one decision for each different thing that was said.
func (f *acceptFlags) accept(e *env, chosen []*event.Event) error {
	from, until, err := f.times()
	if err != nil {
		return err
	}
	var all []journal.Entry
	seen := map[string]bool{}
	for _, ev := range chosen {
		d := journal.Entry{At: from, By: f.by, Do: journal.Accept, Why: f.why, Until: until, Rule: ev.Rule.ID, Habit: ev.Object, Cause: f.cause, Ticket: f.window}
		source, errSource := netip.ParseAddr(ev.Source.Addr)
		target, errTarget := netip.ParseAddr(ev.Target.Addr)
		if errSource != nil || errTarget != nil {
			fmt.Fprintf(e.stderr, "%s %s is about no two addresses and cannot be accepted alone\n", ev.ID, ev.Rule.ID)
			continue
		}
		d.Source, d.Hosts = []netip.Addr{source}, []netip.Addr{target}
		if key := strings.Join([]string{d.Rule, d.Habit, ev.Source.Addr, ev.Target.Addr}, "\x00"); !seen[key] {
			seen[key] = true
			all = append(all, d)
		}
	}
	written, _, err := journal.Append(f.journal, all...)
	if err != nil {
		return err
	}
	for i := range written {
		fmt.Fprintf(e.stdout, "%4d  %s\n", written[i].Seq, printable(written[i].Text()))
	}
	fmt.Fprintf(e.stderr, "%d events, %d decisions in %s; what they cover is counted (events_accepted_total), not raised\n", len(chosen), len(written), f.journal)
	return nil
}

func (f *acceptFlags) times() (from, until time.Time, err error) {
	from = time.Unix(0, wallClock()).UTC()
	if f.at != "" {
		if from, err = time.Parse(time.RFC3339, f.at); err != nil {
			return from, until, usagef("--at: %q is no time like 2026-03-01T06:00:00Z", f.at)
		}
	}
	if until, err = time.Parse(time.RFC3339, f.until); err != nil || !from.Before(until) {
		return from, until, usagef("--until: %q is no time like 2026-03-01T06:00:00Z that lies ahead", f.until)
	}
	return from, until, nil
}

// listAccepted shows the acceptances, and which of them hold now.
func listAccepted(e *env, f *acceptFlags) error {
	j, err := readJournal(f.journal)
	if err != nil {
		return err
	}
	for i := range j.Entries {
		if d := &j.Entries[i]; d.Do == journal.Accept {
			state := "ended"
			if d.Holds(wallClock()) {
				state = "holds"
			}
			fmt.Fprintf(e.stdout, "%4d  %s  %s  %-12s %s\n", d.Seq, state, d.At.UTC().Format(time.DateTime), printable(d.By), printable(d.Text()))
		}
	}
	return nil
}

func revokeAccepted(e *env, f *acceptFlags) error {
	if f.of == 0 || f.by == "" {
		return usagef("accept revoke: say which with --of NUMBER, and who decides with --by")
	}
	j, err := readJournal(f.journal)
	if err != nil {
		return err
	}
	if !slices.ContainsFunc(j.Entries, func(d journal.Entry) bool { return d.Do == journal.Accept && d.Seq == f.of }) {
		return fmt.Errorf("decision %d of %s is no acceptance; sensor accept list shows them", f.of, f.journal)
	}
	written, _, err := journal.Append(f.journal, journal.Entry{At: time.Unix(0, wallClock()).UTC(), By: f.by, Do: journal.Revoke, Why: f.why, Of: f.of})
	if err == nil {
		fmt.Fprintf(e.stderr, "%d: acceptance %d no longer holds\n", written[0].Seq, f.of)
	}
	return err
}
