package main

import (
	"bufio"
	"compress/gzip"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/google/gopacket"
	"github.com/google/gopacket/layers"
	"github.com/google/gopacket/pcapgo"
)

// wire is the mirror port: it takes frames with their times in any order and
// writes them in order, one file a day.
type wire struct {
	dir     string
	gzip    bool
	start   time.Time
	pending []frame
	order   uint64

	day   int // of the open file, from 1; 0 for none
	count int // frames in it
	file  *os.File
	buf   *bufio.Writer
	zip   *gzip.Writer
	pcap  *pcapgo.Writer
	names []string
}

// frame is one frame on its way into a file.
type frame struct {
	at    time.Time
	order uint64
	data  []byte
	act   *act
}

func (w *wire) put(at time.Time, data []byte, a *act) {
	w.order++
	w.pending = append(w.pending, frame{at, w.order, data, a})
}

// flush writes what lies before a time.
func (w *wire) flush(until time.Time) error {
	if len(w.pending) == 0 {
		return nil
	}
	slices.SortStableFunc(w.pending, func(a, b frame) int { return a.at.Compare(b.at) })
	n := 0
	for ; n < len(w.pending) && w.pending[n].at.Before(until); n++ {
		if err := w.write(&w.pending[n]); err != nil {
			return err
		}
	}
	w.pending = append(w.pending[:0], w.pending[n:]...)
	return nil
}

func (w *wire) write(f *frame) error {
	if day := 1 + int(f.at.Sub(w.start)/(24*time.Hour)); day != w.day {
		if err := w.turn(day); err != nil {
			return err
		}
	}
	w.count++
	if f.act != nil {
		f.act.saw(w.names[len(w.names)-1], w.count, f.at)
	}
	return w.pcap.WritePacket(gopacket.CaptureInfo{Timestamp: f.at, CaptureLength: len(f.data), Length: len(f.data)}, f.data)
}

// turn closes the file of a day and opens the next.
func (w *wire) turn(day int) error {
	if err := w.close(); err != nil {
		return err
	}
	name := fmt.Sprintf("day%02d.pcap", day)
	if w.gzip {
		name += ".gz"
	}
	f, err := os.Create(filepath.Join(w.dir, name))
	if err != nil {
		return err
	}
	w.day, w.count, w.file, w.names = day, 0, f, append(w.names, name)
	w.buf = bufio.NewWriterSize(f, 1<<18)
	var to io.Writer = w.buf
	if w.gzip {
		w.zip = gzip.NewWriter(w.buf)
		to = w.zip
	}
	w.pcap = pcapgo.NewWriterNanos(to)
	return w.pcap.WriteFileHeader(65535, layers.LinkTypeEthernet)
}

func (w *wire) close() error {
	if w.file == nil {
		return nil
	}
	if w.zip != nil {
		if err := w.zip.Close(); err != nil {
			return err
		}
	}
	if err := w.buf.Flush(); err != nil {
		return err
	}
	return w.file.Close()
}
