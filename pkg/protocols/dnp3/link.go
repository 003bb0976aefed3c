package dnp3

import (
	"encoding/binary"

	"otsensor/pkg/ot"
	"otsensor/pkg/protocols"
)

const (
	headerLen = 10 // start bytes, length, control, destination, source, check bytes (§9.2.4)
	blockLen  = 16 // user data between two pairs of check bytes
	minLength = 5  // of the length field: control and both addresses
)

// Bits of the control byte, §9.2.4.1.3.
const (
	fromMaster = 0x80
	primary    = 0x40
)

// link is a link header.
type link struct {
	control  uint8
	dst, src uint16
}

func (l *link) function() uint8 { return l.control & 0x0f }
func (l *link) primary() bool   { return l.control&primary != 0 }

// master and outstation are the link addresses by the direction bit.
func (l *link) ends() (master, outstation uint16) {
	if l.control&fromMaster != 0 {
		return l.src, l.dst
	}
	return l.dst, l.src
}

// measure is the length of a link frame with all its check bytes.
func measure(b []byte) (n int, certain bool) {
	switch {
	case len(b) > 0 && b[0] != 0x05, len(b) > 1 && b[1] != 0x64, len(b) > 2 && b[2] < minLength:
		return 0, false
	case len(b) < headerLen:
		return -1, false
	case check(b[:headerLen-2]) != binary.LittleEndian.Uint16(b[headerLen-2:]):
		return 0, false
	}
	data := int(b[2]) - minLength
	return headerLen + data + (data+blockLen-1)/blockLen*2, true
}

// frame takes one link frame.
func (d *decoder) frame(dir ot.Dir, b []byte, out *protocols.Emit) {
	l := link{b[3], binary.LittleEndian.Uint16(b[4:]), binary.LittleEndian.Uint16(b[6:])}
	var data [256]byte
	user, intact := strip(data[:0], b[headerLen:])
	if !intact {
		out.Odd(ot.Malformed, dir, ot.ProtoDNP3)
		return
	}
	if l.primary() && (l.function() == linkConfirmed || l.function() == linkUnconfirmed) {
		d.segment(dir, &l, user, out)
		return
	}
	d.service(dir, &l, out)
}

// strip takes the check bytes out of user data.
func strip(dst, b []byte) (user []byte, intact bool) {
	for len(b) > 2 {
		n := min(len(b)-2, blockLen)
		if check(b[:n]) != binary.LittleEndian.Uint16(b[n:]) {
			return nil, false
		}
		dst, b = append(dst, b[:n]...), b[n+2:]
	}
	return dst, len(b) == 0
}

// service joins a link service and its answer.
func (d *decoder) service(dir ot.Dir, l *link, out *protocols.Emit) {
	t := ot.Transaction{Proto: ot.ProtoDNP3, Code: LinkFlag | uint32(l.function()), Op: ot.OpSession, Latency: -1}
	if l.primary() {
		t.Unit, t.Arg[argMaster] = uint32(l.dst), uint32(l.src)
		if _, listed := find(linkFunctions, l.function()); !listed {
			t.Op = ot.OpUnknown
			out.OddIn(ot.ReservedCode, dir, &t)
		}
		d.open.Ask(linkKey(l.src, l.dst), ot.ProtoDNP3, out).Add(&t, out)
		return
	}
	r, verdict := d.open.Take(linkKey(l.dst, l.src), []byte{l.control}, out)
	if verdict != protocols.Fits {
		return // the acknowledgement of a frame with application data
	}
	for i := range r.Txns {
		a := &r.Txns[i]
		a.Arg[argLinkAnswer] = uint32(l.function()) | present
		if l.function() == linkNack || l.function() == linkNotSupported {
			a.Status, a.StatusCode = ot.Refused, LinkFlag|uint32(l.function())
		}
		out.Did(a)
	}
}

func linkKey(asker, asked uint16) uint64 { return 1<<40 | uint64(asker)<<16 | uint64(asked) }

// check is the CRC of the data link, §9.2.4.3: x^16+x^13+x^12+x^11+x^10+x^8+x^6+x^5+x^2+1, reflected, inverted.
func check(b []byte) uint16 {
	crc := uint16(0)
	for _, x := range b {
		crc = crc>>8 ^ crcTable[byte(crc)^x]
	}
	return ^crc
}

var crcTable = func() (table [256]uint16) {
	for i := range table {
		crc := uint16(i)
		for range 8 {
			if crc&1 != 0 {
				crc = crc>>1 ^ 0xA6BC
			} else {
				crc >>= 1
			}
		}
		table[i] = crc
	}
	return table
}()
