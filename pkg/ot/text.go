package ot

import (
	"bytes"
	"unicode"
	"unicode/utf8"
)

// Clean appends a device's text to dst as safe UTF-8: no control, format or
// bidirectional characters, surrounding blanks and NULs gone, at most limit
// bytes. Anything else becomes U+FFFD, once a run.
func Clean(dst, text []byte, limit int) []byte {
	start := len(dst)
	text = trim(text)
	if plain(text) {
		text = text[:min(len(text), limit)]
		return append(dst, bytes.TrimRight(text, " ")...)
	}
	bad := false
	for len(text) > 0 {
		r, size := utf8.DecodeRune(text)
		if size == 1 && r == utf8.RuneError || !printable(r) {
			if !bad && len(dst)-start+3 <= limit {
				dst = append(dst, "\uFFFD"...)
			}
			bad, text = true, text[size:]
			continue
		}
		if len(dst)-start+size > limit {
			break
		}
		dst, bad, text = append(dst, text[:size]...), false, text[size:]
	}
	return dst[:start+len(bytes.TrimRight(dst[start:], " "))] // a cut may end behind a blank
}

// plain reports whether a text is printable ASCII, as nearly all are.
func plain(text []byte) bool {
	for _, c := range text {
		if c < ' ' || c > '~' {
			return false
		}
	}
	return true
}

// CleanString is Clean for a text that is kept.
func CleanString(text []byte, limit int) string { return string(Clean(nil, text, limit)) }

func printable(r rune) bool {
	return r >= ' ' && r < 0x7f || r >= 0xa0 && r != utf8.RuneError && unicode.IsPrint(r)
}

func trim(b []byte) []byte {
	for len(b) > 0 && (b[0] == ' ' || b[0] == 0) {
		b = b[1:]
	}
	for len(b) > 0 && (b[len(b)-1] == ' ' || b[len(b)-1] == 0) {
		b = b[:len(b)-1]
	}
	return b
}
