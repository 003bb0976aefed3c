package baseline

import (
	"encoding/binary"
	"math"
	"strings"
	"testing"

	"otsensor/pkg/ot"
)

// s7write writes bytes to a data block.
func s7write(addr uint32, value []byte) ot.Transaction {
	return ot.Transaction{Proto: ot.S7comm, Op: ot.OpWriteData, Code: 5, Shape: ot.U8, Value: value,
		Object: ot.Object{Area: 0x84, Block: 20, Addr: addr, Len: uint32(8 * len(value))}}
}

func bytesOf(reals ...float32) (b []byte) {
	for _, x := range reals {
		b = binary.BigEndian.AppendUint32(b, math.Float32bits(x))
	}
	return b
}

// learnWrites learns writes, a minute apart.
func learnWrites(writes ...ot.Transaction) *Baseline {
	l := NewLearner("x", Defaults)
	p := newPlant(l.Learn)
	p.open(p.conv(hmi, plc, 502))
	for _, w := range writes {
		p.did(p.conv(hmi, plc, 502), w)
		p.now += minute
	}
	return l.Baseline()
}

// writesOf gives one write of each value.
func writesOf(values ...uint16) (all []ot.Transaction) {
	for _, v := range values {
		all = append(all, write(100, v))
	}
	return all
}

func repeat(n int, values ...uint16) (all []uint16) {
	for range n {
		all = append(all, values...)
	}
	return all
}

func upTo(n uint16) (all []uint16) {
	for v := range n {
		all = append(all, v+1)
	}
	return all
}

// What values teach, and how later ones depart from it. Each row learns writes
// to one register and then writes others, the last of which departs as wanted.
func TestValues(t *testing.T) {
	around := []uint16{50, 54, 48, 55, 51, 46, 53, 52, 49, 56, 47, 45, 54, 50, 52, 44}
	for _, c := range []struct {
		name   string
		learn  []uint16
		writes []uint16
		want   string
	}{
		{"a counter goes on", upTo(20), []uint16{23, 24}, ""},
		{"a counter may have gone on unseen before the first write", upTo(20), []uint16{900}, ""},
		{"a counter goes back", upTo(20), []uint16{23, 22}, "value-jump"},
		{"a counter begins anew where it began", upTo(20), []uint16{23, 1}, "value-rare"},
		{"a counter goes back below where it began", upTo(20), []uint16{23, 0}, "value-jump"},
		{"a counter goes far", upTo(20), []uint16{23, 28}, "value-jump"},
		{"a counter goes round", upTo(20), []uint16{65535, 1}, ""},
		{"what went up too few times is no counter", upTo(11), []uint16{20}, "value-out-of-range"},

		{"one of a choice", repeat(5, 700, 850), []uint16{700}, ""},
		{"between a choice", repeat(5, 700, 850), []uint16{720}, "value-new"},
		{"beyond a choice", repeat(5, 700, 850), []uint16{0}, "value-out-of-range"},
		{"what came once while learning", append(repeat(12, 700, 850), 400), []uint16{400}, "value-rare"},
		{"a choice of which much is unseen is no choice", append(repeat(2, 700, 850, 750), 701, 752, 849, 720), []uint16{777}, ""},

		{"a number of which most values came is no choice", repeat(3, 1, 2, 3, 4, 6, 7, 8, 9, 11, 12), []uint16{5}, ""},
		{"many values far apart are a choice", repeat(3, 1, 2, 30, 40, 60, 70, 80, 90, 110, 120), []uint16{50}, "value-new"},

		{"a number within", around, []uint16{57}, ""},
		{"a number beyond", around, []uint16{70}, "value-out-of-range"},
		{"too few numbers are not judged", []uint16{50, 54, 48, 51, 46, 53}, []uint16{70}, ""},
		{"a number that wanders as learned", around, []uint16{46, 48, 50, 52, 51, 53, 55, 54, 56}, ""},
		{"a number that drifts within its range", around, []uint16{44, 45, 46, 48, 49, 51, 53, 55, 57}, "slow-drift"},
		{"a repeated number is no step of a drift", around, []uint16{46, 46, 47, 47, 47, 48, 48, 49, 49, 49, 50, 50}, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := learnWrites(writesOf(c.learn...)...)
			x := watchWith(b)
			for _, w := range writesOf(c.writes...) {
				x.now += 10 * second
				x.did(x.conv(hmi, plc, 502), w)
			}
			if got := strings.Join(x.last.Dev.Names(), " "); got != c.want {
				t.Errorf("departs in %q, want %q, with\n%s", got, c.want, strings.Join(linesWith(textOf(t, b), "", "value"), "\n"))
			}
		})
	}
}

