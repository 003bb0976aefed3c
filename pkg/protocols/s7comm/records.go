package s7comm

import (
	"encoding/binary"
	"net/netip"
	"strconv"

	"otsensor/pkg/ot"
)

// recordsCap is the longest text about a list's records.
const recordsCap = 1024

// recordText says what one record of a list holds.
type recordText func(dst, record []byte) []byte

// recordTexts are the lists whose records are written out, by list number,
// with the least length of a record. Lists 31 and 37 begin with an index.
var recordTexts = map[uint32]struct {
	least int
	text  recordText
}{
	szlIdentity:   {28, orderText},
	0x12:          {2, featureText},
	0x13:          {36, memoryText},
	0x14:          {8, systemAreaText},
	0x15:          {10, blockTypeText},
	szlLEDsOld:    {ledLen, ledText},
	szlComponents: {3, componentText},
	szlModes:      {modeLen, modeText},
	0x31:          {14, communicationText},
	szlStatus:     {statusLen, statusText},
	0x37:          {48, interfaceText},
	szlLEDs:       {ledLen, ledText},
	0x90:          {2, rackText},
	0x91:          {16, moduleText},
	0x92:          {16, stationText},
	0x94:          {2, stationText},
	0x95:          {2, stationText},
	0x96:          {48, placeText},
	szlDiagnostic: {szlDiagLen, diagnosticText},
}

// appendRecords writes the records of an answered list one after the other,
// with a semicolon between them; nil where there is nothing to say. Value holds
// the first 512 bytes of them.
func appendRecords(t *ot.Transaction) (dst []byte) {
	list, listed := recordTexts[t.Object.Block&0xff]
	size := int(t.Arg[argA] >> 16)
	if !listed || size < list.least {
		return nil
	}
	for b := t.Value; len(b) >= size && len(dst) < recordsCap; b = b[size:] {
		was := len(dst)
		if was > 0 {
			dst = append(dst, "; "...)
		}
		start := len(dst)
		if dst = list.text(dst, b[:size]); len(dst) == start {
			dst = dst[:was]
		}
	}
	return dst
}

func word(b []byte, at int) uint64 { return uint64(binary.BigEndian.Uint16(b[at:])) }
func long(b []byte, at int) uint64 { return uint64(binary.BigEndian.Uint32(b[at:])) }

// appendOf writes the name of a number, or the number.
func appendOf(dst []byte, names map[uint64]string, n uint64) []byte {
	if name := names[n]; name != "" {
		return append(dst, name...)
	}
	return appendHex(dst, uint32(n))
}

func appendCount(dst []byte, label string, n uint64) []byte {
	return strconv.AppendUint(append(dst, label...), n, 10)
}

// orderText: which part, its order number and two versions, of which that of
// firmware has a letter first.
func orderText(dst, b []byte) []byte {
	dst = appendText(append(appendOf(dst, parts, word(b, 0)), ' '), b[2:22])
	if version := word(b, 24); version>>8 == 'V' {
		dst = appendCount(dst, " V", version&0xff)
		return appendCount(appendCount(dst, ".", uint64(b[26])), ".", uint64(b[27]))
	}
	return appendCount(dst, " version ", word(b, 24))
}

// componentText: a name or a text by what it is about.
func componentText(dst, b []byte) []byte {
	return appendText(append(appendOf(dst, components, word(b, 0)&0xff), ' '), b[2:min(len(b), 34)])
}

// appendText writes a device's text, or a dash where it is empty.
func appendText(dst, text []byte) []byte {
	if clean := ot.Clean(nil, text, 32); len(clean) > 0 {
		return append(dst, clean...)
	}
	return append(dst, '-')
}

// featureText: what a CPU can do, as a group << 8 | number.
func featureText(dst, b []byte) []byte { return appendOf(dst, features, word(b, 0)) }

// memoryText: size and use of a memory, by index.
func memoryText(dst, b []byte) []byte {
	dst = appendOf(dst, memories, word(b, 0))
	dst = appendCount(dst, " memory ", long(b, 4))
	return appendCount(dst, " bytes, used ", long(b, 16)+long(b, 28))
}

// systemAreaText: elements of an area, and how many keep their value.
func systemAreaText(dst, b []byte) []byte {
	dst = appendOf(dst, systemAreas, word(b, 0))
	return appendCount(appendCount(dst, " ", word(b, 4)), ", retentive ", word(b, 6))
}

// blockTypeText: how many blocks of a type there may be, and how long.
func blockTypeText(dst, b []byte) []byte {
	dst = appendOf(dst, systemBlocks, word(b, 0))
	return appendCount(appendCount(dst, " at most ", word(b, 2)), ", KiB ", word(b, 4))
}

// interfaceText: the addresses of an Ethernet interface.
func interfaceText(dst, b []byte) []byte {
	dst = append(appendHex(append(dst, "interface "...), uint32(word(b, 0))), ' ')
	dst = netip.AddrFrom4([4]byte(b[2:])).AppendTo(dst)
	dst = netip.AddrFrom4([4]byte(b[6:])).AppendTo(append(dst, " mask "...))
	dst = netip.AddrFrom4([4]byte(b[10:])).AppendTo(append(dst, " router "...))
	return append(append(dst, " MAC "...), ot.MACString([6]byte(b[14:]))...)
}

