package s7plus

import (
	"slices"

	"otsensor/pkg/ot"
	"otsensor/pkg/protocols"
)

// meaning is what a number of the object tree stands for. Objects, classes and
// attributes share one space of numbers.
type meaning struct {
	number uint32
	name   string
	set    ot.Op // verb of setting it, or of creating such an object; OpUnknown when the rest decides
	get    ot.Op // verb of reading or exploring it
	secret bool  // its value is never kept
}

// meanings finds a meaning by its number.
var meanings = index(nativeObjects, classes, attributes)

func index(tables ...[]meaning) map[uint32]*meaning {
	all := map[uint32]*meaning{}
	for _, table := range tables {
		for i := range table {
			all[table[i].number] = &table[i]
		}
	}
	return all
}

// natives finds an object every controller has by its RID.
var natives = index(nativeObjects)

// meaningNames names a number of the object tree.
var meaningNames = protocols.NameTable(named(nativeObjects, classes, attributes))

func named(tables ...[]meaning) (codes []protocols.Code) {
	for _, m := range slices.Concat(tables...) {
		codes = append(codes, protocols.Code{Number: m.number, Name: m.name})
	}
	return codes
}

// The RIDs with a number in them.
const (
	areaInputs   = 0x50
	areaTimers   = 0x54
	areaDB       = 0x8A0E     // in the high half, the DB number in the low one
	areaByID     = 0x10000    // an object and its attribute
	ridNative    = 0x10000    // RIDs below are every controller's
	ridAlarms    = 0x8A       // high byte of a RID: what follows is of this kind
	ridAreaTypes = 0x90       // types of inputs, outputs, flags …
	ridSession   = 0x70000000 // RIDs that S7-1500 and newer S7-1200 give out begin here
	ridBlocks    = 0x80000000 // and end here
)

// kinds are the RIDs of a program's parts, by their high byte.
var kinds = []protocols.Code{
	{Number: 0x02, Name: "library_type", Op: ot.OpIdentify},
	{Number: ridAlarms, Name: "block_or_alarms", Op: ot.OpIdentify},
	{Number: ridAreaTypes, Name: "area_type", Op: ot.OpIdentify, Unverified: true},
	{Number: 0x91, Name: "udt", Op: ot.OpProgramUpload, Unverified: true},
	{Number: 0x92, Name: "db", Op: ot.OpProgramUpload},
	{Number: 0x93, Name: "fb", Op: ot.OpProgramUpload, Unverified: true},
	{Number: 0x94, Name: "fc", Op: ot.OpProgramUpload, Unverified: true},
	{Number: 0x95, Name: "ob", Op: ot.OpProgramUpload},
	{Number: 0x96, Name: "fbt", Op: ot.OpProgramUpload, Unverified: true},
}

var kindNames = protocols.NameTable(kinds)

// kindOf is the verb of exploring a part of the program.
func kindOf(rid uint32) ot.Op {
	for i := range kinds {
		if kinds[i].Number == rid>>24 {
			return kinds[i].Op
		}
	}
	return ot.OpUnknown
}

var areaNames = protocols.NameTable([]protocols.Code{
	{Number: areaInputs, Name: "inputs"}, {Number: 0x51, Name: "outputs"}, {Number: 0x52, Name: "flags"},
	{Number: 0x53, Name: "counters"}, {Number: areaTimers, Name: "timers"},
	{Number: areaDB, Name: "db"}, {Number: areaByID, Name: "object"},
})

// made is an object that a client had created in this conversation.
type made struct{ rid, class uint32 }

// madeMax is how many of them are remembered.
const madeMax = 16

// remember notes the class of an object that was created.
func (s *Stream) remember(rid, class uint32) {
	s.made[s.count%madeMax] = made{rid, class}
	s.count++
}

// classOf is the class of an object, 0 when it is not known.
func (s *Stream) classOf(rid uint32) uint32 {
	for i := range s.made {
		if s.made[i].rid == rid && rid != 0 {
			return s.made[i].class
		}
	}
	return 0
}

// verb is what setting or reading an attribute of an object means: as the
// attribute says, else the object, else its class.
func (s *Stream) verb(rid, attr uint32, set bool, otherwise ot.Op) ot.Op {
	for _, m := range [...]*meaning{meanings[attr], natives[rid], meanings[s.classOf(rid)]} {
		if op := m.op(set); op != ot.OpUnknown {
			return op
		}
	}
	return otherwise
}

func (m *meaning) op(set bool) ot.Op {
	if m == nil {
		return ot.OpUnknown
	}
	if set {
		return m.set
	}
	return m.get
}
