package cip

import (
	"encoding/binary"

	"otsensor/pkg/ot"
	"otsensor/pkg/protocols"
)

// IO watches the cyclic I/O of one conversation. It is too much to hand over
// every packet: a connection gives a transaction when something about it
// changes, and else one every ten seconds that says how much there was.
//
// Whether the data begins with a run/idle header only the Forward Open tells,
// which is another conversation's. The header is taken for present when run was
// seen, as long as every packet's first 32 bits could be one and hold still as a
// mode does: data that counts or toggles is told apart within a few packets.
type IO struct {
	conns []ioConn
	deeps []deep
	full  bool
}

const (
	maxIOConns    = 64
	ioSummary     = int64(10_000_000_000) // nanoseconds between two summaries of a connection
	runIdleHeader = 4                     // bytes; bit 0 run, bits 1 to 3 connection of the redundant owner
	heldLeast     = 8                     // packets a mode holds at least
	flipsMost     = 2                     // changes of mode within flipSpan
	flipSpan      = int64(60_000_000_000) // nanoseconds
)

// Reason is why an I/O transaction was handed over.
type Reason uint8

// The reasons.
const (
	IOFirst    Reason = iota + 1 // first packet of the connection id
	IORun                        // run/idle flipped
	IOSize                       // another amount of data
	IOBack                       // the sequence number went back
	IOSource                     // the other side sends with this connection id
	IOConflict                   // same sequence number, other data
	IOSummary                    // nothing changed for ten seconds, or the conversation ended
	IOCheck                      // the check sums of safety data are wrong
	IOAxis                       // an axis of a motion connection is controlled otherwise, asked something, or in another state
)

var ioReasons = []protocols.Code{
	{Number: uint32(IOFirst), Name: "first"},
	{Number: uint32(IORun), Name: "run_idle"},
	{Number: uint32(IOSize), Name: "size"},
	{Number: uint32(IOBack), Name: "sequence_back"},
	{Number: uint32(IOSource), Name: "source"},
	{Number: uint32(IOConflict), Name: "conflict"},
	{Number: uint32(IOSummary), Name: "summary"},
	{Number: uint32(IOCheck), Name: "check_sum"},
	{Number: uint32(IOAxis), Name: "axis"},
}

// ioConn is one connection id as it was last seen.
type ioConn struct {
	id      uint32
	dir     ot.Dir
	seq     uint32 // encapsulation sequence number
	count   uint16 // CIP sequence count
	state   byte   // mode byte, were it safety data
	hasMode bool
	wrong   bool  // its check sums are wrong
	wrongs  uint8 // such packets since the last transaction
	repeats uint8 // packets since then that came again
	deep    uint8 // one more than the place in IO.deeps, where the data could be safety or motion data
	size    int
	header  bool   // every packet could begin with a run/idle header
	ran     bool   // and one said run
	word    uint32 // the header
	held    int    // packets it has been the same
	flips   int    // changes since flipped
	flipped int64  // sensor clock
	sum     uint64
	packets uint32 // since the last transaction, this one included
	missed  uint32 // sequence numbers not seen since then
	told    int64  // sensor clock of the last transaction
	since   int64  // packet time of the packet it told of
	silence uint32 // longest time between two packets since then, microseconds
	hurry   uint32 // shortest
	frame   uint64
	time    int64
}

// What argB holds for I/O.
const (
	ioHasRun = 1 << 24
	ioIsRun  = 1 << 25

	ioHasMode = 1 << 26 // the data could be safety data
	ioModeRun = 27      // shift, of what their mode byte says

	ioCount   = 2         // bytes of the CIP sequence count
	ioMissed  = 1<<16 - 1 // low bits: missed; above them four of the reason, four of repeats
	ioReason  = 16        // shift
	ioRepeats = 20        // shift
	ioNibble  = 1<<4 - 1
	ioBytes   = 1<<16 - 1 // argA's low bits; above them the interval
	ioTick    = 100_000   // nanoseconds, the unit of interval and jitter

	// argExtra holds the packets, and above them those with wrong check sums.
	ioPackets = 1<<24 - 1
	ioWrongs  = 24 // shift

	// Of argMarks what is not the kind is free.
	ioVerdict  = 13 // shift, three bits: what follows
	ioVerdicts = 7
	ioJitter   = 16 // shift
	ioAgree    = 1  // the check sums agree with each other
	ioWrong    = 2  // one did not
	ioRight    = 3  // they agree with the Forward Open
	ioStrange  = 4  // they agree with each other, and not with the Forward Open
	ioAnew     = 5  // they agree with each other, and not with the packet last told with its data
)

