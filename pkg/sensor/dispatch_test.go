package sensor

import (
	"context"
	"fmt"
	"io"
	"strings"
	"testing"

	"otsensor/pkg/capture"
	"otsensor/pkg/ot"
	"otsensor/pkg/protocols/all"
)

// begin is when the tests' time begins, a whole multiple of ten seconds.
const begin = 1_700_000_000 * second

// tape is a source of files, each a list of packet times in seconds.
type tape struct {
	files [][]float64
	frame []byte
	wire  int // length on the wire; 0 means that of the frame
	file  int
	at    int
	count uint64
	loss  capture.Loss
}

// hello is an ARP request: who has 10.0.0.2, tell 10.0.0.1.
var hello = []byte{
	0xff, 0xff, 0xff, 0xff, 0xff, 0xff, // to all
	0x02, 0, 0, 0, 0, 0x01, // from
	0x08, 0x06, // ARP
	0, 1, 8, 0, 6, 4, // Ethernet and IPv4
	0, 1, // request
	0x02, 0, 0, 0, 0, 0x01, 10, 0, 0, 1, // sender
	0, 0, 0, 0, 0, 0, 10, 0, 0, 2, // target
}

// nobody is a frame that no room follows: an experimental ethertype cut short.
var nobody = hello[:13]

func (s *tape) Fill(b *capture.Batch) error {
	b.Reset()
	for s.file < len(s.files) && s.at == len(s.files[s.file]) {
		s.file, s.at = s.file+1, 0
	}
	if s.file == len(s.files) {
		return io.EOF
	}
	b.NewFile = s.at == 0
	for !b.Full() && s.at < len(s.files[s.file]) {
		s.count++
		data := b.Take(len(s.frame))
		copy(data, s.frame)
		b.Packets = append(b.Packets, capture.Packet{Frame: s.count, Time: begin + int64(s.files[s.file][s.at]*float64(second)), Data: data,
			WireLen: max(s.wire, len(data)), Link: capture.LinkEthernet})
		s.at++
	}
	return nil
}

func (s *tape) Lost() capture.Loss { return s.loss }
func (s *tape) Close() error       { return nil }

// play writes what the judge is told of time: ticks as seconds since begin with
// the time of the latest packet, "!" for a step back, "file" for a new file.
func play(t *testing.T, o Options, frame []byte, files ...[]float64) string {
	t.Helper()
	o.Table, o.Poison = all.Table(), true
	var told []string
	_, err := Run(context.Background(), &tape{files: files, frame: frame}, o, Judge{
		Observe: func(o *ot.Observation) {},
		NewFile: func(string) { told = append(told, "file") },
		Tick: func(t Tick) {
			text := fmt.Sprintf("%g", float64(t.At.Clock-begin)/float64(second))
			if t.LastPacket != 0 {
				text += fmt.Sprintf("(%g)", float64(t.LastPacket-begin)/float64(second))
			}
			if t.Stepped {
				text += "!"
			}
			told = append(told, text)
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	return strings.Join(told, " ")
}

// Time as the judge sees it: a tick when another second begins, before the
// packet that begins it; one more soon after the latest packet before a long
// silence; none for time that runs back a little; a step back never moves the
// clock back; a later file goes on where the earlier one ended. The last is
// that of the end. Batches and workers change nothing.
func TestClockAndTicks(t *testing.T) {
	for _, c := range []struct {
		name  string
		files [][]float64
		want  string
	}{
		{"one packet", [][]float64{{0}}, "file 0(0)"},
		{"within a second", [][]float64{{0, 0.5, 0.9}}, "file 0.9(0.9)"},
		{"every second", [][]float64{{0.5, 1, 1.5, 2.25}}, "file 1(0.5) 2.25(1.5) 2.25(2.25)"},
		{"a few seconds without packets", [][]float64{{0, 5}}, "file 5(0) 5(5)"},
		{"a long silence", [][]float64{{3, 100}}, "file 10(3) 100(3) 100(100)"},
		{"a long silence from a round second", [][]float64{{0, 1, 100}}, "file 1(0) 10(1) 100(1) 100(100)"},
		{"a little back", [][]float64{{5, 4, 5.5, 6}}, "file 6(5.5) 6(6)"},
		{"ten seconds back is no step", [][]float64{{20, 10, 21}}, "file 21(20) 21(21)"},
		{"a step back", [][]float64{{20, 9, 10, 11}}, "file 20(20)! 21(20) 22(21) 22(22)"},
		{"an hour back and on", [][]float64{{4000, 400, 401, 4002}}, "file 4000(4000)! 4001(4000) 4010(4001) 7602(4001) 7602(7602)"},
		{"two files in order", [][]float64{{0, 1}, {50, 51}}, "file 1(0) 1(1) file 51(50) 51(51)"},
		{"the later file first", [][]float64{{50, 51}, {0, 1}}, "file 51(50) 51(51) file 52(51) 52(52)"},
		{"the same file twice", [][]float64{{0, 1.5}, {0, 1.5}}, "file 1.5(0) 1.5(1.5) file 3(1.5) 3(3)"},
		{"a step back and a new file", [][]float64{{100, 50}, {60, 70}}, "file 100(100)! 100(100) file 110(100) 110(110)"},
	} {
		for _, o := range []Options{{Workers: 1, Batch: 1}, {Workers: 3, Batch: 2}, {Workers: 1, Batch: 64}} {
			if got := play(t, o, hello, c.files...); got != c.want {
				t.Errorf("%s, %d workers, batches of %d:\ngot  %s\nwant %s", c.name, o.Workers, o.Batch, got, c.want)
			}
		}
	}
}

// A file of nothing but frames that nobody follows ends like any other: an
// earlier time in the next is no step of the clock, and a step back within one is told.
func TestFramesNobodyFollows(t *testing.T) {
	for want, files := range map[string][][]float64{
		"file 50(50) file 50(50)":             {{50}, {0}},
		"file 50(50)! 51(50) 51(51)":          {{50, 0, 1}},
		"file 51(50) 51(51) file 51(51)":      {{50, 51}, {0}},
		"file 10(0) 60(0) 60(60) file 60(60)": {{0, 60}, {2}},
	} {
		if got := play(t, Options{Batch: 64}, nobody, files...); got != want {
			t.Errorf("%v: %s, want %s", files, got, want)
		}
	}
}
