package detect

import (
	"hash/maphash"

	"otsensor/pkg/baseline"
	"otsensor/pkg/event"
	"otsensor/pkg/ot"
)

// Facts is what the engine asks of the rooms around it. All are called by the
// judge's goroutine.
type Facts struct {
	Baseline bool // there is one
	Host     func(e ot.Endpoint) Host
	Party    func(e ot.Endpoint) event.Party
	Object   func(t *ot.Transaction) string // what was touched, for people
	Reasons  func(o *ot.Observation, d baseline.Deviation) []event.Reason
	Conduit  func(a, b ot.Endpoint) bool         // the site file allows it, or has no zones
	Critical func(s *Sighting) Critical          // nil where the site file names no values
	Windows  bool                                // people name the times of planned work
	Learning bool                                // the sensor learns beside
	Planned  func(s *Sighting) string            // ticket of the planned work that covers this, "" when none
	Accepted func(rule string, s *Sighting) bool // people accepted what the rule would say
	File     func(frame uint64) (string, uint64) // which file a frame is from, and its number there
	Freeze   func(r *Rule, s *Sighting)          // what an event is about must not teach while it is open; nil where nothing learns
}

// Raised is what the engine hands over: an event as it stands, and the sighting
// it rests on (nil when it closes, and for summaries and chains).
type Raised struct {
	Event *event.Event
	By    *Sighting
	Rule  *Rule
}

// Engine matches one rule set. It is used by the judge's goroutine.
type Engine struct {
	set   *Set
	facts Facts
	emit  func(Raised)

	tallies    []tally // by rule, as all that follow
	budget     []budget
	storms     []gathering
	unjudgable []uint64
	spoke      []uint64 // the last sighting it spoke of, as matched counts them
	matched    uint64
	open       opens
	past       past
	index      index
	narrow     narrow
	seats      []seat   // by ot.Conv.Seat
	seen       Sighting // the one being matched; reused, so that matching allocates nothing
	now        int64
	key        []byte
	text       []byte
	seed       maphash.Seed // of hashes that leave no trace in what is told

	Counts Counts
}

// Counts is what the engine did, for metrics.
type Counts struct {
	Raised     []uint64 // events opened, by rule in the order of Set.Rules
	Suppressed []uint64 // sightings over the budget, by rule
	Taken      map[Taking]uint64
	Gone       uint64 // events opened by rules that are no longer in force
	GoneOver   uint64 // sightings over their budget
	Unjudgable uint64 // sightings that could not be judged for want of coverage
	Accepted   uint64 // sightings that people accepted
	Evicted    uint64 // events closed early because too many were open
}

// Taking is an event that one rule opened and a graver one went on with.
type Taking struct{ By, From string } // ids of rules

// NewEngine makes an engine that hands what it raises to emit.
func NewEngine(set *Set, facts Facts, emit func(Raised)) *Engine {
	n := len(set.compiled)
	e := &Engine{set: set, facts: facts, emit: emit, seed: maphash.MakeSeed(), index: index{set: set}, narrow: newNarrow(),
		tallies: make([]tally, n), budget: make([]budget, n), storms: make([]gathering, n), unjudgable: make([]uint64, n), spoke: make([]uint64, n),
		past:   past{byKey: map[string]event.Recurrence{}},
		open:   opens{byKey: map[string]*open{}, members: map[string]*open{}},
		Counts: Counts{Raised: make([]uint64, n), Suppressed: make([]uint64, n), Taken: map[Taking]uint64{}}}
	e.seen.engine = e
	return e
}

// Match takes one weighed observation.
func (e *Engine) Match(o *ot.Observation, w baseline.Weight) {
	e.now = max(e.now, o.Clock)
	l, n := lookOf(o, w.Dev), e.narrow.latest
	if n.look != l {
		n = e.narrowed(l, o, w.Dev)
	}
	if len(n.list) > 0 {
		e.matchAny(n.list, o, w)
	}
}

