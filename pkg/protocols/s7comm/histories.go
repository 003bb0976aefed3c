package s7comm

import "otsensor/pkg/ot"

// Records of the lists that say how a controller stands and why.

// modeText: the mode wanted and the one before, what started the controller and
// what may start it next, and when.
func modeText(dst, b []byte) []byte {
	dst = appendNamed(dst, modeNames, uint64(b[3]&0x0F))
	if before := uint64(b[3] >> 4); before != 0 {
		dst = appendNamed(append(dst, " after "...), modeNames, before)
	}
	dst = appendHex(append(dst, " event "...), uint32(word(b, 0)))
	if b[9] != 0 {
		dst = appendOf(append(dst, ", started by "...), startCauses, uint64(b[9]))
	}
	if b[11] != 0 {
		dst = appendOf(append(dst, ", next start by "...), startCauses, uint64(b[11]))
	}
	if at := clockText(b[12:20]); at != nil && b[13] != 0 {
		dst = append(append(dst, " at "...), at...)
	}
	return dst
}

// ledText: an LED by name, if it is lit, and how it flashes.
func ledText(dst, b []byte) []byte {
	if b[2] == 0 && b[3] == 0 {
		return dst
	}
	dst = appendOf(dst, leds29, uint64(b[1]))
	switch b[3] {
	case 1:
		dst = append(dst, " flashing"...)
	case 2:
		dst = append(dst, " flashing slowly"...)
	}
	return dst
}

// protectionText: protection levels, position of the mode selector and of the
// switch for the kind of restart, check sums of what the CPU holds.
func protectionText(dst, b []byte) []byte {
	dst = appendCount(dst, "level in force ", word(b, 6))
	dst = appendCount(dst, ", by selector ", word(b, 2))
	dst = appendCount(dst, ", by parameters ", word(b, 4))
	dst = appendNamed(append(dst, ", selector "...), selectorNames, word(b, 8))
	switch word(b, 10) {
	case 1:
		dst = append(dst, ", cold restart"...)
	case 2:
		dst = append(dst, ", warm restart"...)
	}
	if len(b) < statusSums {
		return dst
	}
	dst = appendHex(append(dst, ", check sums of hardware "...), uint32(long(b, 16)))
	return appendHex(append(dst, " and program "...), uint32(long(b, 20)))
}

// statusSum is a pair of check sums in the record of the protection levels.
func statusSum(at int) func(t *ot.Transaction) (uint64, bool) {
	is := ofList(szlStatus)
	return func(t *ot.Transaction) (uint64, bool) {
		if !is(t) || len(t.Value) < statusSums || word(t.Value, 0) != szlProtection {
			return 0, false
		}
		return long(t.Value, at), true
	}
}

// testsText: the test functions a CPU has, a bit each by the number of the sub-function.
func testsText(dst, b []byte) []byte {
	dst = append(dst, "test functions:"...)
	for n := range uint32(24) {
		name := codeNames(uint64(userdataCode | groupTest<<8 | n))
		if b[2+n/8]>>(n%8)&1 == 1 && name != "" {
			dst = append(append(dst, ' '), name...)
		}
	}
	return dst
}

// appendNamed writes the name of a number, or the number.
func appendNamed(dst []byte, names func(uint64) string, n uint64) []byte {
	if name := names(n); name != "" {
		return append(dst, name...)
	}
	return appendHex(dst, uint32(n))
}

var (
	startCauses = map[uint64]string{
		0x01: "complete restart among several CPUs", 0x03: "complete restart at the switch", 0x04: "complete restart by command",
		0x0A: "restart among several CPUs", 0x0B: "restart at the switch", 0x0C: "restart by command",
		0x10: "power on with battery", 0x13: "complete restart at the switch after power on with battery", 0x14: "complete restart by command after power on with battery",
		0x20: "power on without battery, with memory reset", 0x23: "complete restart at the switch after power on without battery", 0x24: "complete restart by command after power on without battery",
		0xA0: "power on with battery, as parameters say",
	}

	// leds29 are the LEDs of a CPU by number.
	leds29 = map[uint64]string{
		1: "SF", 2: "INTF", 3: "EXTF", 4: "RUN", 5: "STOP", 6: "FRCE", 7: "CRST", 8: "BAF", 9: "USR", 10: "USR1", 11: "BUS1F", 12: "BUS2F", 13: "REDF", 14: "MSTR",
		15: "RACK0", 16: "RACK1", 17: "RACK2", 18: "IFM1F", 19: "IFM2F", 20: "BUS3F", 21: "MAINT", 22: "DC24V",
		128: "IF", 129: "UF", 130: "MF", 131: "CF", 132: "TF", 236: "APPL_STATE_RED", 237: "APPL_STATE_GREEN",
	}
)

// Least lengths of these records.
const (
	modeLen    = 20
	ledLen     = 4
	statusLen  = 12
	statusSums = 24 // with the check sums of what the CPU holds
)
