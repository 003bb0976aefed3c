package flow

import (
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"

	"otsensor/pkg/ot"
	"otsensor/pkg/packet"
)

// A plain segment is one with which nothing is to be done that is not done with
// any other: whatever else comes, the long way says the same of it.
func TestPlainSegmentsAreLikeAnyOther(t *testing.T) {
	runs := 800
	if testing.Short() {
		runs = 80
	}
	for seed := range runs {
		short, long := newTalk(t, uint64(seed)), newTalk(t, uint64(seed))
		long.before = unusual
		for range 30 {
			short.exchange()
			long.exchange()
			if short.shard.sided != long.shard.sided {
				t.Fatalf("seed %d: %d one-sided, %d the long way", seed, short.shard.sided, long.shard.sided)
			}
		}
		for _, w := range []*talk{short, long} {
			w.wait(endedLinger + second) // there may be two by now
			w.end()
		}
		if !slices.Equal(short.log, long.log) {
			t.Fatalf("seed %d: said  %q\nthe long way %q", seed, short.log, long.log)
		}
		if !reflect.DeepEqual(short.obs, long.obs) || short.shard.Counts() != long.shard.Counts() {
			t.Fatalf("seed %d: the long way says it in another way", seed)
		}
	}
}

// unusual gives every conversation room for what few need, though it needs none:
// none of their segments is plain then.
func unusual(s *Shard) {
	for _, c := range s.places.conns {
		if c != nil {
			c.seldom()
		}
	}
}

// talk is mostly requests and answers.
type talk struct {
	*wire
	*rand.Rand
	far   int // bytes sent far outside the window
	alone int // requests yet whose answers are not shown
}

func newTalk(t *testing.T, seed uint64) *talk {
	w := &talk{wire: newWire(t), Rand: rand.New(rand.NewPCG(seed, 4))}
	w.isn[server] = -uint32(w.IntN(60)) // what is not filled in is 0, which is near
	switch w.IntN(4) {
	case 0: // begun before
	case 1:
		w.send(client, -1, "", flags(packet.SYN))
		w.alone = w.IntN(8)
	default:
		w.handshake()
	}
	return w
}

// exchange sends a request and its answer, and now and then something less usual.
func (w *talk) exchange() {
	if w.IntN(8) == 0 {
		w.disturb(ot.Dir(w.IntN(2)))
	}
	for d := range ot.Dir(2) {
		if w.alone--; d == server && w.alone > 0 {
			return
		}
		text := [2][]string{{"Qone\n", "Q", "\n", ""}, {"Aone\nA", "A", "\n", ""}}[d]
		w.send(d, w.got[d], text[w.IntN(len(text))], mac(w.mac(d)+byte(w.IntN(20)/19)))
	}
}

func (w *talk) disturb(d ot.Dir) {
	next := w.got[d]
	switch w.IntN(11) {
	case 0:
		w.send(d, next, "", plus(packet.FIN))
		w.send(d.Other(), w.got[d.Other()], "", plus(packet.FIN), ack(next+1))
	case 1:
		w.send(d, next, "", plus(packet.FIN))
	case 2:
		w.send(d, next, "", plus(packet.RST))
	case 3:
		w.send(d, next, "Q", plus(packet.URG))
	case 4:
		w.send(d, next, "Qone\n", flags(0))
	case 5:
		w.send(d, next+5000, "", flags(packet.SYN))
	case 6: // perhaps the stream further on: three that follow each other are
		for i := range 3 {
			w.send(d, 8<<20+w.far, "Q")
			w.far++
			if i == 1 {
				w.send(d.Other(), w.got[d.Other()], "", flags(byte(w.IntN(2)*packet.ACK)))
				w.send(d, next, []string{"Qone\n", ""}[w.IntN(2)])
				w.wait(2 * holeAge)
			}
		}
	case 7:
		w.send(d, next, "Qone\n", hops(20))
		w.got[d] -= w.IntN(2) * len("Qone\n") // it died on the way
	case 8:
		w.wait(w.Int64N(2 * endedLinger))
	case 9:
		w.send(d, next, "Qone\n", cut(w.IntN(6)))
	default:
		chaos(w.wire, w.Rand)
	}
}
