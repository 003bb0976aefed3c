package ethercat

import (
	"encoding/binary"

	"otsensor/pkg/ot"
	"otsensor/pkg/protocols"
)

// The EEPROM of a device (slave information interface), ETG.1000.4 §6.4: a
// command with the address of a word is written, then the words are read once
// the device is not busy.
const (
	registerWords = 0x0508 // what was read: four bytes, or eight

	eepromRead  = 0x01   // in the high byte of the command
	eepromEight = 1 << 6 // of the status: eight bytes are read at once
	eepromBusy  = 1 << 15
	eepromFault = 0xf << 11 // checksum, not loaded, not acknowledged, not allowed
)

// Where a device says who it is, in words: vendor, product, revision, serial
// number, each of two words (ETG.1000.6 §5.4).
const (
	wordsWho   = 0x08
	wordsAfter = 0x10
)

// reading is what is being read of a device's EEPROM.
type reading struct {
	unit  uint16
	word  uint16 // who the device is stands in low words
	going bool
}

// eeprom follows commands to the EEPROM that a device took.
func (d *decoder) eeprom(m *command, writes bool, out *protocols.Emit) {
	switch {
	case m.work == 0: // on its way out
	case writes && m.at == registerEEPROM && len(m.data) >= 4 && m.data[1]&7 == eepromRead:
		r := d.reads(m.unit)
		*r = reading{unit: m.unit, word: binary.LittleEndian.Uint16(m.data[2:]), going: true}
		if len(m.data) >= 6 && binary.LittleEndian.Uint16(m.data[4:]) != 0 {
			r.going = false
		}
	case !writes && m.at <= registerWords && int(m.at)+len(m.data) >= registerWords+4:
		d.words(m, out)
	}
}

// reads is the place of a device's reading, or one that is free, or the next in turn.
func (d *decoder) reads(unit uint16) *reading {
	free := -1
	for i := range d.reading {
		switch r := &d.reading[i]; {
		case r.going && r.unit == unit:
			return r
		case !r.going && free < 0:
			free = i
		}
	}
	if free < 0 {
		free = d.nextRead
		d.nextRead = (d.nextRead + 1) % len(d.reading)
	}
	return &d.reading[free]
}

// words takes what was read: who the device is, where it is that.
func (d *decoder) words(m *command, out *protocols.Emit) {
	r := d.reads(m.unit)
	if !r.going || r.unit != m.unit {
		return
	}
	eight := true // who reads eight bytes by themselves was told that there are so many
	if m.at <= registerEEPROM {
		status := binary.LittleEndian.Uint16(m.data[registerEEPROM-m.at:])
		if status&eepromBusy != 0 {
			return
		}
		if eight = status&eepromEight != 0; status&eepromFault != 0 {
			r.going = false
			return
		}
	}
	r.going = false
	data := m.data[registerWords-m.at:]
	for word := r.word; len(data) >= 4 && word >= wordsWho && word < wordsAfter && word&1 == 0; word += 2 {
		tell(m.unit, byte(word-wordsWho)/2+1, binary.LittleEndian.Uint32(data), "EtherCAT EEPROM", out)
		if data = data[4:]; !eight {
			return
		}
	}
}

// tell says one of the four numbers of a device: 1 vendor, 2 product, 3 revision, 4 serial number, 0 where it has none.
func tell(unit uint16, which byte, n uint32, source string, out *protocols.Emit) {
	if n == 0 {
		return
	}
	id := ot.Identity{Of: out.Conv.Client.Host(), Behind: behind(unit), Source: source}
	id.Facts[identityFacts[which]] = numbered(which, n)
	out.Identified(id)
}
