package main

import (
	"cmp"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"otsensor/pkg/journal"
)

// act is something that is not ordinary work: an attack, planned work or a
// fault. It knows the frames it left in each file.
type act struct {
	name, kind, basis string
	attack            bool
	since             time.Time // when it began, where that was before its first frame
	who, whom         []*host
	parts             []part
}

// part is what an act left in one file.
type part struct {
	file        string
	first, last int
	count       int
	from, until time.Time
}

func (a *act) saw(file string, n int, at time.Time) {
	if len(a.parts) == 0 || a.parts[len(a.parts)-1].file != file {
		from := at
		if len(a.parts) == 0 && !a.since.IsZero() {
			from = a.since
		}
		a.parts = append(a.parts, part{file: file, first: n, from: from})
	}
	p := &a.parts[len(a.parts)-1]
	p.last, p.until = n, at
	p.count++
}

func addresses(all []*host) string {
	var b []string
	for _, h := range all {
		if ip := h.ip.String(); !slices.Contains(b, ip) {
			b = append(b, ip)
		}
	}
	return strings.Join(b, ";")
}

func epoch(t time.Time) string { return fmt.Sprintf("%d.%06d", t.Unix(), t.Nanosecond()/1000) }

// writeLabels writes one row for each act and file, in the order of time.
func (l *lab) writeLabels() error {
	rows := [][]string{}
	for _, a := range l.acts {
		for _, p := range a.parts {
			label, frames := "0", "0"
			if a.attack {
				label, frames = "1", strconv.Itoa(p.count)
			}
			rows = append(rows, []string{p.file, strconv.Itoa(p.first), strconv.Itoa(p.last), epoch(p.from), epoch(p.until), frames, label, a.name, addresses(a.who), addresses(a.whom), a.kind, a.basis})
		}
	}
	slices.SortStableFunc(rows, func(a, b []string) int { return cmp.Or(cmp.Compare(a[0], b[0]), cmp.Compare(a[3], b[3])) })
	f, err := os.Create(filepath.Join(l.wire.dir, "labels.csv"))
	if err != nil {
		return err
	}
	w := csv.NewWriter(f)
	w.Write([]string{"file", "first_frame", "last_frame", "start_epoch", "end_epoch", "frames_attack", "label", "attack", "attacker", "victim", "incident_type", "basis"})
	w.WriteAll(rows)
	if err := w.Error(); err != nil {
		return err
	}
	return f.Close()
}

// writeJournal writes what people decided about planned work, as the sensor reads it.
func (l *lab) writeJournal() error {
	f, err := os.Create(filepath.Join(l.wire.dir, "journal.jsonl"))
	if err != nil {
		return err
	}
	slices.SortStableFunc(l.windows, func(a, b journal.Entry) int { return a.At.Compare(b.At) })
	enc := json.NewEncoder(f)
	for _, e := range l.windows {
		if err := enc.Encode(e); err != nil {
			return err
		}
	}
	return f.Close()
}
