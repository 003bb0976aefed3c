package protocols

import "encoding/binary"

// Cursor reads fields in wire order. After the first read beyond the end every
// read gives zero and Short reports it, so a decoder asks once, at the end.
type Cursor struct {
	b     []byte
	at    int
	short bool
}

// Read makes a cursor over b.
func Read(b []byte) Cursor { return Cursor{b: b} }

// Short reports whether a read went beyond the end.
func (c *Cursor) Short() bool { return c.short }

// Left is how many bytes are not read yet.
func (c *Cursor) Left() int { return len(c.b) - c.at }

// At is how many bytes were read.
func (c *Cursor) At() int { return c.at }

// Bytes gives the next n bytes as a view, nil when there are fewer.
func (c *Cursor) Bytes(n int) []byte {
	b, at := c.b, c.at
	if n < 0 || n > len(b)-at {
		c.end()
		return nil
	}
	c.at = at + n
	return b[at : at+n : at+n]
}

// end is a read beyond the end.
func (c *Cursor) end() { c.short, c.at = true, len(c.b) }

// Rest gives all that is left.
func (c *Cursor) Rest() []byte { return c.Bytes(c.Left()) }

// Skip passes over n bytes.
func (c *Cursor) Skip(n int) {
	if n < 0 || n > c.Left() {
		c.end()
		return
	}
	c.at += n
}

// U8 reads one byte.
func (c *Cursor) U8() uint8 {
	if b, at := c.b, uint(c.at); at < uint(len(b)) {
		c.at++
		return b[at]
	}
	c.end()
	return 0
}

// U16 reads two bytes, most significant first.
func (c *Cursor) U16() uint16 {
	if b, at := c.b, c.at; at <= len(b)-2 {
		c.at += 2
		return binary.BigEndian.Uint16(b[at:])
	}
	c.end()
	return 0
}

// U32 reads four bytes, most significant first.
func (c *Cursor) U32() uint32 {
	if b, at := c.b, c.at; at <= len(b)-4 {
		c.at += 4
		return binary.BigEndian.Uint32(b[at:])
	}
	c.end()
	return 0
}

// U16LE reads two bytes, least significant first.
func (c *Cursor) U16LE() uint16 {
	if b, at := c.b, c.at; at <= len(b)-2 {
		c.at += 2
		return binary.LittleEndian.Uint16(b[at:])
	}
	c.end()
	return 0
}

// U32LE reads four bytes, least significant first.
func (c *Cursor) U32LE() uint32 {
	if b, at := c.b, c.at; at <= len(b)-4 {
		c.at += 4
		return binary.LittleEndian.Uint32(b[at:])
	}
	c.end()
	return 0
}
