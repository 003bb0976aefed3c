package main

import (
	"encoding/csv"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
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
	labels := "file,start_epoch,end_epoch,label,attack,attacker,victim\n"
	for _, r := range rows[1:] { // act,first_frame,last_frame,start_epoch,end_epoch,source,target,incident_types
		labels += strings.Join([]string{filepath.Base(capture), r[3], r[4], "1", r[0], r[5], r[6]}, ",") + "\n"
	}
	file := filepath.Join(t.TempDir(), "labels.csv")
	if err := os.WriteFile(file, []byte(labels), 0o600); err != nil {
		t.Fatal(err)
	}
	out, _ := must(t, "eval", "--json", "--labels", file, capture)
	var results []result
	if err := json.Unmarshal([]byte(out), &results); err != nil || len(results) != 1 {
		t.Fatalf("%v\n%s", err, out)
	}
	r := results[0]
	for _, a := range r.Attacks {
		if !a.Found {
			t.Errorf("%s was missed", a.Name)
		}
	}
	if len(r.Attacks) != len(rows)-1 || r.CleanHours <= 0 {
		t.Errorf("%d acts of %d, %.3f clean hours", len(r.Attacks), len(rows)-1, r.CleanHours)
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
