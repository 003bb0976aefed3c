package detect

import (
	"encoding/binary"
	"math"
	"strconv"
	"strings"

	"otsensor/pkg/ot"
)

// part is one member of a grouping key: a host, or a field's value.
type part struct {
	name string
	key  func(dst []byte, s *Sighting) []byte
	show func(s *Sighting) string
}

// hostParts are the parts that are hosts rather than fields.
var hostParts = map[string]func(s *Sighting) ot.Endpoint{
	"client": (*Sighting).Source,
	"server": (*Sighting).Target,
}

func (l *loader) parts(r *Rule, names []string) []part {
	var all []part
	for _, n := range names {
		all = append(all, l.part(r, n))
	}
	return all
}

func (l *loader) part(r *Rule, name string) part {
	if host := hostParts[name]; host != nil {
		return part{name: name,
			key: func(dst []byte, s *Sighting) []byte {
				e := host(s)
				return append(append(dst, e.IP[:]...), e.MAC[:]...)
			},
			show: func(s *Sighting) string { return host(s).HostString() }}
	}
	if name == "object" {
		return part{name: name, key: objectKey, show: func(s *Sighting) string { return s.engine.facts.Object(&s.O.Did) }}
	}
	f := l.field(r, r.Line, name)
	if f == nil {
		return part{name: name, key: func(dst []byte, _ *Sighting) []byte { return dst }, show: func(*Sighting) string { return "" }}
	}
	return part{name: name, key: f.key, show: func(s *Sighting) string { v, _ := f.show(s); return v }}
}

// objectKey is what was touched: unit, area, block and first address, and the name.
func objectKey(dst []byte, s *Sighting) []byte {
	t := &s.O.Did
	for _, n := range [...]uint32{t.Unit, t.Object.Area, t.Object.Block, t.Object.Addr} {
		dst = binary.BigEndian.AppendUint32(dst, n)
	}
	return append(dst, t.Name...)
}

// key appends a field's value to a grouping key, with a mark that ends it.
func (f *field) key(dst []byte, s *Sighting) []byte {
	switch {
	case f.num != nil:
		n, ok := f.num(s)
		if !ok {
			return append(dst, 0xff)
		}
		return binary.BigEndian.AppendUint64(dst, math.Float64bits(n))
	case f.set != nil:
		return binary.BigEndian.AppendUint64(dst, f.set(s))
	case f.addr != nil:
		a, _ := f.addr(s)
		b := a.As16()
		return append(dst, b[:]...)
	default:
		b, _ := f.text(s)
		return append(append(dst, b...), 0)
	}
}

// piece is a part of a sentence: plain text, or a field in its place.
type piece struct {
	text string
	show func(s *Sighting, o *open) string
}

// sentence compiles say: text with {fields}.
func (l *loader) sentence(r *Rule) []piece {
	var pieces []piece
	rest := r.Say
	for {
		before, after, found := strings.Cut(rest, "{")
		pieces = append(pieces, piece{text: before})
		if !found {
			return pieces
		}
		name, tail, closed := strings.Cut(after, "}")
		if !closed {
			l.fail(r, r.Line, "say: a { without its }")
			return pieces
		}
		pieces = append(pieces, piece{show: l.word(r, name)})
		rest = tail
	}
}

func (l *loader) word(r *Rule, name string) func(s *Sighting, o *open) string {
	switch name {
	case "value":
		return func(s *Sighting, _ *open) string { return Values(&s.O.Did) }
	case "count":
		return func(_ *Sighting, o *open) string { return strconv.FormatUint(o.hits, 10) }
	case "server_port_name":
		return func(s *Sighting, _ *open) string {
			if s.O.Conv == nil {
				return ""
			}
			return s.O.Conv.Transport.String() + "/" + strconv.Itoa(int(s.O.Conv.Server.Port))
		}
	case "source", "target":
		name = map[string]string{"source": "client", "target": "server"}[name]
	}
	p := l.part(r, name)
	return func(s *Sighting, _ *open) string { return p.show(s) }
}

// shownValues is how many values are written out.
const shownValues = 8

// Values writes the values of a transaction for people, "" when it has none.
func Values(t *ot.Transaction) string {
	n := t.Points()
	var b []byte
	for i := range min(n, shownValues) {
		if i > 0 {
			b = append(b, ", "...)
		}
		b = strconv.AppendFloat(b, t.Point(i), 'g', 7, 64)
	}
	if n > shownValues {
		b = append(append(b, ", … "...), strconv.Itoa(n)...)
		b = append(b, " values"...)
	}
	return string(b)
}
