package evidence

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"otsensor/pkg/event"
)

// The oldest files go when the folder is full; what is not ours stays.
func TestQuota(t *testing.T) {
	dir := t.TempDir()
	ours := func(n int) string { return fmt.Sprintf("%016x.pcapng", n) }
	for i, name := range []string{ours(3), ours(2), ours(1), "notes.txt", ours(9) + part} {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, make([]byte, 1000), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Chtimes(path, time.Time{}, time.Unix(int64(1_700_000_000+i), 0)); err != nil {
			t.Fatal(err)
		}
	}
	p := newPlant(t, Options{Dir: dir, Quota: 2500})
	if d := cmp.Diff([]string{ours(1), ours(2), "notes.txt"}, entries(t, dir)); d != "" {
		t.Fatalf("begun with %s", d)
	}
	e := p.raises(fmt.Sprintf("%016x", 5), 1, 99, 11, p.says(1, 99, 11, 1000))
	p.Rest()
	if d := cmp.Diff([]string{ours(1), ours(5), "notes.txt"}, entries(t, dir)); d != "" || p.Counts().Removed != 2 || len(p.frames(e)) != 1 {
		t.Errorf("%+v %s", p.Counts(), d)
	}
}

// The same event of another replay takes the place of its file.
func TestSameEventAgain(t *testing.T) {
	dir := t.TempDir()
	for range 3 {
		p := newPlant(t, Options{Dir: dir})
		e := p.raises(id, 1, 99, 11, p.says(1, 99, 11, 10))
		p.Rest()
		if len(p.frames(e)) != 1 || len(p.folder.files) != 1 || p.folder.total != int64(p.Counts().Bytes) {
			t.Fatalf("%+v %+v", p.folder.files, p.Counts())
		}
	}
}

// failing has a recorder cut for one event, which then says that nothing could
// be kept.
func failing(t *testing.T, p *plant) {
	t.Helper()
	e := p.raises(id, 1, 99, 11, p.says(1, 99, 11, 1400))
	p.Rest()
	if d := cmp.Diff([]event.Capture{{}}, e.Captures); d != "" || p.Counts().Failed != 1 || p.Counts().Files != 0 {
		t.Errorf("%+v %s", p.Counts(), d)
	}
}

func TestFolderGone(t *testing.T) {
	p := newPlant(t, Options{})
	if err := os.RemoveAll(p.o.Dir); err != nil {
		t.Fatal(err)
	}
	failing(t, p)
}

func TestFileAboveTheQuota(t *testing.T) {
	p := newPlant(t, Options{Quota: 1000})
	failing(t, p)
	if left := entries(t, p.o.Dir); len(left) != 0 {
		t.Errorf("left behind: %v", left)
	}
}

func TestNoFolder(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := New(Options{Dir: file}); err == nil {
		t.Error("a file is taken for a folder")
	}
}
