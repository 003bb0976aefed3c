package main

import (
	"fmt"
	"io"
	"strings"

	"otsensor/pkg/cases"
	"otsensor/pkg/detect"
	"otsensor/pkg/playbook"
)

// rulesPage writes docs/rules.md.
func rulesPage(w io.Writer, set *detect.Set, profile *playbook.Profile) {
	fmt.Fprintf(w, "# Rules\n\nMade by `sensor explain --markdown`; do not edit.\n\n"+
		"The %d rules the sensor ships with. The level is that of the behaviour, before asset and planned work; a general rule gives way to those it names. "+
		"`sensor explain S7-06` prints one in full.\n", len(set.Rules))
	for n := 1; n <= 15; n++ {
		play := fmt.Sprintf("OT-%02d", n)
		name := ""
		if t, ok := profile.Type(play); ok {
			name = t.Title
		}
		fmt.Fprintf(w, "\n## %s %s\n\n| rule | fires when | level | needs | techniques | gives way to |\n|---|---|---|---|---|---|\n", play, name)
		for i := range set.Rules {
			if r := &set.Rules[i]; r.Play == play {
				fmt.Fprintf(w, "| %s | %s | %d | %s | %s | %s |\n", r.ID, r.Title, r.Level,
					strings.Join(set.Needs(i), ", "), strings.Join(r.Attack, " "), strings.Join(r.Unless, " "))
			}
		}
	}
	fmt.Fprint(w, "\n## About cases\n\nEvents about a case as a whole are made of the case and of people's decisions, not of a sighting; they open nothing and have no severity.\n\n| id | title | written when |\n|---|---|---|\n")
	for _, r := range cases.Rules() {
		fmt.Fprintf(w, "| %s | %s | %s |\n", r.ID, r.Title, r.Says)
	}
}
