package tls

import (
	"encoding/binary"
	"slices"
	"testing"

	"otsensor/pkg/ot"
	pt "otsensor/pkg/protocols/protocoltest"
)

// fragment is a DTLS record with bytes from to to of a handshake message.
func fragment(kind, sequence byte, body []byte, from, to int) []byte {
	long := func(n int) []byte { return binary.BigEndian.AppendUint16([]byte{0}, uint16(n)) }
	m := pt.Join([]byte{kind}, long(len(body)), []byte{0, sequence}, long(from), long(to-from), body[from:to])
	return pt.Join(pt.Hex("16 fefd 0000 0000000000"), []byte{sequence}, binary.BigEndian.AppendUint16(nil, uint16(len(m))), m)
}

// chainOf is a certificate message's body with the one certificate.
func chainOf(cert []byte) []byte {
	long := func(n int) []byte { return binary.BigEndian.AppendUint16([]byte{0}, uint16(n)) }
	return pt.Join(long(len(cert)+3), long(len(cert)), cert)
}

var inFragments = pt.Session{
	Name: "certificate in fragments", Datagram: true, Allocates: "a message is joined from fragments of any size",
	Steps: []pt.Step{
		pt.Client(datagram(ClientHello, 1, dtls("00"))...),
		pt.Server(datagram(ServerHello, 1, pt.Join([]byte{0xfe, 0xfd}, make([]byte, 32), pt.Hex("00 c0ac 00")))...),
		pt.Server(fragment(Certificate, 2, chainOf(pump), 0, 120)...),
		pt.Server(fragment(Certificate, 2, chainOf(pump), 120, len(chainOf(pump)))...),
	},
}

// TestFragments: a certificate in fragments is told once, in whatever order
// they come and however they overlap; not when a part of it is missing.
func TestFragments(t *testing.T) {
	chain := chainOf(pump)
	end := len(chain)
	for name, c := range map[string]struct {
		parts [][2]int
		want  int
	}{
		"in order":      {[][2]int{{0, 100}, {100, 200}, {200, end}}, 1},
		"backwards":     {[][2]int{{200, end}, {100, 200}, {0, 100}}, 1},
		"again":         {[][2]int{{0, 100}, {0, 100}, {100, end}}, 1},
		"overlapping":   {[][2]int{{0, 150}, {100, 250}, {240, end}}, 1},
		"one missing":   {[][2]int{{0, 100}, {200, end}}, 0},
		"the end alone": {[][2]int{{end - 1, end}}, 0},
	} {
		s := pt.Session{Name: name, Datagram: true}
		for _, p := range c.parts {
			s.Steps = append(s.Steps, pt.Server(fragment(Certificate, 2, chain, p[0], p[1])...))
		}
		n := 0
		for _, d := range pt.Dids(pt.Play(t, Protocol(), s)) {
			if d.Code == Certificate && string(d.Name) == "pump-7" {
				n++
			}
		}
		if n != c.want {
			t.Errorf("%s: told %d times; want %d", name, n, c.want)
		}
	}
}

// TestFragmentsManySpans: of too many parts far apart some are forgotten, and
// the message is whole when they have come again.
func TestFragmentsManySpans(t *testing.T) {
	chain := chainOf(pump)
	s := pt.Session{Datagram: true}
	for range 2 {
		for at := 0; at < len(chain); at += 20 {
			s.Steps = append(s.Steps, pt.Server(fragment(Certificate, 2, chain, at, min(at+10, len(chain)))...))
		}
		for at := 10; at < len(chain); at += 20 {
			s.Steps = append(s.Steps, pt.Server(fragment(Certificate, 2, chain, at, min(at+10, len(chain)))...))
		}
	}
	told := slices.ContainsFunc(pt.Dids(pt.Play(t, Protocol(), s)), func(d ot.Transaction) bool { return d.Code == Certificate })
	if !told {
		t.Error("not told")
	}
}
