package baseline

// burst counts what comes in one stretch of time, and keeps the most there ever was.
type burst struct {
	at      int64 // the present stretch
	n, most uint32
}

// add counts one at a time and gives how many came in its stretch so far.
func (b *burst) add(now, stretch int64) uint32 {
	if at := now / stretch; at != b.at {
		b.at, b.n = at, 0
	}
	b.n = min(b.n, 1<<32-2) + 1
	b.most = max(b.most, b.n)
	return b.n
}

// beyond reports whether there are more than the learned most explains.
func beyond(n, most uint32, factor, least uint32) bool {
	return uint64(n) > max(uint64(most)*uint64(factor), uint64(least))
}

// What counts as a burst.
const (
	writeStretch = second
	writeFactor  = 2  // times the most writes in a second that were learned,
	writeLeast   = 10 // and at least so many
	openStretch  = 10 * minute
	openFactor   = 3 // times the most openings in ten minutes that were learned,
	openLeast    = 5 // and at least so many
)
