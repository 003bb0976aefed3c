package packet

import (
	"bufio"
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"otsensor/pkg/capture"
	"otsensor/pkg/ot"
)

// theirs is what tshark says of the innermost packet of a frame.
type theirs struct {
	protocols            string // "eth:ethertype:ip:gre:ip:tcp"
	ip4, ip6, ports, seq string // each the last of its kind: source>destination
}

// TestAgreesWithTshark compares hosts, ports and TCP sequence number of the
// innermost packet of every frame of the captures with tunnels and of the
// malformed ones. Where the two may differ, allowed says why.
func TestAgreesWithTshark(t *testing.T) {
	if _, err := exec.LookPath("tshark"); err != nil {
		t.Skip("tshark is not installed: tunnels are not compared with it")
	}
	if testing.Short() {
		t.Skip("short: tshark takes a second for each of the captures")
	}
	asked, known := "", map[uint64]theirs(nil)
	frames, taken, excuses, wrong := 0, 0, map[string]int{}, 0
	eachFrame(t, func(file string, p *capture.Packet) {
		if dir := filepath.Dir(file); dir != "encap" && dir != "malformed" {
			return
		}
		if file != asked {
			if testing.Short() {
				t.Skip("short: tshark takes a second for each of the captures")
			}
			asked, known = file, tshark(t, filepath.Join(os.Getenv("SENSOR_SHARED"), "pcaps", file))
		}
		var v View
		Decode(&v, p)
		frames++
		if v.Tunnels > 0 {
			taken++
		}
		o, ok := known[p.Frame]
		if !ok {
			excuses["tshark does not read the file so far"]++
			return
		}
		ours, his := mine(&v), o.innermost(v.Layer)
		if ours == his {
			return
		}
		if why := allowed(&v, o.protocols); why != "" {
			excuses[why]++
			return
		}
		if wrong++; wrong <= 20 {
			t.Errorf("%s frame %d:\n ours   %s\n tshark %s (%s)\n %.200s", file, p.Frame, ours, his, o.protocols, tell(&v))
		}
	})
	if taken == 0 {
		t.Error("no frame with a tunnel among the captures")
	}
	t.Logf("%d frames compared, %d with tunnels, %d differ; allowed: %v", frames, taken, wrong, excuses)
}

// allowed is the reason why tshark may see another innermost packet.
func allowed(v *View, protocols string) string {
	switch {
	case strings.Contains(protocols, "geneve"), strings.Contains(protocols, "udp:mpls"), strings.Contains(protocols, "gre:ppp"), strings.Contains(protocols, "gre:cmd"):
		return "a tunnel that is not followed"
	case strings.HasPrefix(protocols, "ppp"), strings.HasPrefix(protocols, "mpls"), v.Layer == None && v.Odd == ot.UnsupportedEncap:
		return "a link type that is not followed"
	case v.Odd == ot.UnsupportedEncap:
		return "a third tunnel"
	case v.Fragment() && v.Tunnels == 0 && v.IPProto == protoGRE:
		return "the first fragment of a tunnel"
	case v.Odd == ot.BadIPHeader:
		return "it goes by the version of an IP header rather than by the ethertype"
	case v.Layer == ICMP:
		return "it reads on in the packet that an ICMP error quotes"
	}
	return ""
}

// mine tells a view as innermost tells a frame of tshark.
func mine(v *View) string {
	if v.Layer < IP {
		return ""
	}
	s := fmt.Sprintf("%s>%s", addr(v.SrcIP), addr(v.DstIP))
	if v.Layer >= UDP {
		s += fmt.Sprintf(" %d>%d", v.SrcPort, v.DstPort)
	}
	if v.Layer == TCP {
		s += fmt.Sprintf(" seq %d", v.Seq)
	}
	return s
}

// innermost tells the last IP header, and ports where we found some: tshark
// gives none of a cut header.
func (o theirs) innermost(layer Layer) string {
	path := o.protocols + ":"
	s, ip4, ip6 := o.ip4, strings.LastIndex(path, ":ip:"), strings.LastIndex(path, ":ipv6:")
	if ip6 > ip4 || o.ip4 == ">" {
		s = o.ip6
	}
	if s == ">" || max(ip4, ip6) < strings.LastIndex(path, ":eth:") { // the last frame is not IP
		return ""
	}
	if layer >= UDP {
		s += " " + o.ports
	}
	if layer == TCP {
		s += " seq " + o.seq
	}
	return s
}

// tshark reads one capture, every frame by itself.
func tshark(t *testing.T, path string) map[uint64]theirs {
	t.Helper()
	args := []string{"-n", "-r", path, "-T", "fields", "-E", "occurrence=l", "-E", "separator=|",
		"-o", "ip.defragment:FALSE", "-o", "ipv6.defragment:FALSE", "-o", "tcp.desegment_tcp_streams:FALSE"}
	fields := []string{"frame.number", "frame.protocols", "ip.src", "ip.dst", "ipv6.src", "ipv6.dst",
		"udp.srcport", "udp.dstport", "tcp.srcport", "tcp.dstport", "tcp.seq_raw"}
	for _, f := range fields {
		args = append(args, "-e", f)
	}
	out, _ := exec.Command("tshark", args...).Output() // it fails on files that are torn, after what it could read
	all := map[uint64]theirs{}
	for lines := bufio.NewScanner(bytes.NewReader(out)); lines.Scan(); {
		f := strings.Split(lines.Text(), "|")
		n, err := strconv.ParseUint(f[0], 10, 64)
		if err != nil || len(f) != len(fields) {
			t.Fatalf("%s: tshark says %q", path, lines.Text())
		}
		o := theirs{protocols: f[1], ip4: f[2] + ">" + f[3], ip6: f[4] + ">" + f[5], ports: f[8] + ">" + f[9], seq: f[10]}
		if f[8] == "" {
			o.ports = f[6] + ">" + f[7]
		}
		all[n] = o
	}
	return all
}
