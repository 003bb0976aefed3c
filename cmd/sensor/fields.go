package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"strings"

	"otsensor/pkg/detect"
	"otsensor/pkg/protocols/all"
)

func runFields(_ context.Context, e *env, fs *flag.FlagSet, args []string) error {
	markdown := fs.Bool("markdown", false, "as the page docs/fields.md")
	if rest, err := parse(fs, args); err != nil || len(rest) > 0 {
		return orUnexpected(err, "fields", rest)
	}
	if *markdown {
		fieldsPage(e.stdout)
		return nil
	}
	for _, f := range detect.OwnFields() {
		fmt.Fprintf(e.stdout, "%s\t%s\n", f[0], f[1])
	}
	for _, row := range all.Table() {
		for _, f := range row.Fields {
			fmt.Fprintf(e.stdout, "%s\t%s\n", f.Name, f.Doc)
			if f.Names != nil {
				fmt.Fprintf(e.stdout, "%s_name\tname of %s, where it has one\n", f.Name, f.Name)
			}
		}
	}
	return nil
}

// fieldsPage writes docs/fields.md.
func fieldsPage(w io.Writer) {
	fmt.Fprint(w, "# Fields\n\nMade by `sensor fields --markdown`; do not edit.\n\n"+
		"Rules name these fields under `when`. `sensor decode` writes the fields of the protocols; one that has names is written twice, as a number and with `_name` behind it as a word.\n\n"+
		"## Any observation\n\n| field | meaning |\n|---|---|\n")
	row := func(name, doc string) { fmt.Fprintf(w, "| `%s` | %s |\n", name, strings.ReplaceAll(doc, "|", "\\|")) }
	for _, f := range detect.OwnFields() {
		row(f[0], f[1])
	}
	for _, p := range all.Table() {
		fmt.Fprintf(w, "\n## %s\n\n%s\n\n| field | meaning |\n|---|---|\n", p.Title, p.Spec)
		for _, f := range p.Fields {
			doc := f.Doc
			if f.Names != nil {
				doc += " (named)"
			}
			row(f.Name, doc)
		}
	}
}

// orUnexpected makes arguments that nobody asked for a wrong call.
func orUnexpected(err error, name string, rest []string) error {
	if err == nil && len(rest) > 0 {
		return usagef("%s takes no argument %q", name, rest[0])
	}
	return err
}
