package evidence

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"otsensor/pkg/capture"
	"otsensor/pkg/ot"
)

// A case is recorded whole from when it is asked for: what memory still holds
// of its hosts, then all they say, and of nobody else.
func TestWholeCase(t *testing.T) {
	p := newPlant(t, Options{})
	p.says(1, 99, 11, 10)
	p.says(1, 50, 51, 10) // strangers
	if !p.Follow("C-1", []ot.Endpoint{host(99)}) {
		t.Fatal("not recorded")
	}
	p.says(2, 11, 99, 20)
	p.says(2, 50, 11, 20) // 11 is not of the case
	p.Follow("C-1", []ot.Endpoint{host(99), host(11)})
	p.says(3, 50, 11, 30) // now it is
	p.Tick(begin + 4e9)
	p.stop()
	p.says(5, 99, 11, 40) // after its end
	told := p.Ended()
	if len(told) != 1 || len(p.Ended()) != 0 || p.Counts().CaseFiles != 1 || p.Counts().Followed != 0 {
		t.Fatalf("%+v %+v", told, p.Counts())
	}
	f := told[0]
	path := filepath.Join(p.o.Dir, f.File)
	data, err := os.ReadFile(path)
	sum := sha256.Sum256(data)
	if err != nil || f.File != "case-C-1-001.pcapng" || f.SHA256 != hex.EncodeToString(sum[:]) || f.Bytes != int64(len(data)) {
		t.Errorf("%+v, %v", f, err)
	}
	var lengths []int
	for _, x := range readAll(t, path) {
		lengths = append(lengths, len(x.Data)-42)
	}
	if !slices.Equal(lengths, []int{10, 20, 30}) || f.Frames != 3 || f.From != begin+1e9 || f.To != begin+3e9 {
		t.Errorf("frames %v, told %+v", lengths, f)
	}
}

