package cip

import (
	"encoding/hex"
	"math"
	"slices"
	"strconv"
	"strings"

	"otsensor/pkg/ot"
	"otsensor/pkg/protocols"
)

// attribute is one attribute of an object's instances: its name, and its parts
// in wire order. A part is label:type=names; a single part needs no label.
//
//	u1 u2 u4 u8   number of so many bytes; with names, one for each value from 0 on
//	m4            number whose lowest four bits have names, and the rest of it
//	s2 s4 s8      signed number
//	r4            floating-point number
//	f1 f2 f4      bits; with names, one for each bit from 0 on, - for a bit without
//	x1 … x28      bytes, in hexadecimal
//	a1 a2         as many numbers as a count in front says, of one byte or two
//	b1 b2         the same behind a count of one byte
//	hidden16      a secret of so many bytes; hidden1 one behind its length
//	ips           addresses behind a count of one byte
//	c2            two-byte codes behind a count of one byte
//	ip mac        addresses
//	text1 text2   quoted text, behind its length in one byte or two
//	path          words of a path behind their count
//	rest          what is left, in hexadecimal
type attribute struct {
	class, number uint16
	name          string
	parts         string
}

// attributesCap is the longest text about attributes.
const attributesCap = 1024

// attributeOf is nil for an attribute that no table describes.
func attributeOf(class, instance, number uint32) *attribute {
	if instance == 0 {
		class = 0 // attributes of a class mean the same for every class
	}
	if class|number > 0xFFFF {
		return nil
	}
	i, found := slices.BinarySearchFunc(attributes, class<<16|number, func(a attribute, key uint32) int {
		return int(a.key()) - int(key)
	})
	if !found {
		return nil
	}
	return &attributes[i]
}

func (a *attribute) key() uint32 { return uint32(a.class)<<16 | uint32(a.number) }

// attributeName is the name of the attribute in the path, or the first of a list.
func attributeName(t *ot.Transaction) []byte {
	if !has(t, hasClass) || !has(t, hasAttribute) {
		return nil
	}
	if a := attributeOf(t.Object.Area, t.Object.Block, t.Object.Addr); a != nil {
		return []byte(a.name)
	}
	return nil
}

// attributeText says what attributes held or were set to: name=value, one after
// the other, up to the first that no table describes.
func attributeText(t *ot.Transaction) (dst []byte) {
	if !has(t, hasClass) || t.Status == ot.Refused {
		return nil
	}
	switch r := (attributeReader{t: t, c: protocols.Read(replyData(t))}); serviceOf(t) {
	case 0x01:
		dst = r.all()
	case 0x03:
		dst = r.list(true)
	case 0x0E:
		dst, _ = r.one(nil, t.Object.Addr)
	case 0x04:
		r.c = protocols.Read(requestData(t))
		dst = r.list(false)
	case 0x10:
		r.c = protocols.Read(requestData(t))
		dst, _ = r.one(nil, t.Object.Addr)
	}
	return dst
}

type attributeReader struct {
	t *ot.Transaction
	c protocols.Cursor
}

// one reads an attribute; false where no table describes it, or it is cut short.
func (r *attributeReader) one(dst []byte, number uint32) ([]byte, bool) {
	a := attributeOf(r.t.Object.Area, r.t.Object.Block, number)
	if a == nil || r.c.Left() == 0 {
		return dst, false
	}
	was := len(dst)
	if was > 0 {
		dst = append(dst, "; "...)
	}
	dst = a.append(append(append(dst, a.name...), '='), &r.c)
	if r.c.Short() || len(dst) > attributesCap {
		return dst[:was], false
	}
	return dst, true
}

// all reads every attribute of an instance, for the classes that send them in
// the order of their numbers.
func (r *attributeReader) all() (dst []byte) {
	if r.t.Object.Block == 0 || !slices.Contains(inOrder, uint16(r.t.Object.Area)) {
		return nil
	}
	more := true
	for number := uint32(1); more; number++ {
		dst, more = r.one(dst, number)
	}
	return dst
}

// list reads a list of numbers with their values, in an answer with a status each.
func (r *attributeReader) list(answer bool) (dst []byte) {
	more := true
	for range r.c.U16LE() {
		number, status := r.c.U16LE(), uint16(0)
		if answer {
			status = r.c.U16LE()
		}
		if r.c.Short() {
			break
		}
		if status != 0 {
			continue
		}
		if dst, more = r.one(dst, uint32(number)); !more {
			break
		}
	}
	return dst
}

