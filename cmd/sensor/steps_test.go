package main

import (
	"encoding/json"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"otsensor/pkg/event"
	"otsensor/pkg/playbook"
	"otsensor/pkg/sensor"
	"otsensor/pkg/web"
	"otsensor/rules"
)

// All 33 steps in the five phases are reached by commands: those of preparation
// in readiness, those of a case in the case.
func TestEveryStepAndPhaseIsReached(t *testing.T) {
	p, err := playbook.Load(rules.Files())
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	in := func(name string) string { return filepath.Join(dir, name) }
	events, decisions := demoEvents(t), in("journal.jsonl")
	file, err := os.OpenFile(events, os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	harmless := event.Event{ID: "7777777711111111", State: "closed", First: 1_795_490_600e9, Last: 1_795_490_600e9, What: "seen"}
	harmless.Playbook = event.Playbook{IncidentType: "OT-01", Phase: "detection_investigation_analysis", Step: "DIA-1", Case: "C-77777777"}
	file.WriteString(writtenEvent(t, &harmless))
	file.Close()
	os.WriteFile(in("photo.jpg"), []byte("x"), 0o600)
	do := func(words string, more ...string) {
		t.Helper()
		must(t, append(strings.Fields(words), append([]string{"--journal", decisions, "--by", "ada", "--why", "so"}, more...)...)...)
	}
	for _, s := range strings.Fields("PRE-1 PRE-2 PRE-3 PRE-4 PRE-5 PRE-6 PRE-7 PRE-8 PRE-9") {
		do("readiness done " + s)
	}
	must(t, "exercise", "../../pcaps/s7-plc-stop", "-o", in("x.html"), "--journal", decisions, "--by", "ada")
	_, ready, _ := call(t, nil, "readiness", "--journal", decisions)
	about := []string{"--events", events}
	for _, words := range []string{"ack C-e5", "phase C-e5 DIA-3", "phase C-e5 DIA-4", "confirm C-e5", "severity C-e5 4", "phase C-e5 CON-1", "contain C-e5 K-05", "phase C-e5 CON-Q", "phase C-e5 CON-3"} {
		do("case "+words, about...)
	}
	do("evidence register "+in("photo.jpg")+" --item EV-03 --case C-e5", about...)
	for _, words := range []string{"CON-5", "ERA-1", "ERA-2", "ERA-3", "ERA-4", "REC-1", "REC-2", "REC-Q", "REC-3"} {
		do("case phase C-e5 "+words, about...)
	}
	do("case close C-e5", about...)
	do("case dismiss C-77", about...)

	var all []struct {
		ID      string                          `json:"id"`
		Reached []struct{ Step, At, By string } `json:"reached"`
	}
	out, _ := must(t, "case", "list", "--json", "--journal", decisions, "--events", events)
	if err := json.Unmarshal([]byte(out), &all); err != nil {
		t.Fatal(err)
	}
	reached := map[string]string{}
	for _, c := range all {
		for _, r := range c.Reached {
			reached[r.Step] = r.By
		}
	}
	phases := map[string]bool{}
	for i := range p.Steps {
		s := &p.Steps[i]
		by := reached[s.ID]
		if s.Phase == p.Phases[0].ID {
			by = doneBy(ready, s.ID)
		}
		want := "ada"
		if s.ID == p.Places.Start {
			want = "sensor"
		}
		if by != want {
			t.Errorf("%s was reached by %q, want %q", s.ID, by, want)
			continue
		}
		phases[s.Phase] = true
	}
	if len(p.Steps) != 33 || len(phases) != 5 {
		t.Errorf("%d steps, %d phases reached", len(p.Steps), len(phases))
	}
}

// doneBy is who said that a step of preparation is done, as readiness has it.
func doneBy(page, step string) string {
	for line := range strings.Lines(page) {
		if strings.HasPrefix(line, step+" ") && strings.Contains(line, " done ") && (strings.Contains(line, "ada, 0 days ago: so") || step == "PRE-10" && strings.Contains(line, "the last was 0 days ago")) {
			return "ada"
		}
	}
	return ""
}

// Readiness asks a sensor that runs, and says of one that does not answer that
// it does not.
func TestReadinessAsksTheSensor(t *testing.T) {
	snapshot := &sensor.Snapshot{Baseline: strings.Repeat("ab", 32)}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	srv := &http.Server{Handler: web.Handler(web.State{Snapshot: func() *sensor.Snapshot { return snapshot }, Version: "1"})}
	go srv.Serve(l)
	defer srv.Close()
	config := filepath.Join(t.TempDir(), "sensor.yaml")
	os.WriteFile(config, []byte("interface: nowhere0\nlisten: "+l.Addr().String()+"\njournal: none-yet.jsonl\n"), 0o600)
	for _, args := range [][]string{{"--ask", l.Addr().String()}, {"-c", config}} {
		_, out, _ := call(t, nil, append([]string{"readiness"}, args...)...)
		for _, says := range []string{"done       the sensor runs and takes frames in: it says so", "done       the running sensor misses next to nothing", "done       the running sensor's records are written"} {
			if !strings.Contains(out, says) {
				t.Errorf("%v: no %q in\n%s", args, says, out)
			}
		}
	}
	srv.Close()
	_, out, _ := call(t, nil, "readiness", "-c", config)
	if !strings.Contains(out, "open       the sensor runs and takes frames in: no answer at "+l.Addr().String()) || !strings.Contains(out, "not asked  the running sensor misses next to nothing: no answer at") {
		t.Errorf("%s", out)
	}
	if _, out, _ := call(t, nil, "readiness"); strings.Count(out, "not asked") != 4 {
		t.Errorf("%s", out)
	}
	for args, says := range map[string]string{
		"done": "done STEP", "done PRE-44": `did you mean "PRE-4"?`, "done DIA-2": "no step of preparation", "done PRE-4": "say with --why", "dnoe PRE-4": "done STEP", "done PRE-4 --why x": "--journal",
	} {
		words := append([]string{"readiness"}, strings.Fields(args)...)
		if !strings.Contains(says, "journal") {
			words = append(words, "--journal", filepath.Join(t.TempDir(), "j"))
		}
		if code, _, errs := call(t, nil, words...); code != 2 || !strings.Contains(errs, says) {
			t.Errorf("%s: exit %d %s", args, code, errs)
		}
	}
}
