package capture

import (
	"encoding/binary"
	"testing"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"
)

// storm sends numbered frames many at a time, past the queue of the interface.
type storm struct {
	t      testing.TB
	fd     int
	to     unix.RawSockaddrLinklayer
	frames [64][]byte // made once: the sender must be faster than the capture
	iovs   [64]unix.Iovec
	msgs   [64]struct { // struct mmsghdr of recvmmsg(2)
		hdr unix.Msghdr
		_   uint32
	}
}

// newStorm opens a raw socket on the plant's end.
func (r *rig) newStorm() *storm { return r.stormOn(r.far, "plant0") }

func (r *rig) stormOn(ns, iface string) *storm {
	r.t.Helper()
	s := &storm{t: r.t, fd: -1}
	r.in(ns, func() (err error) {
		if s.fd, err = unix.Socket(unix.AF_PACKET, unix.SOCK_RAW|unix.SOCK_CLOEXEC, 0); err != nil {
			return err
		}
		index, err := interfaceIndex(s.fd, iface)
		s.to = unix.RawSockaddrLinklayer{Family: unix.AF_PACKET, Ifindex: int32(index)}
		if err != nil {
			return err
		}
		return unix.SetsockoptInt(s.fd, unix.SOL_PACKET, unix.PACKET_QDISC_BYPASS, 1)
	})
	r.t.Cleanup(func() { unix.Close(s.fd) })
	for i := range s.msgs {
		s.frames[i] = numbered(0)
		s.iovs[i] = unix.Iovec{Base: &s.frames[i][0]}
		s.iovs[i].SetLen(len(s.frames[i]))
		s.msgs[i].hdr = unix.Msghdr{Name: (*byte)(unsafe.Pointer(&s.to)), Namelen: unix.SizeofSockaddrLinklayer, Iov: &s.iovs[i]}
		s.msgs[i].hdr.SetIovlen(1)
	}
	return s
}

// send sends n frames at most so many a second, 0 for as fast as can be, and
// gives how long that took. The first holds the number given.
func (s *storm) send(first, n, perSecond int) time.Duration {
	began := time.Now()
	for sent := 0; sent < n; {
		sent += s.burst(first+sent, min(n-sent, len(s.msgs)))
		for perSecond > 0 && time.Since(began) < time.Duration(sent)*time.Second/time.Duration(perSecond) {
			time.Sleep(50 * time.Microsecond)
		}
	}
	return time.Since(began)
}

// burst sends up to n frames with one system call, and gives how many went out.
func (s *storm) burst(first, n int) int {
	for i := range n {
		binary.BigEndian.PutUint32(s.frames[i][14:], uint32(first+i))
	}
	sent, _, errno := unix.Syscall6(unix.SYS_SENDMMSG, uintptr(s.fd), uintptr(unsafe.Pointer(&s.msgs)), uintptr(n), 0, 0, 0)
	switch errno {
	case 0:
		return int(sent)
	case unix.ENOBUFS, unix.EINTR, unix.EAGAIN:
		return 0
	}
	s.t.Fatalf("sending: %v", errno)
	return 0
}
