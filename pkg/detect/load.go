package detect

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"path"
	"slices"
	"sort"

	"otsensor/pkg/near"
	"otsensor/pkg/protocols"
	"otsensor/pkg/strict"
)

// Set is a compiled rule set. It is read-only and may be shared.
type Set struct {
	Rules  []Rule // sorted by id
	SHA256 string // over the files, in order of name

	compiled []compiled
	chains   []int // rules that are chains
	turn     []int // all rules in the order in which they are matched
	fields   map[string]*field
}

// Known says which ids rules may refer to.
type Known struct {
	Play   func(id string) bool // incident types
	Attack func(id string) bool // techniques
}

// NotRules are the data files that lie beside the rules.
var NotRules = map[string]bool{"playbook.yaml": true, "attack.yaml": true}

// OwnFile is a file of rules that people of a site wrote, beside those of the folder.
type OwnFile struct {
	Name string
	Data []byte
}

// Load reads every *.yaml file of a folder that holds rules, and the site's own.
// All mistakes are reported at once, each with file, line and the nearest right word.
func Load(files fs.FS, table []protocols.Protocol, known Known, own ...OwnFile) (*Set, error) {
	names, err := fs.Glob(files, "*.yaml")
	if err != nil {
		return nil, err
	}
	sort.Strings(names)
	l := newLoader(table, known)
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
		l.file(name, data, false)
	}
	for _, f := range own {
		fmt.Fprintf(sum, "own %d\n", len(f.Data))
		sum.Write(f.Data)
		l.file(f.Name, f.Data, true)
	}
	if len(l.set.Rules) == 0 && len(l.errs) == 0 {
		return nil, fmt.Errorf("no rules found: the folder has no *.yaml file with rules")
	}
	l.set.SHA256 = hex.EncodeToString(sum.Sum(nil))
	l.compile()
	if err := errors.Join(l.errs...); err != nil {
		return nil, err
	}
	return l.set, nil
}

// Fields lists what rules may name: name and meaning, sorted.
func (s *Set) Fields() [][2]string {
	var all [][2]string
	for _, name := range slices.Sorted(maps.Keys(s.fields)) {
		all = append(all, [2]string{name, s.fields[name].doc})
	}
	return all
}

// OwnFields lists the fields every observation may have: name and meaning.
func OwnFields() [][2]string {
	var all [][2]string
	for _, f := range append(ownFields(), siteFields()...) {
		all = append(all, [2]string{f.name, f.doc})
	}
	return all
}

type loader struct {
	set       *Set
	known     Known
	chainable []string // ids of rules that a chain may name, sorted
	errs      []error
}

func newLoader(table []protocols.Protocol, known Known) *loader {
	l := &loader{set: &Set{fields: map[string]*field{}}, known: known}
	for _, f := range fieldsOf(table) {
		l.set.fields[f.name] = &f
	}
	return l
}

func (l *loader) fail(r *Rule, line int, format string, args ...any) {
	at := fmt.Sprintf("%s:%d: ", r.File, line)
	if r.ID != "" {
		at += r.ID + ": "
	}
	l.errs = append(l.errs, errors.New(at+fmt.Sprintf(format, args...)))
}

// file reads one file: a list of rules.
func (l *loader) file(name string, data []byte, own bool) {
	var rules []Rule
	doc, err := strict.Decode(name, data, &rules)
	if err != nil {
		l.errs = append(l.errs, err)
		return
	}
	for i := range rules {
		r := &rules[i]
		r.File, r.Own, r.doc, r.place = name, own, doc, i
		r.Line = r.line()
	}
	l.set.Rules = append(l.set.Rules, rules...)
}

// unknown tells of a name that is no field. others are right words in the same place, for the hint.
func (l *loader) unknown(r *Rule, line int, name string, others ...string) {
	all := slices.Sorted(maps.Keys(l.set.fields))
	l.fail(r, line, "unknown field %q%s", name, near.Hint(name, append(all, others...)))
}
