package filter

import (
	"errors"
	"strings"
	"testing"

	"golang.org/x/net/bpf"
)

// The kinds of frames in the tests.
var (
	ethernet = Link{Ether: 12, Network: 14, MACs: true}
	rawIP    = Link{Ether: -1, Network: 0}
	cooked   = Link{Ether: 14, Network: 16}
	ring     = Link{Ether: 12, Network: 14, MACs: true, Stripped: true}
)

var (
	macs   = "\x00\x1b\x1b\x01\x02\x03" + "\x00\x0e\x8c\x0a\x0b\x0c" // to, from
	ip     = "\x45\x00\x00\x28\x00\x01\x40\x00\x40\x06\x00\x00" + "\x0a\x01\x02\x03" + "\x0a\x01\x09\x09"
	pair   = "\xc0\x01\x01\xf6" // 49153 to 502
	rest   = "\x00\x00\x00\x01\x00\x00\x00\x00\x50\x18\x20\x00\x00\x00\x00\x00"
	modbus = ip + pair + rest
	// The same with 24 bytes of options, as a later fragment, as UDP.
	options  = "\x4b" + ip[1:20] + "\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01" + pair + rest
	fragment = ip[:6] + "\x00\x40" + ip[8:] + pair + rest
	datagram = ip[:9] + "\x11" + ip[10:] + pair + "\x00\x08\x00\x00"
	arp      = "\x00\x01\x08\x00\x06\x04\x00\x01" + "\x00\x0e\x8c\x0a\x0b\x0c" + "\x0a\x01\x02\x03" + "\x00\x00\x00\x00\x00\x00" + "\x0a\x01\x09\x09"
	ip6s     = "\x20\x01\x0d\xb8\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x01"
	ip6d     = "\x20\x01\x0d\xb8\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x02"
	six      = "\x60\x00\x00\x00\x00\x14\x06\x40" + ip6s + ip6d + pair + rest
)

func eth(tags string, ethertype, payload string) string { return macs + tags + ethertype + payload }

// Which filter takes which frame.
func TestWhatAFilterTakes(t *testing.T) {
	frames := map[string]string{
		"tcp":      eth("", "\x08\x00", modbus),
		"options":  eth("", "\x08\x00", options),
		"fragment": eth("", "\x08\x00", fragment),
		"udp":      eth("", "\x08\x00", datagram),
		"arp":      eth("", "\x08\x06", arp),
		"six":      eth("", "\x86\xdd", six),
		"tag7":     eth("\x81\x00\x20\x07", "\x08\x00", modbus),
		"tag97":    eth("\x88\xa8\x00\x09\x81\x00\x00\x07", "\x08\x00", modbus),
		"lldp":     eth("", "\x88\xcc", "\x02\x07\x04\x00\x1b\x1b\x01\x02\x03\x00\x00"),
		"short":    eth("", "\x08\x00", ip[:18]),
		"noports":  eth("", "\x08\x00", ip),
		"stub":     macs,
	}
	for text, want := range map[string]string{
		"ip":                         "tcp options fragment udp tag7 tag97 short noports",
		"arp":                        "arp",
		"ip6":                        "six",
		"tcp":                        "tcp options fragment six tag7 tag97 noports",
		"udp":                        "udp",
		"port 502":                   "tcp options udp six tag7 tag97",
		"tcp dst port 502":           "tcp options six tag7 tag97",
		"tcp src port 502":           "",
		"src port 49153":             "tcp options udp six tag7 tag97",
		"portrange 500-510":          "tcp options udp six tag7 tag97",
		"tcp portrange 503-510":      "",
		"host 10.1.2.3":              "tcp options fragment udp arp tag7 tag97 noports",
		"src host 10.1.2.3":          "tcp options fragment udp arp tag7 tag97 noports",
		"dst 10.1.2.3":               "",
		"src and dst net 10.1":       "tcp options fragment udp arp tag7 tag97 noports",
		"src or dst net 10.1.9.0/24": "tcp options fragment udp arp tag7 tag97 noports",
		"ip host 10.1.9.9":           "tcp options fragment udp tag7 tag97 noports",
		"arp host 10.1.9.9":          "arp",
		"host 2001:db8::1":           "six",
		"net 2001:db8::/32":          "six",
		"dst net 2001:db8::2/127":    "six",
		"vlan":                       "tag7 tag97",
		"vlan 7":                     "tag7 tag97",
		"vlan 9":                     "tag97",
		"vlan 7 and port 502":        "tag7 tag97",
		"ether host 00:1b:1b:01:02:03 and not ip":      "arp six lldp stub",
		"ether src 00:1b:1b:01:02:03":                  "",
		"ether dst host 00-1b-1b-01-02-03 and arp":     "arp",
		"ether proto 0x88cc":                           "lldp",
		"ip proto 17":                                  "udp",
		"proto 6 and not vlan":                         "tcp options fragment six noports",
		"not port 502":                                 "fragment arp lldp short noports stub",
		"!(port 502||arp)&&!vlan":                      "fragment lldp short noports stub",
		"not (port 502 or arp)":                        "fragment lldp short noports stub",
		"arp or udp and not udp":                       "arp", // left to right
		"arp or (udp and not arp)":                     "arp udp",
		"udp port 502 or 503":                          "udp",
		"host 10.9.9.9 or 10.1.2.3 and not tcp":        "udp arp",
		"net 0.0.0.0/0 and not tcp and not udp":        "arp",
		"ip proto \\6 and not host 10.1.2.3":           "",
		"tcp\nport\t502 and ip6":                       "six",
		"icmp or icmp6 or igmp or sctp or ip proto 99": "",
	} {
		f, err := Parse(text)
		if err != nil {
			t.Errorf("%q: %v", text, err)
			continue
		}
		m, err := f.Machine(ethernet)
		if err != nil {
			t.Errorf("%q: %v", text, err)
			continue
		}
		for name, frame := range frames {
			if got, want := m.Takes([]byte(frame)), strings.Contains(" "+want+" ", " "+name+" "); got != want {
				t.Errorf("%q takes %q: %v", text, name, got)
			}
		}
	}
}

