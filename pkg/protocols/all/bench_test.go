package all_test

import (
	"testing"

	"otsensor/pkg/ot"
	"otsensor/pkg/protocols"
	"otsensor/pkg/protocols/enip"
	"otsensor/pkg/protocols/modbus"
	"otsensor/pkg/protocols/protocoltest"
	"otsensor/pkg/protocols/s7comm"
)

// timed are the forms of the main protocols that are measured, each on the
// project's own captures of it.
var timed = []struct {
	name string
	row  protocols.Protocol
	own  []string
}{
	{"modbus", modbus.Protocol(), []string{"modbus-quiet-polls", "modbus-all-functions", "modbus-other"}},
	{"enip", enip.Protocol(), []string{"enip-explicit", "enip-quiet-tags", "enip-tags"}},
	{"cip", enip.Protocol(), []string{"cip-attributes-quiet", "cip-pccc-read", "cip-write-burst"}},
	{"cip-io", enip.Protocol(), []string{"enip-io-late", "enip-io-idle"}},
	{"s7comm", s7comm.Protocol(), []string{"s7-quiet-day", "s7-read-write", "s7-mass-read"}},
	{"s7plus", s7comm.Protocol(), []string{"s7plus-quiet", "s7plus-engineering", "s7plus-v1"}},
}

// BenchmarkDecoders plays them to their decoders, over and over in the same
// conversations: nanoseconds a PDU. What is allocated is a device's identity;
// that steady state allocates nothing is asserted by every decoder's conformance test.
func BenchmarkDecoders(b *testing.B) {
	for _, m := range timed {
		var sessions []*protocoltest.Session
		for _, name := range mainCaptures(b, nil, m.own) {
			sessions = append(sessions, record(b, m.row, name)...)
		}
		var players []*protocoltest.Player
		for _, s := range sessions {
			players = append(players, protocoltest.NewPlayer(m.row, *s))
		}
		b.Run(m.name, func(b *testing.B) {
			b.ReportAllocs()
			pdus := 0
			for b.Loop() {
				for i, p := range players {
					for _, st := range sessions[i].Steps {
						p.Do(st)
					}
					pdus += pdusIn(sessions[i], p.Seen())
					p.Forget()
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(max(pdus, 1)), "ns/PDU")
		})
	}
}

// pdusIn counts requests and answers, and datagrams where most are not told.
func pdusIn(s *protocoltest.Session, obs []ot.Observation) (n int) {
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
	if s.Datagram {
		n = max(n, len(s.Steps))
	}
	return n
}
