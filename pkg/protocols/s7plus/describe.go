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
		if dst = append(dst, "TLS"...); len(t.Name) > 0 {
			dst = append(append(dst, ' '), t.Name...)
		}
		return dst
	case t.Object.Area == areaByID && t.Arg[argAttr] != 0:
		dst = appendMeaning(dst, t.Arg[argAttr])
		return appendObject(append(dst, " of "...), t)
	case t.Object.Area == areaByID:
		dst = appendObject(dst, t)
		if len(t.Name) > 0 {
			dst = append(append(dst, ' '), t.Name...)
		}
		return dst
	}
	return append(dst, t.Name...)
}

// appendMeaning writes the name of a class or attribute, or its number.
func appendMeaning(dst []byte, n uint32) []byte {
	if name := meaningNames(uint64(n)); name != "" {
		return append(dst, name...)
	}
	return strconv.AppendUint(append(dst, '#'), uint64(n), 10)
}

// appendObject writes what is known of an object: its own name, its class, its
// kind and number, or its RID.
func appendObject(dst []byte, t *ot.Transaction) []byte {
	rid := t.Arg[argRID]
	switch kind := kindNames(uint64(rid >> 24)); {
	case t.Arg[argClass] != 0:
		return appendMeaning(dst, t.Arg[argClass])
	case natives[rid] != nil:
		return append(dst, natives[rid].name...)
	case kind != "":
		return strconv.AppendUint(append(append(dst, kind...), ' '), uint64(rid&0xffff), 10)
	}
	return strconv.AppendUint(append(dst, '#'), uint64(rid), 10)
}
