package protocols_test

import (
	"testing"

	"otsensor/pkg/ot"
	"otsensor/pkg/protocols"
)

// TestAnswersFromBefore: in a conversation that began before the capture, answers
// may belong to requests that were not shown, until one has met its request.
func TestAnswersFromBefore(t *testing.T) {
	out := &protocols.Emit{Conv: &ot.Conv{}, Batch: &protocols.Output{}, Quality: ot.Midstream}
	var open protocols.Open
	open.Ask(1, ot.Modbus, out)
	if _, verdict := open.Take(2, nil, out); verdict != protocols.NoMatch || !open.Before(out) {
		t.Errorf("an answer to what was asked before: %v, from before: %v", verdict, open.Before(out))
	}
	if _, verdict := open.Take(1, nil, out); verdict != protocols.Fits || open.Before(out) {
		t.Errorf("an answer that meets its request: %v, later ones from before: %v", verdict, open.Before(out))
	}
	if out.Quality = 0; new(protocols.Open).Before(out) {
		t.Error("nothing was asked before a conversation that was seen to begin")
	}
}

// TestRoomForMany: what asked for many things lends its room to what asks for
// many again, and not to what asks for one and may wait for long.
func TestRoomForMany(t *testing.T) {
	budget := protocols.Budget{Left: 1 << 20}
	out := &protocols.Emit{Conv: &ot.Conv{}, Batch: &protocols.Output{}, Budget: &budget}
	var open protocols.Open
	ask := func(key uint64, things int) *protocols.Request {
		out.Seq++
		r := open.Ask(key, ot.CIP, out)
		for n := range things {
			r.Add(&ot.Transaction{Code: uint32(n)}, out)
		}
		for n, txn := range r.Txns {
			if txn.Code != uint32(n) {
				t.Fatalf("transaction %d became %d", n, txn.Code)
			}
		}
		if len(r.Txns) != things {
			t.Fatalf("%d of %d things", len(r.Txns), things)
		}
		return r
	}
	answer := func(key uint64) {
		out.Seq++
		open.Take(key, nil, out)
	}
	ask(1, 40)
	answer(1)
	if r := ask(2, 1); cap(r.Txns) != 1 {
		t.Errorf("a request for one thing holds room for %d", cap(r.Txns))
	}
	answer(2)
	for _, things := range []int{3, 40, 1, 64} {
		ask(3, things) // so that there is room for both of each
		ask(4, things)
		answer(3)
		answer(4)
	}
	if n := testing.AllocsPerRun(100, func() {
		for _, things := range []int{3, 40, 1, 64} {
			ask(3, things)
			ask(4, things)
			answer(3)
			answer(4)
		}
	}); n > 0 {
		t.Errorf("%v allocations a round", n)
	}
	if budget.Left != 1<<20 {
		t.Errorf("%d bytes of the budget are left", budget.Left)
	}
}

// TestSecondAnswers: a second answer is told from a copy of the first, for the
// last few requests, until the same is asked anew.
func TestSecondAnswers(t *testing.T) {
	out := &protocols.Emit{Conv: &ot.Conv{}, Batch: &protocols.Output{}, Budget: &protocols.Budget{Left: 1 << 20}}
	var open protocols.Open
	again := func(key uint64, answer string, want protocols.Verdict) {
		t.Helper()
		if _, verdict := open.Take(key, []byte(answer), out); verdict != want {
			t.Errorf("an answer %q to %d: %v, want %v", answer, key, verdict, want)
		}
	}
	for key := uint64(1); key <= 9; key++ {
		out.Seq++
		open.Ask(key, ot.Modbus, out)
		again(key, "first", protocols.Fits)
	}
	again(9, "first", protocols.Again)
	again(9, "other", protocols.Other)
	again(2, "other", protocols.Other)
	again(1, "first", protocols.NoMatch) // eight are remembered
	open.Ask(2, ot.Modbus, out)
	again(2, "other", protocols.Fits)
	again(2, "other", protocols.Again)
	again(2, "first", protocols.Other)
}
