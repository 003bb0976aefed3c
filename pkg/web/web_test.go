package web_test

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/prometheus/client_golang/prometheus/testutil/promlint"
	dto "github.com/prometheus/client_model/go"
	"github.com/prometheus/common/expfmt"
	"github.com/prometheus/common/model"

	"otsensor/pkg/baseline"
	"otsensor/pkg/capture"
	"otsensor/pkg/detect"
	"otsensor/pkg/evidence"
	"otsensor/pkg/ot"
	"otsensor/pkg/sensor"
	"otsensor/pkg/store"
	"otsensor/pkg/web"
)

// busy is a sensor that has something to say in every metric.
func busy() *sensor.Snapshot {
	s := &sensor.Snapshot{Clock: 1_700_000_060e9, LastPacket: 1_700_000_059e9, Assets: 12, Evicted: 1, Habits: 340, Baseline: "b5e1", Rules: "77aa", Learning: &baseline.Progress{Unseen: 0.02}}
	s.Stats = sensor.Stats{Packets: 900, Bytes: 90_000, Cut: 3, Unread: 4,
		Loss: capture.Loss{Received: 1000, Kernel: 70, Residual: 20, Transmitted: 0, Reopened: 2}}
	s.Stats.Flow.Convs, s.Stats.Flow.OneSided = 8, 2
	s.Stats.Flow.Payload, s.Stats.Flow.GapBytes = 990, 10
	s.Stats.Odds[ot.ClockStep] = 1
	s.Events = sensor.EventCounts{
		Raised:     map[string]uint64{"S7-06": 105, "NET-01": 4},
		Suppressed: map[string]uint64{"S7-06": 5, "NET-01": 0},
		Taken:      map[detect.Taking]uint64{{By: "ITP-05", From: "ITP-02"}: 1},
		Written:    102, Dropped: 2,
		Reached: map[sensor.EventClass]uint64{{Type: "OT-05", Severity: 4}: 100, {Type: "OT-01", Severity: 2}: 4},
		Records: map[string]sensor.Records{"open": {Written: 102, Dropped: 2}, "closed": {Written: 90, Dropped: 3}, "summary": {Written: 1}},
		Open:    14, Unjudgable: 6,
	}
	s.Cases = sensor.CaseCounts{Open: map[sensor.CaseClass]int{{Phase: "containment", Severity: 4}: 1, {Phase: "detection_investigation_analysis", Severity: 2}: 3}, Ended: 2, Known: 6, Decisions: 11, NoEffect: 1}
	s.Evidence = &evidence.Counts{Files: 80, Bytes: 3_000_000, Short: 2, Failed: 1, Skipped: 3, Removed: 4, Held: 170_000, Span: 95e9}
	return s
}

func live(s *sensor.Snapshot, port web.Port) web.State {
	snapshot := func() *sensor.Snapshot { return s }
	return web.State{Snapshot: snapshot, Version: "1.2.3", Live: &web.Live{Pulse: web.NewPulse(snapshot), Port: func() web.Port { return port }, Store: func() *store.Counts { return &store.Counts{Written: 40, Bytes: 1 << 20} },
		Reloads: func() *web.Reloads { return &web.Reloads{Taken: 2, Unchanged: 1} }}}
}

// storing is a sensor with a store.
func storing(c store.Counts) web.State {
	s := live(busy(), web.Port{})
	s.Live.Store = func() *store.Counts { return &c }
	return s
}

// unkept is a sensor that no store was configured for.
func unkept() web.State {
	s := live(busy(), web.Port{})
	s.Live.Store = func() *store.Counts { return nil }
	return s
}

func get(t *testing.T, h http.Handler, method, path string) (code int, body string) {
	t.Helper()
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequest(method, path, nil))
	return w.Code, w.Body.String()
}

