// Package capture fills batches from a file or an interface, and says what was lost.
package capture

import "errors"

// LinkType is the link-layer header type of a frame, numbered as in the pcap file format.
type LinkType uint16

// The link types that are decoded.
const (
	LinkNull     LinkType = 0 // BSD loopback: 4-byte family in host order
	LinkEthernet LinkType = 1
	LinkRaw      LinkType = 101 // raw IP (12 and 14 in old files are mapped to it)
	LinkLoop     LinkType = 108 // OpenBSD loopback: 4-byte family in network order
	LinkSLL      LinkType = 113 // Linux cooked v1
	LinkIPv4     LinkType = 228
	LinkIPv6     LinkType = 229
	LinkSLL2     LinkType = 276 // Linux cooked v2

	// LinkUnknown is for packets of a pcapng interface the file does not describe.
	LinkUnknown LinkType = 0xffff
)

// Packet is one captured frame.
type Packet struct {
	Frame   uint64 // 1 for the first packet of the input, counted as Wireshark does
	Time    int64  // nanoseconds since 1970
	Data    []byte // the captured bytes: a view into the batch
	WireLen int    // length on the wire; more than len(Data) when the frame was cut
	VLAN    uint16 // tag control information the kernel took off the frame; valid when HasVLAN
	TPID    uint16 // ethertype of that tag, 0x8100 or 0x88a8; valid when HasVLAN
	HasVLAN bool
	Link    LinkType
}

// set says what a file says of a packet. It is written in its place and field by
// field: a whole one would be built elsewhere and copied.
func (p *Packet) set(time int64, data []byte, wireLen int, link LinkType) {
	p.Time, p.Data, p.WireLen, p.HasVLAN, p.Link = time, data, wireLen, false, link
}

// Batch is a run of packets and the memory they lie in. It is reused: what
// points into a batch dies when the batch is filled again.
type Batch struct {
	Packets []Packet
	NewFile bool   // the first packet begins another file: nothing before it belongs with it
	File    string // name of the file or interface the packets are from

	arena []byte
	taken int // bytes of it in use since Reset, those between frames too
	max   int // packets a batch holds
}

// maxBytes fills a batch however few packets it holds: a file of crafted huge
// frames must not make every batch huge.
const maxBytes = 1 << 20

// NewBatch makes a batch for at most packets packets.
func NewBatch(packets int) *Batch {
	return &Batch{Packets: make([]Packet, 0, packets), max: packets}
}

// Reset empties the batch for filling.
func (b *Batch) Reset() {
	b.Packets, b.arena, b.taken, b.NewFile = b.Packets[:0], b.arena[:0], 0, false
}

// Full reports whether the batch takes no further packet.
func (b *Batch) Full() bool { return len(b.Packets) >= b.max || b.taken >= maxBytes }

// Take gives n bytes of the batch's memory to be filled with the next frame.
// Bytes given before stay where they are.
func (b *Batch) Take(n int) []byte {
	if len(b.arena)+n > cap(b.arena) {
		b.arena = make([]byte, 0, max(2*cap(b.arena), 64<<10, n))
	}
	at := len(b.arena)
	b.arena, b.taken = b.arena[:at+n], b.taken+n
	return b.arena[at : at+n : at+n]
}

// Poison overwrites the arena, so that a test sees a kept view at once.
func (b *Batch) Poison() {
	for i := range b.arena {
		b.arena[i] = 0xDD
	}
}

// add copies a frame into the batch and appends it; its Frame and Link are the
// caller's to say.
func (b *Batch) add(p Packet, data []byte) {
	p.Data = b.Take(len(data))
	copy(p.Data, data)
	b.Packets = append(b.Packets, p)
}

// free are the packets that the batch takes yet, to be written in their place;
// hold appends so many of them.
func (b *Batch) free() []Packet { return b.Packets[len(b.Packets):b.max] }

func (b *Batch) hold(packets int) { b.Packets = b.Packets[:len(b.Packets)+packets] }

// Source fills batches. Fill empties the batch first. It returns io.EOF when
// nothing more will come; a batch filled before the end or before an error is
// returned without error first. A live source returns after at most about
// 100 ms, with an empty batch when nothing came.
type Source interface {
	Fill(b *Batch) error
	Lost() Loss
	Close() error
}

// Loss counts what a source could not give.
type Loss struct {
	// Received = frames handed out in batches + Kernel + Residual.
	Received uint64 // frames the source was given, dropped ones included
	Kernel   uint64 // dropped by the kernel for want of room
	Cut      uint64 // frames captured shorter than they were
	Residual uint64 // left in the kernel's queue when the capture was closed
	TailCut  uint64 // bytes at the end of a file that hold no whole record
	Filtered uint64 // frames of files that a filter left out; a kernel does not count them

	Transmitted uint64 // frames the capture interface sent; a passive port sends none
	Reopened    uint64 // times the interface was taken up again after it had vanished
}

// MaxFrame is the longest frame accepted from a file, bytes.
const MaxFrame = 262144

// ErrFormat is wrapped by errors about a file's content.
var ErrFormat = errors.New("not a capture this sensor reads")
