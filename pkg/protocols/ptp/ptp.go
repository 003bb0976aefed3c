// Package ptp decodes the Precision Time Protocol, version 2: who keeps time for the network, and who tells clocks something.
//
// IEEE 1588-2008 clauses 13 and 15, annexes D to F; over Ethernet and UDP.
//
// Transaction conventions:
//
//	Code   the type of message
//	Unit   the domain
//	Name   the identity of the grandmaster of an announcement, of the clock that sends else
//	Object of management: Area the managed thing, Len 1; StatusCode why it failed
//
// Times are told often: of each type of message a transaction is given when
// something about it changes, and one in ten seconds.
package ptp

import (
	"encoding/hex"

	"otsensor/pkg/ot"
	"otsensor/pkg/protocols"
)

// The types of messages that more than the table knows, table 19.
const (
	announce   = 0xb
	management = 0xd
)

// The indices of Transaction.Arg.
const (
	argSeen    = iota // messages since the last transaction
	argClass          // class of the grandmaster's clock << 16 | its first priority
	argOffset         // of UTC, seconds, with present
	argSteps          // from the grandmaster
	argAction         // of management, with present
	argVersion        // minor and major
)

const present = 1 << 31

const (
	ethertype = 0x88f7
	header    = 34
)

var codes = []protocols.Code{
	{Number: 0x0, Name: "sync", Op: ot.OpSession},
	{Number: 0x1, Name: "delay_request", Op: ot.OpSession},
	{Number: 0x2, Name: "peer_delay_request", Op: ot.OpSession, Unverified: true},
	{Number: 0x3, Name: "peer_delay_response", Op: ot.OpSession, Unverified: true},
	{Number: 0x8, Name: "follow_up", Op: ot.OpSession},
	{Number: 0x9, Name: "delay_response", Op: ot.OpSession},
	{Number: 0xa, Name: "peer_delay_response_follow_up", Op: ot.OpSession, Unverified: true},
	{Number: announce, Name: "announce", Op: ot.OpSession},
	{Number: 0xc, Name: "signaling", Op: ot.OpSession, Unverified: true},
	{Number: management, Name: "management", Op: ot.OpConfigRead},
}

// Protocol is the row of PTP.
func Protocol() protocols.Protocol {
	return protocols.Protocol{
		Proto: ot.ProtoPTP, Title: "PTP", Spec: "IEEE 1588-2008",
		Ports: []protocols.Port{{Transport: ot.Link, Number: ethertype}, {Transport: ot.UDP, Number: 319}, {Transport: ot.UDP, Number: 320}},
		Probe: probe, New: func(*ot.Conv) protocols.Decoder { return &decoder{} }, Limit: 2048,
		Codes: codes, Fields: fields,
		Describe: func(t *ot.Transaction, dst []byte) []byte { return append(append(dst, "clock "...), t.Name...) },
	}
}

// probe: a listed type, version 2, a length that holds the header.
func probe(head []byte) protocols.Answer {
	switch {
	case len(head) > 0 && name(uint64(head[0]&0x0f)) == "", len(head) > 1 && head[1]&0x0f != 2:
		return protocols.No
	case len(head) < 4:
		return protocols.More
	case int(head[2])<<8|int(head[3]) < header:
		return protocols.No
	}
	return protocols.Either
}

// decoder follows one sender to its group, or a pair.
type decoder struct {
	kinds [2][16]protocols.Steady
	said  uint64 // digest of the clock description that was told
	text  [16]byte
}

func (d *decoder) Lost(ot.Dir, *protocols.Emit) {}
func (d *decoder) Tick(int64, *protocols.Emit)  {}