// scrape reads /metrics as Prometheus does.
func scrape(t *testing.T, s web.State) (map[string]*dto.MetricFamily, string) {
	t.Helper()
	code, body := get(t, web.Handler(s), "GET", "/metrics")
	if code != http.StatusOK {
		t.Fatalf("/metrics: %d %s", code, body)
	}
	parser := expfmt.NewTextParser(model.LegacyValidation)
	families, err := parser.TextToMetricFamilies(strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	return families, body
}

// sum adds up a family.
func sum(t *testing.T, families map[string]*dto.MetricFamily, name string) (total float64) {
	t.Helper()
	f := families[name]
	if f == nil {
		t.Fatalf("%s is not served", name)
	}
	for _, m := range f.Metric {
		total += m.GetCounter().GetValue() + m.GetGauge().GetValue()
	}
	return total
}

// The two sums an operator checks the sensor with.
func TestIdentities(t *testing.T) {
	f, _ := scrape(t, live(busy(), web.Port{}))
	of := func(name string) float64 { return sum(t, f, name) }
	if got := of("capture_processed_total") + of("capture_dropped_total") + of("capture_queued"); got != of("capture_received_total") || got != 1000 {
		t.Errorf("received %v is not processed + dropped + queued = %v", of("capture_received_total"), got)
	}
	if got := of("events_written_total") + of("events_suppressed_total") + of("events_dropped_total"); got != of("events_raised_total") || got != 109 {
		t.Errorf("raised %v is not written + suppressed + dropped = %v", of("events_raised_total"), got)
	}
	for name, want := range map[string]float64{
		"capture_queued": 10, "capture_up": 1, "capture_findings": 0, "sink_up": 1, "capture_gap_ratio": 0.01, "capture_one_sided_ratio": 0.25,
		"capture_last_packet_timestamp_seconds": 1_700_000_059, "clock_step_total": 1, "event_records_dropped_total": 5, "learning_unseen_ratio": 0.02,
	} {
		if got := of(name); got != want {
			t.Errorf("%s is %v, want %v", name, got, want)
		}
	}
}

// A file's source counts nothing as received; what was processed was.
func TestReplayCountsAsReceived(t *testing.T) {
	s := busy()
	s.Stats.Loss = capture.Loss{}
	f, _ := scrape(t, web.State{Snapshot: func() *sensor.Snapshot { return s }})
	if got := sum(t, f, "capture_received_total"); got != 900 || f["capture_up"] != nil {
		t.Errorf("received %v, capture_up %v", got, f["capture_up"])
	}
}

func TestNamesAreClean(t *testing.T) {
	_, body := scrape(t, live(busy(), web.Port{}))
	problems, err := promlint.New(strings.NewReader(body)).Lint()
	if err != nil || len(problems) > 0 {
		t.Errorf("lint: %v %v", problems, err)
	}
}

func TestPromtoolAgrees(t *testing.T) {
	promtool, err := exec.LookPath("promtool")
	if err != nil {
		t.Skip("promtool is not installed")
	}
	_, body := scrape(t, live(busy(), web.Port{}))
	check := exec.Command(promtool, "check", "metrics")
	check.Stdin = strings.NewReader(body)
	if out, err := check.CombinedOutput(); err != nil || len(out) > 0 {
		t.Errorf("promtool check metrics: %v\n%s", err, out)
	}
}

// Labels are words of the sensor: no address gets in, and their number does
// not grow with the plant.
func TestLabelsAreBounded(t *testing.T) {
	s := busy()
	s.Assets = 16384
	for i := range 120 {
		s.Events.Raised[fmt.Sprintf("R-%02d", i)], s.Events.Suppressed[fmt.Sprintf("R-%02d", i)] = 1, 0
	}
	for i := range 15 {
		for severity := range 5 {
			s.Events.Reached[sensor.EventClass{Type: fmt.Sprintf("OT-%02d", i+1), Severity: severity}] = 1
		}
	}
	for i := range 5 {
		for severity := range 6 {
			s.Cases.Open[sensor.CaseClass{Phase: fmt.Sprintf("phase_%d", i), Severity: severity}] = 1
		}
	}
	f, body := scrape(t, live(s, web.Port{}))
	labels := map[string]bool{"version": true, "rule": true, "reason": true, "table": true, "state": true, "incident_type": true, "severity": true, "proto": true, "hash": true, "rules": true, "quantile": true, "lock": true, "phase": true, "result": true, "from": true, "up_to": true}
	address := regexp.MustCompile(`(\d+\.){3}\d+|([0-9a-f]{2}:){5}`)
	series := 0
	for name, family := range f {
		series += len(family.Metric)
		for _, m := range family.Metric {
			for _, l := range m.Label {
				if address.MatchString(l.GetValue()) || !labels[l.GetName()] && !strings.HasPrefix(name, "go_") {
					t.Errorf("%s has label %s=%q", name, l.GetName(), l.GetValue())
				}
			}
		}
	}
	if series > 700 || len(body) > 100_000 {
		t.Errorf("%d series, %d bytes", series, len(body))
	}
}

func TestMethodsAndPaths(t *testing.T) {
	h := web.Handler(live(busy(), web.Port{}))
	for _, path := range []string{"/", "/metrics", "/healthz", "/readyz"} {
		for method, want := range map[string]int{"GET": 200, "HEAD": 200, "POST": 405, "PUT": 405, "DELETE": 405, "PATCH": 405, "OPTIONS": 405, "TRACE": 405, "CONNECT": 405, "BREW": 405} {
			if code, _ := get(t, h, method, path); code != want {
				t.Errorf("%s %s: %d, want %d", method, path, code, want)
			}
		}
	}
	for _, path := range []string{"/metricsx", "/metrics/", "/debug/pprof/", "/healthz/x", "/favicon.ico", "/..%2fetc/passwd"} {
		if code, _ := get(t, h, "GET", path); code != 404 {
			t.Errorf("GET %s: %d, want 404", path, code)
		}
	}
}

func TestHealth(t *testing.T) {
	failing := busy()
	failing.Events.Failing = true
	halved := busy()
	for i := range 7 {
		halved.Unheard.Hosts = append(halved.Unheard.Hosts, netip.AddrFrom4([4]byte{10, 0, 0, byte(i)}))
	}
	halved.Unheard.VLANs = []uint16{20, 30}
	stale := live(busy(), web.Port{})
	stale.Live.Reloads = func() *web.Reloads { return &web.Reloads{Failed: 1, Failing: true} }
	for name, c := range map[string]struct {
		state           web.State
		healthz, readyz string
	}{
		"an asymmetric mirror":      {live(halved, web.Port{}), "200 degraded: the mirror is asymmetric: spoken to and not seen to speak: 10.0.0.0 10.0.0.1 10.0.0.2 10.0.0.3 10.0.0.4 and 2 more; VLANs seen in one direction only: 20 30", "200 ready"},
		"rules that do not load":    {stale, "200 degraded: rules or configuration did not load when they were read again; the old ones are in force", "200 ready"},
		"live and well":             {live(busy(), web.Port{}), "200 ok", "200 ready"},
		"before the first snapshot": {live(nil, web.Port{}), "200 ok", "503 not ready: no snapshot yet"},
		"port down":                 {live(busy(), web.Port{Down: "eth1 is down"}), "200 degraded: eth1 is down", "503 not ready: eth1 is down"},
		"store full":                {storing(store.Counts{Failing: "store s.db: the disk is full"}), "200 degraded: store s.db: the disk is full", "200 ready"},
		"store with holes":          {storing(store.Counts{Full: 3, Failed: 4}), "200 degraded: the store lacks 7 rows that had no room or could not be written", "200 ready"},
		"store above its size":      {storing(store.Counts{Over: true}), "200 degraded: the store is above its size, and nothing in it may go", "200 ready"},
		"no store":                  {unkept(), "200 ok", "200 ready"},
		"disk full":                 {live(failing, web.Port{}), "200 degraded: events cannot be written", "200 ready"},
		"a replay that ended":       {web.State{Snapshot: busy}, "200 ok", "200 ready"},
	} {
		for path, want := range map[string]string{"/healthz": c.healthz, "/readyz": c.readyz} {
			code, body := get(t, web.Handler(c.state), "GET", path)
			if got := fmt.Sprintf("%d %s", code, strings.TrimSpace(body)); got != want {
				t.Errorf("%s: %s says %q, want %q", name, path, got, want)
			}
		}
	}
}

// A live sensor that makes no new snapshot is stuck, whatever its clock says; one that goes on is alive again.
func TestStuck(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := busy()
		snapshot := func() *sensor.Snapshot { return s }
		h := web.Handler(web.State{Snapshot: snapshot, Live: &web.Live{Pulse: web.NewPulse(snapshot), Port: func() web.Port { return web.Port{} }}})
		want := func(code int) {
			t.Helper()
			if got, body := get(t, h, "GET", "/healthz"); got != code {
				t.Errorf("/healthz: %d %s, want %d", got, body, code)
			}
		}
		want(200)
		time.Sleep(web.StuckAfter)
		want(200)
		time.Sleep(time.Second)
		want(503)
		s = busy()
		want(200)
		time.Sleep(web.StuckAfter / 2)
		s = busy()
		want(200)
		time.Sleep(web.StuckAfter/2 + time.Second)
		want(200)
	})
}

