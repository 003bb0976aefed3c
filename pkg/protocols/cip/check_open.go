package cip

import (
	"encoding/binary"

	"otsensor/pkg/ot"
)

// Every check sum of a packet begins with the triad of the end that sends it:
// vendor, serial number of the device, serial number of the connection. Those
// of the extended format go on with how often the time stamp ran over, which
// the packet does not say: sixteen bits that only enter as differences, so that
// it is a system of linear equations whether there is a count that fits.

// seeds are the sums over a triad.
type seeds struct{ s1, s3, s5 uint32 }

func (id triad) seeds() seeds {
	b := binary.LittleEndian.AppendUint16(nil, id.vendor)
	b = binary.LittleEndian.AppendUint32(b, id.originator)
	b = binary.LittleEndian.AppendUint16(b, id.serial)
	return seeds{s1: crcS1.of(0, 0, b...), s3: crcS3.of(0, 0, b...), s5: crcS5.of(0, 0, b...)}
}

// after is a sum behind so many further bytes, as far as it comes of the beginning.
func (c *crc) after(sum uint32, bytes int) uint32 {
	for range bytes {
		sum = c.of(sum, 0, 0)
	}
	return sum
}

const (
	modeByte  = 1
	stampSize = 2
)

// base is what base gives for a packet of this sender.
func (s *seeds) base(p *safetyPacket) uint64 {
	if p.coords {
		return uint64(crcS3.after(s.s3, modeByte+stampSize))
	}
	ofStamp := uint64(crcS1.after(s.s1, modeByte+stampSize))
	n := modeByte + len(p.data)
	if !p.long {
		return ofStamp | uint64(crcS1.after(s.s1, n))<<8 | uint64(crcS2.after(s.s1, n))<<16
	}
	sum := uint64(crcS3.after(s.s3, n))
	return ofStamp | sum<<8 | sum<<24
}

// extended is what extended gives for a packet of this sender, with a count.
func (s *seeds) extended(p *safetyPacket, over uint16) uint64 {
	count := [...]byte{byte(over), byte(over >> 8)}
	s3, s5 := crcS3.of(s.s3, 0, count[:]...), crcS5.of(s.s5, 0, count[:]...)
	switch n := modeByte + len(p.data); {
	case p.coords:
		return uint64(crcS5.after(s5, modeByte+stampSize))
	case !p.long:
		return uint64(crcS5.after(s5, n+stampSize))
	default:
		return uint64(crcS3.after(s3, n)) | uint64(crcS5.after(s5, n+stampSize))<<16
	}
}

// fits reports whether a packet can be this sender's.
func (s *seeds) fits(p *safetyPacket, format uint32) bool {
	if format != safetyExtended && p.base() == s.base(p) {
		return true
	}
	if format == safetyBase {
		return false
	}
	none := s.extended(p, 0)
	var rows [16]uint64
	for i := range rows {
		rows[i] = s.extended(p, 1<<i) ^ none
	}
	return spans(rows[:], p.extended()^none)
}

// spans reports whether some of the rows add up, bit by bit without carry, to a sum.
func spans(rows []uint64, sum uint64) bool {
	for i, row := range rows {
		lead := row & -row
		if lead == 0 {
			continue
		}
		for j := i + 1; j < len(rows); j++ {
			if rows[j]&lead != 0 {
				rows[j] ^= row
			}
		}
		if sum&lead != 0 {
			sum ^= row
		}
	}
	return sum == 0
}

// judge puts a packet's check sums against what its Forward Open lets expect,
// and gives what the packet last told with its data was: those that agree with
// it are as right as that one. A packet that is wrong by the others tells
// nothing of them.
func judge(t *ot.Transaction, open *ioOpen) (latest uint32) {
	is := t.Arg[argMarks] >> ioVerdict & ioVerdicts
	if latest = open.verdict; len(t.Value) > 0 && is != ioWrong {
		whole, _ := splitCorrection(t.Value, t.Arg[argRoute]&ioGroup != 0)
		p, ok := readSafety(whole)
		s := open.sender.seeds()
		if latest = ioWrong; ok && s.fits(&p, open.carries>>ioSafety&3) {
			latest = ioRight
		}
	}
	told := len(t.Value) > 0
	switch {
	case is == 0 && latest == ioWrong && told:
		is = ioWrong
		t.Arg[argExtra] = t.Arg[argExtra]&ioPackets | max(t.Arg[argExtra]>>ioWrongs, 1)<<ioWrongs
	case is == ioAgree && latest == ioWrong, is == ioAnew && latest == ioRight && !told, is == ioAnew && latest == ioWrong && told:
		is = ioStrange
	case is != ioWrong && latest == ioRight && (told || is == ioAgree):
		is = ioRight
	case is == ioAnew:
		is = ioAgree
	}
	t.Arg[argMarks] = t.Arg[argMarks]&^(ioVerdicts<<ioVerdict) | is<<ioVerdict
	return latest
}
