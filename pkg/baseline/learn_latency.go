package baseline

import (
	"fmt"
	"math/bits"
	"strings"

	"otsensor/pkg/ot"
)

// Latency is how long answers take, nanoseconds: half of them, and 99 of a hundred, come within.
type Latency struct{ Half, Most int64 }

// delays counts answers by how long they took, in classes of half an octave.
type delays [delayClasses]uint32

const (
	delayBits    = 5  // the shortest class holds what has so many bits, in microseconds, and less
	delayClasses = 40 // the longest begins at 12 s
	delayLeast   = 100
)

// answered takes the time to one answer.
func (p *pair) answered(o *ot.Observation) {
	if !timedAnswer(o) {
		return
	}
	if p.delays == nil {
		p.delays = new(delays)
	}
	p.delays[delayClass(o.Did.Latency)]++
}

// timedAnswer reports whether an answer is known to have come at its time.
func timedAnswer(o *ot.Observation) bool {
	return o.Did.Status <= ot.Refused && o.Did.Latency >= 0 && o.Quality&(ot.Lossy|ot.OneSided|ot.Displaced) == 0
}

func delayClass(us int32) int {
	n := bits.Len32(uint32(us))
	if n < delayBits {
		return 0
	}
	return min(2*(n-delayBits)+int(us>>(n-2)&1), delayClasses-1)
}

// delayEnd is where a class ends, nanoseconds.
func delayEnd(class int) int64 {
	n := delayBits + class/2
	return 1000 * (int64(2+class%2+1) << (n - 2))
}

// latency is what the answers say, nothing while they are few.
func (d *delays) latency() (l Latency) {
	if d == nil {
		return l
	}
	all, sum := uint64(0), uint64(0)
	for _, n := range d {
		all += uint64(n)
	}
	if all < delayLeast {
		return l
	}
	for class, n := range d {
		if sum += uint64(n); l.Half == 0 && 2*sum >= all {
			l.Half = delayEnd(class)
		}
		if 100*sum >= 99*all {
			l.Most = delayEnd(class)
			break
		}
	}
	return l
}

// join keeps the longer of both.
func (l *Latency) join(o Latency) {
	l.Half, l.Most = max(l.Half, o.Half), max(l.Most, o.Most)
}

func putLatency(dst []byte, l Latency) []byte {
	return putSpan(append(putSpan(dst, l.Half), '/'), l.Most)
}

func readLatency(text string) (l Latency, err error) {
	half, most, found := strings.Cut(text, "/")
	if !found {
		return l, fmt.Errorf("%q is nothing like 2ms/9ms", text)
	}
	if l.Half, err = readSpan(half); err == nil {
		l.Most, err = readSpan(most)
	}
	return l, err
}
