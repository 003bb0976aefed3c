package flow

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
)

// Property: however a stream is cut up, reordered within sixteen segments,
// doubled and overlapped, its records are those of the plain stream, and
// nothing is lost or odd.
func TestSegmentationDoesNotMatter(t *testing.T) {
	runs := 600
	if testing.Short() {
		runs = 60
	}
	for seed := range runs {
		rng := rand.New(rand.NewPCG(uint64(seed), 1))
		text, want := recordsOf(rng)
		w := newWire(t)
		w.isn[client] = -uint32(rng.IntN(len(text) + 2)) // the numbers wrap somewhere
		w.handshake()
		seenServer := rng.IntN(2) == 0
		got := make([]bool, len(text)+1)
		for _, g := range disturbed(rng, text) {
			w.send(client, g.pos, text[g.pos:g.end])
			for i := g.pos; i < g.end; i++ {
				got[i] = true
			}
			if seenServer {
				w.send(server, 0, "", ack(slices.Index(got, false)))
			}
		}
		if !slices.Equal(w.records(), want) {
			t.Fatalf("seed %d: %d records instead of %d: %q", seed, len(w.records()), len(want), w.log)
		}
		w.end()
		if n := w.shard.Counts(); n.Gaps != 0 || strings.Contains(strings.Join(w.log, " "), "odd") {
			t.Fatalf("seed %d: gaps %d, said %q", seed, n.Gaps, w.log)
		}
	}
}

func recordsOf(rng *rand.Rand) (text string, records []string) {
	for i := range 5 + rng.IntN(60) {
		r := fmt.Sprintf("Q%d%s", i, strings.Repeat("z", rng.IntN(1<<rng.IntN(9))))
		records = append(records, r)
		text += r + "\n"
	}
	return text, records
}

type span struct{ pos, end int }

// disturbed cuts text into overlapping segments and brings them out of order:
// each comes at most fifteen places late, some twice.
func disturbed(rng *rand.Rand, text string) []span {
	var all []span
	most := 1 << (1 + rng.IntN(9))
	for pos := 0; pos < len(text); {
		end := min(len(text), pos+1+rng.IntN(most))
		from := pos
		if rng.IntN(4) == 0 {
			from = max(0, pos-rng.IntN(most))
		}
		all = append(all, span{from, end})
		if rng.IntN(6) == 0 {
			all = append(all, span{from, end})
		}
		pos = end
	}
	for i := range all {
		if rng.IntN(3) == 0 {
			for j := i; j > max(0, i-rng.IntN(8)); j-- {
				all[j], all[j-1] = all[j-1], all[j]
			}
		}
	}
	return all
}

// Property: one lost segment costs the records it holds bytes of, and no others.
func TestOneLostSegment(t *testing.T) {
	for seed := range 300 {
		rng := rand.New(rand.NewPCG(uint64(seed), 2))
		text, want := recordsOf(rng)
		w := newWire(t)
		w.handshake()
		var all []span
		for pos := 0; pos < len(text); {
			end := min(len(text), pos+1+rng.IntN(100))
			all, pos = append(all, span{pos, end}), end
		}
		if len(all) < 2 {
			continue
		}
		gone := all[1+rng.IntN(len(all)-1)] // not the first: its loss hides the protocol
		seenServer := rng.IntN(2) == 0
		for _, g := range all {
			if g != gone {
				w.send(client, g.pos, text[g.pos:g.end])
			}
			if seenServer {
				w.send(server, 0, "", ack(g.end))
			}
		}
		w.wait(3 * second)
		w.end()
		if got := w.records(); !slices.Equal(got, without(want, gone)) {
			t.Fatalf("seed %d: without bytes %v: %q", seed, gone, w.log)
		}
		if n := w.shard.Counts().Gaps; n > 1 {
			t.Fatalf("seed %d: %d gaps", seed, n)
		}
	}
}

// without leaves out the records that have bytes in a span.
func without(records []string, gone span) (left []string) {
	pos := 0
	for _, r := range records {
		end := pos + len(r) + 1
		if end <= gone.pos || pos >= gone.end {
			left = append(left, r)
		}
		pos = end
	}
	return left
}
