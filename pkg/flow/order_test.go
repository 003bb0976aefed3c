package flow

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"otsensor/pkg/packet"
)

func TestSequenceWrapsInsideARecord(t *testing.T) {
	for back := uint32(0); back < 12; back++ {
		w := newWire(t)
		w.isn[client] = -back - 1
		w.handshake()
		w.send(client, 0, "Qon")
		w.send(client, 5, "\nQtwo\n") // first the part behind
		w.send(client, 3, "ee")
		w.send(client, 0, "Qonee")
		w.expect("tried", "opened", "spoke", "did Qonee", "did Qtwo")
	}
}

func TestOneByteSegments(t *testing.T) {
	w := open(t)
	for i, b := range "Qone\nQtwo\n" {
		w.send(client, 3+i, string(b))
	}
	w.expect("did Qone", "did Qtwo")
}

func TestOneByteEveryTenSeconds(t *testing.T) {
	w := open(t)
	for i, b := range "Qslow\n" {
		w.send(client, 3+i, string(b))
		w.wait(10 * second)
	}
	if got := w.records(); !slices.Equal(got, []string{"Qslow"}) {
		t.Errorf("records %q", got)
	}
}

func TestReversedSegments(t *testing.T) {
	w := open(t)
	for i := 15; i >= 0; i-- {
		w.send(client, 3+i*3, fmt.Sprintf("Q%x\n", i), ack(0))
	}
	var want []string
	for i := range 16 {
		want = append(want, fmt.Sprintf("did Q%x", i))
	}
	w.expect(want...)
	if n := w.shard.Counts(); n.Reordered != 15 || n.Gaps != 0 {
		t.Errorf("counts %+v", n)
	}
}

// A record that came early is told with its own frame.
func TestFrameOfAnEarlyRecord(t *testing.T) {
	w := open(t)
	w.send(client, 7, "Qlate\n")
	early := w.at.Frame
	w.send(client, 3, "Qon\n")
	if got := [2]uint64{w.obs[len(w.obs)-2].Frame, w.obs[len(w.obs)-1].Frame}; got != [2]uint64{early + 1, early} {
		t.Errorf("records of frames %d, want %d", got, [2]uint64{early + 1, early})
	}
}

func TestRetransmission(t *testing.T) {
	w := open(t)
	w.send(client, 3, "Qone\n")
	w.send(client, 3, "Qone\n")
	w.send(client, 0, "Q0\nQone\nQtwo\n")
	w.send(client, 6, "e\nQ")
	w.expect("did Qone", "did Qtwo")
	if n := w.shard.Counts(); n.Retransmitted != 3 {
		t.Errorf("%d retransmissions", n.Retransmitted)
	}
}

// Of two versions of some bytes the first is decoded, whatever part of a
// segment they are, and whether or not their turn had come.
func TestConflict(t *testing.T) {
	type part struct {
		pos  int
		data string
	}
	long := "Q" + strings.Repeat("x", 600) + "\n"
	for _, tc := range []struct {
		name  string
		parts []part
		want  []string
	}{
		{"same place", []part{{3, "Qread\n"}, {3, "Qstop\n"}}, []string{"did Qread", "odd stream-conflict"}},
		{"left", []part{{3, "Qread\n"}, {0, "Q0\nQst"}}, []string{"did Qread", "odd stream-conflict"}},
		{"right", []part{{3, "Qread\n"}, {7, "X\nQmore\n"}}, []string{"did Qread", "odd stream-conflict", "did Qmore"}},
		{"inside", []part{{3, "Qread\n"}, {4, "st"}}, []string{"did Qread", "odd stream-conflict"}},
		{"around", []part{{3, "Qread\n"}, {0, "Q0\nQstop\nQmore\n"}}, []string{"did Qread", "odd stream-conflict", "did Qmore"}},
		{"of a long segment, first bytes", []part{{3, long}, {3, "X" + long[1:]}}, []string{"did " + long[:601], "odd stream-conflict"}},
		{"of the last bytes of a long segment", []part{{3, long}, {504, "yyy"}}, []string{"did " + long[:601], "odd stream-conflict"}},
		{"before its turn, same place", []part{{7, "Qread\n"}, {7, "Qstop\n"}, {3, "Qon\n"}},
			[]string{"odd stream-conflict", "did Qon", "did Qread"}},
		{"before its turn, left", []part{{7, "Qread\n"}, {5, "xxXX"}, {3, "Qo"}},
			[]string{"odd stream-conflict", "did QoxxQread"}},
		{"before its turn, around", []part{{8, "rea"}, {7, "QstopX\n"}, {3, "Qon\n"}},
			[]string{"odd stream-conflict", "did Qon", "did QreapX"}},
		{"filled otherwise in order", []part{{7, "Qread\n"}, {3, "Qon\nQstop\n"}},
			[]string{"did Qon", "did Qstop", "odd stream-conflict"}},
		{"same bytes are none", []part{{7, "Qread\n"}, {5, "n\nQre"}, {3, "Qon\nQ"}, {4, "on\nQread\n"}},
			[]string{"did Qon", "did Qread"}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			w := open(t)
			for _, p := range tc.parts {
				w.send(client, p.pos, p.data, ack(0))
			}
			w.expect(tc.want...)
			w.end()
		})
	}
}

