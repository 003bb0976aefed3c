package main

import (
	"os"
	"strings"
	"testing"
)

// What was read before a file's damage is said to the end, and the damage after it.
func TestDamageCostsNothingThatWasRead(t *testing.T) {
	whole, err := os.ReadFile("../../pcaps/s7-plc-stop/capture.pcap")
	if err != nil {
		t.Fatal(err)
	}
	damaged := append(whole[:len(whole):len(whole)], strings.Repeat("\xff", 16)...) // a record longer than any
	for _, command := range []string{"replay", "decode", "assets"} {
		_, want, _ := call(t, whole, command, "-")
		code, got, errOut := call(t, damaged, command, "-")
		if want == "" || got != want || code != 1 || !strings.Contains(errOut, "damaged at byte") {
			t.Errorf("%s: exit %d, %d bytes instead of %d, %s", command, code, len(got), len(want), errOut)
		}
	}
}
