package packet

import (
	"bytes"
	"encoding/binary"
	"math/bits"
	"math/rand/v2"
	"runtime"
	"testing"

	"otsensor/pkg/capture"
	"otsensor/pkg/ot"
)

const second = int64(1_000_000_000)

// piece is one fragment of a UDP datagram between 192.0.2.1 and 192.0.2.2.
func piece(id uint32, off int, more bool, data []byte) *View {
	v := &View{Layer: IP, IPProto: protoUDP, IPID: id, FragOff: uint16(off), MoreFrags: more, Payload: data}
	mapTo(&v.SrcIP, 0x010200c0)
	mapTo(&v.DstIP, 0x020200c0)
	return v
}

// udpOf is a UDP datagram with n bytes of payload that differ from place to place.
func udpOf(n int) []byte {
	b := unhex("c350 af12 0000 0000")
	binary.BigEndian.PutUint16(b[4:], uint16(8+n))
	for i := range n {
		b = append(b, byte(i*7+i>>8))
	}
	return b
}

// add adds fragments in turn and gives the datagrams that became whole.
func add(d *Defrag, fragments ...*View) (whole []View) {
	for _, f := range fragments {
		var w View
		if d.Add(f, 0, &w, func(n int) []byte { return make([]byte, n) }) {
			whole = append(whole, w)
		}
	}
	return whole
}

func wantOne(t *testing.T, whole []View, payload []byte, odd ot.Anomaly) {
	t.Helper()
	if len(whole) != 1 {
		t.Fatalf("%d datagrams", len(whole))
	}
	w := whole[0]
	if w.Layer != UDP || w.SrcPort != 50000 || w.DstPort != 44818 || w.Fragment() || w.Odd != odd || !bytes.Equal(w.Payload, payload) {
		t.Errorf("got %.300s, want payload %.200x, odd %v", tell(&w), payload, odd)
	}
}

// Fragments arrive in any order.
func TestDefragPermutations(t *testing.T) {
	b := udpOf(24*3 - 8 + 4) // four fragments, the last one of 4 bytes
	parts := func() []*View {
		return []*View{
			piece(7, 0, true, b[0:24]), piece(7, 24, true, b[24:48]),
			piece(7, 48, true, b[48:72]), piece(7, 72, false, b[72:76]),
		}
	}
	permute([]int{0, 1, 2, 3}, func(order []int) {
		d, p := NewDefrag(4, 1<<20), parts()
		wantOne(t, add(d, p[order[0]], p[order[1]], p[order[2]], p[order[3]]), b[8:], ot.NoAnomaly)
		if len(d.byKey) != 0 || d.Begun != 1 || d.Whole != 1 || d.Evicted != 0 || d.Refused != 0 {
			t.Errorf("order %v: %d left, %d begun, %d whole, %d evicted", order, len(d.byKey), d.Begun, d.Whole, d.Evicted)
		}
	})
}

// permute calls f with every order of a.
func permute(a []int, f func([]int)) {
	var from func(i int)
	from = func(i int) {
		if i == len(a) {
			f(a)
			return
		}
		for j := i; j < len(a); j++ {
			a[i], a[j] = a[j], a[i]
			from(i + 1)
			a[i], a[j] = a[j], a[i]
		}
	}
	from(0)
}

func TestDefragFrames(t *testing.T) {
	const eth, addresses = plain4, "c0000201 c0000202"
	for _, c := range []struct {
		name   string
		frames [][]byte
		want   string
	}{
		{"UDP over IPv4 in three frames", [][]byte{
			unhex(eth, "45 00 001c 1234 2000 40 11 0000", addresses, "c350 af12 0014 0000"),
			unhex(eth, "45 00 001c 1234 2001 40 11 0000", addresses, "0102030405060708"),
			unhex(eth, "45 00 0018 1234 0002 40 11 0000", addresses, data, "0000"),
		}, "udp 192.0.2.1:50000>192.0.2.2:44818 [0102030405060708cafebabe]"},
		{"TCP header in two fragments", [][]byte{
			unhex(eth, "45 00 001c 1234 2000 40 06 0000", addresses, "9c40 01f6 00000001"),
			unhex(eth, "45 00 0024 1234 0001 40 06 0000", addresses, "00000002 50 18 1000 0000 0000", data),
		}, segment},
		{"extension headers and UDP over IPv6, protocol of the first fragment", [][]byte{
			unhex(plain6, "60000000 0018 2c 40", src6, dst6, "11 00 0010 0000abcd", "cafebabe000000000000000000000000"),
			unhex(plain6, "60000000 0018 2c 40", src6, dst6, "3c 00 0001 0000abcd", "11 00 0104 00000000", "c350 af12 0018 0000"),
		}, "udp 2001:db8::1:50000>2001:db8::2:44818 [cafebabe000000000000000000000000]"},
		{"a fragment of a fragment", [][]byte{
			unhex(plain6, "60000000 0010 2c 40", src6, dst6, "2c 00 0001 0000abcd", "11 00 0001 0000abce"),
			unhex(plain6, "60000000 000c 2c 40", src6, dst6, "2c 00 0008 0000abcd", data),
		}, "ip 17 2001:db8::1>2001:db8::2 ttl 64 id abce at 0+ [cafebabe] odd fragment-bad"},
	} {
		t.Run(c.name, func(t *testing.T) {
			d := NewDefrag(4, 1<<20)
			var whole []View
			for _, frame := range c.frames {
				var v View
				Decode(&v, &capture.Packet{Data: frame, WireLen: len(frame), Link: capture.LinkEthernet})
				whole = append(whole, add(d, &v)...)
			}
			if len(whole) != 1 || tell(&whole[0]) != c.want {
				for i := range whole {
					t.Log(tell(&whole[i]))
				}
				t.Errorf("%d datagrams, want %s", len(whole), c.want)
			}
		})
	}
}

