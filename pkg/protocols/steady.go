package protocols

// steadySummary is the time between two transactions of what stays the same, nanoseconds.
const steadySummary = int64(10_000_000_000)

// Steady follows a message that is sent again and again, many times a second:
// it is worth a transaction when something about it changes, and else once in
// ten seconds.
type Steady struct {
	sum  uint64 // of what matters about the latest message
	told int64  // sensor clock of the latest transaction
	seen uint32 // messages since
}

// Tell counts a message with this sum of what matters, and gives how many came
// since the latest transaction, this one included; 0 while there is nothing to say.
func (s *Steady) Tell(sum uint64, out *Emit) (seen uint32) {
	s.seen++
	if s.sum == sum && s.told != 0 && out.Clock-s.told < steadySummary {
		return 0
	}
	seen = s.seen
	s.sum, s.told, s.seen = sum, out.Clock, 0
	return seen
}
