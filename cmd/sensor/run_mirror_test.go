//go:build linux

package main

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"regexp"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/gopacket"
	"github.com/google/gopacket/layers"
	"github.com/google/gopacket/pcapgo"
	"golang.org/x/sys/unix"

	"otsensor/pcaps"
	"otsensor/pkg/capture"
)

// mirror is a switch's mirror port: what is sent into plant0 comes out of span0.
type mirror struct {
	t           *testing.T
	plant, host string // network namespaces
	built       string // the program, once it is
}

const mirrorPort = "span0"

// newMirror makes two network namespaces and a cable between them. span0 is
// made passive by the very commands of the unit that does it on a plant's host.
func newMirror(t *testing.T) *mirror {
	t.Helper()
	if os.Getuid() != 0 {
		t.Skip("network namespaces need root")
	}
	m := &mirror{t: t, plant: fmt.Sprintf("sensor-plant-%d", os.Getpid()), host: fmt.Sprintf("sensor-host-%d", os.Getpid())}
	for _, ns := range []string{m.plant, m.host} {
		if out, err := exec.Command("ip", "netns", "add", ns).CombinedOutput(); err != nil {
			t.Skipf("network namespaces cannot be made here: %v %s", err, out)
		}
		t.Cleanup(func() { exec.Command("ip", "netns", "del", ns).Run() })
	}
	m.must("ip", "-n", m.host, "link", "set", "lo", "up")
	m.cable()
	return m
}

// cable joins the two and makes span0 passive.
func (m *mirror) cable() {
	t := m.t
	m.must("ip", "link", "add", "plant0", "netns", m.plant, "type", "veth", "peer", "name", mirrorPort, "netns", m.host)
	m.must("ip", "netns", "exec", m.plant, "sysctl", "-qw", "net.ipv6.conf.plant0.disable_ipv6=1")
	m.must("ip", "-n", m.plant, "link", "set", "plant0", "up", "arp", "off")
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
// the sensor beside it is given the same. Stopped, it tells how many frames, and the last one's time.
func (m *mirror) recorder(path string) (stop func() (frames int, last time.Time)) {
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
	n, last := 0, int64(0)
	var done sync.WaitGroup
	done.Go(func() {
		b := capture.NewBatch(1024)
		for src.Fill(b) == nil {
			for _, p := range b.Packets {
				n, last = n+1, p.Time
				if err := w.WritePacket(gopacket.CaptureInfo{Timestamp: time.Unix(0, p.Time), CaptureLength: len(p.Data), Length: p.WireLen}, p.Data); err != nil {
					m.t.Error(err)
				}
			}
		}
	})
	return func() (int, time.Time) {
		src.Close()
		done.Wait()
		if err := f.Close(); err != nil {
			m.t.Error(err)
		}
		return n, time.Unix(0, last)
	}
}
