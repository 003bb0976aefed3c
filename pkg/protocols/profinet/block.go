package profinet

import (
	"encoding/binary"
	"net/netip"
	"strconv"

	"otsensor/pkg/ot"
	"otsensor/pkg/protocols"
)

// The blocks of DCP that more than the table knows: option << 8 | suboption, IEC 61158-6-10 §4.3.1.4.
const (
	optionIP          = 0x0102
	optionSuite       = 0x0103 // address and name servers
	optionVendor      = 0x0201 // type of station
	optionName        = 0x0202
	optionDevice      = 0x0203
	optionRole        = 0x0204
	optionResponse    = 0x0504
	firstVendorOption = 0x8000
)

// block is one block of a DCP frame.
type block struct {
	option uint16
	data   []byte
}

// nextBlock takes the first block: option, suboption, length, data, padded to an even length.
func nextBlock(b []byte) (blk block, rest []byte, ok bool) {
	if len(b) < 4 {
		return blk, nil, false
	}
	blk.option = binary.BigEndian.Uint16(b)
	n := int(binary.BigEndian.Uint16(b[2:]))
	b = b[4:]
	if n > len(b) {
		return blk, nil, false
	}
	blk.data = b[:n]
	return blk, b[min(n+n&1, len(b)):], true
}

// each reads all blocks of a message into a transaction; skip is how many bytes
// of block information stand before the data.
func (d *decoder) each(b []byte, skip int, t *ot.Transaction) (product []byte) {
	for len(b) > 0 {
		blk, rest, ok := nextBlock(b)
		if !ok {
			return product
		}
		if len(blk.data) >= skip {
			if blk.option == optionVendor {
				product = blk.data[skip:]
			}
			d.block(blk.option, blk.data[skip:], t)
		}
		b = rest
	}
	return product
}

// block reads what a transaction keeps of a block.
func (d *decoder) block(option uint16, b []byte, t *ot.Transaction) {
	c := protocols.Read(b)
	flags := &t.Arg[argFlags]
	switch option {
	case optionIP, optionSuite:
		ip, mask, gateway := c.U32(), c.U32(), c.U32()
		if !c.Short() {
			t.Arg[argIP], t.Arg[argMask], t.Arg[argGateway] = ip, mask, gateway
			*flags |= hasIP
		}
	case optionName:
		t.Name = ot.Clean(d.text[:0], b, ot.NameCap)
	case optionDevice:
		if ids := c.U32(); !c.Short() {
			t.Arg[argIDs] = ids
			*flags |= hasIDs
		}
	case optionRole:
		if role := c.U8(); !c.Short() {
			*flags |= hasRole | uint32(role)<<roleShift
		}
	}
}

// station takes what a station says of itself.
func (d *decoder) station(dir ot.Dir, m *message, t *ot.Transaction, out *protocols.Emit) {
	const information = 2
	product := d.each(m.blocks, information, t)
	id := ot.Identity{Of: sender(dir, out.Conv), Source: "PROFINET DCP"}
	id.Facts[ot.FactName] = string(t.Name)
	id.Facts[ot.FactProduct] = ot.CleanString(product, ot.NameCap)
	flags := t.Arg[argFlags]
	if flags&hasIDs != 0 {
		id.Facts[ot.FactVendor] = vendorName(t.Arg[argIDs] >> 16)
		id.Facts[ot.FactOrder] = "device id " + strconv.FormatUint(uint64(t.Arg[argIDs]&0xffff), 10)
	}
	if flags&hasRole != 0 {
		id.Facts[ot.FactType] = roleName(uint64(flags >> roleShift & 0xff))
	}
	if id.Facts != [ot.FactCount]string{} {
		out.Identified(id)
	}
}

func sender(dir ot.Dir, c *ot.Conv) ot.Endpoint {
	if dir == ot.ToServer {
		return c.Client.Host()
	}
	return c.Server.Host()
}

func vendorName(id uint32) string {
	if name := vendors(uint64(id)); name != "" {
		return name
	}
	return "vendor id " + strconv.FormatUint(uint64(id), 10)
}

// address is an IPv4 address as text.
func address(ip uint32) []byte {
	return netip.AddrFrom4([4]byte{byte(ip >> 24), byte(ip >> 16), byte(ip >> 8), byte(ip)}).AppendTo(nil)
}
