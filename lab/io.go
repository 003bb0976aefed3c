package main

import "time"

// weigh is the cartoner as I/O scanner of the check weigher: a class 1
// connection (Forward Open, volume 1, 3-5.5.2) of 4 bytes out and 8 bytes in,
// opened anew when one of the two restarted.
func (l *lab) weigh(s *script) {
	for s.running() {
		e := l.enip(l.cartoner, l.weigher, l.plant.cartoner)
		e.plain(s, 0x54, octets("2006 2401"), octets("0a 0e 00000000 01000077 0100 3333 37130000 00000000 80969800 0a48 80969800 0a48 01 04 2004 2401 2c96 2c64"), 0,
			octets("01000020 01000077 0100 3333 37130000 80969800 80969800 00 00"))
		e.settle(s)
		for seq := uint32(1); s.running() && l.cartoner.up(s.now) && l.weigher.up(s.now); seq++ {
			run := byte(1)
			if s.act = l.idled; s.act != nil {
				run = 0
			}
			number := le.AppendUint32(nil, seq)
			s.udp(l.cartoner, l.weigher, 2222, 2222, ioPacket("01000020", number, []byte{run, 0, 0, 0, byte(l.calendar.at(s.now).phase), 0, 0, 0}))
			s.pause(s.between(500*time.Microsecond, 2*time.Millisecond))
			s.udp(l.weigher, l.cartoner, 2222, 2222, ioPacket("01000077", number, append(le.AppendUint32(nil, uint32(l.plant.made)), 0, 0, 0, 0)))
			s.wait(s.about(20 * time.Second))
		}
		for s.running() && (!l.cartoner.up(s.now) || !l.weigher.up(s.now)) {
			s.wait(5 * time.Second)
		}
	}
}

// ioPacket is a sequenced address item and a connected data item with its sequence count.
func ioPacket(id string, number, data []byte) []byte {
	b := append(octets("0200 0280 0800"+id), number...)
	b = le.AppendUint16(append(b, 0xB1, 0), uint16(2+len(data)))
	return append(append(b, number[:2]...), data...)
}
