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

// Serve listens on addr until ctx is done. ready is called with the address
// that is listened on.
func Serve(ctx context.Context, addr string, s State, ready func(net.Addr)) error {
	l, err := new(net.ListenConfig).Listen(ctx, "tcp", addr)
	if err != nil {
		return fmt.Errorf("cannot listen on %s: %w; is another program on this port?", addr, err)
	}
	srv := &http.Server{
		Handler:           Handler(s),
		ReadHeaderTimeout: 5 * time.Second, ReadTimeout: 10 * time.Second, WriteTimeout: 30 * time.Second, IdleTimeout: 60 * time.Second,
		MaxHeaderBytes: 16 << 10,
	}
	ready(l.Addr())
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