// What overlaps is told when it differs, and the first copy counts.
func TestDefragOverlap(t *testing.T) {
	b := udpOf(40)
	evil := bytes.Repeat([]byte{0xee}, 48)
	first, last := piece(7, 0, true, b[0:24]), piece(7, 24, false, b[24:48])
	for _, c := range []struct {
		name      string
		fragments []*View
		odd       ot.Anomaly
	}{
		{"the same again", []*View{first, piece(7, 0, true, b[0:24]), last}, ot.NoAnomaly},
		{"partly the same", []*View{first, piece(7, 8, true, b[8:40]), last}, ot.NoAnomaly},
		{"the same place, other bytes", []*View{first, piece(7, 0, true, evil[:24]), last}, ot.FragmentOverlap},
		{"overlap on the left", []*View{piece(7, 16, true, b[16:40]), piece(7, 0, true, append(bytes.Clone(b[:16]), evil[:8]...)), piece(7, 40, false, b[40:])}, ot.FragmentOverlap},
		{"overlap on the right", []*View{first, piece(7, 16, false, append(bytes.Clone(evil[:8]), b[24:]...))}, ot.FragmentOverlap},
		{"overlap around", []*View{piece(7, 8, true, b[8:16]), piece(7, 0, true, append(append(bytes.Clone(b[:8]), evil[:8]...), b[16:24]...)), last}, ot.FragmentOverlap},
		{"last fragment ends elsewhere", []*View{last, piece(7, 24, false, evil[:16]), first}, ot.FragmentOverlap},
		{"bytes beyond the end", []*View{last, piece(7, 48, true, evil[:8]), first}, ot.FragmentOverlap},
		{"an end before bytes already seen", []*View{piece(7, 8, true, b[8:24]), piece(7, 8, false, evil[:4]), first, last}, ot.FragmentOverlap},
	} {
		t.Run(c.name, func(t *testing.T) {
			wantOne(t, add(NewDefrag(4, 1<<20), c.fragments...), b[8:], c.odd)
		})
	}
}

// A difference is told wherever it lies in a long overlap.
func TestDefragLongOverlap(t *testing.T) {
	b := udpOf(3000 - 8)
	for _, at := range []int{8, 1000, 2047, 2048, 2999} {
		other := bytes.Clone(b)
		other[at] ^= 1
		whole := add(NewDefrag(4, 1<<20), piece(7, 8, false, b[8:]), piece(7, 8, false, other[8:]), piece(7, 0, true, b[:8]))
		wantOne(t, whole, b[8:], ot.FragmentOverlap)
	}
}

// In IPv6 a second first fragment may name another protocol.
func TestDefragProtocolOverlap(t *testing.T) {
	b := udpOf(40)
	first, again, last := piece(7, 0, true, b[:24]), piece(7, 0, true, b[:24]), piece(7, 24, false, b[24:])
	first.IPv6, again.IPv6, last.IPv6 = true, true, true
	again.IPProto = protoTCP
	wantOne(t, add(NewDefrag(4, 1<<20), first, again, last), b[8:], ot.FragmentOverlap)
}

// An identification is used again as soon as the datagram before is whole.
func TestDefragIdentificationReused(t *testing.T) {
	d := NewDefrag(4, 1<<20)
	for range 3 {
		b := udpOf(40)
		b[20] ^= 1
		wantOne(t, add(d, piece(7, 0, true, b[:24]), piece(7, 24, false, b[24:])), b[8:], ot.NoAnomaly)
	}
}

