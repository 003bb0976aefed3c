package enip

import (
	"encoding/binary"

	"otsensor/pkg/ot"
)

const headerSize = 24

// header is the encapsulation header (Volume 2, 2-3.1), little-endian.
type header struct {
	command, length uint16
	session, status uint32
	context         uint64 // chosen by the asking side and echoed
	options         uint32
}

// u16 is a number of two bytes.
func u16(b []byte) uint16 { return binary.LittleEndian.Uint16(b) }

// u32 is a number of four bytes.
func u32(b []byte) uint32 { return binary.LittleEndian.Uint32(b) }

// readHeader needs headerSize bytes.
func readHeader(b []byte) (h header) {
	b = b[:headerSize]
	h.command, h.length = u16(b), u16(b[2:])
	h.session, h.status = u32(b[4:]), u32(b[8:])
	h.context, h.options = binary.LittleEndian.Uint64(b[12:]), u32(b[20:])
	return h
}

func (h *header) listed() bool      { return listedCommands.find(uint32(h.command)) != nil }
func (h *header) statusKnown() bool { return listedStatuses.find(h.status) != nil }
func (h *header) carriesCIP() bool  { return h.command == sendRRData || h.command == sendUnitData }

// credible reports whether a header where one is expected may be one: two of
// its three constrained fields must be right.
func (h *header) credible() bool {
	if h.options != 0 {
		return h.listed() && h.statusKnown()
	}
	return h.listed() || h.statusKnown()
}

// blank reports a header of zeros: a NOP among messages, and no proof before them.
func (h *header) blank() bool { return *h == header{} }

// certain reports whether a header where none is expected is one. NOP is left
// out: 24 zero bytes are no proof.
func (h *header) certain() bool {
	if !h.listed() || !h.statusKnown() || h.options != 0 {
		return false
	}
	switch h.command {
	case nop:
		return false
	case registerSession:
		return h.length == registerSize || h.length == 0 && h.status != 0
	case unregisterSession:
		return h.length == 0
	case sendRRData, sendUnitData:
		return h.length >= cipPrefix+2 || h.length == 0 && h.status != 0
	}
	return true
}

// from is certain of a header of this direction, in which messages carried a
// session: a request for a list has no data, and in a session all is the session's.
func (h *header) from(dir ot.Dir, session uint32) bool {
	list := h.command == listServices || h.command == listIdentity || h.command == listInterfaces
	switch {
	case list && dir == ot.ToServer && h.length > 0:
		return false
	case session != 0 && h.session != session && h.command != registerSession:
		return false
	}
	return h.certain()
}
