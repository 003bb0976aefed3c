package baseline

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"otsensor/pkg/near"
	"otsensor/pkg/ot"
)

// attr is one key=value of a line: how it is written, how it is read.
type attr[T any] struct {
	key  string
	stat bool                          // statistics: two lines that differ only here mean the same
	put  func(dst []byte, e *T) []byte // appends the value, nothing where there is none
	take func(e *T, text string) error
}

// field makes an attribute of a field and the two halves of its notation.
// A zero value is not written.
func field[T any, V comparable](key string, stat bool, at func(*T) *V, put func([]byte, V) []byte, read func(string) (V, error)) attr[T] {
	return attr[T]{key, stat,
		func(dst []byte, e *T) []byte {
			var zero V
			if v := *at(e); v != zero {
				return put(dst, v)
			}
			return dst
		},
		func(e *T, text string) (err error) {
			*at(e), err = read(text)
			return err
		},
	}
}

// list makes an attribute of a list with commas.
func list[T, V any](key string, limit int, at func(*T) *[]V, put func([]byte, V) []byte, read func(string) (V, error)) attr[T] {
	return attr[T]{key, false,
		func(dst []byte, e *T) []byte {
			for i, v := range *at(e) {
				if i > 0 {
					dst = append(dst, ',')
				}
				dst = put(dst, v)
			}
			return dst
		},
		func(e *T, text string) error {
			*at(e) = slices.Grow(*at(e), min(strings.Count(text, ",")+1, limit))
			for text != "" {
				word, rest := cutList(text)
				v, err := read(word)
				if err != nil {
					return err
				}
				if *at(e) = append(*at(e), v); len(*at(e)) > limit {
					return fmt.Errorf("more than %d entries", limit)
				}
				text = rest
			}
			return nil
		},
	}
}

// statistic makes an attribute one in which two lines that mean the same may differ.
func statistic[T any](a attr[T]) attr[T] {
	a.stat = true
	return a
}

// cutList takes the first entry of a list; a comma within quotes does not part.
func cutList(text string) (word, rest string) {
	quoted := false
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case c == '\\' && quoted:
			i++
		case c == '"':
			quoted = !quoted
		case c == ',' && !quoted:
			return text[:i], text[i+1:]
		}
	}
	return text, ""
}

// standing gives the attributes every line ends with.
func standing[T any](of func(*T) *Standing) []attr[T] {
	return []attr[T]{
		field("count", true, func(e *T) *uint64 { return &of(e).Count }, putUint64, readUint64),
		field("minutes", true, func(e *T) *uint64 { return &of(e).Minutes }, putUint64, readUint64),
		field("first", true, func(e *T) *int64 { return &of(e).First }, putTime, readTime),
		field("last", true, func(e *T) *int64 { return &of(e).Last }, putTime, readTime),
		field("why", true, func(e *T) *string { return &of(e).Why }, strconv.AppendQuote, readQuoted),
	}
}

// pulse gives the attributes of a beat.
func pulse[T any](of func(*T) *Beat) []attr[T] {
	return []attr[T]{
		{"every", true,
			func(dst []byte, e *T) []byte {
				if b := of(e); b.Every > 0 {
					dst = putSpan(dst, b.Every)
					dst = putSpan(append(dst, "±"...), b.Spread)
				}
				return dst
			},
			func(e *T, text string) (err error) { of(e).Every, of(e).Spread, err = readPeriod(text); return err },
		},
		field("gap", true, func(e *T) *int64 { return &of(e).Gap }, putSpan, readSpan),
	}
}

// act gives the attributes of an act that are not in the head of its line.
func act[T any](of func(*T) *Act) []attr[T] {
	return []attr[T]{
		field("unit", false, func(e *T) *uint32 { return &of(e).Unit }, putUint32, readUint32),
		field("code", false, func(e *T) *uint32 { return &of(e).Code }, putUint32, readUint32),
		field("area", false, func(e *T) *uint32 { return &of(e).Area }, putUint32, readUint32),
		field("block", false, func(e *T) *uint32 { return &of(e).Block }, putUint32, readUint32),
	}
}

var hostAttrs = append([]attr[Host]{
	list("vlan", maxVLANs, func(h *Host) *[]uint16 { return &h.VLANs }, putUint16, readUint16),
	list("serves", maxServices, func(h *Host) *[]Port { return &h.Serves }, putPort, readPort),
	field("gap", true, func(h *Host) *int64 { return &h.Gap }, putSpan, readSpan),
}, standing(func(h *Host) *Standing { return &h.Standing })...)

var macAttrs = standing(func(m *MAC) *Standing { return &m.Standing })