// Data takes one I/O datagram: a connection, its sequence number, its data
// with the CIP sequence count of class 1 in front.
func (o *IO) Data(dir ot.Dir, id, seq uint32, data []byte, out *protocols.Emit) {
	now := ioConn{hurry: 1<<32 - 1, id: id, dir: dir, seq: seq, packets: 1, held: 1, told: out.Clock, frame: out.Frame, time: out.Time, sum: protocols.Digest(data)}
	full, whole := data, data
	if toGroup(dir, out.Conv) {
		whole = data[:max(len(data)-safetyCorrection, 0)]
	}
	now.state, now.hasMode = safetyMode(whole)
	if len(data) >= ioCount {
		now.count, data = binary.LittleEndian.Uint16(data), data[ioCount:]
	}
	now.size = len(data)
	if len(data) >= runIdleHeader {
		now.word = binary.LittleEndian.Uint32(data)
		now.header = now.word <= 0x0F
		now.ran = now.header && now.run()
	}
	was := o.find(id)
	if was == nil {
		if o.follows(&now, &now, whole, data) {
			o.follow(&now, &now, whole, data)
		}
		was = o.add(dir, out)
		*was = now
		o.tell(was, IOFirst, full, out)
		return
	}
	now.packets += was.packets
	now.missed = min(was.missed+gap(was.seq, seq), ioMissed)
	now.mode(was)
	now.deep = was.deep
	axis := o.follows(&now, was, whole, data) && o.follow(&now, was, whole, data)
	reason := was.changed(&now, o.sure(&now), axis)
	now.told, now.since, now.wrongs, now.repeats = was.told, was.since, was.wrongs, was.repeats
	if now.wrong {
		now.wrongs = min(now.wrongs, 1<<8-2) + 1
	}
	if now.seq == was.seq && now.sum == was.sum {
		now.repeats = min(now.repeats, ioNibble-1) + 1
	}
	gone := uint32(min(max(now.time-was.time, 0)/1000, 1<<32-1))
	now.silence, now.hurry = max(was.silence, gone), min(was.hurry, gone)
	*was = now
	if reason == 0 && out.Clock-was.told >= ioSummary {
		reason = IOSummary
	}
	if reason != 0 {
		o.tell(was, reason, full, out)
		return
	}
	out.Wake(was.told + ioSummary - 1)
}

// changed gives the gravest difference to the packet before.
func (c *ioConn) changed(now *ioConn, sure, axis bool) Reason {
	switch {
	case now.dir != c.dir:
		return IOSource
	case now.seq == c.seq && now.sum != c.sum:
		return IOConflict
	case now.wrong && !c.wrong:
		return IOCheck
	case int32(now.seq-c.seq) < 0:
		return IOBack
	case now.header && now.ran && now.run() != c.run(), sure && !now.wrong && now.safetyRun() != c.safetyRun():
		return IORun
	case axis:
		return IOAxis
	case now.size != c.size:
		return IOSize
	}
	return 0
}

func (c *ioConn) safetyRun() bool { return c.hasMode && c.state>>7 == 1 }

// toGroup reports data that go to a multicast address.
func toGroup(dir ot.Dir, conv *ot.Conv) bool {
	to := conv.Client.IP
	if dir == ot.ToServer {
		to = conv.Server.IP
	}
	return to[12]>>4 == 0xE
}

func (c *ioConn) run() bool { return c.word&1 == 1 }

// mode carries on what is known of the run/idle header. A word that changes
// too soon or too often is data.
func (c *ioConn) mode(was *ioConn) {
	c.header = c.header && was.header
	c.ran = c.header && (c.ran || was.ran)
	c.held, c.flips, c.flipped = was.held+1, was.flips, was.flipped
	if c.word == was.word {
		return
	}
	if c.told-c.flipped >= flipSpan {
		c.flips, c.flipped = 0, c.told
	}
	c.flips++
	c.header = c.header && was.held >= heldLeast && c.flips <= flipsMost
	c.held = 1
}

