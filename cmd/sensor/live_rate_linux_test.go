package main

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"

	"otsensor/pkg/capture"
	"otsensor/pkg/event"
)

// What a live sensor bears on this machine. It is a measurement, not a test:
//
//	SENSOR_LIVE_FILE=mix.pcap SENSOR_LIVE_PPS=10000,100000 SENSOR_LIVE_SECONDS=60 \
//	  go test ./cmd/sensor -run TestLiveRate -v -timeout 30m
//
// The file is sent over and over into a mirror port of veth, each time with TCP
// streams that go on where they ended; with a baseline in SENSOR_LIVE_BASELINE
// and all rules. That every frame sent is processed, dropped by the kernel and
// counted, or left and counted, is checked at any rate.
// A sender on the same machine may not be fast enough to make a sensor drop
// frames: SENSOR_LIVE_CGROUP names the folder of a control group that the sensor
// is put in, with as much of a processor as it shall have.
func TestLiveRate(t *testing.T) {
	file := os.Getenv("SENSOR_LIVE_FILE")
	if file == "" {
		t.Skip("a measurement of minutes: name a capture in SENSOR_LIVE_FILE")
	}
	seconds, err := strconv.Atoi(os.Getenv("SENSOR_LIVE_SECONDS"))
	if err != nil {
		seconds = 10
	}
	frames := everyFrame(t, file)
	going := streamsOf(frames)
	for word := range strings.SplitSeq(os.Getenv("SENSOR_LIVE_PPS"), ",") {
		pps, err := strconv.Atoi(word)
		if err != nil {
			t.Fatalf("SENSOR_LIVE_PPS: %v", err)
		}
		m := newMirror(t)
		args := []string{"run", "-i", mirrorPort}
		if b := os.Getenv("SENSOR_LIVE_BASELINE"); b != "" {
			args = append(args, "--baseline", b)
		}
		p := m.start(args...)
		if group := os.Getenv("SENSOR_LIVE_CGROUP"); group != "" {
			if err := os.WriteFile(filepath.Join(group, "cgroup.procs"), strconv.AppendInt(nil, int64(p.cmd.Process.Pid), 10), 0); err != nil {
				t.Fatal(err)
			}
		}
		p.wait("ready", 10*time.Second, func() bool { code, _ := p.get("/readyz"); return code == 200 })
		before := p.used()
		sent, took := m.blast(frames, going, pps, time.Duration(seconds)*time.Second)
		busy := p.used() - before
		time.Sleep(2 * time.Second)
		p.cmd.Process.Signal(syscall.SIGTERM)
		p.cmd.Wait()
		got := ended(t, p.said())
		t.Logf("sent %d in %.1f s (%.0f/s): processed %d, dropped %d, left %d; %.1f %% of a core",
			sent, took.Seconds(), float64(sent)/took.Seconds(), got["processed"], got["dropped"], got["left"], 100*busy.Seconds()/took.Seconds())
		if got["processed"]+got["dropped"]+got["left"] != sent || got["sent"] != 0 {
			t.Errorf("sent %d, accounted for %v", sent, got)
		}
		m.remove()
	}
}

// TestLiveLatency measures how long after its packet an event is in the file.
func TestLiveLatency(t *testing.T) {
	if os.Getenv("SENSOR_LIVE_FILE") == "" {
		t.Skip("a measurement: name any capture in SENSOR_LIVE_FILE")
	}
	m := newMirror(t)
	dir := t.TempDir()
	_, baseline := line(t)
	config := filepath.Join(dir, "sensor.yaml")
	if err := os.WriteFile(config, fmt.Appendf(nil, "interface: %s\nbaseline: %s\nevents: { file: events.jsonl }\n", mirrorPort, baseline), 0o600); err != nil {
		t.Fatal(err)
	}
	p := m.start("run", "-c", config)
	p.wait("ready", 10*time.Second, func() bool { code, _ := p.get("/readyz"); return code == 200 })
	stop, done := make(chan struct{}), make(chan []time.Duration)
	go func() { done <- follow(filepath.Join(dir, "events.jsonl"), stop) }()
	m.play(incident(t, 20))
	time.Sleep(time.Second)
	close(stop)
	all := <-done
	slices.Sort(all)
	if len(all) < 10 {
		t.Fatalf("%d events", len(all))
	}
	t.Logf("%d events: p50 %s, p99 %s, longest %s after their packet", len(all), all[len(all)/2], all[len(all)*99/100], all[len(all)-1])
}

