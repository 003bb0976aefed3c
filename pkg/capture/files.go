package capture

import (
	"errors"
	"fmt"
	"io"
	"os"
	"sort"
	"sync"
	"sync/atomic"

	"otsensor/pkg/filter"
)

// Files is a Source over several captures, in the order given. Frame numbers
// run on over all of them. A file that is damaged ends with an error, and the
// next Fill goes on with the next file.
type Files struct {
	names []string
	stdin io.Reader
	next  int // of names

	open     io.Closer // of the present file; nil for stdin
	unpacked io.Closer // what unpacks it; nil where nothing is packed
	cur      format    // nil between files
	filter   *frames   // nil: all are taken
	window   window
	fresh    bool    // the next packet is the first of its file
	faults   []error // why files could not be read to their end; told at the end of the input
	ended    bool    // how the input ended was told
	frame    uint64
	loss     Loss

	mu    sync.Mutex
	marks []mark // in the order of frames; Where may be asked by another goroutine

	read  atomic.Int64
	total int64 // bytes of all files, 0 when one has no size
}

// mark says which file begins after a frame number.
type mark struct {
	before uint64
	name   string
}

// OpenFiles makes a Source of captures: pcap and pcapng, also gzipped; "-" is
// stdin. Files are opened one by one as they are reached, but the first at
// once, and all are looked for, so that a wrong name shows before any work.
func OpenFiles(names []string, stdin io.Reader) (*Files, error) {
	f := &Files{names: names, stdin: stdin}
	if err := f.size(); err != nil {
		return nil, err
	}
	if err := f.advance(); err != nil && err != io.EOF {
		return nil, err
	}
	return f, nil
}

// size looks for all files and adds up their lengths.
func (f *Files) size() error {
	known := true
	for _, name := range f.names {
		if name == "-" {
			known = false
			continue
		}
		info, err := os.Stat(name)
		if err != nil {
			return unreadable(name, err)
		}
		if info.IsDir() {
			return fmt.Errorf("%s is a folder; name the captures in it", name)
		}
		known = known && info.Mode().IsRegular()
		f.total += info.Size()
	}
	if !known {
		f.total = 0
	}
	return nil
}

func unreadable(name string, err error) error {
	var path *os.PathError
	if errors.As(err, &path) {
		err = path.Err
	}
	return fmt.Errorf("cannot read %s: %w", name, err)
}

// advance opens the next file; io.EOF when there is none.
func (f *Files) advance() error {
	if f.next >= len(f.names) {
		return io.EOF
	}
	name := f.names[f.next]
	f.next++
	raw := f.stdin
	if name != "-" {
		file, err := os.Open(name)
		if err != nil {
			return unreadable(name, err)
		}
		raw, f.open = file, file
	}
	var cur format
	var err error
	if f.unpacked, err = unpack(&countingReader{raw, &f.read}, &f.window); err == nil {
		cur, err = sniff(&f.window)
	}
	if err != nil {
		f.Close()
		return fmt.Errorf("%s: %w", name, err)
	}
	f.cur, f.fresh = cur, true
	f.mu.Lock()
	f.marks = append(f.marks, mark{f.frame, name})
	f.mu.Unlock()
	return nil
}

// countingReader counts for the progress of reading, before decompression.
type countingReader struct {
	r io.Reader
	n *atomic.Int64
}

func (c *countingReader) Read(b []byte) (int, error) {
	n, err := c.r.Read(b)
	c.n.Add(int64(n))
	return n, err
}

// Filter leaves out what a filter does not take, from now on; nil takes all.
// Frame numbers go on counting what is left out.
func (f *Files) Filter(expr *filter.Filter) {
	if f.filter = nil; expr != nil {
		f.filter = &frames{expr: expr, machines: map[LinkType]*filter.Machine{}}
	}
}

