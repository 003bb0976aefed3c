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
	e                    *env
	dir, events, journal string
	by, to, why          string
	files                []string // named in the call
	items                []item   // that events and journal know, in the order in which they came
}

// item is one file of evidence.
type item struct {
	file, sum, about string
	holder           string // "" while it is not registered
	since            time.Time
}

// custodyVerbs are what sensor evidence does.
var custodyVerbs = map[string]func(*custody) error{"list": (*custody).list, "verify": (*custody).verify, "register": (*custody).register, "hand-over": (*custody).handOver}

func runEvidence(_ context.Context, e *env, fs *flag.FlagSet, args []string) error {
	c := custody{e: e}
	fs.StringVar(&c.dir, "dir", "", "`DIR` with the files of evidence")
	fs.StringVar(&c.events, "events", "", "`FILE` with the events that name them")
	fs.StringVar(&c.journal, "journal", "", "`FILE` with people's decisions, where custody is recorded")
	fs.StringVar(&c.by, "by", "", "register, hand-over: `NAME` of who does it")
	fs.StringVar(&c.to, "to", "", "register, hand-over: `NAME` of who holds it from now on")
	fs.StringVar(&c.why, "why", "", "hand-over: the `REASON`")
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
	if c.events == "" && c.journal == "" {
		return usagef("evidence: say with --events or --journal what names the files")
	}
	if err := c.load(); err != nil {
		return err
	}
	return custodyVerbs[words[0]](&c)
}

// load collects what events name, and what the journal says of its custody.
func (c *custody) load() error {
	if c.events != "" {
		seen, _, err := readEvents(c.e, c.events)
		if err != nil {
			return err
		}
		for _, ev := range seen {
			for _, f := range ev.Captures {
				if f.File != "" {
					c.items = append(c.items, item{file: f.File, sum: f.SHA256, about: ev.Rule.ID + " " + ev.ID})
				}
			}
		}
	}
	if c.journal == "" {
		return nil
	}
	if _, err := os.Stat(c.journal); os.IsNotExist(err) {
		return nil // the first registration makes it
	}
	j, err := readJournal(c.journal)
	if err != nil {
		return err
	}
	for i := range j.Entries {
		if x := &j.Entries[i]; x.Do == journal.Evidence || x.Do == journal.HandedOver {
			it := c.item(x.File)
			it.sum, it.holder, it.since = x.Sum, x.Holder, x.At
		}
	}
	return nil
}

// item finds a file, or takes it in.
func (c *custody) item(file string) *item {
	i := slices.IndexFunc(c.items, func(it item) bool { return it.file == file })
	if i < 0 {
		i = len(c.items)
		c.items = append(c.items, item{file: file, about: "registered in the journal"})
	}
	return &c.items[i]
}

// list writes every file, what it is about and who holds it.
func (c *custody) list() error {
	for _, it := range c.items {
		holder := "not registered"
		if it.holder != "" {
			holder = "held by " + it.holder + " since " + it.since.UTC().Format(time.RFC3339)
		}
		fmt.Fprintf(c.e.stdout, "%s  %s  %s  %s\n", it.sum, it.file, it.about, holder)
	}
	fmt.Fprintf(c.e.stderr, "%d files\n", len(c.items))
	return nil
}

// verify compares every file with its hash.
func (c *custody) verify() error {
	bad := 0
	for _, it := range c.items {
		state := c.state(&it)
		if state != "as registered" {
			bad++
		}
		fmt.Fprintf(c.e.stdout, "%-13s  %s\n", state, it.file)
	}
	if bad > 0 {
		return fmt.Errorf("%d of %d files are not as they were cut", bad, len(c.items))
	}
	fmt.Fprintf(c.e.stderr, "%d files, each as it was cut\n", len(c.items))
	return nil
}

func (c *custody) state(it *item) string {
	sum, err := sumOfFile(c.path(it.file))
	switch {
	case os.IsNotExist(err):
		return "missing"
	case err != nil:
		return "unreadable"
	case sum != it.sum:
		return "altered"
	}
	return "as registered"
}

// path is where a file lies: in the folder of evidence, unless it says where itself.
func (c *custody) path(file string) string {
	if filepath.IsAbs(file) {
		return file
	}
	return filepath.Join(c.dir, filepath.Clean("/"+file))
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

// register writes into the journal what is not in it yet, each file as it is now.
func (c *custody) register() error {
	if c.journal == "" || c.by == "" || len(c.files) > 0 {
		return usagef("evidence register: --journal says where, and --by who registers; --to who holds it, the same when it is left out")
	}
	var all []journal.Entry
	for _, it := range c.items {
		if it.holder != "" {
			continue
		}
		if state := c.state(&it); state != "as registered" {
			return fmt.Errorf("%s is %s: nothing was registered", it.file, state)
		}
		all = append(all, c.entry(journal.Evidence, &it))
	}
	return c.append(all, "registered")
}

// handOver records that files have another holder from now on.
func (c *custody) handOver() error {
	if c.journal == "" || c.by == "" || c.to == "" || len(c.files) == 0 {
		return usagef("evidence hand-over: name the files, and with --journal, --by and --to where it is recorded, who hands over and who takes it")
	}
	var all []journal.Entry
	for _, file := range c.files {
		i := slices.IndexFunc(c.items, func(it item) bool { return it.file == file })
		if i < 0 || c.items[i].holder == "" {
			return fmt.Errorf("%s is not registered: sensor evidence register", file)
		}
		if state := c.state(&c.items[i]); state != "as registered" {
			return fmt.Errorf("%s is %s: it is not handed over", file, state)
		}
		all = append(all, c.entry(journal.HandedOver, &c.items[i]))
	}
	return c.append(all, "handed over")
}

func (c *custody) entry(do string, it *item) journal.Entry {
	holder := c.to
	if holder == "" {
		holder = c.by
	}
	return journal.Entry{At: time.Now().UTC().Truncate(time.Second), By: c.by, Do: do, File: it.file, Sum: it.sum, Holder: holder, Why: c.why}
}

func (c *custody) append(all []journal.Entry, what string) error {
	if len(all) > 0 {
		if _, _, err := journal.Append(c.journal, all...); err != nil {
			return err
		}
	}
	fmt.Fprintf(c.e.stderr, "%d files %s\n", len(all), what)
	return nil
}
