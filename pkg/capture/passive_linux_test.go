package capture

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// provocations are frames a host likes to answer: ff-ff… or its own address as
// receiver, 10.9.9.9 (an address of another of its interfaces) as target.
func provocations(mac string) map[string]string {
	const plant = "\x02\x00\x00\x00\x00\x01"
	const all = "\xff\xff\xff\xff\xff\xff"
	ip4 := func(to, from string, proto byte, payload string) string {
		head := []byte("\x45\x00\x00\x00\x00\x01\x00\x00\x40\x00\x00\x00" + from + to)
		head[3], head[9] = byte(20+len(payload)), proto
		sum := checksum(string(head))
		head[10], head[11] = byte(sum>>8), byte(sum)
		return "\x08\x00" + string(head) + payload
	}
	const sensor, asker = "\x0a\x09\x09\x09", "\x0a\x09\x09\x01"
	arp := "\x08\x06\x00\x01\x08\x00\x06\x04\x00\x01" + plant + asker + "\x00\x00\x00\x00\x00\x00" + sensor
	echo := "\x08\x00\xf7\xfe\x00\x00\x00\x01"                                                // echo request, checksum, id 0, number 1
	syn := "\x30\x39\x00\x16\x00\x00\x00\x01\x00\x00\x00\x00\x50\x02\x20\x00\x00\x00\x00\x00" // 12345 to 22, no checksum
	udp := "\x30\x39\x00\x09\x00\x08\x00\x00"                                                 // 12345 to 9
	query := "\x11\x64\xee\x9b\x00\x00\x00\x00"                                               // IGMP membership query
	return map[string]string{
		"ARP request, to all":     all + plant + arp,
		"ARP request, to the MAC": mac + plant + arp,
		"ICMP echo":               mac + plant + ip4(sensor, asker, 1, echo),
		"TCP SYN":                 mac + plant + ip4(sensor, asker, 6, syn),
		"UDP to a closed port":    mac + plant + ip4(sensor, asker, 17, udp),
		"IGMP query":              "\x01\x00\x5e\x00\x00\x01" + plant + ip4("\xe0\x00\x00\x01", asker, 2, query),
		"LLDP":                    "\x01\x80\xc2\x00\x00\x0e" + plant + "\x88\xcc\x02\x07\x04" + plant + "\x04\x02\x07p\x06\x02\x00\x78\x00\x00",
		"IPv6 echo to all nodes": "\x33\x33\x00\x00\x00\x01" + plant + "\x86\xdd\x60\x00\x00\x00\x00\x08\x3a\xff" +
			"\xfe\x80\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x01" +
			"\xff\x02\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x01" + "\x80\x00\x82\xb6\x00\x00\x00\x01",
	}
}

// checksum is the internet checksum (RFC 1071).
func checksum(b string) uint16 {
	var sum uint32
	for i := 0; i < len(b); i += 2 {
		sum += uint32(b[i])<<8 | uint32(b[i+1])
	}
	for sum>>16 != 0 {
		sum = sum&0xffff + sum>>16
	}
	return ^uint16(sum)
}

