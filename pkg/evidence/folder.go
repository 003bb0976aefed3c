package evidence

import (
	"bufio"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

// folder is where files lie: no more than quota bytes of them, the oldest go.
// It touches only files that have its own kind of name.
type folder struct {
	dir     string
	quota   int64
	files   []stored // oldest first
	total   int64
	now     int64           // sensor clock, the age of what is written from now on
	removed uint64          // for the quota
	expired uint64          // for their age
	held    map[string]bool // in somebody's custody: neither removed nor replaced
	mends   bool            // what a crash left of cases' files is kept
	mended  []CaseFile
}

type stored struct {
	name  string
	size  int64
	mtime int64
}

// part ends the name of a file that is being written.
const part = ".part"

var ours = regexp.MustCompile(`^([0-9a-f]{16}(-[0-9]+)?|case-[0-9A-Za-z-]+-[0-9]{3,})\.pcapng(\.part)?$`)

// openFolder makes the folder when it is not there, takes stock of it, and
// clears away what a power cut left half written; of a case's file it keeps
// what is whole, when it is to be mended.
func openFolder(dir string, quota int64, mend bool, held ...string) (*folder, error) {
	if err := os.MkdirAll(dir, 0o750); err != nil {
		return nil, fmt.Errorf("no folder for evidence: %w", err)
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, fmt.Errorf("no folder for evidence: %w", err)
	}
	f := &folder{dir: dir, quota: quota, mends: mend, held: map[string]bool{}}
	f.hold(held...)
	for _, e := range entries {
		info, err := e.Info()
		if err != nil || !info.Mode().IsRegular() || !ours.MatchString(e.Name()) {
			continue
		}
		name, half := strings.CutSuffix(e.Name(), part)
		if half && !f.left(name) {
			continue
		}
		if info, err = os.Lstat(filepath.Join(dir, name)); err == nil {
			f.add(stored{name, info.Size(), info.ModTime().UnixNano()})
		}
	}
	slices.SortStableFunc(f.files, func(a, b stored) int { return int(min(max(a.mtime-b.mtime, -1), 1)) })
	f.room(0)
	return f, nil
}

// left deals with a file that a crash left half written: what is whole of a
// case's file is kept under its name, another is removed.
func (f *folder) left(name string) (kept bool) {
	path := filepath.Join(f.dir, name)
	if f.mends && strings.HasPrefix(name, "case-") {
		return f.mendCase(path, name)
	}
	os.Remove(path + part)
	return false
}

// expire removes files that were written before a time, save those held.
func (f *folder) expire(before int64) {
	for {
		i := slices.IndexFunc(f.files, func(s stored) bool { return s.mtime != 0 && !f.held[s.name] })
		if i < 0 || f.files[i].mtime >= before {
			return
		}
		if f.remove(i) {
			f.expired++
		}
	}
}

// remove takes a file off the disk and off the list.
func (f *folder) remove(i int) bool {
	name := f.files[i].name
	gone := os.Remove(filepath.Join(f.dir, name)) == nil
	f.forget(name)
	return gone
}

func (f *folder) add(s stored) {
	f.files = append(f.files, s)
	f.total += s.size
}

// forget takes a file that is gone, or will be another, off the list.
func (f *folder) forget(name string) {
	i := slices.IndexFunc(f.files, func(s stored) bool { return s.name == name })
	if i >= 0 {
		f.total -= f.files[i].size
		f.files = slices.Delete(f.files, i, i+1)
	}
}

// room removes the oldest files until size bytes more fit; false when what is
// held leaves no room.
func (f *folder) room(size int64) bool {
	for f.total+size > f.quota {
		i := slices.IndexFunc(f.files, func(s stored) bool { return !f.held[s.name] })
		if i < 0 {
			return false
		}
		if f.remove(i) {
			f.removed++
		}
	}
	return true
}

// write makes a file of what fill writes and gives its name, its SHA-256 and
// its size. A file is there whole or not at all. One that is held is not
// replaced by another content: the new file gets another name.
func (f *folder) write(name string, fill func(w io.Writer) error) (as, sum string, size int64, err error) {
	half := filepath.Join(f.dir, name) + part
	defer os.Remove(half) // after a rename it is gone
	if sum, size, err = f.fill(half, fill); err != nil {
		return "", "", 0, err
	}
	as, there := f.nameFor(name, sum)
	if there {
		return as, sum, size, nil
	}
	f.forget(as)
	if !f.room(size) {
		return "", "", 0, fmt.Errorf("%s: no room for %d bytes of evidence within the quota of %d", name, size, f.quota)
	}
	if err := os.Rename(half, filepath.Join(f.dir, as)); err != nil {
		return "", "", 0, err
	}
	f.add(stored{as, size, f.now})
	return as, sum, size, nil
}

func (f *folder) fill(path string, fill func(w io.Writer) error) (sum string, size int64, err error) {
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o640)
	if err != nil {
		return "", 0, err
	}
	hash := sha256.New()
	out := bufio.NewWriterSize(io.MultiWriter(file, hash), 64<<10)
	if err = fill(out); err == nil {
		err = out.Flush()
	}
	if err == nil {
		size, err = file.Seek(0, io.SeekCurrent)
	}
	if bad := file.Close(); err == nil {
		err = bad
	}
	return hex.EncodeToString(hash.Sum(nil)), size, err
}
