package capture

import (
	"io"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// BenchmarkLive captures frames of 60 bytes that come as fast as they can be
// sent. One op is one frame; what it costs the capture is reader-ns/op, the
// processor time of the thread that fills batches.
func BenchmarkLive(b *testing.B) {
	r := newRig(b, true)
	live, s := r.open(r.own, onSpan), r.newStorm()
	used := make(chan time.Duration)
	go r.in(r.own, func() error {
		began := threadTime()
		for batch := NewBatch(1024); live.Fill(batch) != io.EOF; {
		}
		used <- threadTime() - began
		return nil
	})
	b.ReportAllocs()
	b.ResetTimer()
	s.send(0, b.N, 0)
	b.StopTimer()
	time.Sleep(10 * blockAge)
	live.Close()
	lost := live.Lost()
	if lost.Received != uint64(b.N) {
		b.Errorf("sent %d, %+v", b.N, lost)
	}
	b.ReportMetric(float64(<-used)/float64(b.N), "reader-ns/op")
	b.ReportMetric(float64(lost.Kernel+lost.Residual)/float64(b.N), "lost/op")
}

// threadTime is the processor time this thread has used.
func threadTime() time.Duration {
	var u unix.Rusage
	unix.Getrusage(unix.RUSAGE_THREAD, &u)
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
