package main

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"otsensor/pkg/cases"
	"otsensor/pkg/journal"
	"otsensor/pkg/near"
)

const caseExamples = `sensor case list -c sensor.yaml
sensor case show C-d4944d75 -c sensor.yaml
sensor case ack C-d4944d75 -c sensor.yaml --by m.weber
sensor case confirm C-d4944d75 -c sensor.yaml --by m.weber --why 'nobody planned this'
sensor case dismiss C-d4944d75 -c sensor.yaml --by m.weber --why 'planned, the permit was late'
sensor case note C-d4944d75 -c sensor.yaml --by m.weber --why 'shift lead told'
sensor case severity C-d4944d75 4 -c sensor.yaml --by m.weber
sensor case contain C-d4944d75 K-05 -c sensor.yaml --by m.weber
sensor case contain C-d4944d75 K-10 --refused --why 'aseptic fill runs' -c sensor.yaml --by p.lind
sensor case phase C-d4944d75 eradication -c sensor.yaml --by m.weber
sensor case phase C-d4944d75 REC-2 --quiet 30m -c sensor.yaml --by m.weber
sensor case close C-d4944d75 -c sensor.yaml --by m.weber`

// caseVerb is one decision about a case.
type caseVerb struct {
	name, arg string // arg is what follows the case, "" when nothing does
	fill      func(d *desk, o *caseFlags, j *journal.Entry, arg string) error
}

func caseVerbs() []caseVerb {
	only := func(do string) func(*desk, *caseFlags, *journal.Entry, string) error {
		return func(_ *desk, _ *caseFlags, j *journal.Entry, _ string) error { j.Do = do; return nil }
	}
	return []caseVerb{
		{"ack", "", only(journal.Ack)}, {"confirm", "", only(journal.Confirm)}, {"dismiss", "", only(journal.Dismiss)},
		{"severity", "LEVEL", fillSeverity}, {"contain", "MEASURE", fillContain}, {"phase", "PHASE|STEP", fillPhase},
		{"note", "", only(journal.Note)}, {"close", "", only(journal.Close)},
	}
}

type caseFlags struct {
	refused bool
	quiet   string
}

func runCase(_ context.Context, e *env, fs *flag.FlagSet, args []string) error {
	var d desk
	var o caseFlags
	d.declare(fs)
	fs.BoolVar(&o.refused, "refused", false, "contain: the measure was refused")
	fs.StringVar(&o.quiet, "quiet", "", "phase REC-2: the agreed silent `TIME`, such as 30m")
	words, err := parse(fs, args)
	if err != nil {
		return err
	}
	if len(words) == 0 {
		return usagef("case: say what to do: %s", strings.Join(caseWords(), ", "))
	}
	if !slices.Contains(caseWords(), words[0]) {
		return usagef("case: no verb %q%s", words[0], near.Hint(words[0], caseWords()))
	}
	if err := d.open(e, true); err != nil {
		return err
	}
	switch words[0] {
	case "list":
		return d.list(e)
	case "show":
		c, err := d.named(words)
		if err != nil {
			return err
		}
		return d.show(e, c)
	}
	return d.decide(e, &o, words)
}

func caseWords() []string {
	all := []string{"list", "show"}
	for _, v := range caseVerbs() {
		all = append(all, v.name)
	}
	return all
}

// named finds the case of a command; the beginning of its id is enough.
func (d *desk) named(words []string) (*cases.Case, error) {
	if len(words) < 2 {
		return nil, usagef("case %s: name the case; sensor case list shows them", words[0])
	}
	var found []*cases.Case
	var ids []string
	for _, c := range d.cases {
		ids = append(ids, c.ID)
		if strings.HasPrefix(c.ID, words[1]) {
			found = append(found, c)
		}
	}
	switch len(found) {
	case 1:
		return found[0], nil
	case 0:
		return nil, fmt.Errorf("no case %q in %s%s", words[1], d.events, near.Hint(words[1], ids))
	}
	return nil, fmt.Errorf("%d cases begin with %q; write more of the id", len(found), words[1])
}

// decide writes a decision that can be, and shows the case as it stands then.
func (d *desk) decide(e *env, o *caseFlags, words []string) error {
	v := caseVerbs()[slices.IndexFunc(caseVerbs(), func(v caseVerb) bool { return v.name == words[0] })]
	c, err := d.named(words)
	if err != nil {
		return err
	}
	arg := ""
	if v.arg != "" {
		if len(words) < 3 {
			return usagef("case %s: %s comes after the case", v.name, v.arg)
		}
		arg = words[2]
		words = slices.Delete(words, 2, 3)
	}
	if len(words) > 2 {
		return usagef("case %s: %q is one word too many; reasons go with --why", v.name, words[2])
	}
	j := journal.Entry{Case: c.ID}
	if err := v.fill(d, o, &j, arg); err != nil {
		return err
	}
	if j, err = d.signed(e, j); err != nil {
		return err
	}
	if err := c.Check(d.profile, &j); err != nil {
		return err
	}
	if err := d.put(e, j); err != nil {
		return err
	}
	id := c.ID
	if err := d.open(e, true); err != nil {
		return err
	}
	if c, err = d.named([]string{"show", id}); err != nil {
		return err
	}
	return d.stands(e, c)
}

func fillSeverity(_ *desk, _ *caseFlags, j *journal.Entry, arg string) error {
	n, err := strconv.Atoi(arg)
	if err != nil || n < 0 || n > 5 {
		return usagef("case severity: %q is not from 0 to 5", arg)
	}
	j.Do, j.Severity = journal.SeverityIs, &n
	return nil
}

func fillContain(_ *desk, o *caseFlags, j *journal.Entry, arg string) error {
	j.Do, j.Measure = journal.ContainApproved, arg
	if o.refused {
		j.Do = journal.ContainRefused
	}
	return nil
}

// fillPhase takes a step, or a phase by the beginning of its name for its first step.
func fillPhase(d *desk, o *caseFlags, j *journal.Entry, arg string) error {
	j.Do, j.Step, j.Quiet = journal.Phase, arg, o.quiet
	for i := range d.profile.Steps {
		if s := &d.profile.Steps[i]; len(arg) > 3 && strings.HasPrefix(s.Phase, strings.ToLower(arg)) {
			j.Step = s.ID
			break
		}
	}
	return nil
}

func printJSON(e *env, v any) error {
	enc := json.NewEncoder(e.stdout)
	enc.SetIndent("", "  ")
	enc.SetEscapeHTML(false)
	return enc.Encode(v)
}
