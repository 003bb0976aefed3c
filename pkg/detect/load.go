package detect

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"sort"

	"otsensor/pkg/near"
	"otsensor/pkg/ot"
	"otsensor/pkg/protocols"
	"otsensor/pkg/strict"
)

// Set is a compiled rule set. It is read-only and may be shared.
type Set struct {
	Rules  []Rule // sorted by id
	SHA256 string // over the files, in order of name

	compiled []compiled
	index    index
	fields   map[string]*field
}

// compiled is a rule ready to be matched.
type compiled struct {
	*Rule
	conds  []cond
	needs  uint64 // deviation bits of which one must be set, 0 for any
	status uint8  // bit per ot.Status that may match
	group  []part
	list   part
	count  []part
	of     []part
	by     []part
	say    []piece
	show   []part
}

// Known says which ids rules may refer to.
type Known struct {
	Play   func(id string) bool // incident types
	Attack func(id string) bool // techniques
}

// NotRules are the data files that lie beside the rules.
var NotRules = map[string]bool{"playbook.yaml": true, "attack.yaml": true}

// Load reads every *.yaml file of a folder that holds rules. All mistakes are
// reported at once, each with file, line and the nearest right word.
func Load(files fs.FS, table []protocols.Protocol, known Known) (*Set, error) {
	names, err := fs.Glob(files, "*.yaml")
	if err != nil {
		return nil, err
	}
	sort.Strings(names)
	l := &loader{set: &Set{fields: map[string]*field{}}, known: known}
	for _, f := range fieldsOf(table) {
		l.set.fields[f.name] = &f
	}
	sum := sha256.New()
	for _, name := range names {
		if NotRules[path.Base(name)] {
			continue
		}
		data, err := fs.ReadFile(files, name)
		if err != nil {
			return nil, err
		}
		fmt.Fprintf(sum, "%s %d\n", name, len(data))
		sum.Write(data)
		l.file(name, data)
	}
	if len(l.set.Rules) == 0 && len(l.errs) == 0 {
		return nil, fmt.Errorf("no rules found: the folder has no *.yaml file with rules")
	}
	l.set.SHA256 = hex.EncodeToString(sum.Sum(nil))
	l.compile()
	return l.set, errors.Join(l.errs...)
}

// Fields lists what rules may name: name and meaning, sorted.
func (s *Set) Fields() [][2]string {
	var all [][2]string
	for _, f := range s.fields {
		all = append(all, [2]string{f.name, f.doc})
	}
	sort.Slice(all, func(i, j int) bool { return all[i][0] < all[j][0] })
	return all
}

// OwnFields lists the fields every observation may have: name and meaning.
func OwnFields() [][2]string {
	var all [][2]string
	for _, f := range ownFields() {
		all = append(all, [2]string{f.name, f.doc})
	}
	return all
}

type loader struct {
	set   *Set
	known Known
	errs  []error
}

func (l *loader) fail(r *Rule, line int, format string, args ...any) {
	at := fmt.Sprintf("%s:%d: ", r.File, line)
	if r.ID != "" {
		at += r.ID + ": "
	}
	l.errs = append(l.errs, errors.New(at+fmt.Sprintf(format, args...)))
}

// file reads one file: a list of rules.
func (l *loader) file(name string, data []byte) {
	var rules []Rule
	doc, err := strict.Decode(name, data, &rules)
	if err != nil {
		l.errs = append(l.errs, err)
		return
	}
	for i := range rules {
		rules[i].File, rules[i].Line = name, doc.Line(i)
	}
	l.set.Rules = append(l.set.Rules, rules...)
}

func (l *loader) compile() {
	s := l.set
	sort.SliceStable(s.Rules, func(i, j int) bool { return s.Rules[i].ID < s.Rules[j].ID })
	for i := range s.Rules {
		r := &s.Rules[i]
		if i > 0 && s.Rules[i-1].ID == r.ID {
			l.fail(r, r.Line, "this id stands twice, also at %s:%d", s.Rules[i-1].File, s.Rules[i-1].Line)
		}
		s.compiled = append(s.compiled, l.rule(r))
	}
	s.index = newIndex(s.compiled)
}

