package config

import (
	"cmp"
	"errors"
	"net/netip"
	"path/filepath"
	"slices"
	"sort"
	"time"

	"otsensor/pkg/assets"
	"otsensor/pkg/event"
	"otsensor/pkg/near"
	"otsensor/pkg/ot"
	"otsensor/pkg/playbook"
	"otsensor/pkg/strict"
)

// Words of the site file.
var (
	gxpWords  = []string{"direct", "indirect", "none"}
	roleWords = []string{string(assets.Controller), string(assets.Client), string(assets.HMI), string(assets.Historian),
		string(assets.Engineering), string(assets.Infrastructure)}
)

// allEngineering is the act that stands for all engineering work.
const allEngineering = "engineering"

// maxOps is more than there are plant verbs.
const maxOps = 32

// ParseSite reads a site file's content. All mistakes come together, each with
// file, line and the nearest right word.
func ParseSite(data []byte, name string) (*Site, error) {
	var raw rawSite
	doc, err := strict.Decode(name, data, &raw)
	if err != nil {
		return nil, err
	}
	s := &Site{byHost: map[ot.Endpoint]*Asset{}, scanners: map[*Asset]bool{}, doc: doc}
	c := siteChecker{s: s, raw: &raw, doc: doc}
	c.sensorAndLines()
	c.zones()
	c.phases()
	c.assets()
	c.conduits()
	c.hostLists()
	c.work()
	c.people()
	c.thresholds()
	if r := raw.OwnRules; r != "" { // beside the site file, wherever the sensor is started
		s.OwnRules = r
		if !filepath.IsAbs(r) {
			s.OwnRules = filepath.Join(filepath.Dir(name), r)
		}
	}
	if err := c.mistakes(); err != nil {
		return nil, err
	}
	return s, nil
}

type siteChecker struct {
	s     *Site
	raw   *rawSite
	doc   *strict.Doc
	wrong []mistake
}

type mistake struct {
	line int
	err  error
}

func (c *siteChecker) fail(path []any, format string, args ...any) {
	line := c.doc.Line(path...)
	c.wrong = append(c.wrong, mistake{line, c.doc.Errorf(line, format, args...)})
}

// mistakes joins what is wrong, in the order of the file; nil when nothing is.
func (c *siteChecker) mistakes() error {
	slices.SortStableFunc(c.wrong, func(a, b mistake) int { return cmp.Compare(a.line, b.line) })
	var errs []error
	for _, m := range c.wrong {
		errs = append(errs, m.err)
	}
	return errors.Join(errs...)
}

func at(path ...any) []any { return path }

// oneOf checks a word against a list.
func (c *siteChecker) oneOf(what, word string, list []string, path ...any) {
	if !slices.Contains(list, word) {
		c.fail(path, "no %s %q%s", what, word, near.Hint(word, list))
	}
}

// name checks a name that events show: it must be there, be readable and be new.
func (c *siteChecker) name(what, name string, seen []string, path ...any) {
	switch {
	case name == "":
		c.fail(path, "%s without a name", what)
	case ot.CleanString([]byte(name), ot.NameCap) != name:
		c.fail(path, "%s %q: blanks at the ends, too long, or characters that cannot be shown", what, name)
	case slices.Contains(seen, name):
		c.fail(path, "%s %q stands twice", what, name)
	}
}

func (c *siteChecker) sensorAndLines() {
	var seen []string
	for i, l := range c.raw.Lines {
		c.name("line", l.ID, seen, "lines", i, "id")
		seen = append(seen, l.ID)
		if l.GxP != "" {
			c.oneOf("gxp_impact", l.GxP, gxpWords, "lines", i, "gxp_impact")
		}
		c.s.Lines = append(c.s.Lines, Line{ID: l.ID, Name: l.Name, GxP: l.GxP, Step: l.ProcessStep, NotHoldable: l.Holdable != nil && !*l.Holdable})
	}
	r := c.raw.Sensor
	c.name("sensor", r.ID, nil, "sensor", "id")
	c.line(r.Line, "sensor", "line")
	c.s.sensor = event.Sensor{ID: r.ID, Site: r.Site, Line: r.Line}
}

// line checks a reference to a line, "" when there is none.
func (c *siteChecker) line(id string, path ...any) {
	var known []string
	for _, l := range c.s.Lines {
		known = append(known, l.ID)
	}
	if id != "" {
		c.oneOf("line", id, known, path...)
	}
}

func (c *siteChecker) zones() {
	seen, taken := []string{Outside}, map[netip.Prefix]string{}
	for i, r := range c.raw.Zones {
		c.name("zone", r.Name, seen, "zones", i, "name")
		seen = append(seen, r.Name)
		z := Zone{Name: r.Name}
		for j, text := range r.Prefixes {
			p, ok := c.prefix(text, at("zones", i, "prefixes", j))
			if other, twice := taken[p]; ok && twice {
				c.fail(at("zones", i, "prefixes", j), "%s is in zone %q already", p, other)
			}
			taken[p] = r.Name
			z.Prefixes = append(z.Prefixes, p)
		}
		c.s.Zones = append(c.s.Zones, z)
	}
}

func (c *siteChecker) prefix(text string, path []any) (netip.Prefix, bool) {
	p, err := netip.ParsePrefix(text)
	switch {
	case err != nil:
		c.fail(path, "%q is no prefix such as 10.10.2.0/24", text)
	case p != p.Masked():
		c.fail(path, "%s is an address within a prefix; the prefix is %s", p, p.Masked())
	default:
		return p, true
	}
	return p, false
}

