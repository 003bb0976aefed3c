package capture

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
)

// pcap reads the classic format (draft-ietf-opsawg-pcap).
type pcap struct {
	r      *bufio.Reader
	order  binary.ByteOrder
	nano   bool
	extra  int // bytes of a record header beyond 16: "modified" pcap has 8 more
	link   LinkType
	offset int64
}

const (
	magicMicro    = 0xa1b2c3d4
	magicNano     = 0xa1b23c4d
	magicModified = 0xa1b2cd34
)

func isPcap(head []byte) bool {
	for _, order := range []binary.ByteOrder{binary.LittleEndian, binary.BigEndian} {
		switch order.Uint32(head) {
		case magicMicro, magicNano, magicModified:
			return true
		}
	}
	return false
}

func newPcap(r *bufio.Reader) (*pcap, error) {
	var head [24]byte
	if _, err := io.ReadFull(r, head[:]); err != nil {
		return nil, fmt.Errorf("%w: the pcap header is cut short", ErrFormat)
	}
	p := &pcap{r: r, order: binary.LittleEndian, offset: 24}
	if m := binary.BigEndian.Uint32(head[:]); m == magicMicro || m == magicNano || m == magicModified {
		p.order = binary.BigEndian
	}
	magic := p.order.Uint32(head[:])
	p.nano = magic == magicNano
	if magic == magicModified {
		p.extra = 8
	}
	p.link = linkType(uint16(p.order.Uint32(head[20:])))
	return p, nil
}

// linkType maps the numbers old systems wrote for raw IP.
func linkType(n uint16) LinkType {
	if n == 12 || n == 14 {
		return LinkRaw
	}
	return LinkType(n)
}

func (p *pcap) next(b *Batch, loss *Loss) error {
	head, err := p.r.Peek(16)
	if err != nil {
		loss.TailCut += uint64(len(head))
		return end(err)
	}
	sec, frac := int64(p.order.Uint32(head)), int64(p.order.Uint32(head[4:]))
	caplen, wire := p.order.Uint32(head[8:]), p.order.Uint32(head[12:])
	if caplen > MaxFrame {
		return absurd(p.offset, caplen)
	}
	p.r.Discard(16 + p.extra)
	if !p.nano {
		frac *= 1000
	}
	data := b.Take(int(caplen))
	if n, err := io.ReadFull(p.r, data); err != nil {
		loss.TailCut += uint64(16 + n)
		return end(err)
	}
	p.offset += int64(16 + p.extra + len(data))
	b.add(Packet{Time: sec*1e9 + frac, Data: data, WireLen: wireLen(wire, caplen), Link: p.link})
	return nil
}

// add appends a packet.
func (b *Batch) add(p Packet) { b.Packets = append(b.Packets, p) }

// wireLen never gives less than what was captured.
func wireLen(wire, caplen uint32) int { return int(max(wire, caplen)) }

// end makes every way a file may stop short an end of file; damaged gzip data
// and read errors stay errors.
func end(err error) error {
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return io.EOF
	}
	return err
}

func absurd(offset int64, n uint32) error {
	return fmt.Errorf("the record at byte %d claims %d bytes (limit %d): the file is damaged there; what came before was read. Try cutting it with editcap", offset, n, MaxFrame)
}
