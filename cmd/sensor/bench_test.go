package main

import (
	"context"
	"fmt"
	"strings"
	"testing"
)

// Bench prints every stage of a replay, each dearer than nothing, and says on what it ran.
func TestBench(t *testing.T) {
	out, _ := must(t, "bench", "../../pcaps/modbus-quiet-polls/capture.pcap")
	for _, want := range []string{"packets,", "read the file", "decode frames", "decode protocols", "rules ", "of one processor", "two workers"} {
		if !strings.Contains(out, want) {
			t.Errorf("%q is not in\n%s", want, out)
		}
	}
	if code, _, errOut := call(t, nil, "bench", "-"); code != 2 || !strings.Contains(errOut, "name files") {
		t.Errorf("standard input: exit %d: %s", code, errOut)
	}
}

// BenchmarkReplay is a whole replay of the recorded line, with a baseline and all
// rules, on one worker and on two, and BenchmarkStart what is done before the
// first packet. Larger captures are measured with the subcommand.
func BenchmarkReplay(b *testing.B) {
	capture, baseline := line(b)
	for _, workers := range []int{1, 2} {
		b.Run(fmt.Sprint("workers=", workers), func(b *testing.B) {
			m := bench{ctx: context.Background(), files: []string{capture}, pipe: pipeFlags{workers: workers}}
			var err error
			if m.watch, err = (&judgeFlags{baseline: baseline}).options(m.pipe.options().Table); err != nil {
				b.Fatal(err)
			}
			b.ReportAllocs()
			for b.Loop() {
				if _, err := m.once(m.whole); err != nil {
					b.Fatal(err)
				}
			}
			if _, err := m.once(m.read); err != nil {
				b.Fatal(err)
			}
			b.SetBytes(int64(m.bytes))
			b.ReportMetric(float64(m.packets)*float64(b.N)/b.Elapsed().Seconds(), "packets/s")
		})
	}
}

func BenchmarkStart(b *testing.B) {
	table := new(pipeFlags).options().Table
	for b.Loop() {
		if _, err := new(judgeFlags).options(table); err != nil {
			b.Fatal(err)
		}
	}
}
