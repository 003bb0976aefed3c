package playbook

import (
	"io"
	"strings"
	"unicode/utf8"

	"otsensor/pkg/ot"
)

// The layout of a page, columns.
const (
	pageWidth = 80
	keyWidth  = 14 // of the left column of pairs
)

// page lays text out for a terminal of 80 columns. What it is given may come
// from devices or files, so it lets no control characters through.
type page struct{ b strings.Builder }

// textCap is the longest text on a page, bytes.
const textCap = 4096

func clean(text string) string {
	return ot.CleanString([]byte(strings.TrimSpace(text)), textCap)
}

// title writes the top of the page: what it is, and at the right its kind or state.
func (p *page) title(left, right string) {
	left, right = clean(left), clean(right)
	gap := pageWidth - utf8.RuneCountInString(left) - utf8.RuneCountInString(right)
	if gap < 2 {
		id, name, found := strings.Cut(left, "  ")
		if !found {
			id, name = "", left
		} else {
			id += "  "
		}
		p.hang("", id, name)
		p.hang("  ", "", right)
		return
	}
	p.b.WriteString(left + strings.Repeat(" ", gap) + right + "\n")
}

// section starts a part of the page.
func (p *page) section(name string) { p.b.WriteString("\n" + strings.ToUpper(name) + "\n") }

// para writes a paragraph.
func (p *page) para(text string) { p.hang("  ", "", text) }

// item writes one entry of a list.
func (p *page) item(text string) { p.hang("  ", "- ", text) }

// pair writes a key and its text; a text that is empty is left out. A key too
// long for its column has a line of its own.
func (p *page) pair(key, text string) {
	if text == "" {
		return
	}
	key = clean(key)
	if utf8.RuneCountInString(key) >= keyWidth {
		p.hang("  ", "", key)
		key = ""
	}
	p.hang("  ", key+strings.Repeat(" ", keyWidth-utf8.RuneCountInString(key)), text)
}

// hang wraps a text behind a mark; further lines stand under the first one's text.
func (p *page) hang(indent, mark, text string) {
	margin := strings.Repeat(" ", utf8.RuneCountInString(indent+mark))
	column := len(margin)
	p.b.WriteString(indent + mark)
	for i, word := range strings.Fields(clean(text)) {
		n := utf8.RuneCountInString(word)
		switch {
		case i == 0:
		case column+1+n > pageWidth:
			p.b.WriteString("\n" + margin)
			column = len(margin)
		default:
			p.b.WriteString(" ")
			column++
		}
		p.b.WriteString(word)
		column += n
	}
	p.b.WriteString("\n")
}

func (p *page) writeTo(w io.Writer) error {
	_, err := io.WriteString(w, p.b.String())
	return err
}
