package cip

import "otsensor/pkg/ot"

// pieceOf reads what an answered message moves, by how its service does that.
func (f *transfers) pieceOf(t *ot.Transaction, m reply, how moving, tr *transfer) (p piece) {
	asked, sum := askedPiece(t)
	p.state = transferUnderWay
	switch {
	case kindOf(t) == pccc:
		f.pcccPiece(t, m, &p, asked)
	case how == byOffset:
		offsetPiece(t, m, &p, asked)
	case how == byPacket:
		packetPiece(t, m, &p, asked)
		p.from = tr.at
	default:
		p.from, p.size, p.body, p.first = tr.at, uint32(len(m.data)), m.data, tr.key == 0
		if m.status != statusPartial {
			p.state = transferComplete
		}
	}
	if p.sum = sum; sum == 0 {
		p.sum = rolled(0, p.body)
	}
	return p
}

// askedPiece is what setPiece noted: how many bytes, and their hash, 0 where
// the answer brings them or they are at hand.
func askedPiece(t *ot.Transaction) (size, sum uint32) {
	switch {
	case kindOf(t) == tag && has(t, hasExt):
		return uint32(len(t.Value)), 0
	case kindOf(t) == tag:
		return t.Arg[argSeq] >> 16, t.Arg[argExtra]
	}
	if _, size = wordOf(t).get(t); t.Code == classFile<<8|0x50 {
		sum = t.Arg[argExtra]
	}
	return size, sum
}

// offsetPiece is a piece of a tag or a template; asked is what a write brings.
func offsetPiece(t *ot.Transaction, m reply, p *piece, asked uint32) {
	p.from, p.body, p.size = offsetOf(t), t.Value, asked
	if serviceOf(t) != 0x53 {
		p.body = m.data[min(len(m.data), typeBytes(t, m.data)):]
		p.size = uint32(len(p.body))
	}
	p.first = p.from == 0
	if offsetEnds(t, m, p.from+p.size) {
		p.state = transferComplete
	}
}

// offsetOf is where a piece begins.
func offsetOf(t *ot.Transaction) uint32 {
	if kindOf(t) == tag {
		return t.Arg[argB]
	}
	at, _ := u32(requestData(t), 0)
	return uint32(at)
}

// typeBytes is how many bytes of an answered read are the type.
func typeBytes(t *ot.Transaction, data []byte) int {
	switch {
	case kindOf(t) != tag:
		return 0
	case len(data) >= 2 && uint16(data[0])|uint16(data[1])<<8 == structType:
		return 4
	}
	return 2
}

// offsetEnds reports whether a piece that ends there is the last one. Of a
// structure that is written nothing tells its size.
func offsetEnds(t *ot.Transaction, m reply, end uint32) bool {
	if serviceOf(t) != 0x53 {
		return m.status != statusPartial
	}
	size := uint32(t.Shape.Size())
	return size > 0 && end >= size*(t.Arg[argA]&0xFFFF)
}

// The types of a file object's packets, which stand behind the transfer's number.
const (
	packetFirst = iota
	packetMiddle
	packetLast
	packetAbort
	packetOnly

	packetHead = 2
)

// packetPiece is a piece of a file; of an upload in the answer, of a download
// in the request.
func packetPiece(t *ot.Transaction, m reply, p *piece, asked uint32) {
	b := m.data
	if p.size = uint32(len(b)); serviceOf(t) == 0x50 {
		b, p.size = requestData(t), asked
	}
	p.size -= min(p.size, packetHead)
	if p.first = true; len(b) < packetHead {
		return
	}
	p.body = b[packetHead:]
	switch b[1] {
	case packetLast:
		p.state, p.first = transferComplete, false
	case packetOnly:
		p.state = transferComplete
	case packetAbort:
		p.state = transferAborted
	default:
		p.first = b[1] == packetFirst
	}
}
