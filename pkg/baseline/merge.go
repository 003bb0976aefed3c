package baseline

import (
	"cmp"
	"slices"
)

// Merge joins two baselines, as of two shifts or two sensors of one line. A
// line in force in either is in force; else one to review stays to review. No
// other mark is taken away: what both saw too rarely is for people to accept.
func Merge(a, b *Baseline) *Baseline {
	m := &Baseline{From: a.From, Since: min(a.Since, b.Since), Until: max(a.Until, b.Until),
		Transactions: a.Transactions + b.Transactions, Untaught: a.Untaught + b.Untaught}
	if b.From != a.From {
		m.From += " and " + b.From
	}
	other := *b
	other.Values = slices.Clone(b.Values)
	other.apart(a)
	other.yield(a)
	other.Steps = numbered(b.Steps, a.Steps)
	b = &other
	hostKind.merge(m, a, b, joinHosts)
	macKind.merge(m, a, b, func(x, y *MAC) { x.join(&y.Standing) })
	identityKind.merge(m, a, b, func(x, y *Identity) { x.join(&y.Standing) })
	conversationKind.merge(m, a, b, joinConversations)
	habitKind.merge(m, a, b, joinHabits)
	valueKind.merge(m, a, b, joinValues)
	stepKind.merge(m, a, b, joinSteps)
	m.prune()
	return m
}

// merge joins the lists of two baselines into a third.
func (k *kind[T]) merge(into, a, b *Baseline, join func(x, y *T)) {
	all := slices.Concat(*k.list(a), *k.list(b))
	slices.SortStableFunc(all, k.order)
	*k.list(into) = k.fold(all, join)
}

// fold joins the lines about one thing in a sorted list, in place.
func (k *kind[T]) fold(all []T, join func(x, y *T)) []T {
	n := 0 // lines that stay
	for i := range all {
		switch {
		case n > 0 && k.order(all[n-1], all[i]) == 0:
			join(&all[n-1], &all[i])
			continue
		case n < i:
			all[n] = all[i]
		}
		n++
	}
	clear(all[n:])
	return all[:n]
}

func (s *Standing) join(o *Standing) {
	if o.Mark == InForce || s.Mark == Rare {
		s.Mark, s.Why = o.Mark, o.Why
	}
	s.Count += o.Count
	s.Minutes += o.Minutes
	s.First, s.Last = min(s.First, o.First), max(s.Last, o.Last)
}

// join keeps the period both agree on, else none.
func (b *Beat) join(o *Beat) {
	b.Gap = max(b.Gap, o.Gap)
	if d := b.Every - o.Every; o.Every == 0 || max(d, -d) > b.Spread+o.Spread+b.Every/periodShare {
		b.Every, b.Spread = 0, 0
	}
	b.Spread = max(b.Spread, o.Spread)
	if b.Every == 0 {
		b.Spread = 0
	}
}

func joinHosts(x, y *Host) {
	x.Standing.join(&y.Standing)
	x.VLANs = union(x.VLANs, y.VLANs, cmp.Compare, maxVLANs)
	x.Serves = union(x.Serves, y.Serves, func(a, b Port) int {
		return cmp.Or(cmp.Compare(a.Transport, b.Transport), cmp.Compare(a.Number, b.Number))
	}, maxServices)
	x.Gap = max(x.Gap, y.Gap)
}

func joinConversations(x, y *Conversation) {
	x.Standing.join(&y.Standing)
	x.Protos = union(x.Protos, y.Protos, cmp.Compare, len(x.Protos)+len(y.Protos))
	x.Services = union(x.Services, y.Services, cmp.Compare, len(x.Services)+len(y.Services))
	x.Unanswered = x.Unanswered && y.Unanswered
	x.Hours = x.Hours.join(y.Hours)
	x.Latency.join(y.Latency)
	x.Beat.join(&y.Beat)
	x.Peak, x.Writes, x.Openings = max(x.Peak, y.Peak), max(x.Writes, y.Writes), max(x.Openings, y.Openings)
	x.Acts, x.Kinds, x.Once = x.Acts+y.Acts, max(x.Kinds, y.Kinds), min(x.Once, y.Once)
}

func joinHabits(x, y *Habit) {
	x.Standing.join(&y.Standing)
	x.Loose = x.Loose || y.Loose
	x.Objects = union(x.Objects, y.Objects, compareRanges, 2*MaxObjects)
	if x.Loose || len(x.Objects) > MaxObjects {
		x.Objects, x.Loose = merged(x.Objects), true
	}
	x.AnyName = x.AnyName || y.AnyName || len(x.Names)+len(y.Names) > MaxNames
	if x.Names = union(x.Names, y.Names, cmp.Compare, MaxNames); x.AnyName {
		x.Names = nil
	}
	if x.Beat.join(&y.Beat); x.Beat.Every == 0 || x.Lead != y.Lead {
		x.Beat.Every, x.Beat.Spread, x.Lead = 0, 0, Lead{}
	}
	for s := range x.Statuses {
		x.Statuses[s] += y.Statuses[s]
	}
}

func joinValues(x, y *Value) {
	x.Standing.join(&y.Standing)
	x.Min, x.Max = min(x.Min, y.Min), max(x.Max, y.Max)
	x.Run = max(x.Run, y.Run)
	x.While = nil // what one never saw together the other may have
	x.joinPhases(y)
	x.joinHolds(y)
	if x.Step > 0 && y.Step > 0 {
		x.Step = max(x.Step, y.Step)
		return
	}
	x.Step = 0 // what counts up for one only is a number for both
	x.Seldom = union(x.Seldom, y.Seldom, cmp.Compare, maxSeldom)
	if len(x.Set) == 0 || len(y.Set) == 0 {
		x.Set = nil // a number for one is a number for both
		return
	}
	if all := union(x.Set, y.Set, cmp.Compare, MaxSet+1); len(all) <= MaxSet {
		x.Set = all
	} else {
		x.Set = nil
	}
}

// union sorts two lists together and drops what is there twice, and what is above the limit.
func union[T comparable](a, b []T, order func(a, b T) int, limit int) []T {
	all := slices.Concat(a, b)
	slices.SortFunc(all, order)
	all = slices.Compact(all)
	if len(all) == 0 {
		return nil
	}
	return all[:min(len(all), limit)]
}
