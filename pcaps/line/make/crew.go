package main

import (
	"context"
	"errors"
	"log"
	"os"
	"os/exec"
	"syscall"
	"time"
)

// crew are the programs that run, so that exactly these are ended.
type crew struct {
	ctx     context.Context
	running []*exec.Cmd
}

func newCrew(ctx context.Context) *crew { return &crew{ctx: ctx} }

// start runs a program of an actor in a process group of its own.
func (c *crew) start(name string, program []string) {
	cmd := inNamespace(c.ctx, name, program)
	cmd.Stderr = os.Stderr
	if err := c.launch(cmd); err != nil {
		log.Printf("%s: %v", name, err)
	}
}

func (c *crew) launch(cmd *exec.Cmd) error {
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
	if err := cmd.Start(); err != nil {
		return err
	}
	c.running = append(c.running, cmd)
	return nil
}

// capture records the bridge: what it forwards passes there once. It returns
// when the file exists, so nothing is missed.
func (c *crew) capture(file string) (*exec.Cmd, error) {
	cmd := inNamespace(c.ctx, "switch", []string{"dumpcap", "-q", "-P", "-s", "0", "-B", "32", "-i", "br0", "-w", file})
	cmd.Stderr = os.Stderr
	if err := c.launch(cmd); err != nil {
		return nil, err
	}
	for range 100 {
		if _, err := os.Stat(file); err == nil {
			time.Sleep(500 * time.Millisecond)
			return cmd, nil
		}
		time.Sleep(100 * time.Millisecond)
	}
	return nil, errors.New("capture did not start")
}

// end closes the capture first, then ends everything that was started.
func (c *crew) end(capture *exec.Cmd) {
	capture.Process.Signal(syscall.SIGINT)
	capture.Wait()
	for _, cmd := range c.running {
		if cmd != capture {
			syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL)
			cmd.Wait()
		}
	}
}
