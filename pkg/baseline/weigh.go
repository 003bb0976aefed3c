package baseline

import (
	"otsensor/pkg/ot"
)

// Tolerances of weighing: how far beyond the learned something must be.
const (
	regularCount  = 20          // sightings until something is regular,
	regularShare  = 10          // if its longest gap is no more than this part of its time
	lineHosts     = 4           // regular hosts a line must have to fall silent as a line
	periodCycles  = 20          // gaps looked at for a changed period,
	periodOutside = 15          // so many of them beyond the band, on one side
	periodShare   = 10          // the band is at least this part of the period
	holdSightings = 2           // sightings until an unknown host is an asset, unless it answered or claimed
	bindingHold   = 10 * minute // how long an address learned in this run belongs to its MAC
	routerHosts   = 3           // addresses behind one MAC that make it a router
	maxStrangers  = 16384       // unknown hosts remembered
	maxBindings   = 16384       // addresses remembered in this run
)

// Weight is what weighing says about one observation.
type Weight struct {
	Dev Deviation // how it departs from what was learned; stays as long as it does
}

// Strangers are the hosts remembered that are not in the baseline, and how many may be.
func (w *Weigher) Strangers() (now, most int) { return w.strangers, maxStrangers }

// Weigher compares observations with a baseline. It learns nothing; what it
// remembers of its run is when things were last seen.
type Weigher struct {
	Full uint64 // times something was not remembered because a table was full

	b        *Baseline // nil without one
	tolerate Tolerances

	now   int64
	start int64 // sensor clock of the first tick

	hosts     map[ot.Endpoint]*weighHost
	strangers int
	crowd     *weighHost // stands for all hosts there is no room for
	pairs     map[Pair]*weighPair
	parts     map[actKey]bool        // units and codes that occur in acts
	stage     map[uint32]*weighPoint // points that say what the line does, by number
	phase     map[*Value]int         // number of the first phase each of them tells
	holds     []*weighPoint          // those of them whose order or times are judged
	overdue   *weighPoint            // the latest that lasted too long
	regular   []*weighPair
	cycles    []cycle
	steady    []*weighHost // regular hosts
	lineDown  bool
	down      int   // steady hosts silent now
	heard     int64 // when anything at all was last seen
	hole      int64 // end of the latest time in which nothing was seen, as the learner has it
	deaf      bool  // nothing at all came for a while: no host is silent, the port is

	seats    []weighSeat
	bindings map[[16]byte]*binding
	macHosts map[[6]byte]uint8 // addresses bound to a MAC in this run
	macKnown map[[6]byte]uint8 // addresses bound to a MAC in the baseline
}

// weighSeat leads from a conversation to what is known of it.
type weighSeat struct {
	conv           *ot.Conv
	pair           *weighPair // nil when not learned; both hosts of a learned one are known
	strange        Deviation  // what a conversation that was not learned departs in, whatever it does
	service        Deviation  // and once its server answers
	client, server *weighHost
	answered       bool // its server was heard
}

// weighPair is a conversation of the baseline.
type weighPair struct {
	last           int64         // this and what follows every transaction looks at
	latest, due    *weighHabit   // due: what followed the latest the last time
	acts           actTable      // habits by act
	hours          *Week         // in which it belongs, nil for any
	line           *Conversation // nil when only its habits are in force
	server, client *weighHost
	silent         bool
	unsure         bool       // it was in doubt when it fell silent
	quality        ot.Quality // of what was seen of it last
	slow           slowness   // of its answers
	acted          int64      // the latest act
	resumed        int64      // since when acts come without a pause
	doubt          int64      // when something of it was last missing
	asking         int64      // when its client was first heard since then without its server; 0 when it was not

	Pair
	id         uint32
	protos     uint64
	services   uint64
	ops        uint32 // bit set of learned verbs
	writing    burst  // writes of the present second
	opening    burst  // openings of the present ten minutes
	writes     bool   // learned to change anything
	unanswered bool
	decoded    bool
	limit      int64
	peak       uint64
	habits     []*weighHabit
}

// NewWeigher makes a weigher. Without a baseline (nil) only address conflicts within the run are found.
func NewWeigher(b *Baseline) *Weigher { return NewWeigherAt(b, DefaultTolerances()) }

