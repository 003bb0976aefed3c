package main

import (
	"encoding/csv"
	"fmt"
	"os"
	"slices"
	"strings"

	"otsensor/pkg/event"
)

// label is one interval of a labels file.
type label struct {
	start, end int64
	attack     bool
	name       string
	kind       string   // incident type, where the labels give it
	hosts      []string // attackers by address or MAC, or none known
}

// readLabels reads intervals by the base name of their capture.
func readLabels(name string) (map[string][]label, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	if len(rows) == 0 {
		return nil, fmt.Errorf("%s: no rows", name)
	}
	at := map[string]int{}
	for i, h := range rows[0] {
		at[h] = i
	}
	for _, h := range []string{"file", "start_epoch", "end_epoch", "label", "attack", "attacker"} {
		if _, ok := at[h]; !ok {
			return nil, fmt.Errorf("%s: the first line names no column %q", name, h)
		}
	}
	all := map[string][]label{}
	for n, r := range rows[1:] {
		start, err1 := moment(r[at["start_epoch"]])
		end, err2 := moment(r[at["end_epoch"]])
		if err1 != nil || err2 != nil {
			return nil, fmt.Errorf("%s:%d: start_epoch and end_epoch are seconds since 1970", name, n+2)
		}
		l := label{start: start, end: end, attack: r[at["label"]] == "1", name: r[at["attack"]]}
		if i, ok := at["incident_type"]; ok {
			l.kind = r[i]
		}
		l.hosts = hostsIn(r[at["attacker"]])
		all[r[at["file"]]] = append(all[r[at["file"]]], l)
	}
	return all, nil
}

// hostsIn picks IPv4 addresses and MACs out of words.
func hostsIn(text string) (hosts []string) {
	for _, word := range strings.FieldsFunc(text, func(c rune) bool { return strings.ContainsRune(";, ()", c) }) {
		if strings.Count(word, ".") == 3 || strings.Count(word, ":") == 5 {
			hosts = append(hosts, strings.ToLower(word))
		}
	}
	return hosts
}

// names reports whether one side of an event is an attacker of the label.
func (l *label) names(e *event.Event) bool {
	return len(l.hosts) == 0 || slices.ContainsFunc([]string{e.Source.Addr, e.Source.MAC, e.Target.Addr, e.Target.MAC}, func(a string) bool {
		return slices.Contains(l.hosts, a)
	})
}
