package filter

import (
	"math/rand/v2"
	"os/exec"
	"strings"
	"testing"
)

// expressions are compared with tcpdump's own reading of them.
var expressions = []string{
	"ip", "arp", "ip6", "tcp", "udp", "icmp", "icmp6", "igmp", "sctp",
	"port 502", "tcp port 502", "udp port 2222", "src port 502", "tcp dst port 44818", "portrange 100-600", "tcp src portrange 102-502", "ip6 and port 502",
	"host 10.1.2.3", "src host 10.1.2.3", "dst host 10.1.2.3", "src and dst host 10.1.2.3", "ip host 10.1.9.9", "arp host 10.1.2.3", "host 2001:db8::1", "ip6 host 2001:db8::2",
	"net 10.1.0.0/16", "net 10.1.2", "src net 10.0.0.0/8", "dst net 10.1.9.0/24", "net 2001:db8::/32", "src net 2001:db8::/127",
	"ether host 00:1b:1b:01:02:03", "ether src 00:0e:8c:0a:0b:0c", "ether dst 00:1b:1b:01:02:03", "ether proto 0x88cc",
	"ip proto 17", "ip proto 6", "ip6 proto 6",
	"not port 502", "tcp or udp", "tcp port 502 or 44818", "tcp port 502 or port 102 and not host 10.1.2.3", "not tcp and not arp", "not (tcp or arp)",
	"(tcp port 502 or udp port 2222) and not (src host 10.1.2.3 or dst net 10.2.0.0/16)", "arp or udp and not udp", "!arp && (ip || ip6)",
}

// Random frames are taken by a filter here when tcpdump's own program takes
// them: untagged ones as they are, tagged ones by “vlan and …”.
func TestAgainstTcpdump(t *testing.T) {
	if _, err := exec.LookPath("tcpdump"); err != nil {
		t.Skip("tcpdump is missing: its programs are not compared with")
	}
	plain, tagged := randomFrames("", 4000), randomFrames("\x81\x00\x20\x07", 1000)
	for _, text := range expressions {
		mine, err := Parse(text)
		if err != nil {
			t.Fatalf("%q: %v", text, err)
		}
		own, err := mine.Machine(ethernet)
		if err != nil {
			t.Fatalf("%q: %v", text, err)
		}
		for _, c := range []struct {
			text   string
			frames [][]byte
		}{{text, plain}, {"vlan 7 and (" + text + ")", tagged}} {
			theirs := tcpdump(t, c.text)
			takes := 0
			for _, f := range c.frames {
				got, want := own.Takes(f), theirs.Takes(f)
				if want {
					takes++
				}
				if got != want {
					t.Errorf("%q takes % x: %v, tcpdump %v", c.text, f, got, want)
					break
				}
			}
			if takes == 0 && len(text) < 60 {
				t.Errorf("%q takes nothing: nothing is compared", c.text)
			}
		}
	}
}

// tcpdump compiles an expression as tcpdump does.
func tcpdump(t *testing.T, text string) *Machine {
	t.Helper()
	out, err := exec.Command("tcpdump", "-ddd", "-y", "EN10MB", text).Output()
	if err != nil {
		t.Fatalf("tcpdump %q: %v", text, err)
	}
	f, err := Parse(string(out))
	if err != nil {
		t.Fatalf("%q: %v", text, err)
	}
	m, err := f.Machine(ethernet)
	if err != nil {
		t.Fatalf("%q: %v", text, err)
	}
	return m
}

// randomFrames are whole frames of a few hosts, ports and protocols, so that
// tests meet often.
func randomFrames(tags string, n int) (all [][]byte) {
	r := rand.New(rand.NewPCG(1, 2))
	pick := func(of ...string) string { return of[r.IntN(len(of))] }
	port := func() string { return pick("\x01\xf6", "\x00\x66", "\xaf\x12", "\x08\xae", "\xc0\x01") }
	four := func() string {
		return pick("\x0a\x01\x02\x03", "\x0a\x01\x09\x09", "\x0a\x02\x00\x01", "\xc0\x00\x02\x01")
	}
	fours := func() string { a := four(); return a + pick(a, four(), four(), four()) }
	sixes := func() string { return pick(ip6s, ip6d, "\xfe\x80"+ip6s[2:]) }
	macs := func() string {
		return pick("\x00\x1b\x1b\x01\x02\x03", "\xff\xff\xff\xff\xff\xff") + pick("\x00\x0e\x8c\x0a\x0b\x0c", "\x00\x1b\x1b\x01\x02\x03")
	}
	proto := func() string { return pick("\x06", "\x06", "\x11", "\x11", "\x01", "\x02", "\x3a", "\x84") }
	for range n {
		var b string
		switch r.IntN(8) {
		case 0:
			b = "\x08\x06" + arp[:14] + four() + arp[18:24] + four() + strings.Repeat("\x00", 18)
		case 1:
			b = pick("\x88\xcc", "\x88\x92", "\x00\x26") + strings.Repeat("\x00", 46)
		case 2, 3:
			b = "\x86\xdd" + six[:6] + proto() + "\x40" + sixes() + sixes() + port() + port() + rest
		default:
			words := r.IntN(11)
			b = "\x08\x00" + string(rune(0x45+words)) + ip[1:6] + pick("\x40\x00", "\x20\x00", "\x00\x10", "\x00\x00") + "\x40" + proto() + "\x00\x00" +
				fours() + strings.Repeat("\x01\x00\x01\x01", words) + port() + port() + rest
		}
		all = append(all, []byte(macs()+tags+b))
	}
	return all
}
