package s7plus_test

import (
	"testing"

	pt "otsensor/pkg/protocols/protocoltest"
)

// BenchmarkCycle is one read of three variables with its answer.
func BenchmarkCycle(b *testing.B) {
	p := pt.NewPlayer(carrier(), pt.Session{})
	cycle := sessionSeed.Steps[4:6]
	round := func() {
		p.Do(cycle[0])
		p.Do(cycle[1])
		p.Forget()
	}
	for range 100 {
		round()
	}
	b.SetBytes(int64(len(cycle[0].Bytes) + len(cycle[1].Bytes)))
	b.ReportAllocs()
	b.ResetTimer()
	for range b.N {
		round()
	}
}
