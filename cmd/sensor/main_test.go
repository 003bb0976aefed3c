package main

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"otsensor/pcaps"
)

// call runs the program as a user would.
func call(t testing.TB, stdin []byte, args ...string) (code int, stdout, stderr string) {
	t.Helper()
	var out, errs bytes.Buffer
	code = Main(context.Background(), &env{bytes.NewReader(stdin), &out, &errs}, args)
	return code, out.String(), errs.String()
}

// must is call of what has to go well.
func must(t testing.TB, args ...string) (stdout, stderr string) {
	t.Helper()
	code, out, errs := call(t, nil, args...)
	if code != 0 {
		t.Fatalf("sensor %s: exit %d\n%s", strings.Join(args, " "), code, errs)
	}
	return out, errs
}

// line writes the recorded line to a file and learns its quiet part.
func line(t testing.TB) (capture, baseline string) {
	t.Helper()
	dir := t.TempDir()
	capture, baseline = filepath.Join(dir, "line.pcap.gz"), filepath.Join(dir, "line.baseline")
	if err := os.WriteFile(capture, pcaps.Line(), 0o600); err != nil {
		t.Fatal(err)
	}
	must(t, "learn", "--until", pcaps.LineQuietUntil().Format("2006-01-02T15:04:05Z"), "-o", baseline, capture)
	return capture, baseline
}

func TestExitCodes(t *testing.T) {
	for _, c := range []struct {
		args []string
		code int
		says string
	}{
		{nil, 2, "name a subcommand"},
		{[]string{"--help"}, 0, ""},
		{[]string{"replya"}, 2, `did you mean "replay"?`},
		{[]string{"replay"}, 2, "name at least one capture file"},
		{[]string{"replay", "--worker", "2", "x"}, 2, `did you mean "workers"?`},
		{[]string{"replay", "nowhere.pcap"}, 1, "nowhere.pcap"},
		{[]string{"decode", "--proto", "modbsu", "x"}, 2, `did you mean "modbus"?`},
		{[]string{"learn", "x.pcap"}, 2, "say with -o where the baseline goes"},
		{[]string{"explain", "OT-99"}, 1, "OT-99"},
		{[]string{"version", "x"}, 2, "takes no argument"},
		{[]string{"run"}, 2, "name the interface"},
		{[]string{"demo", "--help"}, 0, ""},
	} {
		code, _, errs := call(t, nil, c.args...)
		if code != c.code || !strings.Contains(errs, c.says) {
			t.Errorf("sensor %s: exit %d, said %q; want %d and %q", strings.Join(c.args, " "), code, errs, c.code, c.says)
		}
		if strings.Count(errs, "\n") > 1 {
			t.Errorf("sensor %s: a mistake is told in one line, not %q", strings.Join(c.args, " "), errs)
		}
	}
}

// Every subcommand explains itself with an example, on standard output.
func TestHelp(t *testing.T) {
	for _, c := range commands() {
		out, errs := must(t, c.name, "--help")
		if !strings.Contains(out, "usage: sensor "+c.name) || !strings.Contains(out, "examples:") || errs != "" {
			t.Errorf("sensor %s --help:\n%s%s", c.name, out, errs)
		}
	}
}

// Every record of the demo fits the published schema.
func TestDemoFitsSchema(t *testing.T) {
	schema, err := jsonschema.NewCompiler().Compile("../../docs/event.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	out, _ := must(t, "demo", "--once", "--json")
	lines := strings.Split(strings.TrimSpace(out), "\n")
	if len(lines) < 10 {
		t.Fatalf("only %d events", len(lines))
	}
	for _, l := range lines {
		v, err := jsonschema.UnmarshalJSON(strings.NewReader(l))
		if err != nil {
			t.Fatal(err)
		}
		if err := schema.Validate(v); err != nil {
			t.Errorf("%v\n%s", err, l)
		}
	}
}

// The same packets give the same bytes, whatever the workers and batches, from
// a file or from standard input.
func TestReplayIsDeterministic(t *testing.T) {
	capture, baseline := line(t)
	want, _ := must(t, "replay", "--baseline", baseline, capture)
	if strings.Count(want, "\n") < 10 {
		t.Fatalf("only %d events", strings.Count(want, "\n"))
	}
	for _, args := range [][]string{{"--workers", "2"}, {"--workers", "7"}, {"--batch", "1"}, {"--workers", "7", "--batch", "64"}, {"--batch", "4096"}} {
		got, _ := must(t, append([]string{"replay", "--baseline", baseline, capture}, args...)...)
		if got != want {
			t.Errorf("other events with %s", strings.Join(args, " "))
		}
	}
	code, got, errs := call(t, pcaps.Line(), "replay", "--baseline", baseline, "-")
	if code != 0 || strings.ReplaceAll(got, `"file":"-"`, `"file":"`+capture+`"`) != want {
		t.Errorf("other events from standard input: exit %d %s", code, errs)
	}
}

// What was quiet when it was learned is quiet when it is replayed.
func TestQuietPartIsQuiet(t *testing.T) {
	capture, baseline := line(t)
	out, _ := must(t, "replay", "--baseline", baseline, capture)
	for _, l := range strings.Split(strings.TrimSpace(out), "\n") {
		first := l[strings.Index(l, `"first":"`)+9:][:19]
		if first < pcaps.LineQuietUntil().Format("2006-01-02T15:04:05") {
			t.Errorf("an event in the quiet part: %.300s", l)
		}
	}
}

// The built-in capture gives what it must; -update writes what it gives now.
func TestSelftest(t *testing.T) {
	d, err := playLine(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	if *update {
		if err := os.WriteFile("selftest.txt", []byte(d.lines()), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	must(t, "selftest")
}

// An event's long form names what to do and what never to do.
func TestExplainEvent(t *testing.T) {
	out, _ := must(t, "demo", "--once", "--json")
	events := filepath.Join(t.TempDir(), "events.jsonl")
	if err := os.WriteFile(events, []byte(out), 0o600); err != nil {
		t.Fatal(err)
	}
	id := out[strings.Index(out, `"id":"`)+6:][:16]
	long, _ := must(t, "explain", "--events", events, id)
	if !strings.Contains(long, id) || len(long) < 500 {
		t.Errorf("the long form of %s:\n%s", id, long)
	}
}

// The rules' own tests hold on the cases of pcaps/.
func TestRules(t *testing.T) {
	_, errs := must(t, "check", "--pcaps", "../../pcaps")
	if !strings.Contains(errs, "all hold") {
		t.Error(errs)
	}
}

func TestDecodeLine(t *testing.T) {
	capture, _ := line(t)
	for _, proto := range []string{"modbus", "enip", "cip", "cotp", "s7comm"} {
		out, _ := must(t, "decode", "--proto", proto, capture)
		if !strings.Contains(out, `"proto":"`+proto+`"`) || strings.Contains(out, `"proto":""`) {
			t.Errorf("no %s transactions on the line", proto)
		}
	}
}