// NewWeigherAt makes a weigher with the tolerances of a site.
func NewWeigherAt(b *Baseline, t Tolerances) *Weigher {
	w := &Weigher{b: b, tolerate: t, crowd: &weighHost{seen: holdSightings}}
	w.hosts = make(map[ot.Endpoint]*weighHost)
	w.pairs = make(map[Pair]*weighPair)
	w.parts = make(map[actKey]bool)
	w.stage = make(map[uint32]*weighPoint)
	w.macKnown = make(map[[6]byte]uint8)
	w.unbind()
	if b != nil {
		w.index()
	}
	return w
}

// NewFile says that what comes next does not belong with what came before:
// another capture. The baseline stays, what the run remembered of times and addresses goes.
func (w *Weigher) NewFile() {
	w.now, w.start, w.lineDown, w.down = 0, 0, false, 0
	for _, h := range w.hosts {
		h.last, h.silent, h.walked = 0, false, walked{}
	}
	for _, p := range w.pairs {
		p.asking, p.acted, p.resumed, p.doubt, p.slow = 0, 0, 0, 0, slowness{beyond: p.slow.beyond}
		p.last, p.silent, p.writing, p.opening = 0, false, burst{}, burst{}
		for _, h := range p.habits {
			h.watch, h.missing = watch{every: h.watch.every, band: h.watch.band}, 0
			for i := range h.points {
				h.points[i].trend, h.points[i].against = trend{}, [mostAgainst]*weighPoint{}
				if h.points[i].hold != nil {
					*h.points[i].hold = hold{}
				}
			}
		}
	}
	w.unbind()
}

func (w *Weigher) unbind() {
	w.bindings, w.macHosts = make(map[[16]byte]*binding), make(map[[6]byte]uint8)
}

// Weigh weighs one observation. By far the most are transactions of learned
// conversations that depart in nothing: for them it goes straight on.
func (w *Weigher) Weigh(o *ot.Observation) Weight {
	w.now = max(w.now, o.Clock)
	w.heard = w.now
	if o.Conv == nil {
		return w.weight(o, w.claimed(o))
	}
	d := Deviation(0)
	s := w.seatOf(o.Conv)
	if s == nil {
		s, d = w.sit(o.Conv)
	}
	if o.Kind != ot.Did {
		if more, over := w.besides(s, o); over {
			return w.weight(o, d|more)
		}
	}
	if w.b == nil {
		return w.weight(o, d)
	}
	alive, doubt := endsOf(o), o.Quality&^ot.Midstream
	client, server, p := s.client, s.server, s.pair
	alive.about(&client.quality, doubt)
	alive.about(&server.quality, doubt)
	if alive&clientEnd != 0 && client.heard(w.now) {
		d |= w.back(client)
	}
	if alive&serverEnd != 0 && server.heard(w.now) {
		d |= w.back(server)
	}
	if p == nil {
		return w.weight(o, d|s.unlearned(o, alive))
	}
	alive.about(&p.quality, doubt)
	if o.Kind == ot.Did {
		return w.weight(o, d|w.did(p, o))
	}
	return w.weight(o, d|w.learned(p, o, alive))
}

// weight is what is said of an observation that departs in d.
func (w *Weigher) weight(o *ot.Observation, d Deviation) Weight {
	if d == 0 {
		return Weight{}
	}
	return w.report(o, d)
}

// besides weighs what says nothing of the traffic of a conversation; over is
// true when that is all there is to it.
func (w *Weigher) besides(s *weighSeat, o *ot.Observation) (d Deviation, over bool) {
	switch o.Kind {
	case ot.Claimed, ot.Asked:
		return w.claimed(o), true
	case ot.Closed:
		if !s.answered {
			d = s.strange // it was tried in vain: that is all that will ever be known of it
		}
		*s = weighSeat{}
		return d, true
	case ot.Identified:
		return w.identified(o), true
	}
	return 0, guessing(o)
}

// unlearned weighs what happened in a conversation that was not learned.
func (s *weighSeat) unlearned(o *ot.Observation, alive ends) (d Deviation) {
	if alive&clientEnd != 0 {
		s.client.sighted(o)
	}
	if alive&serverEnd != 0 {
		s.server.sighted(o)
		s.answered = s.answered || o.Kind != ot.Moved || o.Traffic.Bytes[ot.ToClient] > 0 // a reset is no answer
	}
	if s.answered {
		d = s.service
	}
	if s.client.stranger() || s.server.stranger() {
		d |= NewAsset
	}
	return d | s.strangerActs(o)
}

