package capture

import (
	"errors"
	"io"
)

// windowSize is how much of a file is held at once, bytes; no record that is
// read whole may be longer.
const windowSize = 1 << 20

// chunk is how much is read at once: little enough to be still in the
// processor's cache when it is looked at.
const chunk = 128 << 10

// window is a file seen through a buffer: records are looked at where the
// bytes were read to, without a copy.
type window struct {
	r       io.Reader
	buf     []byte
	at, end int   // the unread bytes are buf[at:end]
	base    int64 // offset of buf[0] in the file
	lost    int64 // bytes passed over in search of the end of a record that has none
	err     error // what ended r
}

// reset lets the window look at another file.
func (w *window) reset(r io.Reader) {
	if w.buf == nil {
		w.buf = make([]byte, windowSize)
	}
	*w = window{r: r, buf: w.buf}
}

// offset is where in the file the window stands.
func (w *window) offset() int64 { return w.base + int64(w.at) }

// peek gives the next n bytes, n ≤ windowSize, as a view until the next peek
// or skip. With fewer left it gives none and what ended the file, io.EOF at a
// cut record too.
func (w *window) peek(n int) ([]byte, error) {
	if w.end-w.at < n {
		if err := w.fill(n); err != nil {
			return nil, err
		}
	}
	return w.buf[w.at : w.at+n], nil
}

// fill reads until n bytes are there.
func (w *window) fill(n int) error {
	w.base += int64(w.at)
	w.end = copy(w.buf, w.buf[w.at:w.end])
	w.at = 0
	for idle := 0; w.end < n; {
		if w.err != nil {
			return w.err
		}
		got, err := w.r.Read(w.buf[w.end:min(max(n, w.end+chunk), len(w.buf))])
		w.end += got
		if idle++; got > 0 {
			idle = 0
		}
		switch {
		case errors.Is(err, io.ErrUnexpectedEOF): // gzip data that stops short: one byte, so that it shows between records too
			w.err, w.lost = io.EOF, w.lost+1
		case err != nil:
			w.err = err
		case idle > 100:
			w.err = io.ErrNoProgress
		}
	}
	return nil
}

// skip passes over n bytes, however many.
func (w *window) skip(n int) error {
	for got := 0; ; {
		step := min(n-got, w.end-w.at)
		w.at, got = w.at+step, got+step
		if got == n {
			return nil
		}
		if err := w.fill(1); err != nil {
			w.lost += int64(got)
			return err
		}
	}
}

// tail is how many bytes at the end of the file belong to no whole record.
func (w *window) tail() uint64 { return uint64(w.lost) + uint64(w.end-w.at) }
