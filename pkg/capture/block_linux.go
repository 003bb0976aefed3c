package capture

import (
	"encoding/binary"
	"errors"

	"golang.org/x/sys/unix"
)

// Where things lie in a block: struct tpacket_block_desc with a tpacket_hdr_v1,
// and per frame a struct tpacket3_hdr with a sockaddr_ll behind it
// (linux/if_packet.h). All in host order.
const (
	blockStatus = 8  // u32, who may touch the block
	blockFrames = 12 // u32, number of frames
	blockFirst  = 16 // u32, where the first begins
	blockHeader = 48

	frameNext    = 0                           // u32, from this header to the next, 0 in the last
	frameSec     = 4                           // u32
	frameNsec    = 8                           // u32
	frameSnaplen = 12                          // u32, bytes captured
	frameLen     = 16                          // u32, bytes on the wire
	frameStatus  = 20                          // u32, TP_STATUS_*
	frameMAC     = 24                          // u16, from this header to the captured bytes
	frameTCI     = 32                          // u32
	frameTPID    = 36                          // u16
	framePkttype = unix.SizeofTpacket3Hdr + 10 // u8, sll_pkttype
	frameHeader  = unix.SizeofTpacket3Hdr + unix.SizeofSockaddrLinklayer
)

// errRing is of a kernel that does not keep to its own format.
var errRing = errors.New("the kernel's ring of frames is damaged")

// ringBlock is a run of frames the kernel handed over.
type ringBlock struct {
	bytes []byte
	left  uint32 // frames not yet read
	at    int    // header of the next of them
	card  bool   // the frame that was read last has its card's stamp
}

// time is that of the next frame, 0 where the block is damaged.
func (b *ringBlock) time() int64 {
	if b.at < blockHeader || b.at > len(b.bytes)-frameHeader {
		return 0
	}
	return stamp(b.bytes[b.at:])
}

// stamp is the time in a frame's header.
func stamp(h []byte) int64 {
	return int64(binary.NativeEndian.Uint32(h[frameSec:]))*1e9 + int64(binary.NativeEndian.Uint32(h[frameNsec:]))
}

// openBlock reads the header of a block.
func openBlock(bytes []byte) ringBlock {
	return ringBlock{
		bytes: bytes,
		left:  binary.NativeEndian.Uint32(bytes[blockFrames:]),
		at:    int(binary.NativeEndian.Uint32(bytes[blockFirst:])),
	}
}

// next reads the next frame; there must be one left. The bytes it gives lie in
// the block. Nothing the kernel says is believed beyond the block's end.
func (b *ringBlock) next(p *Packet) (data []byte, sent bool, err error) {
	if b.at < blockHeader || b.at > len(b.bytes)-frameHeader {
		return nil, false, errRing
	}
	h := b.bytes[b.at:]
	mac, captured := uint64(binary.NativeEndian.Uint16(h[frameMAC:])), uint64(binary.NativeEndian.Uint32(h[frameSnaplen:]))
	if mac < frameHeader || mac+captured > uint64(len(h)) {
		return nil, false, errRing
	}
	if b.left--; b.left > 0 {
		next := binary.NativeEndian.Uint32(h[frameNext:])
		if next < frameHeader || uint64(next) > uint64(len(h)) {
			return nil, false, errRing
		}
		b.at += int(next)
	}
	p.describe(h)
	b.card = binary.NativeEndian.Uint32(h[frameStatus:])&unix.TP_STATUS_TS_RAW_HARDWARE != 0
	return h[mac : mac+captured], h[framePkttype] == unix.PACKET_OUTGOING, nil
}

// describe takes what a frame's header says: its time, its length on the wire,
// the VLAN tag the kernel took off it.
func (p *Packet) describe(h []byte) {
	p.Time = stamp(h)
	p.WireLen = int(binary.NativeEndian.Uint32(h[frameLen:]))
	status := binary.NativeEndian.Uint32(h[frameStatus:])
	if status&unix.TP_STATUS_VLAN_VALID == 0 {
		return
	}
	p.HasVLAN, p.VLAN, p.TPID = true, uint16(binary.NativeEndian.Uint32(h[frameTCI:])), unix.ETH_P_8021Q
	if status&unix.TP_STATUS_VLAN_TPID_VALID != 0 {
		p.TPID = binary.NativeEndian.Uint16(h[frameTPID:])
	}
}
