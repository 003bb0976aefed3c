package cip

import (
	"otsensor/pkg/ot"
	"otsensor/pkg/protocols"
)

// owner is what a Forward Open makes of its originator (Volume 1, 3-6).
type owner uint8

const (
	ownerNone       owner = iota // connects nothing
	ownerExclusive               // sends the outputs
	ownerInputOnly               // sends a heartbeat, and keeps the inputs coming
	ownerListenOnly              // sends a heartbeat, and hears as long as an owner does
	ownerInputs                  // one of the two: the connection point does not tell
	ownerRedundant
	ownerSafety
	ownerExplicit // messages, not I/O
)

var owners = []protocols.Code{
	{Number: uint32(ownerNone), Name: "none"},
	{Number: uint32(ownerExclusive), Name: "exclusive_owner"},
	{Number: uint32(ownerInputOnly), Name: "input_only"},
	{Number: uint32(ownerListenOnly), Name: "listen_only"},
	{Number: uint32(ownerInputs), Name: "input_or_listen_only"},
	{Number: uint32(ownerRedundant), Name: "redundant_owner"},
	{Number: uint32(ownerSafety), Name: "safety"},
	{Number: uint32(ownerExplicit), Name: "explicit"},
}

// OwnerName is the name of a kind of connection, "" for one that no table names.
var OwnerName = protocols.NameTable(owners)

// heartbeats are the connection points that devices commonly give to
// connections without outputs; no specification fixes them.
var heartbeats = map[uint32]owner{
	0xC0: ownerListenOnly, 0xC1: ownerInputOnly,
	0xC6: ownerInputOnly, 0xC7: ownerListenOnly,
	0xED: ownerListenOnly, 0xEE: ownerInputOnly,
	0xFE: ownerInputOnly, 0xFF: ownerListenOnly,
}

// ownerOf tells the kind of connection that a Forward Open asks for.
func ownerOf(t *ot.Transaction, path *Path) owner {
	class, _ := transport(0, 0x0F)(t)
	out, _ := networkAt(t, openO2TParam)
	switch {
	case isNull(t):
		return ownerNone
	case path.Safety:
		return ownerSafety
	case class > 1:
		return ownerExplicit
	case out.owner:
		return ownerRedundant
	case out.kind != 0 && out.size > 2*class:
		return ownerExclusive
	case path.PointCount == 0:
		return ownerInputs
	}
	if kind, listed := heartbeats[path.Points[0]]; listed {
		return kind
	}
	return ownerInputs
}
