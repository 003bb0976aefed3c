package main

import (
	"bytes"
	"context"
	"flag"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"otsensor/pkg/journal"
)

// journalVerbs are what sensor journal does with a file.
var journalVerbs = map[string]func(e *env, name string, data []byte, to string) error{
	"verify": verifyJournal, "show": showJournal, "export": exportJournal, "chain": chainJournal, "import": importJournal,
}

func runJournal(_ context.Context, e *env, fs *flag.FlagSet, args []string) error {
	to := fs.String("journal", "", "import: `FILE` the decisions are added to")
	words, err := parse(fs, args)
	if err != nil {
		return err
	}
	if len(words) != 2 || journalVerbs[words[0]] == nil {
		return usagef("journal: say what to do with which file: verify, show, export, chain or import, and FILE")
	}
	var data []byte
	if words[1] == "-" {
		data, err = io.ReadAll(e.stdin)
	} else {
		data, err = os.ReadFile(words[1])
	}
	if err != nil {
		return fmt.Errorf("cannot read the journal: %w", err)
	}
	return journalVerbs[words[0]](e, words[1], data, *to)
}

func verifyJournal(e *env, name string, data []byte, _ string) error {
	r, err := journal.Verify(bytes.NewReader(data))
	if err != nil {
		return err
	}
	for _, p := range r.Problems {
		fmt.Fprintf(e.stdout, "%s, %s\n", name, p)
	}
	if len(r.Problems) > 0 {
		return fmt.Errorf("%s is not as it was written", name)
	}
	if r.Unchained > 0 {
		fmt.Fprintf(e.stdout, "%s: %d decisions without hashes (unchained: whether they were altered cannot be told)\n", name, r.Unchained)
	}
	if r.Chain.Seq > 0 {
		fmt.Fprintf(e.stdout, "%s: %d decisions, each as it was written\nlast   %d\nhash   %s\n", name, r.Lines, r.Chain.Seq, r.Chain.Hash)
		fmt.Fprintln(e.stdout, "Keep number and hash elsewhere: that lines were cut off at the end shows only by them.")
	}
	return nil
}

func showJournal(e *env, name string, data []byte, _ string) error {
	j, err := journal.Parse(bytes.NewReader(data), name)
	if err != nil {
		return err
	}
	for i := range j.Entries {
		d := &j.Entries[i]
		fmt.Fprintf(e.stdout, "%4d  %s  %-16s %-12s %s\n", d.Seq, d.At.UTC().Format(time.DateTime), d.Do, printable(d.By), printable(d.Text()))
	}
	return nil
}

// printable keeps control characters, with which a text could play tricks on a terminal, out of it.
func printable(s string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' || r >= 0x7f && r < 0xa0 || r >= 0x202a && r <= 0x202e || r >= 0x2066 && r <= 0x2069 {
			return '?'
		}
		return r
	}, s)
}

// exportJournal gives the lines as they are, for a replay or an archive elsewhere.
func exportJournal(e *env, name string, data []byte, _ string) error {
	if r, err := journal.Verify(bytes.NewReader(data)); err != nil || len(r.Problems) > 0 {
		return fmt.Errorf("%s is not as it was written; sensor journal verify tells more", name)
	}
	_, err := e.stdout.Write(data)
	return err
}

// chainJournal gives a chained copy of lines written by hand.
func chainJournal(e *env, name string, data []byte, _ string) error {
	j, err := journal.Parse(bytes.NewReader(data), name)
	if err != nil {
		return err
	}
	var c journal.Chain
	for _, d := range j.Entries {
		_, line, err := c.Line(d)
		if err != nil {
			return err
		}
		if _, err := e.stdout.Write(line); err != nil {
			return err
		}
	}
	return nil
}

// importJournal adds decisions of another file; they get numbers and hashes of this journal.
func importJournal(e *env, name string, data []byte, to string) error {
	if to == "" {
		return usagef("journal import: say with --journal where the decisions go")
	}
	j, err := journal.Parse(bytes.NewReader(data), name)
	if err != nil {
		return err
	}
	written, torn, err := journal.Import(to, j.Entries)
	tellTorn(e, to, torn)
	if err != nil {
		return err
	}
	if len(written) > 0 {
		fmt.Fprintf(e.stdout, "%d decisions added to %s, up to number %d\n", len(written), to, written[len(written)-1].Seq)
	}
	if n := len(j.Entries) - len(written); n > 0 {
		fmt.Fprintf(e.stdout, "%d were in %s already\n", n, to)
	}
	return nil
}

func tellTorn(e *env, name string, torn int) {
	if torn > 0 {
		fmt.Fprintf(e.stderr, "%s: a last line of %d bytes was torn by a crash and never acknowledged; it was cut off\n", name, torn)
	}
}
