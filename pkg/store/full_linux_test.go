package store_test

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"otsensor/pkg/store"
)

// smallDisk is a folder with little room.
func smallDisk(t *testing.T, bytes int) string {
	t.Helper()
	if os.Getuid() != 0 {
		t.Skip("a small file system needs root")
	}
	dir := t.TempDir()
	if err := unix.Mount("tmpfs", dir, "tmpfs", 0, fmt.Sprintf("size=%d", bytes)); err != nil {
		t.Skipf("no small file system here: %v", err)
	}
	t.Cleanup(func() { unix.Unmount(dir, unix.MNT_DETACH) })
	return dir
}

// On a full disk the store says so once and waits; when there is room again,
// everything that waited is written, and nothing is torn.
func TestFullDisk(t *testing.T) {
	dir := smallDisk(t, 2<<20)
	path, ballast := filepath.Join(dir, "store.db"), filepath.Join(dir, "ballast")
	said := make(chan error, 100)
	s := open(t, path, store.Options{MaxBytes: 1 << 30, Tell: func(err error) { said <- err }})
	for n := range 100 {
		s.Event(record(n, "closed"))
	}
	for s.Written() < 100 {
		time.Sleep(time.Millisecond)
	}
	os.WriteFile(ballast, make([]byte, 4<<20), 0o600) // as much as there is room for
	for n := range 1000 {
		s.Event(record(100+n, "closed"))
	}
	if err := <-said; err == nil || !strings.Contains(err.Error(), "the disk is full") {
		t.Errorf("said %v", err)
	}
	if c := s.Counts(); c.Failing == "" || c.Written > 1000 || c.Failed+c.Full != 0 {
		t.Errorf("%+v", c)
	}
	os.Remove(ballast)
	if err := <-said; err != nil {
		t.Errorf("said %v", err)
	}
	closed(t, s)
	if c := s.Counts(); c.Failing != "" || c.Written != c.Given {
		t.Errorf("%+v", c)
	}
	same(t, "events", ask(t, path, "SELECT count(*) FROM events"), "1100")
	whole(t, path)
}

// What is read from files ends with an error, for it can be read again.
func TestFullDiskOfAReplay(t *testing.T) {
	s := open(t, filepath.Join(smallDisk(t, 1<<20), "store.db"), roomy)
	for n := range 3000 {
		s.Event(record(n, "closed"))
	}
	if err := s.Close(); err == nil || !strings.Contains(err.Error(), "the disk is full") {
		t.Error(err)
	}
	if c := s.Counts(); c.Given != c.Written+c.Failed || c.Failed == 0 {
		t.Errorf("%+v", c)
	}
}

// A file that somebody moves away is not written any more, and said to be gone.
func TestMovedAway(t *testing.T) {
	path := filepath.Join(t.TempDir(), "store.db")
	said := make(chan error, 100)
	s := open(t, path, store.Options{MaxBytes: 1 << 30, Tell: func(err error) { said <- err }})
	os.Rename(path, path+".away")
	s.Event(record(1, "closed"))
	if err := <-said; err == nil || !strings.Contains(err.Error(), "was moved or removed; put it back") {
		t.Errorf("said %v", err)
	}
	os.Rename(path+".away", path)
	if err := <-said; err != nil {
		t.Errorf("said %v", err)
	}
	closed(t, s)
	same(t, "events", ask(t, path, "SELECT count(*) FROM events"), "1")
}

// Where there is no room even to begin, the file is not to blame.
func TestFullDiskAtTheBeginning(t *testing.T) {
	dir := smallDisk(t, 1<<20)
	os.WriteFile(filepath.Join(dir, "ballast"), bytes.Repeat([]byte("x"), 2<<20), 0o600)
	if s, err := store.Open(filepath.Join(dir, "store.db"), roomy); s != nil || !store.Unusable(err) || !strings.Contains(err.Error(), "the disk is full") {
		t.Errorf("%v", err)
	}
	if _, err := store.Open(filepath.Join(dir, "ballast"), roomy); err == nil || store.Unusable(err) {
		t.Errorf("another file: %v", err)
	}
}
