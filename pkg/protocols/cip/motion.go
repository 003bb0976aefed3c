package cip

import (
	"otsensor/pkg/ot"
	"otsensor/pkg/protocols"
)

// Motion I/O (Volume 9): packets between a controller and the axes of a drive
// begin with their format, its revision, an update id and the node's bits.
var motionFormats = []protocols.Code{
	{Number: 2, Name: "fixed_to_device"},
	{Number: 3, Name: "fixed_to_controller"},
	{Number: 6, Name: "variable_to_device"},
	{Number: 7, Name: "variable_to_controller"},
}

var motionFormatName = protocols.NameTable(motionFormats)

// ofMotionIO is a byte of the head of motion data, which only a Forward Open
// to an axis tells from other data.
func ofMotionIO(at int) num {
	return kinded(cyclic, func(t *ot.Transaction) (uint64, bool) {
		if t.Arg[argRoute]&ioJoined == 0 || t.Arg[argRoute]&ioMotion == 0 || len(t.Value) <= at || motionFormatName(uint64(t.Value[0])) == "" {
			return 0, false
		}
		return uint64(t.Value[at]), true
	})
}
