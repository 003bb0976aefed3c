package config

import (
	"slices"
	"strings"

	"otsensor/pkg/ot"
	"otsensor/pkg/protocols/modbus"
)

// Parameter is a critical process parameter.
type Parameter struct {
	Name      string
	Point     Point
	Low, High *float64 // limits that people set; nil where there is none
	Writers   []string // names of the assets that may write it; empty: nobody said
	Phases    []string // phases of the line in which it may be written; empty: nobody said
}

// Outside reports whether a value is beyond the limits.
func (p *Parameter) Outside(v float64) bool {
	return p.Low != nil && v < *p.Low || p.High != nil && v > *p.High
}

// MayWrite reports whether an asset may write the parameter. Where nobody said
// who may, everybody may; a host without a name may not where somebody did.
func (p *Parameter) MayWrite(asset string) bool {
	return len(p.Writers) == 0 || slices.Contains(p.Writers, asset)
}

// MayWriteIn reports whether the parameter may be written in a phase of its
// line. Where nobody said when, or the phase is not known, it may.
func (p *Parameter) MayWriteIn(phase string) bool {
	return len(p.Phases) == 0 || phase == "" || slices.Contains(p.Phases, phase)
}

// Point is where a value stands in a controller: an element of an area, or a tag.
type Point struct {
	Proto ot.Proto
	Unit  *uint32 // nil: any
	Area  uint32  // as in ot.Object
	Block uint32
	Addr  uint32 // of its first element, as in ot.Object
	Len   uint32 // elements
	Tag   string // instead of area and address; controllers take upper and lower case alike

	shape ot.Shape // of its value; Opaque: as the protocol shows it
	area  area     // where it is no tag
}

// Touched reports whether a transaction touches the point.
func (p *Point) Touched(t *ot.Transaction) bool {
	if t.Proto != p.Proto || p.Unit != nil && *p.Unit != t.Unit {
		return false
	}
	if p.Tag != "" {
		return sameTag(string(t.Name), p.Tag)
	}
	o := &t.Object
	return o.Area == p.Area && o.Block == p.Block && uint64(o.Addr) < uint64(p.Addr)+uint64(p.Len) && uint64(p.Addr) < uint64(o.Addr)+uint64(o.Len)
}

// sameTag reports whether a name is the tag, or an element or member of it.
func sameTag(name, tag string) bool {
	if len(name) < len(tag) || !strings.EqualFold(name[:len(tag)], tag) {
		return false
	}
	rest := name[len(tag):]
	return rest == "" || rest[0] == '[' || rest[0] == '.'
}

// area is a kind of memory as the site file names it.
type area struct {
	proto ot.Proto
	name  string
	code  uint32
	block bool   // has blocks (data blocks)
	scale uint32 // address units of ot.Object in one address of the site file
	bytes uint32 // bytes of a value in one address of the site file; 0: a bit
}

var areas = []area{
	{ot.Modbus, "coil", modbus.AreaCoil, false, 1, 0},
	{ot.Modbus, "discrete-input", modbus.AreaDiscrete, false, 1, 0},
	{ot.Modbus, "input-register", modbus.AreaInput, false, 1, 2},
	{ot.Modbus, "holding-register", modbus.AreaHolding, false, 1, 2},
	{ot.S7comm, "db", 0x84, true, 8, 1}, // area codes of S7 variable addresses; addresses in bytes
	{ot.S7comm, "flags", 0x83, false, 8, 1},
	{ot.S7comm, "outputs", 0x82, false, 8, 1},
	{ot.S7comm, "inputs", 0x81, false, 8, 1},
}

// areaNames are the areas of a protocol.
func areaNames(p ot.Proto) []string {
	var all []string
	for _, a := range areas {
		if a.proto == p {
			all = append(all, a.name)
		}
	}
	return all
}
