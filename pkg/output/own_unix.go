//go:build unix

package output

import (
	"os"
	"syscall"
)

// noFollow refuses a symbolic link.
const noFollow = syscall.O_NOFOLLOW

// lock keeps other sensors from a file until it is closed.
func lock(f *os.File) error { return syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB) }
