package evidence

import (
	"bytes"
	"math/rand/v2"
	"testing"

	"otsensor/pkg/capture"
)

// A ring always holds an unbroken run of the latest frames, each with its own
// bytes, in the memory it was given.
func TestRingHoldsTheLatestFrames(t *testing.T) {
	for seed := range uint64(20) {
		random := rand.New(rand.NewPCG(seed, 1))
		r := &ring{bytes: make([]byte, 1+random.IntN(4000)), slots: make([]slot, 1+random.IntN(60))}
		for frame := uint64(1); frame <= 3000; frame++ {
			n := random.IntN(1 + len(r.bytes)/(1+random.IntN(8)))
			r.put(frame, int64(frame)*10, &capture.Packet{Time: int64(frame), Data: bytes.Repeat([]byte{byte(frame)}, n), WireLen: n}, 0)
			if r.n == 0 || r.slot(r.n-1).frame != frame {
				t.Fatalf("seed %d: frame %d of %d bytes is not held in %d", seed, frame, n, len(r.bytes))
			}
			sound(t, r)
		}
		if !r.lost {
			t.Fatalf("seed %d: nothing was let go", seed)
		}
	}
}

func sound(t *testing.T, r *ring) {
	t.Helper()
	total := 0
	for i := range r.n {
		s := r.slot(i)
		total += int(s.length)
		if s.frame != r.slot(0).frame+uint64(i) {
			t.Fatalf("frame %d stands at place %d after %d", s.frame, i, r.slot(0).frame)
		}
		if data := r.data(s); len(data) > 0 && (data[0] != byte(s.frame) || bytes.Count(data, data[:1]) != len(data)) {
			t.Fatalf("frame %d holds bytes of another: % x", s.frame, data)
		}
		if at, held := r.find(s.frame); !held || at != i {
			t.Fatalf("frame %d is found at %d", s.frame, at)
		}
		if r.since(s.clock) != i || r.since(s.clock+1) != i+1 {
			t.Fatalf("the clock of frame %d is found elsewhere", s.frame)
		}
	}
	if total > len(r.bytes) || r.n > len(r.slots) {
		t.Fatalf("%d bytes in %d, %d frames in %d", total, len(r.bytes), r.n, len(r.slots))
	}
	if _, held := r.find(r.slot(0).frame - 1); held {
		t.Fatal("a frame that was let go is found")
	}
}

// A frame no memory could hold is let go, and that is known.
func TestRingLetsGoOfTheImpossible(t *testing.T) {
	r := newRing(0)
	r.put(1, 1, &capture.Packet{Data: make([]byte, len(r.bytes)+1)}, 0)
	if r.n != 0 || !r.lost {
		t.Errorf("%d frames held, lost %v", r.n, r.lost)
	}
	if len(r.bytes) < capture.MaxFrame {
		t.Errorf("the smallest ring holds no frame of %d bytes", capture.MaxFrame)
	}
}

// Keeping frames allocates nothing.
func TestRingAllocatesNothing(t *testing.T) {
	r := newRing(1 << 20)
	p := capture.Packet{Data: make([]byte, 100), WireLen: 100}
	frame := uint64(0)
	if n := testing.AllocsPerRun(100_000, func() { frame++; r.put(frame, int64(frame), &p, 1) }); n != 0 {
		t.Errorf("%v allocations a frame", n)
	}
}

func BenchmarkKeep(b *testing.B) {
	p := newPlant(b, Options{Memory: 32 << 20})
	pk := capture.Packet{Data: datagram(1, 2, 60), Link: capture.LinkEthernet, WireLen: 102}
	v := viewOf(&pk)
	b.ReportAllocs()
	b.SetBytes(int64(len(pk.Data)))
	for n := uint64(1); b.Loop(); n++ {
		p.Keep(n, int64(n), &pk, &v)
	}
}