var identityAttrs = slices.Concat(
	[]attr[Identity]{
		field("behind", false, func(i *Identity) *string { return &i.Behind }, strconv.AppendQuote, readQuoted),
		field("source", false, func(i *Identity) *string { return &i.Source }, strconv.AppendQuote, readQuoted),
	},
	factAttrs(), standing(func(i *Identity) *Standing { return &i.Standing }))

func factAttrs() (all []attr[Identity]) {
	for f := range ot.FactCount {
		all = append(all, field(ot.Fact(f).String(), false, func(i *Identity) *string { return &i.Facts[f] }, strconv.AppendQuote, readQuoted))
	}
	return all
}

var conversationAttrs = slices.Concat(
	[]attr[Conversation]{
		{"speaks", false, putSpeaks, takeSpeaks},
		field("answered", false, func(c *Conversation) *bool { return &c.Unanswered }, putNo, readNo),
		field("hours", false, func(c *Conversation) *Week { return &c.Hours }, putWeek, readWeek),
		field("peak", true, func(c *Conversation) *uint64 { return &c.Peak }, putUint64, readUint64),
		field("writes", true, func(c *Conversation) *uint32 { return &c.Writes }, putUint32, readUint32),
		field("openings", true, func(c *Conversation) *uint32 { return &c.Openings }, putUint32, readUint32),
		field("latency", true, func(c *Conversation) *Latency { return &c.Latency }, putLatency, readLatency),
		field("acts", true, func(c *Conversation) *uint64 { return &c.Acts }, putUint64, readUint64),
		field("kinds", true, func(c *Conversation) *uint64 { return &c.Kinds }, putUint64, readUint64),
		field("once", true, func(c *Conversation) *uint64 { return &c.Once }, putUint64, readUint64),
	},
	pulse(func(c *Conversation) *Beat { return &c.Beat }),
	standing(func(c *Conversation) *Standing { return &c.Standing }))

var habitAttrs = slices.Concat(
	act(func(h *Habit) *Act { return &h.Act }),
	[]attr[Habit]{
		objects("addr", false), objects("within", true),
		{"names", false, putNames, takeNames},
		{"lead", true, putLead, takeLead},
	},
	pulse(func(h *Habit) *Beat { return &h.Beat }),
	statusAttrs(), standing(func(h *Habit) *Standing { return &h.Standing }))

// objects are written as addr when each is a request shape, as within when merged.
func objects(key string, loose bool) attr[Habit] {
	l := list(key, MaxObjects, func(h *Habit) *[]Range { return &h.Objects }, putRange, readRange)
	put, take := l.put, l.take
	l.put = func(dst []byte, h *Habit) []byte {
		if h.Loose == loose {
			return put(dst, h)
		}
		return dst
	}
	l.take = func(h *Habit, text string) error {
		if len(h.Objects) > 0 {
			return errors.New("addr and within in one line")
		}
		h.Loose = loose
		return take(h, text)
	}
	return l
}

func statusAttrs() (all []attr[Habit]) {
	for s := range len(Habit{}.Statuses) {
		all = append(all, field(ot.Status(s).String(), true, func(h *Habit) *uint64 { return &h.Statuses[s] }, putUint64, readUint64))
	}
	return all
}

var valueAttrs = slices.Concat(
	act(func(v *Value) *Act { return &v.Act }),
	[]attr[Value]{
		field("name", false, func(v *Value) *string { return &v.Name }, strconv.AppendQuote, readQuoted),
		field("addr", false, func(v *Value) *uint32 { return &v.Addr }, putUint32, readUint32),
		field("min", false, func(v *Value) *float64 { return &v.Min }, putFloat, readFloat),
		field("max", false, func(v *Value) *float64 { return &v.Max }, putFloat, readFloat),
		field("real", false, func(v *Value) *bool { return &v.Real }, putYes, readYes),
		list("set", MaxSet, func(v *Value) *[]float64 { return &v.Set }, putFloat, readFloat),
		list("seldom", maxSeldom, func(v *Value) *[]float64 { return &v.Seldom }, putFloat, readFloat),
		field("step", false, func(v *Value) *float64 { return &v.Step }, putFloat, readFloat),
		field("state", true, func(v *Value) *uint32 { return &v.State }, putUint32, readUint32),
		list("while", maxWhile, func(v *Value) *[]While { return &v.While }, putWhile, readWhile),
		list("phases", MaxSet, func(v *Value) *[]PhaseName { return &v.Phases }, putNamed, readNamed),
		statistic(list("held", MaxSet, func(v *Value) *[]Spent { return &v.Spent }, putSpent, readSpent)),
		statistic(list("lasts", MaxSet, func(v *Value) *[]Last { return &v.Lasts }, putLast, readLast)),
		list("turns", MaxSet, func(v *Value) *[]Turn { return &v.Turns }, putTurn, readTurn),
		field("run", true, func(v *Value) *uint32 { return &v.Run }, putUint32, readUint32),
	},
	standing(func(v *Value) *Standing { return &v.Standing }))

