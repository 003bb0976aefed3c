package cip

import (
	"otsensor/pkg/ot"
	"otsensor/pkg/protocols"
)

// What is larger than one message moves piece by piece: tags by byte offset
// (1756-PM020), templates likewise, files by numbered packets (Volume 1, 5-42),
// lists of symbols by where the last answer ended, data tables by offset and
// total (1770-6.5.16). Each piece is a transaction; the pieces of one transfer
// are followed and joined, and each says how far it is.

// transferState is how far a transfer is after a piece of it.
type transferState uint32

const (
	transferNone     transferState = iota
	transferUnderWay               // more is to come
	transferComplete
	transferGap     // pieces before this one were not seen, or not asked for
	transferAborted // given up by one side
)

var transferStates = []protocols.Code{
	{Number: uint32(transferUnderWay), Name: "under_way"},
	{Number: uint32(transferComplete), Name: "complete"},
	{Number: uint32(transferGap), Name: "gap"},
	{Number: uint32(transferAborted), Name: "aborted"},
}

// word is where a piece has its state and, below it, the bytes moved so far: a
// tag's path has nothing else to say in argExtra, a data table's address leaves
// half of it, other services have argA free.
type word struct {
	arg   int
	shift uint32 // of the state
	mask  uint32 // of all of it
}

func wordOf(t *ot.Transaction) word {
	switch kindOf(t) {
	case tag:
		return word{argExtra, 29, 1<<32 - 1}
	case pccc:
		return word{argExtra, 13, 1<<16 - 1}
	}
	return word{argA, 29, 1<<32 - 1}
}

func (w word) get(t *ot.Transaction) (state transferState, moved uint32) {
	n := t.Arg[w.arg] & w.mask
	return transferState(n >> w.shift), n & (1<<w.shift - 1)
}

func (w word) set(t *ot.Transaction, state transferState, moved uint32) {
	t.Arg[w.arg] = t.Arg[w.arg]&^w.mask | uint32(state)<<w.shift | min(moved, 1<<w.shift-1)
}

// moving tells how a service's pieces follow each other.
type moving uint8

const (
	wholly    moving = iota // the service moves nothing by pieces
	byOffset                // the request says where its piece begins
	byPacket                // packets say whether they are first, middle or last
	byPartial               // the answer's status says whether there is more
	byCommand               // PCCC: the command inside tells which
)

func movingOf(t *ot.Transaction) moving {
	how := meaningOf(classOf(t), serviceOf(t)).moves
	if how != byCommand {
		return how
	}
	if pcccRanged(uint32(pcccCode(t))) && !has(t, inMultiple) {
		return byOffset
	}
	return wholly
}

func transferOf(t *ot.Transaction) (state transferState, moved uint32) {
	if movingOf(t) == wholly || !has(t, isFollowed) {
		return transferNone, 0
	}
	state, moved = wordOf(t).get(t)
	if kindOf(t) == tag && has(t, hasHash) {
		moved = t.Arg[argB] + t.Arg[argSeq]>>16
	}
	return state, moved
}

// transferHash is the hash of a body that was joined whole.
func transferHash(t *ot.Transaction) (uint64, bool) {
	state, _ := transferOf(t)
	switch {
	case state != transferComplete:
		return 0, false
	case kindOf(t) == tag:
		return uint64(t.Arg[argExtra]&(1<<29-1) | t.Arg[argMarks]>>hashShift&7<<29), has(t, hasHash)
	case kindOf(t) == pccc:
		return uint64(t.Arg[argSeq]>>16 | t.Arg[argA]&^0xFFFF), has(t, hasHash)
	}
	return uint64(t.Arg[argExtra]), t.Arg[argExtra] != 0
}

