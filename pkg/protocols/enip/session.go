package enip

import (
	"otsensor/pkg/ot"
	"otsensor/pkg/protocols"
)

// session is what a conversation knows of its session (Volume 2, 2-4.4): the
// target gives a handle, and the originator must use that one.
type session struct {
	handle uint32
	given  bool
	blind  bool   // bytes are missing: a handle may have been given there
	bad    uint32 // the last wrong handle that was reported, if any was
	said   bool
}

func (s *session) check(dir ot.Dir, h *header, out *protocols.Emit) {
	switch {
	case h.command == registerSession && dir == ot.ToServer:
		if s.given {
			oddIn(ot.BadSession, dir, h, out)
		}
	case h.command == registerSession:
		if h.status == 0 {
			*s = session{handle: h.session, given: true}
		}
	case dir == ot.ToServer && (h.carriesCIP() || h.command == unregisterSession):
		if s.wrong(h.session, out) {
			oddIn(ot.BadSession, dir, h, out)
		}
		if h.command == unregisterSession {
			s.handle, s.given = 0, false
		}
	}
}

// wrong reports a handle that this conversation was never given, each once.
func (s *session) wrong(handle uint32, out *protocols.Emit) bool {
	if s.given && s.handle == handle || s.said && handle == s.bad {
		return false
	}
	if !s.given && (s.blind || out.Quality&(ot.Midstream|ot.OneSided|ot.Lossy) != 0) {
		return false
	}
	s.bad, s.said = handle, true
	return true
}
