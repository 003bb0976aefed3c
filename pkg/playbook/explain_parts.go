package playbook

import (
	"slices"
	"strings"
)

// role is a role's name for people, or the id where it has none.
func (p *Profile) role(id string) string {
	if r := find(p.Roles, func(r *Role) string { return r.ID }, id); r != nil {
		return r.Title
	}
	return id
}

func (p *Profile) roles(ids []string) []string {
	var all []string
	for _, id := range ids {
		all = append(all, p.role(id))
	}
	return all
}

func (p *Profile) phase(id string) string {
	if x := find(p.Phases, func(x *Phase) string { return x.ID }, id); x != nil {
		return x.Title
	}
	return id
}

func find[T any](items []T, idOf func(*T) string, id string) *T {
	i := slices.IndexFunc(items, func(x T) bool { return idOf(&x) == id })
	if i < 0 {
		return nil
	}
	return &items[i]
}

// requirements are system requirements with their names.
func (p *Profile) requirements(ids []string) []string {
	var all []string
	for _, r := range p.attack.Requirements {
		if slices.Contains(ids, r.ID) {
			all = append(all, r.ID+" "+r.Name)
		}
	}
	return all
}

// notHere stands for the text of an id that an event of another version may carry.
const notHere = "(not in this version of the data)"

// list writes one line for each id.
func list[T any](pg *page, items []T, idOf func(*T) string, ids []string, text func(*T) string) {
	for _, id := range ids {
		if x := find(items, idOf, id); x != nil {
			pg.pair(id, text(x))
		} else {
			pg.pair(id, notHere)
		}
	}
}

// catalogues write out what to keep, what may be done and what must not.
func (p *Profile) catalogues(pg *page, evidence, containment, doNot []string) {
	pg.section("Keep as evidence")
	list(pg, p.Evidence, func(e *Evidence) string { return e.ID }, evidence, func(e *Evidence) string { return e.Title + ". " + e.How })
	pg.section("May be considered, least effect first")
	list(pg, p.Containment, func(m *Measure) string { return m.ID }, containment, func(m *Measure) string {
		return m.Title + ". Decide: " + strings.Join(p.roles(m.Decides), ", ") + ". Running line: " + m.Line + ". Evidence: " + m.Evidence + "."
	})
	pg.section("Must not be done")
	for _, id := range doNot {
		if n := find(p.DoNot, func(n *Never) string { return n.ID }, id); n != nil {
			pg.item(n.Text)
		} else {
			pg.item(id + " " + notHere)
		}
	}
}

func (p *Profile) reports(pg *page, reporting []string) {
	pg.section("Reporting, as legal counsel decides")
	list(pg, p.Reporting, func(r *Report) string { return r.ID }, reporting, func(r *Report) string { return r.To + ": " + r.When + "." })
}

func (p *Profile) techniques(pg *page, name string, ids []string) {
	if len(ids) == 0 {
		return
	}
	pg.section(name + ", MITRE ATT&CK® for ICS " + p.attack.Version)
	list(pg, p.attack.Techniques, func(t *Technique) string { return t.ID }, ids, func(t *Technique) string { return t.Name })
}