// A port mended as Preflight says sends nothing, however it is asked. The same
// port before that does: the test would notice.
func TestLivePortSendsNothing(t *testing.T) {
	r := newRig(t, false)
	r.ip("-n", r.own, "link", "set", "lo", "up")
	r.ip("-n", r.own, "addr", "add", "10.9.9.9/24", "dev", "lo")
	plant := r.watch(r.far, LiveOptions{Interface: "plant0", Promiscuous: true})
	sensor, send := r.watch(r.own, onSpan), r.sender()
	mac := r.mac()

	provoke := func() []Packet {
		for _, frame := range provocations(mac) {
			send([]byte(frame))
		}
		return plant.collect(1000, 700*time.Millisecond)
	}
	if answers := provoke(); len(answers) == 0 || sensor.live.Lost().Transmitted == 0 {
		t.Fatal("a port with default settings did not answer: nothing is tested")
	}
	r.mend(t)
	plant.collect(1000, 700*time.Millisecond)
	before := sensor.live.Lost().Transmitted
	for range 3 {
		if answers := provoke(); len(answers) > 0 {
			t.Errorf("sent %d frames, the first % x", len(answers), answers[0].Data)
		}
	}
	if sent := sensor.live.Lost().Transmitted - before; sent != 0 {
		t.Errorf("counted %d frames sent", sent)
	}
	got := sensor.collect(1000, 200*time.Millisecond)
	if len(got) < 4*len(provocations(mac)) {
		t.Errorf("only %d provocations arrived", len(got))
	}
	for _, p := range got {
		if string(p.Data[6:12]) == mac {
			t.Errorf("a frame of the host itself was handed out: % x", p.Data)
		}
	}
}

// mac is the address of the capture port.
func (r *rig) mac() string {
	_, after, _ := strings.Cut(r.ip("-n", r.own, "link", "show", "dev", "span0"), "link/ether ")
	digits, _, _ := strings.Cut(after, " ")
	mac := make([]byte, 6)
	const hex = "0123456789abcdef"
	for i := range mac {
		mac[i] = byte(strings.IndexByte(hex, digits[3*i])<<4 | strings.IndexByte(hex, digits[3*i+1]))
	}
	return string(mac)
}

// mend runs what Preflight proposes, until it finds nothing.
func (r *rig) mend(t *testing.T) {
	t.Helper()
	for _, f := range r.preflight() {
		words := strings.Fields(f.Mend)
		if _, err := exec.LookPath(words[0]); err != nil {
			t.Skipf("%s is missing, so %q cannot be mended", words[0], f.What)
		}
		r.ip(append([]string{"netns", "exec", r.own}, words...)...)
	}
	r.settle(true)
	if left := r.preflight(); len(left) > 0 {
		t.Fatalf("after mending: %v", left)
	}
}

// preflight is what is found in the sensor's namespace.
func (r *rig) preflight() (found []Finding) {
	r.in(r.own, func() error {
		found = Preflight("span0")
		return nil
	})
	return found
}

// Each way to spoil a capture port is found by itself, and its own mend mends it.
func TestPreflight(t *testing.T) {
	cases := []struct {
		name, finding string
		spoil         []string // for the ip command, in the sensor's namespace
	}{
		{"fit", "", nil},
		{"down", "is down", []string{"link set span0 down"}},
		{"address", "has an address", []string{"addr add 192.0.2.1/24 dev span0"}},
		{"ARP", "answers ARP", []string{"link set span0 arp on"}},
		{"bridge", "is a port of a bridge", []string{"link add name br0 type bridge", "link set span0 master br0"}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			r := newRig(t, true)
			r.blackhole()
			for _, args := range c.spoil {
				r.ip(append([]string{"-n", r.own}, strings.Fields(args)...)...)
			}
			found := r.preflight()
			if c.finding == "" {
				if len(found) > 0 {
					t.Errorf("found %v", found)
				}
				return
			}
			if len(found) != 1 || !strings.Contains(found[0].What, c.finding) {
				t.Fatalf("found %v", found)
			}
			r.mend(t)
		})
	}
	t.Run("no link", func(t *testing.T) {
		r := newRig(t, true)
		r.blackhole()
		r.ip("-n", r.far, "link", "set", "plant0", "down")
		r.settle(false)
		if found := r.preflight(); len(found) != 1 || !strings.Contains(found[0].What, "has no link") {
			t.Errorf("found %v", found)
		}
	})
	t.Run("IPv6", func(t *testing.T) {
		r := newRig(t, false)
		r.blackhole()
		r.ip("-n", r.own, "link", "set", "span0", "arp", "off")
		if found := r.preflight(); len(found) != 1 || !strings.Contains(found[0].What, "speaks IPv6") {
			t.Errorf("found %v", found)
		}
		r.mend(t)
	})
	t.Run("merging segments", func(t *testing.T) {
		if _, err := exec.LookPath("ethtool"); err != nil {
			t.Skip("ethtool is missing")
		}
		r := newRig(t, true)
		r.blackhole()
		r.ip("netns", "exec", r.own, "ethtool", "-K", "span0", "gro", "on")
		if found := r.preflight(); len(found) != 1 || !strings.Contains(found[0].What, "merges") {
			t.Errorf("found %v", found)
		}
		r.mend(t)
	})
}