// gap is how many sequence numbers were passed over.
func gap(was, now uint32) uint32 {
	if d := now - was; int32(d) > 1 {
		return min(d-1, ioMissed)
	}
	return 0
}

// Tick gives the summaries that are due; at the end of the conversation all
// that is left.
func (o *IO) Tick(now int64, out *protocols.Emit) {
	for i := range o.conns {
		c := &o.conns[i]
		if c.packets > 0 && (now == protocols.EndOfTime || now-c.told >= ioSummary) {
			o.tell(c, IOSummary, nil, out)
		}
		if c.packets > 0 {
			out.Wake(c.told + ioSummary - 1)
		}
	}
}

// tell hands over what was seen of a connection since the last time. The data
// keep their sequence count, which class 0 does not have, until their Forward
// Open is asked.
func (o *IO) tell(c *ioConn, why Reason, data []byte, out *protocols.Emit) {
	t := ot.Transaction{
		Proto: ot.CIP, Op: ot.OpIOCyclic, Code: IOData, Status: ot.OneWay,
		Object: ot.Object{Area: AnyClass}, Value: data,
		Asked: c.frame, AskedAt: c.time, Latency: -1,
	}
	setKind(&t, cyclic)
	t.Arg[argConn], t.Arg[argSeq] = c.id, c.seq
	t.Arg[argExtra] = min(c.packets, ioPackets) | uint32(c.wrongs)<<ioWrongs
	t.Arg[argA] = uint32(c.size)&ioBytes | c.interval()<<16
	t.Arg[argSession] = c.silence
	if t.Arg[argRoute] = ioBare; c.dir == ot.ToClient {
		t.Arg[argRoute] |= ioServer
	}
	t.Arg[argB] = c.missed | uint32(why)<<ioReason | uint32(c.repeats)<<ioRepeats
	t.Arg[argMarks] |= c.jitter()<<ioJitter | o.verdict(c)<<ioVerdict
	if c.header && c.ran {
		t.Arg[argB] |= ioHasRun
	}
	if c.run() {
		t.Arg[argB] |= ioIsRun
	}
	if c.hasMode {
		t.Arg[argB] |= ioHasMode | uint32(c.state>>7)<<ioModeRun
	}
	c.packets, c.missed, c.wrongs, c.repeats, c.told = 0, 0, 0, 0, out.Clock
	c.since, c.silence, c.hurry = c.time, 0, 1<<32-1
	if c.deep != 0 && data != nil && !c.wrong {
		check := &o.deeps[c.deep-1].check
		check.base.again, check.extended.again = false, false
	}
	out.Did(&t)
}

// interval is the mean time between packets since the last transaction, in
// units of 100 microseconds; 0 when there is none.
func (c *ioConn) interval() uint32 {
	if c.since == 0 || c.packets == 0 {
		return 0
	}
	return uint32(min(max(c.time-c.since, 0)/int64(c.packets)/ioTick, 1<<16-1))
}

// jitter is what the longest and the shortest time between two packets differ
// by, in units of 100 microseconds.
func (c *ioConn) jitter() uint32 {
	if c.silence < c.hurry {
		return 0
	}
	return min((c.silence-c.hurry)/(ioTick/1000), 1<<16-1)
}

// verdict is what is known of the check sums of safety data.
func (o *IO) verdict(c *ioConn) uint32 {
	switch {
	case c.wrongs > 0:
		return ioWrong
	case o.sure(c) && o.deeps[c.deep-1].check.again():
		return ioAnew
	case o.sure(c):
		return ioAgree
	}
	return 0
}

func (o *IO) find(id uint32) *ioConn {
	for i := range o.conns {
		if o.conns[i].id == id {
			return &o.conns[i]
		}
	}
	return nil
}

// add makes room for a connection; the oldest goes when there are too many.
func (o *IO) add(dir ot.Dir, out *protocols.Emit) *ioConn {
	if len(o.conns) == maxIOConns {
		if !o.full {
			out.Odd(ot.TableFull, dir, ot.CIP)
			o.full = true
		}
		o.conns = append(o.conns[:0], o.conns[1:]...)
	}
	o.conns = append(o.conns, ioConn{})
	return &o.conns[len(o.conns)-1]
}

func foreign(yes bool) uint32 {
	if yes {
		return 1
	}
	return 0
}
