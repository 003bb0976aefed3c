package flow

// places numbers the conversations of a shard, and holds the links of its lists
// apart from them: to move one to the end of its list, which every packet does,
// touches this small memory and not the neighbours.
type places struct {
	conns []*conn // by number; 0 is none
	links []link
	free  []uint32
}

type link struct{ prev, next uint32 }

func (p *places) add(c *conn) {
	if n := len(p.free); n > 0 {
		c.place, p.free = p.free[n-1], p.free[:n-1]
		p.conns[c.place] = c
		return
	}
	if len(p.conns) == 0 {
		p.conns, p.links = append(p.conns, nil), append(p.links, link{})
	}
	c.place = uint32(len(p.conns))
	p.conns, p.links = append(p.conns, c), append(p.links, link{})
}

func (p *places) drop(c *conn) {
	p.conns[c.place] = nil
	p.free = append(p.free, c.place)
}

// list is a doubly linked list of conversations, least recently seen first.
type list struct {
	of          *places
	first, last uint32
}

// oldest and newest are nil of an empty list.
func (l *list) oldest() *conn { return l.of.at(l.first) }
func (l *list) newest() *conn { return l.of.at(l.last) }

// before is nil at the end.
func (l *list) before(c *conn) *conn { return l.of.at(l.of.links[c.place].prev) }

func (p *places) at(n uint32) *conn {
	if n == 0 {
		return nil
	}
	return p.conns[n]
}

func (l *list) push(c *conn) {
	c.list = l
	l.of.links[c.place] = link{prev: l.last}
	if l.last != 0 {
		l.of.links[l.last].next = c.place
	} else {
		l.first = c.place
	}
	l.last = c.place
}

func (c *conn) unlink() {
	l := c.list
	at := l.of.links[c.place]
	if at.prev != 0 {
		l.of.links[at.prev].next = at.next
	} else {
		l.first = at.next
	}
	if at.next != 0 {
		l.of.links[at.next].prev = at.prev
	} else {
		l.last = at.prev
	}
	c.list = nil
}

// touch moves the conversation to the end of a list.
func (c *conn) touch(l *list) {
	if c.list == l && l.last == c.place {
		return
	}
	if c.list != nil {
		c.unlink()
	}
	l.push(c)
}
