package web

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"

	"github.com/prometheus/common/expfmt"
	"github.com/prometheus/common/model"
)

// Answer is what a running sensor says of itself.
type Answer struct {
	Health, Ready string // what it says on these paths, one line each
	Healthy       bool   // "ok" and nothing else
	TakesFrames   bool
	Values        map[string]float64 // of its metrics, the sum over their labels
	Baseline      string             // hash of the baseline in force
}

// Limits of an answer.
const (
	longestLine = 1 << 10
	longestPage = 4 << 20
)

// Ask asks a running sensor, by its address or URL, for its health and its
// metrics, until ctx is done. It follows nothing.
func Ask(ctx context.Context, addr string) (*Answer, error) {
	base := "http://" + loopback(strings.TrimSuffix(addr, "/"))
	if strings.Contains(addr, "://") {
		base = strings.TrimSuffix(addr, "/")
	}
	var a Answer
	code, text, err := fetch(ctx, base+"/healthz", longestLine)
	if err != nil {
		return nil, err
	}
	a.Health = firstLine(text)
	a.Healthy = code == http.StatusOK && a.Health == "ok"
	if code, text, err = fetch(ctx, base+"/readyz", longestLine); err != nil {
		return nil, err
	}
	a.Ready, a.TakesFrames = firstLine(text), code == http.StatusOK
	if _, text, err = fetch(ctx, base+"/metrics", longestPage); err != nil {
		return nil, err
	}
	return &a, a.read(text)
}

// loopback is the address to ask at where a sensor listens on every address.
func loopback(addr string) string {
	host, port, err := net.SplitHostPort(addr)
	if err != nil {
		return addr
	}
	if ip := net.ParseIP(host); host == "" || ip != nil && ip.IsUnspecified() {
		host = "127.0.0.1"
	}
	return net.JoinHostPort(host, port)
}

func fetch(ctx context.Context, url string, most int64) (code int, text string, err error) {
	client := http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return 0, "", err
	}
	resp, err := client.Do(req)
	if err != nil {
		return 0, "", err
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(io.LimitReader(resp.Body, most))
	return resp.StatusCode, string(body), err
}

func firstLine(s string) string {
	line, _, _ := strings.Cut(strings.TrimSpace(s), "\n")
	return line
}

// read takes the metrics in.
func (a *Answer) read(page string) error {
	parser := expfmt.NewTextParser(model.LegacyValidation)
	families, err := parser.TextToMetricFamilies(strings.NewReader(page))
	if err != nil {
		return fmt.Errorf("its metrics cannot be read: %w", err)
	}
	if families["sensor_build_info"] == nil {
		return fmt.Errorf("what answers is no sensor")
	}
	a.Values = map[string]float64{}
	for name, f := range families {
		for _, m := range f.Metric {
			a.Values[name] += m.GetCounter().GetValue() + m.GetGauge().GetValue()
			for _, l := range m.Label {
				if name == "baseline_info" && l.GetName() == "hash" {
					a.Baseline = l.GetValue()
				}
			}
		}
	}
	return nil
}