var stepAttrs = slices.Concat(
	act(func(s *Step) *Act { return &s.Act }),
	[]attr[Step]{
		field("name", false, func(s *Step) *string { return &s.Name }, strconv.AppendQuote, readQuoted),
		list("addr", 1, func(s *Step) *[]Range { return &s.Object }, putRange, readRange),
		list("value", 1, func(s *Step) *[]float64 { return &s.Value }, putFloat, readFloat),
		field("number", false, func(s *Step) *uint32 { return &s.Number }, putUint32, readUint32),
		list("next", maxNext, func(s *Step) *[]Follow { return &s.Next },
			func(dst []byte, f Follow) []byte { return putUint32(dst, f.Step) },
			func(text string) (f Follow, err error) { f.Step, err = readUint32(text); return f, err }),
		{"times", true, putTimes, takeTimes},
		field("hours", false, func(s *Step) *Week { return &s.Hours }, putWeek, readWeek),
	},
	standing(func(s *Step) *Standing { return &s.Standing }))

func putTimes(dst []byte, s *Step) []byte {
	for i, f := range s.Next {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = putUint32(dst, f.Times)
	}
	return dst
}

func takeTimes(s *Step, text string) (err error) {
	words := strings.Split(text, ",")
	if len(words) != len(s.Next) {
		return fmt.Errorf("%d numbers for %d steps of next", len(words), len(s.Next))
	}
	for i, word := range words {
		if s.Next[i].Times, err = readUint32(word); err != nil {
			return err
		}
	}
	return nil
}

func putSpeaks(dst []byte, c *Conversation) []byte {
	start := len(dst)
	word := func(name string) {
		if len(dst) > start {
			dst = append(dst, ',')
		}
		dst = append(dst, name...)
	}
	for _, p := range c.Protos {
		word(p.String())
	}
	for _, s := range c.Services {
		if p, decoded := ot.ProtoNamed(s.String()); !decoded || !slices.Contains(c.Protos, p) {
			word(s.String())
		}
	}
	return dst
}

// twins makes a protocol and a service of the same name stand together: one
// was decoded, the other recognised, and both are the same thing.
func (c *Conversation) twins() {
	for _, s := range c.Services {
		if p, ok := ot.ProtoNamed(s.String()); ok && !slices.Contains(c.Protos, p) {
			c.Protos = append(c.Protos, p)
		}
	}
	for _, p := range c.Protos {
		if s, ok := ot.ServiceNamed(p.String()); ok && !slices.Contains(c.Services, s) {
			c.Services = append(c.Services, s)
		}
	}
	slices.Sort(c.Protos)
	slices.Sort(c.Services)
}

func takeSpeaks(c *Conversation, text string) error {
	for text != "" {
		word, rest := cutList(text)
		if p, ok := ot.ProtoNamed(word); ok && !slices.Contains(c.Protos, p) {
			c.Protos = append(c.Protos, p)
		} else if s, ok := ot.ServiceNamed(word); ok && word != "" && !slices.Contains(c.Services, s) {
			c.Services = append(c.Services, s)
		} else {
			return fmt.Errorf("no protocol or service %q, or twice%s", word, near.Hint(word, spoken()))
		}
		text = rest
	}
	c.twins()
	return nil
}

// spoken lists all protocols and services.
func spoken() (names []string) {
	for _, p := range ot.Protos() {
		names = append(names, p.String())
	}
	last := ot.Service(255).String() // beyond the end stands the last name
	for s := ot.NoService + 1; ; s++ {
		if names = append(names, s.String()); s.String() == last {
			return names
		}
	}
}

// putLead writes what a period is about; where a habit touches one thing only that is clear.
func putLead(dst []byte, h *Habit) []byte {
	switch {
	case !h.Lead.On:
		return dst
	case h.Lead.Name != "":
		return strconv.AppendQuote(dst, h.Lead.Name)
	}
	return putRange(dst, h.Lead.Object)
}

func takeLead(h *Habit, text string) (err error) {
	h.Lead.On = true
	if text[0] == '"' {
		h.Lead.Name, err = readQuoted(text)
	} else {
		h.Lead.Object, err = readRange(text)
	}
	return err
}

func putNames(dst []byte, h *Habit) []byte {
	if h.AnyName {
		return append(dst, '*')
	}
	return namesList.put(dst, h)
}

func takeNames(h *Habit, text string) error {
	if text == "*" {
		h.AnyName = true
		return nil
	}
	return namesList.take(h, text)
}

var namesList = list("names", MaxNames, func(h *Habit) *[]string { return &h.Names }, strconv.AppendQuote, readQuoted)