// Numbers written as bytes are weighed as the numbers they are.
func TestRealsWrittenAsBytes(t *testing.T) {
	recipes := func(values ...float32) (all []ot.Transaction) {
		for range 4 {
			for _, v := range values {
				all = append(all, s7write(0, bytesOf(v, 100)))
			}
		}
		return all
	}
	b := learnWrites(recipes(5, 10, 20)...)
	text := textOf(t, b)
	if got := linesWith(text, "value", "real=yes set=5,10,20 "); len(got) != 1 || len(linesWith(text, "value")) != 2 {
		t.Fatalf("learned\n%s", strings.Join(linesWith(text, "value"), "\n"))
	}
	for _, c := range []struct {
		value float32
		want  string
	}{{10, ""}, {12, "value-new"}, {80, "value-out-of-range"}} {
		x := watchWith(b)
		x.did(x.conv(hmi, plc, 502), s7write(0, bytesOf(c.value, 100)))
		if got := strings.Join(x.last.Dev.Names(), " "); got != c.want {
			t.Errorf("%v departs in %q, want %q", c.value, got, c.want)
		}
	}
}

// Bytes that are something else stay bytes.
func TestBytesThatAreNoReals(t *testing.T) {
	for name, value := range map[string][]byte{"text": []byte("LOT-4711"), "small numbers": {0, 0, 0, 5}, "flags": {1, 0, 0, 1}, "nothing": make([]byte, 4)} {
		var all []ot.Transaction
		for range 12 {
			all = append(all, s7write(0, value))
		}
		if text := textOf(t, learnWrites(all...)); strings.Contains(text, "real=yes") || len(linesWith(text, "value")) != len(value) {
			t.Errorf("%s: learned\n%s", name, strings.Join(linesWith(text, "value"), "\n"))
		}
	}
}

// A connection met in the middle names no slot; what is done in it is the same.
func TestUnitOfAConnectionMetInTheMiddle(t *testing.T) {
	seen, middle := s7write(0, []byte{1}), s7write(0, []byte{1})
	seen.Unit = 2
	for range 2 {
		var all []ot.Transaction
		for range 12 {
			all = append(all, seen)
		}
		x := watchWith(learnWrites(all...))
		x.did(x.conv(hmi, plc, 502), middle)
		if x.last.Dev != 0 {
			t.Errorf("departs in %v", x.last.Dev.Names())
		}
		seen, middle = middle, seen
	}
}

// Of lost writes nothing is concluded.
func TestLossBreaksACount(t *testing.T) {
	x := watchWith(learnWrites(writesOf(upTo(20)...)...))
	x.did(x.conv(hmi, plc, 502), write(100, 21))
	o := ot.Observation{Conv: x.conv(hmi, plc, 502), Kind: ot.Did, Quality: ot.Lossy, Did: write(100, 500)}
	if x.see(o); x.last.Dev != 0 {
		t.Errorf("departs in %v", x.last.Dev.Names())
	}
	if x.did(x.conv(hmi, plc, 502), write(100, 501)); x.last.Dev != 0 {
		t.Errorf("the next departs in %v", x.last.Dev.Names())
	}
}

// An answer whose request was not seen says nothing of what was asked.
func TestUnaskedAnswersAreNoActs(t *testing.T) {
	x := quiet(t)
	x.did(x.conv(hmi, plc, 502), ot.Transaction{Proto: ot.Modbus, Op: ot.OpReadData, Code: 3, Status: ot.Unasked})
	if x.last.Dev != 0 {
		t.Errorf("departs in %v", x.last.Dev.Names())
	}
}
