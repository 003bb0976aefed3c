package capture

import (
	"encoding/binary"
	"fmt"
	"sync/atomic"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"

	"otsensor/pkg/filter"
)

// The kernel closes a block when it is full or blockAge after it was opened,
// full or not. A reader that stalls is therefore given blocks × blockAge of
// grace on a quiet line, and the whole ring on a busy one: many small blocks
// bear a longer stall than few large ones of the same size in all. The longest
// frame still fits: 64 KiB and headers, where the host merges segments.
const (
	blockSize = 128 << 10
	blockAge  = 10 * time.Millisecond
	minBlocks = 2 // one to fill, one to read
)

// ring is an AF_PACKET socket bound to one interface (packet(7)) and the memory
// it shares with the kernel, a ring of blocks of frames (TPACKET_V3).
type ring struct {
	fd     int
	kept   bool // fd stays open when the ring is closed
	index  int  // of the interface, or nowhere
	link   LinkType
	memory []byte
	turn   int          // the block to be read next
	ours   bool         // it was handed over, and not yet given back
	since  time.Time    // when it was
	part   filter.Share // of all frames, what falls to it
	block  ringBlock
}

// openRing opens a ring that takes nothing until it is bound, so that no frame
// of another interface is ever seen.
func openRing(o LiveOptions, part int) (*ring, error) {
	fd, err := unix.Socket(unix.AF_PACKET, unix.SOCK_RAW|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return nil, err
	}
	r := &ring{fd: fd, index: nowhere, part: filter.Share{Part: part, Of: max(o.Rings, 1)}}
	if err := r.prepare(o); err != nil {
		r.close()
		return nil, err
	}
	return r, nil
}

// close ends the capture; what was read from the ring must not be touched any
// more. A socket that is kept stays open: a filter of system calls knows it by
// its number, which must not become that of a file.
func (r *ring) close() {
	if r.memory != nil {
		unix.Munmap(r.memory)
	}
	if !r.kept {
		unix.Close(r.fd)
	}
}

// prepare shares the memory and attaches.
func (r *ring) prepare(o LiveOptions) (err error) {
	if _, err = interfaceIndex(r.fd, o.Interface); err != nil {
		return err
	}
	// With stamps asked for, the kernel takes them when a frame arrives; else
	// only when the frame is copied into the ring, and every reader differs.
	if err := unix.SetsockoptInt(r.fd, unix.SOL_SOCKET, unix.SO_TIMESTAMPNS, 1); err != nil {
		return err
	}
	if o.Stamps == CardStamps {
		if err := unix.SetsockoptInt(r.fd, unix.SOL_PACKET, unix.PACKET_TIMESTAMP, unix.SOF_TIMESTAMPING_RAW_HARDWARE); err != nil {
			return fmt.Errorf("stamps of the card: %w", err)
		}
	}
	if err := unix.SetsockoptInt(r.fd, unix.SOL_PACKET, unix.PACKET_VERSION, unix.TPACKET_V3); err != nil {
		return fmt.Errorf("ring of blocks: %w", err)
	}
	if err := r.share(max((o.Buffer+blockSize-1)/blockSize, minBlocks)); err != nil {
		return err
	}
	return r.attach(o)
}

// attach binds to the interface that has the name now. It may be done again
// and again, and needs no privilege but the socket: that is how an interface
// that was made anew is captured by a sensor which has given up all others.
func (r *ring) attach(o LiveOptions) error {
	index, err := interfaceIndex(r.fd, o.Interface)
	if err != nil {
		return err
	}
	if r.link, err = interfaceLink(r.fd, o.Interface); err != nil {
		return err
	}
	if err := r.filter(o); err != nil {
		return err
	}
	every := binary.NativeEndian.Uint16([]byte{0, unix.ETH_P_ALL}) // in network order
	if err := unix.Bind(r.fd, &unix.SockaddrLinklayer{Protocol: every, Ifindex: index}); err != nil {
		return err
	}
	r.index = index
	if !o.Promiscuous {
		return nil
	}
	if err := r.promiscuous(unix.PACKET_ADD_MEMBERSHIP); err != nil {
		return fmt.Errorf("promiscuous mode: %w", err)
	}
	return nil
}

