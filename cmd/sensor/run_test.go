//go:build linux

package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/google/gopacket"
	"github.com/google/gopacket/layers"
	"github.com/google/gopacket/pcapgo"
	"golang.org/x/sys/unix"

	"otsensor/pcaps"
	"otsensor/pkg/capture"
	"otsensor/pkg/event"
)

// TestProgram makes the test binary the program: run as another process, it
// can be sent signals and lives in a network namespace of its own.
func TestProgram(t *testing.T) {
	args := os.Getenv("SENSOR_TEST_ARGS")
	if args == "" {
		t.Skip("only run by TestRunLive")
	}
	os.Args = append([]string{"sensor"}, strings.Split(args, "\n")...)
	main()
}

// mirror is a switch's mirror port: what is sent into plant0 comes out of span0.
type mirror struct {
	t           *testing.T
	plant, host string // network namespaces
}

const mirrorPort = "span0"

// newMirror makes two network namespaces and a cable between them. span0 is
// made passive by the very commands of the unit that does it on a plant's host.
func newMirror(t *testing.T) *mirror {
	t.Helper()
	if os.Getuid() != 0 {
		t.Skip("network namespaces need root")
	}
	m := &mirror{t, fmt.Sprintf("sensor-plant-%d", os.Getpid()), fmt.Sprintf("sensor-host-%d", os.Getpid())}
	for _, ns := range []string{m.plant, m.host} {
		if out, err := exec.Command("ip", "netns", "add", ns).CombinedOutput(); err != nil {
			t.Skipf("network namespaces cannot be made here: %v %s", err, out)
		}
		t.Cleanup(func() { exec.Command("ip", "netns", "del", ns).Run() })
	}
	m.must("ip", "link", "add", "plant0", "netns", m.plant, "type", "veth", "peer", "name", mirrorPort, "netns", m.host)
	m.must("ip", "netns", "exec", m.plant, "sysctl", "-qw", "net.ipv6.conf.plant0.disable_ipv6=1")
	m.must("ip", "-n", m.plant, "link", "set", "plant0", "up", "arp", "off")
	m.must("ip", "-n", m.host, "link", "set", "lo", "up")
	unit, err := os.ReadFile("../../deploy/systemd/sensor-iface@.service")
	if err != nil {
		t.Fatal(err)
	}
	commands := regexp.MustCompile(`(?m)^ExecStart=(-?)(.*)$`).FindAllStringSubmatch(string(unit), -1)
	if len(commands) < 5 {
		t.Fatalf("sensor-iface@.service has %d commands", len(commands))
	}
	for _, c := range commands {
		words := append([]string{"netns", "exec", m.host}, strings.Fields(strings.ReplaceAll(c[2], "%I", mirrorPort))...)
		if c[1] == "-" {
			exec.Command("ip", words...).Run()
		} else {
			m.must("ip", words...)
		}
	}
	for m.carrier() != "1" {
		time.Sleep(10 * time.Millisecond)
	}
	return m
}

func (m *mirror) must(name string, args ...string) string {
	m.t.Helper()
	out, err := exec.Command(name, args...).CombinedOutput()
	if err != nil {
		m.t.Fatalf("%s %s: %v\n%s", name, strings.Join(args, " "), err, out)
	}
	return strings.TrimSpace(string(out))
}

// within runs f in a network namespace. Its thread ends with it.
func (m *mirror) within(ns string, f func() error) error {
	done := make(chan error)
	go func() {
		runtime.LockOSThread()
		fd, err := unix.Open("/var/run/netns/"+ns, unix.O_RDONLY|unix.O_CLOEXEC, 0)
		if err == nil {
			err = errors.Join(unix.Setns(fd, unix.CLONE_NEWNET), unix.Close(fd))
		}
		if err == nil {
			err = f()
		}
		done <- err
	}()
	return <-done
}

// carrier is "1" when the link is up, a moment after both its ends are.
func (m *mirror) carrier() string {
	return m.must("ip", "netns", "exec", m.host, "cat", "/sys/class/net/"+mirrorPort+"/carrier")
}

