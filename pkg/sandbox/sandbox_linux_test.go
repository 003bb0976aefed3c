package sandbox

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

const asPrisoner = "SENSOR_TEST_PRISONER"

// Enter is for good, so that it is tried in a process of its own.
func TestEnter(t *testing.T) {
	dir := t.TempDir()
	cmd := exec.Command(os.Args[0], "-test.run=^TestPrisoner$", "-test.v")
	cmd.Env = append(os.Environ(), asPrisoner+"="+dir)
	out, err := cmd.CombinedOutput()
	if err != nil || !strings.Contains(string(out), "everything tried") {
		t.Fatalf("%v\n%s", err, out)
	}
	for line := range strings.Lines(string(out)) {
		if strings.Contains(line, "not held") {
			t.Log(line)
		}
	}
}

// TestPrisoner is that process.
func TestPrisoner(t *testing.T) {
	dir := os.Getenv(asPrisoner)
	if dir == "" {
		t.Skip("only run by TestEnter")
	}
	listening, sending := udpPair(t)
	capture := stand(t)
	stop := manyThreads()
	defer stop()
	report, err := Enter(Plan{Capture: []int{capture, listening}, Read: []string{"/proc", dir + "/nosuch"}, Write: []string{dir}})
	if err != nil || len(report) != 4 {
		t.Fatalf("%v %v", report, err)
	}
	for _, l := range report {
		if !l.Held {
			fmt.Printf("not held: %s: %s\n", l.Name, l.Why)
		}
	}
	stopToo := manyThreads() // threads made later are locked in too
	defer stopToo()
	tryThreads(t, report)
	tryFiles(t, report, dir)
	if report.Holds("seccomp") {
		trySending(t, capture)
		trySending(t, listening)
		tryPrograms(t)
	}
	tryOrdinary(t, listening, sending)
	fmt.Println("everything tried")
}

// stand is a packet socket, or where that is not permitted another socket in
// its stead: what is refused hangs on the number only.
func stand(t *testing.T) int {
	fd, err := unix.Socket(unix.AF_PACKET, unix.SOCK_RAW, 0)
	if err != nil {
		fmt.Println("no packet socket is permitted here: another stands for it")
		fd, err = unix.Socket(unix.AF_INET, unix.SOCK_DGRAM, 0)
	}
	if err != nil {
		t.Fatal(err)
	}
	return fd
}

// udpPair is two sockets on the loopback, of which the second sends to the first.
func udpPair(t *testing.T) (listening, sending int) {
	fds := [2]int{}
	for i := range fds {
		fd, err := unix.Socket(unix.AF_INET, unix.SOCK_DGRAM, 0)
		if err != nil {
			t.Fatal(err)
		}
		fds[i] = fd
	}
	if err := unix.Bind(fds[0], &unix.SockaddrInet4{Addr: [4]byte{127, 0, 0, 1}}); err != nil {
		t.Fatal(err)
	}
	name, err := unix.Getsockname(fds[0])
	if err == nil {
		err = unix.Connect(fds[1], name)
	}
	if err != nil {
		t.Fatal(err)
	}
	return fds[0], fds[1]
}

// manyThreads keeps goroutines on threads of their own.
func manyThreads() (stop func()) {
	done := make(chan struct{})
	var up sync.WaitGroup
	for range 5 {
		up.Add(1)
		go func() {
			runtime.LockOSThread()
			up.Done()
			<-done
		}()
	}
	up.Wait()
	return func() { close(done) }
}

func tryThreads(t *testing.T, report Report) {
	want := map[string]string{}
	if report.Holds("no_new_privs") {
		want["NoNewPrivs"] = "1"
	}
	if report.Holds("seccomp") {
		want["Seccomp"] = "2"
	}
	if report.Holds("capabilities") {
		for _, set := range []string{"CapInh", "CapPrm", "CapEff", "CapAmb"} {
			want[set] = "0000000000000000"
		}
		if os.Geteuid() == 0 {
			want["CapBnd"] = "0000000000000000"
		}
	}
	if err := everyThread(want); err != nil {
		t.Error(err)
	}
}

