package main

import (
	"bufio"
	"cmp"
	"encoding/csv"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"otsensor/pkg/event"
)

// row is one interval of labels.csv as it is scored.
type row struct {
	file       string // the capture
	name, kind string
	attack     bool
	from       int64
	until      int64
	hosts      []string // of an attack: who did it; of other rows: all it concerns; none means any
	delay      float64
	rules      []string
	kinds      []string
}

// after is how long after its last frame an event still belongs to a row, nanoseconds.
const after = int64(60e9)

// settling is the same for work and faults: clients take minutes until all is as before.
const settling = int64(600e9)

// owns reports whether an event belongs to a row. It must have begun in it: an
// event that was open before and merely grew is not credited.
func (r *row) owns(e *event.Event) bool {
	grace := after
	if !r.attack {
		grace = settling
	}
	before := int64(1e9)
	if e.State == "summary" {
		before = 60e9 // a summary begins with its minute
	}
	if e.First < r.from-before || e.First > r.until+grace {
		return false
	}
	return len(r.hosts) == 0 || slices.Contains(r.hosts, e.Source.Addr) || slices.Contains(r.hosts, e.Target.Addr)
}

// score is what came out for a recording.
type score struct {
	rows   []row
	stray  map[string]map[string]int // of events outside attacks: what was going on, then rule and severity
	days   map[string]bool           // with an event of severity 2 or more while nothing was wrong
	judged map[string]bool           // captures whose events were read
	events int
}

func printScore(w io.Writer, dir string, files []string) error {
	rows, err := readRows(filepath.Join(dir, "labels.csv"))
	if err != nil {
		return err
	}
	s := score{rows: rows, stray: map[string]map[string]int{}, days: map[string]bool{}, judged: map[string]bool{}}
	for _, name := range files {
		if err := s.file(name); err != nil {
			return err
		}
	}
	s.print(w)
	return nil
}

// readRows reads a file of labels; its columns go by name, incident_type may be missing.
func readRows(name string) (rows []row, err error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	all, err := csv.NewReader(f).ReadAll()
	if err != nil || len(all) == 0 {
		return nil, fmt.Errorf("%s: no labels: %v", name, err)
	}
	for _, line := range all[1:] {
		c := map[string]string{}
		for i, head := range all[0] {
			c[head] = line[i]
		}
		r, err := readRow(c)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		rows = append(rows, r)
	}
	return rows, nil
}

func readRow(c map[string]string) (row, error) {
	r := row{file: c["file"], name: c["attack"], kind: c["incident_type"], attack: c["label"] == "1"}
	start, err1 := strconv.ParseFloat(c["start_epoch"], 64)
	end, err2 := strconv.ParseFloat(c["end_epoch"], 64)
	r.from, r.until = int64(start*1e9), int64(end*1e9)
	hosts := c["attacker"]
	if !r.attack {
		hosts += ";" + c["victim"]
	}
	for _, h := range strings.FieldsFunc(hosts, func(c rune) bool { return strings.ContainsRune(";, ()", c) }) {
		if strings.Count(h, ".") == 3 {
			r.hosts = append(r.hosts, h)
		}
	}
	return r, cmp.Or(err1, err2)
}

func (s *score) file(name string) error {
	f, err := os.Open(name)
	if err != nil {
		return err
	}
	defer f.Close()
	capture := strings.TrimSuffix(filepath.Base(name), ".jsonl")
	s.judged[capture] = true
	lines := bufio.NewScanner(f)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		e, err := event.Parse(lines.Bytes())
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		s.take(e, capture)
	}
	return lines.Err()
}

// take gives an event of a capture to the attacks it belongs to, else to the work or fault, else to nothing.
func (s *score) take(e *event.Event, file string) {
	level := e.Playbook.Severity.Suggested
	if level < 1 {
		return
	}
	s.events++
	owned := false
	during := "nothing wrong"
	for i := range s.rows {
		r := &s.rows[i]
		switch {
		case r.file != file || !r.owns(e):
		case r.attack:
			owned = true
			if e.Playbook.IncidentType != "OT-15" {
				r.found(e)
			}
		case strings.HasPrefix(r.name, "planned "):
			during = "planned work"
		case strings.HasPrefix(r.name, "fault: "):
			during = "plant fault"
		}
	}
	if owned {
		return
	}
	if s.stray[during] == nil {
		s.stray[during] = map[string]int{}
	}
	s.stray[during][fmt.Sprintf("%s (%d)", e.Rule.ID, level)]++
	if during == "nothing wrong" && level >= 2 {
		s.days[file] = true
	}
}

func (r *row) found(e *event.Event) {
	delay := max(0, float64(e.First-r.from)/1e9)
	if len(r.rules) == 0 || delay < r.delay {
		r.delay = delay
	}
	add := func(all []string, s string) []string {
		if !slices.Contains(all, s) {
			all = append(all, s)
			slices.Sort(all)
		}
		return all
	}
	r.rules, r.kinds = add(r.rules, e.Rule.ID), add(r.kinds, e.Playbook.IncidentType)
}

func (s *score) print(w io.Writer) {
	attacks := slices.DeleteFunc(slices.Clone(s.rows), func(r row) bool { return !r.attack || !s.judged[r.file] })
	slices.SortStableFunc(attacks, func(a, b row) int { return cmp.Compare(a.kind, b.kind) })
	fmt.Fprintln(w, "| type | attacks | found | of them with this type | longest delay, s |")
	fmt.Fprintln(w, "|---|---|---|---|---|")
	total := tally{kind: "all"}
	for i := 0; i < len(attacks); {
		t := tally{kind: attacks[i].kind}
		for ; i < len(attacks) && attacks[i].kind == t.kind; i++ {
			t.add(&attacks[i])
			total.add(&attacks[i])
		}
		t.print(w)
	}
	total.print(w)
	fmt.Fprint(w, "\n| type | attack | delay, s | rules |\n|---|---|---|---|\n")
	for _, r := range attacks {
		delay, rules := "missed", ""
		if len(r.rules) > 0 {
			delay, rules = fmt.Sprintf("%.1f", r.delay), strings.Join(r.rules, " ")
		}
		fmt.Fprintf(w, "| %s | %s | %s | %s |\n", r.kind, r.name, delay, rules)
	}
	fmt.Fprint(w, "\n| events outside attacks, while | rule (severity) | events |\n|---|---|---|\n")
	for _, during := range slices.Sorted(maps.Keys(s.stray)) {
		for _, rule := range slices.Sorted(maps.Keys(s.stray[during])) {
			fmt.Fprintf(w, "| %s | %s | %d |\n", during, rule, s.stray[during][rule])
		}
	}
	fmt.Fprintf(w, "\n%d events of severity 1 or more in all; %d of %d captures with one of severity 2 or more while nothing was wrong\n", s.events, len(s.days), len(s.judged))
}

// tally counts attacks of one type.
type tally struct {
	kind               string
	all, found, agreed int
	delay              float64
}

func (t *tally) add(r *row) {
	t.all++
	if len(r.rules) == 0 {
		return
	}
	t.found++
	t.delay = max(t.delay, r.delay)
	if slices.Contains(r.kinds, r.kind) {
		t.agreed++
	}
}

func (t *tally) print(w io.Writer) {
	fmt.Fprintf(w, "| %s | %d | %d | %d | %.1f |\n", t.kind, t.all, t.found, t.agreed, t.delay)
}
