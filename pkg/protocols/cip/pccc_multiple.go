package cip

import "otsensor/pkg/protocols"

const executeMultiple = 0x0F_88

// askCommands asks for every command of an execute multiple (0F 88): a count,
// then the length of each with its function and data. It is false for any other
// command, and where there is none that can be read. What the answer holds for
// each is not public: all end as it does.
func (c *Conversation) askCommands(r *protocols.Request, via *Via, body []byte, depth int, out *protocols.Emit) (had bool) {
	p := readPCCC(body, false)
	if p.short || uint32(p.command)<<8|uint32(p.function) != executeMultiple {
		return false
	}
	b := protocols.Read(p.data)
	for range min(int(b.U8()), maxServices) {
		command := b.Bytes(int(b.U8()))
		if len(command) == 0 || command[0] == executeMultiple&0xFF {
			break
		}
		// The command as it would stand alone: no requestor, command, status, transaction number.
		c.value = append(append(c.value[:0], 1, p.command, p.status, byte(p.tns), byte(p.tns>>8)), command...)
		t := r.Draft()
		begin(t, via, 0x4B, &c.path, depth)
		if mark(t, inMultiple); !had {
			mark(t, firstMultiple)
		}
		t.Value, _ = c.askPCCC(t, c.value, c.path.Name[:0])
		c.path.Name = t.Name[:0]
		r.Commit(out)
		had = true
	}
	return had
}
