package sandbox

import "golang.org/x/sys/unix"

const arch = unix.AUDIT_ARCH_X86_64

// foreign is the lowest number of calls of the x32 interface, which pass for
// calls of this one.
const foreign = 0x40000000

// ownRefusals are of calls that other machines do not have.
func ownRefusals() []refusal {
	return []refusal{
		{unix.SYS_DUP2, "dup2", ofCapture, 0},
		{unix.SYS_FORK, "fork", untried, 0},
		{unix.SYS_VFORK, "vfork", untried, 0},
	}
}