// setHash notes the hash of a body, and the size of its last piece. A tag that
// was moved without an error has no extended status, whose place takes the size;
// so has a data table, which has no status either.
func setHash(t *ot.Transaction, sum, last uint32) {
	switch kindOf(t) {
	case tag:
		if has(t, hasExt) || last > 0xFFFF {
			return
		}
		t.Arg[argExtra] = t.Arg[argExtra]&^(1<<29-1) | sum&(1<<29-1)
		t.Arg[argSeq] = t.Arg[argSeq]&0xFFFF | last<<16
		t.Arg[argMarks] |= sum >> 29 << hashShift
		mark(t, hasHash)
	case pccc:
		if has(t, hasExt) {
			return
		}
		t.Arg[argSeq] = t.Arg[argSeq]&0xFFFF | sum<<16
		t.Arg[argA] = t.Arg[argA]&0xFFFF | sum&^0xFFFF
		mark(t, hasHash)
	default:
		t.Arg[argExtra] = sum
	}
}

// setPiece notes with a request which bytes it brings, because Value may be
// cut: how many, and the hash of those of tags and files.
func setPiece(t *ot.Transaction, body []byte) {
	switch {
	case movingOf(t) == wholly:
	case kindOf(t) == tag:
		t.Arg[argExtra] = rolled(0, body)
		t.Arg[argSeq] |= uint32(min(len(body), 0xFFFF)) << 16
	default:
		wordOf(t).set(t, transferNone, uint32(len(body)))
		if t.Code == classFile<<8|0x50 && len(body) >= packetHead {
			t.Arg[argExtra] = rolled(0, body[packetHead:])
		}
	}
}

// transfersKept is how many transfers one conversation follows at a time.
const transfersKept = 8

// transfer is one that goes on.
type transfer struct {
	key   uint64
	at    uint32 // bytes moved so far
	sum   uint32 // hash of them
	heard int64  // sensor clock of its latest piece
	head  []byte // the first of them, at most ot.ValueCap

	joined bool // no piece is missing
}

type transfers struct {
	all    []transfer // transfersKept of them, or none yet
	next   int
	ranges [transfersKept]pcccRange
	spare  []byte // a head that nothing uses
}

// piece is what one message moves.
type piece struct {
	from  uint32
	size  uint32
	sum   uint32 // hash of it
	body  []byte // of it what is at hand
	first bool
	state transferState
}

// follow puts an answered piece to its transfer, and gives the last one what
// was joined. The value is put together in room.
func (f *transfers) follow(t *ot.Transaction, m reply, room []byte, out *protocols.Emit) []byte {
	how := movingOf(t)
	if how == wholly {
		return room
	}
	tr := f.of(t, out)
	p := f.pieceOf(t, m, how, tr)
	if t.Code == classFile<<8|0x50 {
		t.Arg[argExtra] = 0
	}
	if how == byOffset && p.from > tr.at || how == byPacket && tr.key == 0 && !p.first {
		p.state = transferGap
	}
	tr.take(&p, f, out)
	wordOf(t).set(t, p.state, p.from+p.size)
	mark(t, isFollowed)
	if p.state == transferComplete && tr.joined {
		room = tr.give(t, m, p.size, room)
	}
	tr.key, tr.at, tr.heard = transferKey(t), p.from+p.size, out.Clock
	if p.state == transferComplete || p.state == transferAborted {
		tr.key, tr.at = 0, 0
	}
	if tr.key == 0 || !tr.joined {
		f.release(tr, out)
	}
	return room
}

// take joins a piece to what came before it.
func (tr *transfer) take(p *piece, f *transfers, out *protocols.Emit) {
	if p.first {
		tr.head, tr.sum, tr.joined = tr.head[:0], 0, true
	}
	tr.joined = tr.joined && p.state != transferGap && (p.first || p.from == tr.at)
	if !tr.joined {
		return
	}
	tr.sum = tr.sum*power(p.size) + p.sum
	if room := min(len(p.body), ot.ValueCap-len(tr.head)); tr.grow(f, out) {
		tr.head = append(tr.head, p.body[:room]...)
	} else {
		tr.joined = false
	}
}

