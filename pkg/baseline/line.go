package baseline

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"otsensor/pkg/near"
	"otsensor/pkg/ot"
)

// kind is one kind of line: its word, what stands in its head, its attributes,
// and the list it belongs to.
type kind[T any] struct {
	word  string
	limit int
	head  func(dst []byte, e *T) []byte
	read  func(e *T, words []string) error
	attrs []attr[T]
	of    func(*T) *Standing
	hosts func(*T) (client, server ot.Endpoint) // whom the line is about
	list  func(*Baseline) *[]T
	order func(a, b T) int
}

var hostKind = &kind[Host]{"host", MaxHosts,
	func(dst []byte, h *Host) []byte { return putHost(dst, h.Host) },
	func(h *Host, w []string) error { return readWords(w, "host ADDRESS", &h.Host) },
	hostAttrs, func(h *Host) *Standing { return &h.Standing }, func(h *Host) (client, server ot.Endpoint) { return h.Host, h.Host }, func(b *Baseline) *[]Host { return &b.Hosts }, compareHostLines}

var macKind = &kind[MAC]{"mac", MaxHosts * maxMACs,
	func(dst []byte, m *MAC) []byte {
		return append(append(putHost(dst, m.Host), ' '), ot.MACString(m.MAC)...)
	},
	func(m *MAC, w []string) error { return readWords(w, "mac ADDRESS MAC", &m.Host, &m.MAC) },
	macAttrs, func(m *MAC) *Standing { return &m.Standing }, func(m *MAC) (client, server ot.Endpoint) { return m.Host, m.Host }, func(b *Baseline) *[]MAC { return &b.MACs }, compareMACLines}

var identityKind = &kind[Identity]{"identity", MaxHosts * maxIdentities,
	func(dst []byte, i *Identity) []byte { return putHost(dst, i.Of) },
	func(i *Identity, w []string) error { return readWords(w, "identity ADDRESS", &i.Of) },
	identityAttrs, func(i *Identity) *Standing { return &i.Standing }, func(i *Identity) (client, server ot.Endpoint) { return i.Of, i.Of }, func(b *Baseline) *[]Identity { return &b.Identities }, compareIdentityLines}

var conversationKind = &kind[Conversation]{"conversation", MaxConversations,
	func(dst []byte, c *Conversation) []byte { return putPair(dst, &c.Pair) },
	func(c *Conversation, w []string) error {
		return readWords(w, "conversation CLIENT > SERVER TRANSPORT/PORT", &c.Pair)
	},
	conversationAttrs, func(c *Conversation) *Standing { return &c.Standing }, func(c *Conversation) (client, server ot.Endpoint) { return c.Client, c.Server },
	func(b *Baseline) *[]Conversation { return &b.Conversations }, compareConversationLines}

var habitKind = &kind[Habit]{"habit", 2 * MaxHabits,
	func(dst []byte, h *Habit) []byte { return putAct(putPair(dst, &h.Pair), &h.Act) },
	func(h *Habit, w []string) error {
		return readWords(w, "habit CLIENT > SERVER TRANSPORT/PORT PROTOCOL VERB", &h.Pair, &h.Proto, &h.Op)
	},
	habitAttrs, func(h *Habit) *Standing { return &h.Standing }, func(h *Habit) (client, server ot.Endpoint) { return h.Client, h.Server }, func(b *Baseline) *[]Habit { return &b.Habits }, compareHabitLines}

var valueKind = &kind[Value]{"value", MaxValues,
	func(dst []byte, v *Value) []byte { return putAct(putPair(dst, &v.Pair), &v.Act) },
	func(v *Value, w []string) error {
		return readWords(w, "value CLIENT > SERVER TRANSPORT/PORT PROTOCOL VERB", &v.Pair, &v.Proto, &v.Op)
	},
	valueAttrs, func(v *Value) *Standing { return &v.Standing }, func(v *Value) (client, server ot.Endpoint) { return v.Client, v.Server }, func(b *Baseline) *[]Value { return &b.Values }, compareValueLines}

var stepKind = &kind[Step]{"step", MaxSteps,
	func(dst []byte, s *Step) []byte { return putAct(putPair(dst, &s.Pair), &s.Act) },
	func(s *Step, w []string) error {
		return readWords(w, "step CLIENT > SERVER TRANSPORT/PORT PROTOCOL VERB", &s.Pair, &s.Proto, &s.Op)
	},
	stepAttrs, func(s *Step) *Standing { return &s.Standing }, func(s *Step) (client, server ot.Endpoint) { return s.Client, s.Server },
	func(b *Baseline) *[]Step { return &b.Steps }, compareSteps}

// line writes one line, without its statistics when bare.
func (k *kind[T]) line(dst []byte, e *T, bare bool) []byte {
	if m := k.of(e).Mark; m != InForce {
		dst = append(dst, byte(m), ' ')
	}
	dst = k.head(append(append(dst, k.word...), ' '), e)
	for _, a := range k.attrs {
		if bare && a.stat {
			continue
		}
		before := len(dst)
		dst = append(append(append(dst, ' '), a.key...), '=')
		value := len(dst)
		if dst = a.put(dst, e); len(dst) == value {
			dst = dst[:before]
		}
	}
	return dst
}

