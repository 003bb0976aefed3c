package capture

import (
	"encoding/binary"
	"os/exec"
	"strings"
	"testing"
	"time"
)

// The kernel lets through what the filter takes, behind the tag it has taken off
// too, and what this host sends whatever the filter says.
func TestLiveThroughAFilter(t *testing.T) {
	const to, from = "\x02\x00\x00\x00\x00\x99", "\x02\x00\x00\x00\x00\x01"
	udp := "\x08\x00\x45\x00\x00\x1c\x00\x01\x00\x00\x40\x11\x00\x00\x0a\x00\x00\x01\x0a\x00\x00\x02\xc0\x01\x08\xae\x00\x08\x00\x00" + strings.Repeat("\x00", 18)
	frames := map[string]string{
		"plain": udp, "tag 7": "\x81\x00\x00\x07" + udp, "tags 9, 7": "\x88\xa8\x00\x09\x81\x00\x00\x07" + udp,
		"other": "\x88\xb5" + strings.Repeat("\x00", 46),
	}
	texts := map[string]string{
		"udp dst port 2222":           "plain, tag 7, tags 9, 7",
		"vlan 7 and port 2222":        "tag 7, tags 9, 7",
		"vlan 9":                      "tags 9, 7",
		"not vlan and net 10.0.0.0/8": "plain",
		"not port 2222":               "other",
	}
	if out, err := exec.Command("tcpdump", "-ddd", "-y", "EN10MB", "ether proto 0x88b5").Output(); err == nil {
		texts[string(out)] = "other"
	}
	r := newRig(t, true)
	send := r.sender()
	for text, want := range texts {
		live := r.open(r.own, LiveOptions{Interface: "span0", Promiscuous: true, Filter: expression(t, text)})
		for _, f := range frames {
			send([]byte(to + from + f))
		}
		r.emit(t)
		b, got, n := NewBatch(100), 0, 0
		for live.Fill(b); len(b.Packets) > 0; live.Fill(b) {
			for _, p := range b.Packets {
				for name, f := range frames {
					tags := ""
					if p.HasVLAN {
						tags = string(binary.BigEndian.AppendUint16(binary.BigEndian.AppendUint16(nil, p.TPID), p.VLAN))
					}
					if string(p.Data[:12])+tags+string(p.Data[12:]) == to+from+f {
						if n++; !strings.Contains(want, name) {
							t.Errorf("%q lets %q through", text, name)
						}
					}
				}
			}
			got += len(b.Packets)
		}
		named := 0
		for name := range frames {
			if strings.Contains(want, name) {
				named++
			}
		}
		if n != got || named != got {
			t.Errorf("%q lets %d frames through, want %s", text, got, want)
		}
		if lost := live.Lost(); lost.Transmitted != 1 || lost.Received != uint64(got) {
			t.Errorf("%q: %+v", text, lost)
		}
		live.Close()
	}
}

// emit has the capture port's own host send a frame through it, which a sensor never does.
func (r *rig) emit(t *testing.T) {
	t.Helper()
	r.senderOn("span0")(numbered(1))
	time.Sleep(2 * blockAge)
}

// A filter the kernel cannot have is refused with the reason.
func TestLiveRefusesFilters(t *testing.T) {
	r := newRig(t, true)
	r.in(r.own, func() error {
		for text, want := range map[string]string{
			"not (host 10.0.0.1" + strings.Repeat(" or 10.1.2.4", 1000) + ")": "the kernel takes 4096",
			"2,32 0 0 4294963300,6 0 0 1":                                     "the kernel refuses the filter",
		} {
			if _, err := OpenLive(LiveOptions{Interface: "span0", Filter: expression(t, text)}); err == nil || !strings.Contains(err.Error(), want) {
				t.Errorf("%.40q: %v", text, err)
			}
		}
		return nil
	})
}
