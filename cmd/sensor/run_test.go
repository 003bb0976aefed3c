//go:build linux

package main

import (
	"bufio"
	"bytes"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"go.uber.org/zap"
	"go.uber.org/zap/zaptest/observer"

	"otsensor/pkg/event"
)

// value is a metric's sum over its series.
func value(t *testing.T, page, name string) (sum int) {
	t.Helper()
	found := regexp.MustCompile(`(?m)^`+name+`(?:\{[^}]*\})? (\S+)$`).FindAllStringSubmatch(page, -1)
	if len(found) == 0 {
		t.Fatalf("%s is not served", name)
	}
	for _, f := range found {
		n, err := strconv.ParseFloat(f[1], 64)
		if err != nil {
			t.Fatal(err)
		}
		sum += int(n)
	}
	return sum
}

// told lists the events of JSON lines: each once, by its last record, as "id rule
// source target"; later are those of them that were raised after a time.
func told(t *testing.T, lines []byte, after time.Time) (all, later []string) {
	t.Helper()
	last, first := map[string]string{}, map[string]time.Time{}
	for s := bufio.NewScanner(bytes.NewReader(lines)); s.Scan(); {
		e, err := event.Parse(s.Bytes())
		if err != nil {
			t.Fatalf("%v: %s", err, s.Text())
		}
		last[e.ID] = fmt.Sprint(e.ID, " ", e.Rule.ID, " ", e.Source.Addr, " → ", e.Target.Addr)
		if _, known := first[e.ID]; !known {
			first[e.ID] = time.Unix(0, e.Raised)
		}
	}
	for id, raised := range first {
		if raised.After(after) {
			later = append(later, last[id])
		}
	}
	return slices.Sorted(maps.Values(last)), later
}

// The whole way on a wire: the incident of the recorded line, from a mirror
// port to the events file. What the sensor says live is what replay says of a
// capture of the same frames, to the last id, over several rings too; no frame is lost, none is sent.
func TestRunLive(t *testing.T) {
	if testing.Short() {
		t.Skip("long: plays an incident of eight seconds, twice")
	}
	for _, rings := range []int{1, 3} {
		t.Run(fmt.Sprintf("%d rings", rings), func(t *testing.T) { runLive(t, rings) })
	}
}

func runLive(t *testing.T, rings int) {
	m := newMirror(t)
	dir := t.TempDir()
	events, recorded := filepath.Join(dir, "events.jsonl"), filepath.Join(dir, "recorded.pcap")
	_, baseline := line(t)
	config := filepath.Join(dir, "sensor.yaml")
	if err := os.WriteFile(config, fmt.Appendf(nil, "interface: %s\nrings: %d\nworkers: %d\nbaseline: %s\nevents: { file: events.jsonl }\nevidence: { dir: evidence }\njournal: journal.jsonl\n", mirrorPort, rings, rings, baseline), 0o600); err != nil {
		t.Fatal(err)
	}
	p := m.start("run", "-c", config)
	p.wait("ready", 10*time.Second, func() bool { code, _ := p.get("/readyz"); return code == 200 })
	if said := p.said(); strings.Contains(said, "not as it should be") {
		t.Errorf("the unit does not make the port passive:\n%s", said)
	}

	locked(t, p)
	stop := m.recorder(recorded)
	frames := incident(t, 20)
	m.play(frames)
	var page string
	p.wait("all frames are processed", 5*time.Second, func() bool {
		_, page = p.get("/metrics")
		return strings.Contains(page, "capture_processed_total") && value(t, page, "capture_processed_total") == len(frames)
	})
	for name, want := range map[string]int{
		"capture_received_total": len(frames), "capture_dropped_total": 0, "capture_queued": 0, "capture_iface_tx_packets_total": 0,
		"capture_up": 1, "capture_findings": 0, "sink_up": 1, "event_records_dropped_total": 0,
		"events_raised_total": value(t, page, "events_written_total") + value(t, page, "events_suppressed_total"),
	} {
		if got := value(t, page, name); got != want {
			t.Errorf("%s is %d, want %d", name, got, want)
		}
	}
	must(t, "window", "add", "T-1", "--journal", filepath.Join(dir, "journal.jsonl"), "--by", "ann", "--why", "a valve is exchanged",
		"--from", "2030-01-01T06:00:00Z", "--until", "2030-01-01T08:00:00Z")
	p.wait("the decision is taken over", 5*time.Second, func() bool { return strings.Contains(p.said(), "decisions taken over") })
	n, end := stop()
	if n != len(frames) {
		t.Fatalf("%d of %d frames recorded", n, len(frames))
	}

	begin := time.Now()
	p.cmd.Process.Signal(syscall.SIGTERM)
	if err := p.cmd.Wait(); err != nil || time.Since(begin) > 2*time.Second {
		t.Errorf("ended after %s: %v\n%s", time.Since(begin), err, p.said())
	}
	if tx, rx := m.counter("tx_packets"), m.counter("rx_packets"); tx != 0 || rx != len(frames) {
		t.Errorf("the kernel counts %d frames sent and %d received on the port, want 0 and %d", tx, rx, len(frames))
	}
	supervised(t, p.told)

	live, err := os.ReadFile(events)
	if err != nil {
		t.Fatal(err)
	}
	replayed, _ := must(t, "replay", "--baseline", baseline, recorded)
	got, later := told(t, live, end)
	want, _ := told(t, []byte(replayed), end)
	unsigned := func(e string) bool { return strings.Contains(e, " SEN-10 ") } // what a run begins with is not on the wire
	if !slices.ContainsFunc(got, unsigned) {
		t.Error("the run does not say that nobody signed its baseline")
	}
	// The run's clock goes on behind the last frame, the capture's does not: what was raised there only the run can know.
	got = slices.DeleteFunc(got, func(e string) bool {
		return unsigned(e) || slices.Contains(later, e) && !slices.Contains(want, e)
	})
	if !slices.Equal(got, want) {
		t.Errorf("live and replay differ:\nlive   %s\nreplay %s", strings.Join(got, "\n       "), strings.Join(want, "\n       "))
	}
	if len(got) < 10 {
		t.Errorf("only %d events of a whole incident", len(got))
	}
	evidenceKept(t, filepath.Join(dir, "evidence"), live)
}

