package export

import (
	"slices"
	"strings"
	"time"

	"otsensor/pkg/playbook"
)

// Playbook is a playbook of CACAO 2.0 (OASIS, committee specification 01), §3.
type Playbook struct {
	Type       string              `json:"type"`
	Spec       string              `json:"spec_version"`
	ID         string              `json:"id"`
	Name       string              `json:"name"`
	Text       string              `json:"description"`
	Types      []string            `json:"playbook_types"`
	Activities []string            `json:"playbook_activities"`
	CreatedBy  string              `json:"created_by"`
	Created    string              `json:"created"`
	Modified   string              `json:"modified"`
	Derived    []string            `json:"derived_from,omitempty"`
	Severity   int                 `json:"severity,omitempty"` // 1 to 100, the higher the worse
	Sectors    []string            `json:"industry_sectors"`
	Labels     []string            `json:"labels,omitempty"`
	References []reference         `json:"external_references,omitempty"`
	Variables  map[string]variable `json:"playbook_variables,omitempty"`
	Start      string              `json:"workflow_start"`
	Workflow   map[string]step     `json:"workflow"`
	Agents     map[string]agent    `json:"agent_definitions"`
}

// reference is an external reference (§10.8).
type reference struct {
	Name string `json:"name"`
	Text string `json:"description,omitempty"`
	ID   string `json:"external_id,omitempty"`
}

// variable is a variable (§10.18); its value is always a text.
type variable struct {
	Type     string `json:"type"`
	Text     string `json:"description,omitempty"`
	Value    string `json:"value"`
	External bool   `json:"external,omitempty"`
}

// step is a workflow step (§4); which properties it has depends on its type.
type step struct {
	Type       string              `json:"type"`
	Name       string              `json:"name,omitempty"`
	Text       string              `json:"description,omitempty"`
	References []reference         `json:"external_references,omitempty"`
	Then       string              `json:"on_completion,omitempty"`
	Commands   []command           `json:"commands,omitempty"` // action
	Agent      string              `json:"agent,omitempty"`
	Playbook   string              `json:"playbook_id,omitempty"` // playbook-action
	Condition  string              `json:"condition,omitempty"`   // if-condition
	OnTrue     string              `json:"on_true,omitempty"`
	OnFalse    string              `json:"on_false,omitempty"`
	Switch     string              `json:"switch,omitempty"` // switch-condition
	Cases      map[string]string   `json:"cases,omitempty"`
	Next       []string            `json:"next_steps,omitempty"` // parallel
	Variables  map[string]variable `json:"step_variables,omitempty"`
}

// command is what people do by hand (§5).
type command struct {
	Type     string `json:"type"` // manual
	Text     string `json:"command"`
	Activity string `json:"playbook_activity"`
}

// agent is who acts (§7).
type agent struct {
	Type string `json:"type"` // group
	Name string `json:"name"`
	Text string `json:"description,omitempty"`
}

// Variables of the playbooks. Their values are given by who runs them.
const (
	varConfirmed  = "__incident_confirmed__"
	varActionable = "__event_actionable__"
	varType       = "__incident_type__"
	varCase       = "__case_id__"
)

// sectors the playbooks are for, in the words of CACAO.
func sectors() []string {
	return []string{"biotechnology", "healthcare", "manufacturing", "pharmaceuticals"}
}

// cacao builds one playbook of the profile.
type cacao struct {
	p    *playbook.Profile
	name []string // what ids are made of, beside what they name
	book Playbook
}

func newCacao(p *playbook.Profile, name ...string) *cacao {
	date, _ := time.Parse(time.DateOnly, p.Head.Date) // the profile was checked
	name = append([]string{p.Head.ID}, name...)
	c := &cacao{p: p, name: name, book: Playbook{
		Type: "playbook", Spec: "cacao-2.0", ID: id("playbook", name...), CreatedBy: id("identity", p.Head.ID), Created: stamp(date), Modified: stamp(date),
		Sectors: sectors(), Labels: []string{p.Head.ID, "profile version " + p.Head.Version},
		Workflow: map[string]step{}, Agents: map[string]agent{},
	}}
	for _, r := range p.References {
		c.book.References = append(c.book.References, reference{Name: r.ID, Text: r.Use})
	}
	return c
}

// id makes the identifier of something in this playbook.
func (c *cacao) id(kind string, names ...string) string {
	return id(kind, append(slices.Clone(c.name), names...)...)
}

// begin makes the start step, and names it and the variables of the playbook.
func (c *cacao) begin(first string) {
	c.book.Start = c.id("start")
	c.book.Workflow[c.book.Start] = step{Type: "start", Name: "Start", Then: first}
}

func (c *cacao) end(branch string) string {
	at := c.id("end", branch)
	c.book.Workflow[at] = step{Type: "end", Name: "End"}
	return at
}

// agent gives the identifier of a role, and defines it.
func (c *cacao) agent(role string) string {
	at := id("group", c.p.Head.ID, role)
	r := c.p.Role(role)
	text := "Decides: " + r.Decides + "."
	if who := c.p.Who(role); len(who) > 0 {
		text += " Here: " + strings.Join(who, "; ") + "."
	}
	c.book.Agents[at] = agent{Type: "group", Name: r.Title, Text: text}
	return at
}

// manual is one thing that people do; the playbook names its activity once.
func (c *cacao) manual(text, activity string) []command {
	if !slices.Contains(c.book.Activities, activity) {
		c.book.Activities = append(c.book.Activities, activity)
		slices.Sort(c.book.Activities)
	}
	return []command{{Type: "manual", Text: text, Activity: activity}}
}