// Keep-alive probes carry one byte of no meaning in front of the next.
func TestKeepAlive(t *testing.T) {
	w := newWire(t)
	w.handshake()
	w.send(client, -1, "\x00") // before any data
	w.send(client, 0, "Qone\nQ")
	w.send(client, 5, "\x00")
	w.send(client, 5, "")
	w.send(client, 6, "two\n")
	w.expect("tried", "opened", "spoke", "did Qone", "did Qtwo")
	if n := w.shard.Counts(); n.Retransmitted != 0 {
		t.Errorf("%d retransmissions", n.Retransmitted)
	}
}

// A zero-window probe is the first byte of what follows.
func TestZeroWindowProbe(t *testing.T) {
	w := open(t)
	w.send(client, 3, "Q")
	w.send(client, 3, "Q")
	w.send(client, 3, "Qone\n")
	w.expect("did Qone")
}

func TestPaddingIsNoData(t *testing.T) {
	w := open(t)
	w.send(client, 3, "Qon", padded(11))
	w.send(client, 6, "", padded(6))
	w.send(client, 6, "e\n", padded(4))
	w.send(client, 8, "", plus(packet.FIN), padded(6))
	w.expect("did Qone")
}

func TestUrgentIsReadInline(t *testing.T) {
	w := open(t)
	w.send(client, 3, "Qo")
	w.send(client, 5, "n", plus(packet.URG))
	w.send(client, 6, "e\n")
	w.expect("odd urgent", "did Qone")
}

// A hole is given up once: when the receiver acknowledged what lies behind it
// three times, or once when the hole is not young.
func TestHoleByAcknowledgement(t *testing.T) {
	w := open(t)
	w.send(client, 8, "ne\nQtwo\n")
	w.send(server, 0, "", ack(16))
	w.send(server, 0, "", ack(16))
	w.expect()
	w.send(server, 0, "", ack(16))
	w.expect("lost 5", "did Qtwo")

	w.send(client, 20, "Qthree\n")
	w.wait(2 * mirrorDelay)
	w.send(server, 0, "A0\n", ack(27))
	w.expect("lost 4", "did Qthree", "did A0")
	w.end()
	if n := w.shard.Counts(); n.Gaps != 2 || n.GapBytes != 9 {
		t.Errorf("counts %+v", n)
	}
}

func TestHoleByAge(t *testing.T) {
	w := open(t)
	w.send(client, 8, "Qtwo\n")
	w.wait(holeAge / 2)
	w.expect()
	w.wait(2 * holeAge)
	w.expect("lost 5", "did Qtwo")
}

// Where the receiver was never seen, sixteen segments may wait behind a hole.
func TestHoleBySegments(t *testing.T) {
	w := open(t)
	w.log = nil
	for i := range holeSegments {
		w.send(client, 10+3*i, fmt.Sprintf("Q%x\n", i))
	}
	if got := w.shard.Counts().Gaps; got != 0 {
		t.Fatalf("%d gaps", got)
	}
	w = newWire(t)
	w.send(client, 0, "Q0\n") // no handshake: the server was not seen
	for i := range holeSegments + 1 {
		w.send(client, 10+3*i, fmt.Sprintf("Q%x\n", i%16))
	}
	if w.heard("lost 7") != 1 || len(w.records()) != holeSegments+2 {
		t.Errorf("said %q", w.log)
	}
}

func TestTwoHoles(t *testing.T) {
	w := open(t)
	w.send(client, 5, "Qtwo\n")
	w.send(client, 12, "Qthree\n")
	w.wait(10 * second)
	w.expect("lost 2", "did Qtwo", "lost 2", "did Qthree", "moved")
}

// The receiver, which is honest, never took the segment ahead: the sender, which
// is not, cannot hide what it really says behind it.
func TestSegmentAheadThatTheReceiverDoesNotTake(t *testing.T) {
	for _, tc := range []struct {
		name  string
		ahead []int
	}{
		{"inside the window", []int{100_000}},
		{"outside the window, following each other", []int{9_000_000, 9_000_006, 9_000_012, 9_000_018}},
		{"seventeen at once", []int{5000, 5006, 5012, 5018, 5024, 5030, 5036, 5042, 5048, 5054, 5060, 5066, 5072, 5078, 5084, 5090, 5096, 5102}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			w := open(t)
			w.send(client, 3, "Qst")
			for _, pos := range tc.ahead {
				w.send(client, pos, "Qfake\n", ack(0))
			}
			w.send(server, 0, "", ack(6)) // "I wait for 6"
			w.wait(3 * second)
			w.send(client, 6, "op\n")
			w.send(server, 0, "", ack(9))
			w.wait(60 * second)
			w.send(client, 9, "Qgo\n")
			w.end()
			if got := w.records(); !slices.Equal(got, []string{"Qstop", "Qgo"}) {
				t.Errorf("records %q of %q", got, w.log)
			}
			if n := w.shard.Counts(); n.Gaps != 0 {
				t.Errorf("%d gaps", n.Gaps)
			}
		})
	}
}

