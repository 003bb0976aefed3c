package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"
)

// sendingCalls are the system calls that can put bytes on a socket.
const sendingCalls = "write,writev,pwrite64,pwritev,pwritev2,sendto,sendmsg,sendmmsg,sendfile,splice,tee,vmsplice,copy_file_range,io_submit,io_uring_setup,io_uring_enter"

// From its first system call to its last the sensor puts nothing on a capture
// socket, while it is provoked too: the only calls that name one are those by
// which it tries its own locks out, and the kernel refuses every one.
func TestTraceShowsNoSending(t *testing.T) {
	m := newMirror(t)
	if _, err := exec.LookPath("strace"); err != nil {
		t.Skip("strace is missing: the system calls of a sensor that runs are not looked at")
	}
	trace := filepath.Join(t.TempDir(), "trace")
	p := m.startUnder([]string{"strace", "-D", "-f", "-q", "-e", "signal=none", "-e", "trace=" + sendingCalls, "-o", trace}, "run", "-i", mirrorPort, "--rings", "2")
	p.wait("ready", 30*time.Second, func() bool { code, _ := p.get("/readyz"); return code == 200 })
	fds := p.captureSockets()
	m.play(incident(t, 1000)[:2000])
	p.wait("frames are processed", 10*time.Second, func() bool {
		_, page := p.get("/metrics")
		return strings.Contains(page, "capture_processed_total") && value(t, page, "capture_processed_total") == 2000
	})
	p.cmd.Process.Signal(syscall.SIGTERM)
	p.cmd.Wait()
	calls := p.traced(trace, fds)
	if len(fds) != 2 || len(calls) < 2*10 {
		t.Fatalf("sockets %v, %d calls that name them: nothing is tested\n%s", fds, len(calls), p.said())
	}
	for _, c := range calls {
		if !strings.HasSuffix(c, "= -1 EPERM (Operation not permitted)") {
			t.Errorf("let through: %s", c)
		}
	}
}

// captureSockets are the descriptors of the sensor's packet sockets.
func (p *process) captureSockets() (fds []string) {
	proc := fmt.Sprintf("/proc/%d", p.cmd.Process.Pid)
	table, err := os.ReadFile(proc + "/net/packet")
	if err != nil {
		p.m.t.Fatal(err)
	}
	list, err := filepath.Glob(proc + "/fd/*")
	if err != nil {
		p.m.t.Fatal(err)
	}
	for _, fd := range list {
		to, _ := os.Readlink(fd)
		inode, socket := strings.CutPrefix(strings.TrimSuffix(to, "]"), "socket:[")
		if socket && slices.Contains(strings.Fields(string(table)), inode) {
			fds = append(fds, filepath.Base(fd))
		}
	}
	return fds
}

// traced are the calls of a trace that name one of the descriptors anywhere,
// each with its result. A call that another thread interrupted is in two lines.
func (p *process) traced(file string, fds []string) (calls []string) {
	var text []byte
	p.wait("the trace is written", 5*time.Second, func() bool {
		var err error
		text, err = os.ReadFile(file)
		return err == nil && strings.Contains(string(text), "exited with")
	})
	names := regexp.MustCompile(`[(, ](` + strings.Join(fds, "|") + `)[,)]`)
	pending := map[string]string{} // by thread
	for line := range strings.Lines(string(text)) {
		thread, call, _ := strings.Cut(strings.TrimSpace(line), " ")
		call = strings.TrimSpace(call)
		if begun, cut := strings.CutSuffix(call, " <unfinished ...>"); cut {
			pending[thread] = begun
			continue
		}
		if strings.HasPrefix(call, "<... ") {
			_, end, _ := strings.Cut(call, " resumed>")
			call = pending[thread] + end
		}
		if names.MatchString(quoted.ReplaceAllString(call, `""`)) {
			calls = append(calls, call)
		}
	}
	return calls
}

// quoted is text in a trace, which may hold anything.
var quoted = regexp.MustCompile(`"(?:[^"\\]|\\.)*"`)
