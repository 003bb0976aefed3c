package protocols

// Element reads one value in BER of definite length (X.690 §8.1); nil and tag 0 when there is none whole.
func Element(c *Cursor) (tag uint8, body []byte) {
	tag = c.U8()
	n := ElementLength(c)
	if body = c.Bytes(n); c.Short() {
		return 0, nil
	}
	return tag, body
}

// ElementLength reads a length of at most four bytes, -1 when it is none.
func ElementLength(c *Cursor) int {
	n := int(c.U8())
	if n < 0x80 {
		return n
	}
	count := n & 0x7f
	if n = 0; count == 0 || count > 4 {
		return -1
	}
	for range count {
		n = n<<8 | int(c.U8())
	}
	return n
}

// ElementNumber is a value as a number, its lowest 32 bits.
func ElementNumber(b []byte) (n uint32) {
	for _, x := range b {
		n = n<<8 | uint32(x)
	}
	return n
}