// serve runs the server on a port of the loopback until the test ends.
func serve(t *testing.T, s web.State) (addr string) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	l, err := web.Listen(ctx, "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	go func() { done <- web.Serve(ctx, l, s) }()
	t.Cleanup(func() {
		cancel()
		select {
		case err := <-done:
			if err != nil {
				t.Error(err)
			}
		case <-time.After(2 * time.Second):
			t.Error("the server did not end")
		}
	})
	return l.Addr().String()
}

// Idle connections and many scrapers at once do not keep the sensor from answering.
func TestManyConnections(t *testing.T) {
	addr := serve(t, live(busy(), web.Port{}))
	for range 200 {
		c, err := net.Dial("tcp", addr)
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
	}
	var scrapers sync.WaitGroup
	for range 50 {
		scrapers.Go(func() {
			begin := time.Now()
			resp, err := (&http.Client{Timeout: 10 * time.Second}).Get("http://" + addr + "/metrics")
			if err != nil {
				t.Error(err)
				return
			}
			defer resp.Body.Close()
			body, err := io.ReadAll(resp.Body)
			if err != nil || resp.StatusCode != 200 || !strings.Contains(string(body), "\nevents_raised_total{") {
				t.Errorf("scrape: %d, %d bytes, %v", resp.StatusCode, len(body), err)
			}
			if took := time.Since(begin); took > 5*time.Second {
				t.Errorf("a scrape took %s", took)
			}
		})
	}
	scrapers.Wait()
}

