package smb

import (
	"otsensor/pkg/ot"
	"otsensor/pkg/protocols"
)

const (
	frameLen = 4    // type and length, RFC 1002 §4.3.1
	headMost = 1024 // bytes of a message that are looked at; data move behind
	least1   = 33   // of a message of SMB 1
	least2   = 64
)

// The types of frames.
const (
	frameMessage = 0x00
	frameRequest = 0x81 // of a session, up to 0x85: they name hosts, and keep alive
	frameKeep    = 0x85
)

// probe accepts a frame with a message, or one that opens a session.
func probe(b []byte) protocols.Answer {
	if len(b) == 0 {
		return protocols.More
	}
	switch {
	case b[0] >= frameRequest && b[0] <= frameKeep:
		if len(b) < frameLen {
			return protocols.More
		}
		if b[1] > 1 || b[1] == 1 && b[2] > 0 || b[2] > 0 {
			return protocols.No
		}
		return protocols.Either
	case b[0] != frameMessage:
		return protocols.No
	}
	mark := b[min(len(b), frameLen):]
	if len(mark) > 0 && (mark[0] < 0xfc) {
		return protocols.No
	}
	for i, want := range []byte("SMB") {
		if i+1 < len(mark) && mark[i+1] != want {
			return protocols.No
		}
	}
	if len(mark) < 4 {
		return protocols.More
	}
	return protocols.Either
}

// decoder follows one conversation.
type decoder struct {
	half [2]struct {
		skip int // bytes of data that are left
		odd  bool
	}
	open  protocols.Open
	value [2*ot.NameCap + 1]byte
	gist  [ot.NameCap]byte
	wide  [ot.NameCap]byte

	files      [2]moving // by direction: written to the server, read to the client
	handles    [handlesMost]handle
	nextHandle int
}

func (d *decoder) Feed(dir ot.Dir, b []byte, out *protocols.Emit) (used int) {
	h := &d.half[dir]
	for used < len(b) {
		if n := min(h.skip, len(b)-used); n > 0 {
			d.more(dir, b[used:used+n], out)
			h.skip -= n
			used += n
			continue
		}
		rest := b[used:]
		switch probe(rest) {
		case protocols.More:
			return used
		case protocols.No:
			if used++; !h.odd {
				h.odd = true
				d.drop(out)
				out.Odd(ot.LostSync, dir, ot.ProtoSMB)
			}
			continue
		}
		n := frameLen + int(rest[1])<<16 + int(rest[2])<<8 + int(rest[3])
		head := min(n, headMost)
		if len(rest) < head {
			return used
		}
		h.odd = false
		if rest[0] == frameMessage {
			d.chain(dir, rest[frameLen:head], out)
		}
		if h.skip = n - head; d.files[dir].left > h.skip { // more data than the message has
			d.files[dir].left = 0
			d.files[dir].Drop(out)
		}
		used += head
	}
	return used
}

func (d *decoder) Lost(dir ot.Dir, out *protocols.Emit) {
	d.drop(out)
	d.half[dir].skip, d.half[dir].odd = 0, true // what comes next may begin anywhere
	d.open.Lost()
}

func (d *decoder) Tick(now int64, out *protocols.Emit) {
	if d.open.Expire(now, out); now == protocols.EndOfTime {
		d.drop(out)
	}
}

// chainMost is how many messages of one frame are read.
const chainMost = 16

// chain takes the messages of a frame; those of SMB 2 may be several.
func (d *decoder) chain(dir ot.Dir, b []byte, out *protocols.Emit) {
	for range chainMost {
		switch {
		case len(b) < least1 || b[0] == 0xfe && len(b) < least2:
			out.Odd(ot.Malformed, dir, ot.ProtoSMB)
			return
		case b[0] == 0xff:
			d.old(dir, b, out)
			return
		case b[0] != 0xfe:
			return // encrypted or packed
		}
		next := int(uint32(b[20]) | uint32(b[21])<<8 | uint32(b[22])<<16 | uint32(b[23]&0x7f)<<24)
		if next < least2 || next+least2 > len(b) {
			d.message(dir, b, true, out)
			return
		}
		d.message(dir, b[:next], false, out)
		if b = b[next:]; string(b[1:4]) != "SMB" {
			return
		}
	}
}
