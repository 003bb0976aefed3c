package store_test

import (
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"otsensor/pkg/store"
)

// A loss of power may leave the last write torn at any byte, or room for it
// that holds zeros: the store opens, what was acknowledged before is there, and
// of what was torn all is there or nothing.
func TestLossOfPower(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "store.db")
	s := open(t, path, store.Options{MaxBytes: 1 << 30})
	defer s.Close()
	put := func(from, to int) (file, log []byte) {
		for n := from; n <= to; n++ {
			s.Event(record(n, "open"))
		}
		for s.Written() < int64(to) {
			time.Sleep(time.Millisecond)
		}
		file, _ = os.ReadFile(path)
		log, _ = os.ReadFile(path + "-wal")
		return file, log
	}
	_, acknowledged := put(1, 20)
	file, log := put(21, 23)
	if len(log) <= len(acknowledged) {
		t.Fatalf("the log went from %d to %d bytes: nothing to tear", len(acknowledged), len(log))
	}
	step := 997
	if testing.Short() {
		step = 9973
	}
	const frame = 4096 + 24
	cuts := []int{len(log)}
	for at := len(acknowledged); at < len(log); at += step {
		cuts = append(cuts, at, at+frame-(at-len(acknowledged))%frame, at+frame-(at-len(acknowledged))%frame-1)
	}
	left := filepath.Join(dir, "left.db")
	torn := 0
	for i, cut := range cuts {
		cut = min(cut, len(log))
		tail := make([]byte, (i%2)*(len(log)-cut)) // zeros in its place, every other time
		os.Remove(left + "-shm")
		if err := os.WriteFile(left, file, 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(left+"-wal", append(append([]byte(nil), log[:cut]...), tail...), 0o600); err != nil {
			t.Fatal(err)
		}
		again, err := store.Open(left, store.Options{MaxBytes: 1 << 30})
		if err != nil {
			t.Fatalf("cut at %d of %d to %d: %v", cut, len(acknowledged), len(log), err)
		}
		if !again.Unclean() {
			t.Error("not said that the sensor before did not end")
		}
		closed(t, again)
		whole(t, left)
		n, _ := strconv.Atoi(ask(t, left, "SELECT count(*) FROM events")[0])
		if n < 20 || n > 23 || strings.Join(ask(t, left, "SELECT count(*) FROM events WHERE seq <= 20"), "") != "20" {
			t.Fatalf("cut at %d: %d events are left", cut, n)
		}
		if n < 23 {
			torn++
		}
	}
	if torn < 3 {
		t.Errorf("only %d of %d cuts tore anything", torn, len(cuts))
	}
}

// A file that a loss of power left with zeros keeps no sensor from watching.
func TestAFileOfZeros(t *testing.T) {
	path := filepath.Join(t.TempDir(), "store.db")
	if err := os.WriteFile(path, make([]byte, 8192), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := store.Open(path, store.Options{MaxBytes: 1 << 30}); !store.Unusable(err) || !strings.Contains(err.Error(), "move it away") {
		t.Errorf("%v", err)
	}
}