func tryFiles(t *testing.T, report Report, dir string) {
	if err := os.WriteFile(filepath.Join(dir, "log"), []byte("kept\n"), 0o600); err != nil {
		t.Errorf("a folder for writing: %v", err)
	}
	if err := os.Rename(filepath.Join(dir, "log"), filepath.Join(dir, "log.1")); err != nil {
		t.Errorf("renaming in it: %v", err)
	}
	if _, err := os.ReadFile("/proc/self/status"); err != nil {
		t.Errorf("a folder for reading: %v", err)
	}
	if !report.Holds("landlock") {
		return
	}
	for _, path := range []string{filepath.Join(filepath.Dir(dir), "outside"), "/proc/self/comm", "/tmp/outside"} {
		if err := os.WriteFile(path, []byte("x"), 0o600); !errors.Is(err, os.ErrPermission) {
			t.Errorf("writing %s: %v", path, err)
		}
	}
	if _, err := os.ReadFile("/etc/passwd"); !errors.Is(err, os.ErrPermission) {
		t.Errorf("reading what everybody may: %v", err)
	}
}

// trySending goes by the calls that a program would use, high bits of the
// descriptor included.
func trySending(t *testing.T, fd int) {
	frame := make([]byte, 60)
	pipe := [2]int{}
	if err := unix.Pipe(pipe[:]); err != nil {
		t.Fatal(err)
	}
	unix.Write(pipe[1], frame)
	pair, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_DGRAM, 0)
	if err != nil {
		t.Fatal(err)
	}
	high := uintptr(fd) | 1<<32
	_, _, errHigh := unix.Syscall(unix.SYS_WRITE, high, 0, 0)
	_, errWrite := unix.Write(fd, frame)
	_, errDup := unix.Dup(fd)
	_, errFcntl := unix.FcntlInt(uintptr(fd), unix.F_DUPFD_CLOEXEC, 0)
	_, errSplice := unix.Splice(pipe[0], nil, fd, nil, 60, 0)
	_, errSendfile := unix.Sendfile(fd, pipe[0], nil, 60)
	_, errOpen := unix.Open(fmt.Sprintf("/proc/self/fd/%d", fd), unix.O_WRONLY, 0)
	_, errFd := unix.Writev(fd, [][]byte{frame})
	for name, err := range map[string]error{
		"write": errWrite, "write, high bits": errHigh, "writev": errFd, "dup": errDup, "fcntl": errFcntl, "splice": errSplice, "sendfile": errSendfile,
		"sendto":  unix.Sendto(fd, frame, 0, &unix.SockaddrLinklayer{Ifindex: 1}),
		"dup3":    unix.Dup3(fd, pipe[1], 0),
		"sendmsg": unix.Sendmsg(pair[0], []byte{1}, unix.UnixRights(fd), nil, 0),
	} {
		if !errors.Is(err, unix.EPERM) {
			t.Errorf("%s on %d: %v", name, fd, err)
		}
	}
	if errOpen == nil {
		t.Error("a socket could be opened by its name")
	}
}

func tryPrograms(t *testing.T) {
	if err := exec.Command("/bin/true").Run(); err == nil {
		t.Error("a program could be started")
	}
	if _, err := unix.Socket(unix.AF_PACKET, unix.SOCK_RAW, 0); !errors.Is(err, unix.EPERM) {
		t.Errorf("a packet socket: %v", err)
	}
}

// tryOrdinary does what a sensor goes on doing.
func tryOrdinary(t *testing.T, listening, sending int) {
	if _, err := unix.Write(sending, []byte("metrics")); err != nil {
		t.Errorf("another socket: %v", err)
	}
	b := make([]byte, 16)
	poll := []unix.PollFd{{Fd: int32(listening), Events: unix.POLLIN}}
	if n, err := unix.Poll(poll, 1000); n != 1 {
		t.Fatalf("receiving on a capture socket: %v", err)
	}
	if n, _, err := unix.Recvfrom(listening, b, 0); err != nil || string(b[:n]) != "metrics" {
		t.Errorf("received %q, %v", b[:n], err)
	}
	done := make(chan struct{})
	go func() { time.Sleep(time.Millisecond); close(done) }()
	<-done
}
