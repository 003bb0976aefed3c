// Package web is everything HTTP: metrics and health. It reads snapshots only.
package web

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
	"golang.org/x/net/netutil"

	"otsensor/pkg/sandbox"
	"otsensor/pkg/sensor"
	"otsensor/pkg/store"
)

// State is what the server asks the sensor.
type State struct {
	Snapshot func() *sensor.Snapshot // nil until the first one
	Version  string
	Live     *Live // nil for a replay, which may end
}

// Live is what only a running capture knows.
type Live struct {
	Pulse *Pulse
	Port  func() Port // as it was a second ago; does not block
	Locks sandbox.Report
	Store func() *store.Counts // nil, or giving nil, when there is none

	Reloads func() *Reloads // nil when nothing is read again
}

func (l *Live) reloads() (r Reloads) {
	if l != nil && l.Reloads != nil {
		r = *l.Reloads()
	}
	return r
}

// Reloads is what came of reading rules and configuration again.
type Reloads struct {
	Taken, Unchanged, Failed uint64
	Failing                  bool // the latest did not load
}

// Port is the state of the captured interface.
type Port struct {
	Down     string // why nothing can be captured now, "" while it is up
	Findings int    // what keeps it from being passive and seeing everything
}

// maxConns bounds what one listener holds, idle connections included.
const maxConns = 512

// Handler serves /metrics, /healthz and /readyz, to GET and HEAD only.
func Handler(s State) http.Handler {
	reg := prometheus.NewPedanticRegistry()
	reg.MustRegister(&collector{state: s}, collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	mux := http.NewServeMux()
	mux.Handle("GET /metrics", promhttp.HandlerFor(reg, promhttp.HandlerOpts{ErrorHandling: promhttp.HTTPErrorOnError}))
	mux.HandleFunc("GET /healthz", s.alive)
	mux.HandleFunc("GET /readyz", s.ready)
	mux.HandleFunc("GET /{$}", func(w http.ResponseWriter, _ *http.Request) {
		fmt.Fprintln(w, "sensor: see /metrics, /healthz, /readyz")
	})
	return mux
}

// Listen opens addr. It stands alone because a port below 1024 needs a privilege
// that a sensor gives up before it serves.
func Listen(ctx context.Context, addr string) (net.Listener, error) {
	l, err := new(net.ListenConfig).Listen(ctx, "tcp", addr)
	if err != nil {
		return nil, fmt.Errorf("cannot listen on %s: %w; is another program on this port?", addr, err)
	}
	return l, nil
}

// Serve answers on l until ctx is done, and closes it.
func Serve(ctx context.Context, l net.Listener, s State) error {
	srv := &http.Server{
		Handler:           Handler(s),
		ReadHeaderTimeout: 5 * time.Second, ReadTimeout: 10 * time.Second, WriteTimeout: 30 * time.Second, IdleTimeout: 60 * time.Second,
		MaxHeaderBytes: 16 << 10,
	}
	stop := context.AfterFunc(ctx, func() {
		last, cancel := context.WithTimeout(context.Background(), time.Second)
		defer cancel()
		srv.Shutdown(last)
	})
	defer stop()
	if err := srv.Serve(netutil.LimitListener(l, maxConns)); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}
