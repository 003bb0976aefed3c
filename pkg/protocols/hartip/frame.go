package hartip

import (
	"strconv"

	"otsensor/pkg/ot"
	"otsensor/pkg/protocols"
)

// Bits of the delimiter, HCF_SPEC-081 §5.
const (
	longAddress = 0x80
	frameKind   = 0x07
	kindAnswer  = 6
	kindBurst   = 1
)

// extended is the command that carries the number of another.
const extended = 31

// frame is a token-passing frame.
type frame struct {
	unit    uint32
	command uint32
	answer  bool
	code    uint8 // response code, where it is an answer
	device  uint8 // device status
	data    []byte
}

// read takes delimiter, address, expansion, command, count and data.
func (f *frame) read(c *protocols.Cursor) bool {
	delimiter := c.U8()
	if delimiter&longAddress != 0 {
		c.Skip(2)
		f.unit = uint32(c.U8())<<16 | uint32(c.U16())
	} else {
		f.unit = uint32(c.U8() & 0x3f)
	}
	c.Skip(int(delimiter >> 5 & 3))
	f.command = uint32(c.U8())
	f.data = c.Bytes(int(c.U8()))
	if c.Short() {
		return false
	}
	f.answer = delimiter&frameKind == kindAnswer || delimiter&frameKind == kindBurst
	if f.answer {
		if len(f.data) < 2 {
			return false
		}
		f.code, f.device, f.data = f.data[0], f.data[1], f.data[2:]
	}
	if f.command == extended && len(f.data) >= 2 {
		f.command, f.data = uint32(f.data[0])<<8|uint32(f.data[1]), f.data[2:]
	}
	return true
}

// name gives a transaction the command's number and verb.
func (f *frame) name(t *ot.Transaction, dir ot.Dir, out *protocols.Emit) {
	t.Code, t.Unit = f.command, f.unit
	if row := find(f.command); row != nil {
		t.Op = row.op
	} else if t.Op = ot.OpUnknown; f.command < firstSpecific {
		out.OddIn(ot.ReservedCode, dir, t)
	}
}

// firstSpecific is the first command that is the device's own.
const firstSpecific = 128

// warning response codes do not refuse: 8, 14, 24 to 27, 30 and 31 and 112 to 127 (HCF_SPEC-307).
func warning(code uint8) bool {
	return code == 8 || code == 14 || code >= 24 && code <= 27 || code == 30 || code == 31 || code >= 112 && code <= 127
}

// conclude gives a transaction what its answer says. A response code above 127
// reports an error of the line.
func (f *frame) conclude(t *ot.Transaction, kind, status uint8) {
	switch {
	case kind == isRefusal, t.Code >= Session && status > 0 && status != 8:
		t.StatusCode = Session | uint32(status)
	case f.answer && f.code != 0 && !warning(f.code):
		t.StatusCode = uint32(f.code)
	}
	if f.answer {
		t.Arg[argStatus] = uint32(f.device) | present
	}
}

// The commands that say who a device is.
const (
	readID      = 0
	readIDByTag = 11
	readTag     = 13
	readLongTag = 20
	readIDByLTg = 21
)

// identify takes what a device says of itself.
func (f *frame) identify(dir ot.Dir, out *protocols.Emit) {
	switch f.command {
	case readID, readIDByTag, readIDByLTg, readTag, readLongTag:
	default:
		return
	}
	id := ot.Identity{Of: out.Conv.Server.Host(), Behind: "device " + strconv.FormatUint(uint64(f.unit), 10)}
	if dir == ot.ToServer {
		id.Of = out.Conv.Client.Host()
	}
	c := protocols.Read(f.data)
	switch f.command {
	case readID, readIDByTag, readIDByLTg:
		if expansion := c.U8(); expansion != 254 {
			return
		}
		id.Source = "HART command 0"
		kind := c.U16()
		c.Skip(2) // preambles, universal revision
		revision, software, hardware := c.U8(), c.U8(), c.U8()
		c.Skip(1)
		serial := uint64(c.U8())<<16 | uint64(c.U16())
		id.Behind = "device " + strconv.FormatUint(serial, 10)
		maker := kind >> 8 // up to revision 6 of the protocol
		if c.Left() >= 7 {
			c.Skip(5) // preambles, variables, changes of configuration, status
			maker = c.U16()
		}
		id.Facts[ot.FactVendor] = makerName(maker)
		id.Facts[ot.FactType] = "device type " + strconv.FormatUint(uint64(kind), 10) + " revision " + strconv.Itoa(int(revision))
		id.Facts[ot.FactSerial] = strconv.FormatUint(serial, 10)
		id.Facts[ot.FactFirmware], id.Facts[ot.FactHardware] = strconv.Itoa(int(software)), strconv.Itoa(int(hardware>>3))
	case readTag:
		id.Source = "HART command 13"
		id.Facts[ot.FactName] = ot.CleanString(packed(c.Bytes(6)), 8)
	case readLongTag:
		id.Source = "HART command 20"
		id.Facts[ot.FactName] = ot.CleanString(c.Bytes(min(32, c.Left())), 32)
	}
	if !c.Short() && id.Facts != [ot.FactCount]string{} {
		out.Identified(id)
	}
}

// packed is text of six bits a character, four in three bytes; the fifth bit's complement is the sixth (HCF_SPEC-099).
func packed(b []byte) []byte {
	var text []byte
	for ; len(b) >= 3; b = b[3:] {
		n := uint32(b[0])<<16 | uint32(b[1])<<8 | uint32(b[2])
		for shift := 18; shift >= 0; shift -= 6 {
			x := byte(n >> shift & 0x3f)
			text = append(text, x|^x<<1&0x40)
		}
	}
	return text
}
