package cip

import "otsensor/pkg/ot"

// plant joins cyclic I/O to the Forward Open that ordered it. The open is one
// conversation, its data are others, to a multicast group even another host
// pair's: so this is done where all observations come together in their order.
type plant struct {
	opens     map[ioKey]ioOpen
	lives     map[triad]life
	producers map[ioKey][16]byte // who sends with an id to a receiver
	opened    []ioKey            // oldest first, to forget by
	produced  []ioKey
	living    []triad
}

// plantMost is how many connections, and how many producers, are remembered.
const plantMost = 4096

// ioKey is a connection id at one end: ids are chosen by devices, and many choose alike.
type ioKey struct {
	host [16]byte
	id   uint32
}

// ioOpen is one direction of an open connection.
type ioOpen struct {
	triad   triad
	rpi     uint32 // actual packet interval, microseconds
	timeout uint32 // silence after which the connection is over, microseconds
	point   uint16 // connection point: the assembly
	owner   owner
	carries uint32 // what the data are: ioSafety, ioMotion
	counted bool   // class 1: the data begin with a sequence count
	sender  triad  // with which the sender's check sums begin, all zero where not known
	verdict uint32 // on the packet last judged by that: ioRight, ioWrong
}

// Places in argRoute of I/O, written here and by the watch over the conversation.
const (
	ioJoined  = 1 << 31
	ioSecond  = 1 << 30 // another host sends with the same id to the same receiver
	ioLate    = 1 << 29 // silent for longer than the connection lives
	ioServer  = 1 << 28 // the server's end sent it
	ioOwner   = 24      // shift, 4 bits
	ioGroup   = 1 << 20 // sent to a group
	ioBare    = 1 << 19 // the data begin with what is a sequence count in class 1
	ioMotion  = 1 << 18 // axis data
	ioSafety  = 16      // shift, 2 bits: format of safety data
	ioPointOf = 1<<16 - 1
)

// newPlant begins with nothing known.
func newPlant() func(o *ot.Observation) {
	p := &plant{opens: map[ioKey]ioOpen{}, lives: map[triad]life{}, producers: map[ioKey][16]byte{}}
	return func(o *ot.Observation) { // nearly all open nothing, close nothing and are no I/O
		if kindOf(&o.Did) >= opening && o.Conv != nil {
			p.see(o)
		}
	}
}

func (p *plant) see(o *ot.Observation) {
	switch t := &o.Did; kindOf(t) {
	case opening:
		t.Arg[argA] = uint32(p.born(t, o.Clock))
		if t.Status == ot.OK && !isNull(t) {
			p.open(o.Conv, t)
		}
	case closing:
		t.Arg[argA] = uint32(p.died(t, o.Clock))
		if t.Status == ot.OK {
			p.close(triadOf(t))
		}
	case cyclic:
		p.join(o.Conv, t, o.Clock)
	}
}

// open notes both directions of an accepted Forward Open of transport class 0 or 1.
func (p *plant) open(c *ot.Conv, t *ot.Transaction) {
	reply := replyData(t)
	o2t, okO := u32(reply, openedO2TID)
	t2o, okT := u32(reply, openedT2OID)
	class, ok := transport(0, 0x0F)(t)
	if !okO || !okT || !ok || class > 1 {
		return
	}
	path, _ := connectionPath(t)
	senders := [...]triad{triadOf(t), targetOf(t)}
	multiplier := uint32(4) << min(requestData(t)[openMultiplier], 7)
	note := func(host [16]byte, id uint64, api int, point int) {
		interval, _ := u32(reply, api)
		n := ioOpen{triad: triadOf(t), rpi: uint32(interval), owner: ownerOf(t, &path), carries: carriedBy(&path), counted: class == 1, sender: senders[point]}
		n.timeout = uint32(min(interval*uint64(multiplier), 1<<32-1))
		if point < path.PointCount {
			n.point = uint16(min(path.Points[point], ioPointOf))
		}
		k := ioKey{host, uint32(id)}
		if _, known := p.opens[k]; !known {
			p.opened = forget(p.opens, p.opened, k)
		}
		p.opens[k] = n
	}
	note(c.Client.IP, o2t, openedO2TAPI, 0)
	note(c.Server.IP, t2o, openedT2OAPI, 1)
}

// carriedBy tells what a connection's data are, by its path.
func carriedBy(path *Path) (carries uint32) {
	if path.Class == classAxis {
		carries |= ioMotion
	}
	if len(path.SafetyData) > 0 {
		carries |= uint32(path.SafetyData[0]&3) << ioSafety
	}
	return carries
}

// forget makes room for a key.
func forget[K comparable, V any](table map[K]V, order []K, k K) []K {
	if len(order) >= plantMost {
		delete(table, order[0])
		order = append(order[:0], order[1:]...)
	}
	return append(order, k)
}

func (p *plant) close(gone triad) {
	kept := p.opened[:0]
	for _, k := range p.opened {
		if p.opens[k].triad == gone {
			delete(p.opens, k)
			continue
		}
		kept = append(kept, k)
	}
	p.opened = kept
}

// join tells of cyclic I/O what its Forward Open said.
func (p *plant) join(c *ot.Conv, t *ot.Transaction, now int64) {
	from, to := c.Client.IP, c.Server.IP
	if t.Arg[argRoute]&ioServer != 0 {
		from, to = to, from
	}
	id := t.Arg[argConn]
	open, known := p.opens[ioKey{from, id}]
	bare(t, known && !open.counted)
	if to[12]>>4 == 0xE {
		t.Arg[argRoute] |= ioGroup
	}
	k := ioKey{to, id}
	if was, seen := p.producers[k]; !seen {
		p.produced = forget(p.producers, p.produced, k)
		p.producers[k] = from
	} else if was != from {
		t.Arg[argRoute] |= ioSecond
	}
	if !known {
		return
	}
	state := lifeActive
	if t.Arg[argSession] > open.timeout && open.timeout > 0 {
		t.Arg[argRoute] |= ioLate
		state = lifeTimedOut
	}
	t.Arg[argB] |= uint32(state) << ioLife
	if l, known := p.lives[open.triad]; known {
		l.heard = now
		p.lives[open.triad] = l
	}
	t.Arg[argSession] = open.rpi
	t.Arg[argRoute] |= ioJoined | uint32(open.owner)<<ioOwner | open.carries | uint32(open.point)
	command(t)
	if open.owner == ownerSafety && open.sender != (triad{}) {
		if is := judge(t, &open); is != open.verdict {
			open.verdict = is
			p.opens[ioKey{from, id}] = open
		}
	}
}

// bare takes off the sequence count that data of class 1 begin with, or adds it
// to what class 0 has for data.
func bare(t *ot.Transaction, whole bool) {
	if t.Arg[argRoute]&ioBare == 0 {
		return
	}
	t.Arg[argRoute] &^= ioBare
	switch {
	case !whole:
		t.Value = t.Value[min(len(t.Value), ioCount):]
	case t.Arg[argA]&ioBytes > 0 || len(t.Value) == ioCount:
		t.Arg[argA] = min(t.Arg[argA]&ioBytes+ioCount, ioBytes) | t.Arg[argA]&^ioBytes
	}
}

// ioData are the data of I/O, behind their sequence count.
func ioData(t *ot.Transaction) []byte {
	if t.Arg[argRoute]&ioBare != 0 {
		return t.Value[min(len(t.Value), ioCount):]
	}
	return t.Value
}