// append writes an attribute's parts.
func (a *attribute) append(dst []byte, c *protocols.Cursor) []byte {
	return appendParts(dst, a.parts, c)
}

func appendParts(dst []byte, parts string, c *protocols.Cursor) []byte {
	for i, part := range strings.Fields(parts) {
		label, kind, labelled := strings.Cut(part, ":")
		if !labelled {
			kind = label
		}
		kind, names, _ := strings.Cut(kind, "=")
		if i > 0 {
			dst = append(dst, ", "...)
		}
		if labelled {
			dst = append(append(dst, label...), ' ')
		}
		dst = appendPart(dst, kind, names, c)
	}
	return dst
}

func appendPart(dst []byte, kind, names string, c *protocols.Cursor) []byte {
	switch kind {
	case "ip":
		return protocols.IPv4(c.U32LE()).AppendTo(dst)
	case "mac":
		if b := c.Bytes(6); b != nil {
			dst = append(dst, ot.MACString([6]byte(b))...)
		}
		return dst
	case "text1":
		return strconv.AppendQuote(dst, ot.CleanString(c.Bytes(int(c.U8())), textCap))
	case "text2":
		return strconv.AppendQuote(dst, ot.CleanString(c.Bytes(int(c.U16LE())), textCap))
	case "path":
		return hex.AppendEncode(dst, c.Bytes(2*int(c.U16LE())))
	case "rest":
		return hex.AppendEncode(dst, c.Rest())
	case "hidden1":
		c.Skip(int(c.U8()))
		return append(dst, "(not shown)"...)
	case "hidden16":
		c.Skip(16)
		return append(dst, "(not shown)"...)
	case "ips":
		return appendEach(dst, int(c.U8()), func(dst []byte) []byte { return protocols.IPv4(c.U32LE()).AppendTo(dst) })
	case "c2":
		return appendEach(dst, int(c.U8()), func(dst []byte) []byte { return hex.AppendEncode(dst, c.Bytes(2)) })
	}
	size, _ := strconv.Atoi(kind[1:])
	switch kind[0] {
	case 'x':
		return hex.AppendEncode(dst, c.Bytes(size))
	case 'a':
		return appendEach(dst, int(c.U16LE()), func(dst []byte) []byte { return strconv.AppendUint(dst, little(c, size), 10) })
	case 'b':
		return appendEach(dst, int(c.U8()), func(dst []byte) []byte { return strconv.AppendUint(dst, little(c, size), 10) })
	case 'r':
		return strconv.AppendFloat(dst, float64(math.Float32frombits(uint32(little(c, size)))), 'g', -1, 32)
	case 's':
		return strconv.AppendInt(dst, int64(little(c, size)<<(64-8*size))>>(64-8*size), 10)
	case 'f':
		return appendBits(dst, names, little(c, size))
	}
	n := little(c, size)
	if kind[0] == 'm' && n > 0xF {
		return appendBits(append(appendNamed(dst, names, n&0xF), ' '), "", n&^0xF)
	}
	return appendNamed(dst, names, n)
}

func appendNamed(dst []byte, names string, n uint64) []byte {
	if all := strings.Split(names, "|"); names != "" && n < uint64(len(all)) {
		return append(dst, all[n]...)
	}
	return strconv.AppendUint(dst, n, 10)
}

func appendEach(dst []byte, count int, one func(dst []byte) []byte) []byte {
	for i := range min(count, attributesCap/4) {
		if i > 0 {
			dst = append(dst, ' ')
		}
		dst = one(dst)
	}
	return dst
}

// appendBits writes the names of the bits that are set, and those without a name as a number.
func appendBits(dst []byte, names string, n uint64) []byte {
	was := len(dst)
	for i, name := range strings.Split(names, "|") {
		if n>>i&1 == 1 && name != "-" && name != "" {
			dst = append(append(dst, name...), ' ')
			n &^= 1 << i
		}
	}
	if n != 0 || len(dst) == was {
		return strconv.AppendUint(append(dst, "0x"...), n, 16)
	}
	return dst[:len(dst)-1]
}

// little is a number of so many bytes, least significant first.
func little(c *protocols.Cursor, size int) (n uint64) {
	for i, b := range c.Bytes(size) {
		n |= uint64(b) << (8 * i)
	}
	return n
}
