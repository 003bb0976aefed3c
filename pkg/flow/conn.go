package flow

import (
	"otsensor/pkg/ot"
	"otsensor/pkg/protocols"
)

// conn is one conversation in the table.
type conn struct {
	conv    *ot.Conv
	key     key
	aClient bool // the key's first end is the client

	dec   protocols.Decoder
	row   *protocols.Protocol
	probe probe

	half    [2]half // by ot.Dir
	phase   phase
	last    int64 // sensor clock of the latest packet
	doubt   int64 // sensor clock until which a loss puts this conversation in doubt
	quality ot.Quality
	total   ot.Traffic
	told    ot.Traffic // what the last Moved reported up to
	macs    uint8      // changed MACs reported
	late    bool       // data after close was reported

	list       *list
	prev, next *conn
}

// phase of a conversation's life.
type phase uint8

const (
	tried phase = iota
	live
	ended
)

// half is one direction of a conversation.
type half struct {
	next      uint32 // TCP sequence number expected next
	known     bool   // next is known
	delivered bool   // bytes were delivered
	fin       bool   // FIN was seen
	acks      uint8  // acknowledgements of bytes in the present hole
	strays    uint8  // segments outside the window that follow each other
	strayNext uint32
	holeSince int64 // sensor clock when the present hole appeared, 0 when none
	tail      []byte
	disorder  []segment // segments behind the hole, in order of sequence
	kept      int       // bytes in disorder
	recent    [4]print  // the latest segments delivered, to tell a retransmission from a conflict
	recentAt  uint8
	mac       [6]byte
}

// segment is a TCP segment that came before its turn.
type segment struct {
	seq  uint32
	data []byte
	at   At
}

// print is a delivered segment's place and digest.
type print struct {
	seq uint32
	len uint32
	sum uint64
}

func (c *conn) bothWays() bool { return c.total.Bytes[0] > 0 && c.total.Bytes[1] > 0 }

// doubts is the quality of what this conversation shows at the given clock.
func (c *conn) doubts(clock int64) ot.Quality {
	q := c.quality
	if clock < c.doubt {
		q |= ot.Lossy
	}
	if n := c.total.Packets; (n[ot.ToServer] == 0) != (n[ot.ToClient] == 0) && n[ot.ToServer]+n[ot.ToClient] > 3 {
		q |= ot.OneSided
	}
	return q
}

// list is a doubly linked list of conversations, least recently seen first.
type list struct{ first, last *conn }

func (l *list) push(c *conn) {
	c.list, c.prev, c.next = l, l.last, nil
	if l.last != nil {
		l.last.next = c
	} else {
		l.first = c
	}
	l.last = c
}

func (c *conn) unlink() {
	l := c.list
	if c.prev != nil {
		c.prev.next = c.next
	} else {
		l.first = c.next
	}
	if c.next != nil {
		c.next.prev = c.prev
	} else {
		l.last = c.prev
	}
	c.list, c.prev, c.next = nil, nil, nil
}

// touch moves the conversation to the end of a list.
func (c *conn) touch(l *list) {
	if c.list == l && l.last == c {
		return
	}
	if c.list != nil {
		c.unlink()
	}
	l.push(c)
}
