package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"os"
	"time"

	"otsensor/pkg/capture"
	"otsensor/pkg/config"
	"otsensor/pkg/filter"
	"otsensor/pkg/flow"
	"otsensor/pkg/protocols/all"
	"otsensor/pkg/sensor"
)

// pipeFlags are the flags of everything that reads captures.
type pipeFlags struct {
	workers, batch int
}

func (p *pipeFlags) declare(fs *flag.FlagSet) {
	fs.IntVar(&p.workers, "workers", 1, "`N` goroutines that follow conversations, 1 to 16; the result is the same for any number")
	fs.IntVar(&p.batch, "batch", 0, "packets a `N`-sized batch holds, 0 for the default; the result is the same for any number")
}

// filterFlag lets a subcommand take a capture filter.
func filterFlag(fs *flag.FlagSet) *string {
	return fs.String("filter", "", "look only at what this `EXPRESSION` takes, as tcpdump has it: \"host 10.0.0.9 and tcp port 502\"; every event says so")
}

// portFlags say how the capture port is looked at, over what the configuration says.
type portFlags struct {
	filter *string
	rings  int
	stamps string
}

func (p *portFlags) declare(fs *flag.FlagSet) {
	p.filter = filterFlag(fs)
	fs.IntVar(&p.rings, "rings", 0, "`N` rings over which frames are spread by their hosts, 1 to 16")
	fs.StringVar(&p.stamps, "stamps", "", "`CLOCK` that tells when a frame came: kernel or card")
}

func (p *portFlags) into(c *config.Config) (err error) {
	if *p.filter != "" {
		if c.Filter, err = parseFilter(*p.filter); err != nil {
			return err
		}
	}
	if p.rings != 0 {
		if c.Rings, err = capture.CheckRings(p.rings); err != nil {
			return usagef("--rings: %v", err)
		}
	}
	if p.stamps != "" {
		if c.Stamps, err = capture.ParseStamps(p.stamps); err != nil {
			return usagef("--stamps: %v", err)
		}
	}
	return nil
}

// parseFilter reads a capture filter; a mistake in it is a wrong call.
func parseFilter(text string) (*filter.Filter, error) {
	f, err := filter.Parse(text)
	if err != nil {
		return nil, usageError{err.Error()}
	}
	return f, nil
}

// filterText is what events and people are told of a filter, "" when there is none.
func filterText(f *filter.Filter) string {
	const most = 200
	if f == nil {
		return ""
	}
	if s := f.String(); len(s) <= most {
		return s
	}
	return f.String()[:most] + "…"
}

// check refuses numbers that make no sense.
func (p *pipeFlags) check() error {
	if p.workers < 1 || p.workers > flow.Shards || p.batch < 0 {
		return usagef("--workers goes from 1 to %d, and --batch from 0", flow.Shards)
	}
	return nil
}

func (p *pipeFlags) options() sensor.Options {
	return sensor.Options{Workers: p.workers, Batch: p.batch, Table: all.Table()}
}

// openFiles opens captures for a subcommand; none given is a wrong call.
func openFiles(e *env, name string, files []string) (*capture.Files, error) {
	if len(files) == 0 {
		return nil, usagef("%s: name at least one capture file, or - for standard input", name)
	}
	return capture.OpenFiles(files, e.stdin)
}

// progress draws a bar on a terminal while files are read.
func progress(ctx context.Context, w io.Writer, src *capture.Files) (stop func()) {
	if !terminal(w) {
		return func() {}
	}
	ctx, cancel := context.WithCancel(ctx)
	done := make(chan struct{})
	go func() {
		defer close(done)
		tick := time.NewTicker(200 * time.Millisecond)
		defer tick.Stop()
		for {
			select {
			case <-ctx.Done():
				fmt.Fprint(w, "\r\033[K")
				return
			case <-tick.C:
				drawProgress(w, src)
			}
		}
	}()
	return func() { cancel(); <-done }
}

func drawProgress(w io.Writer, src *capture.Files) {
	const width = 40
	read, total := src.Progress()
	if total <= 0 {
		fmt.Fprintf(w, "\r\033[K%d MB read", read>>20)
		return
	}
	full := int(min(read*width/total, width))
	bar := make([]byte, width)
	for i := range bar {
		bar[i] = '.'
		if i < full {
			bar[i] = '#'
		}
	}
	fmt.Fprintf(w, "\r\033[K[%s] %d of %d MB", bar, read>>20, total>>20)
}

// terminal reports whether w is a terminal people look at.
func terminal(w io.Writer) bool {
	f, ok := w.(*os.File)
	if !ok {
		return false
	}
	info, err := f.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0 && os.Getenv("TERM") != "dumb"
}
