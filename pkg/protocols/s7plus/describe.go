package s7plus

import (
	"strconv"

	"otsensor/pkg/ot"
)

// appendArea writes an area as engineers do: "DB5", "I", "M".
func appendArea(dst []byte, o *ot.Object) []byte {
	switch {
	case o.Area == areaDB:
		return strconv.AppendUint(append(dst, "DB"...), uint64(o.Block), 10)
	case o.Area >= areaInputs && o.Area <= areaTimers:
		return append(dst, "IQMCT"[o.Area-areaInputs])
	}
	return dst
}

// appendID writes a local id behind a path, as far as there is room for all of it.
func appendID(path []byte, lid uint32) []byte {
	const longest = len(".4294967295")
	if len(path) > ot.NameCap-longest {
		return path
	}
	return strconv.AppendUint(append(path, '.'), uint64(lid), 10)
}

// describe says what was touched: "DB5.10.3", "operating_state_request of
// cpu_exec_unit", "class_fb Mixer", "session of HMI_1".
func describe(t *ot.Transaction, dst []byte) []byte {
	switch {
	case isSession(t):
		if host := ofCard(t.Value, 2); host != nil {
			return append(append(dst, "session of "...), host...)
		}
		return append(dst, "session"...)
	case isVariable(t):
		return append(dst, t.Name...)
	case t.Code >= codeTLSAlert && t.Code < codeNotification:
		return append(append(dst, "TLS "...), t.Name...)
	case t.Object.Area == areaByID && t.Arg[argAttr] != 0:
		dst = appendMeaning(dst, t.Arg[argAttr])
		return appendMeaning(append(dst, " of "...), t.Arg[argRID])
	case t.Object.Area == areaByID:
		if t.Arg[argClass] != 0 {
			dst = appendMeaning(dst, t.Arg[argClass])
		} else {
			dst = appendMeaning(dst, t.Arg[argRID])
		}
		if len(t.Name) > 0 {
			dst = append(append(dst, ' '), t.Name...)
		}
		return dst
	}
	return append(dst, t.Name...)
}

// appendMeaning writes the name of a number of the object tree, or its digits.
func appendMeaning(dst []byte, n uint32) []byte {
	if name := meaningNames(uint64(n)); name != "" {
		return append(dst, name...)
	}
	if kind := kindNames(uint64(n >> 24)); kind != "" && n >= ridNative {
		return strconv.AppendUint(append(append(dst, kind...), ' '), uint64(n&0xffff), 10)
	}
	return strconv.AppendUint(append(dst, '#'), uint64(n), 10)
}
