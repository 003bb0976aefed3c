package evidence

import (
	"math"
	"sort"

	"otsensor/pkg/capture"
)

// ring holds the latest frames, oldest first, in memory taken once. What it
// holds depends on the frames alone, never on the batches they came in.
type ring struct {
	bytes []byte
	end   int // place in bytes of the next frame
	slots []slot
	first int  // place of the oldest slot
	n     int  // slots in use
	lost  bool // frames were let go since the ring was empty
}

// slot is one frame without its bytes.
type slot struct {
	frame        uint64
	time, clock  int64
	at           int
	length, wire uint32
	hash         uint32 // packet.View.HostHash
	link         capture.LinkType
	vlan, tpid   uint16
	tagged       bool
}

// The memory of a ring is shared out for frames of slotEach bytes: smaller ones
// use up the slots first, larger ones the bytes.
const (
	slotSize = 64
	slotEach = 128
)

// minMemory holds a frame of any length.
const minMemory = 4 * capture.MaxFrame

func newRing(memory int64) *ring {
	n := max(memory, minMemory) / (slotSize + slotEach)
	return &ring{bytes: make([]byte, n*slotEach), slots: make([]slot, n)}
}

func (r *ring) reset() { r.end, r.first, r.n, r.lost = 0, 0, 0, false }

// slot gives the i-th oldest.
func (r *ring) slot(i int) *slot { return &r.slots[(r.first+i)%len(r.slots)] }

// data gives a frame's bytes; they are valid until the next frame is put.
func (r *ring) data(s *slot) []byte { return r.bytes[s.at : s.at+int(s.length)] }

// put copies a frame in, letting go of the oldest for it. Frames longer than
// the ring are let go themselves.
func (r *ring) put(frame uint64, clock int64, p *capture.Packet, hash uint32) {
	if len(p.Data) > len(r.bytes) {
		r.lost = true
		return
	}
	at := r.place(len(p.Data))
	copy(r.bytes[at:], p.Data)
	r.end = at + len(p.Data)
	*r.slot(r.n) = slot{frame: frame, time: p.Time, clock: clock, at: at, length: uint32(len(p.Data)),
		wire: uint32(min(max(p.WireLen, len(p.Data)), math.MaxUint32)),
		hash: hash, link: p.Link, vlan: p.VLAN, tpid: p.TPID, tagged: p.HasVLAN}
	r.n++
}

// place makes room for n bytes in one piece, and a slot.
func (r *ring) place(n int) int {
	at := r.end
	if at+n > len(r.bytes) {
		for r.n > 0 && r.slot(0).at >= at {
			r.drop()
		}
		at = 0
	}
	for r.n > 0 && (r.n == len(r.slots) || r.slot(0).at >= at && r.slot(0).at < at+n) {
		r.drop()
	}
	return at
}

func (r *ring) drop() {
	r.first = (r.first + 1) % len(r.slots)
	r.n--
	r.lost = true
}

// find gives the place of a frame, false when it is not held.
func (r *ring) find(frame uint64) (int, bool) {
	return sort.Find(r.n, func(i int) int {
		switch at := r.slot(i).frame; {
		case frame < at:
			return -1
		case frame > at:
			return 1
		}
		return 0
	})
}

// since gives the place of the first frame at or after a sensor clock.
func (r *ring) since(clock int64) int {
	return sort.Search(r.n, func(i int) bool { return r.slot(i).clock >= clock })
}

// newest is the number of the frame put last, 0 when none is held.
func (r *ring) newest() uint64 {
	if r.n == 0 {
		return 0
	}
	return r.slot(r.n - 1).frame
}

// span is the sensor clock between the oldest and the newest frame.
func (r *ring) span() int64 {
	if r.n == 0 {
		return 0
	}
	return r.slot(r.n-1).clock - r.slot(0).clock
}

// packet gives a held frame as it was on the wire: a VLAN tag that the kernel
// took off is put back. It is valid until the next frame is put.
func (r *ring) packet(s *slot) capture.Packet {
	p := capture.Packet{Frame: s.frame, Time: s.time, Data: r.data(s), WireLen: int(s.wire), Link: s.link}
	const addresses = 12 // of an Ethernet header, before the tag
	if !s.tagged || s.link != capture.LinkEthernet || len(p.Data) < addresses {
		return p
	}
	tag := []byte{byte(s.tpid >> 8), byte(s.tpid), byte(s.vlan >> 8), byte(s.vlan)}
	whole := append(make([]byte, 0, len(p.Data)+len(tag)), p.Data[:addresses]...)
	p.Data = append(append(whole, tag...), p.Data[addresses:]...)
	p.WireLen += len(tag)
	return p
}
