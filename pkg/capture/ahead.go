package capture

import "io"

// ahead reads on a goroutine of its own, a few chunks ahead of who takes them:
// unpacking gzip costs more than reading the packets in it.
type ahead struct {
	full chan piece
	free chan []byte
	stop chan struct{}

	now  []byte // the chunk that is taken from, whole
	rest []byte // what of it is left
	err  error
}

// piece is a chunk that was read, and how reading it ended.
type piece struct {
	data []byte
	err  error
}

// chunksAhead bounds how far ahead is read, in chunks of so many bytes.
const (
	chunksAhead = 4
	chunkAhead  = 128 << 10
)

func newAhead(r io.Reader) *ahead {
	a := &ahead{full: make(chan piece, chunksAhead), free: make(chan []byte, chunksAhead), stop: make(chan struct{})}
	for range chunksAhead {
		a.free <- make([]byte, chunkAhead)
	}
	go a.fill(r)
	return a
}

// fill reads until the reader ends or nobody takes any more.
func (a *ahead) fill(r io.Reader) {
	for {
		var buf []byte
		select {
		case buf = <-a.free:
		case <-a.stop:
			return
		}
		n, err := r.Read(buf)
		a.full <- piece{buf[:n], err} // there is room for all chunks
		if err != nil {
			return
		}
	}
}

func (a *ahead) Read(b []byte) (int, error) {
	if len(a.rest) == 0 {
		if a.err != nil {
			return 0, a.err
		}
		if a.now != nil {
			a.free <- a.now[:cap(a.now)]
		}
		p := <-a.full
		a.now, a.rest, a.err = p.data, p.data, p.err
	}
	n := copy(b, a.rest)
	if a.rest = a.rest[n:]; len(a.rest) == 0 && a.err != nil {
		return n, a.err
	}
	return n, nil
}

// Close lets the goroutine end, at once or with the read it is in.
func (a *ahead) Close() error {
	close(a.stop)
	return nil
}