// filter has the kernel leave out what is not asked for, before the socket is
// bound: no other frame is ever in the ring.
func (r *ring) filter(o LiveOptions) error {
	if o.Filter == nil && r.part.Of < 2 {
		return nil
	}
	l, err := layoutOf(r.link)
	if err != nil {
		return err
	}
	l.Stripped = true
	raw, err := o.Filter.Program(l, r.part)
	if err != nil {
		return err
	}
	code := make([]unix.SockFilter, len(raw))
	for i, c := range raw {
		code[i] = unix.SockFilter{Code: c.Op, Jt: c.Jt, Jf: c.Jf, K: c.K}
	}
	if err := unix.SetsockoptSockFprog(r.fd, unix.SOL_SOCKET, unix.SO_ATTACH_FILTER, &unix.SockFprog{Len: uint16(len(code)), Filter: &code[0]}); err != nil {
		return fmt.Errorf("the kernel refuses the filter: %w", err)
	}
	return nil
}

// nowhere is the index of no interface.
const nowhere = -1

// detach takes nothing more from the interface. Where it was deleted the kernel
// has done so; where it only has another name now, the socket is bound to an
// ethertype that is nobody's.
func (r *ring) detach() {
	r.promiscuous(unix.PACKET_DROP_MEMBERSHIP)
	unix.Bind(r.fd, &unix.SockaddrLinklayer{Protocol: 0xffff, Ifindex: r.index})
	r.index = nowhere
}

func (r *ring) promiscuous(what int) error {
	promisc := unix.PacketMreq{Ifindex: int32(r.index), Type: unix.PACKET_MR_PROMISC}
	return unix.SetsockoptPacketMreq(r.fd, unix.SOL_PACKET, what, &promisc)
}

// share has the kernel make a ring and maps it; when so much memory is refused,
// half as much, and so on: a small ring loses bursts, none loses everything.
func (r *ring) share(blocks int) (err error) {
	for ; blocks >= minBlocks; blocks /= 2 {
		if err = r.request(blocks); err != nil {
			continue
		}
		if r.memory, err = unix.Mmap(r.fd, 0, blocks*blockSize, unix.PROT_READ|unix.PROT_WRITE, unix.MAP_SHARED); err == nil {
			return nil
		}
		r.request(0) // else the next request is refused as a second ring
	}
	return fmt.Errorf("memory for the ring: %w", err)
}

// request asks for a ring of so many blocks; for none it lets go of the one
// there is. Frames lie in a block one behind the other: the size of a frame is
// only checked for sense.
func (r *ring) request(blocks int) error {
	const frameSize = 2048
	req := unix.TpacketReq3{
		Block_size: blockSize, Block_nr: uint32(blocks),
		Frame_size: frameSize, Frame_nr: uint32(blocks * blockSize / frameSize),
		Retire_blk_tov: uint32(blockAge.Milliseconds()),
	}
	return unix.SetsockoptTpacketReq3(r.fd, unix.SOL_PACKET, unix.PACKET_RX_RING, &req)
}

// bytes are those of the block whose turn it is.
func (r *ring) bytes() []byte {
	return r.memory[r.turn*blockSize:][:blockSize:blockSize]
}

// status is the word by which a block changes hands.
func (r *ring) status() *uint32 {
	return (*uint32)(unsafe.Pointer(&r.bytes()[blockStatus]))
}

// ready reports whether a frame can be read now. It gives back a block that was
// read and takes over the next, if the kernel is done with it.
func (r *ring) ready(now time.Time) bool {
	for !r.ours || r.block.left == 0 {
		if r.ours {
			r.giveBack()
		}
		if atomic.LoadUint32(r.status())&unix.TP_STATUS_USER == 0 {
			return false
		}
		r.ours, r.since, r.block = true, now, openBlock(r.bytes())
	}
	return true
}

// giveBack lets the kernel fill the block again.
func (r *ring) giveBack() {
	atomic.StoreUint32(r.status(), unix.TP_STATUS_KERNEL)
	r.ours, r.turn = false, (r.turn+1)%(len(r.memory)/blockSize)
}

// error takes the socket's error. That the interface went down is told once, as
// an error; the ring lives on.
func (r *ring) error() error {
	errno, err := unix.GetsockoptInt(r.fd, unix.SOL_SOCKET, unix.SO_ERROR)
	if err == nil && errno != 0 && unix.Errno(errno) != unix.ENETDOWN {
		return unix.Errno(errno)
	}
	return err
}

// counters gives what the kernel counted since they were last read. Its packets
// include those it dropped.
func (r *ring) counters() (packets, drops uint64) {
	st, err := unix.GetsockoptTpacketStatsV3(r.fd, unix.SOL_PACKET, unix.PACKET_STATISTICS)
	if err != nil {
		return 0, 0
	}
	return uint64(st.Packets), uint64(st.Drops)
}

// renamed reports whether name is no longer the interface that is captured.
func (r *ring) renamed(name string) bool {
	index, err := interfaceIndex(r.fd, name)
	return err != nil || index != r.index
}
