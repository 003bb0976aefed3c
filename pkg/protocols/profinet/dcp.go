package profinet

import (
	"encoding/binary"

	"otsensor/pkg/ot"
	"otsensor/pkg/protocols"
)

// The frame ids of DCP, IEC 61158-6-10 §4.3.1.
const (
	frameHello  = 0xfefc
	frameGetSet = 0xfefd
	frameFind   = 0xfefe
	frameFound  = 0xfeff
)

// The services of DCP.
const (
	serviceGet      = 3
	serviceSet      = 4
	serviceIdentify = 5
	serviceHello    = 6
)

// The kinds of a DCP service: asked, done, and not supported.
const (
	kindRequest = 0
	kindDone    = 1
	kindUnknown = 5
)

// probeDCP tells DCP by a service that its frame id may carry.
func probeDCP(id uint16, head []byte) protocols.Answer {
	if len(head) < 4 {
		return protocols.More
	}
	service, kind := head[2], head[3]
	switch {
	case id == frameGetSet && service != serviceGet && service != serviceSet,
		(id == frameFind || id == frameFound) && service != serviceIdentify,
		id == frameHello && service != serviceHello:
		return protocols.No
	case kind == kindRequest:
		return protocols.FromClient
	case kind == kindDone || kind == kindUnknown:
		return protocols.FromServer
	}
	return protocols.No
}

// message is the header of a DCP frame.
type message struct {
	frame         uint16
	service, kind uint8
	exchange      uint32
	blocks        []byte
}

// dcp takes one DCP frame.
func (d *decoder) dcp(dir ot.Dir, id uint16, c *protocols.Cursor, out *protocols.Emit) {
	m := message{frame: id, service: c.U8(), kind: c.U8(), exchange: c.U32()}
	c.Skip(2) // longest delay of an answer, in units of 10 ms
	m.blocks = c.Bytes(int(c.U16()))
	t := begin(uint32(m.service)<<16, ot.OpUnknown, id)
	if c.Short() {
		out.OddIn(ot.Malformed, dir, &t)
		return
	}
	switch {
	case m.service < serviceGet || m.service > serviceHello:
		out.OddIn(ot.ReservedCode, dir, &t)
	case m.kind == kindRequest:
		d.dcpRequest(dir, &m, &t, out)
	default:
		d.dcpAnswer(dir, &m, &t, out)
	}
}

// key is of a request that is answered.
func (m *message) key() uint64 { return uint64(m.service)<<32 | uint64(m.exchange) }

func (d *decoder) dcpRequest(dir ot.Dir, m *message, t *ot.Transaction, out *protocols.Emit) {
	t.Op = ot.OpIdentify
	switch m.service {
	case serviceGet:
		d.open.Ask(m.key(), ot.Profinet, out).Add(t, out)
	case serviceSet:
		d.sets(dir, m, out)
	case serviceHello:
		d.station(dir, m, t, out)
		alone(ot.OneWay, t, out)
	default:
		d.each(m.blocks, 0, t)
		if toAll := out.Conv.Server.MAC[0]&1 == 1; toAll {
			alone(ot.OneWay, t, out)
			return
		}
		d.open.Ask(m.key(), ot.Profinet, out).Add(t, out)
	}
}

// sets opens a request of one transaction a block.
func (d *decoder) sets(dir ot.Dir, m *message, out *protocols.Emit) {
	r := d.open.Ask(m.key(), ot.Profinet, out)
	b := m.blocks
	for len(b) > 0 {
		blk, rest, ok := nextBlock(b)
		t := begin(serviceSet<<16|uint32(blk.option), ot.OpUnknown, m.frame)
		if !ok {
			out.OddIn(ot.Malformed, dir, &t)
			break
		}
		if row := find(sets, t.Code); row != nil {
			t.Op = row.op
		} else if blk.option < firstVendorOption {
			out.OddIn(ot.ReservedCode, dir, &t)
		} else {
			t.Op = ot.OpConfigWrite // a vendor's own setting
		}
		if len(blk.data) >= 2 {
			t.Arg[argQualifier] = uint32(binary.BigEndian.Uint16(blk.data)) | present
			d.block(blk.option, blk.data[2:], &t)
		}
		r.Add(&t, out)
		b = rest
	}
}

// dcpAnswer closes a request, block by block, or takes a station that was found.
func (d *decoder) dcpAnswer(dir ot.Dir, m *message, t *ot.Transaction, out *protocols.Emit) {
	t.Op = ot.OpIdentify
	r, verdict := d.open.Take(m.key(), m.blocks, out)
	if verdict == protocols.Again {
		return
	}
	if verdict != protocols.Fits {
		if m.service != serviceSet {
			d.station(dir, m, t, out)
		}
		alone(ot.Unasked, t, out)
		return
	}
	for i := range r.Txns {
		a := &r.Txns[i]
		switch {
		case m.kind == kindUnknown:
			a.Status, a.StatusCode = ot.Refused, NotSupported
		case m.service == serviceSet:
			a.StatusCode = setError(m.blocks, uint16(a.Code))
			if a.StatusCode != 0 {
				a.Status = ot.Refused
			}
		default:
			d.station(dir, m, a, out)
		}
		out.Did(a)
	}
}

// setError finds what a station answers about one block.
func setError(b []byte, option uint16) uint32 {
	for len(b) > 0 {
		blk, rest, ok := nextBlock(b)
		if !ok {
			return 0
		}
		if blk.option == optionResponse && len(blk.data) >= 3 && binary.BigEndian.Uint16(blk.data) == option {
			return uint32(blk.data[2])
		}
		b = rest
	}
	return 0
}