func (l *loader) rule(r *Rule) compiled {
	c := compiled{Rule: r, status: 0xff}
	l.plain(r)
	c.conds = l.compileWhen(r)
	kind := false
	for i := range c.conds {
		switch c.conds[i].f.name {
		case "kind":
			kind = true
		case "deviation":
			if !c.conds[i].not {
				c.needs = c.conds[i].bits
			}
		case "status":
			c.status = statusMask(&c.conds[i])
		}
	}
	if !kind && len(r.Chain) == 0 {
		c.conds = append([]cond{{f: l.set.fields["kind"], spans: []span{{float64(ot.Did), float64(ot.Did)}}}}, c.conds...)
	}
	if len(r.Group) == 0 {
		r.Group = []string{"client", "server"}
	}
	c.group = l.parts(r, r.Group)
	if r.List != "" {
		c.list = l.part(r, r.List)
	}
	if r.Count != nil {
		c.count = l.parts(r, r.Count.By)
		if len(r.Count.By) == 0 {
			c.count = c.group
		}
	}
	if r.Distinct != nil {
		c.of, c.by = l.parts(r, r.Distinct.Of), l.parts(r, r.Distinct.By)
	}
	c.show = l.parts(r, r.Show)
	c.say = l.sentence(r)
	return c
}

func statusMask(c *cond) (mask uint8) {
	for s := range 8 {
		if inSpans(c.spans, float64(s)) != c.not {
			mask |= 1 << s
		}
	}
	return mask
}

// plain checks what needs no compiling.
func (l *loader) plain(r *Rule) {
	need := func(ok bool, what string) {
		if !ok {
			l.fail(r, r.Line, "%s", what)
		}
	}
	need(r.ID != "", "a rule needs an id")
	need(r.Title != "", "a rule needs a title")
	need(r.Say != "", "a rule needs a sentence under say")
	need(r.Level >= 0 && r.Level <= 4, "level goes from 0 to 4")
	need((r.When.Kind != 0) != (len(r.Chain) > 0), "a rule has either when or chain")
	need(r.Play == "" || l.known.Play == nil || l.known.Play(r.Play), "play: no incident type "+r.Play)
	need(r.Play != "", "a rule needs play, the incident type it opens")
	for _, t := range r.Attack {
		need(l.known.Attack == nil || l.known.Attack(t), "attack: no technique "+t)
	}
	if r.Window == 0 {
		r.Window = defaultWindow
	}
	need(r.Count == nil || r.Count.Min >= 2 && r.Count.Over > 0, "count needs min (2 or more) and over")
	need(r.Distinct == nil || r.Distinct.Min >= 2 && r.Distinct.Over > 0 && len(r.Distinct.Of) > 0, "distinct needs of, min (2 or more) and over")
	need(r.Count == nil || r.Distinct == nil, "a rule has count or distinct, not both")
	need(len(r.Chain) == 0 || r.Over > 0, "chain needs over")
	for _, b := range r.By {
		need(b == "source" || b == "target", "by of a chain is source or target")
	}
	fires, silent := false, false
	for _, t := range r.Tests {
		fires, silent = fires || t.Fires != "", silent || t.Silent != ""
		need((t.Fires == "") != (t.Silent == ""), "a test has either fires or silent")
	}
	need(fires && silent, "a rule needs a test that fires and one that is silent")
}

func (l *loader) field(r *Rule, line int, name string) *field {
	f := l.set.fields[name]
	if f == nil {
		var all []string
		for n := range l.set.fields {
			all = append(all, n)
		}
		sort.Strings(all)
		l.fail(r, line, "unknown field %q%s", name, near.Hint(name, all))
	}
	return f
}
