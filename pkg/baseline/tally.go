package baseline

import (
	"cmp"
	"slices"
	"sort"
)

// tally counts sightings and the time buckets they fell into.
type tally struct {
	count       uint64
	first, last int64
	bucket      int64
	buckets     uint64
}

func (t *tally) add(now, bucket int64) {
	if t.count == 0 {
		t.first = now
	}
	if t.count == 0 || bucket != t.bucket {
		t.bucket = bucket
		t.buckets++
	}
	t.count++
	t.last = now
}

// few is a tally of something there are many of.
type few struct {
	count   uint32
	buckets uint16
	bucket  uint16 // low bits are enough to tell one from the next
	first   uint16 // bucket of the first sighting, low bits too
	apart   bool   // sightings lie far apart
}

// farApart is how many buckets lie between sightings that do not come of one occasion.
const farApart = 60

func (f *few) add(bucket int64) {
	if f.count == 0 {
		f.first = uint16(bucket)
	}
	if f.count == 0 || f.bucket != uint16(bucket) {
		f.bucket = uint16(bucket)
		f.apart = f.apart || f.bucket-f.first >= farApart
		f.buckets = min(f.buckets, 1<<16-2) + 1
	}
	f.count = min(f.count, 1<<32-2) + 1
}

// rhythm samples the gaps between sightings. When the sample is full, every
// other gap is dropped and from then on half as many are taken, so that the
// sample speaks for the whole time and not only for its end.
type rhythm struct {
	at      int64 // latest sighting
	longest int64
	gaps    []uint32 // microseconds
	stride  uint32   // take one gap in so many
	skip    uint32
}

const (
	rhythmSize = 32
	maxGap     = 1<<32 - 1 // microseconds; longer gaps count as this in the sample
)

// beat takes a sighting. A gap that began before the capture had a hole says nothing.
func (r *rhythm) beat(now, hole int64) {
	before := r.at
	r.at = max(now, before)
	if before == 0 || now < before || before < hole {
		return
	}
	gap := now - before
	r.longest = max(r.longest, gap)
	if r.skip++; r.skip < r.stride {
		return
	}
	r.skip = 0
	if len(r.gaps) == rhythmSize {
		for i := range rhythmSize / 2 {
			r.gaps[i] = r.gaps[2*i]
		}
		r.gaps = r.gaps[:rhythmSize/2]
		r.stride = 2 * max(r.stride, 1)
	}
	r.gaps = append(r.gaps, uint32(min(gap/1000, maxGap)))
}

// rest begins anew after a time that was not seen: the gap over it says nothing.
func (r *rhythm) rest(now int64) {
	if r.at != 0 {
		r.at = max(now, r.at)
	}
}

// Beat is what the sample says: a period only where nearly all gaps are near the median,
// and the median is shorter than what the sample can tell apart.
func (r *rhythm) Beat() Beat {
	b := Beat{Gap: r.longest}
	n := len(r.gaps)
	if n < rhythmSize/4 {
		return b
	}
	s := slices.Clone(r.gaps)
	slices.Sort(s)
	median := int64(s[n/2])
	if median == 0 || median == maxGap || int64(s[n/10])*4 < median*3 || int64(s[n-1-n/10])*4 > median*5 {
		return b
	}
	for i, v := range s {
		s[i] = uint32(max(int64(v)-median, median-int64(v)))
	}
	slices.Sort(s)
	b.Every, b.Spread = median*1000, int64(s[n/2])*1000
	return b
}

// extremes keeps the three outermost samples, no more than two of one time
// bucket, so that the third speaks for at least two: a value written once, or
// often but only once, does not widen what is learned. Values are kept with a
// sign that makes "outer" mean larger.
type extremes struct {
	v      [3]float64
	bucket [3]int64
	n      int
}

func (e *extremes) add(v float64, bucket int64) {
	own, ownLeast, least := 0, 0, 0
	for i := range e.n {
		if e.bucket[i] == bucket {
			if own == 0 || e.v[i] < e.v[ownLeast] {
				ownLeast = i
			}
			own++
		}
		if e.v[i] < e.v[least] {
			least = i
		}
	}
	switch {
	case own == 2:
		if v > e.v[ownLeast] {
			e.v[ownLeast] = v
		}
	case e.n < len(e.v):
		e.v[e.n], e.bucket[e.n] = v, bucket
		e.n++
	case v > e.v[least]:
		e.v[least], e.bucket[least] = v, bucket
	}
}

// within is the outermost sample that is not beyond limit: one that lies near
// the others belongs to them, one far away does not widen what is learned.
func (e *extremes) within(limit float64) float64 {
	v, _ := e.third()
	for _, x := range e.v[:e.n] {
		if x <= limit {
			v = max(v, x)
		}
	}
	return v
}

// third is the learned bound; ok once three samples of two buckets were seen.
func (e *extremes) third() (v float64, ok bool) {
	return min(e.v[0], e.v[1], e.v[2]), e.n == len(e.v)
}

// most is the outermost sample, 0 without any.
func (e *extremes) most() (v float64) {
	for i, x := range e.v[:e.n] {
		if i == 0 || x > v {
			v = x
		}
	}
	return v
}

// merged sorts ranges and joins those that touch or overlap.
func merged(ranges []Range) []Range {
	s := slices.Clone(ranges)
	slices.SortFunc(s, compareRanges)
	out := s[:0]
	for _, r := range s {
		if n := len(out); n > 0 && uint64(r.From) <= uint64(out[n-1].To)+1 {
			out[n-1].To = max(out[n-1].To, r.To)
			continue
		}
		out = append(out, r)
	}
	return out
}

// order is a number by which ranges are sorted.
func (r Range) order() uint64 { return uint64(r.From)<<32 | uint64(r.To) }

func compareRanges(a, b Range) int { return cmp.Compare(a.order(), b.order()) }

// placeOf is where a range stands among sorted ones, or would stand.
func placeOf(sorted []Range, r Range) (at int, found bool) {
	end := len(sorted)
	for at < end {
		if middle := int(uint(at+end) >> 1); sorted[middle].order() < r.order() {
			at = middle + 1
		} else {
			end = middle
		}
	}
	return at, at < len(sorted) && sorted[at] == r
}

// covers reports whether merged ranges hold all of r.
func covers(ranges []Range, r Range) bool {
	i := sort.Search(len(ranges), func(i int) bool { return ranges[i].To >= r.From })
	return i < len(ranges) && ranges[i].From <= r.From && r.To <= ranges[i].To
}

// rangeOf is what an object of length n > 0 at addr touches.
func rangeOf(addr, n uint32) Range {
	return Range{addr, uint32(min(uint64(addr)+uint64(n)-1, 1<<32-1))}
}
