package modbus

import (
	"testing"
	"time"

	"otsensor/pkg/protocols/protocoltest"
)

// BenchmarkPDUs measures a request and its answer of every kind.
func BenchmarkPDUs(b *testing.B) {
	for _, name := range []string{
		"read coils", "read holding registers", "write single coil", "write multiple registers", "read file record",
		"read and write registers", "diagnostics: echo", "exception", "umas: reserve, stop, monitor",
		"three ADUs in a segment, one over two", "datagrams", "rtu", "ascii",
	} {
		b.Run(name, func(b *testing.B) {
			seed := seedNamed(b, name)
			p := protocoltest.NewPlayer(Protocol(), seed)
			late := protocoltest.Wait(20 * time.Second)
			b.ReportAllocs()
			for b.Loop() {
				for _, st := range seed.Steps {
					p.Do(st)
				}
				p.Do(late)
				p.Forget()
			}
		})
	}
}

func seedNamed(tb testing.TB, name string) protocoltest.Session {
	for _, s := range seeds {
		if s.Name == name {
			return s
		}
	}
	tb.Fatalf("no seed is named %q", name)
	return protocoltest.Session{}
}
