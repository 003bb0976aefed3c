package flow

import (
	"fmt"
	"slices"
	"testing"

	"otsensor/pkg/ot"
	"otsensor/pkg/packet"
)

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

// A mirror may show an answer before its request: it waits for it. Where the
// request does not come, it was lost, and the answer is in doubt; so is what
// follows, which no longer waits, until everything acknowledged was shown.
func TestAnswerShownBeforeItsRequest(t *testing.T) {
	w := open(t)
	w.send(server, 0, "A0\n", ack(6))
	w.expect()
	w.send(client, 3, "Q1\n", ack(0))
	w.sure(true)
	w.expect("did Q1", "did A0")

	w.send(server, 3, "A2\n", ack(9))
	w.wait(holeAge / 2)
	w.expect()
	w.wait(2 * holeAge)
	w.sure(false)
	w.expect("did A2")
	w.send(server, 6, "A3\n", ack(12))
	w.sure(false)
	w.expect("did A3")
	w.send(client, 6, "Q2\nQ3\n")
	w.expect("did Q2", "did Q3")
	w.send(server, 9, "A4\n", ack(12))
	w.expect("did A4")
	w.send(server, 12, "A5\n", ack(15))
	w.expect()
	w.end()
}

// sure checks whether the latest transaction is beyond doubt.
func (w *wire) sure(want bool) {
	w.t.Helper()
	if len(w.obs) == 0 {
		w.t.Fatal("nothing was said")
	}
	if last := w.obs[len(w.obs)-1]; last.Kind != ot.Did || (last.Quality&ot.Lossy == 0) != want {
		w.t.Errorf("%v with quality %d", last.Kind, last.Quality)
	}
}

// Both directions may wait at a time: what each answers was shown by then.
func TestBothDirectionsWait(t *testing.T) {
	w := open(t)
	w.send(server, 3, "A1\n", ack(9)) // the last of four comes first
	w.send(client, 6, "Q2\n", ack(3)) // then the third
	w.send(server, 0, "A0\n", ack(6)) // the second
	w.expect()
	w.send(client, 3, "Q1\n", ack(0))
	w.expect("did Q1", "did A0", "did Q2", "did A1")
	w.end()
}

// A request that was sent again acknowledges the answer that waits for it.
func TestEachWaitsForTheOther(t *testing.T) {
	w := open(t)
	w.send(server, 0, "A0\n", ack(6))
	w.send(client, 3, "Q1\n", ack(3))
	w.expect("did Q1", "did A0")
	w.end()
}

// What waits is bounded: where there is no room it goes on, in doubt.
func TestWaitingIsBounded(t *testing.T) {
	w := open(t)
	for i := range maxSegments + 1 {
		w.send(server, 3*i, "A0\n", ack(6))
	}
	if n := len(w.records()); n != maxSegments+1 {
		t.Errorf("%d answers delivered", n)
	}
	w.sure(false)
	w.end()
}

// The SYN-ACK was lost: where the server's bytes begin is said by who opened,
// so that its first answer, when it is lost too, is missed.
func TestServerBeginsWhereTheClientSays(t *testing.T) {
	w := newWire(t)
	w.send(client, -1, "", flags(packet.SYN))
	w.send(client, 0, "", ack(0))
	w.send(client, 0, "Q0\n", ack(0))
	w.send(server, 3, "A1\n", ack(3))
	w.expect("tried", "opened", "spoke", "did Q0")
	w.wait(3 * holeAge)
	w.expect("lost 3", "did A1")
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
