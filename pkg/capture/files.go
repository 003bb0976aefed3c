package capture

import (
	"bufio"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"os"
	"sort"
	"sync/atomic"
)

// readAhead is how much of a file is read at once, bytes.
const readAhead = 1 << 20

// Files is a Source over several captures, in the order given.
type Files struct {
	names []string
	stdin io.Reader
	next  int // of names

	open  io.Closer
	cur   format
	fresh bool // the next packet is the first of its file
	frame uint64
	loss  Loss
	marks []mark

	read  atomic.Int64
	total int64 // bytes of all files, 0 when one has no size
}

// mark says which file begins after a frame number.
type mark struct {
	before uint64
	name   string
}

// format reads the records of one file.
type format interface {
	// next adds one packet to the batch. io.EOF ends the file; cut bytes at its
	// end are counted in loss.
	next(b *Batch, loss *Loss) error
}

// OpenFiles makes a Source of captures; "-" is stdin. Files are opened one by
// one as they are reached, but the first is opened at once, so that a wrong
// name shows before any work.
func OpenFiles(names []string, stdin io.Reader) (*Files, error) {
	f := &Files{names: names, stdin: stdin}
	for _, n := range names {
		if n == "-" {
			f.total = 0
			break
		}
		info, err := os.Stat(n)
		if err != nil {
			return nil, fmt.Errorf("cannot read %s: %w", n, errors.Unwrap(err))
		}
		if info.IsDir() {
			return nil, fmt.Errorf("%s is a folder; name the captures in it", n)
		}
		f.total += info.Size()
	}
	if err := f.advance(); err != nil && !errors.Is(err, io.EOF) {
		return nil, err
	}
	return f, nil
}

// advance opens the next file.
func (f *Files) advance() error {
	if f.next >= len(f.names) {
		return io.EOF
	}
	name := f.names[f.next]
	f.next++
	var raw io.Reader = f.stdin
	f.open = nil
	if name != "-" {
		file, err := os.Open(name)
		if err != nil {
			return fmt.Errorf("cannot read %s: %w", name, errors.Unwrap(err))
		}
		raw, f.open = file, file
	}
	cur, err := sniff(&countingReader{raw, &f.read})
	if err != nil {
		if f.open != nil {
			f.open.Close()
		}
		return fmt.Errorf("%s: %w", name, err)
	}
	f.cur, f.fresh = cur, true
	f.marks = append(f.marks, mark{f.frame, name})
	return nil
}

type countingReader struct {
	r io.Reader
	n *atomic.Int64
}

func (c *countingReader) Read(b []byte) (int, error) {
	n, err := c.r.Read(b)
	c.n.Add(int64(n))
	return n, err
}

// sniff tells the format by the first bytes, through at most one layer of gzip.
func sniff(r io.Reader) (format, error) {
	br := bufio.NewReaderSize(r, readAhead)
	head, err := br.Peek(4)
	if err != nil {
		if errors.Is(err, io.EOF) {
			return nil, fmt.Errorf("%w: the file is empty or holds less than a header", ErrFormat)
		}
		return nil, err
	}
	if head[0] == 0x1f && head[1] == 0x8b {
		z, err := gzip.NewReader(br)
		if err != nil {
			return nil, fmt.Errorf("%w: damaged gzip header", ErrFormat)
		}
		br = bufio.NewReaderSize(z, readAhead)
		if head, err = br.Peek(4); err != nil {
			return nil, fmt.Errorf("%w: nothing inside the gzip file", ErrFormat)
		}
	}
	switch {
	case isPcap(head):
		return newPcap(br)
	case string(head) == "\x0a\x0d\x0d\x0a":
		return &pcapng{r: br}, nil
	}
	return nil, fmt.Errorf("%w: it begins with % x; pcap and pcapng, also gzipped, are read", ErrFormat, head)
}

// Fill fills a batch from the present file.
func (f *Files) Fill(b *Batch) error {
	for {
		if f.cur == nil {
			if err := f.advance(); err != nil {
				return err
			}
		}
		b.File, b.NewFile = f.marks[len(f.marks)-1].name, f.fresh
		err := f.fill(b)
		if len(b.Packets) > 0 {
			f.fresh = false
		}
		if err != nil {
			f.cur = nil
			if f.open != nil {
				f.open.Close()
			}
			if !errors.Is(err, io.EOF) {
				return fmt.Errorf("%s: %w", b.File, err)
			}
		}
		if len(b.Packets) > 0 {
			return nil
		}
	}
}

func (f *Files) fill(b *Batch) error {
	for !b.Full() {
		if err := f.cur.next(b, &f.loss); err != nil {
			return err
		}
		f.frame++
		p := &b.Packets[len(b.Packets)-1]
		p.Frame = f.frame
		f.loss.Received++
		if p.WireLen > len(p.Data) {
			f.loss.Cut++
		}
	}
	return nil
}

// Where gives the file a running frame number is from, and its number there.
func (f *Files) Where(frame uint64) (file string, local uint64) {
	if frame == 0 || len(f.marks) == 0 {
		return "", frame
	}
	i := sort.Search(len(f.marks), func(i int) bool { return f.marks[i].before >= frame }) - 1
	return f.marks[i].name, frame - f.marks[i].before
}

// Lost counts what the files could not give.
func (f *Files) Lost() Loss { return f.loss }

// Progress gives the bytes read so far and in all; total is 0 when it is not
// known. It may be called from another goroutine.
func (f *Files) Progress() (read, total int64) { return f.read.Load(), f.total }

// Close closes the present file.
func (f *Files) Close() error {
	if f.open != nil && f.cur != nil {
		return f.open.Close()
	}
	return nil
}