// Frames without an Ethernet header are told by their version, or by their cooked header.
func TestOtherLinks(t *testing.T) {
	for text, want := range map[string]bool{"tcp port 502": true, "host 10.1.2.3": true, "ip6": false, "vlan": false} {
		f, err := Parse(text)
		if err != nil {
			t.Fatal(err)
		}
		for l, frame := range map[Link]string{rawIP: modbus, cooked: strings.Repeat("\x00", 14) + "\x08\x00" + modbus, {Ether: -1, Network: 4}: "\x02\x00\x00\x00" + modbus} {
			m, err := f.Machine(l)
			if err != nil {
				t.Fatal(err)
			}
			if m.Takes([]byte(frame)) != want {
				t.Errorf("%q on %+v: %v", text, l, !want)
			}
			if m.Takes(nil) {
				t.Errorf("%q takes an empty frame", text)
			}
		}
	}
	f, _ := Parse("ether host 00:1b:1b:01:02:03")
	if _, err := f.Machine(rawIP); err == nil || !strings.Contains(err.Error(), "MAC addresses") {
		t.Errorf("MAC addresses of raw IP: %v", err)
	}
}

// A mistake is named with its place, and where there is one with the right word.
func TestMistakesHaveTheirPlace(t *testing.T) {
	for text, want := range map[string]string{
		"prot 502":                     `filter: at 1, "prot 502": no test of this filter; did you mean "proto"`,
		"tcp port":                     `filter: at its end: expected a value of port`,
		"tcp port 70000":               `filter: at 10, "70000": expected a number from 0 to 65535`,
		"host plc1":                    `filter: at 6, "plc1": expected an address; names are not looked up`,
		"host 10.0.0.1 port 502":       `filter: at 15, "port 502": expected and, or, or the end`,
		"(tcp or udp":                  `filter: at its end: expected a closing parenthesis`,
		"net 10.0.0.1/8":               `filter: at 5, "10.0.0.1/8": the network has bits behind its mask; it is 10.0.0.0/8`,
		"502":                          `a value alone: say what it is`,
		"tcp or 502":                   `filter: at 8, "502": say what it is`,
		"vlan 4096":                    `filter: at 6, "4096": a VLAN goes from 0 to 4095`,
		"portrange 502":                `expected a range`,
		"arp port 502":                 `arp has no port`,
		"arp host 2001:db8::1":         `no address of arp`,
		"ether host 10.0.0.1":          `expected a MAC address`,
		"src ip proto 6":               `filter: at 5, "ip proto 6": `,
		"ether":                        `expected host, proto, src or dst`,
		"ip proto 256":                 `a number up to 255`,
		"tcp and":                      `filter: at its end: expected a test`,
		"greater 100":                  `no test of this filter`,
		strings.Repeat("not ", 200):    `nested too deep`,
		strings.Repeat("(", 200):       `nested too deep`,
		"2,6 0 0 0":                    `no whole program`,
		"1,65535 0 0 0":                `an instruction of the program is unknown`,
		"1,0 0 0 0":                    `the program does not end`,
		"1,6 0 0 4294967296":           `does not fit`,
		"1,70000 0 0 0":                `does not fit`,
		"tcp port 502 and host 1.2.3.": `filter: at 23, "1.2.3.": `,
	} {
		f, err := Parse(text)
		var at *Error
		if !errors.As(err, &at) || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, %v; want %s", text, f, err, want)
		}
	}
	if f, err := Parse(" \t\n"); f != nil || err != nil {
		t.Errorf("nothing: %v, %v", f, err)
	}
}

