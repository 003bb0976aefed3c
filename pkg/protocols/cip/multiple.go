package cip

import "encoding/binary"

// multiple is the inside of a multiple service packet, request or reply: a
// count, an offset for each message, the messages. Offsets count from the
// count, and must rise.
type multiple struct {
	body  []byte
	count int // messages that can be read
	given int // of those
	at    int // where the next one begins
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
	if p.count > 0 {
		p.at = p.offset(0)
	}
	p.bad = p.bad || p.count == 0
	return p
}

func (p *multiple) offset(i int) int {
	return int(p.body[3+2*i])<<8 | int(p.body[2+2*i])
}

// next is the next message, up to the one behind it; the last one up to the
// end. It is asked for as often as there are any.
func (p *multiple) next() []byte {
	from, end := p.at, len(p.body)
	if p.given++; p.given < p.count {
		end = p.offset(p.given)
	}
	p.at = end
	return p.body[from:end:end]
}
