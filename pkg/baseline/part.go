package baseline

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"otsensor/pkg/ot"
)

// Part is a part of a baseline: all about one host, or one conversation.
type Part struct{ a, b ot.Endpoint }

// ReadPart reads a part as people write it: HOST, or CLIENT>SERVER.
func ReadPart(text string) (p Part, err error) {
	client, server, two := strings.Cut(text, ">")
	if p.a, err = readHost(strings.TrimSpace(client)); err == nil && two {
		p.b, err = readHost(strings.TrimSpace(server))
	}
	return p, err
}

// holds reports whether a line about one or two hosts belongs to the part.
func (p Part) holds(client, server ot.Endpoint) bool {
	if p.b != (ot.Endpoint{}) {
		return client == p.a && server.Host() == p.b
	}
	return client == p.a || server.Host() == p.a
}

// Replace gives a baseline in which one part is as it was learned anew, and all else as it was.
func Replace(was, anew *Baseline, p Part) *Baseline {
	b := &Baseline{From: was.From + ", and " + anew.From, Since: was.Since, Until: max(was.Until, anew.Until),
		Transactions: was.Transactions, Untaught: was.Untaught}
	next := *anew
	next.Values = slices.Clone(anew.Values)
	next.apart(was)
	next.keepNames(was)
	next.Steps = numbered(anew.Steps, was.Steps)
	hostKind.replace(b, was, &next, p)
	macKind.replace(b, was, &next, p)
	identityKind.replace(b, was, &next, p)
	conversationKind.replace(b, was, &next, p)
	habitKind.replace(b, was, &next, p)
	valueKind.replace(b, was, &next, p)
	stepKind.replace(b, was, &next, p)
	b.sort()
	b.prune()
	return b
}

func (k *kind[T]) replace(into, was, anew *Baseline, p Part) {
	all := k.list(into)
	for _, e := range *k.list(was) {
		if !p.holds(k.hosts(&e)) {
			*all = append(*all, e)
		}
	}
	for _, e := range *k.list(anew) {
		if p.holds(k.hosts(&e)) {
			*all = append(*all, e)
		}
	}
}

// Expire takes out of force what was not seen for so long before the end of
// learning, and gives how many lines that were. They stay, marked as rare.
func (b *Baseline) Expire(unused time.Duration) (n int) {
	oldest := b.Until - int64(unused)
	return conversationKind.expire(b, oldest) + habitKind.expire(b, oldest) + valueKind.expire(b, oldest) + stepKind.expire(b, oldest)
}

func (k *kind[T]) expire(b *Baseline, oldest int64) (n int) {
	l := *k.list(b)
	for i := range l {
		if s := k.of(&l[i]); s.Mark == InForce && s.Last != 0 && s.Last < oldest {
			s.Mark, s.Why = Rare, fmt.Sprintf("not used since %s", putTime(nil, s.Last))
			n++
		}
	}
	return n
}
