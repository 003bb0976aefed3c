package cip

import "otsensor/pkg/protocols"

const (
	executeMultiple = 0x0F_88
	pcccHead        = 4 // bytes of command, status and transaction number
)

// functionAt is where a request has its function, behind the requestor; 0 where it has none.
func functionAt(body []byte) int {
	if len(body) == 0 || len(body) <= max(int(body[0]), 1)+pcccHead {
		return 0
	}
	return max(int(body[0]), 1) + pcccHead
}

// commands asks for every command of an execute multiple (0F 88): a count,
// then the length of each with its function and data. It is false for any other
// command, and where there is none that can be read. What the answer holds for
// each is not public: all end as it does.
func (a *asking) commands(body []byte, depth int) (had bool) {
	if at := functionAt(body); at == 0 || uint32(body[at-pcccHead])<<8|uint32(body[at]) != executeMultiple {
		return false
	}
	p, c := readPCCC(body, false), a.c
	b := protocols.Read(p.data)
	for range min(int(b.U8()), maxServices) {
		command := b.Bytes(int(b.U8()))
		if len(command) == 0 || command[0] == executeMultiple&0xFF {
			break
		}
		// The command as it would stand alone: no requestor, command, status, transaction number.
		c.value = append(append(c.value[:0], 1, p.command, p.status, byte(p.tns), byte(p.tns>>8)), command...)
		t := a.r.Draft()
		begin(t, a.via, 0x4B, &c.path, depth)
		if mark(t, inMultiple); !had {
			mark(t, firstMultiple)
		}
		t.Value, _ = c.askPCCC(t, c.value)
		c.path.Name = c.path.Name[:0]
		a.r.Commit(a.out)
		had = true
	}
	return had
}
