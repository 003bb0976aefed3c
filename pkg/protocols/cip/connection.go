package cip

import "otsensor/pkg/ot"

// maxConns is how many connections one conversation remembers.
const maxConns = 32

// connection is a transport connection for explicit messages. Each direction
// has its own id: o2t stands in requests, t2o in answers.
type connection struct {
	o2t, t2o    uint32
	paired      bool // t2o is known
	opened      bool // from its Forward Open, not guessed from traffic
	routed      bool
	unit, route uint32
	triad       triad
	silence     int64 // nanoseconds without a request after which it is over, 0 where not known
	heardAt     int64 // sensor clock of its latest request
}

// triad names a connection for its originator: what Forward Close gives.
type triad struct {
	serial, vendor uint16
	originator     uint32
}

// connections are those of one conversation, the oldest first.
type connections struct {
	all    []connection
	closed [8]uint32 // ids that were closed, and not given again since
	next   int
}

// asked gives the connection of a request, a new one where it was not opened in
// sight. It is over when it was closed, or silent for longer than it lives; each
// is reported once.
func (c *connections) asked(o2t uint32, now int64) (conn *connection, over bool) {
	for i := range c.all {
		if conn = &c.all[i]; conn.o2t == o2t {
			over = conn.silence > 0 && now-conn.heardAt > conn.silence
			conn.heardAt = now
			return conn, over
		}
	}
	for i := range c.closed {
		if c.closed[i] == o2t && o2t != 0 {
			c.closed[i], over = 0, true
		}
	}
	return c.add(connection{o2t: o2t}), over
}

func (c *connections) add(n connection) *connection {
	if c.all == nil {
		c.all = make([]connection, 0, maxConns)
	}
	if len(c.all) == maxConns {
		c.all = append(c.all[:0], c.all[1:]...)
	}
	c.all = append(c.all, n)
	return &c.all[len(c.all)-1]
}

func (c *connections) remove(gone func(*connection) bool) {
	kept := c.all[:0]
	for i := range c.all {
		if !gone(&c.all[i]) {
			kept = append(kept, c.all[i])
		}
	}
	c.all = kept
}

// knows reports whether the connection of a request's key was opened in sight.
func (c *connections) knows(key uint64) bool {
	for i := range c.all {
		if c.all[i].opened && connKey(c.all[i].o2t, 0) == key&^0xFFFF {
			return true
		}
	}
	return false
}

// answering gives the connection whose answers carry an id.
func (c *connections) answering(t2o uint32) *connection {
	for i := range c.all {
		if c.all[i].paired && c.all[i].t2o == t2o {
			return &c.all[i]
		}
	}
	return nil
}

// pair notes the id of a connection's answers, and forgets it for any other.
func (c *connections) pair(i int, t2o uint32) {
	if old := c.answering(t2o); old != nil && !old.opened {
		old.paired = false
	}
	c.all[i].t2o, c.all[i].paired = t2o, true
}

// opened takes over a connection from an accepted Forward Open.
func (c *connections) opened(t *ot.Transaction, now int64) {
	data := replyData(t)
	o2t, okO := u32(data, 0)
	t2o, okT := u32(data, 4)
	if !okO || !okT || isNull(t) {
		return
	}
	n := connection{
		o2t: uint32(o2t), t2o: uint32(t2o), paired: true, opened: true,
		routed: has(t, isRouted), unit: t.Unit, route: t.Arg[argRoute], triad: triadOf(t),
		silence: silenceOf(t), heardAt: now,
	}
	c.remove(func(old *connection) bool { return old.o2t == n.o2t || old.triad == n.triad && old.opened })
	c.add(n)
	for i := range c.closed {
		if c.closed[i] == n.o2t {
			c.closed[i] = 0
		}
	}
}

// close drops a connection after an accepted Forward Close.
func (c *connections) close(t *ot.Transaction) {
	gone := triadOf(t)
	c.remove(func(old *connection) bool {
		if !old.opened || old.triad != gone {
			return false
		}
		c.closed[c.next] = old.o2t
		c.next = (c.next + 1) % len(c.closed)
		return true
	})
}