func readAll(t *testing.T, path string) (all []capture.Packet) {
	t.Helper()
	src, err := capture.OpenFiles([]string{path}, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer src.Close()
	b := capture.NewBatch(1024)
	for err = src.Fill(b); err == nil; err = src.Fill(b) {
		for _, p := range b.Packets {
			p.Data = bytes.Clone(p.Data)
			all = append(all, p)
		}
	}
	return all
}

// Files of a case end when they are long, count as files of the folder, and
// the oldest go for the quota.
func TestWholeCaseRotatesWithinTheQuota(t *testing.T) {
	p := newPlant(t, Options{Quota: 80_000})
	p.Follow("C-1", []ot.Endpoint{host(99)})
	for i := range 200 {
		p.says(float64(i), 99, 11, 1000)
	}
	p.stop()
	var total int64
	for _, name := range entries(t, p.o.Dir) {
		info, err := os.Stat(filepath.Join(p.o.Dir, name))
		if err != nil {
			t.Fatal(err)
		}
		total += info.Size()
	}
	c, told := p.Counts(), p.Ended()
	if len(told) < 15 || c.CaseFiles != uint64(len(told)) || c.Removed == 0 || total > 80_000 || total < 40_000 {
		t.Errorf("%d files, %d bytes: %+v", len(told), total, c)
	}
	frames := uint64(0)
	for _, f := range told {
		frames += f.Frames
	}
	if frames != 200 {
		t.Errorf("%d frames of 200", frames)
	}
	next := newPlant(t, Options{Dir: p.o.Dir, Quota: 80_000})
	next.Follow("C-1", []ot.Endpoint{host(99)})
	next.says(1, 99, 11, 10)
	next.stop()
	if last, again := told[len(told)-1].File, next.Ended(); again[0].File <= last {
		t.Errorf("after %s comes %s", last, again[0].File)
	}
}

// Eight cases are recorded at one time, and only under a name that is no path.
func TestWholeCaseLimits(t *testing.T) {
	p := newPlant(t, Options{})
	for i := range MaxFollowed {
		if !p.Follow(fmt.Sprint("C-", i), nil) {
			t.Fatal(i)
		}
	}
	for _, name := range []string{"C-99", "", "../up", "a b", strings.Repeat("x", 41)} {
		if p.Follow(name, nil) {
			t.Errorf("%q is recorded", name)
		}
	}
	p.Follow("C-99", nil)
	if c := p.Counts(); c.Unfollowed != 5 || c.Stalled != 0 {
		t.Errorf("each case that is not recorded counts once: %+v", c)
	}
	p.Unfollow("C-3")
	if p.Follow("../up", nil) || !p.Follow("C-99", nil) || p.Counts().Followed != MaxFollowed {
		t.Error("a place that is free is not taken, or by anybody")
	}
}

// A case whose file cannot be written is counted as stalled until it can.
func TestWholeCaseStalls(t *testing.T) {
	p := newPlant(t, Options{})
	p.Follow("C-1", []ot.Endpoint{host(99)})
	if err := os.RemoveAll(p.o.Dir); err != nil {
		t.Fatal(err)
	}
	p.says(1, 99, 11, 10)
	if c := p.Counts(); c.Stalled != 1 || c.Failed != 1 {
		t.Errorf("%+v", c)
	}
	if err := os.MkdirAll(p.o.Dir, 0o750); err != nil {
		t.Fatal(err)
	}
	p.says(2, 99, 11, 10)
	p.stop()
	if c := p.Counts(); c.Stalled != 0 || c.CaseFiles != 1 {
		t.Errorf("%+v", c)
	}
}

// What a crash left of a case's file is kept up to its last whole block.
func TestCrashLeavesWholeBlocks(t *testing.T) {
	p := newPlant(t, Options{})
	p.Follow("C-1", []ot.Endpoint{host(99)})
	for i := range 5 {
		p.says(float64(i), 99, 11, 100)
	}
	p.Tick(begin + 9e9) // brings it to the file
	half, err := os.ReadFile(filepath.Join(p.o.Dir, "case-C-1-001.pcapng"+part))
	if err != nil {
		t.Fatal(err)
	}
	for cut := range len(half) + 1 {
		dir := t.TempDir()
		if err := os.WriteFile(filepath.Join(dir, "case-C-1-001.pcapng"+part), half[:cut], 0o600); err != nil {
			t.Fatal(err)
		}
		f, err := openFolder(dir, 1<<20, true)
		if err != nil {
			t.Fatal(err)
		}
		left := entries(t, dir)
		if len(left) != len(f.files) || slices.ContainsFunc(left, func(n string) bool { return strings.HasSuffix(n, part) }) {
			t.Fatalf("cut at %d: %v, %d in stock", cut, left, len(f.files))
		}
		for i, told := range f.mended {
			data, err := os.ReadFile(filepath.Join(dir, left[i]))
			sum := sha256.Sum256(data)
			if err != nil || told.File != left[i] || told.Case != "C-1" || !told.Cut || told.SHA256 != hex.EncodeToString(sum[:]) || told.Frames != uint64(len(readAll(t, filepath.Join(dir, left[i])))) {
				t.Fatalf("cut at %d: told %+v, %v", cut, told, err)
			}
		}
		if len(f.mended) != len(left) {
			t.Fatalf("cut at %d: %d told of %v", cut, len(f.mended), left)
		}
		if cut == len(half) && (len(left) != 1 || len(readAll(t, filepath.Join(dir, left[0]))) != 5) {
			t.Errorf("the whole file does not hold five frames: %v", left)
		}
	}
}

// A file that was kept for its time goes.
func TestFilesAreKeptForTheirTime(t *testing.T) {
	const day = int64(24 * time.Hour)
	p := newPlant(t, Options{KeepFor: 30 * day})
	p.raises(id, 1, 99, 11, p.says(1, 99, 11, 10))
	p.Tick(begin + 10e9)
	p.Tick(begin + 29*day)
	if n := len(entries(t, p.o.Dir)); n != 1 {
		t.Fatalf("%d files", n)
	}
	p.Tick(begin + 31*day)
	if n := len(entries(t, p.o.Dir)); n != 0 || p.Counts().Expired != 1 || p.Counts().Removed != 0 {
		t.Errorf("%d files: %+v", n, p.Counts())
	}
}