// A program of numbers runs as it is; what only a kernel can run is said.
func TestProgramOfNumbers(t *testing.T) {
	const arpOnly = "4\n40 0 0 12\n21 0 1 2054\n6 0 0 262144\n6 0 0 0\n" // tcpdump -ddd arp
	for _, text := range []string{arpOnly, strings.ReplaceAll(strings.TrimSpace(arpOnly), "\n", ",")} {
		f, err := Parse(text)
		if err != nil {
			t.Fatal(err)
		}
		m, err := f.Machine(ethernet)
		if err != nil || !m.Takes([]byte(eth("", "\x08\x06", arp))) || m.Takes([]byte(eth("", "\x08\x00", modbus))) {
			t.Errorf("%q: %v", text, err)
		}
	}
	f, err := Parse("3,48 0 0 4294963248,21 0 0 1,6 0 0 0") // tag present
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.Machine(ethernet); err == nil || !strings.Contains(err.Error(), "only a kernel") {
		t.Errorf("%v", err)
	}
}

// Every frame falls to one share, both directions of a pair to the same.
func TestShares(t *testing.T) {
	back := macs[6:12] + macs[:6] + "\x08\x00" + ip[:12] + ip[16:20] + ip[12:16] + "\x01\xf6\xc0\x01" + rest
	pairs := [][2]string{{eth("", "\x08\x00", modbus), back}, {eth("", "\x86\xdd", six), eth("", "\x86\xdd", six[:8]+ip6d+ip6s+six[40:])},
		{eth("", "\x88\xcc", "x"), macs[6:12] + macs[:6] + "\x88\xccx"}, {eth("\x81\x00\x00\x07", "\x08\x00", modbus), eth("", "\x08\x00", fragment)},
		{eth("", "\x08\x00", ip[:8]), macs[6:12] + macs[:6] + "\x08\x00" + ip[:8]}, {"\x00", "\x00"}}
	const arpOnly = "4,40 0 0 12,21 0 1 2054,6 0 0 262144,6 0 0 0"
	raw, err := Parse(arpOnly)
	if err != nil {
		t.Fatal(err)
	}
	for _, of := range []int{1, 2, 3, 4, 16} {
		machines, raws := make([]*bpf.VM, of), 0
		for i := range of {
			machines[i] = vm(t, nil, Share{i, of})
			if n, _ := vm(t, raw, Share{i, of}).Run([]byte(eth("", "\x08\x06", arp))); n > 0 {
				raws++
			}
			if n, _ := vm(t, raw, Share{i, of}).Run([]byte(eth("", "\x08\x00", modbus))); n > 0 {
				t.Errorf("share %d of %d takes what the program leaves", i, of)
			}
		}
		if raws != 1 {
			t.Errorf("ARP falls to %d of %d shares of a program of numbers", raws, of)
		}
		for p, pair := range pairs {
			var taken [2][]int
			for way, frame := range pair {
				for i := range of {
					if n, _ := machines[i].Run([]byte(frame)); n > 0 {
						taken[way] = append(taken[way], i)
					}
				}
			}
			if len(taken[0]) != 1 || len(taken[1]) != 1 || taken[0][0] != taken[1][0] {
				t.Errorf("pair %d falls to %v of %d", p, taken, of)
			}
		}
	}
}

func vm(t *testing.T, f *Filter, s Share) *bpf.VM {
	t.Helper()
	code, err := f.Program(ethernet, s)
	if err != nil {
		t.Fatal(err)
	}
	insts, ok := bpf.Disassemble(code)
	m, err := bpf.NewVM(insts)
	if !ok || err != nil {
		t.Fatalf("%v, %v: %v", f, s, err)
	}
	return m
}

// A filter may be long; what the kernel would refuse is refused before.
func TestLongFilters(t *testing.T) {
	hosts := func(n int) string {
		return "not (host 10.0.0.1" + strings.Repeat(" or 10.1.2.4", n) + ") and tcp port 502"
	}
	f, err := Parse(hosts(60))
	if err != nil {
		t.Fatal(err)
	}
	if m, err := f.Machine(ethernet); err != nil || !m.Takes([]byte(eth("", "\x08\x00", modbus))) {
		t.Errorf("61 hosts: %v", err)
	}
	if f, err = Parse(hosts(1000)); err != nil {
		t.Fatal(err)
	}
	if _, err := f.Program(ring, Share{}); err == nil || !strings.Contains(err.Error(), "the kernel takes 4096") {
		t.Errorf("1001 hosts: %v", err)
	}
}

// Whatever is written, it is a filter or a mistake with a place; never a panic.
func FuzzParse(f *testing.F) {
	for _, s := range []string{"tcp port 502 or (host 10.0.0.1 and not vlan 7)", "src and dst net 10.0/16 || ! ether proto 0x88cc", "4,40 0 0 12,21 0 1 2054,6 0 0 262144,6 0 0 0"} {
		f.Add(s, []byte(eth("", "\x08\x00", modbus)))
	}
	f.Fuzz(func(t *testing.T, text string, frame []byte) {
		flt, err := Parse(text)
		if err != nil || flt == nil {
			return
		}
		if m, err := flt.Machine(ethernet); err == nil {
			m.Takes(frame)
		}
	})
}
