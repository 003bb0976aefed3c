package flow

import (
	"math/rand/v2"
	"testing"

	"otsensor/pkg/ot"
	"otsensor/pkg/protocols"
)

// Whatever is on the wire, the accounts hold: what is kept is counted (at every
// frame), conversations that close carried what was seen, and at the end
// nothing is left.
func TestAccountsHoldWhateverComes(t *testing.T) {
	runs := 400
	if testing.Short() {
		runs = 40
	}
	table := []protocols.Protocol{toy()}
	table[0].Ports = append(table[0].Ports, protocols.Port{Transport: ot.TCP, Number: 50000})
	for seed := range runs {
		rng := rand.New(rand.NewPCG(uint64(seed), 3))
		w := newWire(t)
		w.shard = NewShard(NewRows(table))
		w.port = [2]uint16{50000, []uint16{7000, 4444, 50000}[rng.IntN(3)]}
		w.isn = [2]uint32{rng.Uint32(), rng.Uint32()}
		for range 150 {
			chaos(w, rng)
		}
		w.end()
		sums(t, w)
		if t.Failed() {
			t.Fatalf("seed %d", seed)
		}
	}
}

func chaos(w *wire, rng *rand.Rand) {
	d := ot.Dir(rng.IntN(2))
	text := []string{"", "Q", "A", "\n", "Qone\n", "Aone\n", "Qtwo\nQ", "nonsense", "GET / HTTP/1.1\r\n", string(make([]byte, 1<<rng.IntN(13)))}
	data := text[rng.IntN(len(text))]
	pos := w.got[d]
	switch rng.IntN(6) {
	case 0:
		pos += rng.IntN(40) - 20
	case 1:
		pos += rng.IntN(4 << 20)
	}
	opts := []option{ack(w.got[d.Other()] + rng.IntN(1+rng.IntN(60)))}
	switch rng.IntN(12) {
	case 0:
		opts = append(opts, flags(byte(rng.Uint32())))
	case 1:
		opts = append(opts, cut(rng.IntN(len(data)+1)))
	case 2:
		w.wait(rng.Int64N(20 * second))
	case 3:
		w.datagram(d, data)
	case 4:
		w.isn[d] = rng.Uint32()
	case 5:
		w.icmp(d, 3, 3, w.quoted([]byte{6, 17}[rng.IntN(2)]))
	}
	w.send(d, pos, data, opts...)
}
