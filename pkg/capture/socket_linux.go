package capture

import (
	"encoding/binary"
	"fmt"
	"unsafe"

	"golang.org/x/sys/unix"
)

const (
	burst    = 64           // frames taken with one system call
	slotSize = 64<<10 + 192 // longest frame, bytes; uneven, so that slots do not share cache sets
	control  = 128          // ancillary data of a frame: a time and a tpacket_auxdata
)

// socket is an AF_PACKET socket bound to one interface (packet(7)), and the
// memory frames are received into.
type socket struct {
	fd    int
	index int
	link  LinkType
	slots [burst]slot
	msgs  [burst]mmsghdr
}

// slot is where one frame is received.
type slot struct {
	from    unix.RawSockaddrLinklayer
	control [control]byte
	iov     unix.Iovec
	frame   []byte
	used    int // bytes of control
}

// mmsghdr is struct mmsghdr of recvmmsg(2).
type mmsghdr struct {
	Hdr unix.Msghdr
	Len uint32
}

// openSocket opens a socket that takes nothing until it is bound, so that no
// frame of another interface is ever seen.
func openSocket(o LiveOptions) (*socket, error) {
	fd, err := unix.Socket(unix.AF_PACKET, unix.SOCK_RAW|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return nil, err
	}
	s := &socket{fd: fd}
	if err := s.prepare(o); err != nil {
		unix.Close(fd)
		return nil, err
	}
	frames := make([]byte, burst*slotSize)
	for i := range s.slots {
		s.slots[i].frame = frames[i*slotSize:][:slotSize:slotSize]
	}
	return s, nil
}

// prepare sets what is wanted and binds.
func (s *socket) prepare(o LiveOptions) (err error) {
	if s.index, err = interfaceIndex(s.fd, o.Interface); err != nil {
		return err
	}
	if s.link, err = interfaceLink(s.fd, o.Interface); err != nil {
		return err
	}
	if err := unix.SetsockoptInt(s.fd, unix.SOL_PACKET, unix.PACKET_AUXDATA, 1); err != nil {
		return fmt.Errorf("VLAN tags: %w", err)
	}
	if err := unix.SetsockoptInt(s.fd, unix.SOL_SOCKET, unix.SO_TIMESTAMPNS, 1); err != nil {
		return fmt.Errorf("time stamps: %w", err)
	}
	wait := unix.NsecToTimeval(liveWait.Nanoseconds())
	if err := unix.SetsockoptTimeval(s.fd, unix.SOL_SOCKET, unix.SO_RCVTIMEO, &wait); err != nil {
		return fmt.Errorf("time limit: %w", err)
	}
	growBuffer(s.fd, o.Buffer)
	every := binary.NativeEndian.Uint16([]byte{0, unix.ETH_P_ALL}) // in network order
	if err := unix.Bind(s.fd, &unix.SockaddrLinklayer{Protocol: every, Ifindex: s.index}); err != nil {
		return err
	}
	if !o.Promiscuous {
		return nil
	}
	promisc := unix.PacketMreq{Ifindex: int32(s.index), Type: unix.PACKET_MR_PROMISC}
	if err := unix.SetsockoptPacketMreq(s.fd, unix.SOL_PACKET, unix.PACKET_ADD_MEMBERSHIP, &promisc); err != nil {
		return fmt.Errorf("promiscuous mode: %w", err)
	}
	return nil
}

// growBuffer asks for a receive buffer beyond the system's limit, which takes
// CAP_NET_ADMIN, else for as much as is allowed.
func growBuffer(fd, n int) {
	if unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_RCVBUFFORCE, n) != nil {
		unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_RCVBUF, n)
	}
}

// receive takes up to most frames into the slots; none when the time limit
// passed, a signal came, or the interface just went down.
func (s *socket) receive(flags, most int) (int, error) {
	most = min(most, burst)
	for i := range s.msgs[:most] {
		s.aim(i)
	}
	n, _, errno := unix.Syscall6(unix.SYS_RECVMMSG, uintptr(s.fd), uintptr(unsafe.Pointer(&s.msgs)), uintptr(most), uintptr(flags|unix.MSG_TRUNC), 0, 0)
	switch errno {
	case 0:
		for i := range s.msgs[:n] {
			s.slots[i].used = int(s.msgs[i].Hdr.Controllen)
		}
		return int(n), nil
	case unix.EAGAIN, unix.EINTR, unix.ENETDOWN: // ENETDOWN is told once; the socket lives on
		return 0, nil
	}
	return 0, errno
}

// aim points a message header at its slot.
func (s *socket) aim(i int) {
	slot := &s.slots[i]
	slot.iov.Base = &slot.frame[0]
	slot.iov.SetLen(slotSize)
	h := unix.Msghdr{Name: (*byte)(unsafe.Pointer(&slot.from)), Namelen: unix.SizeofSockaddrLinklayer, Iov: &slot.iov, Control: &slot.control[0]}
	h.SetIovlen(1)
	h.SetControllen(control)
	s.msgs[i].Hdr = h
}

// ancillary reads what the kernel says beside the frame: its time, its length
// on the wire, the VLAN tag it took off.
func (s *slot) ancillary(p *Packet) {
	for rest := s.control[:s.used]; len(rest) >= unix.SizeofCmsghdr; {
		h, data, after, err := unix.ParseOneSocketControlMessage(rest)
		if err != nil {
			return
		}
		switch {
		case h.Level == unix.SOL_SOCKET && h.Type == unix.SCM_TIMESTAMPNS && len(data) >= int(unsafe.Sizeof(unix.Timespec{})):
			p.Time = (*unix.Timespec)(unsafe.Pointer(&data[0])).Nano()
		case h.Level == unix.SOL_PACKET && h.Type == unix.PACKET_AUXDATA && len(data) >= int(unsafe.Sizeof(unix.TpacketAuxdata{})):
			p.auxiliary((*unix.TpacketAuxdata)(unsafe.Pointer(&data[0])))
		}
		rest = after
	}
}

func (p *Packet) auxiliary(aux *unix.TpacketAuxdata) {
	p.WireLen = max(p.WireLen, int(aux.Len))
	if aux.Status&unix.TP_STATUS_VLAN_VALID == 0 {
		return
	}
	p.HasVLAN, p.VLAN, p.TPID = true, aux.Vlan_tci, unix.ETH_P_8021Q
	if aux.Status&unix.TP_STATUS_VLAN_TPID_VALID != 0 {
		p.TPID = aux.Vlan_tpid
	}
}

// counters gives what the kernel counted since they were last read.
func (s *socket) counters() (packets, drops uint64) {
	st, err := unix.GetsockoptTpacketStats(s.fd, unix.SOL_PACKET, unix.PACKET_STATISTICS)
	if err != nil {
		return 0, 0
	}
	return uint64(st.Packets), uint64(st.Drops)
}

// renamed reports whether name is no longer the interface that is captured.
func (s *socket) renamed(name string) bool {
	index, err := interfaceIndex(s.fd, name)
	return err != nil || index != s.index
}
