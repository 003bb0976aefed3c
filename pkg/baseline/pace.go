package baseline

import "slices"

// pace tells what comes at an even pace, as machines poll and say that they
// live, from what people and recipes do. It looks at gaps in a row: a sample of
// every other one makes a cycle of several acts look even.
type pace struct {
	at        int64
	gaps      [paceGaps]int64
	n         uint8
	even, odd uint32 // stretches of so many gaps that were, and that were not
}

const (
	paceGaps = 16
	pollMost = 5 * minute // what comes evenly and more seldom is a recipe, and no poll
)

// went takes a sighting. A gap over a hole in the capture says nothing.
func (p *pace) went(now, hole int64) {
	before := p.at
	p.at = max(now, before)
	if before == 0 || before < hole || now < before {
		return
	}
	p.gaps[p.n] = now - before
	if p.n++; p.n < paceGaps {
		return
	}
	p.n = 0
	slices.Sort(p.gaps[:])
	median := p.gaps[paceGaps/2]
	if median > pollMost || p.gaps[1]*4 < median*3 || p.gaps[paceGaps-2]*4 > median*5 {
		p.odd++
	} else {
		p.even++
	}
}

// polled reports whether most stretches were even.
func (p *pace) polled() bool { return p.even > p.odd }
