package filter

import (
	"fmt"
	"strings"
)

// token is a word of an expression and where it begins.
type token struct {
	text string // "" at the end
	at   int
}

const separators = " \t\r\n"

// tokens cuts an expression into words. A backslash, with which tcpdump marks a
// name that is also a keyword, is left out.
func tokens(text string) (list []token) {
	for at := 0; at < len(text); {
		n := strings.IndexAny(text[at:], separators+"()!&|")
		switch {
		case n < 0:
			n = len(text) - at
		case n == 0 && strings.IndexByte(separators, text[at]) >= 0:
			at++
			continue
		case strings.HasPrefix(text[at:], "&&") || strings.HasPrefix(text[at:], "||"):
			n = 2
		case n == 0:
			n = 1
		}
		list = append(list, token{strings.TrimPrefix(text[at:at+n], "\\"), at})
		at += n
	}
	return append(list, token{"", len(text)})
}

// Error is a mistake in an expression.
type Error struct {
	Text string // the expression
	At   int    // offset of what is wrong
	What string
}

func (e *Error) Error() string {
	rest := strings.Join(strings.Fields(e.Text[e.At:]), " ")
	if len(rest) > 40 {
		rest = rest[:40] + "…"
	}
	if rest == "" {
		return fmt.Sprintf("filter: at its end: %s", e.What)
	}
	return fmt.Sprintf("filter: at %d, %q: %s", e.At+1, rest, e.What)
}
