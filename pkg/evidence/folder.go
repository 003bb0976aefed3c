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
	now     int64  // sensor clock, the age of what is written from now on
	removed uint64 // for the quota
	expired uint64 // for their age
	mends   bool   // what a crash left of cases' files is kept
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
func openFolder(dir string, quota int64, mend bool) (*folder, error) {
	if err := os.MkdirAll(dir, 0o750); err != nil {
		return nil, fmt.Errorf("no folder for evidence: %w", err)
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, fmt.Errorf("no folder for evidence: %w", err)
	}
	f := &folder{dir: dir, quota: quota, mends: mend}
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

// expire removes files that were written before a time.
func (f *folder) expire(before int64) {
	for len(f.files) > 0 && f.files[0].mtime != 0 && f.files[0].mtime < before {
		name := f.files[0].name
		if os.Remove(filepath.Join(f.dir, name)) == nil {
			f.expired++
		}
		f.forget(name)
	}
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

// room removes the oldest files until size bytes more fit.
func (f *folder) room(size int64) {
	for len(f.files) > 0 && f.total+size > f.quota {
		name := f.files[0].name
		if os.Remove(filepath.Join(f.dir, name)) == nil {
			f.removed++
		}
		f.forget(name)
	}
}

// write makes a file of what fill writes and gives its SHA-256 and its size. A
// file is there whole or not at all.
func (f *folder) write(name string, fill func(w io.Writer) error) (sum string, size int64, err error) {
	path := filepath.Join(f.dir, name)
	defer os.Remove(path + part) // after a rename it is gone
	if sum, size, err = f.fill(path+part, fill); err != nil {
		return "", 0, err
	}
	if size > f.quota {
		return "", 0, fmt.Errorf("%s: %d bytes of evidence, and the quota is %d", name, size, f.quota)
	}
	f.forget(name)
	f.room(size)
	if err := os.Rename(path+part, path); err != nil {
		return "", 0, err
	}
	f.add(stored{name, size, f.now})
	return sum, size, nil
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
