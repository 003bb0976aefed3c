package main

import (
	"context"
	"flag"
	"fmt"
	"strings"
	"time"

	"otsensor/pkg/assets"
	"otsensor/pkg/capture"
	"otsensor/pkg/ot"
	"otsensor/pkg/packet"
	"otsensor/pkg/sensor"
)

// runProbe looks at a capture port for a while and tells the person who
// installs it what comes, what is missing and how to mend it.
func runProbe(ctx context.Context, e *env, fs *flag.FlagSet, args []string) error {
	iface := fs.String("i", "", "`INTERFACE` to look at")
	expr := filterFlag(fs)
	length := fs.Duration("for", 30*time.Second, "how long to look at it")
	files, err := parse(fs, args)
	if err != nil {
		return err
	}
	if (*iface == "") == (len(files) == 0) {
		return usagef("probe: either an interface with -i, or capture files")
	}
	only, err := parseFilter(*expr)
	if err != nil {
		return err
	}
	p := newProbe(strings.Join(files, " "))
	p.filter = filterText(only)
	o := (&pipeFlags{workers: 1}).options()
	var src capture.Source
	if *iface == "" {
		files, err := openFiles(e, "probe", files)
		if err != nil {
			return err
		}
		files.Filter(only)
		src = files
	} else {
		p.name, p.live = *iface, true
		p.found = capture.Preflight(*iface)
		live, err := capture.OpenLive(capture.LiveOptions{Interface: *iface, Promiscuous: true, Filter: only})
		if err != nil {
			return err
		}
		p.found = append(p.found, live.Findings()...)
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, *length)
		defer cancel()
		o.Wall, src = wallClock, live
		fmt.Fprintf(e.stderr, "looking at %s for %s\n", *iface, *length)
	}
	defer src.Close()
	began := time.Now()
	if p.stats, err = sensor.Run(ctx, src, o, sensor.Judge{Observe: p.observe, Keep: p.keep}); err != nil {
		return err
	}
	if p.live {
		p.length = time.Since(began)
	}
	src.Close()
	p.stats.Loss = src.Lost()
	p.judge()
	p.page(e.stdout)
	if len(p.found) > 0 {
		return fmt.Errorf("%s: %d things to mend", p.name, len(p.found))
	}
	return nil
}

// probe is what a port shows.
type probe struct {
	name   string
	filter string // what alone is looked at, "" for all
	live   bool
	length time.Duration
	found  []capture.Finding
	stats  sensor.Stats

	assets      *assets.Table
	first, last int64
	toMany      uint64 // frames to all or to a group
	merged      uint64 // frames longer than any on a wire
	vlans       map[uint16]uint64
	sides       sides
	talks, half uint64 // TCP conversations, and those seen in one direction only
}

func newProbe(name string) *probe {
	return &probe{name: name, assets: assets.NewTable(), vlans: map[uint16]uint64{}, sides: sides{}}
}

// longestFrame is an Ethernet frame with three tags; jumbo frames do not occur
// where machines are controlled.
const longestFrame = 1514 + 3*4

// keep looks at one frame.
func (p *probe) keep(pk *capture.Packet, v *packet.View, clock int64) {
	if p.first == 0 {
		p.first = clock
	}
	p.last = clock
	if v.DstMAC[0]&1 != 0 {
		p.toMany++
	}
	if pk.WireLen > longestFrame {
		p.merged++
	}
	p.sides.see(v)
	if v.Tags > 0 {
		p.vlans[v.VLAN[0]&0x0fff]++
	}
}

func (p *probe) observe(o *ot.Observation) {
	p.assets.See(o)
	if o.Kind != ot.Closed || o.Conv == nil || o.Conv.Transport != ot.TCP {
		return
	}
	switch n := o.Traffic.Packets; {
	case n[0]+n[1] < 3: // nothing to tell by
	case n[0] == 0 || n[1] == 0:
		p.talks, p.half = p.talks+1, p.half+1
	default:
		p.talks++
	}
}

// share is a part of the frames, in percent.
func (p *probe) share(n uint64) float64 {
	return 100 * float64(n) / float64(max(p.stats.Packets, 1))
}

// transactions are all that were decoded.
func (p *probe) transactions() (n uint64) {
	for _, d := range p.stats.Flow.Decoded {
		n += d
	}
	return n
}
