package baseline

import (
	"bytes"
	"cmp"
	"fmt"
	"slices"

	"otsensor/pkg/assets"
	"otsensor/pkg/ot"
)

// Masks keep a value of an enumeration within its bit set.
const (
	protoMask   = 1<<64 - 2 // bit 0 is NoProto
	serviceMask = 1<<64 - 2
)

// Baseline is what was learned so far. It may be asked for at any time.
func (l *Learner) Baseline() *Baseline {
	b := &Baseline{From: l.from, Since: l.since, Until: l.now, Transactions: l.species.n, Untaught: l.untaught}
	scans := l.scans()
	doubt := l.doubted(scans)
	for _, h := range l.sortedHosts() {
		l.writeHost(b, h, doubt[h.host])
	}
	for _, p := range l.sortedPairs() {
		l.writeConversation(b, p, scans[p.Client], doubt[p.Client])
	}
	for _, h := range l.sortedActs() {
		l.writeHabit(b, h.pair, h.habit, scans[h.pair.Client] != nil)
	}
	b.sort()
	l.full.States = l.stage.full
	l.onStage(b)
	l.writeSteps(b)
	l.addAside(b)
	return b
}

func (t *Thresholds) tally(n *tally) bool { return n.count >= t.MinCount && n.buckets >= t.MinMinutes }

// few reports whether one thing of many was seen often enough: so many times in
// so many minutes, or on two occasions far apart, which say more than many in a row.
func (t *Thresholds) few(n few) bool {
	return uint64(n.count) >= t.MinCount && uint64(n.buckets) >= t.MinMinutes || n.apart
}

func (t *tally) standing() Standing {
	return Standing{Count: t.count, Minutes: t.buckets, First: t.first, Last: t.last}
}

// judged is a standing with the mark its sightings earn.
func (l *Learner) judged(t *tally) Standing {
	s := t.standing()
	if !l.th.tally(t) {
		s.Mark = Rare
	}
	return s
}

func (s *Standing) review(why string) { s.Mark, s.Why = Review, why }

// writeHost writes a host with its MACs and identities. The first MAC of an
// address, and the first answer about an identity, are in force at once:
// nothing else could tell that they change. Every other one is for people.
func (l *Learner) writeHost(b *Baseline, h *host, why string) {
	line := Host{Standing: l.judged(&h.tally), Host: h.host, VLANs: h.vlans, Serves: h.serves, Gap: h.longest}
	if why != "" {
		line.review(why)
	}
	b.Hosts = append(b.Hosts, line)
	for i := range h.macs {
		m := MAC{Standing: h.macs[i].standing(), Host: h.host, MAC: h.macs[i].mac}
		switch {
		case why != "":
			m.review(why) // a line in force would make its host a known one
		case i > 0:
			m.review("another MAC for one address")
		}
		b.MACs = append(b.MACs, m)
	}
	for i := range h.identities {
		id := &h.identities[i]
		e := Identity{Standing: id.standing(), Of: h.host, Behind: id.Behind, Source: id.Source, Facts: id.Facts}
		for _, other := range h.identities[:i] {
			if other.Behind == id.Behind && other.Source == id.Source {
				e.review("contradicts an earlier answer")
			}
		}
		if why != "" {
			e.review(why)
		}
		b.Identities = append(b.Identities, e)
	}
}

// writeConversation writes a conversation. Of what a scan tried, a few stand for all.
func (l *Learner) writeConversation(b *Baseline, p *pair, scan *scan, why string) {
	c := Conversation{Standing: l.judged(&p.tally), Pair: p.Pair, Beat: p.Beat(), Peak: p.peak, Writes: p.writing.most, Openings: p.opening.most,
		Hours: l.week(&p.hourly), Latency: p.delays.latency(), Unanswered: p.Transport == ot.TCP && !p.opened, Acts: p.species.n, Kinds: p.species.all, Once: p.species.once}
	for i := range 64 {
		if p.protos>>i&1 == 1 {
			c.Protos = append(c.Protos, ot.Proto(i))
		}
		if p.services>>i&1 == 1 {
			c.Services = append(c.Services, ot.Service(i))
		}
	}
	c.twins()
	if why != "" {
		c.review(why)
	}
	if scan != nil && !p.opened {
		c.review(fmt.Sprintf("one of %d targets that did not answer this client", scan.targets))
		if scan.written++; scan.written > scanLines {
			return
		}
	}
	b.Conversations = append(b.Conversations, c)
}

