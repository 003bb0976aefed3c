// Package strict reads YAML files in which every key must be known and every mistake has its line.
package strict

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"reflect"
	"strings"

	"go.yaml.in/yaml/v3"
)

// MaxSize is the longest file that is read, bytes.
const MaxSize = 16 << 20

// Doc remembers where in a file things stand.
type Doc struct {
	Name string
	root *yaml.Node
}

// Decode fills into, a pointer to a struct or slice, from a file with one YAML
// document. Anchors and aliases are refused: what is read once is written once.
// All mistakes come together, each as "name:line: …".
func Decode(name string, data []byte, into any) (*Doc, error) {
	if len(data) > MaxSize {
		return nil, fmt.Errorf("%s: longer than %d bytes", name, MaxSize)
	}
	d := &Doc{Name: name, root: &yaml.Node{}}
	dec := yaml.NewDecoder(bytes.NewReader(data))
	var first yaml.Node
	switch err := dec.Decode(&first); {
	case errors.Is(err, io.EOF):
		return nil, fmt.Errorf("%s: the file is empty", name)
	case err != nil:
		return nil, d.syntax(err)
	}
	if err := dec.Decode(&yaml.Node{}); !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("%s: more than one document", name)
	}
	d.root = first.Content[0]
	c := checker{doc: d, types: map[reflect.Type]map[string]reflect.Type{}}
	c.check(d.root, into)
	if len(c.errs) > 0 {
		return nil, errors.Join(c.errs...)
	}
	if err := d.root.Decode(into); err != nil {
		return nil, d.syntax(err)
	}
	return d, nil
}

// Errorf makes an error that names file and line.
func (d *Doc) Errorf(line int, format string, args ...any) error {
	return fmt.Errorf("%s:%d: %s", d.Name, line, fmt.Sprintf(format, args...))
}

// Line is where a value stands: keys and list positions from the top, as in
// Line("steps", 3, "next", 0). Of a path that does not exist it is the line of
// the part that does.
func (d *Doc) Line(path ...any) int {
	n, line := d.root, d.root.Line
	for _, p := range path {
		if n = step(n, p, &line); n == nil {
			break
		}
	}
	return line
}

func step(n *yaml.Node, p any, line *int) *yaml.Node {
	switch p := p.(type) {
	case int:
		if n.Kind == yaml.SequenceNode && p < len(n.Content) {
			*line = n.Content[p].Line
			return n.Content[p]
		}
	case string:
		for i := 0; n.Kind == yaml.MappingNode && i+1 < len(n.Content); i += 2 {
			if n.Content[i].Value == p {
				*line = n.Content[i].Line
				return n.Content[i+1]
			}
		}
	}
	return nil
}

// syntax turns the library's messages into ours: "yaml: line 3: …" and lists of "line 3: …".
func (d *Doc) syntax(err error) error {
	texts := []string{strings.TrimPrefix(err.Error(), "yaml: ")}
	if t := (*yaml.TypeError)(nil); errors.As(err, &t) {
		texts = t.Errors
	}
	var errs []error
	for _, text := range texts {
		var line int
		if _, scan := fmt.Sscanf(text, "line %d:", &line); scan != nil {
			errs = append(errs, fmt.Errorf("%s: %s", d.Name, text))
			continue
		}
		_, rest, _ := strings.Cut(text, ": ")
		errs = append(errs, d.Errorf(line, "%s", rest))
	}
	return errors.Join(errs...)
}
