package cases

import "time"

// DefaultQuiet is the silent time where people agreed on none.
const DefaultQuiet = 30 * time.Minute

// quiet is the silent time of a case's REC-2.
type quiet struct {
	from     Stamp // 0 while none is asked for
	agreed   Stamp
	restarts int
	seen     Coverage
}

// Coverage is what counts against a silent time: any of it that grows.
type Coverage struct {
	Dropped, GapBytes, Cut uint64
}

// Returned is the proof that a case's hosts went back to what was learned.
type Returned struct {
	Case     *Case
	From, To int64
	Restarts int // how often the time began anew: something was seen, or the capture was incomplete
}

func (q *quiet) begin(at Stamp, agreed time.Duration) {
	if agreed == 0 {
		agreed = DefaultQuiet
	}
	*q = quiet{from: at, agreed: Stamp(agreed)}
}

// broken begins the time anew: something was seen at a time within it.
func (q *quiet) broken(at Stamp) {
	if q.from != 0 && at > q.from {
		q.from = at
		q.restarts++
	}
}

// Tick lets time pass. It gives the cases whose agreed silent time is over: no
// event of the case in it, nothing lost by the capture, and every host that the
// case touched was seen to speak. seen is when a host was last seen, since when
// the sensor began to watch: what people decided before begins then.
func (b *Book) Tick(now, since int64, cov Coverage, seen func(host string) int64) (done []Returned) {
	for _, c := range b.cases {
		q := &c.quiet
		if q.from == 0 || c.Step != verify || c.Over() {
			continue
		}
		q.broken(min(Stamp(since), Stamp(now)))
		if cov != q.seen {
			if q.seen != (Coverage{}) || Stamp(now) > q.from {
				q.broken(Stamp(now))
			}
			q.seen = cov
		}
		if Stamp(now)-q.from < q.agreed || b.busy(c) || !c.spoke(seen) {
			continue
		}
		done = append(done, Returned{c, int64(q.from), now, q.restarts})
		c.Recovered, c.changed = Stamp(now), true
		q.from = 0
	}
	return done
}

// busy reports whether an event of the case is still open.
func (b *Book) busy(c *Case) bool {
	for _, at := range b.placed {
		if at.c == c {
			return true
		}
	}
	return false
}

// spoke reports whether every host the case touched was seen in the silent
// time, save those that never spoke.
func (c *Case) spoke(seen func(host string) int64) bool {
	for _, host := range c.Targets {
		if last := Stamp(seen(host)); last != 0 && last < c.quiet.from {
			return false
		}
	}
	return true
}
