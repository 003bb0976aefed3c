package detect

import (
	"fmt"
	"hash/fnv"
	"hash/maphash"
	"slices"

	"otsensor/pkg/event"
	"otsensor/pkg/ot"
)

// Limits of what is open and what is said.
const (
	MaxOpen        = 4096
	samplesKept    = 4
	ListKept       = 64          // items an event lists
	updateInterval = int64(60e9) // between two records of a growing event
)

// open is one event that still grows.
type open struct {
	key        string
	rule       int
	event      *event.Event
	hits       uint64
	weight     int   // of the gravest sighting
	clock      int64 // sensor clock of the last sighting
	told       int64 // sensor clock of the last record
	toldCount  uint64
	closed     bool
	listed     []uint64 // hashes of what was listed last
	turn       uint8    // of listed, the next to go
	storm      *storm   // nil for an event of its own
	prev, next *open
}

// opens holds the open events, least recently sighted first.
type opens struct {
	byKey       map[string]*open
	members     map[string]*open // storms by the keys of the events they stand for
	first, last *open
}

func (os *opens) unlink(o *open) {
	if o.prev != nil {
		o.prev.next = o.next
	} else {
		os.first = o.next
	}
	if o.next != nil {
		o.next.prev = o.prev
	} else {
		os.last = o.prev
	}
}

func (os *opens) push(o *open) {
	o.prev, o.next = os.last, nil
	if os.last != nil {
		os.last.next = o
	} else {
		os.first = o
	}
	os.last = o
}

// raise opens an event, or extends the open one with the same key, and gives the
// rule that the sighting came to belong to. w holds the values that a distinct
// rule counted, nil for others.
func (e *Engine) raise(n int, s *Sighting, w *window) int {
	r := &e.set.compiled[n]
	o := e.openOf(n, r, s)
	if o == nil {
		o = e.takenFrom(r, s)
	}
	if o != nil && o.rule != n { // a graver rule made it its own
		n, r, w = o.rule, &e.set.compiled[o.rule], nil
	}
	if o != nil && e.now-o.clock > int64(r.Window) {
		e.close(o)
		o = nil
	}
	if o == nil {
		o = e.takeOver(n, r, s, w)
	}
	switch {
	case o != nil:
		if e.open.last != o {
			e.open.unlink(o)
			e.open.push(o)
		}
	case e.joins(n, r, s) != nil:
		o = e.storms[n].storm
	case e.affords(n, s):
		o = e.begin(n, string(e.openKey(n, r, s)), s)
		e.storms[n].note(e.now)
	default:
		return n
	}
	graver := e.sight(o, r, s, w)
	switch {
	case o.hits == 1:
		e.tell(o, "open", s)
		e.budget[n].remember(o.event)
	case graver:
		e.tell(o, "update", s)
	}
	return n
}

// begin makes room for an event and opens it.
func (e *Engine) begin(n int, key string, s *Sighting) *open {
	if len(e.open.byKey) >= MaxOpen {
		e.Counts.Evicted++
		e.close(e.open.first)
	}
	r := &e.set.compiled[n]
	o := &open{key: key, rule: n, weight: -1, event: &event.Event{
		ID:   eventID(r.ID, key[:len(key)-2], packetTime(s.O)),
		Rule: event.Rule{ID: r.ID, Title: r.Title, Level: r.Level}, First: s.O.Time,
		Recurs: e.past.byKey[key],
	}}
	e.open.byKey[key] = o
	e.open.push(o)
	e.Counts.Raised[n]++
	return o
}

// sight counts one sighting into an event. An event shows its gravest sighting;
// graver says that this one is.
func (e *Engine) sight(o *open, r *compiled, s *Sighting, w *window) (graver bool) {
	ev, ob := o.event, s.O
	o.hits++
	o.clock = e.now
	ev.Count, ev.First, ev.Last = o.hits, min(ev.First, ob.Time), max(ev.Last, ob.Time)
	if weight := weightOf(ob); weight > o.weight {
		o.weight, graver = weight, true
		e.describe(ev, r, s)
		if o.storm != nil {
			o.storm.said, ev.Why = ev.What, append(ev.Why, o.storm.why())
		}
	}
	ev.Coverage.Unjudgable = e.unjudgable[o.rule]
	switch {
	case len(ev.Samples) < samplesKept:
		ev.Samples = append(ev.Samples, e.sample(ob))
	case graver:
		ev.Samples = append(slices.Clone(ev.Samples[:samplesKept-1]), e.sample(ob))
	}
	e.enlist(o, r, s, w)
	return graver
}

