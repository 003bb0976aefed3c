package capture

import (
	"testing"
	"time"
)

// BenchmarkLive takes frames out of the kernel's queue; one op is one frame of
// 60 bytes, sending not counted.
func BenchmarkLive(b *testing.B) {
	const round = 4096
	r := newRig(b, true)
	live, send := r.open(r.own, onSpan), r.sender()
	batch := NewBatch(round / 4)
	b.ReportAllocs()
	b.ResetTimer()
	for n := 0; n < b.N; n += round {
		b.StopTimer()
		for i := range round {
			send(numbered(i))
		}
		time.Sleep(20 * time.Millisecond) // frames on their way between the interfaces
		b.StartTimer()
		for got := 0; got < round; got += len(batch.Packets) {
			if err := live.Fill(batch); err != nil || len(batch.Packets) != round/4 {
				b.Fatalf("%d frames, %v, lost %+v", len(batch.Packets), err, live.Lost())
			}
		}
	}
}
