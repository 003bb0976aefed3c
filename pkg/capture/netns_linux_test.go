package capture

import (
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// rig is two network namespaces joined by a veth pair: frames sent into "plant0"
// of one arrive at "span0" of the other, the capture port.
type rig struct {
	t        testing.TB
	far, own string // the plant's namespace and the sensor's
}

// newRig makes the namespaces and the pair, both ends up and, when quiet, with
// IPv6 and ARP off, so that the only frames are those of the test.
func newRig(t testing.TB, quiet bool) *rig {
	t.Helper()
	if os.Geteuid() != 0 {
		t.Skip("not root: network namespaces cannot be made, live capture is not tested")
	}
	if _, err := exec.LookPath("ip"); err != nil {
		t.Skip("the ip command (iproute2) is missing: live capture is not tested")
	}
	id := fmt.Sprintf("cap%d-%d-", os.Getpid(), time.Now().UnixNano()%1e6)
	r := &rig{t: t, far: id + "far", own: id + "own"}
	for _, ns := range []string{r.far, r.own} {
		if out, err := exec.Command("ip", "netns", "add", ns).CombinedOutput(); err != nil {
			t.Skipf("network namespaces cannot be made here, live capture is not tested: %v %s", err, out)
		}
		t.Cleanup(func() { exec.Command("ip", "netns", "del", ns).Run() })
	}
	r.pair(quiet)
	return r
}

// pair makes the veth pair.
func (r *rig) pair(quiet bool) {
	r.t.Helper()
	for _, ns := range []string{r.far, r.own} {
		if quiet || ns == r.far {
			r.in(ns, func() error {
				err := os.WriteFile("/proc/sys/net/ipv6/conf/default/disable_ipv6", []byte("1"), 0)
				if errors.Is(err, os.ErrNotExist) {
					return nil // a kernel without IPv6
				}
				return err
			})
		}
	}
	r.ip("link", "add", "name", "plant0", "netns", r.far, "type", "veth", "peer", "name", "span0", "netns", r.own)
	r.ip("-n", r.far, "link", "set", "plant0", "arp", "off")
	if quiet {
		r.ip("-n", r.own, "link", "set", "span0", "arp", "off")
	}
	r.ip("-n", r.far, "link", "set", "plant0", "up")
	r.ip("-n", r.own, "link", "set", "span0", "up")
	r.settle(true)
}

// settle waits until the kernel says that both ends have a link, or that
// neither has; it does so some time after they are up or down, and until then
// throws away what is sent.
func (r *rig) settle(link bool) {
	r.t.Helper()
	up := func(ns, dev string) bool {
		return strings.Contains(r.ip("-n", ns, "link", "show", "dev", dev), "state UP")
	}
	for range 200 {
		if up(r.own, "span0") == link && up(r.far, "plant0") == link {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	r.t.Fatal("the pair got or lost no link")
}

// ip runs the ip command.
func (r *rig) ip(args ...string) string {
	r.t.Helper()
	out, err := exec.Command("ip", args...).CombinedOutput()
	if err != nil {
		r.t.Fatalf("ip %s: %v\n%s", strings.Join(args, " "), err, out)
	}
	return string(out)
}

// in runs f on a thread of a namespace; the thread ends with it.
func (r *rig) in(ns string, f func() error) {
	r.t.Helper()
	done := make(chan error)
	go func() {
		runtime.LockOSThread() // never unlocked: the thread must not be used for anything else
		done <- func() error {
			fd, err := unix.Open("/var/run/netns/"+ns, unix.O_RDONLY|unix.O_CLOEXEC, 0)
			if err != nil {
				return err
			}
			defer unix.Close(fd)
			if err := unix.Setns(fd, unix.CLONE_NEWNET); err != nil {
				return err
			}
			return f()
		}()
	}()
	if err := <-done; err != nil {
		r.t.Fatal(err)
	}
}

// sender opens a raw socket on the plant's end; it gives a function that sends one
// frame. senderOn does so on either end.
func (r *rig) sender() (send func(frame []byte)) { return r.senderOn("plant0") }

func (r *rig) senderOn(iface string) (send func(frame []byte)) {
	r.t.Helper()
	fd, to, ns := -1, &unix.SockaddrLinklayer{}, r.far
	if iface == "span0" {
		ns = r.own
	}
	r.in(ns, func() (err error) {
		if fd, err = unix.Socket(unix.AF_PACKET, unix.SOCK_RAW|unix.SOCK_CLOEXEC, 0); err == nil {
			to.Ifindex, err = interfaceIndex(fd, iface)
		}
		return err
	})
	r.t.Cleanup(func() { unix.Close(fd) })
	return func(frame []byte) {
		for {
			err := unix.Sendto(fd, frame, 0, to)
			if err == nil {
				return
			}
			if err != unix.ENOBUFS && err != unix.EINTR {
				r.t.Errorf("sending: %v", err)
				return
			}
		}
	}
}

// tap is a capture that runs until stopped, and keeps copies.
type tap struct {
	live    *Live
	packets chan []Packet
	stop    chan struct{}
}

// open opens a capture in a namespace.
func (r *rig) open(ns string, o LiveOptions) *Live {
	r.t.Helper()
	var live *Live
	r.in(ns, func() (err error) {
		live, err = OpenLive(o)
		return err
	})
	r.t.Cleanup(func() { live.Close() })
	return live
}

// watch fills batches in a namespace for as long as the test runs, and gives
// the packets to collect.
func (r *rig) watch(ns string, o LiveOptions) *tap {
	r.t.Helper()
	w := &tap{live: r.open(ns, o), packets: make(chan []Packet, 1<<16), stop: make(chan struct{})}
	ended := make(chan struct{})
	go r.in(ns, func() error {
		defer close(ended)
		for b := NewBatch(256); ; {
			select {
			case <-w.stop:
				return nil
			default:
			}
			if err := w.live.Fill(b); err != nil {
				return nil
			}
			if len(b.Packets) > 0 {
				w.packets <- kept(b)
			}
		}
	})
	r.t.Cleanup(func() { close(w.stop); <-ended })
	return w
}

// collect waits for n packets, or for as long as none come within the time given.
func (w *tap) collect(n int, quiet time.Duration) (all []Packet) {
	for len(all) < n {
		select {
		case p := <-w.packets:
			all = append(all, p...)
		case <-time.After(quiet):
			return all
		}
	}
	return all
}

// numbered is a 60-byte frame to a foreign station that holds a number.
func numbered(n int) []byte {
	f := make([]byte, 60)
	copy(f, "\x02\x00\x00\x00\x00\x99"+ // to: a station that is not the sensor
		"\x02\x00\x00\x00\x00\x01"+ // from
		"\x88\xb5") // ethertype for local experiments
	binary.BigEndian.PutUint32(f[14:], uint32(n))
	return f
}
