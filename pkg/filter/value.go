package filter

import (
	"net"
	"net/netip"
	"slices"
	"strconv"
	"strings"
)

// protocols are the numbers of what IP carries, 4 and 6.
var protocols = map[string][2]uint32{
	"tcp": {tcp, tcp}, "udp": {udp, udp}, "sctp": {sctp, sctp}, "icmp": {1, 0}, "igmp": {2, 0}, "icmp6": {0, 58},
}

// protocolNamed is the test that a word makes alone.
func protocolNamed(word string) *node {
	switch word {
	case "ip":
		return ether(etherIP)
	case "ip6":
		return ether(etherIP6)
	case "arp":
		return ether(etherARP)
	}
	n, ok := protocols[word]
	switch {
	case !ok:
		return nil
	case n[1] == 0:
		return carried4(n[0])
	case n[0] == 0:
		return carried6(n[1])
	}
	return either(carried4(n[0]), carried6(n[1]))
}

// value reads what a primitive compares with.
func (p *parser) value(q qualifiers) (*node, error) {
	allowed := map[string][]string{
		"host": {"", "ether", "ip", "ip6", "arp"}, "net": {"", "ip", "ip6", "arp"},
		"port": {"", "tcp", "udp", "sctp"}, "portrange": {"", "tcp", "udp", "sctp"}, "proto": {"", "ether", "ip", "ip6"},
	}
	if !slices.Contains(allowed[q.kind], q.proto) {
		return nil, p.wrong(q.proto + " has no " + q.kind)
	}
	var n *node
	var what string
	text := p.next().text
	switch {
	case text == "":
		what = "expected a value of " + q.kind
	case q.proto == "ether" && q.kind == "host":
		n, what = etherHost(q.dir, text)
		p.f.macs = true
	case q.kind == "host" || q.kind == "net":
		n, what = hosts(q, text)
	case q.kind == "proto":
		n, what = proto(q, text)
	default:
		n, what = ports(q, text)
	}
	if what != "" {
		return nil, p.wrong(what)
	}
	p.left = p.left[1:]
	return n, nil
}

func (p *parser) vlan() (*node, error) {
	p.last = qualifiers{}
	if !isValue(p.next().text) {
		return tagged(noTag), nil
	}
	id, err := strconv.ParseUint(p.next().text, 0, 16)
	if err != nil || id > 4095 {
		return nil, p.wrong("a VLAN goes from 0 to 4095")
	}
	p.left = p.left[1:]
	return tagged(uint32(id)), nil
}

func etherHost(d direction, text string) (*node, string) {
	a, err := net.ParseMAC(text)
	if err != nil || len(a) != 6 {
		return nil, "expected a MAC address, such as 00:1b:1b:01:02:03"
	}
	return d.ends(mac(6, [6]byte(a)), mac(0, [6]byte(a))), ""
}

// hosts tests for an address or a network.
func hosts(q qualifiers, text string) (*node, string) {
	p, what := prefix(text, q.kind)
	switch {
	case what != "":
		return nil, what
	case p.Addr().Is4() && q.proto == "":
		return either(host4(q.dir, p), hostARP(q.dir, p)), ""
	case p.Addr().Is4() && q.proto == "ip":
		return host4(q.dir, p), ""
	case p.Addr().Is4() && q.proto == "arp":
		return hostARP(q.dir, p), ""
	case p.Addr().Is6() && (q.proto == "" || q.proto == "ip6"):
		return host6(q.dir, p), ""
	}
	return nil, "no address of " + q.proto
}

// prefix reads an address, or a network as 10.0.0.0/8 or 10.1.
func prefix(text, kind string) (netip.Prefix, string) {
	if a, err := netip.ParseAddr(text); err == nil && a.Zone() == "" && !a.Is4In6() {
		return netip.PrefixFrom(a, a.BitLen()), ""
	}
	if kind == "host" {
		return netip.Prefix{}, "expected an address; names are not looked up"
	}
	if parts := strings.Count(text, ".") + 1; parts < 4 && !strings.ContainsAny(text, ":/") {
		text += strings.Repeat(".0", 4-parts) + "/" + strconv.Itoa(8*parts)
	}
	p, err := netip.ParsePrefix(text)
	switch {
	case err != nil || p.Addr().Is4In6():
		return p, "expected a network, such as 10.1.0.0/16"
	case p != p.Masked():
		return p, "the network has bits behind its mask; it is " + p.Masked().String()
	}
	return p, ""
}

// proto tests for an ethertype or for what IP carries.
func proto(q qualifiers, text string) (*node, string) {
	most, bits := uint64(255), 8
	if q.proto == "ether" {
		most, bits = 0xffff, 16
	}
	v, err := strconv.ParseUint(text, 0, bits)
	n := uint32(v)
	switch {
	case err != nil || v > most:
		return nil, "expected a number up to " + strconv.FormatUint(most, 10)
	case q.dir != eitherEnd:
		return nil, "a protocol has no direction"
	case q.proto == "ether":
		return ether(n), ""
	case q.proto == "ip":
		return carried4(n), ""
	case q.proto == "ip6":
		return carried6(n), ""
	}
	return either(carried4(n), carried6(n)), ""
}

// ports tests for a port or a range of them.
func ports(q qualifiers, text string) (*node, string) {
	from, to := text, text
	if q.kind == "portrange" {
		var ok bool
		if from, to, ok = strings.Cut(text, "-"); !ok {
			return nil, "expected a range, such as 44818-44820"
		}
	}
	lo, err1 := strconv.ParseUint(from, 10, 16)
	hi, err2 := strconv.ParseUint(to, 10, 16)
	if err1 != nil || err2 != nil {
		return nil, "expected a number from 0 to 65535; services have no names here"
	}
	lo, hi = min(lo, hi), max(lo, hi)
	var n *node
	for _, word := range []string{"tcp", "udp", "sctp"} {
		if q.proto != "" && q.proto != word {
			continue
		}
		t := protocols[word][0]
		of := either(ports4(t, q.dir, uint32(lo), uint32(hi)), ports6(t, q.dir, uint32(lo), uint32(hi)))
		if n == nil {
			n = of
		} else {
			n = either(n, of)
		}
	}
	return n, ""
}