func (e *Engine) matchAny(all []candidate, o *ot.Observation, w baseline.Weight) {
	e.matched++
	e.seen.O, e.seen.W, e.seen.hosts = o, w, false
	for i := range all {
		if all[i].match(&e.seen) {
			e.matches(all[i].rule, &e.seen)
		}
	}
}

// match reports whether a sighting meets the conditions of a candidate.
func (c *candidate) match(s *Sighting) bool {
	for _, cond := range c.conds {
		if !cond.match(s) {
			return false
		}
	}
	return true
}

// matches takes a sighting that meets the conditions of a rule.
func (e *Engine) matches(n int, s *Sighting) {
	r := &e.set.compiled[n]
	if e.givesWay(r) {
		return
	}
	if e.facts.Accepted(r.ID, s) {
		e.Counts.Accepted++
		e.spoke[n] = e.matched
		return
	}
	if s.O.Quality&r.doubts != 0 {
		e.unjudgable[n]++
		e.Counts.Unjudgable++
		return
	}
	if w, enough := e.counted(n, r, s); enough {
		e.spoke[n] = e.matched
		if r.freezes && e.facts.Freeze != nil {
			e.facts.Freeze(r.Rule, s)
		}
		e.chain(e.raise(n, s, w), s)
	}
}

// counted reports whether a sighting is enough for a rule's count or distinct,
// and gives the window of a distinct.
func (e *Engine) counted(n int, r *compiled, s *Sighting) (*window, bool) {
	t := &e.tallies[n]
	switch {
	case r.Count != nil:
		w := e.windowOf(n, t, r.count, s)
		return nil, w.sighted(e.now, r.Count.Min, int64(r.Count.Over))
	case r.Distinct != nil:
		w := e.windowOf(n, t, r.by, s)
		show := func() string { return showParts(r.of, s) }
		return w, t.differs(w, e.now, e.keyOf(r.of, s), show, r.Distinct.Min, int64(r.Distinct.Over)) >= r.Distinct.Min
	}
	return nil, true
}

// keyOf writes the key of some parts; it is valid until the next call.
func (e *Engine) keyOf(parts []part, s *Sighting) []byte {
	e.key = e.key[:0]
	for i := range parts {
		e.key = parts[i].key(e.key, s)
	}
	return e.key
}

func showParts(parts []part, s *Sighting) string {
	text := parts[0].show(s)
	for i := range parts[1:] {
		text += " " + parts[i+1].show(s)
	}
	return text
}

// Tick lets time pass: events that went quiet close, floods are summed up.
func (e *Engine) Tick(now int64) {
	e.now = max(e.now, now)
	e.expire()
	for n := range e.budget {
		if e.budget[n].minute != e.now/minute {
			e.summary(n)
		}
	}
}

// Cut closes the open events that are named: what comes next is another event.
func (e *Engine) Cut(which func(*event.Event) bool) {
	e.cut(func(o *open) bool { return which(o.event) })
}

func (e *Engine) cut(which func(*open) bool) {
	for o := e.open.first; o != nil; {
		next := o.next
		if which(o) {
			e.close(o)
		}
		o = next
	}
}

// Flush closes everything that is open, as at the end of the input.
func (e *Engine) Flush() {
	for n := range e.budget {
		e.summary(n)
	}
	for e.open.first != nil {
		e.close(e.open.first)
	}
}

// NewFile forgets what is under way: what comes next does not belong with it.
func (e *Engine) NewFile() {
	e.Flush()
	for i := range e.tallies {
		e.tallies[i].clear()
		e.storms[i] = gathering{}
	}
	e.seats = nil
}

// Open is how many events are open.
func (e *Engine) Open() int { return len(e.open.byKey) }

// Windows is how many keys counting rules and chains remember, how many they
// may, and how many they forgot for want of room.
func (e *Engine) Windows() (entries, limit, forgotten uint64) {
	for i := range e.tallies {
		t := &e.tallies[i]
		if r := &e.set.compiled[i]; r.Count != nil || r.Distinct != nil || len(r.Chain) > 0 {
			limit += maxKeys
		}
		entries += uint64(len(t.keys))
		forgotten += t.forgotten
	}
	return entries, limit, forgotten
}