// locked checks that every thread of the running sensor has given everything up.
func locked(t *testing.T, p *process) { lockedBut(t, p, "0000000000000000") }

// lockedBut is for a sensor that was not given the privilege to take capabilities
// out of its bounding set; that has no say any more.
func lockedBut(t *testing.T, p *process, bounding string) {
	t.Helper()
	threads, err := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/status", p.cmd.Process.Pid))
	if err != nil || len(threads) < 2 {
		t.Fatalf("%d threads, %v", len(threads), err)
	}
	for _, name := range threads {
		status, err := os.ReadFile(name)
		if err != nil {
			continue // it has ended
		}
		for _, want := range []string{"CapEff:\t0000000000000000", "CapPrm:\t0000000000000000", "CapBnd:\t" + bounding, "NoNewPrivs:\t1", "Seccomp:\t2"} {
			if !strings.Contains(string(status), want+"\n") {
				t.Errorf("%s has not %q", name, want)
			}
		}
	}
	if said := p.said(); !strings.Contains(said, "locked: no capability") {
		t.Errorf("not told that it is locked:\n%s", said)
	}
}

// A locked sensor takes up an interface that was deleted and made again.
func TestRunLockedSurvivesVanishing(t *testing.T) {
	m := newMirror(t)
	p := m.start("run", "-i", mirrorPort)
	p.wait("ready", 10*time.Second, func() bool { code, _ := p.get("/readyz"); return code == 200 })
	locked(t, p)
	m.must("ip", "-n", m.host, "link", "del", mirrorPort)
	p.wait("down", 5*time.Second, func() bool { code, _ := p.get("/readyz"); return code == 503 })
	m.cable()
	p.wait("up again", 10*time.Second, func() bool { code, _ := p.get("/readyz"); return code == 200 })
	m.play([]frame{{data: make([]byte, 60)}, {data: make([]byte, 60)}})
	p.wait("captured again", 5*time.Second, func() bool {
		_, page := p.get("/metrics")
		return strings.Contains(page, "capture_processed_total 2")
	})
}

// supervised checks what systemd was told: ready once, alive in between, stopping at the end.
func supervised(t *testing.T, told chan string) {
	t.Helper()
	var all []string
	for len(told) > 0 {
		all = append(all, <-told)
	}
	if len(all) < 4 || !strings.HasPrefix(all[0], "READY=1\n") && !strings.HasPrefix(all[1], "READY=1\n") || all[len(all)-1] != "STOPPING=1" || !slices.Contains(all, "WATCHDOG=1") {
		t.Errorf("systemd was told %q", all)
	}
}

