package sandbox

import (
	"fmt"

	"golang.org/x/sys/unix"
)

// on says when a system call is refused.
type on uint8

const (
	always     on = iota
	untried       // and trying it out would do harm if it were not
	ofCapture     // when argument arg is a capture socket
	withFamily    // when argument arg is a family that sends frames
	ofProcess     // when argument arg, the flags of clone(2), makes no thread
)

// refusal is one line of the table.
type refusal struct {
	call uintptr
	name string
	on   on
	arg  uint32
}

// refusals are the calls by which bytes get into a socket, and the ways around:
// another number for the same socket, another way to have it written to,
// another process or program that does it. A message on a Unix socket can hand
// a descriptor over, and what is in a message cannot be looked at here:
// sendmsg(2) is refused as a whole.
func refusals() []refusal {
	return append([]refusal{
		{unix.SYS_WRITE, "write", ofCapture, 0},
		{unix.SYS_WRITEV, "writev", ofCapture, 0},
		{unix.SYS_PWRITE64, "pwrite64", ofCapture, 0},
		{unix.SYS_PWRITEV, "pwritev", ofCapture, 0},
		{unix.SYS_PWRITEV2, "pwritev2", ofCapture, 0},
		{unix.SYS_SENDTO, "sendto", ofCapture, 0},
		{unix.SYS_SENDFILE, "sendfile", ofCapture, 0},
		{unix.SYS_SPLICE, "splice", ofCapture, 2},
		{unix.SYS_TEE, "tee", ofCapture, 1},
		{unix.SYS_VMSPLICE, "vmsplice", ofCapture, 0},
		{unix.SYS_COPY_FILE_RANGE, "copy_file_range", ofCapture, 2},
		{unix.SYS_DUP, "dup", ofCapture, 0},
		{unix.SYS_DUP3, "dup3", ofCapture, 0},
		{unix.SYS_FCNTL, "fcntl", ofCapture, 0},

		{unix.SYS_SENDMSG, "sendmsg", always, 0},
		{unix.SYS_SENDMMSG, "sendmmsg", always, 0},
		{unix.SYS_IO_SUBMIT, "io_submit", always, 0},
		{unix.SYS_IO_URING_SETUP, "io_uring_setup", always, 0},
		{unix.SYS_IO_URING_ENTER, "io_uring_enter", always, 0},
		{unix.SYS_IO_URING_REGISTER, "io_uring_register", always, 0},
		{unix.SYS_PIDFD_GETFD, "pidfd_getfd", always, 0},
		{unix.SYS_SOCKET, "socket", withFamily, 0},

		{unix.SYS_EXECVE, "execve", always, 0},
		{unix.SYS_EXECVEAT, "execveat", always, 0},
		{unix.SYS_CLONE, "clone", ofProcess, 0},
		{unix.SYS_CLONE3, "clone3", untried, 0}, // its flags lie in memory; Go does without it
		{unix.SYS_PTRACE, "ptrace", always, 0},
		{unix.SYS_PROCESS_VM_WRITEV, "process_vm_writev", always, 0},
		{unix.SYS_SETNS, "setns", always, 0},
		{unix.SYS_UNSHARE, "unshare", always, 0},
		{unix.SYS_BPF, "bpf", always, 0},
		{unix.SYS_PERF_EVENT_OPEN, "perf_event_open", always, 0},
		{unix.SYS_USERFAULTFD, "userfaultfd", always, 0},
		{unix.SYS_MOUNT, "mount", always, 0},
		{unix.SYS_INIT_MODULE, "init_module", always, 0},
		{unix.SYS_FINIT_MODULE, "finit_module", always, 0},
		{unix.SYS_KEYCTL, "keyctl", always, 0},
	}, ownRefusals()...)
}

// sending are the families of sockets that put frames on a wire.
var sending = [...]uint32{unix.AF_PACKET, unix.AF_XDP}

// proveCalls makes every refused call. None does harm where it is let through:
// nothing is pointed to, and no length is given.
func proveCalls(p Plan) error {
	if err := everyThread(map[string]string{"Seccomp": "2"}); err != nil {
		return err
	}
	for _, r := range refusals() {
		switch r.on {
		case ofCapture:
			for _, fd := range p.Capture {
				args := [6]uintptr{}
				args[1] = uintptr(fd) // dup3: onto itself
				args[r.arg] = uintptr(fd)
				if r.call == unix.SYS_WRITE || r.call == unix.SYS_SENDTO {
					args[1] = 0
				}
				if err := refused(r, args); err != nil {
					return err
				}
			}
		case withFamily:
			for _, family := range sending {
				if err := refused(r, [6]uintptr{uintptr(family), unix.SOCK_RAW}); err != nil {
					return err
				}
			}
		case always:
			const no = ^uintptr(0)
			if err := refused(r, [6]uintptr{no, no, no, no, no, no}); err != nil {
				return err
			}
		}
	}
	return nil
}

func refused(r refusal, a [6]uintptr) error {
	n, _, errno := unix.Syscall6(r.call, a[0], a[1], a[2], a[3], a[4], a[5])
	if errno == unix.EPERM {
		return nil
	}
	return fmt.Errorf("%s on %d is let through: %d, %v", r.name, int(a[r.arg]), int(n), errno)
}
