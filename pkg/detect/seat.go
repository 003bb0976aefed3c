package detect

import "otsensor/pkg/ot"

// seat leads from a conversation to what rules remember of its two hosts, so
// that what goes on in it finds that without hashing. It is a cache: what was
// forgotten or closed meanwhile says so itself.
type seat struct {
	conv *ot.Conv
	n    int       // of kept
	kept [3]nearby // most conversations need no more
	more []nearby
}

// nearby is what one rule remembers under the hosts of a conversation.
type nearby struct {
	rule   int
	window *window
	open   *open
}

// mostSeats bounds the cache; conversations beyond it do without.
const mostSeats = 1 << 17

// nearby is where a rule's state is kept near the conversation of a sighting,
// nil when the sighting has none.
func (e *Engine) nearby(n int, s *Sighting) *nearby {
	c := s.O.Conv
	if s.claim() || c.Seat == 0 || c.Seat >= mostSeats {
		return nil
	}
	for int(c.Seat) >= len(e.seats) {
		e.seats = append(e.seats, seat{})
	}
	at := &e.seats[c.Seat]
	if at.conv != c {
		at.conv, at.n, at.more = c, 0, at.more[:0]
	}
	for i := range at.kept[:at.n] {
		if at.kept[i].rule == n {
			return &at.kept[i]
		}
	}
	if at.n < len(at.kept) {
		at.kept[at.n] = nearby{rule: n}
		at.n++
		return &at.kept[at.n-1]
	}
	return at.further(n)
}

func (at *seat) further(n int) *nearby {
	for i := range at.more {
		if at.more[i].rule == n {
			return &at.more[i]
		}
	}
	at.more = append(at.more, nearby{rule: n})
	return &at.more[len(at.more)-1]
}

// windowOf is the window of rule n that counts a sighting.
func (e *Engine) windowOf(n int, t *tally, by []part, s *Sighting) *window {
	if !ofHosts(by) {
		return t.of(e.keyOf(by, s), e.now)
	}
	at := e.nearby(n, s)
	if at == nil {
		return t.of(e.keyOf(by, s), e.now)
	}
	if at.window == nil || at.window.gone {
		at.window = t.of(e.keyOf(by, s), e.now)
	}
	t.use(at.window, e.now)
	return at.window
}

// openOf is the open event of rule n that a sighting extends, nil when there
// is none, with the key it has or will have.
func (e *Engine) openOf(n int, r *compiled, s *Sighting) *open {
	var at *nearby
	if ofHosts(r.group) {
		at = e.nearby(n, s)
	}
	if at != nil && at.open != nil && !at.open.closed {
		return at.open
	}
	key := e.openKey(n, r, s)
	o := e.open.byKey[string(key)]
	if o == nil && len(e.open.members) > 0 {
		o = e.open.members[string(key)]
	}
	if at != nil {
		at.open = o
	}
	return o
}

// openKey names an open event; it is valid until the next key.
func (e *Engine) openKey(n int, r *compiled, s *Sighting) []byte {
	e.key = append(e.keyOf(r.group, s), byte(n), byte(n>>8))
	return e.key
}

// ofHosts reports whether a key is made of the hosts of a sighting alone.
func ofHosts(parts []part) bool {
	for i := range parts {
		if !parts[i].host {
			return false
		}
	}
	return true
}
