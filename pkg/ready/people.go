package ready

import (
	"fmt"
	"slices"
	"time"

	"otsensor/pkg/journal"
)

// roles asks whether somebody is called for every role that owns a step.
func (in *Inputs) roles() Check {
	c := Check{Step: "PRE-1", What: "every role that owns a step is held", Next: "name who holds them under roles in the site file"}
	if in.Site == nil {
		return lacks(c, noSite, giveSite)
	}
	sensor, _ := in.Profile.Step(in.Profile.Places.Start) // raises the alert
	var missing []string
	for i := range in.Profile.Steps {
		role := in.Profile.Steps[i].Role
		if role != sensor.Role && len(in.Site.Contacts(role)) == 0 && !slices.Contains(missing, role) {
			missing = append(missing, role)
		}
	}
	return found(c, missing, "all held")
}

// deputies asks whether the roles that are called first have somebody second.
func (in *Inputs) deputies() Check {
	c := Check{Step: "PRE-1", What: "the roles called first have deputies", Next: "name a second person for them in the site file"}
	if in.Site == nil {
		return lacks(c, noSite, giveSite)
	}
	var missing []string
	for _, role := range []string{"ot_security", in.Profile.Severity.ConfirmedBy, in.Profile.Quality.Decides} {
		if len(in.Site.Contacts(role)) < 2 {
			missing = append(missing, role)
		}
	}
	return found(c, missing, "all have one")
}

// contacts asks whether everybody who is called has a telephone.
func (in *Inputs) contacts() Check {
	c := Check{Step: "PRE-2", What: "everybody who is called has a telephone", Next: "add phone to these contacts in the site file, and print the list"}
	if in.Site == nil {
		return lacks(c, noSite, giveSite)
	}
	var missing []string
	people := 0
	for i := range in.Profile.Roles {
		for _, who := range in.Site.Contacts(in.Profile.Roles[i].ID) {
			people++
			if who.Phone == "" && !slices.Contains(missing, who.Name) {
				missing = append(missing, who.Name)
			}
		}
	}
	if people == 0 {
		missing = []string{"nobody is named"}
	}
	return found(c, missing, "all have one")
}

// clocks asks whether counsel fixed when the reports are due here.
func (in *Inputs) clocks() Check {
	c := Check{Step: "PRE-8", What: "this site's reporting clocks are fixed", Next: "have counsel fix when R-01 and what else applies is due, under reporting in the site file"}
	if in.Site == nil {
		return lacks(c, noSite, giveSite)
	}
	if len(in.Site.Clocks) == 0 {
		return found(c, []string{"none is given; the playbook's reminders stand"}, "")
	}
	return found(c, nil, fmt.Sprintf("%d given", len(in.Site.Clocks)))
}

// ExerciseStep is the step that an exercise is noted under in the journal.
const ExerciseStep = "PRE-10"

// exercise asks when the last exercise was.
func (in *Inputs) exercise() Check {
	c := Check{Step: ExerciseStep, What: "an exercise within a year", Next: "sensor exercise line -o exercise.html --journal JOURNAL --by NAME"}
	if in.Journal == nil {
		return lacks(c, "no journal was given", "name it with --journal; "+c.Next)
	}
	var last time.Time
	for i := range in.Journal.Entries {
		if e := &in.Journal.Entries[i]; e.Do == journal.Note && e.Step == ExerciseStep && e.At.After(last) {
			last = e.At
		}
	}
	if last.IsZero() {
		return found(c, []string{"the journal names none"}, "")
	}
	if age := in.Now.Sub(last); age > exerciseAge {
		return found(c, []string{"the last was " + days(age) + " ago"}, "")
	}
	return found(c, nil, "the last was "+days(in.Now.Sub(last))+" ago")
}
