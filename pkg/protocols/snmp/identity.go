package snmp

import (
	"bytes"
	"strconv"

	"otsensor/pkg/ot"
	"otsensor/pkg/protocols"
)

// Where a device says who it is: the system group (RFC 3418 §2), and its parts
// one by one (RFC 6933 §3, a table: column and part stand behind).
var (
	systemGroup = []byte{0x2b, 6, 1, 2, 1, 1}
	partsTable  = []byte{0x2b, 6, 1, 2, 1, 47, 1, 1, 1, 1}
	enterprises = []byte{0x2b, 6, 1, 4, 1}
)

func system(oid []byte) bool { return bytes.HasPrefix(oid, systemGroup) }

// facts by the object of the system group, or by the column of the table.
var (
	systemFacts = [...]struct {
		number byte
		fact   ot.Fact
	}{{1, ot.FactProduct}, {5, ot.FactName}, {6, ot.FactLocation}}
	partFacts = [...]struct {
		number byte
		fact   ot.Fact
	}{{2, ot.FactType}, {7, ot.FactName}, {8, ot.FactHardware}, {9, ot.FactFirmware}, {10, ot.FactFirmware}, {11, ot.FactSerial}, {12, ot.FactVendor}, {13, ot.FactProduct}}
)

// objectID is the object of the system group that names the kind of the device, by a number of its maker.
const objectID = 2

// makers are the numbers of some makers of what stands in plants (private enterprise numbers of IANA).
var makers = [...]struct {
	number uint32
	name   string
}{
	{9, "Cisco"}, {11, "Hewlett-Packard"}, {95, "Allen-Bradley"}, {248, "Hirschmann"}, {311, "Microsoft"}, {318, "APC"},
	{3833, "Schneider Electric"}, {4196, "Siemens"}, {4346, "Phoenix Contact"}, {8072, "Net-SNMP"}, {8691, "Moxa"}, {13576, "WAGO"}, {16177, "Westermo"},
}

// told is what a response says of a device, and of one of its parts.
type told struct {
	device, part [ot.FactCount]string
	index        uint32 // of the part
}

func (w *told) take(kind uint8, name, text []byte, out *protocols.Emit) {
	switch {
	case system(name) && len(name) > len(systemGroup):
		w.system(kind, name[len(systemGroup)], text)
	case kind == tagOctets && bytes.HasPrefix(name, partsTable) && len(name) > len(partsTable)+1:
		index, n := subIdentifier(name[len(partsTable)+1:])
		if n == 0 || len(partsTable)+1+n != len(name) {
			return
		}
		if index != w.index {
			w.tellPart(out)
			w.index = index
		}
		for _, f := range partFacts {
			if f.number == name[len(partsTable)] && w.part[f.fact] == "" {
				w.part[f.fact] = ot.CleanString(text, ot.NameCap)
			}
		}
	}
}

func (w *told) system(kind uint8, object byte, value []byte) {
	if kind == tagOID && object == objectID && bytes.HasPrefix(value, enterprises) {
		number, _ := subIdentifier(value[len(enterprises):])
		for i := range makers {
			if makers[i].number == number {
				w.device[ot.FactVendor] = makers[i].name
			}
		}
		return
	}
	for _, f := range systemFacts {
		if f.number == object && kind == tagOctets {
			w.device[f.fact] = ot.CleanString(value, ot.NameCap)
		}
	}
}

// tell hands over what was said.
func (w *told) tell(out *protocols.Emit) {
	w.tellPart(out)
	if w.device != [ot.FactCount]string{} {
		out.Identified(ot.Identity{Of: out.Conv.Server.Host(), Source: "SNMP system group", Facts: w.device})
	}
}

func (w *told) tellPart(out *protocols.Emit) {
	if w.part == [ot.FactCount]string{} {
		return
	}
	out.Identified(ot.Identity{Of: out.Conv.Server.Host(), Behind: "part " + strconv.FormatUint(uint64(w.index), 10), Source: "SNMP entity", Facts: w.part})
	w.part = [ot.FactCount]string{}
}

// subIdentifier reads one number of an object identifier, and how many bytes it has; 0 of one that does not end.
func subIdentifier(b []byte) (number uint32, n int) {
	for i, x := range b[:min(len(b), 5)] {
		if number = number<<7 | uint32(x&0x7f); x < 0x80 {
			return number, i + 1
		}
	}
	return 0, 0
}
