package main

import (
	"context"
	"net"
	"os"
	"slices"
	"sync/atomic"
	"time"

	"go.uber.org/zap"

	"otsensor/pkg/capture"
	"otsensor/pkg/output"
	"otsensor/pkg/sandbox"
	"otsensor/pkg/sensor"
	"otsensor/pkg/web"
)

// keeper looks after a running sensor: it watches the capture port and the
// sensor's pulse, tells systemd, and brings events to the disk.
type keeper struct {
	iface    string
	src      *capture.Live
	out      sink
	snapshot func() *sensor.Snapshot
	log      *zap.Logger
	pulse    *web.Pulse
	systemd  supervisor
	port     atomic.Pointer[web.Port]
	found    []capture.Finding
	locks    sandbox.Report
	ready    bool
}

// checkEvery is how often the port is checked for passivity, in seconds: its
// link may come up later, and somebody may give it an address.
const checkEvery = 10

func newKeeper(iface string, src *capture.Live, out sink, snapshot func() *sensor.Snapshot, log *zap.Logger) *keeper {
	k := &keeper{iface: iface, src: src, out: out, snapshot: snapshot, log: log, pulse: web.NewPulse(snapshot), systemd: newSupervisor()}
	k.port.Store(&web.Port{})
	k.check()
	k.look()
	return k
}

// state is the port as it was a second ago.
func (k *keeper) state() web.Port { return *k.port.Load() }

// keep looks once a second.
func (k *keeper) keep(ctx context.Context) error {
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	for n := 1; ; n++ {
		select {
		case <-ctx.Done():
			k.systemd.say("STOPPING=1")
			return nil
		case <-tick.C:
		}
		if n%checkEvery == 0 {
			k.check()
		}
		k.look()
		k.report()
	}
}

// check tells what keeps the port from being passive and the capture from being
// whole, when that has changed.
func (k *keeper) check() {
	found := append(capture.Preflight(k.iface), k.src.Findings()...)
	if !slices.Equal(found, k.found) {
		for _, f := range found {
			k.log.Warn("the capture port is not as it should be", zap.String("found", f.What), zap.String("mend", f.Mend))
		}
		if len(found) == 0 {
			k.log.Info("the capture port is as it should be", zap.String("interface", k.iface))
		}
	}
	k.found = found
}

// look takes the state of the port, and tells when it goes down or comes back.
func (k *keeper) look() {
	now := web.Port{Findings: len(k.found)}
	if err := k.src.Down(); err != nil {
		now.Down = err.Error()
	}
	switch was := k.port.Swap(&now); {
	case now.Down != "" && was.Down == "":
		k.log.Error("nothing can be captured", zap.String("why", now.Down))
	case now.Down == "" && was.Down != "":
		k.log.Info("capturing again", zap.String("interface", k.iface))
	}
}

// report tells systemd that the sensor is ready, and then that it moves on.
func (k *keeper) report() {
	if !k.ready && k.snapshot() != nil {
		k.ready = true
		k.systemd.say("READY=1\nSTATUS=watching " + k.iface)
	}
	if !k.pulse.Stuck() {
		k.systemd.say("WATCHDOG=1")
	}
}

// sync brings events to the disk. It runs beside everything else: a slow disk
// must not hold up the sensor.
func (k *keeper) sync(ctx context.Context) error {
	tick := time.NewTicker(output.SyncEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
		if err := k.out.Sync(); err != nil {
			k.log.Error("event records may not survive a loss of power", zap.Error(err))
		}
	}
}

// supervisor speaks to systemd (sd_notify(3)); without one it says nothing.
type supervisor struct{ conn net.Conn }

func newSupervisor() supervisor {
	name := os.Getenv("NOTIFY_SOCKET")
	if name == "" {
		return supervisor{}
	}
	conn, err := net.Dial("unixgram", name)
	if err != nil {
		return supervisor{}
	}
	return supervisor{conn}
}

func (s supervisor) say(state string) {
	if s.conn != nil {
		s.conn.Write([]byte(state))
	}
}