// enlist adds what a sighting shows to the list of its event.
func (e *Engine) enlist(o *open, r *compiled, s *Sighting, w *window) {
	ev := o.event
	switch {
	case len(ev.List) >= ListKept:
	case o.storm != nil:
		if e.anew(o, r.group, s) {
			ev.List = listed(ev.List, showParts(r.group, s))
		}
	case r.list != nil:
		if e.anew(o, []part{*r.list}, s) {
			ev.List = listed(ev.List, r.list.show(s))
		}
	case w != nil && (o.hits == 1 || len(r.of) == 0 && w.grown): // of a chain of several the window knows the rules
		w.grown = false
		for _, item := range w.shown() {
			ev.List = listed(ev.List, item)
		}
	case w != nil && len(r.of) > 0 && e.anew(o, r.of, s):
		ev.List = listed(ev.List, showParts(r.of, s))
	}
}

// anew reports whether a sighting may show something else than those listed last.
func (e *Engine) anew(o *open, parts []part, s *Sighting) bool {
	e.key = e.key[:0]
	for i := range parts {
		if parts[i].name == "object" {
			e.key = wholeKey(e.key, &s.O.Did)
		} else {
			e.key = parts[i].key(e.key, s)
		}
	}
	hash := maphash.Bytes(e.seed, e.key)
	if slices.Contains(o.listed, hash) {
		return false
	}
	if len(o.listed) < ListKept {
		o.listed = append(o.listed, hash)
	} else {
		o.listed[o.turn%ListKept] = hash
		o.turn++
	}
	return true
}

// weightOf orders sightings by what came of the act, as severity does: a
// refusal weighs least, an accepted change most. What is no act weighs nothing.
func weightOf(o *ot.Observation) int {
	if o.Kind != ot.Did || o.Did.Status == ot.Refused {
		return 0
	}
	weight := 0
	switch o.Did.Status {
	case ot.Unanswered:
		weight = 1
	case ot.OneWay, ot.Unasked:
		weight = 2
	case ot.OK:
		weight = 3
	}
	if o.Did.Op.ChangesState() {
		weight += 3
	}
	return weight
}

// listed adds an item to a sorted list that others may still hold.
func listed(list []string, item string) []string {
	at, known := slices.BinarySearch(list, item)
	if item == "" || known || len(list) >= ListKept {
		return list
	}
	return slices.Insert(slices.Clip(list), at, item)
}

// tell hands over an event's record as it stands; s is the sighting that changed what it says, nil when none did.
func (e *Engine) tell(o *open, state string, s *Sighting) {
	if o.storm != nil {
		o.storm.stormed(o.event)
	}
	o.event.State, o.event.Raised = state, e.now
	o.told, o.toldCount = e.now, o.hits
	e.emit(Raised{o.event, s, e.set.compiled[o.rule].Rule})
}

// expire closes events that went quiet and tells of those that grew.
func (e *Engine) expire() {
	for o := e.open.first; o != nil; {
		next := o.next
		switch {
		case e.now-o.clock > int64(e.set.compiled[o.rule].Window):
			e.close(o)
		case o.hits != o.toldCount && e.now-o.told >= updateInterval:
			e.tell(o, "update", nil)
		}
		o = next
	}
}

func (e *Engine) close(o *open) {
	e.open.unlink(o)
	delete(e.open.byKey, o.key)
	if o.storm != nil {
		e.open.forget(o.storm)
	}
	e.tell(o, "closed", nil)
	e.past.closed(o)
	o.closed, o.event = true, nil // a seat may still lead to it
}

// packetTime is when the packet came that an observation rests on. A request
// that nobody answered is told at a tick, and where the ticks of a live capture
// fall is no property of the packets.
func packetTime(o *ot.Observation) int64 {
	if o.Kind == ot.Did && o.Did.Answered == 0 && o.Did.AskedAt != 0 {
		return o.Did.AskedAt
	}
	return o.Time
}

// eventID is the same for the same rule, key and first packet.
func eventID(rule, key string, first int64) string {
	h := fnv.New64a()
	fmt.Fprintf(h, "%s\x00%s\x00%d", rule, key, first)
	return fmt.Sprintf("%016x", h.Sum64())
}
