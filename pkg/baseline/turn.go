package baseline

// turn guesses what comes next from what came next the last time: machines ask
// for the same things in the same order. Things are numbered as their list is.
type turn struct {
	at   int32 // what came last
	next []int32
}

// newTurn begins with the order of the list.
func newTurn(n int) turn {
	t := turn{next: make([]int32, n)}
	for i := range t.next {
		t.next[i] = int32((i + 1) % n)
	}
	if n > 0 {
		t.at = int32(n - 1)
	}
	return t
}

// guess is what is due; there must be anything at all.
func (t *turn) guess() int { return int(t.next[t.at]) }

// came says what came instead, so that it is the guess of the next round.
func (t *turn) came(i int) {
	t.next[t.at] = int32(i)
	t.at = int32(i)
}

// hit says that the guess was right.
func (t *turn) hit() { t.at = t.next[t.at] }
