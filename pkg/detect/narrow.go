package detect

import (
	"math/bits"

	"otsensor/pkg/ot"
)

// narrow remembers which candidates of a shelf may match transactions of one
// code: most rules are about other codes of their protocol. It is filled as
// codes are met, and what there is no room for is looked at with all candidates.
type narrow struct {
	slots []narrowed
	used  int
}

// narrowed is the candidates of one kind of transaction.
type narrowed struct {
	key  uint64 // 0 while the slot is free
	list []candidate
}

// narrowSlots is the room for kinds of transactions, of which three quarters are used.
const narrowSlots = 1024

// kindKey tells apart what the candidates of a transaction depend on.
func kindKey(t *ot.Transaction, deviation uint64) uint64 {
	key := uint64(t.Code)<<24 | uint64(t.Proto)<<16 | uint64(t.Op)<<8 | uint64(t.Status)<<2 | 1
	if deviation != 0 {
		key |= 2
	}
	return key
}

// slot is where a key is, or where there is room for it.
func (n *narrow) slot(key uint64) *narrowed {
	i := key * 0x9E3779B97F4A7C15 >> (64 - bits.Len(narrowSlots-1))
	for n.slots[i].key != 0 && n.slots[i].key != key {
		i = (i + 1) % narrowSlots
	}
	return &n.slots[i]
}

// candidates are the rules that may match an observation.
func (e *Engine) candidates(o *ot.Observation, deviation uint64) []candidate {
	if o.Kind != ot.Did {
		return e.index.of(o, deviation)
	}
	key := kindKey(&o.Did, deviation)
	s := e.narrow.slot(key)
	if s.key == key {
		return s.list
	}
	all := e.index.of(o, deviation)
	if len(all) == 0 || e.narrow.used >= narrowSlots*3/4 {
		return all
	}
	e.narrow.used++
	s.key, s.list = key, e.mayMatch(all, &o.Did)
	return s.list
}

// mayMatch leaves out the candidates that no transaction of the same code matches.
func (e *Engine) mayMatch(all []candidate, t *ot.Transaction) (left []candidate) {
	blank := ot.Observation{Kind: ot.Did, Did: ot.Transaction{Proto: t.Proto, Op: t.Op, Status: t.Status, Code: t.Code}}
	s := &Sighting{O: &blank, engine: e}
next:
	for _, c := range all {
		for i := range c.conds {
			if f := c.conds[i].f; f.byCode && !c.conds[i].match(s) || f.critical && e.facts.Critical == nil && !c.conds[i].not {
				continue next
			}
		}
		left = append(left, c)
	}
	return left
}
