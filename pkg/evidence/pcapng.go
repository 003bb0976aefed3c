package evidence

import (
	"encoding/binary"
	"math"

	"otsensor/pkg/capture"
)

// Blocks of a pcapng file (draft-ietf-opsawg-pcapng). gopacket's writer knows
// no packet comments, and there are only three kinds.
const (
	blockSection   = 0x0a0d0d0a
	blockInterface = 1
	blockEnhanced  = 6
)

// Options of blocks.
const (
	optEnd         = 0
	optComment     = 1
	optUserAppl    = 4 // of a section: what wrote the file
	optTimeResol   = 9 // of an interface
	nanoseconds    = 9 // as resolution: 10^-9 s
	byteOrderMagic = 0x1a2b3c4d
)

// block appends a block of a kind whose body is appended by fill.
func block(b []byte, kind uint32, fill func(b []byte) []byte) []byte {
	begin := len(b)
	b = binary.LittleEndian.AppendUint32(b, kind)
	b = binary.LittleEndian.AppendUint32(b, 0) // length, known at the end
	b = fill(b)
	length := uint32(len(b) - begin + 4)
	binary.LittleEndian.PutUint32(b[begin+4:], length)
	return binary.LittleEndian.AppendUint32(b, length)
}

// option appends an option, padded to 32 bits (§3.5); an empty one is left out.
func option(b []byte, code uint16, value []byte) []byte {
	if len(value) == 0 {
		return b
	}
	b = binary.LittleEndian.AppendUint16(b, code)
	b = binary.LittleEndian.AppendUint16(b, uint16(len(value)))
	return padded(append(b, value...), len(value))
}

func endOfOptions(b []byte) []byte { return binary.LittleEndian.AppendUint32(b, optEnd) }

// padded fills up to 32 bits after n bytes.
func padded(b []byte, n int) []byte { return append(b, make([]byte, -n&3)...) }

// section appends a section header (§4.1).
func section(b []byte, software, comment []byte) []byte {
	return block(b, blockSection, func(b []byte) []byte {
		b = binary.LittleEndian.AppendUint32(b, byteOrderMagic)
		b = binary.LittleEndian.AppendUint16(b, 1) // version 1.0
		b = binary.LittleEndian.AppendUint16(b, 0)
		b = binary.LittleEndian.AppendUint64(b, math.MaxUint64) // length of the section is not said
		b = option(b, optComment, comment)
		b = option(b, optUserAppl, software)
		return endOfOptions(b)
	})
}

// iface appends an interface description (§4.2); its snap length is not limited.
func iface(b []byte, link capture.LinkType) []byte {
	return block(b, blockInterface, func(b []byte) []byte {
		b = binary.LittleEndian.AppendUint16(b, uint16(link))
		b = binary.LittleEndian.AppendUint16(b, 0) // reserved
		b = binary.LittleEndian.AppendUint32(b, 0)
		b = option(b, optTimeResol, []byte{nanoseconds})
		return endOfOptions(b)
	})
}

// enhanced appends a packet (§4.3) of the n-th interface, with a comment unless it is empty.
func enhanced(b []byte, n int, p *capture.Packet, comment []byte) []byte {
	return block(b, blockEnhanced, func(b []byte) []byte {
		b = binary.LittleEndian.AppendUint32(b, uint32(n))
		b = binary.LittleEndian.AppendUint32(b, uint32(uint64(p.Time)>>32))
		b = binary.LittleEndian.AppendUint32(b, uint32(p.Time))
		b = binary.LittleEndian.AppendUint32(b, uint32(len(p.Data)))
		b = binary.LittleEndian.AppendUint32(b, uint32(min(p.WireLen, math.MaxUint32)))
		b = padded(append(b, p.Data...), len(p.Data))
		if len(comment) == 0 {
			return b
		}
		return endOfOptions(option(b, optComment, comment))
	})
}
