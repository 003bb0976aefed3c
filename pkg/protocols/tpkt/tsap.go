package tpkt

import (
	"bytes"
	"encoding/binary"

	"otsensor/pkg/ot"
)

// The roles a SIMATIC TSAP asks the controller to see its caller in.
const (
	rolePG    = 1 // engineering station
	roleOP    = 2 // operator panel
	roleOther = 3 // another controller, or a plain data client
)

// tsapText is the longest TSAP given as text, bytes.
const tsapText = 64

// appendTSAP writes a TSAP as people do: text as it is, else bytes in hex with dots.
func appendTSAP(dst, tsap []byte) []byte {
	if len(tsap) > 2 && printable(tsap) {
		return ot.Clean(dst, tsap, tsapText)
	}
	const hex = "0123456789abcdef"
	for i, b := range tsap[:min(len(tsap), tsapText/3)] {
		if i > 0 {
			dst = append(dst, '.')
		}
		dst = append(dst, hex[b>>4], hex[b&15])
	}
	return dst
}

func printable(b []byte) bool {
	for _, c := range b {
		if c <= ' ' || c >= 0x7f {
			return false
		}
	}
	return true
}

// pair is a TSAP of two bytes as a number, | present; 0 for any other.
func pair(tsap []byte) uint32 {
	if len(tsap) != 2 {
		return 0
	}
	return uint32(binary.BigEndian.Uint16(tsap)) | present
}

// role is what a called TSAP says of the caller, 0 when nothing. S7-1200 and
// S7-1500 name theirs in text.
func role(tsap []byte) uint32 {
	switch {
	case len(tsap) == 2 && tsap[0] >= rolePG && tsap[0] <= roleOther:
		return uint32(tsap[0])
	case bytes.HasSuffix(tsap, []byte("-ROOT-ES")):
		return rolePG
	case bytes.HasSuffix(tsap, []byte("-ROOT-HMI")):
		return roleOP
	case bytes.HasPrefix(tsap, []byte("SIMATIC-ROOT")):
		return roleOther
	}
	return 0
}

// unit is rack << 8 | slot of a two-byte SIMATIC TSAP: the second byte is rack << 5 | slot.
func unit(tsap []byte) uint32 {
	if len(tsap) != 2 || role(tsap) == 0 {
		return 0
	}
	return uint32(tsap[1])>>5<<8 | uint32(tsap[1])&0x1f
}
