package sandbox

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"unsafe"

	"golang.org/x/sys/unix"
)

// everyThread compares lines of every thread's status with what they must say
// (proc_pid_status(5)).
func everyThread(want map[string]string) error {
	threads, err := os.ReadDir("/proc/self/task")
	if err != nil {
		return err
	}
	for _, t := range threads {
		status, err := os.ReadFile(filepath.Join("/proc/self/task", t.Name(), "status"))
		if errors.Is(err, fs.ErrNotExist) {
			continue // it has ended
		}
		if err != nil {
			return err
		}
		for name, value := range want {
			if got := field(status, name); got != value {
				return fmt.Errorf("thread %s has %s %q, not %q", t.Name(), name, got, value)
			}
		}
	}
	return nil
}

// field is the value of a line "Name: value".
func field(status []byte, name string) string {
	for line := range bytes.Lines(status) {
		if rest, ok := strings.CutPrefix(string(line), name+":"); ok {
			return strings.TrimSpace(rest)
		}
	}
	return ""
}

// lastCapability is the highest one the running kernel may know.
func lastCapability() uintptr { return 63 }

// setCapabilities sets all sets of all threads to nothing (capset(2), version 3).
func setCapabilities() error {
	header := unix.CapUserHeader{Version: unix.LINUX_CAPABILITY_VERSION_3}
	var none [2]unix.CapUserData
	return allThreads(unix.SYS_CAPSET, uintptr(unsafe.Pointer(&header)), uintptr(unsafe.Pointer(&none)))
}
