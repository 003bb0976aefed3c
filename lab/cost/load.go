package main

import (
	"encoding/binary"
	"io"

	"otsensor/pkg/capture"
)

// load is a line of controllers that are polled in turn: one conversation after
// another reads a data block by S7 and is answered.
type load struct {
	conversations, blocks int // blocks: different data blocks that each conversation reads in turn
	packets               int

	at   int
	seq  [][2]uint32 // of each conversation
	time int64
}

// spacing is the time between two packets: 20,000 a second, however many conversations there are.
const spacing = 50_000

// Frames of a request and of its answer: Ethernet, IPv4, TCP, TPKT, COTP, S7.
var (
	request = []byte("\x03\x00\x00\x1f\x02\xf0\x80\x32\x01\x00\x00\x00\x00\x00\x0e\x00\x00\x04\x01\x12\x0a\x10\x02\x00\x04\x00\x01\x84\x00\x00\x00")
	answer  = []byte("\x03\x00\x00\x1d\x02\xf0\x80\x32\x03\x00\x00\x00\x00\x00\x02\x00\x08\x00\x00\x04\x01\xff\x04\x00\x20\x00\x00\x00\x07")
)

const (
	headers = 14 + 20 + 20
	refAt   = 11 // PDU reference
	blockAt = 25 // data block of the item
)

func (l *load) again() *load {
	return &load{conversations: l.conversations, blocks: l.blocks, packets: l.packets, seq: make([][2]uint32, l.conversations), time: 1_700_000_040_000_000_000}
}

// Fill gives the next packets.
func (l *load) Fill(b *capture.Batch) error {
	b.Reset()
	if l.at == l.packets {
		return io.EOF
	}
	b.NewFile = l.at == 0
	for ; l.at < l.packets && !b.Full(); l.at++ {
		turn, dir := l.at/2, l.at%2
		conv, round := turn%l.conversations, turn/l.conversations
		pdu := [2][]byte{request, answer}[dir]
		frame := b.Take(headers + len(pdu))
		l.frame(frame, conv, dir, pdu, uint16(round), uint16(1+round%l.blocks))
		l.time += spacing
		b.Packets = append(b.Packets, capture.Packet{Frame: uint64(l.at + 1), Time: l.time, Data: frame, WireLen: len(frame), Link: capture.LinkEthernet})
	}
	return nil
}

// Lost and Close: nothing is.
func (l *load) Lost() capture.Loss { return capture.Loss{} }

// Close closes nothing.
func (l *load) Close() error { return nil }

// clients is how many clients there are; conversations beyond them go to further servers.
const clients = 300

// frame writes one frame.
func (l *load) frame(b []byte, conv, dir int, pdu []byte, ref, block uint16) {
	clear(b[:headers])
	ends := [2]uint32{10<<24 | 1<<16 | uint32(conv%clients), 10<<24 | 3<<16 | uint32(conv/clients)}
	ports := [2]uint16{40000, 102}
	b[0], b[6], b[12] = 2, 2, 8
	binary.BigEndian.PutUint32(b[2:], ends[1-dir])
	binary.BigEndian.PutUint32(b[8:], ends[dir])
	ip, tcp := b[14:34], b[34:54]
	ip[0], ip[8], ip[9] = 0x45, 64, 6
	binary.BigEndian.PutUint16(ip[2:], uint16(len(b)-14))
	binary.BigEndian.PutUint16(ip[4:], ref)
	binary.BigEndian.PutUint32(ip[12:], ends[dir])
	binary.BigEndian.PutUint32(ip[16:], ends[1-dir])
	binary.BigEndian.PutUint16(tcp, ports[dir])
	binary.BigEndian.PutUint16(tcp[2:], ports[1-dir])
	binary.BigEndian.PutUint32(tcp[4:], l.seq[conv][dir])
	binary.BigEndian.PutUint32(tcp[8:], l.seq[conv][1-dir])
	tcp[12], tcp[13] = 5<<4, 0x18
	l.seq[conv][dir] += uint32(len(pdu))
	body := b[headers:]
	copy(body, pdu)
	binary.BigEndian.PutUint16(body[refAt:], ref)
	if dir == 0 {
		binary.BigEndian.PutUint16(body[blockAt:], block)
	}
	binary.BigEndian.PutUint16(ip[10:], checksum(0, ip))
	pseudo := ends[0]>>16 + ends[0]&0xffff + ends[1]>>16 + ends[1]&0xffff + 6 + uint32(len(b)-34)
	binary.BigEndian.PutUint16(tcp[16:], checksum(pseudo, b[34:]))
}

// checksum is that of RFC 1071.
func checksum(sum uint32, b []byte) uint16 {
	for ; len(b) > 1; b = b[2:] {
		sum += uint32(binary.BigEndian.Uint16(b))
	}
	if len(b) == 1 {
		sum += uint32(b[0]) << 8
	}
	for sum > 0xffff {
		sum = sum>>16 + sum&0xffff
	}
	return ^uint16(sum)
}