// doubted are the hosts that appeared late and then scanned, wrote, did
// engineering work, or had an event speak of them, with the reason: nothing of
// theirs is learned before somebody has looked at it.
func (l *Learner) doubted(scans map[ot.Endpoint]*scan) map[ot.Endpoint]string {
	why := map[ot.Endpoint]string{}
	for client := range scans {
		if l.late(client) {
			why[client] = "of a host that appeared late and scanned"
		}
	}
	for _, h := range l.sortedActs() {
		if a := &h.habit.Act; (a.Op.ChangesState() || ot.Engineering(a.Proto, a.Op)) && l.late(h.pair.Client) {
			why[h.pair.Client] = "of a host that appeared late and wrote or did engineering work"
		}
	}
	for p := range l.asideWhy {
		if why[p.Client] == "" && l.late(p.Client) {
			why[p.Client] = "of a host that appeared late and of which an event speaks"
		}
	}
	return why
}

// scan is what a client tried without an answer.
type scan struct{ targets, written int }

const scanLines = 8

// scans finds clients that tried many targets without an answer in one time bucket.
func (l *Learner) scans() map[ot.Endpoint]*scan {
	type burst struct {
		client ot.Endpoint
		bucket int64
	}
	bursts, tried := make(map[burst]int), make(map[ot.Endpoint]*scan)
	scans := make(map[ot.Endpoint]*scan)
	for _, p := range l.pairs {
		if p.opened || p.count == 0 || p.Transport == ot.Link || p.Transport == ot.OtherIP || !p.Server.IsHost() {
			continue
		}
		if tried[p.Client] == nil {
			tried[p.Client] = &scan{}
		}
		tried[p.Client].targets++
		k := burst{p.Client, p.first / l.th.Bucket}
		if bursts[k]++; bursts[k] >= l.th.ScanTargets {
			scans[p.Client] = tried[p.Client]
		}
	}
	return scans
}

// late reports whether a host appeared when learning was well under way.
func (l *Learner) late(client ot.Endpoint) bool {
	h := l.hosts[client]
	return h != nil && float64(h.first-l.since) > l.th.LateShare*float64(l.now-l.since)
}

// writeHabit writes a habit: one line for what was seen often enough, one for
// what was not, or one line for people to look at.
func (l *Learner) writeHabit(b *Baseline, p *pair, h *habit, scanner bool) {
	line := Habit{Standing: l.judged(&h.tally), Pair: p.Pair, Act: h.Act, Beat: h.Beat(), Statuses: h.statuses, AnyName: h.anyName}
	if line.Beat.Every > 0 && len(h.objects)+len(h.names) > 1 {
		line.Lead = h.lead
	}
	if l.opensOnly(p, h) {
		line.Mark = InForce
	}
	switch {
	case ot.Engineering(h.Proto, h.Op):
		line.review("engineering verb")
	case h.Op.ChangesState() && l.late(p.Client):
		line.review("write by a host that appeared late")
	case scanner && h.statuses[ot.OK] == 0:
		line.review("unanswered or refused, by a client that scanned")
	}
	always := func(few) bool { return true }
	switch {
	case l.opensOnly(p, h) && line.Mark == InForce:
		line.take(h, always)
	case line.Mark == InForce:
		rare := line
		rare.Mark, rare.Beat, rare.Lead = Rare, Beat{}, Lead{}
		line.take(h, l.th.few)
		if rare.take(h, func(f few) bool { return !l.th.few(f) }); len(rare.Objects)+len(rare.Names) > 0 {
			b.Habits = append(b.Habits, rare)
		}
	default:
		line.take(h, always)
	}
	b.Habits = append(b.Habits, line)
	for _, v := range h.values(&l.th) {
		v.Pair, v.Act = p.Pair, h.Act
		if line.Mark != InForce {
			v.Mark, v.Why = line.Mark, line.Why
		}
		b.Values = append(b.Values, v)
	}
}

