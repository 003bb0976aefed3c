package baseline

import (
	"math/bits"

	"otsensor/pkg/ot"
)

// actTable finds the habits of one conversation by their act. It is made once
// and never changes: open addressing, at most half full.
type actTable struct {
	slots []*weighHabit
	shift uint8
}

func newActTable(habits []*weighHabit) actTable {
	size := bits.Len(uint(2 * len(habits)))
	t := actTable{make([]*weighHabit, 1<<size), uint8(64 - size)}
	for _, h := range habits {
		i := h.Act.hash() >> t.shift
		for t.slots[i] != nil && t.slots[i].Act != h.Act { // of two lines the latter counts
			i = (i + 1) & uint64(len(t.slots)-1)
		}
		t.slots[i] = h
	}
	return t
}

// find gives the habit whose act a transaction is, nil when none was learned.
func (t *actTable) find(tx *ot.Transaction) *weighHabit {
	if len(t.slots) == 0 {
		return nil
	}
	act := actOf(tx)
	for i := act.hash() >> t.shift; ; i = (i + 1) & uint64(len(t.slots)-1) {
		if h := t.slots[i]; h == nil || h.Act == act {
			return h
		}
	}
}

// hash mixes what tells the acts of a conversation apart, the high bits best.
func (a *Act) hash() uint64 {
	x := uint64(a.Code)<<32 | uint64(a.Block)
	y := uint64(a.Unit)<<32 | uint64(a.Area)<<8 | uint64(a.Op)
	return (x*0x9E3779B97F4A7C15 ^ bits.RotateLeft64(y*0xC2B2AE3D27D4EB4F, 29) ^ uint64(a.Proto)) * 0x9E3779B97F4A7C15
}
