package capture

import (
	"bytes"
	"encoding/binary"
	"strings"
	"testing"
	"time"
)

// between is a numbered frame of one of many pairs of hosts, in either direction.
func between(n int) []byte {
	f := numbered(n)
	copy(f[12:], "\x08\x00\x45\x00\x00\x2e\x00\x00\x00\x00\x40\xfd\x00\x00")
	a, b := []byte{10, 0, byte(n >> 1 % 32), 1}, []byte{10, 0, 99, byte(n >> 1 % 32)}
	if n%2 == 1 {
		a, b = b, a
	}
	copy(f[26:], a)
	copy(f[30:], b)
	binary.BigEndian.PutUint32(f[34:], uint32(n))
	return f
}

func numberOf(p *Packet) int { return int(binary.BigEndian.Uint32(p.Data[34:])) }

// Over several rings every frame comes once, in the order of time; frames of
// both directions between two hosts are in the same ring.
func TestSeveralRingsGiveOneOrder(t *testing.T) {
	const frames, rings = 20_000, 4
	o := onSpan
	o.Rings = rings
	r := newRig(t, true)
	live, send := r.open(r.own, o), r.sender()
	for i := range frames {
		send(between(i))
	}
	time.Sleep(2 * holdBack)
	var used int
	var all uint64
	for _, ring := range live.rings {
		packets, drops := ring.counters()
		if all += packets; packets > 0 {
			used++
		}
		live.queued += int64(packets - drops)
		seen := map[[8]byte]bool{}
		for _, p := range waiting(ring) {
			seen[[8]byte(p[26:34])] = true
		}
		for pair := range seen {
			back := [8]byte(append(append([]byte{}, pair[4:]...), pair[:4]...))
			if !seen[back] {
				t.Errorf("% x in one ring, the way back in another", pair)
			}
		}
	}
	if used != rings || all != frames {
		t.Errorf("%d of %d rings were given %d frames of %d", used, rings, all, frames)
	}
	b, next, last := NewBatch(100), 0, int64(0)
	for live.Fill(b); len(b.Packets) > 0; live.Fill(b) {
		for i := range b.Packets {
			p := &b.Packets[i]
			if numberOf(p) != next || p.Time < last || p.Frame != uint64(next+1) || !bytes.Equal(p.Data, between(next)) {
				t.Fatalf("frame %d, number %d, time %d after %d, want number %d", p.Frame, numberOf(p), p.Time, last, next)
			}
			next, last = next+1, p.Time
		}
	}
	if lost := live.Lost(); next != frames || lost != (Loss{Received: frames}) {
		t.Errorf("%d frames of %d, %+v", next, frames, lost)
	}
}

// waiting are the frames the kernel has handed over to a ring, left where they are.
func waiting(r *ring) (all [][]byte) {
	for turn := range len(r.memory) / blockSize {
		b := openBlock(r.memory[turn*blockSize:][:blockSize:blockSize])
		for b.left > 0 {
			var p Packet
			data, _, err := b.next(&p)
			if err != nil {
				break
			}
			all = append(all, data)
		}
	}
	return all
}

// A ring that shows nothing holds frames of the others back for a moment only.
func TestSeveralRingsOfWhichOneIsSilent(t *testing.T) {
	o := onSpan
	o.Rings = 3
	r := newRig(t, true)
	live, send := r.open(r.own, o), r.sender()
	b := NewBatch(10)
	for i := range 5 {
		began := time.Now()
		send(between(0))
		for live.Fill(b); len(b.Packets) == 0 && time.Since(began) < 10*time.Second; live.Fill(b) {
		}
		if took := time.Since(began); len(b.Packets) != 1 || took < holdBack/2 {
			t.Errorf("round %d: %d frames after %s", i, len(b.Packets), took)
		}
	}
}

// With more than the rings take, sent = handed out + dropped + left, to the frame.
func TestSeveralRingsAccountForEveryFrame(t *testing.T) {
	const frames = 30_000
	r := newRig(t, true)
	live, send := r.open(r.own, LiveOptions{Interface: "span0", Buffer: 64 << 10, Rings: 2}), r.sender()
	b, handed := NewBatch(100), uint64(0)
	for i := range frames {
		send(between(i))
		if i%5000 == 4999 {
			if err := live.Fill(b); err != nil {
				t.Fatal(err)
			}
			handed += uint64(len(b.Packets))
		}
	}
	time.Sleep(300 * time.Millisecond)
	live.Close()
	lost := live.Lost()
	if handed+lost.Kernel+lost.Residual != frames || lost.Received != frames {
		t.Errorf("%d handed out of %d, %+v", handed, frames, lost)
	}
	if lost.Kernel == 0 || lost.Residual == 0 || handed == 0 {
		t.Errorf("nothing was tested: %d handed out, %+v", handed, lost)
	}
}

// An interface that was made anew is taken up by all rings, with the sockets there are.
func TestSeveralRingsSurviveVanishing(t *testing.T) {
	o := onSpan
	o.Rings = 2
	r := newRig(t, true)
	w := r.watch(r.own, o)
	fds := w.live.Keep()
	for round := range 2 {
		r.ip("-n", r.own, "link", "del", "span0")
		time.Sleep(700 * time.Millisecond)
		r.pair(true)
		for began := time.Now(); w.live.Lost().Reopened < uint64(round+1) && time.Since(began) < 5*time.Second; {
			time.Sleep(50 * time.Millisecond)
		}
		send := r.sender()
		for i := range 64 {
			send(between(i))
		}
		if got := w.collect(64, time.Second); len(got) != 64 || w.live.Lost().Reopened != uint64(round+1) {
			t.Errorf("round %d: %d frames of 64, %+v", round, len(got), w.live.Lost())
		}
	}
	if len(fds) != 2 || len(w.live.Keep()) != 2 || w.live.Keep()[1] != fds[1] {
		t.Errorf("sockets %v, then %v", fds, w.live.Keep())
	}
}

// A veth has no card: the times are the kernel's, and that is a finding.
func TestStampsOfACardThatHasNone(t *testing.T) {
	r := newRig(t, true)
	o := onSpan
	o.Stamps = CardStamps
	live := r.open(r.own, o)
	r.sender()(numbered(1))
	b := NewBatch(10)
	live.Fill(b)
	if len(b.Packets) != 1 || time.Since(time.Unix(0, b.Packets[0].Time)).Abs() > time.Second {
		t.Fatalf("%v", b.Packets)
	}
	if found := live.Findings(); len(found) != 1 || !strings.Contains(found[0].What, "does not stamp every frame") || !strings.Contains(found[0].Mend, "hwstamp_ctl -i span0") {
		t.Errorf("%v", found)
	}
}
