package strict

import (
	"fmt"
	"math"
	"reflect"
	"strings"

	"go.yaml.in/yaml/v3"

	"otsensor/pkg/near"
)

// checker compares a tree with the type it will fill.
type checker struct {
	doc   *Doc
	errs  []error
	types map[reflect.Type]map[string]reflect.Type // of the fields of each struct met, by key
}

func (c *checker) fail(n *yaml.Node, format string, args ...any) {
	c.errs = append(c.errs, c.doc.Errorf(n.Line, format, args...))
}

func (c *checker) check(n *yaml.Node, into any) { c.node(n, reflect.TypeOf(into)) }

var (
	unmarshaler = reflect.TypeFor[yaml.Unmarshaler]()
	anyNode     = reflect.TypeFor[yaml.Node]()
)

func (c *checker) node(n *yaml.Node, t reflect.Type) {
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	switch {
	case n.Kind == yaml.AliasNode || n.Anchor != "":
		c.fail(n, "anchors and aliases are not allowed here")
	case n.Kind == yaml.ScalarNode && n.Tag == "!!str" && t.Kind() == reflect.String: // as most are
	case t == anyNode || reflect.PointerTo(t).Implements(unmarshaler) || n.Tag == "!!null":
	case t.Kind() == reflect.Struct:
		c.keys(n, t)
	case t.Kind() == reflect.Map:
		c.pairs(n, t)
	case t.Kind() == reflect.Slice:
		c.items(n, t)
	default:
		c.scalar(n, t)
	}
}

func (c *checker) keys(n *yaml.Node, t reflect.Type) {
	if n.Kind != yaml.MappingNode {
		c.fail(n, "expects keys with values: %s", strings.Join(keysOf(t), ", "))
		return
	}
	types := c.types[t]
	if types == nil {
		types = typesOf(t)
		c.types[t] = types
	}
	seen := make(map[string]int, len(n.Content)/2)
	for i := 0; i+1 < len(n.Content); i += 2 {
		key := n.Content[i]
		if first, twice := seen[key.Value]; twice {
			c.fail(key, "%q stands twice, also on line %d", key.Value, first)
		}
		seen[key.Value] = key.Line
		if f, ok := types[key.Value]; ok {
			c.node(n.Content[i+1], f)
		} else {
			c.fail(key, "unknown key %q%s", key.Value, near.Hint(key.Value, keysOf(t)))
		}
	}
}

func (c *checker) pairs(n *yaml.Node, t reflect.Type) {
	if n.Kind != yaml.MappingNode {
		c.fail(n, "expects names with values")
		return
	}
	seen := map[string]int{}
	for i := 0; i+1 < len(n.Content); i += 2 {
		key := n.Content[i]
		if first, twice := seen[key.Value]; twice {
			c.fail(key, "%q stands twice, also on line %d", key.Value, first)
		}
		seen[key.Value] = key.Line
		c.node(n.Content[i+1], t.Elem())
	}
}

func (c *checker) items(n *yaml.Node, t reflect.Type) {
	if n.Kind != yaml.SequenceNode {
		c.fail(n, "expects a list")
		return
	}
	for _, item := range n.Content {
		c.node(item, t.Elem())
	}
}

func (c *checker) scalar(n *yaml.Node, t reflect.Type) {
	if n.Kind != yaml.ScalarNode {
		c.fail(n, "expects %s", kindWords(t))
		return
	}
	v := reflect.New(t)
	if err := n.Decode(v.Interface()); err != nil || !exact(n, v.Elem()) {
		c.fail(n, "%q is not %s", n.Value, kindWords(t))
	}
}

// exact refuses what the library would round (1.5 as 1) or no threshold can be (.nan, .inf).
func exact(n *yaml.Node, v reflect.Value) bool {
	switch {
	case v.CanInt() || v.CanUint():
		return n.ShortTag() == "!!int"
	case v.CanFloat():
		return !math.IsNaN(v.Float()) && !math.IsInf(v.Float(), 0)
	}
	return true
}

func kindWords(t reflect.Type) string {
	switch t.Kind() {
	case reflect.Bool:
		return "true or false"
	case reflect.Float32, reflect.Float64:
		return "a number"
	case reflect.String:
		return "a text"
	case reflect.Uint8, reflect.Uint16, reflect.Uint32:
		return fmt.Sprintf("a whole number from 0 to %d", uint64(1)<<t.Bits()-1)
	default:
		return "a whole number"
	}
}

func keysOf(t reflect.Type) []string {
	var all []string
	for i := range t.NumField() {
		if key := keyOf(t, i); key != "" {
			all = append(all, key)
		}
	}
	return all
}

// keyOf is the key of a field, "" for one that has none.
func keyOf(t reflect.Type, i int) string {
	key, _, _ := strings.Cut(t.Field(i).Tag.Get("yaml"), ",")
	if key == "-" {
		return ""
	}
	return key
}

// typesOf are the types of a struct's fields by key.
func typesOf(t reflect.Type) map[string]reflect.Type {
	all := map[string]reflect.Type{}
	for i := range t.NumField() {
		if key := keyOf(t, i); key != "" {
			all[key] = t.Field(i).Type
		}
	}
	return all
}

// Keys lists every key of a file's type, those of nested types too, each once.
func Keys(file any) []string {
	seen := map[string]bool{}
	var all []string
	var walk func(t reflect.Type)
	walk = func(t reflect.Type) {
		for t.Kind() == reflect.Pointer || t.Kind() == reflect.Slice || t.Kind() == reflect.Map {
			t = t.Elem()
		}
		if t.Kind() != reflect.Struct {
			return
		}
		types := typesOf(t)
		for _, key := range keysOf(t) {
			if !seen[key] {
				seen[key] = true
				all = append(all, key)
			}
			walk(types[key])
		}
	}
	walk(reflect.TypeOf(file))
	return all
}
