package flow

import (
	"encoding/binary"
	"hash/maphash"
	"math/bits"
)

// table finds conversations by their key. Keys are hashed with a seed of this
// process, so that nobody can make many that fall together; what it holds does
// not depend on the seed.
type table struct {
	byHash map[uint64]*conn  // of several with one hash the first; conn.alike leads on
	lately [latelyKept]*conn // by hash, those asked for lately; looked at before the map
	n      int
	seed   [5]uint64
}

const latelyKept = 256

func newTable() table {
	t := table{byHash: make(map[uint64]*conn)}
	for i := range t.seed {
		t.seed[i] = maphash.Bytes(maphash.MakeSeed(), []byte{byte(i)})
	}
	return t
}

func (t *table) find(k *key) *conn {
	h := t.hash(k)
	at := &t.lately[h%latelyKept]
	if c := *at; c != nil && c.key == *k {
		return c
	}
	c := t.byHash[h]
	for c != nil && c.key != *k {
		c = c.alike
	}
	if c != nil {
		*at = c
	}
	return c
}

// put adds a conversation whose key is not there yet.
func (t *table) put(c *conn) {
	h := t.hash(&c.key)
	c.alike = t.byHash[h]
	t.byHash[h] = c
	t.n++
}

func (t *table) remove(c *conn) {
	h := t.hash(&c.key)
	if at := &t.lately[h%latelyKept]; *at == c {
		*at = nil
	}
	first := t.byHash[h]
	switch {
	case first == c && c.alike == nil:
		delete(t.byHash, h)
	case first == c:
		t.byHash[h] = c.alike
	default:
		for first.alike != c {
			first = first.alike
		}
		first.alike = c.alike
	}
	t.n--
}

func (t *table) hash(k *key) uint64 {
	ports := uint64(k.portA)<<32 | uint64(k.portB)<<16 | uint64(k.transport)
	a := folded(binary.LittleEndian.Uint64(k.ipA[:8])^t.seed[0], binary.LittleEndian.Uint64(k.ipA[8:])^t.seed[1])
	b := folded(binary.LittleEndian.Uint64(k.ipB[:8])^t.seed[2], binary.LittleEndian.Uint64(k.ipB[8:])^t.seed[3])
	return folded(a^bits.RotateLeft64(b, 32), ports^t.seed[4])
}

func folded(a, b uint64) uint64 {
	hi, lo := bits.Mul64(a, b)
	return hi ^ lo
}
