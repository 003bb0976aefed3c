package main

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"otsensor/pkg/event"
	"otsensor/pkg/sensor"
)

// brief writes an event as a person wants to read it at first.
func brief(w io.Writer, e *event.Event) {
	p := &e.Playbook
	fmt.Fprintf(w, "%s  severity %d  %s %s   [%s]\n", time.Unix(0, e.First).UTC().Format("15:04:05"), p.Severity.Suggested,
		p.IncidentType, p.IncidentTitle, e.Rule.ID)
	line := func(label, text string) {
		for i, part := range wrap(text, 66) {
			if i > 0 {
				label = ""
			}
			fmt.Fprintf(w, "    %-8s %s\n", label, part)
		}
	}
	line("", e.What)
	if len(e.List) > 1 {
		line("all", shortList(e.List))
	}
	for _, r := range e.Why {
		if r.Usual != "" || r.Nearest != "" {
			line("usual", strings.Join(nonEmpty(r.Field+": seen "+r.Seen, "usual "+r.Usual, r.Nearest), "; "))
			break
		}
	}
	if len(p.Next) > 0 {
		n := p.Next[0]
		line("next", fmt.Sprintf("%s (%s): %s", n.Step, n.Role, n.Do))
	}
	if len(p.DoNot) > 0 && p.Severity.Suggested >= 3 {
		line("never", strings.ReplaceAll(strings.Join(p.DoNot, ", "), "_", " "))
	}
	line("id", e.ID+", "+sightings(e))
	fmt.Fprintln(w)
}

// shownMembers is how many members of a list are written out.
const shownMembers = 8

func shortList(all []string) string {
	if len(all) <= shownMembers {
		return strings.Join(all, ", ")
	}
	return fmt.Sprintf("%s and %d more", strings.Join(all[:shownMembers], ", "), len(all)-shownMembers)
}

// sightings says how often an event was seen, and from which frame on.
func sightings(e *event.Event) string {
	text := "seen once"
	if e.Count > 1 {
		text = fmt.Sprintf("seen %d times", e.Count)
	}
	if len(e.Samples) > 0 && e.Samples[0].Frame != 0 {
		text += fmt.Sprintf(", first in frame %d", e.Samples[0].Frame)
	}
	if e.Recurs.Times > 0 {
		text += fmt.Sprintf("; a recurrence of %s (%d before)", e.Recurs.Of, e.Recurs.Times)
	}
	return text
}

func nonEmpty(all ...string) (some []string) {
	for _, s := range all {
		if s != "" && !strings.HasSuffix(s, " ") {
			some = append(some, s)
		}
	}
	return some
}

// wrap breaks a text into lines of at most width characters, where words allow.
func wrap(text string, width int) (lines []string) {
	line := ""
	for _, word := range strings.Fields(text) {
		if line != "" && len(line)+1+len(word) > width {
			lines, line = append(lines, line), ""
		}
		if line != "" {
			line += " "
		}
		line += word
	}
	if line != "" {
		lines = append(lines, line)
	}
	return lines
}

// eventTable counts events by incident type and severity.
func eventTable(w io.Writer, c sensor.EventCounts) {
	if len(c.ByType) == 0 {
		fmt.Fprintln(w, "no events")
		return
	}
	types := map[string][5]uint64{}
	for class, n := range c.ByType {
		row := types[class.Type]
		row[class.Severity] += n
		types[class.Type] = row
	}
	var names []string
	for name := range types {
		names = append(names, name)
	}
	slices.Sort(names)
	fmt.Fprintln(w, "events by type and suggested severity:\n           0    1    2    3    4")
	for _, name := range names {
		fmt.Fprintf(w, "  %s", name)
		for _, n := range types[name] {
			fmt.Fprintf(w, " %4d", n)
		}
		fmt.Fprintln(w)
	}
}
