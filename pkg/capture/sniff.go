package capture

import (
	"bufio"
	"compress/gzip"
	"fmt"
	"io"
	"strings"
)

// format reads the records of one file. next adds packets to a batch that is not
// full, one at least, in the memory they were read to, or gives what ends the file:
// io.EOF, at a cut record too.
type format interface{ next(b *Batch) error }

// others are files people hand over by mistake, by their first bytes, with
// what helps.
var others = []struct{ head, hint string }{
	{"\x1f\x8b", "gzip inside gzip; unpack it once"},
	{"\x28\xb5\x2f\xfd", "zstd; unpack it with: zstd -d"},
	{"\xfd7zX", "xz; unpack it with: xz -d"},
	{"BZh", "bzip2; unpack it with: bunzip2"},
	{"PK\x03\x04", "a zip archive; unpack it with: unzip"},
	{"snoo", "snoop; convert it with: editcap -F pcap"},
}

// unpack has the window look at a file, through at most one layer of gzip. What
// it gives, if anything, is to be closed when the file is left.
func unpack(r io.Reader, w *window) (io.Closer, error) {
	br := bufio.NewReaderSize(r, 16) // only to look: what is not packed is read past it
	w.reset(br)
	if head, err := br.Peek(2); err != nil || string(head) != "\x1f\x8b" {
		return nil, nil
	}
	z, err := gzip.NewReader(bufio.NewReaderSize(br, 64<<10))
	if err != nil {
		return nil, fmt.Errorf("%w: a gzip file with a damaged header", ErrFormat)
	}
	unpacked := newAhead(z)
	w.reset(unpacked)
	return unpacked, nil
}

// sniff tells the format by the first bytes.
func sniff(w *window) (format, error) {
	head, err := w.peek(4)
	if err == io.EOF {
		return nil, fmt.Errorf("%w: it is empty or too short for a header", ErrFormat)
	}
	if err != nil {
		return nil, err
	}
	if order, ok := pcapOrder(head); ok {
		return newPcap(w, order)
	}
	if string(head) == "\x0a\x0d\x0d\x0a" {
		return &pcapng{w: w}, nil
	}
	for _, o := range others {
		if strings.HasPrefix(string(head), o.head) {
			return nil, fmt.Errorf("%w: it is %s", ErrFormat, o.hint)
		}
	}
	return nil, fmt.Errorf("%w: it begins with % x; pcap and pcapng are read, also gzipped", ErrFormat, head)
}
