package filter

import (
	"strings"

	"otsensor/pkg/near"
)

// Parse reads an expression, or a program of numbers as tcpdump -ddd prints it.
// An empty one is no filter: nil.
func Parse(text string) (*Filter, error) {
	if strings.Trim(text, separators) == "" {
		return nil, nil
	}
	if strings.Trim(text, "0123456789,"+separators) == "" {
		return parseRaw(text)
	}
	p := &parser{f: &Filter{text: text}, left: tokens(text)}
	tree, err := p.expression()
	if err == nil && p.next().text != "" {
		err = p.wrong("expected and, or, or the end")
	}
	if err != nil {
		return nil, err
	}
	p.f.tree = tree
	return p.f, nil
}

type parser struct {
	f     *Filter
	left  []token
	last  qualifiers // those of the primitive before, which a bare value shares
	depth int
}

// mostDepth bounds how deep parentheses and nots go into each other.
const mostDepth = 100

func (p *parser) next() token { return p.left[0] }

// take passes over the next word if it is one of these.
func (p *parser) take(words ...string) (string, bool) {
	for _, w := range words {
		if p.next().text == w && w != "" {
			p.left = p.left[1:]
			return w, true
		}
	}
	return "", false
}

func (p *parser) wrong(what string) error { return &Error{p.f.text, p.next().at, what} }

// expression joins terms from left to right: and binds no closer than or, as in tcpdump.
func (p *parser) expression() (*node, error) {
	n, err := p.term()
	for err == nil {
		word, joined := p.take("and", "&&", "or", "||")
		if !joined {
			return n, nil
		}
		var more *node
		if more, err = p.term(); err != nil {
			break
		}
		if word == "and" || word == "&&" {
			n = both(n, more)
		} else {
			n = either(n, more)
		}
	}
	return nil, err
}

func (p *parser) term() (*node, error) {
	if p.depth++; p.depth > mostDepth {
		return nil, p.wrong("nested too deep")
	}
	defer func() { p.depth-- }()
	if _, ok := p.take("not", "!"); ok {
		n, err := p.term()
		if err != nil {
			return nil, err
		}
		return not(n), nil
	}
	if _, ok := p.take("("); !ok {
		return p.primitive()
	}
	n, err := p.expression()
	if err != nil {
		return nil, err
	}
	if _, ok := p.take(")"); !ok {
		return nil, p.wrong("expected a closing parenthesis")
	}
	return n, nil
}

// qualifiers are what stands before the value of a primitive.
type qualifiers struct {
	proto, kind string
	dir         direction
}

// primitive is one test.
func (p *parser) primitive() (*node, error) {
	if isValue(p.next().text) {
		if p.last.kind == "" {
			return nil, p.wrong("say what it is: host, net, port, portrange or proto")
		}
		return p.value(p.last)
	}
	if _, ok := p.take("vlan"); ok {
		return p.vlan()
	}
	begin := p.next()
	var q qualifiers
	q.proto, _ = p.take("ether", "ip", "ip6", "arp", "tcp", "udp", "sctp", "icmp", "icmp6", "igmp")
	directed, err := p.direction(&q)
	if err != nil {
		return nil, err
	}
	q.kind, _ = p.take("host", "net", "portrange", "port", "proto")
	if q.kind == "" && directed {
		q.kind = "host"
	}
	if q.kind != "" {
		p.last = q
		return p.value(q)
	}
	if test := protocolNamed(q.proto); test != nil {
		return test, nil
	}
	if q.proto == "" {
		return nil, &Error{p.f.text, begin.at, unknown(begin.text)}
	}
	return nil, p.wrong("expected host, proto, src or dst")
}

// unknown says what could stand where a word nobody knows stands.
func unknown(word string) string {
	if word == "" {
		return "expected a test, such as host 10.0.0.1 or tcp port 502"
	}
	words := []string{"host", "net", "port", "portrange", "proto", "src", "dst", "vlan", "not", "ether", "ip", "ip6", "arp", "tcp", "udp", "sctp", "icmp", "icmp6", "igmp"}
	return "no test of this filter" + near.Hint(word, words)
}

// direction reads src, dst, src or dst, src and dst.
func (p *parser) direction(q *qualifiers) (any bool, err error) {
	first, any := p.take("src", "dst")
	if !any {
		return false, nil
	}
	q.dir = source
	if first == "dst" {
		q.dir = destination
	}
	if len(p.left) < 3 {
		return true, nil
	}
	word, other := p.left[0].text, p.left[1].text
	if other != "src" && other != "dst" || other == first || isValue(word) {
		return true, nil
	}
	switch word {
	case "or", "||":
		q.dir = eitherEnd
	case "and", "&&":
		q.dir = bothEnds
	default:
		return true, nil
	}
	p.left = p.left[2:]
	return true, nil
}

// isValue tells a value from a word by how it begins: a digit, or a colon in it.
func isValue(text string) bool {
	return text != "" && (text[0] >= '0' && text[0] <= '9' || strings.Contains(text, ":"))
}
