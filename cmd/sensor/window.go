package main

import (
	"context"
	"flag"
	"fmt"
	"net/netip"
	"strings"
	"time"

	"otsensor/pkg/journal"
	"otsensor/pkg/near"
)

var windowVerbs = []string{"list", "add", "end"}

func runWindow(_ context.Context, e *env, fs *flag.FlagSet, args []string) error {
	var d desk
	d.declare(fs)
	var hosts, source, ops, from, until string
	fs.StringVar(&hosts, "hosts", "", "`ADDRESSES` that may be worked on, with commas; without it all")
	fs.StringVar(&source, "source", "", "`ADDRESSES` the work comes from, with commas; without it any")
	fs.StringVar(&ops, "ops", "", "`VERBS` that are planned, with commas; without it all")
	fs.StringVar(&from, "from", "", "`TIME` the work begins")
	fs.StringVar(&until, "until", "", "`TIME` it ends")
	words, err := parse(fs, args)
	if err != nil {
		return err
	}
	if len(words) == 0 || len(words) != map[string]int{"list": 1, "add": 2, "end": 2}[words[0]] {
		hint := ""
		if len(words) > 0 {
			hint = near.Hint(words[0], windowVerbs)
		}
		return usagef("window: say list, add TICKET or end TICKET%s", hint)
	}
	if err := d.open(e, false); err != nil {
		return err
	}
	if words[0] == "list" {
		return d.windows(e)
	}
	j := journal.Entry{Do: journal.WindowEnd, Ticket: words[1]}
	if words[0] == "add" {
		j.Do = journal.Window
		if j.Hosts, err = addressList(hosts); err == nil {
			j.Source, err = addressList(source)
		}
		if err == nil {
			j.From, err = timeOf("--from", from)
		}
		if err == nil {
			j.Until, err = timeOf("--until", until)
		}
		if err != nil {
			return err
		}
		j.Ops = strings.FieldsFunc(ops, isComma)
	} else if !d.knows(words[1]) {
		return fmt.Errorf("no window with ticket %q in %s", words[1], d.journal)
	}
	if j, err = d.signed(e, j); err != nil {
		return err
	}
	return d.put(e, j)
}

func isComma(r rune) bool { return r == ',' || r == ' ' }

func addressList(text string) (all []netip.Addr, err error) {
	for _, word := range strings.FieldsFunc(text, isComma) {
		a, err := netip.ParseAddr(word)
		if err != nil {
			return nil, usagef("window: %q is no address", word)
		}
		all = append(all, a)
	}
	return all, nil
}

func timeOf(flag, text string) (time.Time, error) {
	t, err := time.Parse(time.RFC3339, text)
	if err != nil {
		return t, usagef("window: %s %q is no time such as 2026-03-01T07:00:00Z", flag, text)
	}
	return t, nil
}

func (d *desk) knows(ticket string) bool {
	for i := range d.entries {
		if d.entries[i].Do == journal.Window && d.entries[i].Ticket == ticket {
			return true
		}
	}
	return false
}

// windows lists planned work; when an end was put forward, that.
func (d *desk) windows(e *env) error {
	var all []journal.Entry
	for i := range d.entries {
		switch j := d.entries[i]; j.Do {
		case journal.Window:
			all = append(all, j)
		case journal.WindowEnd:
			for k := range all {
				if all[k].Ticket == j.Ticket && j.At.Before(all[k].Until) {
					all[k].Until = j.At
				}
			}
		}
	}
	if d.asJSON {
		return printJSON(e, all)
	}
	for _, j := range all {
		fmt.Fprintf(e.stdout, "%s to %s  by %s: %s\n", j.From.UTC().Format(time.DateTime), j.Until.UTC().Format(time.DateTime), printable(j.By), printable(j.Text()))
	}
	return nil
}
