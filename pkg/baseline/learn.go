package baseline

import (
	"math/bits"
	"slices"

	"otsensor/pkg/ot"
)

// Thresholds of learning.
type Thresholds struct {
	MinCount    uint64  // sightings until something counts as learned
	MinMinutes  uint64  // time buckets they must fall into
	Bucket      int64   // length of a time bucket, nanoseconds
	LateShare   float64 // a host first seen after this share of the time is late: what it writes is reviewed
	ScanTargets int     // unanswered targets first tried in one bucket that make a scan
	NewADay     float64 // most kinds of behaviour that may be expected to be new in a day when learning is enough
	QuietShare  float64 // share of the time, at its end, in which nothing new may appear
	MinTime     int64   // shortest time that is enough, nanoseconds
}

// Defaults are the thresholds in use unless the site sets others.
var Defaults = Thresholds{
	MinCount: 3, MinMinutes: 2, Bucket: minute, LateShare: 0.25, ScanTargets: 8,
	NewADay: 1, QuietShare: 0.2, MinTime: 60 * minute,
}

const (
	second = int64(1_000_000_000)
	minute = 60 * second

	// holeLeast is how long nothing at all must be seen for it to be a hole in
	// the capture, or a line switched off, rather than a habit.
	holeLeast = minute
)

// Learner learns habits. It never decides: Baseline marks what people must.
type Learner struct {
	from string
	th   Thresholds

	now, since int64 // sensor clock
	bucket     int64
	hole       int64 // end of the latest time in which nothing at all was seen

	pairs map[Pair]*pair
	hosts map[ot.Endpoint]*host
	acts  map[actKey]*habit
	seats []learnSeat

	values   int
	steps    int
	hours    int   // things whose hours are learned
	watched  hours // in which anything at all was seen
	species  species
	stage    stage
	curve    curve
	untaught uint64
	full     Full

	frozen    map[duo]freeze // what does not teach now
	allFrozen freeze
	aside     *Learner // what it would have taught; nil while there is nothing
	asideWhy  map[Pair]string
}

// Full counts what was not learned because a limit was reached.
type Full struct {
	Hosts, Conversations, Habits, Objects, Names, Values, Facts, States, Steps, Hours uint64

	Freezes uint64 // more open events than are told apart: nothing taught
	Aside   uint64 // lines learned while an event was open that the document leaves out
}

// Any reports whether any limit was reached.
func (f Full) Any() bool { return f != Full{} }

// Sum is how often any limit was reached; what the document leaves out of what was learned aside is no loss.
func (f Full) Sum() uint64 {
	return f.Hosts + f.Conversations + f.Habits + f.Objects + f.Names + f.Values + f.Facts + f.States + f.Steps + f.Hours + f.Freezes
}

// Full is how often something was not learned because a table was full.
func (l *Learner) Full() uint64 {
	return l.fullness().Sum()
}

// fullness is what was not learned so far.
func (l *Learner) fullness() Full {
	f := l.full
	f.States = l.stage.full
	return f
}

// learnSeat leads from a conversation to its pair.
type learnSeat struct {
	conv           *ot.Conv
	pair           *pair // nil when there was no room
	client, server *host
}

// pair is a conversation as it is learned.
type pair struct {
	Pair
	tally
	rhythm
	id       uint32
	protos   uint64 // bit set by ot.Proto
	services uint64 // bit set by ot.Service
	opened   bool
	decoded  bool // transactions were seen: the rhythm is theirs
	peak     uint64
	species  species
	latest   *habit
	writing  burst
	opening  burst
	hourly   hourly
	delays   *delays
}

// host is a host as it is learned.
type host struct {
	tally
	rhythm
	host       ot.Endpoint
	vlans      []uint16
	serves     []Port
	macs       []macTally
	identities []identityTally
	train      train
}

type macTally struct {
	tally
	mac [6]byte
}

type identityTally struct {
	tally
	ot.Identity
}

// NewLearner makes a learner that knows nothing; from says in the document what it listened to.
func NewLearner(from string, th Thresholds) *Learner {
	return &Learner{from: from, th: th, pairs: make(map[Pair]*pair), hosts: make(map[ot.Endpoint]*host), acts: make(map[actKey]*habit)}
}

// Learn takes one observation.
func (l *Learner) Learn(o *ot.Observation) {
	l.time(o.Clock)
	cold := l.coldBy(o)
	if o.Conv == nil {
		if cold == "" {
			l.claimed(o)
		} else {
			l.untaught++
			l.setAside(o, cold)
		}
		return
	}
	s := l.seat(o.Conv)
	if o.Quality&(ot.Lossy|ot.Conflict|ot.Truncated) != 0 || o.Kind == ot.Odd || o.Kind == ot.Lost {
		l.untaughtBy(s)
		return
	}
	if cold != "" && o.Kind != ot.Closed {
		l.untaughtBy(s)
		l.setAside(o, cold)
		return
	}
	switch o.Kind {
	case ot.Claimed, ot.Asked:
		l.claimed(o)
	case ot.Identified:
		l.identified(o)
	case ot.Closed:
		*s = learnSeat{}
	default:
		l.spoken(s, o)
	}
}

