package journal

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
)

// largest is the largest journal that is read.
const largest = 256 << 20

// Append writes decisions at the end of a journal and brings them to the disk;
// what it gives back was written. Two processes may append to one journal. A
// torn last line, left by a crash, was never acknowledged: it is cut off, and
// torn says how long it was. A journal that is not whole is left alone.
func Append(path string, all ...Entry) (written []Entry, torn int, err error) {
	for i := range all {
		if err := all[i].check(); err != nil {
			return nil, 0, err
		}
	}
	return write(path, func(io.Reader, uint64) ([]Entry, error) { return all, nil })
}

// write adds what is made of the journal as it stands, its lines and the number
// of the last, while nobody else can write.
func write(path string, make func(whole io.Reader, last uint64) ([]Entry, error)) (written []Entry, torn int, err error) {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE|noFollow, 0o600)
	if err != nil {
		return nil, 0, fmt.Errorf("cannot open the journal: %w", err)
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	if err := lock(f); err != nil {
		return nil, 0, fmt.Errorf("cannot lock the journal %s: %w", path, err)
	}
	data, err := io.ReadAll(io.LimitReader(f, largest))
	if err != nil {
		return nil, 0, err
	}
	whole := data[:bytes.LastIndexByte(data, '\n')+1]
	r, err := Verify(bytes.NewReader(whole))
	switch {
	case err != nil:
		return nil, 0, err
	case len(r.Problems) > 0:
		return nil, 0, fmt.Errorf("%s, %s; nothing was written", path, r.Problems[0])
	case r.Unchained > 0:
		return nil, 0, fmt.Errorf("%s holds lines without hashes; make a chained copy first: sensor journal chain %s > NEW", path, path)
	}
	all, err := make(bytes.NewReader(whole), r.Chain.Seq)
	if err != nil {
		return nil, 0, err
	}
	var out []byte
	for _, e := range all {
		e, line, err := r.Chain.Line(e)
		if err != nil {
			return nil, 0, err
		}
		written, out = append(written, e), append(out, line...)
	}
	if torn = len(data) - len(whole); torn > 0 {
		if err := f.Truncate(int64(len(whole))); err != nil {
			return nil, 0, err
		}
	}
	if _, err := f.WriteAt(out, int64(len(whole))); err != nil {
		return nil, torn, errors.Join(err, f.Truncate(int64(len(whole))))
	}
	return written, torn, flush(f, path)
}

// flush brings a file and its name to the disk.
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

// Follower reads what is added to a journal, as a running sensor does.
type Follower struct {
	path string
	at   int64
}

// Follow begins behind what is in a file now and gives that; the file need not exist yet.
func Follow(path string) (*Follower, *Journal, error) {
	f := &Follower{path: path}
	all, err := f.Next()
	j := &Journal{}
	for _, e := range all {
		j.Add(e)
	}
	return f, j, err
}

// Next gives the decisions added since, whole lines only.
func (f *Follower) Next() ([]Entry, error) {
	file, err := os.Open(f.path)
	if errors.Is(err, os.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	defer file.Close()
	data, err := io.ReadAll(io.NewSectionReader(file, f.at, largest))
	if err != nil {
		return nil, err
	}
	whole := data[:bytes.LastIndexByte(data, '\n')+1]
	f.at += int64(len(whole))
	j, err := Parse(bytes.NewReader(whole), f.path)
	return j.Entries, err
}
