package playbook

import "slices"

// Overlay is what one site says beside or instead of the profile. Each
// function gives nothing where the site does not say.
type Overlay struct {
	Who  func(role string) []string // people who hold a role, the first called first
	When func(report string) string // when a report is due
	Rule func(hook string) string   // the rule for medical products behind a hook
}

// At is the profile as it reads at a site. What an event says of its place
// stays the same, so its hash does too.
func (p *Profile) At(o Overlay) *Profile {
	here := *p
	here.Roles, here.Reporting, here.Quality.Hooks = slices.Clone(p.Roles), slices.Clone(p.Reporting), slices.Clone(p.Quality.Hooks)
	for i := range here.Roles {
		here.Roles[i].Who = o.Who(here.Roles[i].ID)
	}
	for i := range here.Reporting {
		if r := &here.Reporting[i]; o.When(r.ID) != "" {
			r.When, r.Here = o.When(r.ID), true
		}
	}
	for i := range here.Quality.Hooks {
		if h := &here.Quality.Hooks[i]; o.Rule(h.ID) != "" {
			h.Rule = o.Rule(h.ID)
		}
	}
	return &here
}

// Who is the people who hold a role at this site, the first called first.
func (p *Profile) Who(role string) []string {
	if r := find(p.Roles, func(r *Role) string { return r.ID }, role); r != nil {
		return r.Who
	}
	return nil
}

// called is a role's name with who is called first for it, where that is known.
func (p *Profile) called(role string) string {
	if who := p.Who(role); len(who) > 0 {
		return p.role(role) + " (" + who[0] + ")"
	}
	return p.role(role)
}
