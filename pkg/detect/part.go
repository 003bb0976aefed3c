package detect

import (
	"strconv"
	"strings"

	"otsensor/pkg/ot"
)

// part is one member of a grouping key: a host, an object, or a field's value.
type part struct {
	name string
	host bool // it is one of the two hosts
	key  func(dst []byte, s *Sighting) []byte
	show func(s *Sighting) string // "" when there is nothing to show
}

// hostParts are the parts that are hosts rather than fields.
var hostParts = map[string]func(s *Sighting) ot.Endpoint{
	"client": (*Sighting).Source,
	"server": (*Sighting).Target,
}

// parts finds the parts a rule names under a key; path says where that is.
func (l *loader) parts(r *Rule, names []string, path ...any) []part {
	var all []part
	for i, n := range names {
		if p, ok := l.part(n); ok {
			all = append(all, p)
		} else {
			l.unknown(r, r.line(append(path, i)...), n, "object")
		}
	}
	return all
}

// part finds one part by name.
func (l *loader) part(name string) (part, bool) {
	if host := hostParts[name]; host != nil {
		return part{name: name, host: true,
			key: func(dst []byte, s *Sighting) []byte {
				e := host(s)
				return append(append(dst, e.IP[:]...), e.MAC[:]...)
			},
			show: func(s *Sighting) string { return hostShown(host(s)) }}, true
	}
	if name == "object" {
		return part{name: name, key: objectKey, show: func(s *Sighting) string { return s.engine.facts.Object(&s.O.Did) }}, true
	}
	f := l.set.fields[name]
	if f == nil {
		return part{}, false
	}
	return part{name: name, key: f.key, show: func(s *Sighting) string { v, _ := f.show(s); return v }}, true
}

// piece is a part of a sentence: plain text, or what is put in its place.
type piece struct {
	text string
	show func(s *Sighting) string
}

// sentence compiles say: text with {words}.
func (l *loader) sentence(r *Rule) []piece {
	pieces := make([]piece, 0, 2*strings.Count(r.Say, "{")+1)
	rest := r.Say
	for {
		before, after, found := strings.Cut(rest, "{")
		if strings.Contains(before, "}") {
			l.fail(r, r.line("say"), "say: a } without its {")
		}
		pieces = append(pieces, piece{text: before})
		if !found {
			return pieces
		}
		name, tail, closed := strings.Cut(after, "}")
		if !closed {
			l.fail(r, r.line("say"), "say: a { without its }")
			return pieces
		}
		pieces = append(pieces, piece{show: l.word(r, name)})
		rest = tail
	}
}

// word finds what a word of a sentence stands for: a part, or one of sayWords.
func (l *loader) word(r *Rule, name string) func(s *Sighting) string {
	if show := sayWords[name]; show != nil {
		return show
	}
	p, ok := l.part(name)
	if !ok {
		l.unknown(r, r.line("say"), name, "object", "value", "server_port_name")
	}
	return p.show
}

// sayWords are the words of sentences that are neither hosts nor fields.
var sayWords = map[string]func(s *Sighting) string{
	"value":            func(s *Sighting) string { return Values(&s.O.Did) },
	"server_port_name": portShown,
}

// portShown is the server side's port with its transport: tcp/502.
func portShown(s *Sighting) string {
	if s.O.Conv == nil {
		return ""
	}
	return s.O.Conv.Transport.String() + "/" + strconv.Itoa(int(s.O.Conv.Server.Port))
}

// sentenceOf writes what was seen; a word that stands for nothing reads "unknown".
func (r *compiled) sentenceOf(s *Sighting) string {
	var text strings.Builder
	for _, p := range r.say {
		word := p.text
		if p.show != nil {
			if word = p.show(s); word == "" {
				word = "unknown"
			}
		}
		text.WriteString(word)
	}
	return text.String()
}
