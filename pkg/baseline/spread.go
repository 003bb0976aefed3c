package baseline

import "strconv"

// The classes of a Spread: up to which share of what a conversation does is
// expected to be of kinds not met yet. The first is those that did nothing only once.
var unseenUpTo = [...]float64{0, 0.001, 0.01, 0.1, 1}

// Spread counts conversations by how much of what they do is expected to be
// still unseen: a few numbers however many conversations there are.
type Spread [len(unseenUpTo)]int

// UnseenClasses names the classes of a Spread: their upper bounds.
func UnseenClasses() (names []string) {
	for _, most := range unseenUpTo {
		names = append(names, strconv.FormatFloat(most, 'f', -1, 64))
	}
	return names
}

// add counts a conversation; one of which nothing was decoded is in no class.
func (s *Spread) add(of *species) {
	if of.n == 0 {
		return
	}
	unseen, class := of.unseen(), 0
	for unseen > unseenUpTo[class] && class < len(s)-1 {
		class++
	}
	s[class]++
}

// Spread is that of the conversations in force.
func (b *Baseline) Spread() (s Spread) {
	for i := range b.Conversations {
		if c := &b.Conversations[i]; c.Mark == InForce {
			s.add(&species{n: c.Acts, once: c.Once})
		}
	}
	return s
}
