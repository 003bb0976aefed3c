package main

import (
	"context"
	"slices"
	"strings"
	"testing"

	"go.uber.org/zap"

	"otsensor/pkg/ot"
)

// The self-test before a capture tells of a build that judges otherwise than it must.
func TestProvenBeforeCapture(t *testing.T) {
	for name, c := range map[string]struct {
		must   string
		failed []ot.Anomaly
	}{
		"as it must":            {selftestWant, nil},
		"an event is missing":   {selftestWant + "another event\n", []ot.Anomaly{ot.SelfTestFailed}},
		"an event too many":     {selftestWant[strings.IndexByte(selftestWant, '\n')+1:], []ot.Anomaly{ot.SelfTestFailed}},
		"an event is different": {strings.Replace(selftestWant, "severity 2", "severity 3", 1), []ot.Anomaly{ot.SelfTestFailed}},
	} {
		if got := proven(context.Background(), c.must, zap.NewNop()); !slices.Equal(got, c.failed) {
			t.Errorf("%s: %v, want %v", name, got, c.failed)
		}
	}
}
