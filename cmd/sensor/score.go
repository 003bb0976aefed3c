package main

import (
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"otsensor/pkg/event"
)

// coverageType is the incident type of what the sensor could not see: such an
// event says nothing of the plant, so it neither finds an attack nor is false.
const coverageType = "OT-15"

// grace is how long after an attack an event may still belong to it, nanoseconds.
const grace = int64(30e9)

// score matches events with labelled intervals. An event belongs to an attack
// when their times meet and, where the label names the attacker, one side of
// the event is that host.
func (r *result) score(events []*event.Event, labels []label, until int64, level int, seen span) {
	belongs := make([]bool, len(events))
	r.said, r.right = map[string]int{}, map[string]int{}
	clean := float64(seen.to-max(seen.from, until)) / 3.6e12
	for _, l := range labels {
		if !l.attack {
			continue
		}
		clean -= float64(l.end-l.start) / 3.6e12
		f := finding{Name: l.name, Type: l.kind}
		for i, e := range events {
			if e.First > l.end+grace || e.Last < l.start || !l.names(e) {
				continue
			}
			belongs[i] = true
			if e.Playbook.Severity.Suggested < level || e.Playbook.IncidentType == coverageType {
				continue
			}
			if delay := float64(max(e.First-l.start, 0)) / 1e9; !f.Found || delay < f.Delay {
				f.Delay = delay
			}
			f.Found = true
			f.Rules = add(f.Rules, e.Rule.ID)
			f.Types = add(f.Types, e.Playbook.IncidentType)
		}
		if f.Found {
			r.Found++
		}
		r.Attacks = append(r.Attacks, f)
	}
	r.CleanHours = max(clean, 0)
	for i, e := range events {
		if e.Playbook.IncidentType == coverageType {
			r.Coverage++
			continue
		}
		if e.Playbook.Severity.Suggested < level || !belongs[i] && e.First < until {
			continue
		}
		r.said[e.Playbook.IncidentType]++
		if belongs[i] {
			r.right[e.Playbook.IncidentType]++
			continue
		}
		r.False = append(r.False, alarm{e.Rule.ID, e.Playbook.Severity.Suggested, e.What})
	}
}

func add(all []string, s string) []string {
	if at, there := slices.BinarySearch(all, s); !there {
		all = slices.Insert(all, at, s)
	}
	return all
}

func (ev *evaluation) table(w io.Writer) {
	for _, r := range ev.results {
		fmt.Fprintf(w, "%s (learned from %s)\n", r.File, r.Learned)
		for _, f := range r.Attacks {
			mark, delay := "missed", ""
			if f.Found {
				mark, delay = "found", strconv.FormatFloat(f.Delay, 'f', 1, 64)+" s"
			}
			fmt.Fprintf(w, "  %-7s %9s  %-52.52s %s\n", mark, delay, f.Name, strings.Join(f.Rules, " "))
		}
		fmt.Fprintf(w, "  attacks found %d of %d; events outside attacks %d in %.2f clean hours; coverage events %d\n", r.Found, len(r.Attacks), len(r.False), r.CleanHours, r.Coverage)
		for _, a := range r.False {
			fmt.Fprintf(w, "    outside: %s (severity %d) %s\n", a.Rule, a.Level, a.What)
		}
	}
	o := ev.outcome()
	o.table(w)
}
