// Package protocols is the contract between the stream of a conversation and the decoder of a protocol.
package protocols

import "otsensor/pkg/ot"

// Protocol is one row of the table in protocols/all: everything the rest of
// the sensor knows about a protocol. Nothing else switches on protocol.
type Protocol struct {
	Proto ot.Proto
	Title string // for people: "Modbus"
	Spec  string // the documents the decoder follows

	Ports []Port                   // registered ports; none when another protocol carries this one
	Probe func(head []byte) Answer // are these the first bytes of a direction? nil when carried
	New   func(c *ot.Conv) Decoder // a decoder for one conversation; nil when carried
	Tells bool                     // the decoder itself says what is spoken: its transport has other users too
	Moves bool                     // a server answers from another port of its own (UDP): what goes to and fro there belongs to the conversation that asked

	// Channel tells several conversations apart that one pair of link-layer hosts
	// has in this protocol, by the first bytes of a frame; nil where there is one only.
	Channel func(head []byte) uint16

	Limit int // most bytes a decoder may leave unused before the stream is given up

	// Join makes a fresh joiner of what only several conversations tell together;
	// nil when there is nothing. It is given the row's transactions (Did) in the order
	// of the input, by the judge's goroutine, and may add to them.
	Join func() func(o *ot.Observation)

	Codes    []Code                                     // every code the specification lists, with its plant verb
	Fields   []Field                                    // every field once: rule name, JSON name, meaning, getter
	Describe func(t *ot.Transaction, dst []byte) []byte // what was touched, for people: "holding registers 12–15 of unit 1"
}

// Port is a registered port: of TCP or UDP, an IP protocol (ot.OtherIP), or an
// ethertype (ot.Link; of an IEEE 802.3 frame DSAP << 8 | SSAP, and then the
// payload begins with them).
type Port struct {
	Transport ot.Transport
	Number    uint16
}

// Answer is a probe's verdict on the first bytes of one direction.
type Answer uint8

// The verdicts.
const (
	No         Answer = iota // not this protocol
	More                     // too few bytes to tell
	Either                   // this protocol; the bytes do not tell who asks
	FromClient               // this protocol, sent by the client
	FromServer               // this protocol, sent by the server
)

// Decoder turns the bytes of one conversation into transactions.
// It is used by one goroutine and keeps no view of b.
type Decoder interface {
	// Feed takes the next bytes of a direction, in order, and returns how many
	// it used: whole PDUs only. What is left comes again with more behind it.
	// A datagram comes whole, and what is left of it is dropped.
	Feed(dir ot.Dir, b []byte, out *Emit) (used int)
	// Lost says that bytes of a direction are missing before the next Feed.
	Lost(dir ot.Dir, out *Emit)
	// Tick comes once the clock is past the time the decoder asked for with
	// Emit.Wake, and lets unanswered requests go. EndOfTime says that the
	// conversation ends, and is not asked for.
	Tick(now int64, out *Emit)
}

// EndOfTime is the Tick of a conversation that ends.
const EndOfTime int64 = 1<<63 - 1

// Code is one number of a protocol's code table.
type Code struct {
	Number     uint32 // as in Transaction.Code
	Name       string // "read_holding_registers"
	Op         ot.Op
	Unverified bool // from secondary sources, not seen on a capture
}
