package main

import (
	"fmt"
	"io"

	"otsensor/pkg/ot"
	"otsensor/pkg/sensor"
)

// summary tells people what went through.
func summary(w io.Writer, s sensor.Stats) {
	fmt.Fprintf(w, "%d packets, %d conversations", s.Packets, s.Flow.Opened)
	for _, p := range ot.Protos() {
		if n := s.Flow.Decoded[p]; n > 0 {
			fmt.Fprintf(w, ", %d %s", n, p)
		}
	}
	fmt.Fprintln(w)
	if s.Flow.Gaps > 0 {
		fmt.Fprintf(w, "missing from the capture: %d bytes in %d gaps\n", s.Flow.GapBytes, s.Flow.Gaps)
	}
	if n := s.Loss.Filtered; n > 0 {
		fmt.Fprintf(w, "left out by the filter: %d packets; what was in them was not judged\n", n)
	}
	if s.Loss.TailCut > 0 {
		fmt.Fprintf(w, "the last %d bytes of the input held no whole packet\n", s.Loss.TailCut)
	}
}