// A port with a queue could send: that is found, and mended; then not even a raw
// socket of another program gets a frame out.
func TestPreflightFindsAQueue(t *testing.T) {
	r := newRig(t, true)
	if found := r.preflight(); len(found) != 1 || !strings.Contains(found[0].What, "would send") {
		t.Fatalf("found %v", found)
	}
	plant, send := r.watch(r.far, LiveOptions{Interface: "plant0", Promiscuous: true}), r.senderOn("span0")
	send(numbered(1))
	if got := plant.collect(1, 300*time.Millisecond); len(got) != 1 {
		t.Fatal("nothing was sent: nothing is tested")
	}
	r.mend(t)
	send(numbered(2))
	if got := plant.collect(1, 300*time.Millisecond); len(got) != 0 {
		t.Errorf("sent: % x", got[0].Data)
	}
}

// What another program sends past the queue of the port is shown to no capture,
// and is counted all the same.
func TestLiveCountsWhatGoesPastTheQueue(t *testing.T) {
	const frames = 50
	r := newRig(t, true)
	r.blackhole()
	live := r.open(r.own, onSpan)
	r.stormOn(r.own, "span0").send(0, frames, 0)
	time.Sleep(liveRetry)
	live.Fill(NewBatch(1))
	if lost := live.Lost(); lost.Transmitted != frames {
		t.Errorf("%+v", lost)
	}
	live.Close()
	if lost := live.Lost(); lost != (Loss{Transmitted: frames}) {
		t.Errorf("after closing: %+v", lost)
	}
}

// blackhole leaves the capture port no queue to send from.
func (r *rig) blackhole() {
	r.t.Helper()
	if _, err := exec.LookPath("tc"); err != nil {
		r.t.Skip("tc is missing: a port cannot be made passive")
	}
	r.ip("netns", "exec", r.own, "tc", "qdisc", "replace", "dev", "span0", "root", "blackhole")
}

func TestPreflightWithoutInterface(t *testing.T) {
	for _, name := range []string{"nosuch0", "", "../all"} {
		if found := Preflight(name); len(found) != 1 || !strings.Contains(found[0].What, "there is no interface") {
			t.Errorf("%q: %v", name, found)
		}
	}
}

// Nothing in this package calls what could put bytes on a socket.
func TestNoWayToSend(t *testing.T) {
	files, err := filepath.Glob("*.go")
	if err != nil || len(files) == 0 {
		t.Fatal("no sources found")
	}
	calls := 0
	for _, name := range files {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(file, func(n ast.Node) bool {
			sel, ok := n.(*ast.SelectorExpr)
			if !ok {
				return true
			}
			from, ok := sel.X.(*ast.Ident)
			if !ok || from.Name != "unix" && from.Name != "syscall" {
				return true
			}
			calls++
			for _, bad := range []string{"Send", "Write", "Pwrite", "Splice", "Tee", "Vmsplice", "SYS_SEND", "SYS_WRITE", "SYS_PWRITE", "SYS_SPLICE", "SYS_IO_URING", "PACKET_TX_RING"} {
				if strings.HasPrefix(sel.Sel.Name, bad) {
					t.Errorf("%s uses %s.%s", name, from.Name, sel.Sel.Name)
				}
			}
			return true
		})
	}
	if calls == 0 {
		t.Error("no system call found: the search is wrong")
	}
}
