package web_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"otsensor/pkg/web"
)

// A sensor that runs answers what readiness asks; one that is silent, is
// something else, or is stuck is told apart, within the time given.
func TestAsk(t *testing.T) {
	addr := serve(t, live(busy(), web.Port{}))
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
	defer cancel()
	for _, at := range []string{addr, "http://" + addr, "http://" + addr + "/"} {
		a, err := web.Ask(ctx, at)
		if err != nil || a.Health != "ok" || !a.Healthy || !a.TakesFrames || a.Baseline != "b5e1" {
			t.Fatalf("%s: %+v, %v", at, a, err)
		}
		if a.Values["capture_dropped_total"] != 90 || a.Values["sink_up"] != 1 || a.Values["cases_open"] != 4 {
			t.Errorf("%v", a.Values)
		}
	}
	down, err := web.Ask(ctx, serve(t, live(busy(), web.Port{Down: "cable pulled"})))
	if err != nil || down.Healthy || down.TakesFrames || !strings.Contains(down.Health, "cable pulled") || !strings.Contains(down.Ready, "cable pulled") {
		t.Errorf("%+v, %v", down, err)
	}
}

func TestAskWhatIsNoSensor(t *testing.T) {
	long := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		for range 100_000 {
			w.Write(make([]byte, 1<<10))
		}
	}))
	defer long.Close()
	elsewhere := httptest.NewServer(http.RedirectHandler("http://192.0.2.1/", http.StatusFound))
	defer elsewhere.Close()
	other := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.Write([]byte("up 1\n")) }))
	defer other.Close()
	silent := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }))
	defer silent.Close()
	for at, says := range map[string]string{long.URL: "cannot be read", elsewhere.URL: "cannot be read", other.URL: "no sensor", silent.URL: "deadline", "127.0.0.1:1": "refused", "http://[::1": "missing ']'"} {
		wait := 10 * time.Second // a busy machine takes its time; only the silent one is to be given up
		if at == silent.URL {
			wait = 300 * time.Millisecond
		}
		ctx, cancel := context.WithTimeout(t.Context(), wait)
		if _, err := web.Ask(ctx, at); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%s: %v", at, err)
		}
		cancel()
	}
}
