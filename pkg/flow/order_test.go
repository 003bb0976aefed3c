package flow

import (
	"fmt"
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
