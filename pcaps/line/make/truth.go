package main

import (
	"compress/gzip"
	"encoding/csv"
	"fmt"
	"io"
	"log"
	"os"
	"path/filepath"
	"time"

	"github.com/google/gopacket/pcapgo"
)

// frameOf is one captured frame: what truth.csv needs of it.
type frameOf struct {
	at     time.Time
	laptop bool
}

// finish compresses the capture and writes the frames of each act.
func (d dirs) finish(spans []span, quietEnd time.Time) error {
	frames, err := readFrames(d.bin("line.pcap"))
	if err != nil {
		return err
	}
	if err := compress(d.bin("line.pcap"), filepath.Join(d.out, "line.pcap.gz")); err != nil {
		return err
	}
	log.Printf("%d frames, quiet until %d", len(frames), quietEnd.Unix())
	return d.truth(frames, spans)
}

func readFrames(file string) ([]frameOf, error) {
	f, err := os.Open(file)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	r, err := pcapgo.NewReader(f)
	if err != nil {
		return nil, err
	}
	var frames []frameOf
	for {
		data, ci, err := r.ReadPacketData()
		if err == io.EOF {
			return frames, nil
		}
		if err != nil {
			return nil, err
		}
		frames = append(frames, frameOf{ci.Timestamp, ofLaptop(data)})
	}
}

// ofLaptop reports whether the laptop's MAC sent or gets the frame.
func ofLaptop(data []byte) bool {
	mac := "\x3c\x58\xc2\x10\x00\x99"
	return len(data) >= 12 && (string(data[:6]) == mac || string(data[6:12]) == mac)
}

// truth writes one row for each act: its first and last frame of the laptop.
func (d dirs) truth(frames []frameOf, spans []span) error {
	f, err := os.Create(filepath.Join(d.out, "truth.csv"))
	if err != nil {
		return err
	}
	w := csv.NewWriter(f)
	w.Write([]string{"act", "first_frame", "last_frame", "start_epoch", "end_epoch", "source", "target", "incident_types"})
	for _, s := range spans {
		first, last := -1, -1
		for i, fr := range frames {
			if !fr.laptop || fr.at.Before(s.from) || fr.at.After(s.to.Add(500*time.Millisecond)) {
				continue
			}
			if first < 0 {
				first = i
			}
			last = i
		}
		if first < 0 {
			return fmt.Errorf("act %s left no frame", s.name)
		}
		w.Write([]string{s.name, fmt.Sprint(first + 1), fmt.Sprint(last + 1), epoch(frames[first].at), epoch(frames[last].at), laptop, s.target, s.want})
	}
	w.Flush()
	if err := w.Error(); err != nil {
		return err
	}
	return f.Close()
}

func epoch(t time.Time) string { return fmt.Sprintf("%d.%06d", t.Unix(), t.Nanosecond()/1000) }

func compress(from, to string) error {
	in, err := os.ReadFile(from)
	if err != nil {
		return err
	}
	out, err := os.Create(to)
	if err != nil {
		return err
	}
	z, err := gzip.NewWriterLevel(out, gzip.BestCompression)
	if err != nil {
		return err
	}
	if _, err := z.Write(in); err != nil {
		return err
	}
	if err := z.Close(); err != nil {
		return err
	}
	return out.Close()
}
