package evidence

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"
)

// A file that people registered is removed neither for the quota nor for its
// age, and a replay puts no other content in its place; what is not held goes.
func TestHeldFilesStay(t *testing.T) {
	const day = int64(24 * time.Hour)
	dir := t.TempDir()
	name := id + ".pcapng"
	first := newPlant(t, Options{Dir: dir})
	first.raises(id, 1, 99, 11, first.says(1, 99, 11, 100))
	first.Rest()
	registered, err := os.ReadFile(filepath.Join(dir, name))
	if err != nil {
		t.Fatal(err)
	}
	p := newPlant(t, Options{Dir: dir, Quota: 4000, KeepFor: day, Held: []string{name, "../etc/passwd"}})
	same := p.raises(id, 1, 99, 11, p.says(1, 99, 11, 100))
	p.Rest()
	if c := same.Captures[0]; c.File != name {
		t.Errorf("the same content is %s now", c.File)
	}
	p.NewFile()
	other := p.raises(id, 1, 99, 11, p.says(1, 99, 11, 200))
	p.Rest()
	if c := other.Captures[0]; c.File != fmt.Sprintf("%s-%d.pcapng", id, MaxFiles+1) {
		t.Errorf("other content is %s", c.File)
	}
	p.NewFile()
	p.Tick(begin + 9e9) // from now on files have an age
	for n := range 10 {
		p.raises(fmt.Sprintf("%016x", n), float64(10+n), 99, 11, p.says(float64(10+n), 99, 11, 1000))
		p.Rest()
		p.NewFile()
	}
	p.Tick(begin + 300*day)
	if now, err := os.ReadFile(filepath.Join(dir, name)); err != nil || string(now) != string(registered) {
		t.Errorf("what was registered is another file: %v", err)
	}
	if left := entries(t, dir); len(left) != 1 || p.Counts().Removed == 0 || p.Counts().Expired == 0 {
		t.Errorf("%v is left, %+v", left, p.Counts())
	}
}

// Where everything is held and the folder is full, a new file is refused and counted.
func TestHeldFilesFillTheFolder(t *testing.T) {
	p := newPlant(t, Options{Quota: 1500})
	p.raises(id, 1, 99, 11, p.says(1, 99, 11, 1000))
	p.Rest()
	p.Hold(id + ".pcapng")
	p.NewFile()
	e := p.raises(fmt.Sprintf("%016x", 5), 2, 99, 11, p.says(2, 99, 11, 1000))
	p.Rest()
	if c := p.Counts(); c.Failed != 1 || len(entries(t, p.o.Dir)) != 1 || e.Captures[0].File != "" {
		t.Errorf("%+v, %v, %+v", c, entries(t, p.o.Dir), e.Captures)
	}
}
