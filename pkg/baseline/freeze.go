package baseline

import (
	"cmp"
	"slices"

	"otsensor/pkg/assets"
	"otsensor/pkg/ot"
)

// What an open event is about teaches nothing while it is open: else what an
// attacker does long enough becomes normal. It is learned aside instead, and
// stands in the document for people to look at where nothing else taught it.

const (
	maxFreezes = 4096 // beyond it nothing at all teaches until the last of them ends
	maxAside   = 1024 // lines of each kind that were learned aside
)

// freeze is what does not teach, until when, and which rule said so.
type freeze struct {
	until int64
	why   string
}

// duo is two hosts in any order, or one and nobody: all that host takes part in.
type duo struct{ a, b ot.Endpoint }

func duoOf(a, b ot.Endpoint) duo {
	if a, b = a.Host(), b.Host(); assets.Compare(a, b) < 0 {
		a, b = b, a
	}
	return duo{a, b}
}

// Freeze keeps what two hosts do with each other, or all that one does where
// the other is no host, from teaching until a time of the sensor clock. why
// names the rule that speaks of it.
func (l *Learner) Freeze(a, b ot.Endpoint, until int64, why string) {
	if l.frozen == nil {
		l.frozen = map[duo]freeze{}
	}
	key := duoOf(a, b)
	known, found := l.frozen[key]
	switch {
	case !found && len(l.frozen) >= maxFreezes:
		l.full.Freezes++
		l.allFrozen = freeze{max(l.allFrozen.until, until), cmp.Or(l.allFrozen.why, why)}
	case !found:
		l.frozen[key] = freeze{until, why}
	default:
		l.frozen[key] = freeze{max(known.until, until), known.why}
	}
}

// thaw forgets what teaches again.
func (l *Learner) thaw() {
	for key, f := range l.frozen {
		if f.until < l.now {
			delete(l.frozen, key)
		}
	}
}

// coldBy names the rule whose open event an observation belongs to, "" where none does.
func (l *Learner) coldBy(o *ot.Observation) string {
	if len(l.frozen) == 0 && l.allFrozen.until < l.now {
		return ""
	}
	if l.allFrozen.until >= l.now {
		return l.allFrozen.why
	}
	var client, server ot.Endpoint
	if o.Conv != nil {
		client, server = o.Conv.Client, o.Conv.Server
	} else if key, _, ok := bound(o); ok {
		client = key
	}
	for _, key := range [...]duo{duoOf(client, server), duoOf(client, ot.Endpoint{}), duoOf(server, ot.Endpoint{})} {
		if f := l.frozen[key]; f.why != "" && f.until >= l.now {
			return f.why
		}
	}
	return ""
}

// setAside learns what does not teach apart from all else.
func (l *Learner) setAside(o *ot.Observation, why string) {
	if l.aside == nil {
		l.aside = NewLearner(l.from, l.th)
		l.aside.since, l.asideWhy = l.since, map[Pair]string{}
	}
	l.aside.Learn(o)
	if o.Conv == nil || len(l.asideWhy) >= MaxConversations {
		return
	}
	if key := pairOf(o.Conv); l.asideWhy[key] == "" {
		l.asideWhy[key] = why
	}
}

// addAside writes what was learned aside into a document: each line that is
// not there, for review.
func (l *Learner) addAside(b *Baseline) {
	if l.aside == nil {
		return
	}
	l.full.Aside = 0
	more := l.aside.Baseline()
	more.Habits = residue(more.Habits, b.Habits)
	for i := range more.Values {
		more.Values[i].State, more.Values[i].While, more.Values[i].Spent = 0, nil, nil
		more.Values[i].Lasts, more.Values[i].Turns = nil, nil
	}
	why := func(p Pair) string {
		return "seen only while an event was open: " + cmp.Or(l.asideWhy[p], "of this host")
	}
	hosts := func(*Host) string { return why(Pair{}) }
	addAside(hostKind, l, b, more, hosts)
	addAside(macKind, l, b, more, func(*MAC) string { return why(Pair{}) })
	addAside(identityKind, l, b, more, func(*Identity) string { return why(Pair{}) })
	addAside(conversationKind, l, b, more, func(c *Conversation) string { return why(c.Pair) })
	addAside(habitKind, l, b, more, func(h *Habit) string { return why(h.Pair) })
	addAside(valueKind, l, b, more, func(v *Value) string { return why(v.Pair) })
}

// addAside adds the lines of one kind that a document does not have.
func addAside[T any](k *kind[T], l *Learner, to, from *Baseline, why func(*T) string) {
	have, add := *k.list(to), 0
	for _, e := range *k.list(from) {
		k.of(&e).review(why(&e))
		if _, known := slices.BinarySearchFunc(have, e, k.order); known {
			continue
		}
		if add++; add > maxAside {
			l.full.Aside++
			continue
		}
		*k.list(to) = append(*k.list(to), e)
	}
	slices.SortFunc(*k.list(to), k.order)
}

// residue is what habits touch that others of the same act do not; all of a
// habit whose act the others do not have.
func residue(habits, others []Habit) (rest []Habit) {
	for _, h := range habits {
		objects, names, any, found := touchedBy(others, &h)
		h.Objects = slices.DeleteFunc(slices.Clone(h.Objects), func(r Range) bool { return covers(objects, r) })
		h.Names = slices.DeleteFunc(slices.Clone(h.Names), func(n string) bool { return any || slices.Contains(names, n) })
		if !found || len(h.Objects)+len(h.Names) > 0 {
			h.Beat, h.Lead = Beat{}, Lead{}
			rest = append(rest, h)
		}
	}
	return rest
}

// touchedBy gathers what the lines about one act touch.
func touchedBy(lines []Habit, h *Habit) (objects []Range, names []string, any, found bool) {
	at, _ := slices.BinarySearchFunc(lines, h, func(a Habit, b *Habit) int {
		return cmp.Or(comparePairs(&a.Pair, &b.Pair), compareActs(&a.Act, &b.Act))
	})
	for ; at < len(lines) && lines[at].Pair == h.Pair && lines[at].Act == h.Act; at++ {
		objects, names = append(objects, lines[at].Objects...), append(names, lines[at].Names...)
		any, found = any || lines[at].AnyName, true
	}
	return merged(objects), names, any, found
}
