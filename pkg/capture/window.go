package capture

import (
	"errors"
	"io"
)

// windowSize is the longest record that is read whole, bytes.
const windowSize = 1 << 20

// How much is read at once, bytes: what the batch before took, at first a chunk,
// and some to spare. What is read beyond a batch has to be moved to the next.
const (
	chunk    = 32 << 10
	spare    = 4 << 10
	readMost = 256 << 10
)

// window is a file seen through a buffer: records are looked at where the bytes
// were read to, without a copy. While a batch is filled the buffer is its memory,
// and the frames stay in it.
type window struct {
	r       io.Reader
	buf     []byte
	kept    int    // the batch's bytes are buf[:kept]
	at, end int    // the unread bytes are buf[at:end]
	base    int64  // offset of buf[0] in the file
	own     []byte // the buffer between batches
	usual   int    // bytes the latest batch took, not more than are read at once
	lost    int64  // bytes passed over in search of the end of a record that has none
	err     error  // what ended r
}

// reset lets the window look at another file.
func (w *window) reset(r io.Reader) { *w = window{r: r, buf: w.buf, own: w.own, usual: chunk} }

// enter moves the window into a batch's memory; leave moves it out again, with
// what belongs to the next batch.
func (w *window) enter(b *Batch) { w.move(b.arena[:cap(b.arena)]) }

func (w *window) leave(b *Batch) {
	if b.arena = w.buf[:w.kept]; w.kept > 0 {
		w.usual = min(w.kept, readMost)
	}
	w.move(w.own)
	w.own = w.buf
}

// move goes on in another buffer, or a larger one than that.
func (w *window) move(buf []byte) {
	unread := w.unread()
	if len(buf) < len(unread)+chunk {
		buf = make([]byte, len(unread)+2*chunk)
	}
	w.base += int64(w.at)
	w.buf, w.kept, w.at, w.end = buf, 0, 0, copy(buf, unread)
}

// offset is where in the file the window stands.
func (w *window) offset() int64 { return w.base + int64(w.at) }

// peek gives the next n bytes, n ≤ windowSize. With fewer left it gives none and
// what ended the file, io.EOF at a cut record too.
func (w *window) peek(n int) ([]byte, error) {
	if w.end-w.at < n {
		if err := w.fill(n); err != nil {
			return nil, err
		}
	}
	return w.buf[w.at : w.at+n], nil
}

// unread is what was read and not taken.
func (w *window) unread() []byte { return w.buf[w.at:w.end] }

// keep takes n bytes that stay with the batch.
func (w *window) keep(n int) {
	w.at += n
	w.kept = w.at
}

// fill reads until n bytes are there. They come to lie behind what is kept; where
// there is no room, in another buffer, twice as large.
func (w *window) fill(n int) error {
	if w.at > w.kept {
		w.base += int64(w.at - w.kept)
		w.at, w.end = w.kept, w.kept+copy(w.buf[w.kept:], w.buf[w.at:w.end])
	}
	for idle := 0; w.end-w.at < n; {
		if w.err != nil {
			return w.err
		}
		if w.end == len(w.buf) {
			w.move(make([]byte, 2*len(w.buf)))
		}
		got, err := w.r.Read(w.buf[w.end:min(max(w.end, w.usual)+spare, len(w.buf))])
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
