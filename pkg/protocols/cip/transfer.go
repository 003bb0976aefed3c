package cip

import (
	"otsensor/pkg/ot"
	"otsensor/pkg/protocols"
)

// What is larger than one message moves piece by piece: tags by byte offset
// (1756-PM020), templates likewise, files by numbered packets (Volume 1, 5-42),
// lists of symbols by where the last answer ended. Each piece is a transaction;
// the pieces of one transfer are followed, and each says how far it is.

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

// The word that a piece carries: its state above the bytes moved so far.
const (
	transferShift = 29
	transferBytes = 1<<transferShift - 1
)

// moving tells how a service's pieces follow each other.
type moving uint8

const (
	wholly    moving = iota // the service moves nothing by pieces
	byOffset                // the request says where its piece begins
	byPacket                // packets say whether they are first, middle or last
	byPartial               // the answer's status says whether there is more
)

func movingOf(t *ot.Transaction) moving {
	if s := serviceOf(t); kindOf(t) == tag {
		if s == 0x52 || s == 0x53 {
			return byOffset
		}
		return wholly
	}
	switch t.Code {
	case classTemplate<<8 | 0x4C:
		return byOffset
	case classFile<<8 | 0x4F, classFile<<8 | 0x50:
		return byPacket
	case classSymbol<<8 | 0x55:
		return byPartial
	}
	return wholly
}

// transferArg is where a piece has its word: a tag's path has nothing else to
// say in argExtra, other services have argA free.
func transferArg(t *ot.Transaction) int {
	if kindOf(t) == tag {
		return argExtra
	}
	return argA
}

func transferOf(t *ot.Transaction) (state transferState, moved uint32) {
	if movingOf(t) == wholly {
		return transferNone, 0
	}
	w := t.Arg[transferArg(t)]
	return transferState(w >> transferShift), w & transferBytes
}

// setPiece notes with a request how many bytes it brings; Value may be cut.
func setPiece(t *ot.Transaction, size int) {
	if movingOf(t) != wholly {
		t.Arg[transferArg(t)] = uint32(min(size, transferBytes))
	}
}

// transfersKept is how many transfers one conversation follows at a time.
const transfersKept = 8

// transfer is one that goes on.
type transfer struct {
	key uint64
	at  uint32 // bytes moved so far
}

type transfers struct {
	all  [transfersKept]transfer
	next int
}

// follow puts an answered piece to its transfer.
func (f *transfers) follow(t *ot.Transaction, m *reply) {
	how := movingOf(t)
	if how == wholly {
		return
	}
	piece, data := t.Arg[transferArg(t)]&transferBytes, uint32(len(m.data))
	tr := f.of(t)
	from, known := tr.at, tr.key != 0
	state := transferUnderWay
	switch how {
	case byOffset:
		from = offsetOf(t)
		if serviceOf(t) != 0x53 {
			piece = data - min(data, typeBytes(t, m.data))
		}
		if offsetEnds(t, m, from+piece) {
			state = transferComplete
		}
	case byPacket:
		state, piece = packetOf(t, m, piece)
	case byPartial:
		piece = data
		if m.status != statusPartial {
			state = transferComplete
		}
	}
	if how == byOffset && from > tr.at || how == byPacket && !known && !firstPacket(t, m) {
		state = transferGap
	}
	now := min(from+piece, transferBytes)
	t.Arg[transferArg(t)] = uint32(state)<<transferShift | now
	f.set(t, tr, now, state == transferComplete || state == transferAborted)
}

// of finds the transfer that a piece belongs to; one without a key is new.
func (f *transfers) of(t *ot.Transaction) *transfer {
	key := transferKey(t)
	for i := range f.all {
		if f.all[i].key == key {
			return &f.all[i]
		}
	}
	tr := &f.all[f.next]
	f.next = (f.next + 1) % transfersKept
	*tr = transfer{}
	return tr
}

func (f *transfers) set(t *ot.Transaction, tr *transfer, at uint32, done bool) {
	if done {
		*tr = transfer{}
		return
	}
	tr.key, tr.at = transferKey(t), at
}

func transferKey(t *ot.Transaction) uint64 {
	instance := t.Object.Block
	if movingOf(t) == byPartial {
		instance = 0 // each request begins at another one
	}
	return (protocols.Digest(t.Name) ^ uint64(t.Code)<<32 ^ uint64(instance)<<8 ^ uint64(t.Unit)) | 1
}

// offsetOf is where a piece begins.
func offsetOf(t *ot.Transaction) uint32 {
	if kindOf(t) == tag {
		return t.Arg[argB]
	}
	at, _ := u32(requestData(t), 0)
	return uint32(at)
}

// typeBytes is how many bytes of an answered read are the type.
func typeBytes(t *ot.Transaction, data []byte) uint32 {
	switch {
	case kindOf(t) != tag:
		return 0
	case len(data) >= 2 && uint16(data[0])|uint16(data[1])<<8 == structType:
		return 4
	}
	return 2
}

// offsetEnds reports whether a piece that ends there is the last one. Of a
// structure that is written nothing tells its size.
func offsetEnds(t *ot.Transaction, m *reply, end uint32) bool {
	if serviceOf(t) != 0x53 {
		return m.status != statusPartial
	}
	size := uint32(t.Shape.Size())
	return size > 0 && end >= size*(t.Arg[argA]&0xFFFF)
}

// The types of a file object's packets.
const (
	packetFirst = iota
	packetMiddle
	packetLast
	packetAbort
	packetOnly
)

// packetOf reads a piece of a file: the transfer's number, the packet's type,
// data; of an upload in the answer, of a download in the request.
func packetOf(t *ot.Transaction, m *reply, asked uint32) (state transferState, size uint32) {
	b := m.data
	if size = uint32(len(b)); serviceOf(t) == 0x50 {
		b, size = requestData(t), asked
	}
	const head = 2
	size -= min(size, head)
	switch {
	case len(b) < head:
		return transferUnderWay, size
	case b[1] == packetLast || b[1] == packetOnly:
		return transferComplete, size
	case b[1] == packetAbort:
		return transferAborted, size
	}
	return transferUnderWay, size
}

func firstPacket(t *ot.Transaction, m *reply) bool {
	b := m.data
	if serviceOf(t) == 0x50 {
		b = requestData(t)
	}
	return len(b) < 2 || b[1] == packetFirst || b[1] == packetOnly || b[1] == packetAbort
}
