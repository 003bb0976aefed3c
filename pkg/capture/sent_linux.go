package capture

import (
	"bytes"
	"os"
	"strconv"
)

// sentCounter follows how many frames an interface has sent, by the kernel's own
// count: a frame that another program sends past the queue of the interface is
// shown to no capture.
type sentCounter struct {
	file  *os.File // /proc/net/dev of the namespace it was opened in
	name  []byte   // with a colon behind it
	last  uint64
	total uint64 // since it was opened
	buf   []byte
}

func openSent(name string) (*sentCounter, error) {
	file, err := os.Open("/proc/thread-self/net/dev")
	if err != nil {
		return nil, err
	}
	c := &sentCounter{file: file, name: []byte(name + ":"), buf: make([]byte, 64<<10)}
	c.last = c.now()
	return c, nil
}

// look adds what was sent since the last look. An interface made anew counts from 0.
func (c *sentCounter) look() {
	now := c.now()
	if now < c.last {
		c.last = 0
	}
	c.total, c.last = c.total+now-c.last, now
}

// now is the kernel's counter, 0 where there is no such interface.
func (c *sentCounter) now() uint64 {
	n, _ := c.file.ReadAt(c.buf, 0)
	for line := range bytes.Lines(c.buf[:n]) {
		if of, ok := bytes.CutPrefix(bytes.TrimSpace(line), c.name); ok {
			return transmitted(bytes.Fields(of))
		}
	}
	return 0
}

// transmitted is the tenth column: eight of what was received, bytes sent, frames sent.
func transmitted(columns [][]byte) uint64 {
	if len(columns) < 10 {
		return 0
	}
	n, _ := strconv.ParseUint(string(columns[9]), 10, 64)
	return n
}
