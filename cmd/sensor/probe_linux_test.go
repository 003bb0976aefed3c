package main

import (
	"bytes"
	"io"
	"os/exec"
	"slices"
	"strings"
	"testing"
	"time"
)

// probed runs probe on the mirror port, with frames to look at.
func (m *mirror) probed(program string, frames []frame) (page string, code int) {
	m.t.Helper()
	cmd := exec.Command("ip", "netns", "exec", m.host, program, "probe", "-i", mirrorPort, "--for", "1500ms")
	said, err := cmd.StderrPipe()
	if err != nil {
		m.t.Fatal(err)
	}
	var out bytes.Buffer
	cmd.Stdout = &out
	if err := cmd.Start(); err != nil {
		m.t.Fatal(err)
	}
	if _, err := io.ReadFull(said, make([]byte, len("looking at"))); err != nil {
		m.t.Fatal(err)
	}
	m.play(frames)
	io.Copy(io.Discard, said)
	cmd.Wait()
	return out.String(), cmd.ProcessState.ExitCode()
}

// Each way in which a mirror port can be set wrong is named, with the command
// or the place that mends it; a good one is called fit.
func TestProbeNamesWhatIsWrong(t *testing.T) {
	m := newMirror(t)
	program := m.program()
	var good, oneSided, twice, mute, halfTagged []frame
	const quiet = "\x0a\x4d\x0a\x15" // the filler's controller
	for _, f := range incident(t, 1000)[:3000] {
		f.after = 0
		good = append(good, f)
		twice = append(twice, f, f)
		if string(f.data[26:30]) != quiet {
			mute = append(mute, f)
		}
		tag := f
		if string(f.data[30:34]) == quiet {
			tag.data = slices.Concat(f.data[:12], []byte("\x81\x00\x00\x07"), f.data[12:])
		}
		halfTagged = append(halfTagged, tag)
		if tcp := len(f.data) > 34 && f.data[12] == 8 && f.data[13] == 0 && f.data[23] == 6; tcp && bytes.Compare(f.data[26:30], f.data[30:34]) > 0 {
			oneSided = append(oneSided, f)
		}
	}
	set := func(words ...string) func() {
		return func() { m.must("ip", append([]string{"netns", "exec", m.host}, words...)...) }
	}
	for _, c := range []struct {
		name, want    string
		spoil, repair func()
		frames        []frame
	}{
		{"fit", "Fit:", nil, nil, good},
		{"fit", "pairs of hosts have tags in one direction only", nil, nil, halfTagged},
		{"an address", "has an address", set("ip", "addr", "add", "192.0.2.9/24", "dev", mirrorPort), set("ip", "addr", "flush", "dev", mirrorPort), good},
		{"IPv6", "speaks IPv6", set("sysctl", "-qw", "net/ipv6/conf/"+mirrorPort+"/disable_ipv6=0"), set("sysctl", "-qw", "net/ipv6/conf/"+mirrorPort+"/disable_ipv6=1"), good},
		{"ARP", "answers ARP", func() {
			set("sysctl", "-qw", "net/ipv4/conf/"+mirrorPort+"/arp_ignore=0")()
			set("ip", "link", "set", mirrorPort, "arp", "on")()
		}, set("ip", "link", "set", mirrorPort, "arp", "off"), good},
		{"a queue", "would send", set("tc", "qdisc", "del", "dev", mirrorPort, "root"), set("tc", "qdisc", "replace", "dev", mirrorPort, "root", "blackhole"), good},
		{"merging", "merges received segments", set("ethtool", "-K", mirrorPort, "gro", "on"), set("ethtool", "-K", mirrorPort, "gro", "off"), good},
		{"one-sided", "one direction only", nil, nil, oneSided},
		{"one host is mute", "asymmetric: hosts that are spoken to are never seen to speak: 10.77.10.21", nil, nil, mute},
		{"twice", "more than once", nil, nil, twice},
		{"no traffic", "not one frame came", nil, nil, nil},
		{"down", "is down", set("ip", "link", "set", mirrorPort, "down"), set("ip", "link", "set", mirrorPort, "up"), nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			if _, err := exec.LookPath("ethtool"); err != nil && c.name == "merging" {
				t.Skip("ethtool is missing")
			}
			if c.spoil != nil {
				c.spoil()
				defer c.repair()
			}
			page, code := m.probed(program, c.frames)
			if !strings.Contains(page, c.want) || (code == 0) != (c.name == "fit") {
				t.Errorf("exit %d, want %q on the page:\n%s", code, c.want, page)
			}
			if found := strings.Count(page, "\n  - "); c.name != "no traffic" && c.name != "down" && c.name != "fit" && found != 1 {
				t.Errorf("%d things to mend, want one:\n%s", found, page)
			}
		})
		time.Sleep(100 * time.Millisecond)
	}
}
