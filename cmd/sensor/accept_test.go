package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"otsensor/pkg/detect"
)

// What people accept is not raised while it holds; what they revoke is again.
func TestAcceptAndRevoke(t *testing.T) {
	capture, baseline := line(t)
	dir := filepath.Dir(capture)
	events, decisions := filepath.Join(dir, "events.jsonl"), filepath.Join(dir, "journal.jsonl")
	replay := func(more ...string) string {
		out, _ := must(t, append([]string{"replay", "--baseline", baseline}, append(more, capture)...)...)
		return out
	}
	all := replay()
	if err := os.WriteFile(events, []byte(all), 0o600); err != nil {
		t.Fatal(err)
	}
	read, _, err := readEvents(&env{}, events)
	if err != nil || len(read) < 5 {
		t.Fatalf("%d events: %v", len(read), err)
	}
	var first string
	for _, ev := range read {
		if ev.Rule.ID == "S7-06" {
			first = ev.ID
		}
	}
	flags := []string{"--events", events, "--journal", decisions, "--by", "Anna", "--why", "tried on purpose", "--at", "2020-01-01T00:00:00Z", "--until", "2099-01-01T00:00:00Z"}
	must(t, append(append([]string{"accept"}, flags...), first)...)
	one := replay("--journal", decisions)
	if strings.Contains(one, first) || strings.Count(one, "\n") != len(read)-1 {
		t.Errorf("of %d events %d are left", len(read), strings.Count(one, "\n"))
	}
	must(t, append(append([]string{"accept"}, flags...), "--cause", first)...)
	if left := strings.Count(replay("--journal", decisions), "\n"); left >= len(read)-2 {
		t.Errorf("of one cause: of %d events %d are left", len(read), left)
	}
	out, _ := must(t, "accept", "list", "--journal", decisions)
	if !strings.Contains(out, "   1  holds  2020-01-01 00:00:00  Anna         rule S7-06") {
		t.Errorf("listed\n%s", out)
	}
	must(t, "accept", "revoke", "--journal", decisions, "--of", "1", "--by", "Bert", "--why", "no longer")
	if out, _ := must(t, "accept", "list", "--journal", decisions); !strings.Contains(out, "   1  ended") {
		t.Errorf("listed\n%s", out)
	}
	for args, says := range map[string]string{
		"accept --by x":                         "a decision needs --why and --until",
		"accept revoke":                         "say which with --of NUMBER",
		"accept --by x --why y --until never z": "no event",
	} {
		if code, _, errs := call(t, nil, append(strings.Fields(args), "--events", events, "--journal", decisions)...); code == 0 || !strings.Contains(errs, says) {
			t.Errorf("%s: exit %d, %s", args, code, errs)
		}
	}
}

// Who accepts what was new all at once accepts every pair that is listed, not only the one that is shown.
func TestAcceptAStorm(t *testing.T) {
	dir := t.TempDir()
	events := filepath.Join(dir, "events.jsonl")
	record := `{"schema":"1.0","id":"3f2a9c0d11e4b7a6","state":"closed","rule":{"id":"COM-01"},"source":{"addr":"10.0.0.9"},"target":{"addr":"10.0.0.1"},"object":"tcp/502","list":["10.0.0.9 10.0.0.1","10.0.0.9 10.0.0.2","10.0.0.9 10.0.0.3"]}` + "\n"
	if err := os.WriteFile(events, []byte(record), 0o600); err != nil {
		t.Fatal(err)
	}
	conf := filepath.Join(dir, "sensor.yaml")
	if err := os.WriteFile(conf, []byte("interface: eth1\nevents: { file: "+events+" }\njournal: "+filepath.Join(dir, "journal.jsonl")+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	t.Setenv("SUDO_USER", "anna")
	out, errs := must(t, "accept", "-c", conf, "--why", "the new cell", "--until", "2099-01-01T00:00:00Z", "3f2a9c0d11e4b7a6")
	if strings.Contains(errs, "no more than") || strings.Count(out, "rule COM-01") != 3 || !strings.Contains(out, "10.0.0.2") || !strings.Contains(errs, "signed as anna") {
		t.Errorf("%s%s", out, errs)
	}
	var many []string
	for i := range detect.ListKept {
		many = append(many, fmt.Sprintf(`"10.0.0.9 10.0.1.%d"`, i))
	}
	record = strings.Replace(record, `"10.0.0.9 10.0.0.1","10.0.0.9 10.0.0.2","10.0.0.9 10.0.0.3"`, strings.Join(many, ","), 1)
	if err := os.WriteFile(events, []byte(record), 0o600); err != nil {
		t.Fatal(err)
	}
	if out, errs = must(t, "accept", "-c", conf, "--why", "the new cell", "--until", "2099-01-01T00:00:00Z", "3f2a9c0d11e4b7a6"); strings.Count(out, "rule COM-01") != detect.ListKept || !strings.Contains(errs, "what it does not list is not accepted") {
		t.Errorf("%s%s", out, errs)
	}
}
