package paper

import (
	_ "embed"
	"html/template"
	"io"
)

//go:embed report.html
var page string

// WriteHTML writes a document as one page: styles and figures are in it, and
// it asks for nothing from anywhere and runs nothing.
func WriteHTML(w io.Writer, d *Document) error {
	t := template.New("report").Funcs(template.FuncMap{
		"svg":      func(f *Figure) template.HTML { return template.HTML(f.SVG) }, // drawn here, with every text escaped
		"severity": func(level string) template.CSS { return template.CSS(severityColor(int(level[0] - '0'))) },
		"is":       func(set map[int]bool, i int) bool { return set[i] },
	})
	t, err := t.Parse(page)
	if err != nil {
		return err
	}
	return t.Execute(w, d)
}
