package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"otsensor/pkg/journal"
	"otsensor/pkg/near"
)

// custody is what the evidence commands work on.
type custody struct {
	desk
	e            *env
	to, kind, of string
	files        []string // named in the call
	items        []item   // that events and journal know, in the order in which they came
}

// item is one file of evidence.
type item struct {
	File   string    `json:"file"`
	Sum    string    `json:"sha256"`
	Kind   string    `json:"item,omitempty"` // of the playbook: EV-01 and so on
	Case   string    `json:"case,omitempty"`
	About  string    `json:"about"`
	Holder string    `json:"holder,omitempty"` // "" while it is not registered
	Since  time.Time `json:"since,omitzero"`
}

// custodyVerbs are what sensor evidence does.
var custodyVerbs = map[string]func(*custody) error{"list": (*custody).list, "verify": (*custody).verify, "register": (*custody).register, "hand-over": (*custody).handOver}

// captureItem is what the sensor's own files are in the playbook's list of evidence.
const captureItem = "EV-01"

func runEvidence(_ context.Context, e *env, fs *flag.FlagSet, args []string) error {
	c := custody{e: e}
	c.declare(fs)
	fs.StringVar(&c.evidence, "dir", "", "`DIR` with the files of evidence")
	fs.StringVar(&c.to, "to", "", "register, hand-over: `NAME` of who holds it from now on, or the place")
	fs.StringVar(&c.kind, "item", "", "register FILE: what it is, an `ID` of the playbook such as EV-03")
	fs.StringVar(&c.of, "case", "", "register FILE: `CASE` it belongs to; list: of this case alone")
	words, err := parse(fs, args)
	if err != nil {
		return err
	}
	known := []string{"list", "verify", "register", "hand-over"}
	if len(words) == 0 || custodyVerbs[words[0]] == nil {
		word := strings.Join(words[:min(len(words), 1)], "")
		return usagef("evidence: say what to do: %s%s", strings.Join(known, ", "), near.Hint(word, known))
	}
	c.files = words[1:]
	if err := c.locate(); err != nil {
		return err
	}
	if c.events == "" && c.journal == "" {
		return usagef("evidence: say with --events, --journal or -c what names the files")
	}
	if err := c.load(); err != nil {
		return err
	}
	return custodyVerbs[words[0]](&c)
}

// load collects what events name, and what the journal says of its custody.
func (c *custody) load() (err error) {
	if err := c.fromEvents(); err != nil || c.journal == "" {
		return err
	}
	if c.entries, err = c.decisions(); err != nil {
		return err
	}
	for i := range c.entries {
		if x := &c.entries[i]; x.Do == journal.Evidence || x.Do == journal.HandedOver {
			it := c.item(x.File)
			it.Sum, it.Holder, it.Since = x.Sum, x.Holder, x.At
			if x.Do == journal.Evidence {
				it.Kind, it.Case = or(x.Item, it.Kind), or(x.Case, it.Case)
			}
		}
	}
	return nil
}

// fromEvents takes in the files that events name; the beginning of a case's id
// is enough where events have it whole.
func (c *custody) fromEvents() error {
	if c.events == "" {
		return nil
	}
	seen, _, err := readEvents(c.e, c.events)
	if err != nil {
		return err
	}
	for _, ev := range seen {
		if c.of != "" && strings.HasPrefix(ev.Playbook.Case, c.of) {
			c.of = ev.Playbook.Case
		}
		for _, f := range ev.Captures {
			if f.File != "" {
				c.items = append(c.items, item{File: f.File, Sum: f.SHA256, Kind: captureItem, Case: ev.Playbook.Case, About: ev.Rule.ID + " " + ev.ID})
			}
		}
	}
	return nil
}

// item finds a file, or takes it in.
func (c *custody) item(file string) *item {
	i := slices.IndexFunc(c.items, func(it item) bool { return it.File == file })
	if i < 0 {
		i = len(c.items)
		c.items = append(c.items, item{File: file, About: "registered by people"})
	}
	return &c.items[i]
}

// list writes every file, what it is about and who holds it.
func (c *custody) list() error {
	if c.of != "" {
		c.items = slices.DeleteFunc(c.items, func(it item) bool { return it.Case != c.of })
	}
	if c.asJSON {
		return printJSON(c.e, c.items)
	}
	for _, it := range c.items {
		holder := "not registered"
		if it.Holder != "" {
			holder = "held by " + it.Holder + " since " + it.Since.UTC().Format(time.RFC3339)
		}
		fmt.Fprintf(c.e.stdout, "%s  %s  %-5s  %s  %s  %s\n", it.Sum, printable(it.File), it.Kind, or(it.Case, "no case"), printable(it.About), printable(holder))
	}
	fmt.Fprintf(c.e.stderr, "%d files\n", len(c.items))
	return nil
}

// verify compares every file with its hash.
func (c *custody) verify() error {
	bad := 0
	for i := range c.items {
		state := c.state(&c.items[i])
		if state != asRegistered {
			bad++
		}
		fmt.Fprintf(c.e.stdout, "%-13s  %s\n", state, printable(c.items[i].File))
	}
	if bad > 0 {
		return fmt.Errorf("%d of %d files are not as they were cut or registered", bad, len(c.items))
	}
	fmt.Fprintf(c.e.stderr, "%d files, each as it was cut or registered\n", len(c.items))
	return nil
}

// asRegistered is the state of a file that is as its hash says.
const asRegistered = "as registered"

func (c *custody) state(it *item) string {
	sum, err := sumOfFile(c.path(it.File))
	switch {
	case os.IsNotExist(err):
		return "missing"
	case err != nil:
		return "unreadable"
	case sum != it.Sum:
		return "altered"
	}
	return asRegistered
}

// path is where a file lies: in the folder of evidence, unless it says where itself.
func (c *custody) path(file string) string {
	if filepath.IsAbs(file) {
		return file
	}
	return filepath.Join(c.evidence, filepath.Clean("/"+file))
}

func sumOfFile(path string) (string, error) {
	f, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer f.Close()
	h := sha256.New()
	if _, err := io.Copy(h, f); err != nil {
		return "", err
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}
