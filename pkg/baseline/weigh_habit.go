package baseline

import (
	"slices"
	"sort"

	"otsensor/pkg/ot"
)

// weighHabit is a habit in force. What every transaction looks at comes first:
// it lies in few cache lines.
type weighHabit struct {
	Act
	writes  bool
	anyName bool
	loose   bool
	led     bool        // its period is that of line.Lead
	next    *weighHabit // the act that followed last time
	due     uint64      // the shape that shapeTurn guesses, as askedFor has it; 0 for none
	shapes  []Range     // as requested, sorted
	watch   watch

	shapeTurn turn

	names     []string
	nameTurn  turn
	points    []weighPoint // sorted by name, then address
	pointTurn turn
	objects   []Range // merged
	steps     []*weighStep
	line      *Habit
	missing   int64 // the sighting after which it was told to be missing, plus 1
}

// watch follows the period of a habit.
type watch struct {
	every, band  int64
	at           int64 // latest sighting
	since        int64 // sighting the present cycles began with
	mean         int64 // gap over the cycles judged last
	n, low, high uint8
}

// did weighs one transaction of a learned conversation.
func (w *Weigher) did(p *weighPair, o *ot.Observation) (d Deviation) {
	if p.goesOn(w.now) {
		d = p.back()
	}
	if o.Quality&ot.Lossy != 0 {
		p.lossy(w.now)
	}
	if p.hours != nil && !p.hours.at(w.now) {
		d |= OffHours
	}
	if p.slow.beyond != 0 {
		d |= p.slow.answer(o)
	}
	return d | w.act(p, o)
}

// act weighs what a transaction does.
func (w *Weigher) act(p *weighPair, o *ot.Observation) (d Deviation) {
	t := &o.Did
	if t.Op.ChangesState() && p.line != nil && uint64(p.writing.add(askedAt(t, w.now), writeStretch)) > w.tolerate.WriteBurst.threshold(uint64(p.line.Writes)) {
		d = WriteBurst
	}
	if t.Status == ot.Unasked {
		return d // an answer without its request: nobody knows what was asked
	}
	if w.now-p.acted > p.limit {
		p.resumed = w.now
	}
	p.acted = w.now
	h := p.due
	if h == nil || !h.of(t) {
		if h = p.another(t); h == nil {
			return d | w.strangeAct(p, t)
		}
	}
	p.latest, p.due = h, h.next
	if t.Object.Len > 0 && (len(h.shapes) > 1 || askedFor(t) != h.due) {
		d |= h.object(t)
	}
	if len(t.Name) > 0 && !h.anyName && !h.knows(t.Name) {
		d |= NewName
	}
	if h.writes {
		if len(h.points) > 0 && len(t.Value) > 0 {
			d |= w.values(h, t, o.Quality&ot.Lossy == 0)
		}
		if d&(NewObject|NewName) != 0 && p.server.writerOf(p.Client, t) != nil {
			d |= NewWriter
		}
		if len(h.steps) > 0 {
			d |= w.stepped(p.server, h, t, d != 0)
		}
	}
	if h.watch.every > 0 && (!h.led || h.line.Lead.is(t)) && h.watch.beat(askedAt(t, o.Clock)) {
		d |= Period
	}
	return d
}

// askedAt is when a transaction was asked, now where that was not seen.
func askedAt(t *ot.Transaction, now int64) int64 {
	if t.AskedAt != 0 {
		return t.AskedAt
	}
	return now
}

// another finds the act where it is not the one that followed last time.
func (p *weighPair) another(t *ot.Transaction) *weighHabit {
	h := p.acts.find(t)
	if h != nil && p.latest != nil {
		p.latest.next = h
	}
	return h
}

// object weighs which addresses a transaction touches; a poll asks for shapes in turn.
func (h *weighHabit) object(t *ot.Transaction) Deviation {
	if askedFor(t) == h.due {
		h.shapeTurn.hit()
		h.guess()
		return 0
	}
	r := rangeOf(t.Object.Addr, t.Object.Len)
	if !covers(h.objects, r) {
		return NewObject
	}
	return h.shape(r)
}

// askedFor is what a transaction touches, as one number; never 0 where it touches anything.
func askedFor(t *ot.Transaction) uint64 { return both(t.Object.Addr, t.Object.Len) }

