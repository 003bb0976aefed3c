package flow

import "otsensor/pkg/packet"

// A receiver drops a segment whose checksum is wrong, and a segment whose time
// to live is too short never comes to it. Somebody who writes such segments
// wants this capture to read what the receiver does not.

const (
	largest     = 1500 // bytes of a datagram; larger ones were merged, and no checksum is theirs
	tolerated   = 4    // wrong checksums of a sender, beside right ones
	ttlDistance = 4    // hops that no change of the way through a plant explains
	ttlMoved    = 8    // segments in a row after which the way has changed
)

// sound is what is known of a sender's segments.
type sound struct {
	right, wrong uint32
	ttl, moved   uint8
}

// damaged reports whether a segment's checksum is wrong, of a sender whose
// checksums are right. A sender that never showed a right one leaves them to its
// network card, and one that shows as many wrong as right is merged by a card
// on the way: there the checksum says nothing.
func (s *sound) damaged(v *packet.View) bool {
	if v.Cut || len(v.Datagram) > largest || v.HeaderLen == 0 {
		return false
	}
	if !v.BadChecksum() {
		s.right++
		return false
	}
	s.wrong++
	return s.right > 0 && s.wrong <= max(tolerated, s.right/2)
}

// strange reports whether a segment's time to live is far from the sender's usual.
func (s *sound) strange(v *packet.View) bool {
	if s.ttl == 0 {
		s.ttl = v.TTL
	}
	if d := int(v.TTL) - int(s.ttl); d > -ttlDistance && d < ttlDistance {
		s.moved = 0
		return false
	}
	if s.moved++; s.moved >= ttlMoved {
		s.ttl, s.moved = v.TTL, 0
	}
	return true
}
