package export

import (
	"slices"
	"strings"

	"otsensor/pkg/playbook"
)

// end is the next of a step that ends the profile.
const end = "end"

// Case is what a case adds to the playbook: where it stands and what it is of.
// The zero Case adds nothing.
type Case struct {
	ID        string
	Name      string
	Type      string // incident type
	Step      string // the present one
	Severity  int    // 0 to 5
	Confirmed bool
}

// Response is the response of the profile as one playbook: from the alert to
// the last step. What an incident type asks for is another playbook, called
// where measures are taken. With a case it begins at the case's step.
func Response(p *playbook.Profile, k Case) *Playbook {
	name := []string{"response"}
	if k.ID != "" {
		name = append(name, k.ID)
	}
	c := newCacao(p, name...)
	c.book.Name = p.Head.Title
	c.book.Text = strings.TrimSpace(p.Head.Statement)
	c.book.Types = []string{"detection", "investigation", "mitigation", "notification", "remediation"}
	c.book.Variables = map[string]variable{
		varActionable: {Type: "bool", Text: "Triage found the event actionable and not explained by planned work.", Value: "false", External: true},
		varConfirmed:  {Type: "bool", Text: "People confirmed an incident.", Value: "false", External: true},
		varType:       {Type: "string", Text: "Incident type, OT-01 to OT-15.", Value: k.Type, External: true},
		varCase:       {Type: "string", Text: "Id of the case.", Value: k.ID, External: true},
	}
	from := p.Places.Start
	if k.ID != "" {
		from = k.Step
		c.ofCase(p, k)
	}
	c.begin(c.chain([]string{from}, "", ""))
	return &c.book
}

func (c *cacao) ofCase(p *playbook.Profile, k Case) {
	c.book.Name = k.Name
	c.book.Derived = []string{id("playbook", p.Head.ID, "response")}
	c.book.Severity = 20 * k.Severity                            // the scale of 0 to 5 on 0 to 100
	for _, name := range []string{varActionable, varConfirmed} { // what is confirmed was worth acting on
		if v := c.book.Variables[name]; k.Confirmed {
			v.Value = "true"
			c.book.Variables[name] = v
		}
	}
}

// Preparation is the preparation phase of the profile as one playbook.
func Preparation(p *playbook.Profile) *Playbook {
	c := newCacao(p, "preparation")
	c.book.Name = p.Head.Title + ": preparation"
	c.book.Text = "What is done before there is an incident, and again every year."
	c.book.Types = []string{"prevention"}
	c.begin(c.chain([]string{p.Steps[0].ID}, "", p.Places.Start))
	return &c.book
}

// chain writes the steps from next up to a step that is not its own, and gives
// the identifier of the first. A branch has an end of its own (§4.8).
func (c *cacao) chain(next []string, branch, stop string) string {
	switch {
	case len(next) == 1 && (next[0] == end || next[0] == stop):
		return c.end(branch)
	case len(next) == 1:
		return c.step(next[0], branch, stop)
	case slices.Contains(next, c.p.Places.Dismiss):
		return c.decision(next, branch)
	}
	return c.parallel(next, branch, stop)
}

// step writes an action, and what follows it.
func (c *cacao) step(name, branch, stop string) string {
	s, _ := c.p.Step(name)
	at := c.id("action", s.ID, branch)
	if _, written := c.book.Workflow[at]; written {
		return at // a profile may lead back
	}
	c.book.Workflow[at] = step{}
	text := s.Do
	if len(s.With) > 0 {
		text += " With: " + strings.Join(c.titles(s.With), ", ") + "."
	}
	a := step{Type: "action", Name: s.ID + " " + s.Title, Text: "Output: " + s.Output + ".", Agent: c.agent(s.Role),
		Commands: c.manual(text, c.activity(s)), Then: c.chain(s.Next, branch, stop)}
	for _, outcome := range append(slices.Clone(s.CSF2), s.SR...) {
		a.References = append(a.References, c.crossReference(outcome))
	}
	c.book.Workflow[at] = a
	if s.ID == c.p.Places.Measures {
		return c.measures(at)
	}
	return at
}

func (c *cacao) crossReference(outcome string) reference {
	name := "NIST CSF 2.0"
	if strings.HasPrefix(outcome, "SR ") {
		name = "IEC 62443-3-3"
	}
	r := reference{Name: name, ID: outcome}
	if !slices.Contains(c.book.References, r) { // the playbook names them all (§3.1)
		c.book.References = append(c.book.References, r)
	}
	return r
}

func (c *cacao) titles(roles []string) (all []string) {
	for _, r := range roles {
		all = append(all, c.p.Role(r).Title)
	}
	return all
}

// activity is what a step does, in a word of CACAO.
func (c *cacao) activity(s *playbook.Step) string {
	if s.Activity != "" {
		return s.Activity
	}
	i := slices.IndexFunc(c.p.Phases, func(p playbook.Phase) bool { return p.ID == s.Phase })
	return c.p.Phases[i].Activity
}

// decision is where people go on or dismiss.
func (c *cacao) decision(next []string, branch string) string {
	on := next[slices.IndexFunc(next, func(n string) bool { return n != c.p.Places.Dismiss })]
	if within(branch, on) {
		return c.end(branch) // a profile may lead back
	}
	name, asked := varActionable, "Is the event actionable?"
	if on == c.p.Places.Confirm {
		name, asked = varConfirmed, "Is an incident confirmed?"
	}
	at := c.id("if-condition", on, branch)
	c.book.Workflow[at] = step{Type: "if-condition", Name: asked, Condition: name + ":value = 'true'",
		OnTrue: c.chain([]string{on}, branch+"/"+on, ""), OnFalse: c.chain([]string{c.p.Places.Dismiss}, branch+"/"+c.p.Places.Dismiss, ""),
		Then: c.end(branch)}
	return at
}

// parallel is where several steps go on side by side, up to the step that all lead to.
func (c *cacao) parallel(next []string, branch, stop string) string {
	if within(branch, next[0]) {
		return c.end(branch)
	}
	join := []string{end}
	if first, ok := c.p.Step(next[0]); ok {
		join = first.Next
	}
	at := c.id("parallel", append(slices.Clone(next), branch)...)
	s := step{Type: "parallel", Name: "Side by side: " + strings.Join(next, ", ")}
	for _, n := range next {
		s.Next = append(s.Next, c.chain([]string{n}, branch+"/"+n, join[0]))
	}
	s.Then = c.chain(join, branch, stop)
	c.book.Workflow[at] = s
	return at
}

// within reports whether a branch went through a step already.
func within(branch, step string) bool { return slices.Contains(strings.Split(branch, "/"), step) }

// measures calls the playbook of the incident type before the step that carries them out.
func (c *cacao) measures(then string) string {
	at := c.id("switch-condition", "measures")
	s := step{Type: "switch-condition", Name: "What the incident type asks for", Switch: varType + ":value", Cases: map[string]string{}, Then: then}
	for i := range c.p.Types {
		t := &c.p.Types[i]
		call := c.id("playbook-action", t.ID)
		c.book.Workflow[call] = step{Type: "playbook-action", Name: t.ID + " " + t.Title, Playbook: id("playbook", c.p.Head.ID, t.ID), Then: c.end("measures/" + t.ID)}
		s.Cases[t.ID] = call
	}
	c.book.Workflow[at] = s
	return at
}
