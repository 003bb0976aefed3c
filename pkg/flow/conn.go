package flow

import (
	"otsensor/pkg/ot"
	"otsensor/pkg/protocols"
)

// conn is one conversation in the table.
type conn struct {
	// What every packet looks at comes first: it lies in few cache lines.
	conv      *ot.Conv
	dec       protocols.Decoder
	row       *protocols.Protocol
	alike     *conn  // another with the same hash, see table
	last      int64  // sensor clock of the latest packet
	place     uint32 // see places
	slot      uint8  // see wheel, valid when waits
	waits     bool   // it is in the wheel
	sided     bool   // it is counted as one-sided
	aClient   bool   // the key's first end is the client
	aborted   bool   // by RST
	late      bool   // data after close was reported
	full      bool   // it carries no file, or one that is not told of
	phase     phase
	quality   ot.Quality
	probe     probe
	total     ot.Traffic
	key       key
	elsewhere uint16 // port the server answers from instead, see Shard.elsewhere; 0 is none

	half [2]half    // by ot.Dir
	due  int64      // clock past which it is looked at, valid when waits
	told ot.Traffic // what the last Moved reported up to
	rare *rare      // nil for most
}

// rare is what few conversations need.
type rare struct {
	file      *protocols.File // what one without decoder carries, nil when nothing
	unseen    [2]bool         // by ot.Dir: the receiver acknowledges bytes that this capture does not show
	doubt     int64           // sensor clock until which a loss puts this conversation in doubt
	displaced int64           // sensor clock until which times are not certain
	halved    bool            // a direction that was shown is no longer, by the latest report
}

// seldom is where a conversation keeps what few need.
func (c *conn) seldom() *rare {
	if c.rare == nil {
		c.rare = &rare{}
	}
	return c.rare
}

func (c *conn) unseen(d ot.Dir) bool { return c.rare != nil && c.rare.unseen[d] }

// phase of a conversation's life.
type phase uint8

const (
	tried phase = iota // nothing came back
	live
	ended // FIN both ways, RST, or unreachable
)

func (c *conn) bothWays() bool { return c.total.Bytes[0] > 0 && c.total.Bytes[1] > 0 }

// doubts is the quality of what this conversation shows at the given clock.
func (c *conn) doubts(clock int64) ot.Quality {
	q := c.quality
	if r := c.rare; r != nil {
		if clock < r.doubt {
			q |= ot.Lossy
		}
		if clock < r.displaced {
			q |= ot.Displaced
		}
	}
	if c.oneSided() {
		q |= ot.OneSided
	}
	return q
}

// lostWay is the direction that was shown up to the latest report and is no
// longer, though it goes on: its receiver acknowledges bytes of it that this
// capture does not show. A host that fell silent has nothing acknowledged.
func (c *conn) lostWay() (d ot.Dir, lost bool) {
	for d = range ot.Dir(2) {
		other := d.Other()
		if c.unseen(d) && c.told.Packets[d] > 0 && c.total.Packets[d] == c.told.Packets[d] &&
			c.total.Packets[other]-c.told.Packets[other] >= halvedLeast {
			return d, true
		}
	}
	return 0, false
}

// halvedLeast is how many packets of one direction, and none of the other, are
// more than a loss here and there.
const halvedLeast = 3

// oneSided reports whether only one direction is seen of a conversation that has two.
func (c *conn) oneSided() bool {
	if c.rare != nil && c.rare.halved {
		return true
	}
	n := &c.total.Packets
	if n[ot.ToServer] > 0 && n[ot.ToClient] > 0 {
		return false
	}
	unanswered := c.phase == tried && c.conv.Transport == ot.TCP // asked again and again: nobody goes on without an answer
	return !unanswered && n[ot.ToServer]+n[ot.ToClient] > 3
}
