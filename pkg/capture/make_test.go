package capture

import (
	"bytes"
	"compress/gzip"
	"encoding/binary"
)

// order is both halves of a byte order of encoding/binary.
type order interface {
	binary.ByteOrder
	binary.AppendByteOrder
}

// pcapHeader is the 24 bytes a classic capture begins with.
func pcapHeader(o order, magic, link uint32) []byte {
	b := o.AppendUint32(nil, magic)
	b = o.AppendUint16(b, 2) // version 2.4
	b = o.AppendUint16(b, 4)
	b = append(b, make([]byte, 8)...) // time zone and accuracy, unused
	b = o.AppendUint32(b, 65535)      // snap length
	return o.AppendUint32(b, link)
}

// pcapRecord appends a record; frac is in the unit of the file.
func pcapRecord(b []byte, o order, sec, frac, wire uint32, data []byte) []byte {
	b = o.AppendUint32(b, sec)
	b = o.AppendUint32(b, frac)
	b = o.AppendUint32(b, uint32(len(data)))
	b = o.AppendUint32(b, wire)
	return append(b, data...)
}

// block wraps a body into a pcapng block.
func block(b []byte, o order, kind uint32, body []byte) []byte {
	for len(body)%4 != 0 {
		body = append(body, 0)
	}
	b = o.AppendUint32(b, kind)
	b = o.AppendUint32(b, uint32(12+len(body)))
	b = append(b, body...)
	return o.AppendUint32(b, uint32(12+len(body)))
}

// section is a section header block.
func section(o order) []byte {
	body := o.AppendUint32(nil, 0x1a2b3c4d)
	body = o.AppendUint16(body, 1) // version 1.0
	body = o.AppendUint16(body, 0)
	body = o.AppendUint64(body, 1<<64-1) // length of the section not given
	return block(nil, o, blockSection, body)
}

// description appends an interface description block with options as they are.
func description(b []byte, o order, link uint16, options ...byte) []byte {
	body := o.AppendUint16(nil, link)
	body = o.AppendUint16(body, 0)
	body = o.AppendUint32(body, 0) // no snap length
	return block(b, o, blockInterface, append(body, options...))
}

// enhanced appends an enhanced packet block.
func enhanced(b []byte, o order, iface uint32, units uint64, wire uint32, data []byte) []byte {
	body := o.AppendUint32(nil, iface)
	body = o.AppendUint32(body, uint32(units>>32))
	body = o.AppendUint32(body, uint32(units))
	body = o.AppendUint32(body, uint32(len(data)))
	body = o.AppendUint32(body, wire)
	return block(b, o, blockEnhanced, append(body, data...))
}

// zipped is b as gzip.
func zipped(b []byte) []byte {
	var out bytes.Buffer
	z := gzip.NewWriter(&out)
	z.Write(b)
	z.Close()
	return out.Bytes()
}
