package s7comm

import (
	"encoding/binary"

	"otsensor/pkg/ot"
)

// The block functions.
const (
	blockList   = 1
	blockOfType = 2
	blockInfo   = 3
)

// blockRequest reads which block or type of block is asked for.
func blockRequest(h *userHead, t *ot.Transaction, b []byte) {
	switch {
	case h.sub == blockOfType && len(b) == 2:
		t.Object = ot.Object{Area: uint32(binary.BigEndian.Uint16(b)), Len: 1}
	case h.sub == blockInfo:
		blockName(t, b)
	}
}

// blockResult reads a list of blocks, or the card of one.
func blockResult(t *ot.Transaction, b []byte) {
	switch byte(t.Code) {
	case blockList, blockOfType: // four bytes each: type and count, or number, flags, language
		t.Arg[argC] = uint32(len(b)/4) | present
		t.Value = b[:min(len(b), ot.ValueCap)]
	case blockInfo: // type, length, two bytes of unknown use, the card
		if len(b) < 6+cardLen {
			return
		}
		card := b[6 : 6+cardLen]
		t.Value = card
		t.Arg[argLoad] = binary.BigEndian.Uint32(card[cardLoadLen:])
		t.Arg[argCode] = uint32(binary.BigEndian.Uint16(card[cardCodeLen:]))
		if t.Object.Len == 0 {
			t.Object = ot.Object{Area: blockTypeOf(card[cardType]), Block: uint32(binary.BigEndian.Uint16(card[cardNumber:])), Len: 1}
		}
	}
}

// blockTypeOf is the ASCII form of a type of block, as file names have it: 10 is "0A".
func blockTypeOf(n byte) uint32 {
	const hex = "0123456789ABCDEF"
	return uint32(hex[n>>4])<<8 | uint32(hex[n&15])
}