// What a conversation was taken up with may be forged as well.
func TestForgedStartOfAnUnseenHandshake(t *testing.T) {
	w := newWire(t)
	w.send(server, 0, "", ack(0))
	w.send(client, 50_000, "Qfake\n")
	w.send(client, 0, "Qstop\n")
	w.send(client, 6, "Qgo\n")
	if got := w.records(); !slices.Contains(got, "Qstop") || !slices.Contains(got, "Qgo") {
		t.Errorf("records %q of %q", got, w.log)
	}
}

// More than a window was not captured: the receiver vouches for the new place,
// or three segments that follow each other.
func TestStreamGoesOnElsewhere(t *testing.T) {
	w := open(t)
	w.send(client, 5_000_000, "Qone\n")
	w.send(server, 0, "", ack(5_000_005))
	w.send(client, 5_000_005, "Qtwo\n")
	w.expect("odd out-of-window", "lost 5", "did Qtwo")

	w = newWire(t)
	w.send(client, 0, "Q0\n")
	w.log = nil
	for i := range 4 {
		w.send(client, 5_000_000+3*i, fmt.Sprintf("Q%d\n", i))
	}
	w.expect("odd out-of-window", "odd out-of-window", "lost 6", "did Q2", "did Q3")
}

// The receiver's direction is no longer mirrored: after a while its silence counts no more.
func TestReceiverFallsSilent(t *testing.T) {
	w := open(t)
	w.send(server, 0, "")
	for i := range 8 {
		w.send(client, 9_000_000+3*i, fmt.Sprintf("Q%d\n", i))
		w.wait(second)
	}
	if got := w.records(); len(got) < 3 || got[len(got)-1] != "Q7" {
		t.Errorf("records %q of %q", got, w.log)
	}
}

// A segment that the snap length cut is a hole behind what there is of it.
func TestCutSegments(t *testing.T) {
	w := open(t)
	w.send(client, 3, "Qone\nQtwo\nxxxxx\n", cut(8))
	w.send(client, 19, "Qnext\n")
	w.expect("did Qone", "lost 8", "did Qnext")
	for range 3 { // copies of a cut frame move nothing
		w.send(client, 3, "Qone\nQtwo\nxxxxx\n", cut(8))
	}
	w.send(client, 25, "Qmore\n")
	w.expect("did Qmore")
}

func TestCutSegmentBeforeItsTurn(t *testing.T) {
	w := open(t)
	w.send(client, 7, "Qtwo\nxxxxx\n", cut(6))
	w.send(client, 18, "Qend\n")
	w.send(client, 3, "Qon\n")
	w.expect("did Qon", "did Qtwo", "lost 6", "did Qend")
	w.end()
}

// Frames cut right behind the TCP header still carry the sequence on.
func TestCutToTheHeaders(t *testing.T) {
	w := open(t)
	w.send(client, 3, "Qone\n", cut(5))
	w.send(client, 8, "Qtwo\n")
	w.expect("lost 5", "did Qtwo")
}

// A large segment behind an unfinished record is no loss when the decoder takes it.
func TestLargeSegmentBehindAnUnfinishedRecord(t *testing.T) {
	w := open(t)
	w.send(client, 3, "Qunfin")
	body, want := "ished\n", []string{"did Qunfinished"}
	for i := range toyLimit {
		body += fmt.Sprintf("Q%d\n", i)
		want = append(want, fmt.Sprintf("did Q%d", i))
	}
	w.send(client, 9, body)
	w.expect(want...)
	w.end()
}

// A record longer than its protocol allows is given up once, and what follows is found.
func TestRecordBeyondTheLimit(t *testing.T) {
	for _, step := range []int{1, 700, 5000} {
		w := open(t)
		pos := 3
		for _, data := range chunks("Q"+strings.Repeat("x", toyLimit+300)+"\nQnext\n", step) {
			w.send(client, pos, data)
			pos += len(data)
		}
		if got := w.records(); step < 5000 && (!slices.Equal(got, []string{"Qnext"}) || w.heard("odd oversize") != 1) {
			t.Errorf("in steps of %d: %d records, %d oversize", step, len(got), w.heard("odd oversize"))
		}
		if w.heard("lost 0") != 0 {
			t.Error("nothing is missing from the capture")
		}
		w.end()
	}
}

func chunks(s string, n int) (all []string) {
	for len(s) > n {
		all, s = append(all, s[:n]), s[n:]
	}
	return append(all, s)
}

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

// A hole that nobody looked at for long is given up all the same: what lies
// behind it is forgotten only where the receiver spoke since and did not take it.
func TestHoleOverALongSilence(t *testing.T) {
	w := open(t)
	w.send(server, 0, "")
	w.send(client, 8, "Qtwo\n")
	w.at.Clock += 5 * disbelieved // no tick meanwhile
	w.wait(second)
	w.expect("lost 5", "did Qtwo", "moved")
}
