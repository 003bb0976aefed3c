package capture

import (
	"bytes"
	"os"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

var onSpan = LiveOptions{Interface: "span0", Promiscuous: true}

// Every frame sent is captured once, whole, in order, with a time that is now.
func TestLiveTakesEveryFrame(t *testing.T) {
	const frames = 20_000
	r := newRig(t, true)
	w, send := r.watch(r.own, onSpan), r.sender()
	began := time.Now().UnixNano()
	for i := range frames {
		send(numbered(i))
	}
	got := w.collect(frames, time.Second)
	if len(got) != frames {
		t.Fatalf("%d frames of %d, lost %+v", len(got), frames, w.live.Lost())
	}
	last := began
	for i, p := range got {
		if !bytes.Equal(p.Data, numbered(i)) || p.WireLen != 60 || p.Frame != uint64(i+1) || p.Link != LinkEthernet || p.HasVLAN {
			t.Fatalf("frame %d: %+v", i, p)
		}
		if p.Time < last || p.Time > time.Now().UnixNano() {
			t.Fatalf("frame %d: time %d after %d", i, p.Time, last)
		}
		last = p.Time
	}
	if lost := w.live.Lost(); lost != (Loss{Received: frames}) {
		t.Errorf("lost %+v", lost)
	}
}

// The kernel takes the outer tag off every frame; it must come back beside it.
func TestLiveVLAN(t *testing.T) {
	const to, from = "\x02\x00\x00\x00\x00\x99", "\x02\x00\x00\x00\x00\x01"
	rest := "\x88\xb5" + strings.Repeat("x", 60)
	cases := []struct {
		name, tags, left string // left: tags that stay in the frame
		want             Packet
	}{
		{"none", "", "", Packet{}},
		{"802.1Q, priority 5, VLAN 100", "\x81\x00\xa0\x64", "", Packet{HasVLAN: true, VLAN: 0xa064, TPID: 0x8100}},
		{"802.1Q, priority only", "\x81\x00\xe0\x00", "", Packet{HasVLAN: true, VLAN: 0xe000, TPID: 0x8100}},
		{"802.1ad around 802.1Q", "\x88\xa8\x00\x07\x81\x00\x00\x2a", "\x81\x00\x00\x2a", Packet{HasVLAN: true, VLAN: 7, TPID: 0x88a8}},
	}
	r := newRig(t, true)
	w, send := r.watch(r.own, onSpan), r.sender()
	for _, c := range cases {
		send([]byte(to + from + c.tags + rest))
		got := w.collect(1, time.Second)
		if len(got) != 1 {
			t.Fatalf("%s: %d frames", c.name, len(got))
		}
		p := got[0]
		if p.HasVLAN != c.want.HasVLAN || p.VLAN != c.want.VLAN || p.TPID != c.want.TPID {
			t.Errorf("%s: tag %v %04x of %04x", c.name, p.HasVLAN, p.VLAN, p.TPID)
		}
		if string(p.Data) != to+from+c.left+rest {
			t.Errorf("%s: % x", c.name, p.Data)
		}
	}
}

func TestLivePromiscuous(t *testing.T) {
	r := newRig(t, true)
	count := func() string {
		_, after, _ := strings.Cut(r.ip("-n", r.own, "-details", "link", "show", "dev", "span0"), "promiscuity ")
		n, _, _ := strings.Cut(after, " ")
		return n
	}
	for _, c := range []struct {
		on   bool
		want string
	}{{true, "1"}, {false, "0"}} {
		live := r.open(r.own, LiveOptions{Interface: "span0", Promiscuous: c.on})
		if n := count(); n != c.want {
			t.Errorf("promiscuous %v: the interface counts %q listeners, want %s", c.on, n, c.want)
		}
		live.Close()
		if n := count(); n != "0" {
			t.Errorf("after closing the interface counts %q listeners", n)
		}
	}
}

// Every frame sent is handed out, dropped by the kernel and counted, or left in
// the queue and counted.
func TestLiveAccountsForEveryFrame(t *testing.T) {
	const frames = 30_000
	for name, drain := range map[string]bool{"drained": true, "closed with frames waiting": false} {
		t.Run(name, func(t *testing.T) {
			r := newRig(t, true)
			live, send := r.open(r.own, LiveOptions{Interface: "span0", Buffer: 64 << 10}), r.sender()
			b, handed := NewBatch(100), uint64(0)
			fill := func() int {
				if err := live.Fill(b); err != nil {
					t.Fatal(err)
				}
				handed += uint64(len(b.Packets))
				return len(b.Packets)
			}
			for i := range frames {
				send(numbered(i))
				if i%5000 == 4999 {
					fill()
				}
			}
			for i := range 40 {
				send(numbered(i))
			}
			for drain && fill() > 0 {
			}
			time.Sleep(300 * time.Millisecond) // frames on their way between the interfaces
			live.Close()
			lost := live.Lost()
			if handed+lost.Kernel+lost.Residual != frames+40 || lost.Received != frames+40 {
				t.Errorf("%d handed out of %d, %+v", handed, frames+40, lost)
			}
			if lost.Kernel == 0 || lost.Residual == 0 != drain || handed == 0 {
				t.Errorf("nothing was tested: %d handed out, %+v", handed, lost)
			}
		})
	}
}

// A link that goes down costs neither the capture nor a processor.
func TestLiveSurvivesDownAndUp(t *testing.T) {
	r := newRig(t, true)
	live, send := r.open(r.own, onSpan), r.sender()
	b := NewBatch(100)
	for round := range 3 {
		r.ip("-n", r.own, "link", "set", "span0", "down")
		calls, until := 0, time.Now().Add(800*time.Millisecond)
		for time.Now().Before(until) {
			if err := live.Fill(b); err != nil || len(b.Packets) != 0 {
				t.Fatalf("round %d, down: %d frames, %v", round, len(b.Packets), err)
			}
			calls++
		}
		if calls > 12 {
			t.Errorf("round %d: %d calls in 0.8 s without a link", round, calls)
		}
		if live.Down() == nil {
			t.Errorf("round %d: a link that is down is not told", round)
		}
		r.ip("-n", r.own, "link", "set", "span0", "up")
		r.settle(true)
		send(numbered(round)) // the very first frame after
		if err := live.Fill(b); err != nil || len(b.Packets) != 1 || !bytes.Equal(b.Packets[0].Data, numbered(round)) {
			t.Errorf("round %d, up again: %v, %v", round, b.Packets, err)
		}
	}
	if lost := live.Lost(); lost != (Loss{Received: 3}) {
		t.Errorf("%+v", lost)
	}
}

func TestLiveSurvivesVanishing(t *testing.T) {
	r := newRig(t, true)
	w := r.watch(r.own, onSpan)
	for round := range 3 {
		r.ip("-n", r.own, "link", "del", "span0")
		time.Sleep(700 * time.Millisecond)
		if w.live.Down() == nil {
			t.Error("an interface that vanished is not told")
		}
		r.pair(true)
		send := r.sender()
		var got []Packet
		for began := time.Now(); len(got) == 0 && time.Since(began) < 5*time.Second; {
			send(numbered(round))
			got = w.collect(1, 50*time.Millisecond)
		}
		if len(got) == 0 {
			t.Fatalf("round %d: nothing 5 s after the interface came back", round)
		}
		for began := time.Now(); w.live.Down() != nil && time.Since(began) < 5*time.Second; {
			w.collect(1000, 100*time.Millisecond) // the state of the link is looked at from time to time
		}
		if lost := w.live.Lost(); lost.Reopened != uint64(round+1) || w.live.Down() != nil {
			t.Errorf("round %d: %+v, %v", round, lost, w.live.Down())
		}
	}
}

// An interface is captured by its name: one that is called otherwise is let go
// of, promiscuous mode included, and the next of the name is taken up.
func TestLiveFollowsTheName(t *testing.T) {
	r := newRig(t, true)
	w, send := r.watch(r.own, onSpan), r.sender()
	rename := func(from, to string) {
		r.ip("-n", r.own, "link", "set", from, "down")
		r.ip("-n", r.own, "link", "set", from, "name", to)
		r.ip("-n", r.own, "link", "set", to, "up")
		time.Sleep(liveRetry + 3*liveWait)
	}
	rename("span0", "other0")
	if w.live.Down() == nil {
		t.Error("an interface that was renamed is not told")
	}
	if out := r.ip("-n", r.own, "-details", "link", "show", "dev", "other0"); !strings.Contains(out, "promiscuity 0 ") {
		t.Errorf("still listened to: %s", out)
	}
	send(numbered(1))
	if got := w.collect(1, 300*time.Millisecond); len(got) > 0 {
		t.Errorf("captured from an interface of another name: %v", got)
	}
	rename("other0", "span0")
	r.settle(true)
	send(numbered(2))
	if got := w.collect(1, time.Second); len(got) != 1 || !bytes.Equal(got[0].Data, numbered(2)) || w.live.Down() != nil {
		t.Errorf("after it got its name back: %v, %v", got, w.live.Down())
	}
	if lost := w.live.Lost(); lost != (Loss{Received: 1, Reopened: 1}) {
		t.Errorf("%+v", lost)
	}
}

// Vanishing and coming back leaves no descriptor behind.
func TestLiveNeedsOneSocketOnly(t *testing.T) {
	r := newRig(t, true)
	w := r.watch(r.own, onSpan)
	fds := func() int {
		list, err := os.ReadDir("/proc/self/fd")
		if err != nil {
			t.Fatal(err)
		}
		return len(list)
	}
	var before, after int
	for round := range 3 {
		r.ip("-n", r.own, "link", "del", "span0")
		time.Sleep(liveRetry + 2*liveWait)
		r.pair(true)
		time.Sleep(liveRetry + 2*liveWait)
		if after = fds(); round == 0 {
			before = after // running a program opens some that stay
		}
	}
	if after != before || w.live.Lost().Reopened != 3 {
		t.Errorf("%d descriptors before, %d after; %+v", before, after, w.live.Lost())
	}
}

func TestLiveRefusals(t *testing.T) {
	r := newRig(t, true)
	for name, want := range map[string]string{
		"nosuch0":                  "there is no such interface",
		"a-name-longer-than-any-0": "there is no such interface",
		"":                         "there is no such interface",
	} {
		r.in(r.own, func() error {
			if _, err := OpenLive(LiveOptions{Interface: name}); err == nil || !strings.Contains(err.Error(), want) {
				t.Errorf("%q: %v", name, err)
			}
			return nil
		})
	}
	live := r.open(r.own, onSpan)
	live.Close()
	if err := live.Fill(NewBatch(1)); err == nil {
		t.Error("a closed capture can be filled from")
	}
}

// Without privileges the error says what to grant.
func TestLiveHintsAtPrivileges(t *testing.T) {
	if err := hint("span0", unix.EPERM); !strings.Contains(err.Error(), "cap_net_raw") {
		t.Error(err)
	}
}
