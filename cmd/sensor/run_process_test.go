//go:build linux

package main

import (
	"context"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"time"
)

// process is a running sensor.
type process struct {
	m    *mirror
	cmd  *exec.Cmd
	errs *os.File    // what it says
	told chan string // what systemd is told
	addr string      // where it answers
}

func (m *mirror) start(args ...string) *process { return m.startUnder(nil, args...) }

// startUnder starts the sensor by another program.
func (m *mirror) startUnder(by []string, args ...string) *process {
	m.t.Helper()
	p := &process{m: m, told: make(chan string, 1000), addr: "127.0.0.1:9465"}
	name := filepath.Join(m.t.TempDir(), "notify")
	socket, err := net.ListenUnixgram("unixgram", &net.UnixAddr{Name: name, Net: "unixgram"})
	if err != nil {
		m.t.Fatal(err)
	}
	m.t.Cleanup(func() { socket.Close() })
	go func() {
		for buf := make([]byte, 256); ; {
			n, err := socket.Read(buf)
			if err != nil {
				return
			}
			p.told <- string(buf[:n])
		}
	}()
	p.cmd = exec.Command("ip", slices.Concat([]string{"netns", "exec", m.host}, by, []string{m.program()}, args)...)
	p.cmd.Env = append(os.Environ(), "NOTIFY_SOCKET="+name)
	if p.errs, err = os.Create(filepath.Join(m.t.TempDir(), "stderr")); err != nil {
		m.t.Fatal(err)
	}
	m.t.Cleanup(func() { p.errs.Close() })
	p.cmd.Stderr = p.errs
	if err := p.cmd.Start(); err != nil {
		m.t.Fatal(err)
	}
	m.t.Cleanup(func() { p.cmd.Process.Kill() })
	return p
}

// program builds the sensor as it is shipped: without cgo all its locks hold.
func (m *mirror) program() string {
	m.t.Helper()
	if m.built != "" {
		return m.built
	}
	name := filepath.Join(m.t.TempDir(), "sensor")
	cmd := exec.Command("go", "build", "-o", name, ".")
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := cmd.CombinedOutput(); err != nil {
		m.t.Fatalf("%v\n%s", err, out)
	}
	for _, dir := range []string{filepath.Dir(name), filepath.Dir(filepath.Dir(name))} { // whoever runs it must find it
		if err := os.Chmod(dir, 0o755); err != nil {
			m.t.Fatal(err)
		}
	}
	m.built = name
	return name
}

// said is what the sensor said so far.
func (p *process) said() string {
	text, err := os.ReadFile(p.errs.Name())
	if err != nil {
		p.m.t.Fatal(err)
	}
	return string(text)
}

// get asks the sensor over the loopback of its own namespace.
func (p *process) get(path string) (code int, body string) {
	client := http.Client{Timeout: 2 * time.Second, Transport: &http.Transport{DisableKeepAlives: true,
		DialContext: func(_ context.Context, network, addr string) (c net.Conn, err error) {
			err = p.m.within(p.m.host, func() error { c, err = net.DialTimeout(network, addr, time.Second); return err })
			return c, err
		}}}
	resp, err := client.Get("http://" + p.addr + path)
	if err != nil {
		return 0, err.Error()
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	if err != nil {
		return 0, err.Error()
	}
	return resp.StatusCode, string(b)
}

// wait waits for a condition.
func (p *process) wait(what string, for_ time.Duration, ok func() bool) {
	p.m.t.Helper()
	for end := time.Now().Add(for_); !ok(); time.Sleep(20 * time.Millisecond) {
		if time.Now().After(end) {
			p.m.t.Fatalf("not within %s: %s\nthe sensor said:\n%s", for_, what, p.said())
		}
	}
}
