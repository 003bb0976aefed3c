package cip

import "encoding/binary"

// multiple is the inside of a multiple service packet, request or reply: a
// count, an offset for each message, the messages. Offsets count from the
// count, and must rise.
type multiple struct {
	body  []byte
	count int
	bad   bool
}

func readMultiple(body []byte) (p multiple) {
	if len(body) < 2 {
		p.bad = true
		return p
	}
	p = multiple{body: body, count: int(binary.LittleEndian.Uint16(body))}
	if most := (len(body) - 2) / 2; p.count > most {
		p.count, p.bad = most, true
	}
	last := 2 + 2*p.count
	for i := range p.count {
		at := p.offset(i)
		if at < last || at > len(body) {
			p.count, p.bad = i, true
			break
		}
		last = at
	}
	p.bad = p.bad || p.count == 0
	return p
}

func (p *multiple) offset(i int) int {
	return int(binary.LittleEndian.Uint16(p.body[2+2*i:]))
}

// message is one message: up to the next, the last one up to the end.
func (p *multiple) message(i int) []byte {
	end := len(p.body)
	if i+1 < p.count {
		end = p.offset(i + 1)
	}
	return p.body[p.offset(i):end:end]
}
