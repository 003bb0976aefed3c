package main

import (
	"encoding/csv"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"otsensor/pkg/event"
)

// Every act of the recorded incident is found, and nothing outside it.
func TestEvalFindsTheRecordedIncident(t *testing.T) {
	capture, _ := line(t)
	f, err := os.Open("../../pcaps/line/truth.csv")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil || len(rows) < 10 {
		t.Fatalf("%d rows: %v", len(rows), err)
	}
	labels := "file,start_epoch,end_epoch,label,attack,attacker,incident_type\n"
	for _, r := range rows[1:] { // act,first_frame,last_frame,start_epoch,end_epoch,source,target,incident_types
		labels += strings.Join([]string{filepath.Base(capture), r[3], r[4], "1", r[0], r[5], strings.Fields(r[7])[0]}, ",") + "\n"
	}
	file := filepath.Join(t.TempDir(), "labels.csv")
	if err := os.WriteFile(file, []byte(labels), 0o600); err != nil {
		t.Fatal(err)
	}
	out, _ := must(t, "eval", "--json", "--labels", file, capture)
	var all outcome
	if err := json.Unmarshal([]byte(out), &all); err != nil || len(all.Files) != 1 {
		t.Fatalf("%v\n%s", err, out)
	}
	r := all.Files[0]
	for _, a := range r.Attacks {
		if !a.Found {
			t.Errorf("%s was missed", a.Name)
		}
	}
	if len(r.Attacks) != len(rows)-1 || r.CleanHours <= 0 {
		t.Errorf("%d acts of %d, %.3f clean hours", len(r.Attacks), len(rows)-1, r.CleanHours)
	}
}

// Of three attacks two are found, one of them as what it is; of two events of a type one is in an attack.
func TestEvalByIncidentType(t *testing.T) {
	said := func(kind, source string, first, last int64) *event.Event {
		e := &event.Event{First: first * 1e9, Last: last * 1e9, Rule: event.Rule{ID: "X-" + kind}, Source: event.Party{Addr: source, MAC: "02:00:00:00:00:09"}}
		e.Playbook.IncidentType, e.Playbook.Severity.Suggested = kind, 2
		return e
	}
	labels := []label{
		{start: 100e9, end: 110e9, attack: true, name: "stop", kind: "OT-05", hosts: []string{"10.0.0.9"}},
		{start: 1000e9, end: 1010e9, attack: true, name: "write", kind: "OT-03", hosts: hostsIn("the laptop (02:00:00:00:00:09)")},
		{start: 2000e9, end: 2010e9, attack: true, name: "read", kind: "OT-03", hosts: []string{"10.0.0.8"}},
	}
	var r result
	r.score([]*event.Event{
		said("OT-05", "10.0.0.9", 101, 102), said("OT-05", "10.0.0.9", 500, 501), // the second is outside
		said("OT-01", "", 1001, 1002),
		said("OT-15", "", 2001, 2002), // says nothing of the plant
	}, labels, 0, 1, span{0, 10 * 3600e9})
	ev := evaluation{results: []result{r}}
	o := ev.outcome()
	var out strings.Builder
	o.table(&out)
	const want = `
type    attacks  found  this type  recall  events  in attacks  precision
OT-01         0      0          0       -       1           1       1.00
OT-03         2      1          0    0.00       0           0          -
OT-05         1      1          1    1.00       2           1       0.50

all: attacks found 2 of 3; 1 events outside attacks in 9.99 clean hours = 0.10 an hour, 2.4 a day
`
	if out.String() != want {
		t.Errorf("%s", out.String())
	}
}

func TestLabelsMistakes(t *testing.T) {
	for in, want := range map[string]string{
		"": "no rows",
		"file,start_epoch,end_epoch,label,attack\na,1,2,1,x\n":            `names no column "attacker"`,
		"file,start_epoch,end_epoch,label,attack,attacker\na,1,x,1,y,z\n": "start_epoch and end_epoch are seconds since 1970",
	} {
		file := filepath.Join(t.TempDir(), "labels.csv")
		if err := os.WriteFile(file, []byte(in), 0o600); err != nil {
			t.Fatal(err)
		}
		code, _, errs := call(t, nil, "eval", "--labels", file, "x.pcap")
		if code != 1 || !strings.Contains(errs, want) {
			t.Errorf("%q: exit %d, %s", in, code, errs)
		}
	}
}