// grow makes room for the head, if the budget has it.
func (tr *transfer) grow(f *transfers, out *protocols.Emit) bool {
	if tr.head != nil {
		return true
	}
	if out.Budget != nil {
		if out.Budget.Left < ot.ValueCap {
			return false
		}
		out.Budget.Left -= ot.ValueCap
	}
	if tr.head, f.spare = f.spare, nil; tr.head == nil {
		tr.head = make([]byte, 0, ot.ValueCap)
	}
	return true
}

// give makes the joined body the value of the transfer's last piece.
func (tr *transfer) give(t *ot.Transaction, m reply, last uint32, room []byte) []byte {
	setHash(t, tr.sum, last)
	if k := kindOf(t); k == tag || k == pccc {
		t.Value = tr.head
		return room
	}
	asked := requestData(t)
	switch t.Code {
	case classFile<<8 | 0x50: // the body is the request's
		room = append(append(room[:0], asked[:min(len(asked), packetHead)]...), tr.head...)
		t.Arg[argB] = uint32(len(room))
		room = append(room, m.data...)
	case classFile<<8 | 0x4F:
		room = append(append(room[:0], asked...), m.data[:min(len(m.data), packetHead)]...)
		room = append(room, tr.head...)
	default:
		room = append(append(room[:0], asked...), tr.head...)
	}
	t.Value = room
	return room
}

// of finds the transfer that a piece belongs to; one without a key is new.
func (f *transfers) of(t *ot.Transaction, out *protocols.Emit) *transfer {
	if f.all == nil {
		f.all = make([]transfer, transfersKept)
	}
	key, free := transferKey(t), -1
	for i := range f.all {
		if f.all[i].key == key {
			return &f.all[i]
		}
		if f.all[i].key == 0 && free < 0 {
			free = i
		}
	}
	if free < 0 {
		free, f.next = f.next, (f.next+1)%transfersKept
	}
	tr := &f.all[free]
	f.release(tr, out)
	*tr = transfer{}
	return tr
}

// expire gives back the memory of transfers that do not go on.
func (f *transfers) expire(now int64, out *protocols.Emit) {
	for i := range f.all {
		if tr := &f.all[i]; now == protocols.EndOfTime || now-tr.heard > protocols.AnswerTimeout {
			f.release(tr, out)
			tr.joined = false
		}
	}
}

// release takes the head from a transfer that needs it no more; one is kept for
// the next transfer, and stays as it is until then.
func (f *transfers) release(tr *transfer, out *protocols.Emit) {
	if tr.head == nil {
		return
	}
	if out.Budget != nil {
		out.Budget.Left += ot.ValueCap
	}
	f.spare, tr.head = tr.head[:0], nil
}

func transferKey(t *ot.Transaction) uint64 {
	instance := t.Object.Block
	switch {
	case movingOf(t) == byPartial:
		instance = 0 // each request begins at another one
	case kindOf(t) == pccc:
		instance = uint32(pcccCode(t))
	}
	return (protocols.Digest(t.Name) ^ uint64(t.Code)<<32 ^ uint64(instance)<<8 ^ uint64(t.Unit)) | 1
}

const fnvOffset = 2166136261

// fnv32 goes on with FNV-1a over 32 bits.
func fnv32(sum uint32, b []byte) uint32 {
	for _, c := range b {
		sum = (sum ^ uint32(c)) * hashPrime
	}
	return sum
}

const hashPrime = 16777619

// rolled goes on with a hash of which that of a whole can be had from those of
// its parts: sum(a b) is sum(a) times power(len(b)), and sum(b).
func rolled(sum uint32, b []byte) uint32 {
	for _, c := range b {
		sum = sum*hashPrime + uint32(c) + 1
	}
	return sum
}

// power is hashPrime to the power n.
func power(n uint32) uint32 {
	to, by := uint32(1), uint32(hashPrime)
	for ; n > 0; n >>= 1 {
		if n&1 == 1 {
			to *= by
		}
		by *= by
	}
	return to
}