// all writes the kind's lines.
func (k *kind[T]) all(dst []byte, b *Baseline) []byte {
	l := *k.list(b)
	for i := range l {
		dst = append(k.line(dst, &l[i], false), '\n')
	}
	return dst
}

// lineKind is a kind of line as the parser sees it, whatever it is about.
type lineKind struct {
	word  string
	parse func(b *Baseline, mark Mark, words []string, attrs []keyValue) error
	room  func(b *Baseline, lines int)
}

func (k *kind[T]) asLine() lineKind { return lineKind{k.word, k.parse, k.room} }

var lineKinds = []lineKind{hostKind.asLine(), macKind.asLine(), identityKind.asLine(), conversationKind.asLine(),
	habitKind.asLine(), valueKind.asLine(), stepKind.asLine()}

// lineWords are the words lines begin with.
func lineWords() (words []string) {
	for i := range lineKinds {
		words = append(words, lineKinds[i].word)
	}
	return words
}

// room makes room in the kind's list for so many lines.
func (k *kind[T]) room(b *Baseline, lines int) {
	if n := min(lines, k.limit+maxAside); n > 0 {
		*k.list(b) = make([]T, 0, n)
	}
}

// parse reads one line into the baseline; words are its head.
func (k *kind[T]) parse(b *Baseline, mark Mark, words []string, attrs []keyValue) error {
	l := k.list(b)
	if len(*l) >= k.limit+maxAside {
		return fmt.Errorf("more than %d %s lines", k.limit+maxAside, k.word)
	}
	var blank T
	*l = append(*l, blank)
	e := &(*l)[len(*l)-1]
	if err := k.read(e, words); err != nil {
		return err
	}
	seen, i := uint64(0), -1
	for _, a := range attrs {
		i = k.find(a.key, i+1)
		switch {
		case i < 0:
			return fmt.Errorf("%s has no %q%s", k.word, a.key, near.Hint(a.key, k.keys()))
		case seen>>i&1 == 1:
			return fmt.Errorf("%s twice", a.key)
		case a.value == "":
			return fmt.Errorf("%s without a value", a.key)
		}
		seen |= 1 << i
		if err := k.attrs[i].take(e, a.value); err != nil {
			return fmt.Errorf("%s: %w", a.key, err)
		}
	}
	k.of(e).Mark = mark
	return nil
}

// find is the place of an attribute. They come in the order of the table, so
// the search begins behind the one before.
func (k *kind[T]) find(key string, from int) int {
	for i := from; i < len(k.attrs); i++ {
		if k.attrs[i].key == key {
			return i
		}
	}
	return slices.IndexFunc(k.attrs[:from], func(a attr[T]) bool { return a.key == key })
}

func (k *kind[T]) keys() (keys []string) {
	for _, a := range k.attrs {
		keys = append(keys, a.key)
	}
	return keys
}

func putPair(dst []byte, p *Pair) []byte {
	dst = append(putHost(dst, p.Client), " > "...)
	return putPort(append(putHost(dst, p.Server), ' '), Port{p.Transport, p.Server.Port})
}

func putAct(dst []byte, a *Act) []byte {
	dst = append(append(dst, ' '), a.Proto.String()...)
	return append(append(dst, ' '), a.Op.String()...)
}

// readWords reads the head of a line, whose form is shown when it is wrong.
func readWords(words []string, form string, into ...any) error {
	if len(words) != strings.Count(form, " ") {
		return fmt.Errorf("a line of this kind begins %q", form)
	}
	var err error
	for _, v := range into {
		switch v := v.(type) {
		case *ot.Endpoint:
			*v, err = readHost(words[0])
		case *[6]byte:
			*v, err = readMAC(words[0])
		case *Pair:
			err = readPair(v, words[:4])
			words = words[3:]
		case *ot.Proto:
			*v, err = readProto(words[0])
		case *ot.Op:
			*v, err = readOp(words[0])
		}
		if err != nil {
			return err
		}
		words = words[1:]
	}
	return nil
}

func readPair(p *Pair, words []string) (err error) {
	if words[1] != ">" {
		return errors.New(`client and server are parted by ">"`)
	}
	if p.Client, err = readHost(words[0]); err != nil {
		return err
	}
	if p.Server, err = readHost(words[2]); err != nil {
		return err
	}
	port, err := readPort(words[3])
	p.Transport, p.Server.Port = port.Transport, port.Number
	return err
}

func readProto(word string) (ot.Proto, error) {
	p, ok := ot.ProtoNamed(word)
	if !ok {
		return p, fmt.Errorf("no protocol %q%s", word, near.Hint(word, spoken()))
	}
	return p, nil
}

func readOp(word string) (ot.Op, error) {
	op, ok := ot.OpNamed(word)
	if !ok {
		return op, fmt.Errorf("no verb %q%s", word, near.Hint(word, ot.OpNames()))
	}
	return op, nil
}
