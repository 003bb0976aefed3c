// Package output carries events out of the sensor.
package output

import (
	"fmt"
	"io"
	"os"
	"path/filepath"

	"otsensor/pkg/event"
)

// File writes events as JSON lines to a file and rotates it by size.
//
// It owns the file's length: a write that failed half way is cut off again,
// so that the file never holds a torn line. A record that could not be written
// is counted and tried no more.
type File struct {
	path    string
	max     int64 // bytes until the file is rotated
	keep    int   // rotated files kept beside it
	f       *os.File
	size    int64
	line    lineBuffer
	events  *event.Writer
	Written uint64
	Dropped uint64
}

// lineBuffer holds one record while it is encoded.
type lineBuffer struct{ b []byte }

func (l *lineBuffer) Write(p []byte) (int, error) { l.b = append(l.b, p...); return len(p), nil }

// OpenFile opens or makes the file; a torn last line of an earlier run is cut off.
func OpenFile(path string, maxBytes int64, keep int) (*File, error) {
	o := &File{path: path, max: maxBytes, keep: keep}
	o.events = event.NewWriter(&o.line)
	if err := os.MkdirAll(filepath.Dir(path), 0o750); err != nil {
		return nil, err
	}
	return o, o.open()
}

func (o *File) open() error {
	f, err := os.OpenFile(o.path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return err
	}
	size, err := wholeLines(f)
	if err == nil {
		err = f.Truncate(size)
	}
	if err != nil {
		f.Close()
		return err
	}
	o.f, o.size = f, size
	return nil
}

// longestLine is more than any record takes.
const longestLine = 1 << 20

// wholeLines is the length of the file up to its last line end.
func wholeLines(f *os.File) (int64, error) {
	end, err := f.Seek(0, io.SeekEnd)
	if err != nil || end == 0 {
		return 0, err
	}
	from := max(0, end-longestLine)
	tail := make([]byte, end-from)
	if _, err := f.ReadAt(tail, from); err != nil {
		return 0, err
	}
	for i := len(tail) - 1; i >= 0; i-- {
		if tail[i] == '\n' {
			return from + int64(i) + 1, nil
		}
	}
	return from, nil
}

// Write writes one record.
func (o *File) Write(e *event.Event) error {
	o.line.b = o.line.b[:0]
	err := o.events.Write(e)
	if err == nil && o.size > 0 && o.size+int64(len(o.line.b)) > o.max {
		err = o.rotate()
	}
	if err == nil {
		err = o.append(o.line.b)
	}
	if err != nil {
		o.Dropped++
		return fmt.Errorf("event %s could not be written to %s: %w", e.ID, o.path, err)
	}
	o.Written++
	return nil
}

// append writes a line where the last whole one ends.
func (o *File) append(line []byte) error {
	if o.f == nil {
		if err := o.open(); err != nil {
			return err
		}
	}
	n, err := o.f.WriteAt(line, o.size)
	if err != nil || n < len(line) {
		if cut := o.f.Truncate(o.size); cut != nil && err == nil {
			err = cut
		}
		if err == nil {
			err = io.ErrShortWrite
		}
		return err
	}
	o.size += int64(n)
	return nil
}

// rotate moves events.jsonl to events.jsonl.1, .1 to .2 and so on; the oldest goes.
func (o *File) rotate() error {
	if err := o.Close(); err != nil {
		return err
	}
	name := func(n int) string { return fmt.Sprintf("%s.%d", o.path, n) }
	os.Remove(name(o.keep))
	for n := o.keep - 1; n >= 1; n-- {
		if err := os.Rename(name(n), name(n+1)); err != nil && !os.IsNotExist(err) {
			return err
		}
	}
	if o.keep > 0 {
		if err := os.Rename(o.path, name(1)); err != nil {
			return err
		}
	} else if err := os.Remove(o.path); err != nil {
		return err
	}
	return o.open()
}

// Sync brings what was written to the disk.
func (o *File) Sync() error {
	if o.f == nil {
		return nil
	}
	return o.f.Sync()
}

// Close syncs and closes the file.
func (o *File) Close() error {
	if o.f == nil {
		return nil
	}
	err := o.f.Sync()
	if cerr := o.f.Close(); err == nil {
		err = cerr
	}
	o.f = nil
	return err
}
