package sensor

import (
	"fmt"
	"math"

	"otsensor/pkg/baseline"
	"otsensor/pkg/config"
	"otsensor/pkg/detect"
	"otsensor/pkg/event"
	"otsensor/pkg/flow"
	"otsensor/pkg/ot"
	"otsensor/pkg/playbook"
)

// Reread is rules, playbook and site file as they were read again while the sensor runs.
type Reread struct {
	Rules      *detect.Set
	Profile    *playbook.Profile
	Site       *config.Site
	Sensor     event.Sensor
	ConfigHash string

	Wrong string // why nothing was taken over, "" when all was
}

// reread takes over what people had read again. It takes force at this tick, a
// whole second of the sensor clock: what was seen before it was judged by what
// was in force then, and every event says by which.
func (w *Watch) reread(at flow.At) {
	if w.o.Reread == nil {
		return
	}
	switch r := w.o.Reread(); {
	case r == nil:
	case r.Wrong != "":
		w.odd(at, ot.ReloadFailed, r.Wrong)
	default:
		was := w.judgedBy()
		w.takeOver(r)
		w.odd(at, ot.RulesChanged, was+" → "+w.judgedBy())
	}
}

// judgedBy names rules and site file by the beginnings of their hashes.
func (w *Watch) judgedBy() string {
	site := "no site file"
	if w.o.ConfigHash != "" {
		site = "site file " + w.o.ConfigHash[:12]
	}
	return fmt.Sprintf("rules %s, %s", w.rules[:12], site)
}

func (w *Watch) takeOver(r *Reread) {
	if now := tolerances(r.Site); now != tolerances(w.o.Site) {
		w.weigher.Tolerate(now)
	}
	w.o.Rules, w.o.Profile, w.o.Site, w.o.Sensor, w.o.ConfigHash = r.Rules, r.Profile, r.Site, r.Sensor, r.ConfigHash
	w.rules = RulesHash(r.Rules, r.Profile)
	w.phases = w.phases.at(r.Site)
	w.book.By(r.Profile)
	was := w.engine
	w.engine = detect.NewEngine(r.Rules, w.facts(), w.raised)
	w.engine.Adopt(was)
	w.told = math.MaxUint64 // there may be other rules to count by
	_, _, w.coverage.full[countingWindows] = w.engine.Windows()
}

// odd matches what the sensor has to say of itself.
func (w *Watch) odd(at flow.At, what ot.Anomaly, name string) {
	w.engine.Match(&ot.Observation{Seq: at.Seq, Frame: at.Frame, Time: at.Time, Clock: at.Clock, Kind: ot.Odd, Odd: what,
		Did: ot.Transaction{Name: []byte(name)}}, baseline.Weight{})
}
