package s7comm

import (
	"otsensor/pkg/ot"
	"otsensor/pkg/protocols"
)

// The cyclic services.
const (
	cyclicTransfer    = 1
	cyclicUnsubscribe = 4
	cyclicChange      = 5
	cyclicModify      = 7
	cyclicReadRecord  = 8
)

// cyclicRequest reads what is ordered: item count, time base, factor, items.
func cyclicRequest(h *userHead, t *ot.Transaction, c *protocols.Cursor, a *asking) {
	switch h.sub {
	case cyclicUnsubscribe:
		c.Skip(1)
		t.Arg[argB] = uint32(c.U8()) | present
		return
	case cyclicReadRecord:
		t.Arg[argItem] = uint32(c.U16()) & 0xff
		if c.Left() > 0 {
			address(c, t)
		}
		return
	case cyclicTransfer, cyclicChange, cyclicModify:
	default:
		return
	}
	count := int(c.U16())
	t.Arg[argItem], t.Arg[argA] = uint32(min(count, 0xff)), uint32(c.U16())|present
	for i := 0; i < count && !c.Short(); i++ {
		cyclicItem(t, c, a)
	}
}

// cyclicItem reads one address; a list of DB areas gives one transaction an area.
func cyclicItem(t *ot.Transaction, c *protocols.Cursor, a *asking) {
	ahead := *c
	ahead.Skip(1)
	list := protocols.Read(ahead.Bytes(int(ahead.U8())))
	item := *t
	if !address(c, &item) {
		c.Skip(c.Left() + 1)
		return
	}
	a.add(&item)
	if list.U8() != syntaxDBRead {
		return
	}
	areas := int(list.U8())
	list.Skip(5)
	for i := 1; i < areas && list.Left() >= 5; i++ {
		dbRead(&list, &item)
		a.add(&item)
	}
}

// cyclicResult reads the first values of what was ordered. Lists of DB areas
// are answered in a layout that the capture record does not explain.
func cyclicResult(txns []ot.Transaction, b []byte) {
	c := protocols.Read(b)
	count := int(c.U16())
	if count != len(txns) {
		return
	}
	for i := range txns {
		if c.Left() < 4 || byte(txns[i].Arg[argItem]>>8) == syntaxDBRead {
			return
		}
		v := readValue(&c)
		returned(&txns[i], v.code)
		v.into(&txns[i])
	}
}

// cyclicPush reads values that were ordered: process data, one transaction an item.
func cyclicPush(t *ot.Transaction, c *protocols.Cursor, out *protocols.Emit) {
	count := int(c.U16())
	t.Op = ot.OpReadData
	t.Arg[argItem] = uint32(min(count, 0xff))
	t.Arg[argB] = t.Arg[argUser]&0xff | present
	if count == 0 || c.Left() < 4 {
		oneWay(t, out)
	}
	for i := 0; i < count && c.Left() >= 4; i++ {
		item := *t
		v := readValue(c)
		v.into(&item)
		returned(&item, v.code)
		oneWay(&item, out)
	}
}