// follow reads a growing file of events until stop, and tells how long after its
// first packet each was there.
func follow(path string, stop chan struct{}) (all []time.Duration) {
	var rest []byte
	f, err := os.Open(path)
	if err != nil {
		return nil
	}
	defer f.Close()
	for buf := make([]byte, 1<<20); ; {
		n, _ := f.Read(buf)
		now := time.Now()
		rest = append(rest, buf[:n]...)
		for {
			line, after, whole := bytes.Cut(rest, []byte("\n"))
			if !whole {
				break
			}
			if e, err := event.Parse(line); err == nil && e.State == "open" {
				all = append(all, now.Sub(time.Unix(0, e.First)))
			}
			rest = after
		}
		select {
		case <-stop:
			return all
		case <-time.After(time.Millisecond):
		}
	}
}

// everyFrame loads a capture.
func everyFrame(t *testing.T, file string) (all [][]byte) {
	t.Helper()
	src, err := capture.OpenFiles([]string{file}, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer src.Close()
	b := capture.NewBatch(1024)
	for err = src.Fill(b); err == nil; err = src.Fill(b) {
		for _, p := range b.Packets {
			all = append(all, bytes.Clone(p.Data))
		}
	}
	if err != io.EOF {
		t.Fatal(err)
	}
	return all
}

// blast sends frames over and over, so many a second, 32 with one system call.
func (m *mirror) blast(frames [][]byte, going streams, pps int, length time.Duration) (sent int, took time.Duration) {
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
		if err := unix.SetsockoptInt(fd, unix.SOL_PACKET, unix.PACKET_QDISC_BYPASS, 1); err != nil {
			return err
		}
		if err := unix.Bind(fd, &unix.SockaddrLinklayer{Ifindex: out.Index}); err != nil {
			return err
		}
		const burst = 32
		var iovs [burst]unix.Iovec
		var msgs [burst]struct { // struct mmsghdr
			hdr unix.Msghdr
			_   uint32
		}
		began := time.Now()
		for at := 0; time.Since(began) < length; {
			if at == len(frames) {
				at = 0
				going.on()
			}
			some := frames[at:min(at+burst, len(frames))]
			for i, f := range some {
				iovs[i] = unix.Iovec{Base: &f[0]}
				iovs[i].SetLen(len(f))
				msgs[i].hdr = unix.Msghdr{Iov: &iovs[i]}
				msgs[i].hdr.SetIovlen(1)
			}
			n, _, errno := unix.Syscall6(unix.SYS_SENDMMSG, uintptr(fd), uintptr(unsafe.Pointer(&msgs)), uintptr(len(some)), 0, 0, 0)
			if errno == 0 {
				at, sent = at+int(n), sent+int(n)
			} else if errno != unix.ENOBUFS && errno != unix.EAGAIN {
				return errno
			}
			for pps > 0 && time.Since(began) < time.Duration(sent)*time.Second/time.Duration(pps) {
				time.Sleep(100 * time.Microsecond)
			}
		}
		took = time.Since(began)
		return nil
	})
	if err != nil {
		m.t.Fatal(err)
	}
	return sent, took
}

// streams are the TCP segments of frames that are sent over and over. Sent as
// they are, all but the first round would be bytes that the sensor had seen.
type streams []moving

