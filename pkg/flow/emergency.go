package flow

import "otsensor/pkg/ot"

// A shard whose table is nearly full lets idle conversations go sooner, until
// there is room again. It is a state, so that it begins and ends once.
const (
	emergencyAt    = MaxConvs * 9 / 10
	emergencyUntil = MaxConvs * 6 / 10
	emergencyTried = 3 * second
	emergencyLive  = 100 * second
)

// press looks whether there is an emergency, and tells when one begins.
func (s *Shard) press() {
	n := s.conns.n
	switch {
	case !s.emergency && n >= emergencyAt:
		s.emergency = true
		s.emit.Conv, s.emit.Quality = nil, 0
		s.emit.Odd(ot.Emergency, ot.ToServer, ot.NoProto)
	case s.emergency && n <= emergencyUntil:
		s.emergency = false
	}
}

// patience is how long a conversation may be idle that nobody answered, and one that lives.
func (s *Shard) patience() (tried, live int64) {
	if s.emergency {
		return emergencyTried, emergencyLive
	}
	return triedIdle, liveIdle
}
