package baseline

import (
	"errors"
	"fmt"
	"math"
	"net"
	"net/netip"
	"strconv"
	"strings"
	"time"

	"otsensor/pkg/ot"
)

// The notation of single values: put appends, read reads what put wrote.

func putUint16(dst []byte, v uint16) []byte { return strconv.AppendUint(dst, uint64(v), 10) }
func putUint32(dst []byte, v uint32) []byte { return strconv.AppendUint(dst, uint64(v), 10) }
func putUint64(dst []byte, v uint64) []byte { return strconv.AppendUint(dst, v, 10) }

func readUint16(text string) (uint16, error) { v, err := readUint(text, 16); return uint16(v), err }
func readUint32(text string) (uint32, error) { v, err := readUint(text, 32); return uint32(v), err }
func readUint64(text string) (uint64, error) { return readUint(text, 64) }

func readUint(text string, bits int) (uint64, error) {
	v, err := strconv.ParseUint(text, 10, bits)
	if err != nil {
		return 0, fmt.Errorf("%q is no number from 0 to %d", text, uint64(math.MaxUint64)>>(64-bits))
	}
	return v, nil
}

func putFloat(dst []byte, v float64) []byte { return strconv.AppendFloat(dst, v, 'g', -1, 64) }

func readFloat(text string) (float64, error) {
	v, err := strconv.ParseFloat(text, 64)
	if err != nil || math.IsInf(v, 0) || math.IsNaN(v) {
		return 0, fmt.Errorf("%q is no number", text)
	}
	return v + 0, nil // minus zero becomes zero
}

func putTime(dst []byte, ns int64) []byte {
	return time.Unix(0, ns).UTC().AppendFormat(dst, time.RFC3339Nano)
}

func readTime(text string) (int64, error) {
	t, err := time.Parse(time.RFC3339Nano, text)
	if err != nil || !time.Unix(0, t.UnixNano()).Equal(t) {
		return 0, fmt.Errorf("%q is no time like 2026-01-31T23:59:59Z", text)
	}
	return t.UnixNano(), nil
}

func putSpan(dst []byte, ns int64) []byte { return append(dst, time.Duration(ns).String()...) }

func readSpan(text string) (int64, error) {
	d, err := time.ParseDuration(text)
	if err != nil || d < 0 {
		return 0, fmt.Errorf("%q is no duration like 1.5s or 20ms", text)
	}
	return int64(d), nil
}

func readPeriod(text string) (every, spread int64, err error) {
	a, b, found := strings.Cut(text, "±")
	if every, err = readSpan(a); err != nil || !found {
		return every, 0, err
	}
	spread, err = readSpan(b)
	return every, spread, err
}

func readQuoted(text string) (string, error) {
	s, err := strconv.Unquote(text)
	if err != nil || text[0] != '"' {
		return "", fmt.Errorf("%s is no text in double quotes", text)
	}
	return strings.Clone(s), nil // of the line nothing stays
}

func putYes(dst []byte, _ bool) []byte { return append(dst, "yes"...) }

func readYes(text string) (bool, error) {
	if text != "yes" {
		return false, errors.New(`the only value is "yes"`)
	}
	return true, nil
}

func putNo(dst []byte, _ bool) []byte { return append(dst, "no"...) }

func readNo(text string) (bool, error) {
	if text != "no" {
		return false, errors.New(`the only value is "no"`)
	}
	return true, nil
}

func putRange(dst []byte, r Range) []byte {
	dst = putUint32(dst, r.From)
	if r.To != r.From {
		dst = putUint32(append(dst, '-'), r.To)
	}
	return dst
}

func readRange(text string) (r Range, err error) {
	from, to, found := strings.Cut(text, "-")
	if r.From, err = readUint32(from); err != nil {
		return r, err
	}
	if r.To = r.From; found {
		r.To, err = readUint32(to)
	}
	if err == nil && r.To < r.From {
		err = fmt.Errorf("%q runs backward", text)
	}
	return r, err
}

func putPort(dst []byte, p Port) []byte {
	dst = append(append(dst, p.Transport.String()...), '/')
	if p.Transport == ot.Link {
		return fmt.Appendf(dst, "0x%04x", p.Number) // an ethertype
	}
	return putUint16(dst, p.Number)
}

func readPort(text string) (p Port, err error) {
	transport, number, found := strings.Cut(text, "/")
	if !found {
		return p, fmt.Errorf("%q is no port like tcp/502", text)
	}
	for p.Transport = ot.Link; p.Transport.String() != transport; p.Transport++ {
		if p.Transport == ot.OtherIP {
			return p, fmt.Errorf("no transport %q: link, icmp, tcp, udp or ip", transport)
		}
	}
	if ethertype, hex := strings.CutPrefix(number, "0x"); hex && p.Transport == ot.Link {
		n, err := strconv.ParseUint(ethertype, 16, 16)
		p.Number = uint16(n)
		return p, err
	}
	p.Number, err = readUint16(number)
	return p, err
}

func putHost(dst []byte, e ot.Endpoint) []byte { return append(dst, e.HostString()...) }

func readHost(text string) (e ot.Endpoint, err error) {
	if a, err := netip.ParseAddr(text); err == nil && a.Zone() == "" && a != netip.IPv6Unspecified() {
		return ot.EndpointOf(a, 0), nil
	}
	e.MAC, err = readMAC(text)
	if err != nil {
		return e, fmt.Errorf("%q is neither an address nor a MAC", text)
	}
	return e, nil
}

func readMAC(text string) (mac [6]byte, err error) {
	m, err := net.ParseMAC(text)
	if err != nil || len(m) != len(mac) {
		return mac, fmt.Errorf("%q is no MAC like 02:00:00:00:00:10", text)
	}
	return [6]byte(m), nil
}