func (d *decoder) Feed(dir ot.Dir, b []byte, out *protocols.Emit) int {
	c := protocols.Read(b)
	kind, version, length := c.U8()&0x0f, c.U8(), int(c.U16())
	t := ot.Transaction{Proto: ot.ProtoPTP, Op: ot.OpSession, Code: uint32(kind), Status: ot.OneWay, Asked: out.Frame, AskedAt: out.Time, Latency: -1}
	t.Arg[argVersion] = uint32(version)
	t.Unit = uint32(c.U8())
	c.Skip(15) // flags, correction, and what depends on the type
	clock := c.Bytes(8)
	c.Skip(6) // port, sequence, control, interval
	if c.Short() || version&0x0f != 2 || length < header || length > len(b) || name(uint64(kind)) == "" {
		out.OddIn(ot.Malformed, dir, &t)
		return len(b)
	}
	t.Name = hex.AppendEncode(d.text[:0], clock)
	body := protocols.Read(b[header:length])
	switch kind {
	case announce:
		d.announced(&body, &t)
	case management:
		d.managed(dir, &body, &t, out)
	}
	if body.Short() {
		out.OddIn(ot.Malformed, dir, &t)
		return len(b)
	}
	d.tell(dir, &t, out)
	return len(b)
}

// announced reads an announcement, §13.5.
func (d *decoder) announced(c *protocols.Cursor, t *ot.Transaction) {
	c.Skip(10) // time
	offset := c.U16()
	c.Skip(1)
	priority, class := c.U8(), c.U8()
	c.Skip(4) // accuracy, variance, second priority
	clock, steps := c.Bytes(8), c.U16()
	if c.Short() {
		return
	}
	t.Name = hex.AppendEncode(d.text[:0], clock)
	t.Arg[argClass], t.Arg[argOffset], t.Arg[argSteps] = uint32(class)<<16|uint32(priority), uint32(offset)|present, uint32(steps)
}

// tell hands over a message that says something new, or the first in a while.
func (d *decoder) tell(dir ot.Dir, t *ot.Transaction, out *protocols.Emit) {
	sum := protocols.Digest(t.Name) ^ uint64(t.Arg[argClass])<<32 ^ uint64(t.Arg[argOffset]) ^ uint64(t.Unit)<<48
	if t.Code == management {
		sum ^= out.Seq // each is an act of its own
	}
	if t.Arg[argSeen] = d.kinds[dir][t.Code].Tell(sum, out); t.Arg[argSeen] > 0 {
		out.Did(t)
	}
}

var name = protocols.NameTable(codes)

var fields = []protocols.Field{
	{Name: "ptp.message", Doc: "type of message", Names: name, Num: func(t *ot.Transaction) (uint64, bool) { return uint64(t.Code), true }},
	{Name: "ptp.domain", Doc: "domain, 0-255", Num: func(t *ot.Transaction) (uint64, bool) { return uint64(t.Unit), true }},
	{Name: "ptp.clock", Doc: "identity of the clock that sends; of an announcement the grandmaster's", Text: func(t *ot.Transaction) []byte { return t.Name }},
	{Name: "ptp.class", Doc: "class of the grandmaster's clock: 6 synchronised, 7 holds over, 248 default", Num: announced(argClass, 16, 0xff)},
	{Name: "ptp.priority", Doc: "first priority of the grandmaster, 0 the highest", Num: announced(argClass, 0, 0xff)},
	{Name: "ptp.utc_offset", Doc: "seconds that the time is ahead of UTC", Num: announced(argOffset, 0, 0xffff)},
	{Name: "ptp.steps", Doc: "steps from the grandmaster", Num: announced(argSteps, 0, 0xffff)},
	{Name: "ptp.action", Doc: "action of management", Names: protocols.NameTable(actions),
		Num: func(t *ot.Transaction) (uint64, bool) {
			return uint64(t.Arg[argAction] & 0x0f), t.Arg[argAction]&present != 0
		}},
	{Name: "ptp.managed", Doc: "number of what is managed", NamedTo: 1 << 16, Names: protocols.NameTable(things),
		Num: func(t *ot.Transaction) (uint64, bool) { return uint64(t.Object.Area), t.Object.Len > 0 }},
	{Name: "ptp.error", Doc: "why management failed", NamedTo: 1 << 16, Names: protocols.NameTable(failures), Num: protocols.StatusField},
	{Name: "ptp.messages", Doc: "messages of this type since the last transaction",
		Num: func(t *ot.Transaction) (uint64, bool) { return uint64(t.Arg[argSeen]), true }},
}

func announced(i, shift int, mask uint32) func(*ot.Transaction) (uint64, bool) {
	return func(t *ot.Transaction) (uint64, bool) {
		return uint64(t.Arg[i] >> shift & mask), t.Arg[argOffset]&present != 0
	}
}
