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
	hosts      []string // attackers, or none known
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
		for _, h := range strings.FieldsFunc(r[at["attacker"]], func(c rune) bool { return strings.ContainsRune(";, ()", c) }) {
			if strings.Count(h, ".") == 3 {
				l.hosts = append(l.hosts, h)
			}
		}
		all[r[at["file"]]] = append(all[r[at["file"]]], l)
	}
	return all, nil
}

func (l *label) names(e *event.Event) bool {
	if len(l.hosts) == 0 {
		return true
	}
	return slices.Contains(l.hosts, e.Source.Addr) || slices.Contains(l.hosts, e.Target.Addr)
}
