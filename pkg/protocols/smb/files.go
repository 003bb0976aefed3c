package smb

import (
	"encoding/binary"

	"otsensor/pkg/ot"
	"otsensor/pkg/protocols"
)

// handlesMost is how many open files of a conversation are known.
const handlesMost = 4

// handle is a file that was opened: its id, [MS-SMB2] §2.2.14.1, as a digest.
type handle struct {
	id, size uint64 // size as it was when opened
	name     [ot.NameCap]byte
	n        int
}

// moving is the file that goes in one direction.
type moving struct {
	protocols.File
	id   uint64
	next uint64 // offset that is due
	size uint64 // of a file that is read; writing ends when the file is closed
	left int    // bytes of the present message's data that are still to come
}

// fileID is the file that a body names at an offset; 0 where it is the one that was opened just before.
func fileID(body []byte, at int) uint64 {
	if len(body) < at+16 || binary.LittleEndian.Uint64(body[at:])&binary.LittleEndian.Uint64(body[at+8:]) == 1<<64-1 {
		return 0
	}
	return protocols.Digest(body[at : at+16])
}

// opened notes a file that was opened: name of the request, id and size of the answer.
func (d *decoder) opened(t *ot.Transaction, body []byte) {
	const at, size = 64, 48
	id := fileID(body, at)
	if id == 0 {
		return
	}
	h := &d.handles[d.nextHandle]
	d.nextHandle = (d.nextHandle + 1) % handlesMost
	h.id, h.size, h.n = id, binary.LittleEndian.Uint64(body[size:]), copy(h.name[:], protocols.Part(t.Value, 0))
}

// begin starts a file at its first byte.
func (d *decoder) begin(dir ot.Dir, id uint64, out *protocols.Emit) {
	x := &d.files[dir]
	for i := range d.handles {
		if h := &d.handles[i]; h.id == id && id != 0 {
			x.id, x.next, x.size, x.left = id, 0, h.size, 0
			x.Begin(h.name[:h.n], out)
			return
		}
	}
}

// written takes a request to write, [MS-SMB2] §2.2.21.
func (d *decoder) written(whole, body []byte, last bool, out *protocols.Emit) {
	if len(body) < 32 {
		return
	}
	offset, id := binary.LittleEndian.Uint64(body[8:]), fileID(body, 16)
	d.data(ot.ToServer, id, offset, whole, int(binary.LittleEndian.Uint16(body[2:])), binary.LittleEndian.Uint32(body[4:]), last, out)
}

// asked notes what a request to read is about, [MS-SMB2] §2.2.19.
func asked(t *ot.Transaction, body []byte) {
	if len(body) >= 32 {
		id := fileID(body, 16)
		t.Arg[argOffset], t.Arg[argOffset+1] = binary.LittleEndian.Uint32(body[8:]), binary.LittleEndian.Uint32(body[12:])
		t.Arg[argFile], t.Arg[argFile+1] = uint32(id), uint32(id>>32)
	}
}

// got takes the answer to a read, [MS-SMB2] §2.2.20.
func (d *decoder) got(t *ot.Transaction, whole, body []byte, last bool, out *protocols.Emit) {
	if len(body) < 8 {
		return
	}
	pair := func(i int) uint64 { return uint64(t.Arg[i+1])<<32 | uint64(t.Arg[i]) }
	d.data(ot.ToClient, pair(argFile), pair(argOffset), whole, int(body[2]), binary.LittleEndian.Uint32(body[4:]), last, out)
}

// data takes the bytes of a file that stand in a message from an offset on; what
// is behind the part of the message that is looked at comes later. A file of
// which bytes come in another order is not summed up.
func (d *decoder) data(dir ot.Dir, id, offset uint64, whole []byte, from int, n uint32, last bool, out *protocols.Emit) {
	x := &d.files[dir]
	if offset == 0 {
		d.begin(dir, id, out)
	}
	if !x.Open() || x.id != id {
		return
	}
	if offset != x.next || from < least2 || from > len(whole) || n > protocols.FileMost {
		x.Drop(out)
		return
	}
	here := whole[from:min(from+int(n), len(whole))]
	x.next += uint64(n)
	x.Add(here, out)
	if x.left = int(n) - len(here); x.left > 0 && !last {
		x.Drop(out)
	}
}

// more takes bytes that pass by behind the part of a message that is looked at.
func (d *decoder) more(dir ot.Dir, b []byte, out *protocols.Emit) {
	x := &d.files[dir]
	n := min(x.left, len(b))
	x.left -= n
	x.Add(b[:n], out)
}

// closed takes a request to close a file, [MS-SMB2] §2.2.15: what was written is
// whole, and what was read where all of it was.
func (d *decoder) closed(body []byte, out *protocols.Emit) {
	id := fileID(body, 8)
	for dir := range d.files {
		x := &d.files[dir]
		switch {
		case !x.Open() || x.id != id:
		case x.left > 0 || ot.Dir(dir) == ot.ToClient && x.next != x.size:
			x.Drop(out)
		default:
			x.End(ot.Dir(dir), ot.ProtoSMB, out)
		}
	}
}

// drop gives up what is under way.
func (d *decoder) drop(out *protocols.Emit) {
	for dir := range d.files {
		d.files[dir].Drop(out)
		d.files[dir].left = 0
	}
}