// time moves the learner's clock.
func (l *Learner) time(clock int64) {
	if clock <= l.now {
		return
	}
	switch {
	case l.since == 0:
		l.since = clock
	case clock-l.now > holeLeast:
		l.hole = clock
	}
	l.now = clock
	if b := clock / l.th.Bucket; b != l.bucket {
		l.bucket = b
		l.watched.add(clock)
		l.curve.add(Sample{clock, l.species.n, l.species.once, l.species.all})
		l.thaw()
	}
}

// untaughtBy skips an observation, and the time around it: a gap over it is no habit.
func (l *Learner) untaughtBy(s *learnSeat) {
	l.untaught++
	if s.pair == nil {
		return
	}
	s.pair.rest(l.now)
	if s.pair.latest != nil {
		s.pair.latest.unsure = true
	}
	s.client.rest(l.now)
	s.server.rest(l.now)
	s.server.train = train{}
}

// seat finds the pair of a conversation.
func (l *Learner) seat(c *ot.Conv) *learnSeat {
	for int(c.Seat) >= len(l.seats) {
		l.seats = append(l.seats, learnSeat{})
	}
	s := &l.seats[c.Seat]
	if s.conv != c {
		l.sit(s, c)
	}
	return s
}

func (l *Learner) sit(s *learnSeat, c *ot.Conv) {
	key := pairOf(c)
	*s = learnSeat{conv: c, client: l.host(key.Client), server: l.host(key.Server.Host())}
	s.pair = l.pairs[key]
	if s.pair == nil && len(l.pairs) < MaxConversations {
		s.pair = &pair{Pair: key, id: uint32(len(l.pairs))}
		l.pairs[key] = s.pair
	}
	if s.pair == nil {
		l.full.Conversations++
	}
}

// host finds a host, or makes it. What is no host, or has no room, shares a
// nameless one that is never written down.
func (l *Learner) host(key ot.Endpoint) *host {
	h := l.hosts[key]
	if h != nil {
		return h
	}
	h = &host{host: key}
	if len(l.hosts) < MaxHosts && key.IsHost() {
		l.hosts[key] = h
	} else if key.IsHost() {
		l.full.Hosts++
	}
	return h
}

// spoken takes what two hosts did, and by it that they were there.
func (l *Learner) spoken(s *learnSeat, o *ot.Observation) {
	p := s.pair
	if p == nil {
		return
	}
	p.opened = p.opened || o.Kind == ot.Opened || o.Kind == ot.Did
	if guessing(o) {
		return
	}
	if p.count == 0 || p.bucket != l.bucket {
		l.happens(&p.hourly)
	}
	p.add(l.now, l.bucket)
	alive := endsOf(o)
	if alive&clientEnd != 0 {
		l.present(s.client, o.Conv.VLAN)
		l.addMAC(s.client, o.Conv.ClientMAC, o.Kind == ot.Tried)
	}
	if alive&serverEnd != 0 {
		l.present(s.server, o.Conv.VLAN)
		l.addMAC(s.server, o.Conv.ServerMAC, o.Kind == ot.Opened)
	}
	switch o.Kind {
	case ot.Opened:
		if !o.Conv.Midstream {
			l.serves(s.server, o.Conv)
			p.opening.add(l.now, openStretch)
		}
	case ot.Spoke:
		p.protos |= 1 << o.Did.Proto & protoMask
		p.services |= 1 << o.Service & serviceMask
	case ot.Moved:
		p.peak = max(p.peak, packetRate(o))
	case ot.Did:
		l.did(s, o)
	}
	if o.Kind == ot.Did || o.Kind == ot.Moved && !p.decoded {
		p.beat(l.now, l.hole)
	}
}

// guessing reports whether who asks is not certain yet: the first recognised
// bytes may turn a guess round.
func guessing(o *ot.Observation) bool {
	return o.Conv.Guessed && (o.Kind == ot.Tried || o.Kind == ot.Opened || o.Kind == ot.Rejected)
}

// packetRate is the packets of a Moved observation, for ten seconds.
func packetRate(o *ot.Observation) uint64 {
	n := uint64(o.Traffic.Packets[0]) + uint64(o.Traffic.Packets[1])
	elapsed := max(o.Clock-o.Traffic.Since, 10*second)
	hi, lo := bits.Mul64(n, uint64(10*second))
	rate, _ := bits.Div64(hi, lo, uint64(elapsed))
	return rate
}

func (l *Learner) present(h *host, vlan uint16) {
	h.add(l.now, l.bucket)
	h.beat(l.now, l.hole)
	if vlan != 0 && len(h.vlans) < maxVLANs && !slices.Contains(h.vlans, vlan) {
		h.vlans = append(h.vlans, vlan)
	}
}

func (l *Learner) serves(h *host, c *ot.Conv) {
	p := Port{c.Transport, c.Server.Port}
	switch {
	case p.Transport != ot.TCP && p.Transport != ot.UDP || slices.Contains(h.serves, p):
	case len(h.serves) >= maxServices:
		l.full.Facts++
	default:
		h.serves = append(h.serves, p)
	}
}
