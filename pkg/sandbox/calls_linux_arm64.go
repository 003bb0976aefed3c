package sandbox

import "golang.org/x/sys/unix"

const arch = unix.AUDIT_ARCH_AARCH64

// foreign is no call's number: there is no second interface.
const foreign = 0xffffffff

// ownRefusals are of calls that other machines do not have.
func ownRefusals() []refusal { return nil }
