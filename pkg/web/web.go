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
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"otsensor/pkg/sensor"
)

// staleAfter is how old a snapshot may be while the sensor counts as alive.
const staleAfter = 30 * time.Second

// State is what the server asks the sensor.
type State struct {
	Snapshot func() *sensor.Snapshot // nil until the first one
	Live     bool                    // a live capture must make snapshots for ever; a replay ends
	Version  string
}

// Handler serves /metrics, /healthz and /readyz.
func Handler(s State) http.Handler {
	reg := prometheus.NewPedanticRegistry()
	reg.MustRegister(&collector{state: s})
	mux := http.NewServeMux()
	mux.Handle("GET /metrics", promhttp.HandlerFor(reg, promhttp.HandlerOpts{ErrorHandling: promhttp.HTTPErrorOnError}))
	health := &health{state: s}
	mux.HandleFunc("GET /healthz", health.alive)
	mux.HandleFunc("GET /readyz", health.ready)
	mux.HandleFunc("GET /{$}", func(w http.ResponseWriter, _ *http.Request) {
		fmt.Fprintln(w, "sensor: see /metrics, /healthz, /readyz")
	})
	return mux
}

// Serve listens on addr until ctx is done. ready is called with the address
// that is listened on.
func Serve(ctx context.Context, addr string, s State, ready func(net.Addr)) error {
	var lc net.ListenConfig
	lc.SetMultipathTCP(false)
	l, err := lc.Listen(ctx, "tcp", addr)
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
		last, cancel := context.WithTimeout(context.Background(), 2*time.Second)
		defer cancel()
		srv.Shutdown(last)
	})
	defer stop()
	if err := srv.Serve(l); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}

// health tells whether snapshots still come.
type health struct{ state State }

func (h *health) alive(w http.ResponseWriter, _ *http.Request) {
	s := h.state.Snapshot()
	if s == nil || !h.state.Live {
		fmt.Fprintln(w, "ok")
		return
	}
	if age := time.Since(time.Unix(0, s.Clock)); age > staleAfter {
		http.Error(w, fmt.Sprintf("stuck: the last snapshot is %s old", age.Round(time.Second)), http.StatusServiceUnavailable)
		return
	}
	fmt.Fprintln(w, "ok")
}

func (h *health) ready(w http.ResponseWriter, _ *http.Request) {
	if h.state.Snapshot() == nil {
		http.Error(w, "not ready: nothing captured yet", http.StatusServiceUnavailable)
		return
	}
	fmt.Fprintln(w, "ready")
}
