package config_test

import (
	"fmt"
	"slices"
	"testing"

	"otsensor/pkg/config"
	"otsensor/pkg/ot"
)

// A point is read out of whatever transaction holds all of it, in the type the
// site file names.
func TestNumberOfAPoint(t *testing.T) {
	s, err := config.ParseSite([]byte(`
sensor: {id: s}
assets:
  - name: PLC
    addresses: [10.0.0.1]
    critical_parameters:
      - {name: real,   point: {proto: s7comm, area: db, block: 5, addr: 12, length: 4, type: real32}}
      - {name: word,   point: {proto: s7comm, area: db, block: 6, addr: 0, length: 2}}
      - {name: odd,    point: {proto: s7comm, area: db, block: 7, addr: 0, length: 3}}
      - {name: signed, point: {proto: modbus, area: holding-register, addr: 40, type: int16}}
      - {name: long,   point: {proto: modbus, area: holding-register, addr: 50, length: 2}}
      - {name: coil,   point: {proto: modbus, area: coil, addr: 9}}
      - {name: tag,    point: {proto: cip, tag: Speed}}
      - {name: typed,  point: {proto: cip, tag: Raw, type: real32}}
`), "s.yaml")
	if err != nil {
		t.Fatal(err)
	}
	s7 := func(db, byteAt uint32, value ...byte) *ot.Transaction {
		return &ot.Transaction{Proto: ot.S7comm, Object: ot.Object{Area: 0x84, Block: db, Addr: byteAt * 8, Len: uint32(len(value)) * 8}, Value: value}
	}
	modbus := func(area, addr, n uint32, shape ot.Shape, value ...byte) *ot.Transaction {
		return &ot.Transaction{Proto: ot.Modbus, Object: ot.Object{Area: area, Addr: addr, Len: n}, Shape: shape, Value: value}
	}
	cip := func(name string, shape ot.Shape, value ...byte) *ot.Transaction {
		return &ot.Transaction{Proto: ot.CIP, Name: []byte(name), Shape: shape, Value: value}
	}
	for _, c := range []struct {
		point string
		t     *ot.Transaction
		want  string
	}{
		{"real", s7(5, 12, 0x41, 0x20, 0, 0), "10"},
		{"real", s7(5, 10, 0xff, 0xff, 0x41, 0x20, 0, 0, 0xff), "10"}, // within a larger one
		{"real", s7(5, 12, 0x41, 0x20), ""},                           // half of it
		{"real", s7(5, 14, 0, 0, 0, 0), ""},                           // begins too late
		{"word", s7(6, 0, 1, 2), "258"},
		{"odd", s7(7, 0, 1, 2, 3), ""}, // no type has three bytes
		{"signed", modbus(4, 40, 1, ot.U16BE, 0xff, 0xfe), "-2"},
		{"signed", modbus(4, 39, 2, ot.U16BE, 1, 1, 0xff, 0xfe), "-2"},
		{"long", modbus(4, 50, 2, ot.U16BE, 0, 1, 0, 0), "65536"},
		{"long", modbus(4, 50, 1, ot.U16BE, 0, 1), ""},
		{"coil", modbus(1, 8, 3, ot.Bit, 0b010), "1"},
		{"coil", modbus(1, 9, 1, ot.Bit, 0b0), "0"},
		{"coil", modbus(1, 9, 1, ot.Bit), ""}, // without its value
		{"tag", cip("SPEED", ot.I16LE, 5, 0), "5"},
		{"tag", cip("Speed", ot.Opaque, 5, 0), ""},
		{"tag", cip("Speed.Max", ot.I16LE, 5, 0), ""}, // of a member
		{"typed", cip("Raw", ot.Opaque, 0, 0, 0x20, 0x41), "10"},
	} {
		all := s.Assets[0].Critical
		p := all[slices.IndexFunc(all, func(p config.Parameter) bool { return p.Name == c.point })]
		got := ""
		if v, ok := p.Point.Number(c.t); ok {
			got = fmt.Sprint(v)
		}
		if got != c.want {
			t.Errorf("%s of %+v: %q, want %q", c.point, c.t.Object, got, c.want)
		}
	}
}

// Limits, writers and phases bind only where somebody set them.
func TestLimitsOfAParameter(t *testing.T) {
	p := example(t).Find(host("10.10.2.10")).Critical[0]
	for v, want := range map[float64]bool{9.79: true, 9.8: false, 10.2: false, 10.3: true} {
		if p.Outside(v) != want {
			t.Errorf("%g is outside: %v", v, !want)
		}
	}
	if !p.MayWrite("HMI-2") || p.MayWrite("EWS-1") || p.MayWrite("") {
		t.Error("HMI-2 alone may write the fill volume")
	}
	if !p.MayWriteIn("idle") || p.MayWriteIn("filling") || !p.MayWriteIn("") {
		t.Error("the fill volume is not written while filling; where the phase is not known nobody can say")
	}
	free := config.Parameter{}
	if free.Outside(1e300) || !free.MayWrite("") || !free.MayWriteIn("filling") {
		t.Error("where nobody said, nothing is forbidden")
	}
}

// The phase of a line is what its controller says when it is read.
func TestPhaseOfALine(t *testing.T) {
	s := example(t)
	read := func(value byte, status ot.Status) *ot.Transaction {
		return &ot.Transaction{Proto: ot.S7comm, Status: status, Object: ot.Object{Area: 0x84, Block: 5, Len: 16}, Value: []byte{0, value}}
	}
	l, p := s.PhaseSeen(host("10.10.2.10"), read(3, ot.OK))
	if l == nil || l.ID != "filling-2" || p.Name != "sterilising" || !p.Batch || !p.NotHoldable {
		t.Errorf("%+v %+v", l, p)
	}
	for name, l := range map[string]func() (*config.Line, *config.Phase){
		"a refused read":       func() (*config.Line, *config.Phase) { return s.PhaseSeen(host("10.10.2.10"), read(3, ot.Refused)) },
		"a value nobody named": func() (*config.Line, *config.Phase) { return s.PhaseSeen(host("10.10.2.10"), read(9, ot.OK)) },
		"another asset":        func() (*config.Line, *config.Phase) { return s.PhaseSeen(host("10.10.2.20"), read(3, ot.OK)) },
		"a stranger":           func() (*config.Line, *config.Phase) { return s.PhaseSeen(host("10.10.9.9"), read(3, ot.OK)) },
		"a site file that is none": func() (*config.Line, *config.Phase) {
			return (*config.Site)(nil).PhaseSeen(host("10.10.2.10"), read(3, ot.OK))
		},
	} {
		if line, phase := l(); line != nil || phase != nil {
			t.Errorf("%s shows %+v", name, phase)
		}
	}
}

// What a line says holds for those of its assets that say nothing themselves.
func TestAssetsInheritFromTheirLine(t *testing.T) {
	s := example(t)
	io := s.Find(ot.Endpoint{MAC: [6]byte{2, 0, 0, 0, 0, 0x17}})
	if io.Step != "aseptic filling" || !io.NotHoldable || io.GxP != "direct" {
		t.Errorf("%+v", io)
	}
	if plc3 := s.Find(host("10.10.2.11")); plc3.GxP != "indirect" || plc3.NotHoldable || plc3.Step != "" {
		t.Errorf("%+v", plc3)
	}
	if s.Citation("Q-01") == "" || s.Citation("Q-02") != "" {
		t.Error("a citation of the site takes the place of the playbook's")
	}
}
