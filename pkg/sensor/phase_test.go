package sensor

import (
	"encoding/binary"
	"strings"
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

// A site file that is read again leaves a line in its phase, as long as both are
// still called so, and gives the phase its new meaning.
func TestPhaseOutlivesAnotherSiteFile(t *testing.T) {
	parse := func(text string) *config.Site {
		site, err := config.ParseSite([]byte(text), "site.yaml")
		if err != nil {
			t.Fatal(err)
		}
		return site
	}
	site := parse(phaseSite)
	w := &Watch{o: WatchOptions{Site: site}, phases: newPhases(site)}
	w.phases.see(site, reads(10, ot.OK, 2))
	for _, c := range []struct {
		what  string
		later *config.Site
		known bool
		batch bool
	}{
		{"the same", parse(phaseSite), true, true},
		{"product is made in another phase", parse(strings.Replace(phaseSite, ", batch: true", "", 1)), true, false},
		{"the phase is called otherwise", parse(strings.Replace(phaseSite, "name: filling", "name: running", 1)), false, false},
		{"the line is called otherwise", parse(strings.ReplaceAll(strings.Replace(phaseSite, "id: filling", "id: f2", 1), "line: filling", "line: f2")), false, false},
		{"no site file", nil, false, false},
	} {
		later := &Watch{o: WatchOptions{Site: c.later}, phases: w.phases.at(c.later)}
		if known := later.phases.now["filling"] != nil; known != c.known || later.batch("filling") != c.batch {
			t.Errorf("%s: phase known %v, batch %v", c.what, known, later.batch("filling"))
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
