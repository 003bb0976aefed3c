package all_test

import (
	"testing"

	"otsensor/pkg/ot"
	"otsensor/pkg/protocols/protocoltest"
)

// BenchmarkDecoders plays the project's own captures of each main protocol to
// its decoder: nanoseconds and allocations a PDU. What is allocated is a new
// conversation's state, and a device's identity; that steady state allocates
// nothing is asserted by every decoder's conformance test.
func BenchmarkDecoders(b *testing.B) {
	for _, m := range mains {
		var sessions []*protocoltest.Session
		for _, name := range mainCaptures(b, nil, m.own) {
			sessions = append(sessions, record(b, m.row, name)...)
		}
		b.Run(m.row.Proto.String(), func(b *testing.B) {
			b.ReportAllocs()
			pdus := 0
			for b.Loop() {
				for _, s := range sessions {
					p := protocoltest.NewPlayer(m.row, *s)
					for _, st := range s.Steps {
						p.Do(st)
					}
					p.End()
					pdus += pdusIn(p.Seen())
					p.Forget()
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(max(pdus, 1)), "ns/PDU")
		})
	}
}

func pdusIn(obs []ot.Observation) (n int) {
	for i := range obs {
		if d := &obs[i].Did; obs[i].Kind == ot.Did {
			if d.Asked != 0 {
				n++
			}
			if d.Answered != 0 {
				n++
			}
		}
	}
	return n
}
