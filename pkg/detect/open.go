package detect

import (
	"fmt"
	"hash/fnv"
	"slices"
	"strconv"

	"otsensor/pkg/event"
	"otsensor/pkg/ot"
)

// Limits of what is open and what is said.
const (
	MaxOpen        = 4096
	eventsAMinute  = 100 // events one rule opens in a minute of packet time; the rest is summed up
	samplesKept    = 4
	listKept       = 64
	updateInterval = int64(60e9) // between two records of a growing event
)

// open is one event that still grows.
type open struct {
	key        string
	rule       int
	event      *event.Event
	hits       uint64
	clock      int64 // sensor clock of the last sighting
	told       int64 // sensor clock of the last record
	toldCount  uint64
	list       map[string]bool
	prev, next *open
}

// opens holds the open events, least recently sighted first.
type opens struct {
	byKey       map[string]*open
	first, last *open
}

// budget is what a rule may still open in this minute.
type budget struct {
	minute     int64
	opened     int
	suppressed uint64
	last       *event.Event // the latest one opened, for the summary
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

// raise opens an event, or extends the open one with the same key.
func (e *Engine) raise(n int, s *Sighting, w *window) {
	r := &e.set.compiled[n]
	key := append(e.keyOf(r.group, s), byte(n), byte(n>>8))
	o := e.open.byKey[string(key)]
	if o == nil {
		if !e.affords(n) {
			return
		}
		o = e.begin(n, string(key), s)
	} else {
		e.open.unlink(o)
	}
	e.open.push(o)
	graver := e.sight(o, r, s, w)
	if graver {
		o.event.State = "update"
		o.told, o.toldCount = e.now, o.hits
		e.emit(Raised{o.event, s, r.Rule})
	}
	if o.hits == 1 {
		o.event.What = e.say(r, s, o)
		o.told, o.toldCount = e.now, 1
		e.emit(Raised{o.event, s, r.Rule})
		e.chain(o.event, s)
	}
}

// affords reports whether a rule may open another event in this minute.
func (e *Engine) affords(n int) bool {
	b := &e.budget[n]
	if minute := e.now / int64(60e9); b.minute != minute {
		b.minute, b.opened = minute, 0
	}
	if b.opened >= eventsAMinute {
		b.suppressed++
		e.Counts.Suppressed[n]++
		return false
	}
	b.opened++
	return true
}

func (e *Engine) begin(n int, key string, s *Sighting) *open {
	if len(e.open.byKey) >= MaxOpen {
		e.Counts.Evicted++
		e.close(e.open.first)
	}
	r := &e.set.compiled[n]
	o := &open{key: key, rule: n}
	o.event = &event.Event{
		ID: eventID(r.ID, key, s.O.Time), State: "open",
		Rule:   event.Rule{ID: r.ID, Title: r.Title, Level: r.Level},
		First:  s.O.Time,
		Source: e.facts.Party(s.Source()), Target: e.facts.Party(s.Target()),
		Attack:   event.Attack{Techniques: r.Attack},
		Playbook: event.Playbook{IncidentType: r.Play},
	}
	e.budget[n].last = o.event
	e.describe(o.event, r, s)
	e.open.byKey[key] = o
	e.Counts.Raised[n]++
	return o
}

// describe fills in what the first sighting shows.
func (e *Engine) describe(ev *event.Event, r *compiled, s *Sighting) {
	ob := s.O
	if ob.Conv != nil {
		ev.Target.Port = ob.Conv.Server.Port
	}
	if ob.Did.Proto != ot.NoProto {
		ev.Proto = ob.Did.Proto.String()
	}
	if ob.Kind == ot.Spoke {
		ev.Service = ob.Service.String()
	}
	if ob.Kind == ot.Did {
		ev.Op, ev.Status = ob.Did.Op.String(), ob.Did.Status.String()
		ev.Object = e.facts.Object(&ob.Did)
	}
	if s.W.Dev != 0 {
		ev.Why = e.facts.Reasons(ob, s.W.Dev)
	}
	ev.Why = append(ev.Why, e.because(r, s)...)
	ev.Coverage = event.Coverage{
		BothWays:  ob.Quality&ot.OneSided == 0,
		Midstream: ob.Quality&ot.Midstream != 0, Lossy: ob.Quality&ot.Lossy != 0,
		Truncated: ob.Quality&ot.Truncated != 0, Conflict: ob.Quality&ot.Conflict != 0,
	}
}

// because gives the rule's own fields as reasons: what was seen, and which threshold fired.
func (e *Engine) because(r *compiled, s *Sighting) (why []event.Reason) {
	shown := map[string]bool{"kind": true, "deviation": true}
	add := func(name, seen string) {
		if seen != "" && !shown[name] {
			shown[name] = true
			why = append(why, event.Reason{Field: name, Seen: seen})
		}
	}
	for i := range r.conds {
		seen, _ := r.conds[i].f.show(s)
		add(r.conds[i].f.name, seen)
	}
	for i := range r.show {
		add(r.show[i].name, r.show[i].show(s))
	}
	if r.Count != nil {
		why = append(why, event.Reason{Field: "sightings", Seen: fmt.Sprintf("%d within %s", r.Count.Min, r.Count.Over),
			Nearest: fmt.Sprintf("threshold %d within %s (default)", r.Count.Min, r.Count.Over)})
	}
	if r.Distinct != nil {
		why = append(why, event.Reason{Field: "different " + join(r.Distinct.Of), Seen: fmt.Sprintf("%d within %s", r.Distinct.Min, r.Distinct.Over),
			Nearest: fmt.Sprintf("threshold %d within %s (default)", r.Distinct.Min, r.Distinct.Over)})
	}
	return why
}

// sight counts one sighting into an event; graver says that an act was
// accepted where those before were not.
func (e *Engine) sight(o *open, r *compiled, s *Sighting, w *window) (graver bool) {
	ev, ob := o.event, s.O
	o.hits++
	o.clock = e.now
	ev.Count, ev.Last = o.hits, max(ev.Last, ob.Time)
	ev.Raised = e.now
	ev.Coverage.Unjudgable = e.unjudgable[o.rule]
	if len(ev.Samples) < samplesKept {
		ev.Samples = append(ev.Samples, e.sample(ob))
	}
	if ob.Kind == ot.Did && worse(ob.Did.Status, ev.Status) {
		ev.Status, graver = ob.Did.Status.String(), true
	}
	switch {
	case r.List != "":
		e.list(o, r.list.show(s))
	case w != nil:
		ev.List = capList(w.shown())
	}
	return graver
}

// worse reports whether a status weighs more than the one the event shows:
// an accepted act outweighs a refused one.
func worse(s ot.Status, shown string) bool {
	return s == ot.OK && shown != "" && shown != ot.OK.String()
}

func (e *Engine) list(o *open, item string) {
	if item == "" || o.list[item] || len(o.list) >= listKept {
		return
	}
	if o.list == nil {
		o.list = map[string]bool{}
	}
	o.list[item] = true
	at, _ := slices.BinarySearch(o.event.List, item)
	o.event.List = slices.Insert(o.event.List, at, item)
}

func capList(all []string) []string { return all[:min(len(all), listKept)] }

func (e *Engine) sample(ob *ot.Observation) event.Sample {
	sm := event.Sample{Time: ob.Time, Value: Values(&ob.Did)}
	frame, answer := ob.Frame, uint64(0)
	if ob.Kind == ot.Did {
		if ob.Did.Asked != 0 {
			frame = ob.Did.Asked
		}
		answer = ob.Did.Answered
	}
	sm.File, sm.Frame = e.facts.File(frame)
	if answer != 0 {
		_, sm.Answer = e.facts.File(answer)
	}
	return sm
}

// say writes the rule's sentence.
func (e *Engine) say(r *compiled, s *Sighting, o *open) string {
	text := ""
	for _, p := range r.say {
		text += p.text
		if p.show != nil {
			text += p.show(s, o)
		}
	}
	return text
}

// expire closes events that went quiet and tells of those that grew.
func (e *Engine) expire(now int64) {
	for o := e.open.first; o != nil; {
		next := o.next
		quiet := now - o.clock
		switch {
		case quiet > int64(e.set.compiled[o.rule].Window) || now == 1<<63-1:
			e.close(o)
		case o.hits != o.toldCount && now-o.told >= updateInterval:
			o.told, o.toldCount = now, o.hits
			o.event.State = "update"
			e.emit(Raised{Event: o.event, Rule: e.set.compiled[o.rule].Rule})
		}
		o = next
	}
}

func (e *Engine) close(o *open) {
	e.open.unlink(o)
	delete(e.open.byKey, o.key)
	o.event.State = "closed"
	e.emit(Raised{Event: o.event, Rule: e.set.compiled[o.rule].Rule})
}

// summaries raises one event per rule that went over its budget.
func (e *Engine) summaries() {
	for n := range e.budget {
		b := &e.budget[n]
		if b.suppressed == 0 {
			continue
		}
		ev := *b.last
		r := &e.set.compiled[n]
		ev.ID = eventID(r.ID, "summary"+strconv.FormatInt(b.minute, 10), e.now)
		ev.State, ev.Count = "summary", b.suppressed
		ev.Samples, ev.List = nil, nil
		ev.First, ev.Last, ev.Raised = b.minute*int64(60e9), e.now, e.now
		ev.What = fmt.Sprintf("%s: %d further sightings in one minute were not listed one by one (limit %d events a minute).", r.Title, b.suppressed, eventsAMinute)
		b.suppressed = 0
		e.emit(Raised{Event: &ev, Rule: r.Rule})
	}
}

// eventID is the same for the same rule, key and first packet.
func eventID(rule, key string, first int64) string {
	h := fnv.New64a()
	fmt.Fprintf(h, "%s\x00%s\x00%d", rule, key, first)
	return fmt.Sprintf("%016x", h.Sum64())
}

func join(words []string) string {
	text := ""
	for i, w := range words {
		if i > 0 {
			text += "/"
		}
		text += w
	}
	return text
}
