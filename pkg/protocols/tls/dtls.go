package tls

import (
	"otsensor/pkg/ot"
	"otsensor/pkg/protocols"
)

// TLS over datagrams (RFC 6347): records with epoch and sequence number, and
// handshake messages that may come in fragments.
const (
	dtlsMajor    = 0xfe
	dtlsHeader   = 13
	dtlsEpoch    = 3  // where a record's epoch stands
	dtlsLength   = 11 // and its length
	helloRequest = 3  // HelloVerifyRequest: ask again, with this cookie
)

// datagrams follows one conversation over UDP.
type datagrams struct {
	decoder
	parts [2]assembly
}

// probeAny accepts records over streams and over datagrams.
func probeAny(b []byte) protocols.Answer {
	if len(b) > 1 && b[1] == dtlsMajor {
		return probeDatagram(b)
	}
	return probe(b)
}

func probeDatagram(b []byte) protocols.Answer {
	switch {
	case b[0] < RecordCipher || b[0] > RecordData, len(b) > 2 && b[2] < 0xfc:
		return protocols.No
	case len(b) <= dtlsHeader:
		return protocols.More
	}
	switch n := int(b[dtlsLength])<<8 | int(b[dtlsLength+1]); {
	case n == 0 || n+RecordHeader > RecordMax:
		return protocols.No
	case b[0] != RecordHandshake || b[dtlsEpoch]|b[dtlsEpoch+1] != 0:
		return protocols.Either
	case b[dtlsHeader] == ClientHello:
		return protocols.FromClient
	case b[dtlsHeader] == ServerHello, b[dtlsHeader] == helloRequest:
		return protocols.FromServer
	}
	return protocols.Either
}

func (d *datagrams) Feed(dir ot.Dir, b []byte, out *protocols.Emit) int {
	c := protocols.Read(b)
	for c.Left() > 0 {
		kind, major, _ := c.U8(), c.U8(), c.U8()
		epoch := c.U16()
		c.Skip(6) // sequence
		body := c.Bytes(int(c.U16()))
		if c.Short() || major != dtlsMajor || kind < RecordCipher || kind > RecordData {
			d.skip(dir, out)
			return len(b)
		}
		d.half[dir].odd = false
		switch {
		case epoch != 0: // encrypted
		case kind == RecordHandshake:
			d.fragments(dir, body, out)
		case kind == RecordAlert && len(body) == 2:
			d.alert(dir, body, out)
		}
	}
	return len(b)
}

// fragments takes the handshake messages of a record, whole or in part.
func (d *datagrams) fragments(dir ot.Dir, b []byte, out *protocols.Emit) {
	for c := protocols.Read(b); c.Left() > 0; {
		kind, n := c.U8(), int(c.U8())<<16|int(c.U16())
		seq := c.U16()
		at, size := int(c.U8())<<16|int(c.U16()), int(c.U8())<<16|int(c.U16())
		body := c.Bytes(size)
		switch {
		case c.Short():
			return
		case kind == helloRequest:
			d.open.Take(ClientHello, body, out) // the hello comes again
		case at == 0 && size == n:
			d.message(dir, kind, body, out)
		default:
			if whole := d.join(dir, assembly{kind: kind, seq: seq}, n, at, body, out); whole != nil {
				d.message(dir, kind, whole, out)
				d.half[dir].drop(out)
			}
		}
	}
}
