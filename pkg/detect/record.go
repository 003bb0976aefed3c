package detect

import (
	"fmt"
	"strings"

	"otsensor/pkg/event"
	"otsensor/pkg/ot"
)

// describe fills in what a sighting shows.
func (e *Engine) describe(ev *event.Event, r *compiled, s *Sighting) {
	ob := s.O
	ev.Source, ev.Target = e.parties(s)
	ev.Proto, ev.Service, ev.Op, ev.Status, ev.Object = "", "", "", "", ""
	if ob.Did.Proto != ot.NoProto {
		ev.Proto = ob.Did.Proto.String()
	}
	if ob.Kind == ot.Spoke {
		ev.Service = ob.Service.String()
	}
	if ob.Kind == ot.Did {
		ev.Op, ev.Status = ob.Did.Op.String(), ob.Did.Status.String()
		ev.Object = e.facts.Object(&ob.Did)
	}
	ev.What, ev.Why = r.sentenceOf(s), nil
	if s.W.Dev != 0 {
		ev.Why = e.facts.Reasons(ob, s.W.Dev)
	}
	ev.Why = append(ev.Why, because(r, s)...)
	ev.Attack, ev.Playbook = event.Attack{Techniques: r.Attack}, event.Playbook{IncidentType: r.Play}
	ev.Coverage = event.Coverage{
		BothWays:  ob.Quality&ot.OneSided == 0,
		Midstream: ob.Quality&ot.Midstream != 0, Lossy: ob.Quality&ot.Lossy != 0,
		Truncated: ob.Quality&ot.Truncated != 0, Conflict: ob.Quality&ot.Conflict != 0,
	}
}

// parties are the two ends. Of a claim both are the host it is about, with the
// MAC that claims it; of what concerns no host both are empty.
func (e *Engine) parties(s *Sighting) (source, target event.Party) {
	source, target = e.facts.Party(s.Source()), e.facts.Party(s.Target())
	if !s.claim() {
		target.Port = s.O.Conv.Server.Port
	} else if s.O.Claim.MAC != [6]byte{} {
		source.MAC = ot.MACString(s.O.Claim.MAC)
	}
	return source, target
}

// because gives the rule's own fields as reasons: what was seen, and which threshold fired.
func because(r *compiled, s *Sighting) (why []event.Reason) {
	shown := map[string]bool{"kind": true, "deviation": true}
	add := func(name, seen string) {
		if seen != "" && !shown[name] {
			shown[name] = true
			why = append(why, event.Reason{Field: name, Seen: seen})
		}
	}
	for i := range r.conds {
		seen, _ := r.conds[i].f.show(s)
		add(r.conds[i].f.name, seen)
	}
	for i := range r.show {
		add(r.show[i].name, r.show[i].show(s))
	}
	if r.Count != nil {
		why = append(why, r.threshold("sightings", r.Count.Min, r.Count.Over))
	}
	if r.Distinct != nil {
		why = append(why, r.threshold("different "+strings.Join(r.Distinct.Of, "/"), r.Distinct.Min, r.Distinct.Over))
	}
	return why
}

func (r *compiled) threshold(what string, min int, over Duration) event.Reason {
	origin := "default"
	if r.site {
		origin = "site"
	}
	return event.Reason{Field: what, Seen: fmt.Sprintf("at least %d within %s", min, over),
		Nearest: fmt.Sprintf("threshold %d within %s", min, over), Threshold: origin}
}

func (e *Engine) sample(ob *ot.Observation) event.Sample {
	sm := event.Sample{Time: ob.Time, Value: Values(&ob.Did)}
	frame, answer := ob.Frame, uint64(0)
	if ob.Kind == ot.Did {
		if ob.Did.Asked != 0 {
			frame, sm.Time = ob.Did.Asked, ob.Did.AskedAt
		}
		answer = ob.Did.Answered
	}
	sm.File, sm.Frame = e.facts.File(frame)
	if answer != 0 {
		_, sm.Answer = e.facts.File(answer)
	}
	return sm
}
