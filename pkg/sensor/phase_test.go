package sensor

import (
	"encoding/binary"
	"testing"

	"otsensor/pkg/config"
	"otsensor/pkg/ot"
)

const phaseSite = `
sensor: { id: s }
lines:
  - id: filling
    phase_point:
      asset: PLC
      point: { proto: modbus, unit: 1, area: holding-register, addr: 10 }
      values:
        - { value: 0, name: idle }
        - { value: 2, name: filling, batch: true }
  - { id: packing }
assets:
  - { name: PLC, addresses: [10.0.0.10], line: filling }
  - { name: Other, addresses: [10.0.0.11], line: packing }
`

// reads is a read of holding registers of unit 1 that was answered.
func reads(addr uint32, status ot.Status, values ...uint16) *ot.Observation {
	d := ot.Transaction{Proto: ot.Modbus, Op: ot.OpReadData, Code: 3, Unit: 1, Status: status, Shape: ot.U16BE,
		Object: ot.Object{Area: 4, Addr: addr, Len: uint32(len(values))}}
	for _, v := range values {
		d.Value = binary.BigEndian.AppendUint16(d.Value, v)
	}
	return &ot.Observation{Kind: ot.Did, Conv: &ot.Conv{Client: host4(20), Server: host4(10)}, Did: d}
}

func host4(n byte) ot.Endpoint {
	return ot.Endpoint{IP: [16]byte{10: 0xff, 11: 0xff, 12: 10, 15: n}}
}

// The phase of a line is what was last seen at its point, and nothing before that.
func TestPhaseOfALine(t *testing.T) {
	site, err := config.ParseSite([]byte(phaseSite), "site.yaml")
	if err != nil {
		t.Fatal(err)
	}
	w := &Watch{o: WatchOptions{Site: site}, phases: newPhases(site)}
	for _, c := range []struct {
		what  string
		o     *ot.Observation
		name  string // of the phase afterwards
		batch bool
	}{
		{"nothing seen yet", reads(50, ot.OK, 2), "", false},
		{"the point is read", reads(10, ot.OK, 2), "filling", true},
		{"another point is read", reads(11, ot.OK, 0), "filling", true},
		{"an answer that refuses shows nothing", reads(10, ot.Refused, 0), "filling", true},
		{"a value nobody named shows nothing", reads(10, ot.OK, 9), "filling", true},
		{"the point is read among others", reads(8, ot.OK, 5, 5, 0, 5), "idle", false},
	} {
		w.phases.see(site, c.o)
		name := ""
		if p := w.phases.now["filling"]; p != nil {
			name = p.Name
		}
		if name != c.name || w.batch("filling") != c.batch || w.batch("packing") {
			t.Errorf("%s: phase %q, batch %v", c.what, name, w.batch("filling"))
		}
	}
}

// Without a line that says where its phase stands, nothing is kept.
func TestNoPhases(t *testing.T) {
	for _, site := range []*config.Site{nil, {}, {Lines: []config.Line{{ID: "filling"}}}} {
		p := newPhases(site)
		p.see(site, reads(10, ot.OK, 2))
		if p.now != nil {
			t.Errorf("%+v keeps %v", site, p.now)
		}
	}
}
