package baseline

import (
	"cmp"
	"slices"

	"otsensor/pkg/ot"
)

// actKey is an act of a pair.
type actKey struct {
	pair uint32
	Act
}

// habit is an act of a pair as it is learned.
type habit struct {
	Act
	tally
	rhythm
	statuses [5]uint64
	objects  []object // sorted by address, then length
	names    []name   // sorted
	lead     Lead     // the first thing touched: the rhythm is its
	points   []point  // sorted by name, then address
	reals    []point  // bytes read as REALs, the same
	steps    *steps   // nil where it changes nothing
	anyName  bool
	unsure   bool   // something was lost since the last sighting
	next     *habit // the act that followed last time: a poll goes round
}

// object is one request shape, with its sightings.
type object struct {
	addr, len uint32
	few
}

type name struct {
	text string
	few
}

// did takes one transaction.
func (l *Learner) did(s *learnSeat, o *ot.Observation) {
	p, t := s.pair, &o.Did
	if !p.decoded {
		p.decoded = true
		p.rhythm = rhythm{}
	}
	p.protos |= 1 << t.Proto & protoMask
	p.answered(o)
	if t.Op.ChangesState() {
		p.writing.add(cmp.Or(t.AskedAt, l.now), writeStretch)
	}
	if t.Status == ot.Unasked {
		return // an answer without its request: nobody knows what was asked
	}
	h := l.habit(p, t)
	if h == nil {
		l.sighted(p, 1)
		return
	}
	h.add(l.now, l.bucket)
	h.statuses[min(int(t.Status), len(h.statuses)-1)]++
	if h.leads(t) {
		h.beatOf(o, l)
	}
	l.sighted(p, l.touched(h, t))
	if t.Op.ChangesState() && t.Status != ot.Refused {
		l.written(h, t)
		l.stepped(s.server, h, t)
	}
}

// leads reports whether a transaction touches what the habit touched first.
func (h *habit) leads(t *ot.Transaction) bool {
	if h.count == 1 {
		h.lead = Lead{On: true, Name: string(t.Name)}
		if t.Object.Len > 0 {
			h.lead.Object = rangeOf(t.Object.Addr, t.Object.Len)
		}
	}
	return h.lead.is(t)
}

// is reports whether a transaction touches the lead.
func (l *Lead) is(t *ot.Transaction) bool {
	if l.Name != "" || t.Object.Len == 0 {
		return l.Name == string(t.Name)
	}
	return l.Object == rangeOf(t.Object.Addr, t.Object.Len)
}

// beatOf takes the time at which a transaction was asked.
func (h *habit) beatOf(o *ot.Observation, l *Learner) {
	at := askedAt(&o.Did, l.now)
	if h.unsure {
		h.unsure = false
		h.rest(at)
	}
	h.beat(at, l.hole)
}

// habit finds an act of a pair, or makes it; nil when there is no room.
func (l *Learner) habit(p *pair, t *ot.Transaction) *habit {
	before := p.latest
	if before != nil && before.next != nil && before.next.of(t) {
		p.latest = before.next
		return p.latest
	}
	act := actOf(t)
	key := actKey{p.id, act}
	h := l.acts[key]
	if h == nil {
		if len(l.acts) >= MaxHabits {
			l.full.Habits++
			return nil
		}
		h = &habit{Act: act}
		l.acts[key] = h
	}
	if before != nil {
		before.next = h
	}
	p.latest = h
	return h
}

// touched notes which object and name a habit touched, and gives how often
// that was seen: of the name where there is one, else of the object, else of the habit.
func (l *Learner) touched(h *habit, t *ot.Transaction) (count uint64) {
	count = h.count
	if t.Object.Len > 0 {
		count = l.object(h, t.Object.Addr, t.Object.Len)
	}
	if len(t.Name) > 0 {
		count = l.name(h, t.Name)
	}
	return count
}

func (l *Learner) object(h *habit, addr, n uint32) uint64 {
	i, found := slices.BinarySearchFunc(h.objects, object{addr: addr, len: n}, func(a, b object) int {
		return cmp.Or(cmp.Compare(a.addr, b.addr), cmp.Compare(a.len, b.len))
	})
	if !found {
		if len(h.objects) >= MaxObjects {
			l.full.Objects++
			return 1
		}
		h.objects = slices.Insert(h.objects, i, object{addr: addr, len: n})
	}
	h.objects[i].add(l.bucket)
	return uint64(h.objects[i].count)
}

func (l *Learner) name(h *habit, text []byte) uint64 {
	if h.anyName {
		return h.count
	}
	i, found := slices.BinarySearchFunc(h.names, text, compareName)
	if !found {
		if len(h.names) >= MaxNames {
			l.full.Names++
			h.anyName, h.names = true, nil
			return 1
		}
		h.names = slices.Insert(h.names, i, name{text: string(text)})
	}
	h.names[i].add(l.bucket)
	return uint64(h.names[i].count)
}

func compareName(n name, text []byte) int {
	switch {
	case n.text < string(text):
		return -1
	case n.text > string(text):
		return 1
	}
	return 0
}
