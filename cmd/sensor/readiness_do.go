package main

import (
	"context"
	"time"

	"otsensor/pkg/journal"
	"otsensor/pkg/near"
	"otsensor/pkg/ready"
	"otsensor/pkg/web"
)

// prepared writes into the journal that a step of preparation is done.
func (d *desk) prepared(e *env, words []string) error {
	if len(words) != 2 || words[0] != "done" {
		return usagef("readiness: say nothing more to see how far it is, or done STEP to say that a step of preparation is done")
	}
	if err := d.open(e, false); err != nil {
		return err
	}
	s, ok := d.profile.Step(words[1])
	if !ok || s.Phase != d.profile.Phases[0].ID {
		return usagef("readiness: %q is no step of preparation%s", words[1], near.Hint(words[1], d.preparation()))
	}
	if d.why == "" {
		return usagef("readiness done: say with --why what was done")
	}
	j, err := d.signed(e, journal.Entry{Do: journal.Note, Step: s.ID})
	if err != nil {
		return err
	}
	return d.put(e, j)
}

func (d *desk) preparation() (ids []string) {
	for i := range d.profile.Steps {
		if s := &d.profile.Steps[i]; s.Phase == d.profile.Phases[0].ID {
			ids = append(ids, s.ID)
		}
	}
	return ids
}

// askWithin is how long a running sensor has to answer.
const askWithin = 3 * time.Second

// askSensor asks a running sensor; nil where no address is given.
func askSensor(ctx context.Context, addr string) *ready.Running {
	if addr == "" {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, askWithin)
	defer cancel()
	r := &ready.Running{At: addr}
	a, err := web.Ask(ctx, addr)
	if err != nil {
		r.Error = printable(err.Error())
		return r
	}
	v := a.Values
	r.Health, r.Healthy, r.Ready, r.TakesFrames, r.Baseline = printable(a.Health), a.Healthy, printable(a.Ready), a.TakesFrames, printable(a.Baseline)
	r.Dropped = v["capture_dropped_total"] / max(v["capture_received_total"], 1)
	r.Gaps, r.OneWay = v["capture_gap_ratio"], v["capture_one_sided_ratio"]
	r.Written, r.Stalled = v["sink_up"] == 1, v["evidence_cases_stalled"]
	return r
}
