package tls

import (
	"crypto/sha256"
	"slices"
)

const hexDigits = "0123456789abcdef"

// JA4 appends the fingerprint of a client's hello: what it is like,
// then the shortened hashes of its cipher suites and of its extensions, both
// sorted, so that a client that shuffles them keeps its fingerprint.
func (h *Hello) JA4(dst []byte) []byte {
	if h.Version>>8 == dtlsMajor {
		dst = append(dst, 'd')
	} else {
		dst = append(dst, 't')
	}
	switch h.Version {
	case 0xfefc:
		dst = append(dst, "d3"...)
	case 0xfefd:
		dst = append(dst, "d2"...)
	case 0xfeff:
		dst = append(dst, "d1"...)
	case 0x0304:
		dst = append(dst, "13"...)
	case 0x0303:
		dst = append(dst, "12"...)
	case 0x0302:
		dst = append(dst, "11"...)
	case 0x0301:
		dst = append(dst, "10"...)
	case 0x0300:
		dst = append(dst, "s3"...)
	default:
		dst = append(dst, "00"...)
	}
	if h.Name != nil {
		dst = append(dst, 'd')
	} else {
		dst = append(dst, 'i')
	}
	dst = two(two(dst, h.suites.at), h.extensions.at)
	dst = h.ends(dst)

	var text [8 * listMax]byte
	suites := h.suites
	slices.Sort(suites.n[:suites.at])
	dst = short(append(dst, '_'), suites.put(text[:0], nil))

	extensions := h.extensions
	slices.Sort(extensions.n[:extensions.at])
	b := extensions.put(text[:0], func(n uint16) bool { return n == extServerName || n == extALPN })
	if h.signatures.at > 0 {
		b = h.signatures.put(append(b, '_'), nil)
	}
	return short(append(dst, '_'), b)
}

func two(dst []byte, n int) []byte {
	n = min(n, 99)
	return append(dst, byte('0'+n/10), byte('0'+n%10))
}

// ends are the first and last character of the first ALPN.
func (h *Hello) ends(dst []byte) []byte {
	if len(h.ALPN) == 0 {
		return append(dst, "00"...)
	}
	first, last := h.ALPN[0], h.ALPN[len(h.ALPN)-1]
	if !alphanumeric(first) || !alphanumeric(last) {
		return append(dst, hexDigits[first>>4], hexDigits[last&15])
	}
	return append(dst, first, last)
}

func alphanumeric(c byte) bool {
	return c >= '0' && c <= '9' || c|0x20 >= 'a' && c|0x20 <= 'z'
}

// put writes the numbers as four hexadecimal digits each, with commas.
func (l *list) put(dst []byte, without func(uint16) bool) []byte {
	first := true
	for _, n := range l.n[:l.at] {
		if without != nil && without(n) {
			continue
		}
		if !first {
			dst = append(dst, ',')
		}
		first = false
		dst = append(dst, hexDigits[n>>12], hexDigits[n>>8&15], hexDigits[n>>4&15], hexDigits[n&15])
	}
	return dst
}

// short is the first twelve digits of a hash; of nothing it is zeros.
func short(dst, text []byte) []byte {
	if len(text) == 0 {
		return append(dst, "000000000000"...)
	}
	sum := sha256.Sum256(text)
	return digitsOf(dst, sum[:6])
}

func digitsOf(dst, b []byte) []byte {
	for _, x := range b {
		dst = append(dst, hexDigits[x>>4], hexDigits[x&15])
	}
	return dst
}
