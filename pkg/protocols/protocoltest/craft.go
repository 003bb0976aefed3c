package protocoltest

import (
	"bytes"
	"encoding/binary"
	"math/rand/v2"
	"slices"

	"otsensor/pkg/ot"
)

// A change is one way to craft: something about step k of a session, or what
// follows, becomes what nobody expects. The steps may be changed in place;
// their bytes may not. other is a session to take messages from.
type change func(r *rand.Rand, all []Step, k int, other []Step) []Step

// changes has the fruitful ones more than once.
var changes = []change{
	lengthChanged, lengthChanged, lengthChanged, typeSwapped, typeSwapped, garbled, resized,
	repeated, dropped, outOfTurn, byTheOther, foreign, afterLoss, oneSided, pipelined,
}

// craft changes a session in a few ways at once.
func craft(r *rand.Rand, steps, other []Step) []Step {
	all := append([]Step(nil), steps...)
	for range 1 + r.IntN(4) {
		if len(all) > 0 {
			all = changes[r.IntN(len(changes))](r, all, r.IntN(len(all)), other)
		}
	}
	return slices.DeleteFunc(all, func(st Step) bool { return len(st.Bytes) == 0 && !st.Lost && !st.Tick })
}

func repeated(r *rand.Rand, all []Step, k int, _ []Step) []Step {
	for range 1 + r.IntN(5) {
		all = insert(all, k, all[k])
	}
	return all
}

func dropped(_ *rand.Rand, all []Step, k int, _ []Step) []Step {
	return append(all[:k:k], all[k+1:]...)
}

func outOfTurn(r *rand.Rand, all []Step, k int, _ []Step) []Step {
	j := r.IntN(len(all))
	all[k], all[j] = all[j], all[k]
	return all
}

func byTheOther(_ *rand.Rand, all []Step, k int, _ []Step) []Step {
	all[k].Dir = all[k].Dir.Other()
	return all
}

func foreign(r *rand.Rand, all []Step, k int, other []Step) []Step {
	return insert(all, k, other[r.IntN(len(other))])
}

func afterLoss(r *rand.Rand, all []Step, k int, _ []Step) []Step {
	return insert(all, k, Lost(ot.Dir(r.IntN(2))))
}

// oneSided lets nobody answer any more.
func oneSided(_ *rand.Rand, all []Step, k int, _ []Step) []Step {
	mine, _ := parted(all[k:], all[k].Dir)
	return append(all[:k:k], mine...)
}

// pipelined lets one side say all it has to say at once.
func pipelined(_ *rand.Rand, all []Step, k int, _ []Step) []Step {
	mine, others := parted(all[k:], all[k].Dir)
	return append(append(all[:k:k], joined(mine)...), others...)
}

func parted(all []Step, dir ot.Dir) (mine, others []Step) {
	for _, st := range all {
		if st.Dir == dir {
			mine = append(mine, st)
		} else {
			others = append(others, st)
		}
	}
	return mine, others
}

func insert(all []Step, k int, st Step) []Step {
	return append(all[:k:k], append([]Step{st}, all[k:]...)...)
}

// edit gives step k bytes of its own to change.
func edit(all []Step, k int) []byte {
	all[k].Bytes = bytes.Clone(all[k].Bytes)
	return all[k].Bytes
}

// typeSwapped gives a message another one's byte at the same place, mostly near the beginning.
func typeSwapped(r *rand.Rand, all []Step, k int, other []Step) []Step {
	b, from := edit(all, k), other[r.IntN(len(other))].Bytes
	if most := min(len(b), len(from)); most > 0 {
		at := r.IntN(min(most, 8<<r.IntN(4)))
		b[at] = from[at]
	}
	return all
}

