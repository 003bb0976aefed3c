package main

import (
	"go.uber.org/zap"

	"otsensor/pkg/baseline"
	"otsensor/pkg/sensor"
)

// doubt says, to the operator and as an event, what speaks against relying on the baseline in force.
func doubt(b *baseline.Baseline, w *sensor.Watch, log *zap.Logger) {
	if b == nil {
		return
	}
	for _, a := range b.Doubts(wallClock()) {
		log.Warn("the baseline in force is in doubt", zap.Stringer("because", a), zap.String("hash", b.Hash))
		w.Note(a)
	}
}
