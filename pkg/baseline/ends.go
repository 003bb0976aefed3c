package baseline

import "otsensor/pkg/ot"

// ends are the ends of a conversation that an observation shows to be alive.
type ends uint8

const (
	clientEnd ends = 1 << iota
	serverEnd
	surely   // and both directions were seen for it
	bothEnds = clientEnd | serverEnd | surely
)

// statusEnds are those of transactions.
var statusEnds = [8]ends{ot.OK: bothEnds, ot.Refused: bothEnds, ot.Unanswered: clientEnd, ot.Unasked: serverEnd, ot.OneWay: clientEnd}

func endsOf(o *ot.Observation) ends {
	if o.Kind == ot.Did {
		return statusEnds[o.Did.Status%8]
	}
	return otherEnds(o)
}

// otherEnds are those of what is no transaction.
func otherEnds(o *ot.Observation) (alive ends) {
	switch o.Kind {
	case ot.Opened:
		return clientEnd | serverEnd
	case ot.Tried:
		return clientEnd
	case ot.Moved:
		if o.Traffic.Packets[ot.ToServer] > 0 {
			alive = clientEnd
		}
		if o.Traffic.Packets[ot.ToClient] > 0 {
			alive |= serverEnd
		}
		if alive == clientEnd|serverEnd {
			return bothEnds
		}
	}
	return alive
}

// about brings the quality of what was seen last up to date: doubts stay until
// both directions were seen.
func (alive ends) about(q *ot.Quality, doubt ot.Quality) {
	if alive&surely != 0 {
		*q = doubt
	} else {
		*q |= doubt
	}
}
