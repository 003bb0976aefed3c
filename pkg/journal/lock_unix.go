//go:build unix

package journal

import (
	"os"
	"syscall"
)

// noFollow refuses a symbolic link.
const noFollow = syscall.O_NOFOLLOW

// lock waits until no other process writes the file; closing it unlocks.
func lock(f *os.File) error {
	for {
		if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX); err != syscall.EINTR {
			return err
		}
	}
}