// Fragments with one identification are apart when hosts or protocol differ.
func TestDefragKeys(t *testing.T) {
	b := udpOf(40)
	d := NewDefrag(8, 1<<20)
	tcp, back, sixth := piece(7, 24, false, b[24:]), piece(7, 24, false, b[24:]), piece(7, 24, false, b[24:])
	tcp.IPProto = protoTCP
	back.SrcIP, back.DstIP = back.DstIP, back.SrcIP
	sixth.IPv6 = true
	if whole := add(d, piece(7, 0, true, b[:24]), tcp, back, sixth); len(whole) != 0 || len(d.byKey) != 4 {
		t.Errorf("%d datagrams, %d incomplete", len(whole), len(d.byKey))
	}
}

func TestDefragBadFragments(t *testing.T) {
	for _, c := range []struct {
		name string
		v    *View
	}{
		{"beyond 65,535 bytes", piece(7, 65528, false, make([]byte, 8))},
		{"not the last and no multiple of 8", piece(7, 0, true, make([]byte, 12))},
		{"empty, more to come", piece(7, 8, true, nil)},
		{"empty, the last", piece(7, 8, false, nil)},
	} {
		d := NewDefrag(4, 1<<20)
		if whole := add(d, c.v); len(whole) != 0 || c.v.Odd != ot.FragmentBad || d.Refused != 1 || len(d.byKey) != 0 {
			t.Errorf("%s: odd %v, %d refused, %d kept", c.name, c.v.Odd, d.Refused, len(d.byKey))
		}
	}
	cut := piece(7, 0, true, make([]byte, 8))
	cut.Cut = true
	if d := NewDefrag(4, 1<<20); len(add(d, cut)) != 0 || cut.Odd != ot.NoAnomaly || d.Begun != 0 {
		t.Errorf("cut by the capture: odd %v, %d begun", cut.Odd, d.Begun)
	}
}

// The longest datagram, in the smallest fragments, from its end to its start.
func TestDefragLongest(t *testing.T) {
	b := udpOf(maxDatagram - 8)
	d := NewDefrag(2, 1<<20)
	var parts []*View
	for off := (len(b) - 1) / 8 * 8; off >= 0; off -= 8 {
		end := min(off+8, len(b))
		parts = append(parts, piece(7, off, end < len(b), b[off:end]))
	}
	wantOne(t, add(d, parts...), b[8:], ot.NoAnomaly)
}

// A datagram that is not whole after 30 s of the sensor clock is given up.
func TestDefragTimeout(t *testing.T) {
	b := udpOf(40)
	space := func(n int) []byte { return make([]byte, n) }
	d := NewDefrag(4, 1<<20)
	var w View
	d.Add(piece(7, 0, true, b[:24]), 100*second, &w, space)
	if !d.Add(piece(7, 24, false, b[24:]), 130*second, &w, space) {
		t.Error("given up after 30 s")
	}
	d.Add(piece(8, 0, true, b[:24]), 200*second, &w, space)
	if d.Add(piece(8, 24, false, b[24:]), 230*second+1, &w, space) || d.Evicted != 1 {
		t.Errorf("kept for more than 30 s: %d evicted", d.Evicted)
	}
}

// The oldest datagram makes room for a new one; what has just begun is not
// given up for its own sake while there is an older one.
func TestDefragEviction(t *testing.T) {
	b := udpOf(40)
	d := NewDefrag(2, 1<<20)
	add(d, piece(1, 0, true, b[:24]), piece(2, 0, true, b[:24]), piece(3, 0, true, b[:24]))
	if d.Evicted != 1 || len(d.byKey) != 2 {
		t.Fatalf("%d evicted, %d kept", d.Evicted, len(d.byKey))
	}
	wantOne(t, add(d, piece(2, 24, false, b[24:]), piece(3, 24, true, b[24:])), b[8:], ot.NoAnomaly)

	d = NewDefrag(2, 2*recordSize+3*(pageSize+pageBlocks/8)) // three pages
	add(d, piece(1, 0, true, b[:24]), piece(2, 0, true, b[:24]), piece(1, pageSize, true, b[:24]), piece(2, pageSize, true, b[:24]))
	if d.Evicted != 1 || len(d.byKey) != 1 || d.first.key.id != 2 {
		t.Errorf("of two: %d evicted, %d kept", d.Evicted, len(d.byKey))
	}

	d = NewDefrag(2, 2*recordSize+3*(pageSize+pageBlocks/8))
	add(d, piece(1, 0, true, b[:24]), piece(2, 0, true, b[:24]), piece(1, pageSize, true, b[:24]), piece(1, 2*pageSize, true, b[:24]))
	if d.Evicted != 1 || len(d.byKey) != 1 || d.first.key.id != 1 {
		t.Errorf("the oldest needs room: %d evicted, %d kept", d.Evicted, len(d.byKey))
	}
	add(d, piece(1, 3*pageSize, true, b[:24]))
	if d.Evicted != 2 || len(d.byKey) != 0 || d.first != nil || d.last != nil {
		t.Errorf("too long for the table: %d evicted, %d kept", d.Evicted, len(d.byKey))
	}
}

