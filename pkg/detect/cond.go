package detect

import (
	"bytes"
	"fmt"
	"maps"
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"

	"otsensor/pkg/near"
)

// cond is one line of a rule's when: a field and what it must be.
type cond struct {
	f        *field
	not      bool
	spans    []span
	texts    []string
	starts   []string
	contains []string
	nets     []netip.Prefix
	bits     uint64
}

// span is an inclusive range of numbers.
type span struct{ lo, hi float64 }

func (c *cond) match(s *Sighting) bool {
	switch {
	case c.f.set != nil:
		return (c.f.set(s)&c.bits != 0) != c.not
	case c.f.num != nil:
		n, ok := c.f.num(s)
		return ok && inSpans(c.spans, n) != c.not
	case c.f.addr != nil:
		a, ok := c.f.addr(s)
		return ok && inNets(c.nets, a) != c.not
	default:
		b, ok := c.f.text(s)
		return ok && c.inTexts(b) != c.not
	}
}

func inSpans(spans []span, n float64) bool {
	for _, sp := range spans {
		if n >= sp.lo && n <= sp.hi {
			return true
		}
	}
	return false
}

func inNets(nets []netip.Prefix, a netip.Addr) bool {
	for _, p := range nets {
		if p.Contains(a) {
			return true
		}
	}
	return false
}

func (c *cond) inTexts(b []byte) bool {
	for _, t := range c.texts {
		if string(b) == t {
			return true
		}
	}
	for _, t := range c.starts {
		if bytes.HasPrefix(b, []byte(t)) {
			return true
		}
	}
	for _, t := range c.contains {
		if bytes.Contains(b, []byte(t)) {
			return true
		}
	}
	return false
}

// compileWhen reads the mapping under when.
func (l *loader) compileWhen(r *Rule) []cond {
	n := &r.When
	if n.Kind == 0 {
		return nil
	}
	if n.Kind != yaml.MappingNode {
		l.fail(r, n.Line, "when must be a mapping of field to value")
		return nil
	}
	var conds []cond
	for i := 0; i+1 < len(n.Content); i += 2 {
		name, value := n.Content[i], n.Content[i+1]
		f := l.field(r, name.Line, name.Value)
		if f == nil {
			continue
		}
		c := cond{f: f}
		if err := c.read(value); err != nil {
			l.fail(r, value.Line, "%s: %v", name.Value, err)
			continue
		}
		conds = append(conds, c)
	}
	return conds
}

// read takes a scalar, a list (any of), or a mapping with min and max, prefix, contains or not.
func (c *cond) read(n *yaml.Node) error {
	switch n.Kind {
	case yaml.ScalarNode:
		return c.scalar(n.Value)
	case yaml.SequenceNode:
		for _, item := range n.Content {
			if item.Kind != yaml.ScalarNode {
				return fmt.Errorf("line %d: a list holds single values", item.Line)
			}
			if err := c.scalar(item.Value); err != nil {
				return err
			}
		}
		if len(n.Content) == 0 {
			return fmt.Errorf("an empty list matches nothing")
		}
		return nil
	case yaml.MappingNode:
		return c.mapping(n)
	}
	return fmt.Errorf("neither a value, a list nor a mapping")
}

func (c *cond) mapping(n *yaml.Node) error {
	sp := span{-1e300, 1e300}
	ranged := false
	for i := 0; i+1 < len(n.Content); i += 2 {
		key, value := n.Content[i].Value, n.Content[i+1]
		switch key {
		case "not":
			if c.not {
				return fmt.Errorf("not inside not")
			}
			c.not = true
			if err := c.read(value); err != nil {
				return err
			}
		case "min", "max":
			v, err := strconv.ParseFloat(value.Value, 64)
			if err != nil || c.f.num == nil {
				return fmt.Errorf("%s wants a number and a numeric field", key)
			}
			ranged = true
			if key == "min" {
				sp.lo = v
			} else {
				sp.hi = v
			}
		case "prefix", "contains":
			if c.f.text == nil {
				return fmt.Errorf("%s wants a text field", key)
			}
			if key == "prefix" {
				c.starts = append(c.starts, value.Value)
			} else {
				c.contains = append(c.contains, value.Value)
			}
		default:
			return fmt.Errorf("unknown word %q%s", key, near.Hint(key, []string{"min", "max", "not", "prefix", "contains"}))
		}
	}
	if ranged {
		c.spans = append(c.spans, sp)
	}
	return nil
}

func (c *cond) scalar(v string) error {
	if _, err := strconv.ParseUint(v, 0, 64); err != nil && c.f.names != nil {
		if numbers := c.f.names()[v]; len(numbers) > 0 {
			for _, n := range numbers {
				c.bits |= uint64(n)
				c.spans = append(c.spans, span{n, n})
			}
			return nil
		}
	}
	switch {
	case c.f.set != nil:
		return fmt.Errorf("unknown value %q%s", v, near.Hint(v, c.f.symbols()))
	case c.f.addr != nil:
		p, err := netip.ParsePrefix(v)
		if a, err2 := netip.ParseAddr(v); err2 == nil {
			p, err = netip.PrefixFrom(a, a.BitLen()), nil
		}
		c.nets = append(c.nets, p)
		return err
	case c.f.text != nil:
		c.texts = append(c.texts, v)
		return nil
	}
	return c.number(v)
}

// number reads 12, 0x4b or 12-20.
func (c *cond) number(v string) error {
	lo, hi, ranged := strings.Cut(v, "-")
	a, err := strconv.ParseUint(lo, 0, 64)
	b := a
	if err == nil && ranged {
		b, err = strconv.ParseUint(hi, 0, 64)
	}
	if err != nil || b < a {
		return fmt.Errorf("unknown value %q%s", v, near.Hint(v, c.f.symbols()))
	}
	c.spans = append(c.spans, span{float64(a), float64(b)})
	return nil
}

// symbols lists the symbolic values of a field, sorted.
func (f *field) symbols() []string {
	if f.names == nil {
		return nil
	}
	return slices.Sorted(maps.Keys(f.names()))
}

// show writes a field's value for people; ok is false when it is absent.
func (f *field) show(s *Sighting) (string, bool) {
	switch {
	case f.set != nil:
		bits := f.set(s)
		var on []string
		for _, name := range f.symbols() {
			if bits&uint64(f.names()[name][0]) != 0 {
				on = append(on, name)
			}
		}
		return strings.Join(on, ", "), len(on) > 0
	case f.num != nil:
		n, ok := f.num(s)
		if !ok {
			return "", false
		}
		if f.label != nil {
			if name := f.label(n); name != "" {
				return name, true
			}
		}
		return strconv.FormatFloat(n, 'f', -1, 64), true
	case f.addr != nil:
		a, ok := f.addr(s)
		return a.String(), ok
	default:
		b, ok := f.text(s)
		return string(b), ok
	}
}
