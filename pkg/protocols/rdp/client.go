package rdp

import (
	"bytes"
	"encoding/binary"
	"strconv"
	"unicode/utf16"

	"otsensor/pkg/ot"
	"otsensor/pkg/protocols"
)

// Where a client says who it is, [MS-RDPBCGR] 2.2.1.3: the key of its data in
// the request for a conference, and the block with its name in them.
var clientKey = []byte("Duca")

const (
	introMost  = 4096 // bytes of the message that are waited for
	coreBlock  = 0xc001
	nameLen    = 32 // of UTF-16, in bytes
	blocksMost = 16
)

// introduced reads the first message of a session under standard security,
// which nothing encrypts.
func (d *decoder) introduced(b []byte, out *protocols.Emit) (used int) {
	if len(b) < tpktHeader {
		return 0
	}
	n := int(binary.BigEndian.Uint16(b[2:]))
	if b[0] != 3 || n < tpktHeader || n > introMost {
		d.due = false
		return len(b)
	}
	if len(b) < n {
		return 0
	}
	d.due = false
	if at := bytes.Index(b[:n], clientKey); at >= 0 {
		c := protocols.Read(b[at+len(clientKey) : n])
		if c.U8()&0x80 != 0 { // a length of two bytes
			c.Skip(1)
		}
		core(&c, out)
	}
	return len(b)
}

// core finds the core data among the blocks, 2.2.1.3.2.
func core(c *protocols.Cursor, out *protocols.Emit) {
	for range blocksMost {
		kind, n := c.U16LE(), int(c.U16LE())
		if body := c.Bytes(n - 4); body != nil && kind == coreBlock {
			in := protocols.Read(body)
			in.Skip(16) // version, size, colours, sequence, keyboard
			build, name := in.U32LE(), in.Bytes(nameLen)
			if !in.Short() {
				identify(build, name, out)
			}
			return
		}
	}
}

func identify(build uint32, name []byte, out *protocols.Emit) {
	var units []uint16
	for ; len(name) >= 2; name = name[2:] {
		u := binary.LittleEndian.Uint16(name)
		if u == 0 {
			break
		}
		units = append(units, u)
	}
	id := ot.Identity{Of: out.Conv.Client.Host(), Source: "RDP client"}
	id.Facts[ot.FactName] = ot.CleanString([]byte(string(utf16.Decode(units))), ot.NameCap)
	id.Facts[ot.FactFirmware] = "build " + strconv.FormatUint(uint64(build), 10)
	out.Identified(id)
}
