package ot

import (
	"strings"
	"testing"
)

// A device's text is safe to print, and cleaning it once more changes nothing.
func TestClean(t *testing.T) {
	for text, want := range map[string]string{
		"PLC-1\x00\x00":               "PLC-1",
		"  Filler 2 ":                 "Filler 2",
		"a\x1b[31mb":                  "a\uFFFD[31mb",
		"a\r\n\tb":                    "a\uFFFDb",
		"le\u202eri":                  "le\uFFFDri",
		"\xff\xfe":                    "\uFFFD",
		"Ölstand":                     "Ölstand",
		strings.Repeat("x", 9) + " y": strings.Repeat("x", 9), // the cut falls behind the blank
		strings.Repeat("x", 9) + "ö":  strings.Repeat("x", 9), // and never inside a character
	} {
		got := CleanString([]byte(text), 10)
		if got != want {
			t.Errorf("%q is %q; want %q", text, got, want)
		}
		if again := CleanString([]byte(got), 20); again != got {
			t.Errorf("%q is %q when cleaned again", got, again)
		}
	}
}
