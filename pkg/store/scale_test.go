package store_test

import (
	"fmt"
	"path/filepath"
	"testing"

	"otsensor/pkg/store"
)

// BenchmarkEvents is what the store's goroutine takes for an event, from the
// queue to the disk; BenchmarkStart what a start takes for each event of cases
// that may go on.
func BenchmarkEvents(b *testing.B) {
	s, err := store.Open(filepath.Join(b.TempDir(), "store.db"), roomy)
	if err != nil {
		b.Fatal(err)
	}
	for n := 0; b.Loop(); n++ {
		s.Event(record(n, "closed"))
	}
	b.StopTimer()
	s.Close()
}

func BenchmarkStart(b *testing.B) {
	const events = 20_000
	path := filepath.Join(b.TempDir(), "store.db")
	s, err := store.Open(path, roomy)
	if err != nil {
		b.Fatal(err)
	}
	for n := range events {
		e := record(n, "closed")
		e.Playbook.Case = fmt.Sprint("C-", n/100)
		s.Event(e)
	}
	s.Close()
	for b.Loop() {
		if s, err = store.Open(path, roomy); err != nil {
			b.Fatal(err)
		}
		if all, err := s.OfCases(0, 1024); err != nil || len(all) != events {
			b.Fatal(len(all), err)
		}
		s.Close()
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/events, "ns/event")
}
