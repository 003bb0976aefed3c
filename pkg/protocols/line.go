package protocols

// Line gives the next line of a protocol of text, without what ends it and
// without blanks around it, and how many bytes it took; none is whole while
// used is 0. Any of CR, LF and zero ends a line, so that a broken end does not
// hide the next one; a line is empty where two of them meet. One that is longer
// than most is cut there.
func Line(b []byte, most int) (line []byte, used int) {
	for i, c := range b[:min(len(b), most)] {
		if ends(c) {
			return trimmed(b[:i]), i + 1
		}
	}
	if len(b) >= most {
		return trimmed(b[:most]), most
	}
	return nil, 0
}

func ends(c byte) bool { return c == '\r' || c == '\n' || c == 0 }

// trimmed is a line without what cannot be shown in front of and behind it.
func trimmed(b []byte) []byte {
	for len(b) > 0 && (b[0] <= ' ' || b[0] >= 0x7f) {
		b = b[1:]
	}
	for len(b) > 0 && (b[len(b)-1] <= ' ' || b[len(b)-1] == 0x7f) {
		b = b[:len(b)-1]
	}
	return b
}

// Word cuts the first word off a line.
func Word(line []byte) (word, rest []byte) {
	for i, c := range line {
		if c == ' ' || c == '\t' {
			return line[:i], trimmed(line[i:])
		}
	}
	return line, nil
}
