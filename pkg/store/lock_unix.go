//go:build unix

package store

import (
	"os"
	"syscall"
)

// noFollow refuses a symbolic link.
const noFollow = syscall.O_NOFOLLOW

// lock keeps a second sensor out; closing the file unlocks.
func lock(f *os.File) error { return syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB) }