// lossy notes that something of a learned conversation is missing.
func (p *weighPair) lossy(now int64) {
	p.last, p.doubt = now, now // what is missing may have been in the gap
	p.server.walked = walked{}
}

// goesOn notes that a conversation did what it is there for; true when it had fallen silent.
func (p *weighPair) goesOn(now int64) (silent bool) {
	p.last, p.asking = now, 0
	return p.silent
}

// back notes that a conversation that had fallen silent goes on.
func (p *weighPair) back() Deviation {
	p.silent = false
	if p.unsure {
		return 0
	}
	return Returned
}

// learned weighs what a learned conversation shows beside its transactions.
func (w *Weigher) learned(p *weighPair, o *ot.Observation, alive ends) (d Deviation) {
	if o.Kind != ot.Moved || p.decoded {
		p.unheard(o, alive, w.now)
	} else if p.goesOn(w.now) {
		d = p.back()
	}
	if o.Quality&ot.Lossy != 0 {
		p.lossy(w.now)
	}
	if p.hours != nil && !p.hours.at(w.now) {
		d |= OffHours
	}
	switch o.Kind {
	case ot.Opened:
		if p.unanswered {
			d |= NewConversation
		}
		if !o.Conv.Midstream && p.line != nil && uint64(p.opening.add(w.now, openStretch)) > w.tolerate.Reconnect.threshold(uint64(p.line.Openings)) {
			d |= Reconnect
		}
	case ot.Spoke:
		if p.line != nil && (p.protos != 0 || p.services != 0) &&
			(1<<o.Did.Proto&protoMask&^p.protos != 0 || 1<<o.Service&serviceMask&^p.services != 0) {
			d |= NewProtocol
		}
	case ot.Moved:
		if p.peak > 0 && packetRate(o) > w.mostRate(p) {
			d |= Rate
		}
	}
	return d
}

// unheard notes since when a client is heard and its server is not: what it asks is told late.
func (p *weighPair) unheard(o *ot.Observation, alive ends, now int64) {
	switch {
	case alive&serverEnd != 0 && o.Kind != ot.Opened: // of which what the client sends may be the proof
		p.asking = 0
	case alive&clientEnd != 0 && p.asking == 0:
		p.asking = now
	}
}

// strangerActs is how an observation of a conversation that was not learned departs.
func (s *weighSeat) strangerActs(o *ot.Observation) Deviation {
	d := s.strange
	if o.Kind == ot.Did && o.Did.Op.ChangesState() {
		d |= FirstWrite
		s.server.walked = walked{}
		if s.server != nil && s.server.writerOf(o.Conv.Client, &o.Did) != nil {
			d |= NewWriter
		}
	}
	return d
}

// seatOf is the seat of a conversation that sits, nil of another.
func (w *Weigher) seatOf(c *ot.Conv) *weighSeat {
	if int(c.Seat) < len(w.seats) {
		if s := &w.seats[c.Seat]; s.conv == c {
			return s
		}
	}
	return nil
}

// sit gives a conversation its seat, and weighs the addresses of its first frame.
func (w *Weigher) sit(c *ot.Conv) (*weighSeat, Deviation) {
	for int(c.Seat) >= len(w.seats) {
		w.seats = append(w.seats, weighSeat{})
	}
	s, key := &w.seats[c.Seat], pairOf(c)
	*s = weighSeat{conv: c, client: w.host(key.Client), server: w.host(key.Server.Host())}
	if w.b != nil {
		w.look(s, key)
	}
	return s, w.bind(s)
}

// look finds the learned conversation of a seat, or how it departs having none.
func (w *Weigher) look(s *weighSeat, key Pair) {
	c := s.conv
	if s.pair = w.pairs[key]; s.pair == nil && c.Guessed {
		s.pair = w.pairs[reversed(c)]
	}
	if s.pair != nil {
		return
	}
	s.strange = NewConversation
	if c.Group() {
		s.strange = NewMulticast
	}
	if s.client.known && s.client.serves && !s.client.asks {
		s.strange |= NewRole
	}
	if s.server.asksOf(s.client) {
		s.strange |= Reversed
	}
	if (c.Transport == ot.TCP || c.Transport == ot.UDP) && !c.Guessed && s.server.known && !s.server.offers(c) {
		s.service = NewService
	}
}
