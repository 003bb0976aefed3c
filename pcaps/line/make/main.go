// Command make records the demo line anew: it lays out network namespaces on one
// bridge, runs the cast in them, captures on the bridge, plays the incident and
// writes line.pcap.gz and truth.csv. It needs root; README.md beside line.pcap.gz
// has the exact commands.
package main

import (
	"context"
	"flag"
	"fmt"
	"log"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"time"
)

// dirs are the places the run needs.
type dirs struct {
	roles, tmp, out string
}

func (d dirs) role(name string) string { return filepath.Join(d.roles, name) }
func (d dirs) bin(name string) string  { return filepath.Join(d.tmp, name) }
func (d dirs) conf(name string) string { return filepath.Join(d.roles, name) }

func main() {
	quiet := flag.Duration("quiet", 10*time.Minute, "length of the quiet part")
	pause := flag.Duration("pause", 5*time.Second, "pause after each act")
	tail := flag.Duration("tail", 45*time.Second, "time after the last act")
	roles := flag.String("roles", "", "directory with the role programs and their node_modules")
	out := flag.String("out", "..", "directory for line.pcap.gz and truth.csv")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	ctx, cancel := context.WithTimeout(ctx, *quiet+*tail+10*time.Minute)
	defer cancel()
	if err := record(ctx, *roles, *out, *quiet, *pause, *tail); err != nil {
		log.Fatal(err)
	}
}

func record(ctx context.Context, roles, out string, quiet, pause, tail time.Duration) error {
	tmp, err := os.MkdirTemp("", "line")
	if err != nil {
		return err
	}
	defer os.RemoveAll(tmp)
	d := dirs{roles: roles, tmp: tmp, out: out}
	for _, name := range []string{"cartoner", "airhandler"} {
		if err := run(ctx, "go", "build", "-o", d.bin(name), "./"+name); err != nil {
			return err
		}
	}
	n := &network{}
	defer n.remove()
	if err := n.build(ctx, d.cast()); err != nil {
		return err
	}
	spans, quietEnd, err := d.play(ctx, n, quiet, pause, tail)
	if err != nil {
		return err
	}
	return d.finish(spans, quietEnd)
}

// span is when an act ran.
type span struct {
	act
	from, to time.Time
}

// play starts the capture, then the cast, waits out the quiet part and runs the acts.
// Everything it started has ended when it returns.
func (d dirs) play(ctx context.Context, n *network, quiet, pause, tail time.Duration) ([]span, time.Time, error) {
	crew := newCrew(ctx)
	capture, err := crew.capture(d.bin("line.pcap"))
	if err != nil {
		return nil, time.Time{}, err
	}
	d.enter(ctx, crew)
	sleep(ctx, quiet)
	quietEnd := time.Now().Truncate(time.Second)
	sleep(ctx, 2*time.Second)
	if err := n.plug(ctx, "laptop"); err != nil {
		return nil, time.Time{}, err
	}
	spans := d.incident(ctx, pause)
	sleep(ctx, tail)
	crew.end(capture)
	return spans, quietEnd, ctx.Err()
}

// enter starts the programs of the cast, one host after the other.
func (d dirs) enter(ctx context.Context, crew *crew) {
	for _, a := range d.cast() {
		for _, p := range a.programs {
			crew.start(a.name, p)
		}
		sleep(ctx, 500*time.Millisecond)
	}
}

// incident runs the acts of the laptop. One that fails is told and left in.
func (d dirs) incident(ctx context.Context, pause time.Duration) []span {
	var spans []span
	for _, a := range d.acts() {
		s := span{act: a, from: time.Now()}
		log.Print(a.name)
		if err := inNamespace(ctx, "laptop", a.program).Run(); err != nil {
			log.Printf("%s: %v", a.name, err)
		}
		s.to = time.Now()
		spans = append(spans, s)
		sleep(ctx, pause)
	}
	return spans
}

func sleep(ctx context.Context, d time.Duration) {
	select {
	case <-ctx.Done():
	case <-time.After(d):
	}
}

func run(ctx context.Context, name string, args ...string) error {
	out, err := exec.CommandContext(ctx, name, args...).CombinedOutput()
	if err != nil {
		return fmt.Errorf("%s %v: %w: %s", name, args, err, out)
	}
	return nil
}
