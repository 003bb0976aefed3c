package detect

import (
	"errors"
	"fmt"
	"maps"
	"math"
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"

	"otsensor/pkg/near"
)

// compileWhen reads the mapping under when.
func (l *loader) compileWhen(r *Rule) []cond {
	n := &r.When
	if n.Kind == 0 {
		return nil
	}
	if n.Kind != yaml.MappingNode || len(n.Content) == 0 {
		l.fail(r, n.Line, "when must be a mapping of field to value")
		return nil
	}
	var conds []cond
	seen := make(map[string]int, len(n.Content)/2)
	for i := 0; i+1 < len(n.Content); i += 2 {
		name, value := n.Content[i], n.Content[i+1]
		if first, twice := seen[name.Value]; twice {
			l.fail(r, name.Line, "%q stands twice under when, also on line %d", name.Value, first)
			continue
		}
		seen[name.Value] = name.Line
		f := l.set.fields[name.Value]
		if f == nil {
			l.unknown(r, name.Line, name.Value)
			continue
		}
		c := cond{f: f}
		if wrong, err := c.read(value); err != nil {
			l.fail(r, wrong.Line, "%s: %v", name.Value, err)
			continue
		}
		conds = append(conds, c)
	}
	return conds
}

// read takes a scalar, a list (any of), or a mapping. Beside a mistake it gives where it stands.
func (c *cond) read(n *yaml.Node) (*yaml.Node, error) {
	switch {
	case n.Anchor != "":
		return n, errors.New("anchors and aliases are not allowed here")
	case n.Kind == yaml.ScalarNode:
		return n, c.scalar(n)
	case n.Kind == yaml.SequenceNode:
		return c.list(n)
	case n.Kind == yaml.MappingNode:
		return c.mapping(n)
	}
	return n, errors.New("neither a value, a list nor a mapping")
}

func (c *cond) list(n *yaml.Node) (*yaml.Node, error) {
	if len(n.Content) == 0 {
		return n, errors.New("an empty list matches nothing")
	}
	for _, item := range n.Content {
		if item.Kind != yaml.ScalarNode {
			return item, errors.New("a list holds single values")
		}
		if err := c.scalar(item); err != nil {
			return item, err
		}
	}
	return nil, nil
}

// condWords are the words of a mapping: one of them, or min with max.
var condWords = []string{"min", "max", "not", "prefix", "contains"}

func (c *cond) mapping(n *yaml.Node) (*yaml.Node, error) {
	if len(n.Content) == 0 {
		return n, errors.New("an empty mapping matches nothing")
	}
	sp, ranged := span{0, math.MaxFloat64}, 0
	for i := 0; i+1 < len(n.Content); i += 2 {
		key, value := n.Content[i], n.Content[i+1]
		if i > 0 && (ranged == 0 || key.Value != "min" && key.Value != "max" || key.Value == n.Content[i-2].Value) {
			return key, fmt.Errorf("%q beside %q: only min and max go together", key.Value, n.Content[i-2].Value)
		}
		var err error
		switch key.Value {
		case "not":
			return c.negate(value)
		case "min":
			ranged++
			sp.lo, err = c.bound(key.Value, value)
		case "max":
			ranged++
			sp.hi, err = c.bound(key.Value, value)
		case "prefix":
			err = c.piece(key.Value, value, &c.starts)
		case "contains":
			err = c.piece(key.Value, value, &c.contains)
		default:
			return key, fmt.Errorf("unknown word %q%s", key.Value, near.Hint(key.Value, condWords))
		}
		if err != nil {
			return value, err
		}
	}
	if ranged > 0 && sp.lo > sp.hi {
		return n, errors.New("min is above max, so nothing matches")
	}
	if ranged > 0 {
		c.spans = append(c.spans, sp)
	}
	return nil, nil
}

func (c *cond) negate(value *yaml.Node) (*yaml.Node, error) {
	if c.not {
		return value, errors.New("not inside not")
	}
	c.not = true
	return c.read(value)
}

func (c *cond) bound(key string, n *yaml.Node) (float64, error) {
	v, err := strconv.ParseUint(n.Value, 0, 64)
	if err != nil || n.Kind != yaml.ScalarNode || c.f.num == nil || c.f.words {
		return 0, fmt.Errorf("%s wants a whole number and a numeric field", key)
	}
	return float64(v), nil
}

func (c *cond) piece(key string, n *yaml.Node, to *[][]byte) error {
	if c.f.text == nil || n.Kind != yaml.ScalarNode || n.Value == "" {
		return fmt.Errorf("%s wants a text and a text field", key)
	}
	*to = append(*to, []byte(n.Value))
	return nil
}

// scalar takes one value: a word of the field, a number or a range of them, an address or a text.
func (c *cond) scalar(n *yaml.Node) error {
	v := n.Value
	if n.Tag == "!!null" {
		return errors.New("a value is missing")
	}
	if c.word(v) {
		return nil
	}
	switch {
	case c.f.words || c.f.set != nil:
		return c.f.unknown(v)
	case c.f.addr != nil:
		return c.network(v)
	case c.f.text != nil:
		c.texts = append(c.texts, v)
		return nil
	}
	return c.number(v)
}

// word takes a symbolic value; false when it is none. What is written as a number is a number.
func (c *cond) word(v string) bool {
	if c.f.names == nil {
		return false
	}
	if _, err := strconv.ParseUint(v, 0, 64); err == nil {
		return false
	}
	numbers := c.f.names()[v]
	for _, n := range numbers {
		c.bits |= uint64(n)
		c.spans = append(c.spans, span{n, n})
	}
	return len(numbers) > 0
}

func (c *cond) network(v string) error {
	p, err := netip.ParsePrefix(v)
	if err != nil {
		var a netip.Addr
		if a, err = netip.ParseAddr(v); err == nil {
			p, err = a.Prefix(a.BitLen())
		}
	}
	if err != nil || p.Addr().Zone() != "" {
		return fmt.Errorf("%q is neither an address nor a network such as 10.0.0.0/8", v)
	}
	c.nets = append(c.nets, p)
	return nil
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
		return c.f.unknown(v)
	}
	c.spans = append(c.spans, span{float64(a), float64(b)})
	return nil
}

func (f *field) unknown(v string) error {
	return fmt.Errorf("unknown value %q%s", v, near.Hint(v, f.symbols()))
}

// symbols lists the symbolic values of a field, sorted.
func (f *field) symbols() []string {
	if f.names == nil {
		return nil
	}
	return slices.Sorted(maps.Keys(f.names()))
}
