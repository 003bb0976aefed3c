package playbook

import (
	"slices"
	"strings"

	"otsensor/pkg/near"
	"otsensor/pkg/strict"
)

// end is the next of a step that ends the playbook.
const end = "end"

// checker checks that every id refers to something, and that everything is referred to.
type checker struct {
	p           *Profile
	book, table *strict.Doc
	errs        []error
	sets        []*set
}

// set is the ids of one kind.
type set struct {
	kind  string
	doc   *strict.Doc
	path  []any
	ids   []string
	used  map[string]bool
	loose bool // entries may stay unused
}

func (c *checker) fail(doc *strict.Doc, path []any, format string, args ...any) {
	c.errs = append(c.errs, doc.Errorf(doc.Line(path...), format, args...))
}

// define makes the ids of a list known; the path is where the list stands.
func (c *checker) define(doc *strict.Doc, kind string, ids []string, path ...any) *set {
	s := &set{kind: kind, doc: doc, path: path, ids: ids, used: map[string]bool{}}
	for i, id := range ids {
		if id == "" {
			c.fail(doc, s.at(i), "%s without an id", kind)
		} else if first := slices.Index(ids, id); first < i {
			c.fail(doc, s.at(i), "%s %s stands twice, also on line %d", kind, id, doc.Line(s.at(first)...))
		}
	}
	c.sets = append(c.sets, s)
	return s
}

// at is where an entry of the set stands.
func (s *set) at(i int) []any { return append(slices.Clone(s.path), i) }

// refs checks ids that refer to a set; the path is where their list, or the one id, stands.
func (c *checker) refs(s *set, doc *strict.Doc, ids []string, path ...any) {
	for i, id := range ids {
		at := append(slices.Clone(path), i)
		if !slices.Contains(s.ids, id) {
			c.fail(doc, at, "no %s %q%s", s.kind, id, near.Hint(id, s.ids))
		} else if slices.Index(ids, id) < i {
			c.fail(doc, at, "%s %q is named twice", s.kind, id)
		}
		s.used[id] = true
	}
}

func (c *checker) ref(s *set, doc *strict.Doc, id string, path ...any) {
	c.refs(s, doc, []string{id}, path...)
}

// texts checks that what people read is there: key, text, key, text, …
func (c *checker) texts(doc *strict.Doc, path []any, pairs ...string) {
	for i := 0; i < len(pairs); i += 2 {
		at := append(slices.Clone(path), pairs[i])
		if strings.TrimSpace(pairs[i+1]) == "" {
			c.fail(doc, at, "%s is missing", pairs[i])
		}
		c.placeholders(doc, at, pairs[i+1])
	}
}

// placeholderNames are what a sentence may leave open.
var placeholderNames = []string{"asset", "line", "ticket"}

func (c *checker) placeholders(doc *strict.Doc, path []any, text string) {
	for {
		_, rest, found := strings.Cut(text, "{")
		if !found {
			return
		}
		word, tail, closed := strings.Cut(rest, "}")
		if !closed || !slices.Contains(placeholderNames, word) {
			c.fail(doc, path, "unknown placeholder {%s}%s", word, near.Hint(word, placeholderNames))
		}
		text = tail
	}
}

// between checks a number.
func (c *checker) between(n, lo, hi int, path ...any) {
	if n < lo || n > hi {
		c.fail(c.book, path, "%s is %d; it goes from %d to %d", path[len(path)-1], n, lo, hi)
	}
}

// unused reports entries that nothing refers to.
func (c *checker) unused() {
	for _, s := range c.sets {
		for i, id := range s.ids {
			if id != "" && !s.loose && !s.used[id] {
				c.fail(s.doc, s.at(i), "%s %s is used nowhere", s.kind, id)
			}
		}
	}
}

// reachable reports steps that no way leads to from the first one.
func (c *checker) reachable() {
	reached := map[string]bool{}
	var visit func(id string)
	visit = func(id string) {
		s, ok := c.p.steps[id]
		if !ok || reached[id] {
			return
		}
		reached[id] = true
		for _, next := range s.Next {
			visit(next)
		}
	}
	if len(c.p.Steps) > 0 {
		visit(c.p.Steps[0].ID)
	}
	for i, s := range c.p.Steps {
		if !reached[s.ID] {
			c.fail(c.book, []any{"steps", i}, "no way leads to step %s", s.ID)
		}
	}
}