// opensOnly reports whether a habit only opens what a learned conversation then
// does: sessions and I/O connections last for weeks, so once is enough.
func (l *Learner) opensOnly(p *pair, h *habit) bool {
	return (h.Op == ot.OpSession || h.Op == ot.OpSubscribe) && l.th.tally(&p.tally) && h.statuses[ot.OK] > 0 && !l.late(p.Client)
}

// take copies the objects and names that pass. Above looseAbove shapes only
// what they cover is kept.
func (line *Habit) take(h *habit, pass func(few) bool) {
	for _, o := range h.objects {
		if pass(o.few) {
			line.Objects = append(line.Objects, rangeOf(o.addr, o.len))
		}
	}
	if len(line.Objects) > looseAbove {
		line.Objects, line.Loose = merged(line.Objects), true
	}
	for _, n := range h.names {
		if pass(n.few) {
			line.Names = append(line.Names, n.text)
		}
	}
}

const looseAbove = 64

// sort puts every list in the order of the file.
func (b *Baseline) sort() {
	slices.SortFunc(b.Hosts, compareHostLines)
	slices.SortFunc(b.MACs, compareMACLines)
	slices.SortFunc(b.Identities, compareIdentityLines)
	slices.SortFunc(b.Conversations, compareConversationLines)
	slices.SortFunc(b.Habits, compareHabitLines)
	slices.SortFunc(b.Values, compareValueLines)
	slices.SortFunc(b.Steps, compareSteps)
}

func compareHostLines(a, b Host) int { return assets.Compare(a.Host, b.Host) }

func compareMACLines(a, b MAC) int {
	return cmp.Or(assets.Compare(a.Host, b.Host), bytes.Compare(a.MAC[:], b.MAC[:]))
}

// Versions of one answer differ in their mark and facts only; all of them count.
func compareIdentityLines(a, b Identity) int {
	return cmp.Or(assets.Compare(a.Of, b.Of), cmp.Compare(a.Behind, b.Behind), cmp.Compare(a.Source, b.Source),
		slices.Compare(a.Facts[:], b.Facts[:]))
}

func compareConversationLines(a, b Conversation) int { return comparePairs(&a.Pair, &b.Pair) }

// A habit may have two lines: what is in force, and what was seen too rarely.
func compareHabitLines(a, b Habit) int {
	return cmp.Or(comparePairs(&a.Pair, &b.Pair), compareActs(&a.Act, &b.Act), cmp.Compare(a.Mark, b.Mark))
}

func compareValueLines(a, b Value) int {
	return cmp.Or(comparePairs(&a.Pair, &b.Pair), compareActs(&a.Act, &b.Act), cmp.Compare(a.Name, b.Name), cmp.Compare(a.Addr, b.Addr))
}

func (l *Learner) sortedHosts() []*host {
	all := make([]*host, 0, len(l.hosts))
	for _, h := range l.hosts {
		if h.count > 0 || len(h.identities) > 0 {
			all = append(all, h)
		}
	}
	slices.SortFunc(all, func(a, b *host) int { return assets.Compare(a.host, b.host) })
	return all
}

func (l *Learner) sortedPairs() []*pair {
	all := make([]*pair, 0, len(l.pairs))
	for _, p := range l.pairs {
		if p.count > 0 {
			all = append(all, p)
		}
	}
	slices.SortFunc(all, func(a, b *pair) int { return comparePairs(&a.Pair, &b.Pair) })
	return all
}

type pairHabit struct {
	pair  *pair
	habit *habit
}

func (l *Learner) sortedActs() []pairHabit {
	byID := make([]*pair, len(l.pairs))
	for _, p := range l.pairs {
		byID[p.id] = p
	}
	all := make([]pairHabit, 0, len(l.acts))
	for k, h := range l.acts {
		all = append(all, pairHabit{byID[k.pair], h})
	}
	slices.SortFunc(all, func(a, b pairHabit) int {
		return cmp.Or(comparePairs(&a.pair.Pair, &b.pair.Pair), compareActs(&a.habit.Act, &b.habit.Act))
	})
	return all
}
