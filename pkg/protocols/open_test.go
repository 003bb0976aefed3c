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
