package flow

import (
	"encoding/binary"
	"hash/maphash"
	"math/bits"

	"otsensor/pkg/ot"
	"otsensor/pkg/packet"
)

// table finds conversations by their key. Keys are hashed with a seed of this
// process, so that nobody can make many that fall together; what it holds does
// not depend on the seed.
type table struct {
	byHash map[uint64]*conn // of several with one hash the first; conn.alike leads on
	recent [256]*conn       // by slot, those found lately; looked at before the map
	n      int
	seed   [5]uint64
}

func newTable() table {
	t := table{byHash: make(map[uint64]*conn)}
	for i := range t.seed {
		t.seed[i] = maphash.Bytes(maphash.MakeSeed(), []byte{byte(i)})
	}
	return t
}

// lately finds the conversation of a TCP or UDP packet without its key, when it
// is among those found lately; fromA says that the packet's source is the key's first end.
func (t *table) lately(v *packet.View, transport ot.Transport) (c *conn, fromA bool) {
	c = t.recent[slot(&v.SrcIP, &v.DstIP, v.SrcPort^v.DstPort)]
	if c == nil || c.key.transport != transport {
		return nil, false
	}
	switch k := &c.key; {
	case k.portA == v.SrcPort && k.portB == v.DstPort && k.ipA == v.SrcIP && k.ipB == v.DstIP:
		return c, true
	case k.portB == v.SrcPort && k.portA == v.DstPort && k.ipB == v.SrcIP && k.ipA == v.DstIP:
		return c, false
	}
	return nil, false
}

// slot is where lately looks, the same for both directions: by sum and difference
// of the addresses, as lines that are built alike have one of them alike. Who
// makes many that fall together only has them found by their keys.
func slot(ip, other *[16]byte, ports uint16) uint8 {
	a, b := binary.LittleEndian.Uint64(ip[8:]), binary.LittleEndian.Uint64(other[8:])
	return uint8((a + b + (a^b)>>7 + uint64(ports)) * 0x9e3779b97f4a7c15 >> 56)
}

func (t *table) find(k *key) *conn {
	at := &t.recent[k.slot()]
	if c := *at; c != nil && c.key == *k {
		return c
	}
	c := t.byHash[t.hash(k)]
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
	if at := &t.recent[c.key.slot()]; *at == c {
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

func (k *key) slot() uint8 { return slot(&k.ipA, &k.ipB, k.portA^k.portB) }

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
