package flow

import (
	"fmt"
	"hash/fnv"
	"runtime"
	"strings"
	"testing"

	"otsensor/pkg/packet"
)

// Attempts without answer go first: two hundred living conversations outlast
// 100,000 of them, and a new one is still seen.
func TestSynFlood(t *testing.T) {
	w := newWire(t)
	const living = 200
	for i := range living {
		w.port[client] = uint16(1024 + i)
		w.got = [2]int{}
		w.handshake()
		w.send(client, 0, "Q0\n")
	}
	w.log, w.obs, w.convs = nil, nil, nil
	for i := range 100_000 {
		w.ip[client] = [4]byte{172, 16, byte(i >> 8), byte(i)}
		w.port[client] = uint16(2000 + i>>16)
		w.send(client, -1, "", flags(packet.SYN))
		w.log, w.obs, w.convs = nil, nil, nil
	}
	n := w.shard.Counts()
	if n.Convs > MaxConvs || n.Opened != n.Convs+n.Evicted {
		t.Errorf("%d conversations; %d opened, %d evicted", n.Convs, n.Opened, n.Evicted)
	}
	w.ip[client] = [4]byte{10, 0, 0, 2}
	for i := range living + 1 {
		w.port[client] = uint16(1024 + i)
		w.got = [2]int{3, 0}
		if i == living {
			w.got = [2]int{}
			w.handshake()
		}
		w.send(client, w.got[client], "Qalive\n")
	}
	if got := len(w.records()); got != living+1 {
		t.Errorf("%d of %d conversations are alive", got, living+1)
	}
	w.wait(triedIdle + 2*second)
	if n := w.shard.Counts().Convs; n != living+1 {
		t.Errorf("%d conversations after the flood", n)
	}
	w.end()
}

// Out-of-order segments in thousands of conversations: bytes are bounded, a
// segment without room does not stop its stream, everything is given back.
func TestOutOfOrderFlood(t *testing.T) {
	w := newWire(t)
	part := strings.Repeat("x", 1400)
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	for i := range MaxConvs - 1 {
		w.port[client] = uint16(1024 + i)
		w.got = [2]int{}
		w.send(client, 0, "Q0\n")
		for j := range 12 {
			w.send(client, 100+2000*j, part)
		}
		if w.shard.kept > MaxKept {
			t.Fatalf("%d bytes kept", w.shard.kept)
		}
		w.log, w.obs, w.convs = nil, nil, nil
	}
	runtime.GC()
	runtime.ReadMemStats(&after)
	if grown := int64(after.HeapAlloc) - int64(before.HeapAlloc); grown > 4*MaxKept {
		t.Errorf("memory grew by %d MiB", grown>>20)
	}
	w.send(client, 60_000, part[:MaxKept-w.shard.kept])
	w.port[client] = 1023
	w.got = [2]int{}
	w.log = nil
	w.send(client, 0, "Q0\n")
	w.send(client, 6, "Q2\n") // a hole, and no room to wait
	w.send(client, 9, "Q3\n")
	w.expect("tried", "opened", "spoke", "did Q0", "odd stream-overflow", "lost 3", "did Q2", "did Q3")
	w.end()
}

// Large segments leave no memory behind with conversations that used it once.
func TestIdleConversationsHoldLittle(t *testing.T) {
	w := newWire(t)
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	for i := range 1000 {
		w.port[client] = uint16(1024 + i)
		w.got = [2]int{}
		w.send(client, 0, "Q")
		for range 3 {
			w.send(client, w.got[client], strings.Repeat("x", 50)+strings.Repeat("\nQ"+strings.Repeat("y", 1900), 30)+"\nQ")
		}
		w.send(client, w.got[client], "end\n")
		w.log, w.obs, w.convs = nil, nil, nil
	}
	runtime.GC()
	runtime.ReadMemStats(&after)
	if grown := int64(after.HeapAlloc) - int64(before.HeapAlloc); grown > 16<<20 {
		t.Errorf("1,000 conversations hold %d KiB each", grown/1000>>10)
	}
	w.end()
}

// The same input gives the same words.
func TestDeterminism(t *testing.T) {
	play := func() uint64 {
		w := newWire(t)
		for i := range 3 * MaxConvs {
			w.ip[client] = [4]byte{10, 1, byte(i * 7), byte(i >> 8)}
			w.got = [2]int{}
			w.send(client, -1, "", flags(packet.SYN))
			if i%3 == 0 {
				w.send(client, 5, "Qlate\n")
				w.send(client, 0, "Qone")
			}
			if i%5 == 0 {
				w.datagram(client, fmt.Sprintf("Q%d\n", i))
			}
		}
		w.wait(30 * second)
		w.end()
		h := fnv.New64a()
		for _, s := range w.log {
			h.Write([]byte(s))
		}
		return h.Sum64()
	}
	if a, b := play(), play(); a != b {
		t.Error("two runs differ")
	}
}
