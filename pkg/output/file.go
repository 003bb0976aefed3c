package output

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"syscall"
	"time"

	"otsensor/pkg/event"
)

// SyncEvery is how often Sync should be called. What was written survives the
// end of the process at once; a loss of power costs at most so much.
const SyncEvery = 500 * time.Millisecond

// File writes events as JSON lines to a file and rotates it by size:
// events.jsonl, events.jsonl.1 and so on.
//
// It owns the file's length: what a failed write left is cut off again, so that
// the file never holds a torn line. A record that could not be written is tried
// no more. Write is for one goroutine; Sync may be called from another.
type File struct {
	path  string
	max   int64 // bytes until the file is rotated
	keep  int   // rotated files kept beside it
	lines *lines

	mu     sync.Mutex
	f      *os.File // nil after an error: the next record opens it again
	size   int64    // up to the end of the last whole line
	torn   int64    // bytes behind it that an earlier run left
	dirty  bool     // bytes, or the file's name, may not be on the disk yet
	failed error    // what Sync has to tell
}

// OpenFile opens or makes the file; a torn last line of an earlier run is cut off.
func OpenFile(path string, maxBytes int64, keep int) (*File, error) {
	o := &File{path: path, max: maxBytes, keep: keep, lines: newLines()}
	if err := os.MkdirAll(filepath.Dir(path), 0o750); err != nil {
		return nil, err
	}
	if err := o.open(); err != nil {
		return nil, err
	}
	return o, nil
}

func (o *File) open() error {
	f, err := os.OpenFile(o.path, os.O_RDWR|os.O_CREATE|noFollow, 0o600)
	if errors.Is(err, syscall.ELOOP) {
		return fmt.Errorf("%s is a symbolic link: events could land anywhere; name the file itself", o.path)
	}
	if err != nil {
		return err
	}
	size, torn, err := claim(f)
	if err != nil {
		f.Close()
		return err
	}
	o.f, o.size, o.dirty = f, size, true
	o.torn += torn
	return nil
}

// Torn is how many bytes of a torn last line, of an earlier run, were cut off.
func (o *File) Torn() int64 { return o.torn }

// claim makes sure that the file is ours to cut and to write, and cuts a torn
// last line off.
func claim(f *os.File) (size, torn int64, err error) {
	info, err := f.Stat()
	if err != nil {
		return 0, 0, err
	}
	if !info.Mode().IsRegular() {
		return 0, 0, fmt.Errorf("%s is no regular file", f.Name())
	}
	if err := lock(f); err != nil {
		return 0, 0, fmt.Errorf("%s is being written by another sensor: %w", f.Name(), err)
	}
	if size, err = wholeLines(f, info.Size()); err != nil {
		return 0, 0, err
	}
	return size, info.Size() - size, f.Truncate(size)
}

// longestLine is more than any record takes.
const longestLine = 1 << 20

// wholeLines is the length of the file up to its last line end. A file that
// does not look like ours is refused, for its end would be cut off.
func wholeLines(f *os.File, end int64) (int64, error) {
	if end == 0 {
		return 0, nil
	}
	from := max(0, end-longestLine)
	tail := make([]byte, end-from)
	var first [1]byte
	if _, err := f.ReadAt(first[:], 0); err != nil {
		return 0, err
	}
	if _, err := f.ReadAt(tail, from); err != nil {
		return 0, err
	}
	for i := len(tail) - 1; first[0] == '{' && i >= 0; i-- {
		if tail[i] == '\n' {
			return from + int64(i) + 1, nil
		}
	}
	if from == 0 && (first[0] == '{' || len(bytes.Trim(tail, "\x00")) == 0) { // zeros are what a loss of power may leave
		return 0, nil
	}
	return 0, fmt.Errorf("%s holds something else than events: name another file, or move it away", f.Name())
}

// Write writes one record.
func (o *File) Write(e *event.Event) error {
	line, err := o.lines.of(e)
	if err == nil {
		o.mu.Lock()
		err = o.put(line)
		o.mu.Unlock()
	}
	if err != nil {
		return fmt.Errorf("event %s could not be written to %s: %w", e.ID, o.path, err)
	}
	return nil
}

// put writes a line where the last whole one ends.
func (o *File) put(line []byte) error {
	if o.f != nil && o.touched() {
		o.close()
	}
	if o.f == nil {
		if err := o.open(); err != nil {
			return err
		}
	}
	if o.size > 0 && o.size+int64(len(line)) > o.max {
		if err := o.rotate(); err != nil {
			return err
		}
	}
	if _, err := o.f.WriteAt(line, o.size); err != nil {
		o.f.Truncate(o.size) // if this fails too, the next record's open cuts
		o.close()
		return err
	}
	o.size += int64(len(line))
	o.dirty = true
	return nil
}

// touched reports whether somebody else cut, moved or removed the file.
func (o *File) touched() bool {
	ours, err := o.f.Stat()
	if err != nil || ours.Size() != o.size {
		return true
	}
	there, err := os.Lstat(o.path)
	return err != nil || !os.SameFile(ours, there)
}

// rotate begins a new file. When the old ones cannot be moved, the file grows
// on: a record counts for more than the size.
func (o *File) rotate() error {
	o.close()
	if err := o.shift(); err != nil {
		o.failed = fmt.Errorf("%s cannot be rotated: %w", o.path, err)
	}
	return o.open()
}

// shift moves .1 to .2 and so on, the last one over the oldest, and the file to .1.
func (o *File) shift() error {
	if o.keep == 0 {
		return os.Remove(o.path)
	}
	name := func(n int) string { return fmt.Sprintf("%s.%d", o.path, n) }
	for n := o.keep - 1; n >= 1; n-- {
		if err := os.Rename(name(n), name(n+1)); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	return os.Rename(o.path, name(1))
}

// Sync brings what was written to the disk. It also tells what went wrong with
// the file beside the writing of a record.
func (o *File) Sync() error {
	o.mu.Lock()
	f, dirty, err := o.f, o.dirty, o.failed
	o.dirty, o.failed = false, nil
	o.mu.Unlock()
	if !dirty || f == nil {
		return err
	}
	if serr := flush(f, o.path); serr != nil && !errors.Is(serr, os.ErrClosed) { // who closes, flushes
		o.mu.Lock()
		o.dirty = true
		o.mu.Unlock()
		err = errors.Join(err, serr)
	}
	return err
}

// flush brings a file's bytes and its name to the disk.
func flush(f *os.File, path string) error {
	if err := f.Sync(); err != nil {
		return err
	}
	dir, err := os.Open(filepath.Dir(path))
	if err != nil {
		return err
	}
	defer dir.Close()
	return dir.Sync()
}

func (o *File) close() {
	o.failed = errors.Join(o.failed, flush(o.f, o.path), o.f.Close())
	o.f = nil
}

// Close brings everything to the disk and closes the file.
func (o *File) Close() error {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.f != nil {
		o.close()
	}
	return o.failed
}
