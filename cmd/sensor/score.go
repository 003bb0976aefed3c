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
	clean := float64(seen.to-max(seen.from, until)) / 3.6e12
	for _, l := range labels {
		if !l.attack {
			continue
		}
		clean -= float64(l.end-l.start) / 3.6e12
		f := finding{Name: l.name}
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
		if !belongs[i] && e.First >= until && e.Playbook.Severity.Suggested >= level {
			r.False = append(r.False, alarm{e.Rule.ID, e.Playbook.Severity.Suggested, e.What})
		}
	}
}

func add(all []string, s string) []string {
	if at, there := slices.BinarySearch(all, s); !there {
		all = slices.Insert(all, at, s)
	}
	return all
}

func (ev *evaluation) table(w io.Writer) {
	found, attacks, falses, hours := 0, 0, 0, 0.0
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
		found, attacks, falses, hours = found+r.Found, attacks+len(r.Attacks), falses+len(r.False), hours+r.CleanHours
	}
	rate := "-"
	if hours > 0 {
		rate = strconv.FormatFloat(float64(falses)/hours, 'f', 2, 64)
	}
	fmt.Fprintf(w, "all: attacks found %d of %d; %d events outside attacks in %.2f clean hours = %s an hour\n", found, attacks, falses, hours, rate)
}