// CAP_NET_RAW is all a sensor needs: as nobody, with that alone, it captures, in
// several rings and through a filter, and locks itself in as it does for root.
func TestRunNeedsOnlyNetRaw(t *testing.T) {
	m := newMirror(t)
	if _, err := exec.LookPath("setpriv"); err != nil {
		t.Skip("setpriv is missing: a sensor with one capability is not tested")
	}
	only := []string{"setpriv", "--reuid", "65534", "--regid", "65534", "--clear-groups", "--inh-caps", "-all,+net_raw", "--ambient-caps", "-all,+net_raw", "--bounding-set", "-all,+net_raw"}
	p := m.startUnder(only, "run", "-i", mirrorPort, "--rings", "2", "--filter", "ip or arp")
	p.wait("ready", 10*time.Second, func() bool { code, _ := p.get("/readyz"); return code == 200 })
	lockedBut(t, p, "0000000000002000")
	frames := incident(t, 1000)[:1000]
	m.play(frames)
	p.wait("frames are processed", 5*time.Second, func() bool {
		_, page := p.get("/metrics")
		return value(t, page, "capture_processed_total") == len(frames)
	})
	p.cmd.Process.Signal(syscall.SIGTERM)
	if err := p.cmd.Wait(); err != nil {
		t.Errorf("%v\n%s", err, p.said())
	}
}

// A port that only the privileged may open is opened before privileges are given up.
func TestRunLockedAnswersOnALowPort(t *testing.T) {
	m := newMirror(t)
	config := filepath.Join(t.TempDir(), "sensor.yaml")
	if err := os.WriteFile(config, fmt.Appendf(nil, "interface: %s\nlisten: 127.0.0.1:80\n", mirrorPort), 0o600); err != nil {
		t.Fatal(err)
	}
	p := m.start("run", "-c", config)
	p.addr = "127.0.0.1:80"
	p.wait("ready", 10*time.Second, func() bool { code, _ := p.get("/readyz"); return code == 200 })
	locked(t, p)
	p.cmd.Process.Signal(syscall.SIGTERM)
	p.cmd.Wait()
}

// A run that cannot begin ends at once, says why in one line, and leaves nothing behind.
func TestRunCannotBegin(t *testing.T) {
	dir := t.TempDir()
	file := func(name, text string) string {
		name = filepath.Join(dir, name)
		if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return name
	}
	for _, c := range []struct {
		args []string
		code int
		says string
	}{
		{[]string{"-c", filepath.Join(dir, "none.yaml")}, 1, "none.yaml"},
		{[]string{"-c", file("key.yaml", "interfce: eth1\n")}, 1, `did you mean "interface"?`},
		{[]string{"-c", file("no-interface.yaml", "workers: 2\n")}, 2, "name the interface"},
		{[]string{"-i", "nowhere0"}, 1, "cannot capture on nowhere0"},
		{[]string{"-c", file("events.yaml", "interface: nowhere0\nevents: { file: new/events.jsonl }\n")}, 1, "cannot capture on nowhere0"},
		{[]string{"-i", "nowhere0", "--baseline", filepath.Join(dir, "none.baseline")}, 1, "sensor learn"},
		{[]string{"-i", "lo", "extra"}, 2, "extra"},
	} {
		code, _, errs := call(t, nil, append([]string{"run"}, c.args...)...)
		if code != c.code || !strings.Contains(errs, c.says) || strings.Count(errs, "\n") != 1 {
			t.Errorf("sensor run %s: exit %d, said %q; want %d and %q", strings.Join(c.args, " "), code, errs, c.code, c.says)
		}
	}
	if _, err := os.Stat(filepath.Join(dir, "new")); err == nil {
		t.Error("a run that could not begin made the events file")
	}
}

// A disk that is full is told once, and once that it no longer is.
func TestFailingOutputIsToldOnce(t *testing.T) {
	core, logs := observer.New(zap.InfoLevel)
	full := false
	emit := telling(func(*event.Event) error {
		if full {
			return syscall.ENOSPC
		}
		return nil
	}, zap.New(core))
	for i := range 100 {
		full = i >= 10 && i < 60
		if err := emit(&event.Event{}); (err != nil) != full {
			t.Errorf("record %d: %v", i, err)
		}
	}
	var said []string
	for _, l := range logs.All() {
		said = append(said, fmt.Sprint(l.Level, " ", l.Message, " ", l.ContextMap()))
	}
	want := []string{"error event records cannot be written; those lost are counted map[error:no space left on device]", "warn event records are written again map[lost:50]"}
	if !slices.Equal(said, want) {
		t.Errorf("said %q", said)
	}
}
