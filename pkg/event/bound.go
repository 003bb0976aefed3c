package event

import (
	"fmt"
	"slices"
)

// MaxBytes is the most that a record takes as a JSON line. Names and values on
// the wire, a site's own texts and lists of hosts can be long; who reads events
// must not be made to hold more.
const MaxBytes = 16 << 10

// The steps in which an event that is too long is shortened: how many members
// a list keeps, and how many bytes a text. With the last step it always fits.
var steps = [...]struct{ members, bytes int }{{64, 1024}, {32, 256}, {16, 128}, {8, 64}, {4, 48}}

// Bounded gives an event whose record takes at most MaxBytes, with what was left
// off in LeftOff; the event itself when it fits. shortened says which it is.
func Bounded(e *Event) (fits *Event, bytes int, shortened bool) {
	if bytes = e.bytes(); bytes <= MaxBytes {
		return e, bytes, false
	}
	for _, step := range steps {
		s := shortening{members: step.members, bytes: step.bytes}
		fits = s.of(e)
		if bytes = fits.bytes(); bytes <= MaxBytes {
			break
		}
	}
	return fits, bytes, true
}

// bytes is how long the record is.
func (e *Event) bytes() int {
	var n length
	NewWriter(&n).Write(e)
	return int(n)
}

type length int

func (n *length) Write(b []byte) (int, error) { *n += length(len(b)); return len(b), nil }

// shortening makes a shorter copy of an event.
type shortening struct {
	members, bytes int
	texts          int // that were cut
	left           []string
}

func (s *shortening) of(long *Event) *Event {
	e := *long
	e.Why, e.Samples, e.Captures = first(s, "why", e.Why), first(s, "samples", e.Samples), first(s, "captures", e.Captures)
	p := &e.Playbook
	p.Next = first(s, "playbook.next", p.Next)
	for name, list := range map[string]*[]string{"list": &e.List, "playbook.evidence": &p.Evidence, "playbook.containment": &p.Containment, "playbook.do_not": &p.DoNot,
		"playbook.reporting": &p.Reporting, "playbook.severity.basis": &p.Severity.Basis, "attack.techniques": &e.Attack.Techniques, "attack.consequence": &e.Attack.Consequence, "attack.legacy": &e.Attack.Legacy} {
		*list = first(s, name, *list)
		for i := range *list {
			s.cut(&(*list)[i])
		}
	}
	for i := range e.Why {
		s.cut(&e.Why[i].Field, &e.Why[i].Seen, &e.Why[i].Usual, &e.Why[i].Nearest, &e.Why[i].Threshold)
	}
	for i := range e.Samples {
		s.cut(&e.Samples[i].File, &e.Samples[i].Value)
	}
	for i := range p.Next {
		s.cut(&p.Next[i].Do)
	}
	for _, x := range []*Party{&e.Source, &e.Target} {
		s.cut(&x.Name, &x.Role, &x.Vendor, &x.Zone)
	}
	s.cut(&e.What, &e.Object, &e.Rule.Title, &e.Sensor.ID, &e.Sensor.Site, &e.Sensor.Line, &p.IncidentTitle, &p.OnConfirm, &p.OnDismiss,
		&e.Quality.Asset, &e.Quality.Line, &e.Coverage.Filter)
	if s.texts > 0 {
		s.left = append(s.left, fmt.Sprintf("what goes beyond %d bytes of %d texts", s.bytes, s.texts))
	}
	slices.Sort(s.left)
	e.LeftOff = s.left
	return &e
}

// first gives a copy of the first members of a list.
func first[T any](s *shortening, name string, list []T) []T {
	if more := len(list) - s.members; more > 0 {
		s.left = append(s.left, fmt.Sprintf("%d of %d of %s", more, len(list), name))
		list = list[:s.members]
	}
	return slices.Clone(list)
}

// cut shortens texts, at the end of a character.
func (s *shortening) cut(texts ...*string) {
	for _, t := range texts {
		if len(*t) <= s.bytes {
			continue
		}
		at := s.bytes
		for at > 0 && (*t)[at]&0xc0 == 0x80 {
			at--
		}
		*t = (*t)[:at] + "…"
		s.texts++
	}
}