func TestPortTaken(t *testing.T) {
	addr := serve(t, live(busy(), web.Port{}))
	_, err := web.Listen(context.Background(), addr)
	if err == nil || !strings.Contains(err.Error(), "is another program on this port?") {
		t.Errorf("got %v", err)
	}
}

// Every metric is on the page for operators, with its type, labels and meaning.
func TestPageNamesEveryMetric(t *testing.T) {
	page, err := os.ReadFile("../../docs/metrics.md")
	if err != nil {
		t.Fatal(err)
	}
	told := map[string]string{}
	for _, m := range regexp.MustCompile("(?m)^\\| `([a-z_]+)` (.*)$").FindAllStringSubmatch(string(page), -1) {
		told[m[1]] = m[2]
	}
	f, _ := scrape(t, live(busy(), web.Port{}))
	for name, family := range f {
		if strings.HasPrefix(name, "go_") || strings.HasPrefix(name, "process_") {
			continue
		}
		var labels []string
		for _, l := range family.Metric[0].Label {
			labels = append(labels, l.GetName())
		}
		row := fmt.Sprintf("| %s | %s | %s |", strings.ToLower(family.GetType().String()), strings.Join(labels, ", "), family.GetHelp())
		if told[name] != row {
			t.Errorf("docs/metrics.md: want this row\n| `%s` %s", name, row)
		}
		delete(told, name)
	}
	for name := range told {
		t.Errorf("docs/metrics.md tells of %s, which is not served", name)
	}
}
