package detect

import (
	"net/netip"
	"slices"
	"sync"

	"otsensor/pkg/baseline"
	"otsensor/pkg/ot"
	"otsensor/pkg/protocols"
)

// Host is what the judge knows of one end.
type Host struct {
	Role        string // controller, hmi, engineering, historian, infrastructure, client, unknown
	Zone        string
	Engineering bool // named as an engineering host in the site file
	Scanner     bool // named as an approved scanner in the site file
	Safety      bool
	Unlisted    bool   // the site file lists assets, and this host is none of them
	GxP         string // direct, indirect or none, as the site file says; "" when it does not
	Purpose     string // what the site file says it is for: inspection, environment, labelling, records
	Batch       bool   // its line makes product now, as far as the line's phase was seen
}

// Critical is what the site file says of a value that is written.
type Critical struct {
	Name   string // of the critical parameter, "" when it is none
	Breach uint8  // bits: in which ways the write is not as the site file has it
}

// The ways of a breach.
const (
	BeyondLimits uint8 = 1 << iota
	WrongWriter
	WrongPhase
)

// Sighting is one observation as rules see it.
type Sighting struct {
	O *ot.Observation
	W baseline.Weight

	engine         *Engine
	client, server Host
	hosts          bool
}

// Client is what is known of the asking side.
func (s *Sighting) Client() Host { s.lookUp(); return s.client }

// Server is what is known of the answering side.
func (s *Sighting) Server() Host { s.lookUp(); return s.server }

func (s *Sighting) lookUp() {
	if !s.hosts {
		s.hosts = true
		s.client, s.server = s.engine.facts.Host(s.Source()), s.engine.facts.Host(s.Target())
	}
}

// bytes copies a word so that it reads like a view; it lasts until the next.
func (s *Sighting) bytes(word string) []byte {
	s.engine.text = append(s.engine.text[:0], word...)
	return s.engine.text
}

// Source is who acted: the client, or who claims or asks for an address.
func (s *Sighting) Source() ot.Endpoint {
	switch o := s.O; {
	case o.Kind == ot.Asked:
		return ot.Endpoint{IP: o.Claim.Asker, MAC: macIfNoIP(o.Claim.Asker, o.Claim.MAC)}
	case s.claim():
		return ot.Endpoint{IP: o.Claim.IP, MAC: macIfNoIP(o.Claim.IP, o.Claim.MAC)}
	default:
		return o.Conv.Client
	}
}

// Target is who was acted upon: the server, the address looked for, or the
// host a claim is about.
func (s *Sighting) Target() ot.Endpoint {
	switch o := s.O; {
	case o.Kind == ot.Asked:
		return ot.Endpoint{IP: o.Claim.IP}
	case s.claim():
		return s.Source()
	default:
		return o.Conv.Server
	}
}

// claim reports whether the sighting is about an address rather than a
// conversation. A MAC that changed within a conversation is one too: either end
// may have changed it.
func (s *Sighting) claim() bool {
	return s.O.Conv == nil || s.O.Kind == ot.Claimed || s.O.Kind == ot.Asked
}

func macIfNoIP(ip [16]byte, mac [6]byte) [6]byte {
	if ip == [16]byte{} {
		return mac
	}
	return [6]byte{}
}

// field is one thing a rule may name. Exactly one getter is set.
type field struct {
	name  string
	doc   string
	num   func(s *Sighting) (float64, bool)
	text  func(s *Sighting) ([]byte, bool)
	addr  func(s *Sighting) (netip.Addr, bool)
	set   func(s *Sighting) uint64
	names func() map[string][]float64 // symbolic values of num, bits of set; nil when it has none
	label func(n float64) string
	words bool // a rule names its values by word only

	proto    ot.Proto               // whose transactions alone have it, NoProto for any
	looked   bool                   // told by the look of an observation
	byCode   bool                   // of transactions: told by protocol, verb and code alone, or absent
	of       func(code uint32) bool // whose transactions alone have it, nil for any
	critical bool                   // of what the site file says of values
}

func enum[T ~uint8](name, doc string, count int, get func(s *Sighting) (T, bool), text func(T) string) field {
	names := map[string][]float64{}
	for i := range count {
		if n := text(T(i)); n != "" {
			names[n] = append(names[n], float64(i))
		}
	}
	f := field{name: name, doc: doc, names: fixed(names), words: true}
	f.num = func(s *Sighting) (float64, bool) { v, ok := get(s); return float64(v), ok }
	f.label = func(n float64) string { return text(T(n)) }
	return f
}

func fixed(names map[string][]float64) func() map[string][]float64 {
	return func() map[string][]float64 { return names }
}

func boolean(name, doc string, get func(s *Sighting) bool) field {
	return field{name: name, doc: doc, words: true, names: fixed(map[string][]float64{"false": {0}, "true": {1}}),
		num: func(s *Sighting) (float64, bool) {
			if get(s) {
				return 1, true
			}
			return 0, true
		},
		label: func(n float64) string { return [...]string{"false", "true"}[int(n)] }}
}

func number(name, doc string, get func(s *Sighting) (uint64, bool)) field {
	return field{name: name, doc: doc, num: func(s *Sighting) (float64, bool) { n, ok := get(s); return float64(n), ok }}
}

// did makes a getter that is present for transactions and what names one.
func did(get func(t *ot.Transaction) uint32) func(s *Sighting) (uint64, bool) {
	return func(s *Sighting) (uint64, bool) {
		return uint64(get(&s.O.Did)), s.O.Kind == ot.Did || s.O.Kind == ot.Odd
	}
}

func isDid(s *Sighting) bool { return s.O.Kind == ot.Did }

// fieldsOf lists all fields: the sensor's own and those of every protocol.
func fieldsOf(table []protocols.Protocol) []field {
	all := append(ownFields(), siteFields()...)
	for i := range all {
		all[i].looked = slices.Contains(lookTells, all[i].name)
	}
	for i := range table {
		row := &table[i]
		for j := range row.Fields {
			all = append(all, protocolField(row, &row.Fields[j]))
		}
	}
	return all
}

func protocolField(row *protocols.Protocol, pf *protocols.Field) field {
	f := field{name: pf.Name, doc: pf.Doc, byCode: pf.ByCode, of: pf.Of, proto: row.Proto}
	here := func(s *Sighting) bool {
		return s.O.Did.Proto == row.Proto && (s.O.Kind == ot.Did || s.O.Kind == ot.Odd)
	}
	if pf.Text != nil {
		f.text = func(s *Sighting) ([]byte, bool) {
			if !here(s) {
				return nil, false
			}
			b := pf.Text(&s.O.Did)
			return b, b != nil
		}
		return f
	}
	f.num = func(s *Sighting) (float64, bool) {
		if !here(s) {
			return 0, false
		}
		n, ok := pf.Num(&s.O.Did)
		return float64(n), ok
	}
	if pf.Names != nil {
		f.label = func(n float64) string { return pf.Names(uint64(n)) }
		f.names = sync.OnceValue(func() map[string][]float64 { return namesOf(row, pf) })
	}
	return f
}

// namesOf finds the symbolic values of a protocol's field, for fields that a
// rule names a value of.
func namesOf(row *protocols.Protocol, pf *protocols.Field) map[string][]float64 {
	names := map[string][]float64{}
	pf.Named(row.Codes, func(n uint64) {
		if name := pf.Names(n); name != "" {
			names[name] = append(names[name], float64(n))
		}
	})
	return names
}
