package protocols_test

import (
	"bytes"
	"testing"

	"otsensor/pkg/ot"
	"otsensor/pkg/protocols"
)

// TestDidWith: what is handed over in two parts is what it would be in one.
func TestDidWith(t *testing.T) {
	whole := bytes.Repeat([]byte("0123456789"), ot.ValueCap/10+3)
	for _, at := range []int{0, 1, 10, ot.ValueCap - 1, ot.ValueCap, ot.ValueCap + 1, len(whole)} {
		for _, end := range []int{at, min(at+1, len(whole)), len(whole)} {
			out := &protocols.Emit{Batch: &protocols.Output{}}
			out.Did(&ot.Transaction{Value: whole[:end]})
			out.DidWith(&ot.Transaction{Value: whole[:at]}, whole[at:end])
			one, two := out.Batch.At(0).Did.Value, out.Batch.At(1).Did.Value
			if !bytes.Equal(one, two) || (one == nil) != (two == nil) {
				t.Errorf("%d and %d bytes: %d of them; want %d", at, end-at, len(two), len(one))
			}
		}
	}
}