func (c *siteChecker) zoneNames() []string {
	names := []string{}
	for _, z := range c.s.Zones {
		names = append(names, z.Name)
	}
	return names
}

func (c *siteChecker) conduits() {
	zones := append(c.zoneNames(), Outside)
	for i, r := range c.raw.Conduits {
		c.oneOf("zone", r.From, zones, "conduits", i, "from")
		c.oneOf("zone", r.To, zones, "conduits", i, "to")
		if r.From == r.To {
			c.fail(at("conduits", i), "a conduit leads from one zone to another; inside a zone none is needed")
		}
		c.s.Conduits = append(c.s.Conduits, Conduit(r))
	}
}

// assetNames lists the assets, for references to them.
func (c *siteChecker) assetNames() []string {
	names := []string{}
	for i := range c.raw.Assets {
		names = append(names, c.raw.Assets[i].Name)
	}
	return names
}

// named checks references to assets.
func (c *siteChecker) named(names []string, path ...any) {
	known := c.assetNames()
	for i, n := range names {
		c.oneOf("asset", n, known, append(slices.Clone(path), i)...)
	}
}

func (c *siteChecker) hostLists() {
	c.named(c.raw.Engineering, "engineering")
	c.named(c.raw.Scanners, "scanners")
	for i := range c.s.Assets {
		a := &c.s.Assets[i]
		a.Engineering = slices.Contains(c.raw.Engineering, a.Name)
		if slices.Contains(c.raw.Scanners, a.Name) {
			c.s.scanners[a] = true
		}
	}
}

func (c *siteChecker) work() {
	acts := append(ot.OpNames()[1:], allEngineering)
	var seen []string
	for i, r := range c.raw.Work {
		w := Work{Ticket: r.Ticket, Who: r.Who, Assets: r.Assets}
		c.name("ticket", r.Ticket, seen, "planned_work", i, "ticket")
		seen = append(seen, r.Ticket)
		c.named(r.Who, "planned_work", i, "who")
		c.named(r.Assets, "planned_work", i, "assets")
		for j, act := range r.Acts {
			c.oneOf("act", act, acts, "planned_work", i, "acts", j)
			w.allow(act)
		}
		if len(r.Who) == 0 || len(r.Assets) == 0 || len(r.Acts) == 0 {
			c.fail(at("planned_work", i), "planned work needs who, assets and acts")
		}
		w.From = c.time(r.From, at("planned_work", i, "from"))
		w.Until = c.time(r.Until, at("planned_work", i, "until"))
		if w.From != 0 && w.Until != 0 && w.Until <= w.From {
			c.fail(at("planned_work", i, "until"), "until is not after from")
		}
		c.s.Work = append(c.s.Work, w)
	}
}

func (w *Work) allow(act string) {
	for i, name := range ot.OpNames() {
		op := ot.Op(i)
		if name == act || act == allEngineering && op.Engineering() {
			w.acts[op] = true
		}
	}
}

func (c *siteChecker) time(text string, path []any) int64 {
	t, err := time.Parse(time.RFC3339, text)
	if err != nil || t.Year() < 1980 || t.Year() > 2200 {
		c.fail(path, "%q is no time with its offset such as 2026-03-02T06:00:00+01:00", text)
		return 0
	}
	return t.UnixNano()
}

func (c *siteChecker) people() {
	var seen []string
	for i, r := range c.raw.Contacts {
		c.name("contact", r.ID, seen, "contacts", i, "id")
		seen = append(seen, r.ID)
	}
	for _, role := range sortedKeys(c.raw.Roles) {
		holders := roleHolders{role: role}
		for i, id := range c.raw.Roles[role] {
			c.oneOf("contact", id, seen, "roles", role, i)
			if n := slices.Index(seen, id); n >= 0 {
				holders.who = append(holders.who, Contact(c.raw.Contacts[n]))
			}
		}
		c.s.roles = append(c.s.roles, holders)
	}
	for _, id := range sortedKeys(c.raw.Reporting) {
		c.s.Clocks = append(c.s.Clocks, Clock{Report: id, When: c.raw.Reporting[id]})
	}
	for _, id := range sortedKeys(c.raw.Citations) {
		c.s.Rules = append(c.s.Rules, Citation{Hook: id, Rule: c.raw.Citations[id]})
	}
}

func sortedKeys[V any](m map[string]V) []string {
	var all []string
	for k := range m {
		all = append(all, k)
	}
	sort.Strings(all)
	return all
}

// Check compares the site file with the playbook: the roles, reports and hooks
// it names must be the playbook's. A nil Site names none.
func (s *Site) Check(p *playbook.Profile) error {
	if s == nil {
		return nil
	}
	c := siteChecker{s: s, doc: s.doc}
	for _, r := range s.roles {
		c.oneOf("role in the playbook called", r.role, p.RoleIDs(), "roles", r.role)
	}
	for _, k := range s.Clocks {
		c.oneOf("report in the playbook called", k.Report, p.ReportIDs(), "reporting", k.Report)
	}
	for _, k := range s.Rules {
		c.oneOf("hook in the playbook called", k.Hook, p.HookIDs(), "citations", k.Hook)
	}
	return c.mistakes()
}
