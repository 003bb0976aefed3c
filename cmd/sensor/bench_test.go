package main

import (
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
