package s7comm

import "strconv"

// cell is one thing that a record of a status list says: a number behind its
// label, the bits of a byte by name, or a span of time.
type cell struct {
	at    int
	kind  uint8
	label string
	bits  [8]string
}

const (
	cellBits  = iota
	cellByte  // one byte
	cellWord  // two
	cellLong  // four
	cellSpan  // two: a highest digit that says which unit, and how many of it
	cellClock // eight bytes of BCD time
)

// widths of the cells, bytes.
var widths = [...]int{cellBits: 1, cellByte: 1, cellWord: 2, cellLong: 4, cellSpan: 2, cellClock: 8}

// layout is a record: its title and what it says.
type layout struct {
	title string
	cells []cell
}

// text writes a record as its layout says; of a number that is 0 there is nothing to say.
func (l *layout) text(dst, b []byte) []byte {
	dst = append(dst, l.title...)
	for i := range l.cells {
		if c := &l.cells[i]; len(b) >= c.at+widths[c.kind] {
			dst = c.text(dst, b[c.at:])
		}
	}
	return dst
}

func (c *cell) text(dst, b []byte) []byte {
	var n uint64
	switch c.kind {
	case cellBits:
		return appendBits(dst, c.bits[:], b[0])
	case cellClock:
		if at := clockText(b[:8]); at != nil && b[1] != 0 {
			dst = append(append(append(dst, ", "...), c.label...), at...)
		}
		return dst
	case cellByte:
		n = uint64(b[0])
	case cellLong:
		n = long(b, 0)
	default:
		n = word(b, 0)
	}
	if n == 0 {
		return dst
	}
	dst = append(append(dst, ", "...), c.label...)
	if c.kind == cellSpan {
		return append(strconv.AppendUint(dst, n&0xfff, 10), spanUnits[n>>12]...)
	}
	return strconv.AppendUint(dst, n, 10)
}

// appendBits writes the names of the bits that are set.
func appendBits(dst []byte, names []string, b byte) []byte {
	for i, name := range names {
		if name != "" && b>>i&1 == 1 {
			dst = append(append(dst, ' '), name...)
		}
	}
	return dst
}

// spanUnits are the units of a span of time.
var spanUnits = [16]string{"*100ps", "*1ns", "*10ns", "*100ns", "*1us", "*10us", "*100us", "*1ms", "*10ms", "*100ms", "*1s", "*10s", "*100s", "*1000s", "*10000s", "*100000s"}

func bitsAt(at int, names ...string) cell {
	c := cell{at: at}
	copy(c.bits[:], names)
	return c
}

func byteAt(at int, label string) cell  { return cell{at: at, kind: cellByte, label: label} }
func wordAt(at int, label string) cell  { return cell{at: at, kind: cellWord, label: label} }
func longAt(at int, label string) cell  { return cell{at: at, kind: cellLong, label: label} }
func spanAt(at int, label string) cell  { return cell{at: at, kind: cellSpan, label: label} }
func clockAt(at int, label string) cell { return cell{at: at, kind: cellClock, label: label} }

func meterLabel(n int) string { return "hours of meter " + strconv.Itoa(n) + ": " }

// blockCalls are the communication blocks of a program, eight bytes of bits.
func blockCalls(at int) []cell {
	return []cell{
		bitsAt(at, "USEND", "URCV", "SEND", "RCV", "BSEND", "BRCV", "GET", "PUT"),
		bitsAt(at+1, "PRINT", "ABORT", "INITIATE", "START", "STOP", "RESUME", "STATUS", "USTATUS"),
		bitsAt(at+2, "PI", "READ", "WRITE", "LOAD", "LOAD_ME", "ALARM", "ALARM_8", "ALARM_8P"),
		bitsAt(at+3, "NOTIFY", "AR_SEND"),
		bitsAt(at+6, "X_SEND", "X_RCV", "X_GET", "X_PUT", "X_ABORT", "I_GET", "I_PUT", "I_ABORT"),
		bitsAt(at+7, "SCAN_SND", "ALARM_SQ", "ALARM_S", "ALARM_SC", "EN_MSG", "DIS_MSG", "CONTROL"),
	}
}

// runMeters are the counters of hours that run, from a number on.
func runMeters(first int) []cell {
	cells := []cell{byteAt(3, "running "), byteAt(5, "overflown ")}
	for i := range 8 {
		cells = append(cells, longAt(6+4*i, meterLabel(first+i)))
	}
	return cells
}
