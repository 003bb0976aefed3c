package sandbox

import (
	"fmt"
	"unsafe"

	"golang.org/x/net/bpf"
	"golang.org/x/sys/unix"
)

// Where things lie in struct seccomp_data, of which a filter reads words.
const (
	atCall = 0
	atArch = 4
	atArgs = 16 // 8 bytes each, the low half first
)

const (
	allowed = uint32(unix.SECCOMP_RET_ALLOW)
	eperm   = uint32(unix.SECCOMP_RET_ERRNO) | uint32(unix.EPERM)
	enosys  = uint32(unix.SECCOMP_RET_ERRNO) | uint32(unix.ENOSYS)
)

// restrictCalls puts a filter before every system call of every thread.
//
// The kernel takes the low half of a descriptor only, and so does the filter: a
// comparison of the whole argument could be got round with high bits. A call of
// another interface (32 bits) has other numbers: none of them is let through.
func restrictCalls(p Plan) error {
	raw, err := bpf.Assemble(filter(p.Capture))
	if err != nil {
		return err
	}
	code := make([]unix.SockFilter, len(raw))
	for i, r := range raw {
		code[i] = unix.SockFilter{Code: r.Op, Jt: r.Jt, Jf: r.Jf, K: r.K}
	}
	program := unix.SockFprog{Len: uint16(len(code)), Filter: &code[0]}
	left, _, errno := unix.Syscall(unix.SYS_SECCOMP, unix.SECCOMP_SET_MODE_FILTER, unix.SECCOMP_FILTER_FLAG_TSYNC, uintptr(unsafe.Pointer(&program)))
	if errno != 0 {
		return errno
	}
	if left != 0 {
		return fmt.Errorf("thread %d could not be given the filter", left)
	}
	return nil
}

// filter is the program that judges a call.
func filter(capture []int) []bpf.Instruction {
	prog := []bpf.Instruction{
		bpf.LoadAbsolute{Off: atArch, Size: 4},
		bpf.JumpIf{Cond: bpf.JumpEqual, Val: arch, SkipTrue: 1},
		bpf.RetConstant{Val: enosys},
		bpf.LoadAbsolute{Off: atCall, Size: 4},
		bpf.JumpIf{Cond: bpf.JumpGreaterOrEqual, Val: foreign, SkipFalse: 1},
		bpf.RetConstant{Val: enosys},
	}
	for _, r := range refusals() {
		body := r.body(capture)
		prog = append(prog, bpf.JumpIf{Cond: bpf.JumpNotEqual, Val: uint32(r.call), SkipTrue: uint8(len(body))})
		prog = append(prog, body...)
	}
	return append(prog, bpf.RetConstant{Val: allowed})
}

// body judges a call that is in the table.
func (r refusal) body(capture []int) []bpf.Instruction {
	load := bpf.LoadAbsolute{Off: atArgs + 8*r.arg, Size: 4}
	var among []uint32
	switch r.on {
	case always, untried:
		no := eperm
		if r.call == unix.SYS_CLONE3 {
			no = enosys // callers go back to clone then
		}
		return []bpf.Instruction{bpf.RetConstant{Val: no}}
	case ofProcess:
		return []bpf.Instruction{load,
			bpf.JumpIf{Cond: bpf.JumpBitsSet, Val: unix.CLONE_THREAD, SkipTrue: 1},
			bpf.RetConstant{Val: eperm}, bpf.RetConstant{Val: allowed}}
	case withFamily:
		among = sending[:]
	case ofCapture:
		for _, fd := range capture {
			among = append(among, uint32(fd))
		}
	}
	body := []bpf.Instruction{load}
	for i, v := range among {
		body = append(body, bpf.JumpIf{Cond: bpf.JumpEqual, Val: v, SkipTrue: uint8(len(among) - i)})
	}
	return append(body, bpf.RetConstant{Val: allowed}, bpf.RetConstant{Val: eperm})
}