// 262,144 first fragments stay within the bytes given, and the next whole
// datagram is put together nevertheless.
func TestDefragFlood(t *testing.T) {
	const datagrams, room = 64, 1 << 20 // one of sixteen shards
	b := udpOf(1472)
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	d := NewDefrag(datagrams, room)
	for id := range uint32(262144) {
		add(d, piece(id, int(id%8)*8192, true, b[:1480]))
	}
	runtime.GC()
	runtime.ReadMemStats(&after)
	if grown := int64(after.HeapAlloc) - int64(before.HeapAlloc); grown > room {
		t.Errorf("%d bytes for %d allowed", grown, room)
	}
	if d.Begun != 262144 || d.Evicted != d.Begun-uint64(len(d.byKey)) {
		t.Errorf("%d begun, %d evicted, %d kept", d.Begun, d.Evicted, len(d.byKey))
	}
	b = udpOf(2000)
	wantOne(t, add(d, piece(1<<20, 0, true, b[:1480]), piece(1<<20, 1480, false, b[1480:])), b[8:], ot.NoAnomaly)
	runtime.KeepAlive(d)
}

// Whatever comes, and in whatever order: every datagram begun is whole, given
// up or still there, and a whole one holds the bytes that came first.
func TestDefragKeepsCount(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	d := NewDefrag(8, 8*recordSize+40*(pageSize+pageBlocks/8))
	b := udpOf(maxDatagram - 8)
	for n := range 200_000 {
		off := r.IntN(30) * 8 << r.IntN(9)
		end := min(off+8+r.IntN(20)*8, maxDatagram)
		if off >= end {
			continue
		}
		var w View
		whole := d.Add(piece(r.Uint32N(12), off, r.IntN(3) > 0, b[off:end]), int64(n)*second/100, &w, func(n int) []byte { return make([]byte, n) })
		if whole && !bytes.Equal(w.Datagram, b[:len(w.Datagram)]) {
			t.Fatalf("step %d: bytes differ", n)
		}
		pages := len(d.idle)
		for g, last := d.first, (*datagram)(nil); g != nil; last, g = g, g.next {
			blocks := g.blocks
			for _, p := range g.pages {
				if p != nil {
					pages++
					for _, w := range p.have {
						blocks -= bits.OnesCount64(w)
					}
				}
			}
			if blocks != 0 {
				t.Fatalf("step %d: %d more blocks counted than marked", n, blocks)
			}
			if g.prev != last || d.byKey[g.key] != g {
				t.Fatalf("step %d: list and table disagree", n)
			}
		}
		if d.Begun != d.Whole+d.Evicted+uint64(len(d.byKey)) || pages+d.pages != 40 || d.room != 8-len(d.byKey) {
			t.Fatalf("step %d: %d begun, %d whole, %d evicted, %d kept; %d pages, room for %d", n, d.Begun, d.Whole, d.Evicted, len(d.byKey), pages+d.pages, d.room)
		}
	}
	if d.Whole == 0 || d.Evicted == 0 || d.Refused == 0 {
		t.Errorf("%d whole, %d evicted, %d refused", d.Whole, d.Evicted, d.Refused)
	}
}

func TestDefragAllocatesNothingInTheEnd(t *testing.T) {
	b := udpOf(2000)
	d := NewDefrag(4, 1<<20)
	first, last, memory := piece(7, 0, true, b[:1480]), piece(7, 1480, false, b[1480:]), make([]byte, maxDatagram)
	var w View
	n := testing.AllocsPerRun(100, func() {
		d.Add(first, 0, &w, func(n int) []byte { return memory[:n] })
		if !d.Add(last, 0, &w, func(n int) []byte { return memory[:n] }) {
			t.Fatal("not whole")
		}
	})
	if n != 0 {
		t.Errorf("%v allocations", n)
	}
}

func BenchmarkDefrag(b *testing.B) {
	bytes := udpOf(2000)
	d := NewDefrag(64, 1<<20)
	first, last, memory := piece(7, 0, true, bytes[:1480]), piece(7, 1480, false, bytes[1480:]), make([]byte, maxDatagram)
	var w View
	b.ReportAllocs()
	for b.Loop() {
		d.Add(first, 0, &w, func(n int) []byte { return memory[:n] })
		d.Add(last, 0, &w, func(n int) []byte { return memory[:n] })
	}
}
