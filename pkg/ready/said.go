package ready

import (
	"fmt"
	"time"

	"otsensor/pkg/journal"
	"otsensor/pkg/playbook"
)

// saidAge is how long it counts that people said a step is done: the plan is
// reviewed at least yearly.
const saidAge = exerciseAge

// said gives, for each step of preparation, whether people said within a year
// that it is done. An exercise says it of its own step.
func (in *Inputs) said() (all []Check) {
	for i := range in.Profile.Steps {
		if s := &in.Profile.Steps[i]; s.Phase == in.Profile.Phases[0].ID && s.ID != ExerciseStep {
			all = append(all, in.saidOf(s))
		}
	}
	return all
}

func (in *Inputs) saidOf(s *playbook.Step) Check {
	c := Check{Step: s.ID, What: "done within a year, by the word of people: " + s.Title,
		Next: fmt.Sprintf("when it is (%s), sensor readiness done %s --journal JOURNAL --by NAME --why 'what was done'", s.Role, s.ID)}
	if in.Journal == nil {
		return lacks(c, "no journal was given", "name it with --journal; "+c.Next)
	}
	var last *journal.Entry
	for i := range in.Journal.Entries {
		if e := &in.Journal.Entries[i]; e.Do == journal.Note && e.Step == s.ID && (last == nil || e.At.After(last.At)) {
			last = e
		}
	}
	if last == nil {
		return found(c, []string{"nobody said so in the journal"}, "")
	}
	age := in.Now.Sub(last.At)
	text := fmt.Sprintf("%s, %s ago: %s", last.By, days(max(age, time.Duration(0))), last.Why)
	if age > saidAge {
		return found(c, []string{text}, "")
	}
	return found(c, nil, text)
}
