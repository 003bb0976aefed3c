package modbus

import (
	"encoding/binary"

	"otsensor/pkg/ot"
	"otsensor/pkg/protocols"
)

// RTU carried over TCP: unit, PDU, CRC; no length field and no silence between
// frames, so a frame ends where its function says and its CRC agrees.

const (
	rtuMin = 4   // unit, function, CRC
	rtuMax = 256 // SL §2.5.1
)

// held is the first frame of a conversation that may be RTU.
type held struct {
	frame       []byte
	dir         ot.Dir
	number      uint64
	time, clock int64
}

// rtuFrame judges the frame that begins b and gives its length.
func rtuFrame(dir ot.Dir, b []byte) (n int, f fit) {
	if len(b) < 2 {
		return 0, undecided
	}
	size, known := pduLength(dir, b[1:])
	switch {
	case size == anyLength:
		return 0, refused
	case size+3 > rtuMax:
		return 0, refused
	case !known || len(b) < size+3:
		return 0, undecided
	}
	n = size + 3
	if crc(b[:n-2]) != binary.LittleEndian.Uint16(b[n-2:]) {
		return 0, refused
	}
	return n, fits
}

func rtuGrade(dir ot.Dir, b []byte) fit {
	_, f := rtuFrame(dir, b)
	return f
}

// crc is CRC-16 with the reflected polynomial A001, SL §6.2.2.
func crc(b []byte) uint16 {
	sum := uint16(0xFFFF)
	for _, c := range b {
		sum = sum>>8 ^ crcTable[uint8(sum)^c]
	}
	return sum
}

var crcTable = makeCRCTable()

func makeCRCTable() (t [256]uint16) {
	for i := range t {
		v := uint16(i)
		for range 8 {
			if v&1 != 0 {
				v = v>>1 ^ 0xA001
			} else {
				v >>= 1
			}
		}
		t[i] = v
	}
	return t
}

// serialTwin reports eight bytes that are an MBAP header and also a whole RTU
// frame: one that names address 0. The CRC decides.
func serialTwin(dir ot.Dir, b []byte) bool {
	n, f := rtuFrame(dir, b[:headerLen+1])
	return f == fits && n == headerLen+1
}

// meetRTU takes a frame whose CRC agrees while the framing is unknown. One may
// be chance, so the first is held back until a second one agrees.
func (d *decoder) meetRTU(dir ot.Dir, frame []byte, out *protocols.Emit) (used int) {
	h := &d.first
	if len(h.frame) == 0 {
		h.frame = append(h.frame, frame...)
		h.dir, h.number, h.time, h.clock = dir, out.Frame, out.Time, out.Clock
		return len(frame)
	}
	d.framing = rtu
	then := *out
	then.Frame, then.Time, then.Clock = h.number, h.time, h.clock
	d.takeRTU(h.dir, h.frame, &then)
	d.takeRTU(dir, frame, out)
	return len(frame)
}

func (d *decoder) takeRTU(dir ot.Dir, frame []byte, out *protocols.Emit) {
	a := adu{framing: rtu, unit: frame[0], pdu: frame[1 : len(frame)-2]}
	d.pdu(dir, &a, out)
}

// nextRTU takes the frame at the begin of b. After a frame that does not
// agree it takes the one that ends first.
func (d *decoder) nextRTU(dir ot.Dir, b []byte, out *protocols.Emit) (used int) {
	s := &d.sides[dir]
	if s.hunting {
		return d.huntRTU(dir, b, out)
	}
	n, f := anyRTUFrame(dir, b)
	switch f {
	case undecided:
		return 0
	case fits:
		d.takeRTU(dir, b[:n], out)
		return n
	}
	out.Odd(ot.Malformed, dir, ot.Modbus)
	s.lose(-1)
	return 1
}

// anyRTUFrame is rtuFrame that also takes functions of any length: their frame
// ends where the CRC first agrees.
func anyRTUFrame(dir ot.Dir, b []byte) (n int, f fit) {
	if len(b) < rtuMin {
		return 0, undecided
	}
	if size, known := pduLength(dir, b[1:]); !known || size != anyLength {
		return rtuFrame(dir, b)
	}
	for n = rtuMin; n <= min(len(b), rtuMax); n++ {
		if crc(b[:n-2]) == binary.LittleEndian.Uint16(b[n-2:]) {
			return n, fits
		}
	}
	if len(b) < rtuMax {
		return 0, undecided
	}
	return 0, refused
}

func (d *decoder) huntRTU(dir ot.Dir, b []byte, out *protocols.Emit) (used int) {
	s := &d.sides[dir]
	from, end := -1, len(b)+1
	for i := 0; i+rtuMin <= len(b); i++ {
		if n, f := rtuFrame(dir, b[i:]); f == fits && i+n < end {
			from, end = i, i+n
		}
	}
	if from < 0 {
		return max(0, len(b)-rtuMax)
	}
	if !s.gap {
		out.Odd(ot.LostSync, dir, ot.Modbus)
	}
	s.hunting, s.gap = false, false
	d.takeRTU(dir, b[from:end], out)
	return end
}
