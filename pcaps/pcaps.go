// Package pcaps holds the recorded line that demonstrates the sensor, beside one folder of captures per case.
package pcaps

import (
	_ "embed" // the recorded line
	"time"
)

//go:embed line/line.pcap.gz
var line []byte

// Line is the recorded line: a pcap, compressed with gzip. line/README.md says
// who speaks in it and what happens when. Callers must not change it.
func Line() []byte { return line }

// lineQuietUntil is the second of packet time at which the quiet part of Line
// ends and before which the unknown laptop has sent nothing, in seconds since 1970.
const lineQuietUntil = 1795490598

// LineQuietUntil is when the quiet part of Line ends: learn up to here.
func LineQuietUntil() time.Time { return time.Unix(lineQuietUntil, 0).UTC() }
