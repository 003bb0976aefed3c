package sandbox

import (
	"errors"
	"fmt"
	"syscall"

	"golang.org/x/sys/unix"
)

// Enter locks the process in, for good, and tries the locks out. A lock that
// the kernel does not have is reported as not held; one that it granted and
// that does not hold is an error.
func Enter(p Plan) (Report, error) {
	var report Report
	for _, lock := range []struct {
		name  string
		set   func(Plan) error
		prove func(Plan) error
	}{
		{"no_new_privs", noNewPrivs, proveNoNewPrivs},
		{"landlock", restrictFiles, proveFiles},
		{"seccomp", restrictCalls, proveCalls},
		{"capabilities", dropCapabilities, proveCapabilities},
	} {
		if err := lock.set(p); err != nil {
			report = append(report, Lock{lock.name, false, err.Error()})
			continue
		}
		if err := lock.prove(p); err != nil {
			return report, fmt.Errorf("the kernel granted %s, and it does not hold: %w", lock.name, err)
		}
		report = append(report, Lock{Name: lock.name, Held: true})
	}
	return report, nil
}

// allThreads makes a system call on every thread; those made later inherit.
func allThreads(call uintptr, args ...uintptr) error {
	var a [6]uintptr
	copy(a[:], args)
	_, _, errno := syscall.AllThreadsSyscall6(call, a[0], a[1], a[2], a[3], a[4], a[5])
	switch errno {
	case 0:
		return nil
	case syscall.ENOTSUP:
		return errors.New("this program was built with cgo; build it with CGO_ENABLED=0")
	}
	return errno
}

// noNewPrivs keeps every program that might be started from more than this one has.
func noNewPrivs(Plan) error { return allThreads(unix.SYS_PRCTL, unix.PR_SET_NO_NEW_PRIVS, 1) }

func proveNoNewPrivs(Plan) error { return everyThread(map[string]string{"NoNewPrivs": "1"}) }

// dropCapabilities gives every capability up. The bounding set can be emptied
// by who may change it only; with no_new_privs it has no say any more.
func dropCapabilities(Plan) error {
	for c := uintptr(0); c <= lastCapability(); c++ {
		if err := allThreads(unix.SYS_PRCTL, unix.PR_CAPBSET_DROP, c); err != nil {
			break
		}
	}
	return setCapabilities()
}

func proveCapabilities(Plan) error {
	const none = "0000000000000000"
	if err := everyThread(map[string]string{"CapInh": none, "CapPrm": none, "CapEff": none, "CapAmb": none}); err != nil {
		return err
	}
	fd, err := unix.Socket(unix.AF_PACKET, unix.SOCK_RAW|unix.SOCK_CLOEXEC, 0)
	if err == nil {
		unix.Close(fd)
		return errors.New("a packet socket can still be opened")
	}
	return nil
}
