package protocoltest

import (
	"bytes"
	"testing"
)

// hostiles are texts that no screen, log or page may be given as they stand.
var hostiles = map[string]string{
	"control characters": "\x1b[2J\r\n\x07\x00\t\x7f",
	"C1 controls":        "\u009b31m\u0085",
	"bidirectional":      "\u202egpj.exe\u202c\u2066\u2069",
	"invisible":          "\u200b\ufeff\u00ad\u2028",
	"not UTF-8":          "\xff\xfe\xc0\xaf\xed\xa0\x80",
	"cut UTF-8":          "\xe2\x82",
	"blanks":             " \u00a0 \u3000 ",
	"markup":             "<script>'\"&\\",
}

// textLeast is how many letters in a row are taken for a device's text.
const textLeast = 3

// hostile: a device's text never leaves a decoder as it came. Every run of
// letters in the seeds is overwritten with what no text may hold, its length kept.
func (s suite) hostile(t *testing.T) {
	for what, text := range hostiles {
		for _, seed := range s.seeds {
			steps := append([]Step(nil), seed.Steps...)
			for i := range steps {
				steps[i].Bytes = overwritten(steps[i].Bytes, text)
			}
			seed.Name += ", " + what
			s.survive(t, seed.with(steps))
			for k, st := range seed.Steps { // one at a time, for what only whole requests lead to
				one := append([]Step(nil), seed.Steps...)
				one[k].Bytes = overwritten(st.Bytes, text)
				s.survive(t, seed.with(one))
			}
		}
	}
}

// edges are what texts are cut at, what may not stand at the edge of a text, and one behind the other.
var edges = []string{" ", "-", ".", "/", ":", ";", "\x00", "\xff", "- ", "-\x00", ". ", "/ ", ": ", "; ", " -", "\u2028"}

// edged: a text that was clean may be so no more where it is cut in two. At
// every place of the texts in the seeds stands in turn what they are cut at,
// and what may not stand at an edge.
func (s suite) edged(t *testing.T) {
	for _, seed := range s.seeds {
		for k, st := range seed.Steps {
			for at := range st.Bytes {
				if !texted(st.Bytes, at) {
					continue
				}
				for _, edge := range edges {
					steps := append([]Step(nil), seed.Steps...)
					copy(edit(steps, k)[at:], edge)
					s.survive(t, seed.with(steps))
				}
			}
		}
	}
}

// texted reports whether a byte stands in a text or beside one.
func texted(b []byte, at int) bool {
	run := 0
	for _, c := range b[max(at-textLeast, 0):min(at+textLeast+1, len(b))] {
		if run++; c < ' ' || c >= 0x7f {
			run = 0
		}
		if run == textLeast {
			return true
		}
	}
	return false
}

// overwritten is b with the text in place of every run of letters, over and over.
func overwritten(b []byte, text string) []byte {
	b = bytes.Clone(b)
	for from := 0; from < len(b); from++ {
		to := from
		for to < len(b) && (letter(b[to]) || b[to] == ' ') {
			to++
		}
		if to-from >= textLeast {
			for i := from; i < to; i += copy(b[i:to], text) {
			}
		}
		from = max(from, to)
	}
	return b
}

func letter(c byte) bool {
	return c|0x20 >= 'a' && c|0x20 <= 'z' || c >= '0' && c <= '9' || c == '_' || c == '-'
}
