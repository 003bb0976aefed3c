package protocols

// scratch is memory that is handed out piece by piece until it is emptied. What
// was handed out stays where it is when more is made.
type scratch []byte

// take gives n bytes to be filled.
func (s *scratch) take(n int) []byte {
	if n > cap(*s)-len(*s) {
		*s = make([]byte, 0, max(2*cap(*s), 64, n))
	}
	at := len(*s)
	all := (*s)[:at+n]
	*s = all
	return all[at : at+n : at+n]
}

// keep gives a copy of b, nil when it is empty.
func (s *scratch) keep(b []byte) []byte {
	if len(b) == 0 {
		return nil
	}
	kept := s.take(len(b))
	copy(kept, b)
	return kept
}
