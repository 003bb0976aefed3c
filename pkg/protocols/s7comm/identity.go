package s7comm

import (
	"encoding/binary"
	"strconv"

	"otsensor/pkg/ot"
	"otsensor/pkg/protocols"
)

// factLen is the longest fact kept, bytes.
const factLen = 64

// The records of the identity lists by their index.
const (
	moduleRecord   = 1
	hardwareRecord = 6
	firmwareRecord = 7
	bootRecord     = 0x81

	systemName    = 1
	moduleName    = 2
	plantName     = 3
	copyrightText = 4
	serialNumber  = 5
	moduleType    = 7
	cardSerial    = 8
	profileText   = 9 // manufacturer and profile
	oemText       = 10
	locationName  = 11
)

// identify hands over what the identity lists 0x11 and 0x1C say of a module.
func identify(list uint32, records []byte, size int, dir ot.Dir, out *protocols.Emit) {
	who := ot.Identity{Of: out.Conv.Server.Host()}
	if dir == ot.ToServer {
		who.Of = out.Conv.Client.Host()
	}
	for ; len(records) >= size; records = records[size:] {
		if list&0xff == szlIdentity && size >= 28 {
			who.Source = "SZL 0x0011"
			orderFact(&who, records[:size])
		} else if list&0xff == szlComponents && size > 2 {
			who.Source = "SZL 0x001C"
			componentFact(&who, records[:size])
		}
	}
	if who.Facts != [ot.FactCount]string{} {
		out.Identified(who)
	}
}

// orderFact reads a record of list 0x11: index, order number (20), type, two versions.
func orderFact(who *ot.Identity, r []byte) {
	order := ot.CleanString(r[2:22], factLen)
	version, build := binary.BigEndian.Uint16(r[24:]), binary.BigEndian.Uint16(r[26:])
	switch binary.BigEndian.Uint16(r) {
	case moduleRecord:
		who.Facts[ot.FactOrder] = order
		if version != 0 {
			who.Facts[ot.FactHardware] = strconv.Itoa(int(version))
		}
	case hardwareRecord:
		if who.Facts[ot.FactOrder] == "" {
			who.Facts[ot.FactOrder] = order
		}
	case firmwareRecord:
		if version>>8 == 'V' {
			who.Facts[ot.FactFirmware] = "V" + strconv.Itoa(int(version&0xff)) + "." +
				strconv.Itoa(int(build>>8)) + "." + strconv.Itoa(int(build&0xff))
		}
	}
}

// componentFact reads a record of list 0x1C: index, text.
func componentFact(who *ot.Identity, r []byte) {
	text := ot.CleanString(r[2:min(len(r), 34)], factLen)
	if text == "" {
		return
	}
	switch binary.BigEndian.Uint16(r) & 0xff {
	case systemName:
		who.Facts[ot.FactName] = text
	case moduleName:
		if station := who.Facts[ot.FactName]; station != "" && station != text {
			text = station + " / " + text
		}
		who.Facts[ot.FactName] = text
	case plantName, locationName:
		who.Facts[ot.FactLocation] = text
	case copyrightText:
		who.Facts[ot.FactVendor] = text
	case serialNumber:
		who.Facts[ot.FactSerial] = text
	case moduleType:
		who.Facts[ot.FactProduct] = text
	}
}