// counter reads a counter of span0 from the kernel, not from the sensor.
func (m *mirror) counter(name string) int {
	m.t.Helper()
	n, err := strconv.Atoi(m.must("ip", "netns", "exec", m.host, "cat", "/sys/class/net/"+mirrorPort+"/statistics/"+name))
	if err != nil {
		m.t.Fatal(err)
	}
	return n
}

// play sends frames into the mirror, each at its time.
func (m *mirror) play(frames []frame) {
	m.t.Helper()
	err := m.within(m.plant, func() error {
		out, err := net.InterfaceByName("plant0")
		if err != nil {
			return err
		}
		fd, err := unix.Socket(unix.AF_PACKET, unix.SOCK_RAW|unix.SOCK_CLOEXEC, 0)
		if err != nil {
			return err
		}
		defer unix.Close(fd)
		to := &unix.SockaddrLinklayer{Ifindex: out.Index, Protocol: binary.NativeEndian.Uint16([]byte{0, 3})}
		begin := time.Now()
		for _, f := range frames {
			time.Sleep(time.Until(begin.Add(f.after)))
			if err := unix.Sendto(fd, f.data, 0, to); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		m.t.Fatal(err)
	}
}

type frame struct {
	after time.Duration // the first one
	data  []byte
}

// incident is the recorded line from shortly before its quiet part ends, so
// many times faster.
func incident(t *testing.T, faster time.Duration) (frames []frame) {
	t.Helper()
	src, err := capture.OpenFiles([]string{"-"}, bytes.NewReader(pcaps.Line()))
	if err != nil {
		t.Fatal(err)
	}
	defer src.Close()
	from := pcaps.LineQuietUntil().Add(-5 * time.Second).UnixNano()
	b := capture.NewBatch(1024)
	for err = src.Fill(b); err == nil; err = src.Fill(b) {
		for _, p := range b.Packets {
			if p.Time >= from {
				frames = append(frames, frame{time.Duration(p.Time-from) / faster, bytes.Clone(p.Data)})
			}
		}
	}
	if err != io.EOF || len(frames) < 5000 {
		t.Fatalf("%d frames, %v", len(frames), err)
	}
	return frames
}

// recorder writes what comes out of span0 to a file, with the kernel's times:
// the sensor beside it is given the same.
func (m *mirror) recorder(path string) (stop func() int) {
	m.t.Helper()
	var src *capture.Live
	if err := m.within(m.host, func() (err error) {
		src, err = capture.OpenLive(capture.LiveOptions{Interface: mirrorPort, Promiscuous: true})
		return err
	}); err != nil {
		m.t.Fatal(err)
	}
	f, err := os.Create(path)
	if err != nil {
		m.t.Fatal(err)
	}
	w := pcapgo.NewWriterNanos(f)
	w.WriteFileHeader(65535, layers.LinkTypeEthernet)
	n := 0
	var done sync.WaitGroup
	done.Go(func() {
		b := capture.NewBatch(1024)
		for src.Fill(b) == nil {
			for _, p := range b.Packets {
				n++
				if err := w.WritePacket(gopacket.CaptureInfo{Timestamp: time.Unix(0, p.Time), CaptureLength: len(p.Data), Length: p.WireLen}, p.Data); err != nil {
					m.t.Error(err)
				}
			}
		}
	})
	return func() int {
		src.Close()
		done.Wait()
		if err := f.Close(); err != nil {
			m.t.Error(err)
		}
		return n
	}
}

// process is a running sensor.
type process struct {
	m    *mirror
	cmd  *exec.Cmd
	errs bytes.Buffer
	told chan string // what systemd is told
}

func (m *mirror) start(args ...string) *process {
	m.t.Helper()
	p := &process{m: m, told: make(chan string, 1000)}
	name := filepath.Join(m.t.TempDir(), "notify")
	socket, err := net.ListenUnixgram("unixgram", &net.UnixAddr{Name: name, Net: "unixgram"})
	if err != nil {
		m.t.Fatal(err)
	}
	m.t.Cleanup(func() { socket.Close() })
	go func() {
		for buf := make([]byte, 256); ; {
			n, err := socket.Read(buf)
			if err != nil {
				return
			}
			p.told <- string(buf[:n])
		}
	}()
	p.cmd = exec.Command("ip", "netns", "exec", m.host, os.Args[0], "-test.run=^TestProgram$")
	p.cmd.Env = append(os.Environ(), "SENSOR_TEST_ARGS="+strings.Join(args, "\n"), "NOTIFY_SOCKET="+name)
	p.cmd.Stderr = &p.errs
	if err := p.cmd.Start(); err != nil {
		m.t.Fatal(err)
	}
	m.t.Cleanup(func() { p.cmd.Process.Kill() })
	return p
}

// get asks the sensor over the loopback of its own namespace.
func (p *process) get(path string) (code int, body string) {
	client := http.Client{Timeout: 2 * time.Second, Transport: &http.Transport{DisableKeepAlives: true,
		DialContext: func(_ context.Context, network, addr string) (c net.Conn, err error) {
			err = p.m.within(p.m.host, func() error { c, err = net.DialTimeout(network, addr, time.Second); return err })
			return c, err
		}}}
	resp, err := client.Get("http://127.0.0.1:9465" + path)
	if err != nil {
		return 0, err.Error()
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	if err != nil {
		return 0, err.Error()
	}
	return resp.StatusCode, string(b)
}

// wait waits for a condition.
func (p *process) wait(what string, for_ time.Duration, ok func() bool) {
	p.m.t.Helper()
	for end := time.Now().Add(for_); !ok(); time.Sleep(20 * time.Millisecond) {
		if time.Now().After(end) {
			p.m.t.Fatalf("not within %s: %s\nthe sensor said:\n%s", for_, what, p.errs.String())
		}
	}
}

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

// told lists the events of JSON lines: each once, as "id rule source target".
func told(t *testing.T, lines []byte) (all []string) {
	t.Helper()
	for s := bufio.NewScanner(bytes.NewReader(lines)); s.Scan(); {
		e, err := event.Parse(s.Bytes())
		if err != nil {
			t.Fatalf("%v: %s", err, s.Text())
		}
		all = append(all, fmt.Sprint(e.ID, " ", e.Rule.ID, " ", e.Source.Addr, " → ", e.Target.Addr))
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// The whole way on a wire: the incident of the recorded line, from a mirror
// port to the events file. What the sensor says live is what replay says of a
// capture of the same frames, to the last id; no frame is lost, none is sent.
func TestRunLive(t *testing.T) {
	if testing.Short() {
		t.Skip("long: plays an incident of eight seconds")
	}
	m := newMirror(t)
	dir := t.TempDir()
	events, recorded := filepath.Join(dir, "events.jsonl"), filepath.Join(dir, "recorded.pcap")
	_, baseline := line(t)
	config := filepath.Join(dir, "sensor.yaml")
	if err := os.WriteFile(config, fmt.Appendf(nil, "interface: %s\nbaseline: %s\nevents: { file: events.jsonl }\n", mirrorPort, baseline), 0o600); err != nil {
		t.Fatal(err)
	}
	p := m.start("run", "-c", config)
	p.wait("ready", 10*time.Second, func() bool { code, _ := p.get("/readyz"); return code == 200 })
	if said := p.errs.String(); strings.Contains(said, "not as it should be") {
		t.Errorf("the unit does not make the port passive:\n%s", said)
	}

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
	if n := stop(); n != len(frames) {
		t.Fatalf("%d of %d frames recorded", n, len(frames))
	}

	begin := time.Now()
	p.cmd.Process.Signal(syscall.SIGTERM)
	if err := p.cmd.Wait(); err != nil || time.Since(begin) > 2*time.Second {
		t.Errorf("ended after %s: %v\n%s", time.Since(begin), err, p.errs.String())
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
	got, want := told(t, live), told(t, []byte(replayed))
	if !slices.Equal(got, want) {
		t.Errorf("live and replay differ:\nlive   %s\nreplay %s", strings.Join(got, "\n       "), strings.Join(want, "\n       "))
	}
	if len(got) < 10 {
		t.Errorf("only %d events of a whole incident", len(got))
	}
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
