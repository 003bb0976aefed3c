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

// The stretches that are counted.
const (
	writeStretch = second
	openStretch  = 10 * minute
)