// moving is a segment from its TCP header on, and how far both directions of its
// conversation go in a round.
type moving struct {
	tcp           []byte
	ahead, behind *reach
}

// reach is the part of a direction's sequence numbers that a round takes.
type reach struct{ first, last uint32 }

// streamsOf finds the segments of IPv4 frames and how far their streams go.
func streamsOf(frames [][]byte) (all streams) {
	ends := map[[12]byte]*reach{} // by addresses and ports, source first
	of := func(b []byte, from, to int) *reach {
		key := [12]byte(slices.Concat(b[12+from*4:][:4], b[12+to*4:][:4], b[int(b[0]&15)*4+from*2:][:2], b[int(b[0]&15)*4+to*2:][:2]))
		if ends[key] == nil {
			ends[key] = &reach{}
		}
		return ends[key]
	}
	for _, f := range frames {
		if len(f) < 14+20+20 || binary.BigEndian.Uint16(f[12:]) != 0x0800 || f[14]>>4 != 4 || f[23] != 6 {
			continue
		}
		ip := f[14:]
		tcp := ip[int(ip[0]&15)*4:]
		s := moving{tcp, of(ip, 0, 1), of(ip, 1, 0)}
		seq := binary.BigEndian.Uint32(tcp[4:])
		end := seq + uint32(binary.BigEndian.Uint16(ip[2:])) - uint32(ip[0]&15)*4 - uint32(tcp[12]>>4)*4 + uint32(tcp[13]&1) + uint32(tcp[13]>>1&1) // FIN and SYN count
		if *s.ahead == (reach{}) {
			*s.ahead = reach{seq, seq}
		}
		if int32(end-s.ahead.last) > 0 {
			s.ahead.last = end
		}
		all = append(all, s)
	}
	return all
}

// on has the next round go on where this one ended.
func (all streams) on() {
	for _, s := range all {
		s.add(4, s.ahead.last-s.ahead.first)
		s.add(8, s.behind.last-s.behind.first)
	}
}

// add moves a sequence number on, and the checksum with it (RFC 1624).
func (s *moving) add(at int, by uint32) {
	was := binary.BigEndian.Uint32(s.tcp[at:])
	now := was + by
	sum := uint32(^binary.BigEndian.Uint16(s.tcp[16:])) + ^was>>16 + ^was&0xFFFF + now>>16 + now&0xFFFF
	for sum > 0xFFFF {
		sum = sum>>16 + sum&0xFFFF
	}
	binary.BigEndian.PutUint32(s.tcp[at:], now)
	binary.BigEndian.PutUint16(s.tcp[16:], ^uint16(sum))
}

// used is the processor time of a running sensor.
func (p *process) used() time.Duration {
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", p.cmd.Process.Pid))
	if err != nil {
		p.m.t.Fatal(err)
	}
	_, after, _ := strings.Cut(string(stat), ") ")
	words := strings.Fields(after)
	user, _ := strconv.Atoi(words[11])
	system, _ := strconv.Atoi(words[12])
	return time.Duration(user+system) * 10 * time.Millisecond // of 100 a second
}

// ended reads the numbers of the sensor's last words.
func ended(t *testing.T, said string) map[string]int {
	t.Helper()
	_, last, found := strings.Cut(said, `"msg":"ended"`)
	if !found {
		t.Fatalf("it did not end well:\n%s", said)
	}
	got := map[string]int{}
	for field := range strings.SplitSeq(strings.Trim(last, "},\n"), ",") {
		name, number, _ := strings.Cut(field, ":")
		n, err := strconv.Atoi(number)
		if err != nil {
			t.Fatalf("%s: %v", field, err)
		}
		got[strings.Trim(name, `"`)] = n
	}
	return got
}

// remove takes the cable and its namespaces away before the test ends.
func (m *mirror) remove() {
	for _, ns := range []string{m.plant, m.host} {
		m.must("ip", "netns", "del", ns)
	}
}
