package flow

// places numbers the conversations of a shard, and holds the links of its lists
// apart from them: to move one to the end of its list, which every packet does,
// touches this small memory and not the neighbours.
type places struct {
	conns []*conn // by number; 0 is none, and the next few are the ends of lists
	links []link
	free  []uint32
}

type link struct{ prev, next uint32 }

// The numbers of the ends of lists, and the first of a conversation.
const (
	endsOfTried = 1 + iota
	endsOfLive
	endsOfDatagrams
	endsOfEnded
	firstPlace
)

func newPlaces() places {
	return places{conns: make([]*conn, firstPlace), links: make([]link, firstPlace)}
}

func (p *places) add(c *conn) {
	if n := len(p.free); n > 0 {
		c.place, p.free = p.free[n-1], p.free[:n-1]
		p.conns[c.place] = c
		return
	}
	c.place = uint32(len(p.conns))
	p.conns, p.links = append(p.conns, c), append(p.links, link{})
}

// drop takes a conversation out of its list and its number away.
func (p *places) drop(c *conn) {
	at := p.links[c.place]
	p.links[at.prev].next, p.links[at.next].prev = at.next, at.prev
	p.conns[c.place], p.links[c.place] = nil, link{}
	p.free = append(p.free, c.place)
}

// list is a ring of conversations, least recently seen first, which its ends
// close. A conversation in no list has 0 before and behind it, so that to take
// it out of none needs no asking.
type list struct {
	of   *places
	ends uint32
}

func (p *places) list(ends uint32) list {
	p.links[ends] = link{ends, ends}
	return list{p, ends}
}

// oldest and newest are nil of an empty list.
func (l *list) oldest() *conn { return l.of.conns[l.of.links[l.ends].next] }
func (l *list) newest() *conn { return l.of.conns[l.of.links[l.ends].prev] }

// before is nil at the end.
func (l *list) before(c *conn) *conn { return l.of.conns[l.of.links[c.place].prev] }

// touch moves a conversation to the end of the list, out of the one it is in.
func (l *list) touch(c *conn) {
	links, n := l.of.links, c.place
	last := links[l.ends].prev
	if last == n {
		return
	}
	at := links[n]
	links[at.prev].next, links[at.next].prev = at.next, at.prev
	links[last].next, links[l.ends].prev = n, n
	links[n] = link{prev: last, next: l.ends}
}