// mostLeftOut is how many frames in a row a filter may leave out before Fill
// returns with what it has, were it nothing: its caller may want to stop.
const mostLeftOut = 1 << 16

// Fill fills a batch from the present file. A file that cannot be read to its
// end does not keep the others from being read: Fill tells of all such files
// together, when everything else was handed out.
func (f *Files) Fill(b *Batch) error {
	b.Reset()
	f.window.enter(b)
	defer f.window.leave(b)
	for looked := f.frame; len(b.Packets) == 0 && f.frame-looked < mostLeftOut; {
		if f.cur == nil {
			switch err := f.advance(); {
			case err == io.EOF:
				return f.verdict()
			case err != nil:
				f.faults = append(f.faults, err)
				continue
			}
		}
		f.fill(b)
	}
	return nil
}

// verdict is how the input ended: with faults, without a single packet, or well.
func (f *Files) verdict() error {
	told := f.ended
	f.ended = true
	switch {
	case told:
	case len(f.faults) > 0:
		return errors.Join(f.faults...)
	case f.frame == 0 && len(f.names) > 0:
		return fmt.Errorf("%s: %w: there is no whole packet in it; was it stopped at once, or filtered too hard?", f.names[len(f.names)-1], ErrFormat)
	}
	return io.EOF
}

// fill adds packets of the present file until the batch is full or the file ends,
// or until a filter has left out all that was read.
func (f *Files) fill(b *Batch) {
	b.File = f.names[f.next-1]
	for !b.Full() {
		had := len(b.Packets)
		err := f.cur.next(b)
		b.taken = f.window.kept
		if misfit := f.take(b, had); misfit != nil {
			err = misfit
		}
		if err != nil {
			f.end(err)
			break
		}
		if len(b.Packets) == 0 {
			f.window.kept, b.taken = 0, 0 // nothing lies there
			return
		}
	}
	if len(b.Packets) > 0 {
		b.NewFile, f.fresh = f.fresh, false
	}
}

// take numbers and counts the packets behind the first ones, and closes the gaps
// that a filter leaves.
func (f *Files) take(b *Batch, had int) error {
	more, n := b.Packets[had:], 0
	b.Packets = b.Packets[:had]
	for i := range more {
		p := &more[i]
		f.frame++
		p.Frame = f.frame
		if f.filter != nil {
			takes, err := f.filter.takes(p)
			if err != nil {
				return err
			}
			if !takes {
				f.loss.Filtered++
				continue
			}
			more[n] = *p
		}
		n++
		if p.WireLen > len(p.Data) {
			f.loss.Cut++
		}
	}
	b.Packets = b.Packets[:had+n]
	f.loss.Received += uint64(n)
	return nil
}

// end closes the present file and remembers anything but its end.
func (f *Files) end(err error) {
	if err == io.EOF {
		f.loss.TailCut += f.window.tail()
	} else {
		f.faults = append(f.faults, fmt.Errorf("%s: %w", f.names[f.next-1], err))
	}
	f.Close()
}

// Where gives the file a running frame number is from, and its number there.
func (f *Files) Where(frame uint64) (file string, local uint64) {
	f.mu.Lock()
	defer f.mu.Unlock()
	after := sort.Search(len(f.marks), func(i int) bool { return f.marks[i].before >= frame })
	if after == 0 {
		return "", frame
	}
	m := f.marks[after-1]
	return m.name, frame - m.before
}

// Lost counts what the files could not give.
func (f *Files) Lost() Loss { return f.loss }

// Progress gives the bytes read so far and in all; total is 0 when it is not
// known. It may be called from another goroutine.
func (f *Files) Progress() (read, total int64) { return f.read.Load(), f.total }

// Close closes the present file.
func (f *Files) Close() error {
	file := f.open
	if f.unpacked != nil {
		f.unpacked.Close()
	}
	f.open, f.unpacked, f.cur = nil, nil, nil
	if file == nil {
		return nil
	}
	return file.Close()
}
