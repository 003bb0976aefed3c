package mrp

import (
	"slices"

	"otsensor/pkg/ot"
	"otsensor/pkg/protocols"
)

// The indices of Transaction.Arg.
const (
	argSeen     = iota // frames since the last transaction
	argPriority        // of the manager; lower is stronger
	argRing            // Present, port role << 8, state of the ring or whether links are blocked
	argTime            // transitions << 16, or the time until a change takes effect, milliseconds
	argVendor          // of an option, its organisation
)

// block reads the first block, which says what the frame is for.
func (d *decoder) block(kind byte, c *protocols.Cursor, t *ot.Transaction) {
	switch kind {
	case test:
		t.Arg[argPriority] = uint32(c.U16())
		t.Name = d.mac(c.Bytes(6))
		role, state := c.U16(), c.U16()
		t.Arg[argRing] = protocols.Present | uint32(role&0xff)<<8 | uint32(state&0xff)
		t.Arg[argTime] = uint32(c.U16()) << 16
		c.Skip(4) // time of sending
	case topologyChange:
		t.Arg[argPriority] = uint32(c.U16())
		t.Name = d.mac(c.Bytes(6))
		t.Arg[argTime] = uint32(c.U16())
	case linkDown, linkUp:
		t.Name = d.mac(c.Bytes(6))
		role, interval, blocked := c.U16(), c.U16(), c.U16()
		t.Arg[argRing] = protocols.Present | uint32(role&0xff)<<8 | uint32(blocked&0xff)
		t.Arg[argTime] = uint32(interval)
	case interTest, interChange, interDown, interUp, interPoll:
		t.Name = d.mac(c.Bytes(6))
	case option:
		t.Arg[argVendor] = uint32(c.U8())<<16 | uint32(c.U16())
	}
}

// common finds the sequence number in the blocks that follow.
func common(c *protocols.Cursor, t *ot.Transaction) (sequence uint16) {
	for c.Left() >= blockHeader {
		kind, body := c.U8(), protocols.Read(c.Bytes(int(c.U8())))
		if kind == blockEnd {
			break
		}
		if kind != blockCommon {
			continue
		}
		sequence = body.U16()
		t.Unit = domain(body.Bytes(16))
	}
	return sequence
}

// domain folds a domain's identifier; that of the default domain is all ones.
func domain(uuid []byte) uint32 {
	for _, b := range uuid {
		if b != 0xff {
			return uint32(protocols.Digest(uuid)>>32) | 1
		}
	}
	return 0
}

func (d *decoder) mac(b []byte) []byte {
	if len(b) < 6 {
		return nil
	}
	return append(d.text[:0], ot.MACString([6]byte(b))...)
}

var name = protocols.NameTable(codes)

var fields = []protocols.Field{
	{Name: "mrp.frame", Doc: "type of frame", Names: name, Num: protocols.CodeField},
	{Name: "mrp.manager", Doc: "MAC of the manager that tests the ring or says that it changed", Text: only(test, topologyChange)},
	{Name: "mrp.client", Doc: "MAC of the device whose link changed, or that tests an interconnection", Text: only(linkDown, linkUp, interTest, interChange, interDown, interUp, interPoll)},
	{Name: "mrp.priority", Doc: "priority of the manager, 0 the strongest", Num: protocols.OfCodes(argPriority, 0, 0xffff, test, topologyChange)},
	{Name: "mrp.ring_state", Doc: "state of the ring as its manager says: 0 open (broken), 1 closed", Names: protocols.NameTable(ringStates), Num: protocols.OfCodes(argRing, 0, 0xff, test)},
	{Name: "mrp.port_role", Doc: "role of the port that sends, or whose link changed", Names: protocols.NameTable(roles), Num: protocols.OfCodes(argRing, 8, 0xff, test, linkDown, linkUp)},
	{Name: "mrp.transitions", Doc: "times the ring opened and closed", Num: protocols.OfCodes(argTime, 16, 0xffff, test)},
	{Name: "mrp.interval", Doc: "time until the change takes effect, milliseconds", Num: protocols.OfCodes(argTime, 0, 0xffff, topologyChange, linkDown, linkUp)},
	{Name: "mrp.blocked", Doc: "1 where the device can tell the manager of blocked ports", Num: protocols.OfCodes(argRing, 0, 0xff, linkDown, linkUp)},
	{Name: "mrp.vendor", Doc: "organisation of an option", Num: protocols.OfCodes(argVendor, 0, 0xffffff, option)},
	{Name: "mrp.domain", Doc: "number that stands for the redundancy domain; absent for the default one", Num: func(t *ot.Transaction) (uint64, bool) { return uint64(t.Unit), t.Unit != 0 }},
	{Name: "mrp.frames", Doc: "frames of this type since the last transaction", Num: func(t *ot.Transaction) (uint64, bool) { return uint64(t.Arg[argSeen]), t.Arg[argSeen] > 0 }},
}

func only(kinds ...uint32) func(*ot.Transaction) []byte {
	return func(t *ot.Transaction) []byte {
		if !slices.Contains(kinds, t.Code) || len(t.Name) == 0 {
			return nil
		}
		return t.Name
	}
}
