package capture

import (
	"bytes"
	"encoding/binary"
	"io"
	"os"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// A burst at full speed comes in whole and in order; what does not is counted.
func TestLiveTakesBursts(t *testing.T) {
	const frames = 100_000
	r := newRig(t, true)
	w, s := r.watch(r.own, onSpan), r.newStorm()
	s.send(0, frames, 0)
	got := w.collect(frames, time.Second)
	for i, last := 0, -1; i < len(got); i++ {
		n := int(binary.BigEndian.Uint32(got[i].Data[14:]))
		if n <= last || got[i].Frame != uint64(i+1) {
			t.Fatalf("frame %d: number %d after %d", got[i].Frame, n, last)
		}
		last = n
	}
	if lost := w.live.Lost(); lost.Received != frames || uint64(len(got))+lost.Kernel != frames {
		t.Errorf("%d handed out of %d, %+v", len(got), frames, lost)
	}
	if len(got) < frames/2 {
		t.Errorf("only %d frames of %d", len(got), frames)
	}
}

// A frame that comes alone is not kept back for long.
func TestLiveLatency(t *testing.T) {
	const most = 100 * time.Millisecond
	r := newRig(t, true)
	live, send := r.open(r.own, onSpan), r.sender()
	b := NewBatch(100)
	for range 10 {
		began := time.Now()
		send(numbered(0))
		if err := live.Fill(b); err != nil || len(b.Packets) != 1 {
			t.Fatalf("%d frames, %v", len(b.Packets), err)
		}
		if took := time.Since(began); took > most {
			t.Errorf("handed out after %v", took)
		}
	}
}

// On a quiet line the kernel closes blocks by age with hardly a frame in each; a
// reader that stalls for a second must not run out of them.
func TestLiveBearsAStall(t *testing.T) {
	const frames = 100
	r := newRig(t, true)
	live, send := r.open(r.own, onSpan), r.sender()
	for i := range frames {
		send(numbered(i))
		time.Sleep(blockAge)
	}
	b, got := NewBatch(2*frames), 0
	for live.Fill(b); len(b.Packets) > 0; live.Fill(b) {
		got += len(b.Packets)
	}
	if lost := live.Lost(); got != frames || lost != (Loss{Received: frames}) {
		t.Errorf("%d frames of %d, lost %+v", got, frames, lost)
	}
}

// Closing while others read, count and ask is safe, and what was handed out
// before stays whole: no batch points into the ring.
func TestLiveCloseWhileFilling(t *testing.T) {
	const frames = 2000
	r := newRig(t, true)
	s := r.newStorm()
	for range 8 {
		live := r.open(r.own, onSpan)
		s.send(0, frames, 0)
		before := NewBatch(64)
		live.Fill(before)
		var readers sync.WaitGroup
		for range 2 {
			readers.Go(func() {
				for b := NewBatch(64); live.Fill(b) != io.EOF; {
					live.Lost()
				}
			})
		}
		s.send(frames, frames, 0)
		live.Close()
		readers.Wait()
		if err := live.Close(); err != nil || len(before.Packets) == 0 {
			t.Fatalf("%d frames before closing, closed again: %v", len(before.Packets), err)
		}
		for i, p := range before.Packets {
			if !bytes.Equal(p.Data, numbered(i)) {
				t.Errorf("frame %d after closing: % x", i, p.Data)
			}
		}
	}
}

// A port without a link is up: nothing is wrong with the capture, and the first
// frame after the cable is back is taken. The missing link is a finding.
func TestLiveWithoutLink(t *testing.T) {
	r := newRig(t, true)
	r.blackhole()
	live := r.open(r.own, onSpan)
	b := NewBatch(10)
	r.ip("-n", r.far, "link", "set", "plant0", "down")
	r.settle(false)
	for began := time.Now(); time.Since(began) < 600*time.Millisecond; {
		live.Fill(b)
	}
	if err := live.Down(); err != nil {
		t.Errorf("down: %v", err)
	}
	if found := r.preflight(); len(found) != 1 || !strings.Contains(found[0].What, "has no link") {
		t.Errorf("found %v", found)
	}
	r.ip("-n", r.far, "link", "set", "plant0", "up")
	r.settle(true)
	r.sender()(numbered(7))
	if live.Fill(b); len(b.Packets) != 1 || !bytes.Equal(b.Packets[0].Data, numbered(7)) {
		t.Errorf("with a link again: %v", b.Packets)
	}
}

// When the whole ring cannot be mapped a smaller one captures, and says so.
func TestLiveWithLittleMemory(t *testing.T) {
	r := newRig(t, true)
	if found := r.open(r.own, onSpan).Findings(); len(found) > 0 {
		t.Fatalf("with memory enough: %v", found)
	}
	var before unix.Rlimit
	if err := unix.Getrlimit(unix.RLIMIT_AS, &before); err != nil {
		t.Fatal(err)
	}
	small := before
	small.Cur = mapped(t) + 6<<20
	if err := unix.Setrlimit(unix.RLIMIT_AS, &small); err != nil {
		t.Skipf("address space cannot be limited: %v", err)
	}
	live := r.open(r.own, onSpan)
	if err := unix.Setrlimit(unix.RLIMIT_AS, &before); err != nil {
		t.Fatal(err)
	}
	found := live.Findings()
	if len(found) != 1 || found[0].What != "the kernel refused a ring of 16384 KiB and gave 4096 KiB: bursts are lost" {
		t.Errorf("found %v", found)
	}
	r.sender()(numbered(3))
	b := NewBatch(10)
	if live.Fill(b); len(b.Packets) != 1 {
		t.Errorf("%d frames from the smaller ring", len(b.Packets))
	}
}

// mapped is the size of the address space, bytes.
func mapped(t *testing.T) uint64 {
	t.Helper()
	b, err := os.ReadFile("/proc/self/statm")
	if err != nil {
		t.Skip(err)
	}
	pages, err := strconv.ParseUint(strings.Fields(string(b))[0], 10, 64)
	if err != nil {
		t.Fatal(err)
	}
	return pages * uint64(os.Getpagesize())
}