// rackText: a DP master system or rack that there is.
func rackText(dst, b []byte) []byte { return appendCount(dst, "system ", uint64(b[0])) }

// moduleText: a module by its address, which type is wanted and which is there, and its state.
func moduleText(dst, b []byte) []byte {
	dst = appendHex(append(dst, "address "...), uint32(word(b, 4)))
	dst = appendHex(append(dst, " wanted "...), uint32(word(b, 6)))
	dst = appendHex(append(dst, " found "...), uint32(word(b, 8)))
	return appendState(dst, word(b, 12))
}

// placeText: a module by its place.
func placeText(dst, b []byte) []byte {
	dst = appendHex(append(dst, "address "...), uint32(word(b, 0)&0x7fff))
	dst = appendCount(appendCount(appendCount(dst, " station ", word(b, 8)), " slot ", word(b, 10)), " subslot ", word(b, 12))
	return appendState(dst, word(b, 34))
}

func appendState(dst []byte, state uint64) []byte {
	for i, name := range moduleStates {
		if name != "" && state>>i&1 == 1 {
			dst = append(append(dst, ", "...), name...)
		}
	}
	return dst
}

// stationText: one bit a station or slot.
func stationText(dst, b []byte) []byte {
	dst = append(dst, "status "...)
	for _, c := range b[:min(len(b), 16)] {
		dst = append(dst, "0123456789abcdef"[c>>4], "0123456789abcdef"[c&15])
	}
	return dst
}

// diagnosticText: event, priority class, organisation block, additional information and time of an entry.
func diagnosticText(dst, b []byte) []byte {
	dst = appendHex(dst, uint32(word(b, 0)))
	dst = appendEvent(dst, word(b, 0))
	dst = appendCount(appendCount(dst, " priority ", uint64(b[2])), " OB ", uint64(b[3]))
	dst = appendHex(append(dst, " info "...), uint32(word(b, 6)))
	dst = appendHex(append(dst, '/'), uint32(long(b, 8)))
	if at := clockText(b[12:20]); at != nil && b[13] != 0 {
		dst = append(append(dst, " at "...), at...)
	}
	return dst
}

var (
	parts      = map[uint64]string{moduleRecord: "module", hardwareRecord: "hardware", firmwareRecord: "firmware", bootRecord: "boot loader"}
	components = map[uint64]string{
		systemName: "system", moduleName: "module", plantName: "plant", copyrightText: "copyright", serialNumber: "serial", moduleType: "type",
		cardSerial: "card serial", profileText: "profile", oemText: "OEM", locationName: "location",
	}

	memories     = map[uint64]string{1: "work", 2: "integrated load", 3: "plugged load", 4: "largest plugged load", 5: "backup", 6: "system"}
	systemAreas  = map[uint64]string{1: "inputs bytes", 2: "outputs bytes", 3: "memory bits", 4: "timers", 5: "counters", 6: "logical address bytes", 7: "local data bytes", 8: "memory bytes", 9: "local data KiB"}
	systemBlocks = map[uint64]string{0x800: "OB", 0xa00: "DB", 0xb00: "SDB", 0xc00: "FC", 0xe00: "FB"}

	// moduleStates are the bits of a module's state.
	moduleStates = [...]string{0: "faulty", 1: "present", 2: "not available", 3: "disabled", 4: "station faulty", 5: "being reconfigured", 7: "on the local bus"}

	features = map[uint64]string{
		0x000: "processing", 0x001: "generates code", 0x002: "interprets code",
		0x100: "time system", 0x101: "1 ms clock", 0x102: "10 ms clock", 0x103: "no clock", 0x104: "BCD clock", 0x105: "all clock functions", 0x106: "run time of blocks",
		0x200: "system response", 0x201: "multiprocessor", 0x202: "cold, warm and hot restart", 0x203: "cold and hot restart", 0x204: "warm and hot restart", 0x205: "warm restart only",
		0x206: "reconfiguration in run", 0x207: "reconfiguration in run, alone", 0x208: "motion control",
		0x300: "language", 0x302: "32-bit integers", 0x303: "floating point", 0x304: "functions of floating point", 0x305: "accumulators 3 and 4", 0x306: "master control relay",
		0x307: "address register 1", 0x308: "address register 2", 0x309: "area-crossing addresses", 0x30a: "area-internal addresses",
		0x30b: "indirect memory bits", 0x30c: "indirect DB", 0x30d: "indirect DI", 0x30e: "indirect local data", 0x30f: "parameters of FC",
		0x310: "edges of inputs", 0x311: "edges of outputs", 0x312: "edges of memory bits", 0x313: "edges in DB", 0x314: "edges in DI", 0x315: "edges of local data", 0x316: "first-check bit", 0x317: "dynamic local data",
		0x401: "connection diagnostics", 0x402: "connection control",
	}
)
