package ethercat

import (
	"encoding/binary"
	"strconv"

	"otsensor/pkg/ot"
	"otsensor/pkg/protocols"
)

// The objects that say what a device is, ETG.1000.6 §5.6.7.
const (
	objectName     = 0x1008
	objectHardware = 0x1009
	objectSoftware = 0x100a
	objectIdentity = 0x1018
)

// Of the identity object, by sub-index.
var identityFacts = [...]ot.Fact{1: ot.FactVendor, 2: ot.FactOrder, 3: ot.FactHardware, 4: ot.FactSerial}

// inCommand and sized are bits of the answer to an upload: the value stands
// where its size would, and how many bytes of it are not used is known.
const (
	inCommand = 0x02
	sized     = 0x01
)

// identify tells what a device behind the ring says it is.
func identify(unit, index uint16, sub, command byte, value []byte, out *protocols.Emit) {
	if len(value) < 4 {
		return
	}
	switch size := binary.LittleEndian.Uint32(value); {
	case command&inCommand == 0:
		value = value[4:]
		value = value[:min(uint32(len(value)), size)]
	case command&sized != 0:
		value = value[:4-int(command>>2&3)]
	}
	if index == objectIdentity && sub > 0 && int(sub) < len(identityFacts) && len(value) == 4 {
		tell(unit, sub, binary.LittleEndian.Uint32(value), objects, out)
		return
	}
	id := ot.Identity{Of: out.Conv.Client.Host(), Behind: behind(unit), Source: objects}
	switch {
	case index == objectName:
		id.Facts[ot.FactProduct] = ot.CleanString(value, ot.NameCap)
	case index == objectHardware:
		id.Facts[ot.FactHardware] = ot.CleanString(value, ot.NameCap)
	case index == objectSoftware:
		id.Facts[ot.FactFirmware] = ot.CleanString(value, ot.NameCap)
	}
	if id.Facts != [ot.FactCount]string{} {
		out.Identified(id)
	}
}

const objects = "EtherCAT device objects"

func behind(unit uint16) string { return "device " + strconv.Itoa(int(unit)) }

// beckhoff is the vendor id (ETG) met most.
const beckhoff = 2

func numbered(sub byte, n uint32) string {
	switch {
	case sub == 1 && n == beckhoff:
		return "Beckhoff"
	case sub == 1:
		return "EtherCAT vendor 0x" + strconv.FormatUint(uint64(n), 16)
	case sub == 4:
		return strconv.FormatUint(uint64(n), 10)
	}
	return "0x" + strconv.FormatUint(uint64(n), 16)
}
