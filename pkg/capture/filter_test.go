package capture

import (
	"bytes"
	"encoding/binary"
	"io"
	"strings"
	"testing"

	"otsensor/pkg/filter"
)

// expression parses a filter that has no mistake.
func expression(t testing.TB, text string) *filter.Filter {
	t.Helper()
	f, err := filter.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// A filter leaves frames of files out, counts them, and numbers of those left stay what they were.
func TestFilesThroughAFilter(t *testing.T) {
	const frames = 3 * mostLeftOut
	b := pcapHeader(binary.LittleEndian, 0xa1b2c3d4, 1)
	arp, other := make([]byte, 60), make([]byte, 60)
	arp[12], arp[13] = 8, 6
	for i := range frames {
		if i == 10 || i == frames-10 {
			b = pcapRecord(b, binary.LittleEndian, 1, 0, 60, arp)
		} else {
			b = pcapRecord(b, binary.LittleEndian, 1, 0, 60, other)
		}
	}
	f, err := OpenFiles([]string{"-"}, bytes.NewReader(b))
	if err != nil {
		t.Fatal(err)
	}
	f.Filter(expression(t, "arp"))
	batch, empty := NewBatch(100), 0
	var numbers []uint64
	for err = f.Fill(batch); err == nil; err = f.Fill(batch) {
		for _, p := range batch.Packets {
			numbers = append(numbers, p.Frame)
		}
		if len(batch.Packets) == 0 {
			empty++
		}
	}
	if err != io.EOF || empty == 0 || len(numbers) != 2 || numbers[0] != 11 || numbers[1] != frames-9 {
		t.Errorf("%v, %d empty, frames %v", err, empty, numbers)
	}
	if lost := f.Lost(); lost != (Loss{Received: 2, Filtered: frames - 2}) {
		t.Errorf("%+v", lost)
	}
}

// What a filter cannot be asked of a kind of frames ends the file with the reason.
func TestFilterThatDoesNotFitTheFrames(t *testing.T) {
	for _, c := range []struct {
		link       uint32
		text, want string
	}{{101, "ether host 00:1b:1b:01:02:03", "these frames have none"}, {105, "ip", "link type 105 cannot be filtered"}} {
		b := pcapRecord(pcapHeader(binary.LittleEndian, 0xa1b2c3d4, c.link), binary.LittleEndian, 1, 0, 20, make([]byte, 20))
		f, err := OpenFiles([]string{"-"}, bytes.NewReader(b))
		if err != nil {
			t.Fatal(err)
		}
		f.Filter(expression(t, c.text))
		if err := f.Fill(NewBatch(1)); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%q of link type %d: %v", c.text, c.link, err)
		}
	}
}
