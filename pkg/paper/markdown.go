package paper

import (
	"bufio"
	"fmt"
	"io"
	"strings"
)

// WriteMarkdown writes a document as Markdown; figures are told in words.
func WriteMarkdown(w io.Writer, d *Document) error {
	m := &markdown{out: bufio.NewWriter(w)}
	m.line("# %s: %s\n", d.Title, d.Subtitle)
	m.line("> %s\n", d.Notice)
	m.fields(d.Facts)
	for _, s := range d.Sections {
		m.line("## %s\n", s.Title)
		if s.Intro != "" {
			m.line("%s\n", s.Intro)
		}
		for i := range s.Blocks {
			m.block(&s.Blocks[i])
		}
	}
	return m.out.Flush()
}

type markdown struct{ out *bufio.Writer }

// marks are what Markdown and HTML would read as more than text.
var marks = strings.NewReplacer("\\", "\\\\", "`", "\\`", "*", "\\*", "_", "\\_", "[", "\\[", "]", "\\]", "|", "\\|", "<", "&lt;", ">", "&gt;", "#", "\\#", "&", "&amp;", "\n", " ", "\r", " ")

// line writes a line whose arguments stay text.
func (m *markdown) line(format string, args ...any) {
	for i, a := range args {
		args[i] = marks.Replace(fmt.Sprint(a))
	}
	fmt.Fprintf(m.out, format+"\n", args...)
}

// open stands where people fill something in.
const openField = "______________________"

func (m *markdown) fields(all []Field) {
	for _, f := range all {
		switch {
		case len(f.Tick) > 0:
			m.line("- **%s:** ☐ %s", f.Label, strings.Join(f.Tick, "  ☐ "))
		case f.Blank:
			m.line("- **%s:** "+openField, f.Label)
		default:
			m.line("- **%s:** %s", f.Label, f.Value)
		}
	}
	if len(all) > 0 {
		m.line("")
	}
}

func (m *markdown) block(b *Block) {
	if b.Title != "" {
		m.line("### %s\n", b.Title)
	}
	m.fields(b.Fields)
	if b.Table != nil {
		m.table(b.Table)
	}
	for _, l := range b.List {
		m.line("- %s", l)
	}
	if len(b.List) > 0 {
		m.line("")
	}
	if b.Figure != nil {
		m.line("*%s* The figure is in the HTML report.\n", b.Figure.Caption)
	}
	if b.Note != "" {
		m.line("%s\n", b.Note)
	}
	for _, who := range b.Sign {
		m.line("%s: name, date, signature "+openField+"\n", who)
	}
}

func (m *markdown) table(t *Table) {
	row := func(cells []string) {
		for i, c := range cells {
			if c == "" {
				c = " "
			}
			fmt.Fprintf(m.out, "| %s ", marks.Replace(c))
			if i == len(cells)-1 {
				fmt.Fprintln(m.out, "|")
			}
		}
	}
	row(t.Head)
	fmt.Fprintln(m.out, strings.Repeat("|---", len(t.Head))+"|")
	for _, cells := range t.Rows {
		row(cells)
	}
	fmt.Fprintln(m.out)
}