// guess notes which shape is due.
func (h *weighHabit) guess() {
	r := h.shapes[h.shapeTurn.guess()]
	h.due = both(r.From, r.To-r.From+1) // of all addresses there are, a length of 0: that is found by looking
}

// shape weighs a range that is covered.
func (h *weighHabit) shape(r Range) Deviation {
	i, found := placeOf(h.shapes, r)
	switch {
	case found:
		h.shapeTurn.came(i)
		h.guess()
		return 0
	case h.loose:
		return 0
	case i < len(h.shapes) && h.shapes[i].From == r.From, i > 0 && h.shapes[i-1].From == r.From:
		return NewShape
	}
	return 0
}

// knows reports whether a name was learned; a poll asks for names in turn.
func (h *weighHabit) knows(name []byte) bool {
	if len(h.names) > 0 && h.names[h.nameTurn.guess()] == string(name) {
		h.nameTurn.hit()
		return true
	}
	i := sort.Search(len(h.names), func(i int) bool { return h.names[i] >= string(name) })
	if i == len(h.names) || h.names[i] != string(name) {
		return false
	}
	h.nameTurn.came(i)
	return true
}

// strangeAct is how an act that was not learned departs from what its conversation does.
func (w *Weigher) strangeAct(p *weighPair, t *ot.Transaction) (d Deviation) {
	act := actOf(t)
	switch {
	case !w.parts[actKey{p.id, act.unitPart()}]:
		d = NewUnit
	case !w.parts[actKey{p.id, act.codePart()}]:
		d = NewCode
	default:
		d = NewObject
	}
	if p.ops>>t.Op&1 == 0 {
		d |= NewOp
	}
	if t.Op.ChangesState() {
		p.server.walked = walked{}
		if !p.writes {
			d |= FirstWrite
		}
		if p.server.writerOf(p.Client, t) != nil {
			d |= NewWriter
		}
	}
	return d
}

// unitPart and codePart are the parts of an act that are looked up by
// themselves; the area tells them apart.
func (a Act) unitPart() Act { return Act{Proto: a.Proto, Unit: a.Unit, Area: 1} }
func (a Act) codePart() Act {
	return Act{Proto: a.Proto, Unit: a.Unit, Code: a.Code, Op: a.Op, Area: 2}
}

// writerOf finds the learned habit of another client to write to the same place
// of the same server, nil when there is none.
func (h *weighHost) writerOf(client ot.Endpoint, t *ot.Transaction) *writer {
	for i := range h.writers {
		w := &h.writers[i]
		if w.pair.client.host != client.Host() && w.habit.Proto == t.Proto && w.habit.Unit == unitOf(t) &&
			w.habit.Area == t.Object.Area && w.habit.Block == t.Object.Block && w.habit.meets(t) {
			return w
		}
	}
	return nil
}

// meets reports whether a habit touches the name, or else an address, of a transaction.
func (h *weighHabit) meets(t *ot.Transaction) bool {
	if len(t.Name) > 0 {
		_, found := slices.BinarySearchFunc(h.names, t.Name, func(a string, b []byte) int { return compareName(name{text: a}, b) })
		return found
	}
	if t.Object.Len == 0 {
		return false
	}
	r := rangeOf(t.Object.Addr, t.Object.Len)
	i := sort.Search(len(h.objects), func(i int) bool { return h.objects[i].To >= r.From })
	return i < len(h.objects) && h.objects[i].From <= r.To
}

// beat takes a sighting; true when enough of the latest gaps lay beyond the
// learned period, on one side. A pause of ten periods is no gap.
func (c *watch) beat(at int64) bool {
	gap := at - c.at
	if c.at == 0 || gap < 0 || gap > 10*c.every {
		*c = watch{every: c.every, band: c.band, at: at, since: at}
		return false
	}
	c.at = at
	switch {
	case gap > c.every+c.band:
		c.high++
	case gap < c.every-c.band:
		c.low++
	}
	if c.n++; c.n < periodCycles {
		return false
	}
	changed := max(c.low, c.high) >= periodOutside
	c.mean, c.since = (at-c.since)/periodCycles, at
	c.n, c.low, c.high = 0, 0, 0
	return changed
}