// garbled spoils digits, letters and ends of lines near the beginning, as of versions and verbs.
func garbled(r *rand.Rand, all []Step, k int, _ []Step) []Step {
	b := edit(all, k)
	for range min(len(b), 1+r.IntN(4)) {
		at := r.IntN(min(len(b), 32))
		b[at] = [...]byte{b[at] ^ 1, b[at] + 1, '0', '9', ' ', '\n', '\r', 0, ':', 0xff, '-', b[r.IntN(len(b))]}[r.IntN(12)]
	}
	return all
}

// resized makes a message longer by its own first bytes, or shorter.
func resized(r *rand.Rand, all []Step, k int, _ []Step) []Step {
	b := all[k].Bytes
	at, n := r.IntN(len(b)+1), r.IntN(1+min(len(b), 1<<r.IntN(9)))
	if r.IntN(2) == 0 {
		all[k].Bytes = Join(b[:at], b[min(at+n, len(b)):])
	} else {
		all[k].Bytes = Join(b[:at], b[:n], b[at:])
	}
	return all
}

// lengthChanged gives what may be a length another value.
func lengthChanged(r *rand.Rand, all []Step, k int, _ []Step) []Step {
	b := edit(all, k)
	if len(b) == 0 {
		return all
	}
	field := b[r.IntN(min(len(b), 48)):]
	field = field[:min(len(field), 1<<r.IntN(3))]
	if likely := lengths(b); len(likely) > 0 && r.IntN(3) > 0 {
		field = likely[r.IntN(len(likely))]
	}
	is, most := number(field, false), 1<<(8*len(field))-1
	to := [...]int{0, 1, most, is + 1, is - 1, 2 * is, 0x7f, 0x400, 0x1000, 0x4000, 0xffff, 5 + r.IntN(3000)}[r.IntN(12)]
	put(field, to, r.IntN(3) == 0)
	return all
}

// lengths gives the fields of b that hold about as much as is behind them.
func lengths(b []byte) (likely [][]byte) {
	for at := range b {
		for wide := 1; wide <= min(4, len(b)-at); wide++ {
			field, behind := b[at:at+wide], len(b)-at
			for _, little := range []bool{false, true} {
				if n := number(field, little); n > 0 && n <= behind && n >= behind-8 {
					likely = append(likely, field)
				}
			}
		}
	}
	return likely
}

func number(b []byte, little bool) (n int) {
	for i := range b {
		if little {
			n |= int(b[i]) << (8 * i)
		} else {
			n = n<<8 | int(b[i])
		}
	}
	return n
}

func put(field []byte, n int, little bool) {
	var full [8]byte
	binary.LittleEndian.PutUint64(full[:], uint64(n))
	if copy(field, full[:]); !little {
		slices.Reverse(field)
	}
}

// filled puts thousands of times the same byte into a session: behind a message,
// into one, or as one.
func filled(r *rand.Rand, steps []Step) []Step {
	all := append([]Step(nil), steps...)
	for range 1 + r.IntN(2) {
		k, size := r.IntN(len(all)+1), 4096+r.IntN(4096)
		if r.IntN(4) == 0 {
			size = 4096 + r.IntN(70_000-4096)
		}
		fill := bytes.Repeat(filler(r, all), size)[:size]
		if k == len(all) || len(all[k].Bytes) == 0 || r.IntN(3) == 0 {
			all = insert(all, k, Step{Dir: ot.Dir(r.IntN(2)), Bytes: fill})
			continue
		}
		b := all[k].Bytes
		at := [...]int{len(b), r.IntN(len(b))}[r.IntN(2)]
		all[k].Bytes = Join(b[:at], fill, b[at:])
	}
	return all
}

func filler(r *rand.Rand, all []Step) []byte {
	if k := r.IntN(max(len(all), 1)); r.IntN(3) == 0 && k < len(all) && len(all[k].Bytes) > 0 {
		at := r.IntN(len(all[k].Bytes))
		return all[k].Bytes[at : at+1]
	}
	return []byte([...]string{"\x00", "\x01", "\x03", "\x07", " ", "\n", "A", "\x7f", "\xff", "\u00e9"}[r.IntN(10)])
}
