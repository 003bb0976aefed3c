package baseline

import (
	"cmp"
	"slices"

	"otsensor/pkg/ot"
)

// index makes the look-ups of a weigher from the lines in force. A line in
// force brings those it rests on: a person who accepts a habit accepts its
// conversation and its hosts.
func (w *Weigher) index() {
	for i := range w.b.Hosts {
		if l := &w.b.Hosts[i]; l.Mark == InForce {
			h := w.knownHost(l.Host)
			h.ports, h.gap = l.Serves, l.Gap
		}
	}
	w.indexMACs()
	for i := range w.b.Conversations {
		if l := &w.b.Conversations[i]; l.Mark == InForce {
			w.indexConversation(l)
		}
	}
	for i := range w.b.Habits {
		if l := &w.b.Habits[i]; l.Mark == InForce {
			w.indexHabit(l)
		}
	}
	w.indexValues()
	w.limits()
	for _, p := range w.pairs {
		p.acts = newActTable(p.habits)
	}
}

// indexValues gives the habits of writing their points, in the order they are searched in.
func (w *Weigher) indexValues() {
	acts := map[actKey]*weighHabit{}
	for _, p := range w.pairs {
		for _, h := range p.habits {
			acts[actKey{p.id, h.Act}] = h
		}
	}
	for i := range w.b.Values {
		if l := &w.b.Values[i]; l.Mark == InForce {
			if h := acts[actKey{w.pair(l.Pair).id, l.Act}]; h != nil {
				h.points = append(h.points, weighPoint{Value: l})
			}
		}
	}
	for _, h := range acts {
		slices.SortFunc(h.points, func(a, b weighPoint) int { return cmp.Or(cmp.Compare(a.Name, b.Name), cmp.Compare(a.Addr, b.Addr)) })
		h.pointTurn = newTurn(len(h.points))
		w.onStage(h)
	}
	slices.SortFunc(w.holds, func(a, b *weighPoint) int { return cmp.Compare(a.State, b.State) })
	w.onPhases()
	w.indexSteps(acts)
}

func (w *Weigher) indexMACs() {
	for i := range w.b.MACs {
		if l := &w.b.MACs[i]; l.Mark == InForce {
			h := w.knownHost(l.Host)
			h.macs = append(h.macs, l.MAC)
			w.macKnown[l.MAC] = min(w.macKnown[l.MAC], 254) + 1
		}
	}
	for i := range w.b.Identities {
		if l := &w.b.Identities[i]; l.Mark == InForce {
			h := w.knownHost(l.Of)
			h.identities = append(h.identities, l)
		}
	}
}

// limits says how long each host and conversation may be silent, and of which
// of them silence says something; how long answers and acts may be late.
func (w *Weigher) limits() {
	w.steady, w.regular = nil, nil
	for i := range w.b.Hosts {
		if l := &w.b.Hosts[i]; l.Mark == InForce {
			h := w.hosts[l.Host]
			if h.limit = int64(w.tolerate.HostSilent.threshold(uint64(l.Gap))); w.regularly(&l.Standing, l.Gap, h.limit) {
				w.steady = append(w.steady, h)
			}
		}
	}
	for i := range w.b.Conversations {
		if l := &w.b.Conversations[i]; l.Mark == InForce {
			p := w.pairs[l.Pair]
			if p.limit = int64(w.tolerate.Silence.threshold(uint64(l.Beat.Gap))); w.regularly(&l.Standing, l.Beat.Gap, p.limit) {
				w.regular = append(w.regular, p)
			}
			p.slow.beyond = w.lateAfter(l.Latency)
		}
	}
	w.indexCycles()
}

// Tolerate changes the tolerances while observations are weighed. Who is silent
// by the old ones and not by the new ones is no longer called so.
func (w *Weigher) Tolerate(t Tolerances) {
	if w.tolerate = t; w.b == nil {
		return
	}
	w.limits()
	w.down = 0
	for _, h := range w.hosts {
		if h.silent = h.silent && w.now-h.last > h.limit && slices.Contains(w.steady, h); h.silent {
			w.down++
		}
	}
	for _, p := range w.pairs {
		p.silent = p.silent && w.now-p.last > p.limit && slices.Contains(w.regular, p)
	}
}

// regularly reports whether something came so often and so evenly, and to the
// end of learning, that its absence says something.
func (w *Weigher) regularly(s *Standing, gap, limit int64) bool {
	return s.Count >= regularCount && gap > 0 && gap*regularShare <= s.Last-s.First && w.b.Until-s.Last <= limit
}

func (w *Weigher) knownHost(key ot.Endpoint) *weighHost {
	h := w.hosts[key]
	if h == nil {
		h = &weighHost{host: key, known: true}
		w.hosts[key] = h
	}
	return h
}

func (w *Weigher) indexConversation(l *Conversation) {
	p := w.pair(l.Pair)
	p.line, p.peak, p.unanswered = l, l.Peak, l.Unanswered
	if l.Hours != (Week{}) {
		p.hours = &l.Hours
	}
	for _, proto := range l.Protos {
		p.protos |= 1 << proto & protoMask
	}
	for _, s := range l.Services {
		p.services |= 1 << s & serviceMask
	}
}

// pair finds a conversation of the baseline, or makes it with its hosts.
func (w *Weigher) pair(key Pair) *weighPair {
	p := w.pairs[key]
	if p != nil {
		return p
	}
	p = &weighPair{Pair: key, id: uint32(len(w.pairs)), client: w.knownHost(key.Client), server: w.knownHost(key.Server.Host())}
	p.client.asks, p.server.serves = true, true
	if port := (Port{key.Transport, key.Server.Port}); !slices.Contains(p.server.ports, port) {
		p.server.ports = append(p.server.ports, port)
	}
	p.server.asked = append(p.server.asked, p)
	w.pairs[key] = p
	return p
}

func (w *Weigher) indexHabit(l *Habit) {
	p := w.pair(l.Pair)
	h := &weighHabit{Act: l.Act, line: l, loose: l.Loose, led: l.Lead.On, writes: l.Op.ChangesState(),
		names: l.Names, anyName: l.AnyName, objects: merged(l.Objects), shapes: l.Objects}
	slices.SortFunc(h.shapes, compareRanges)
	slices.Sort(h.names)
	if l.Beat.Every > 0 {
		h.watch = watch{every: l.Beat.Every, band: max(l.Beat.Every/periodShare, 3*l.Beat.Spread)}
	}
	p.decoded = true
	p.ops |= 1 << l.Op
	p.writes = p.writes || h.writes
	p.protos |= 1 << l.Proto & protoMask
	p.habits = append(p.habits, h)
	w.parts[actKey{p.id, l.unitPart()}], w.parts[actKey{p.id, l.codePart()}] = true, true
	if h.writes {
		p.server.writers = append(p.server.writers, writer{p, h})
	}
	h.shapeTurn, h.nameTurn = newTurn(len(h.shapes)), newTurn(len(h.names))
	if len(h.shapes) > 0 {
		h.guess()
	}
}
