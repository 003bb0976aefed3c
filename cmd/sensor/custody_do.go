package main

import (
	"fmt"
	"path/filepath"
	"slices"

	"otsensor/pkg/journal"
	"otsensor/pkg/near"
	"otsensor/pkg/playbook"
)

// register writes into the journal what is not in it yet, each file as it is
// now: the files named, or all of the sensor's own.
func (c *custody) register() error {
	if c.journal == "" || c.evidence == "" && len(c.files) == 0 {
		return usagef("evidence register: --journal says where it is recorded, and --dir where the files are")
	}
	if len(c.files) == 0 && (c.kind != "" || c.of != "") {
		return usagef("evidence register: --item and --case are of files that people took; name the files")
	}
	for _, file := range c.files {
		if err := c.take(file); err != nil {
			return err
		}
	}
	var all []journal.Entry
	for i := range c.items {
		it := &c.items[i]
		if it.Holder != "" || len(c.files) > 0 && !slices.Contains(c.files, it.File) {
			continue
		}
		if state := c.state(it); state != asRegistered {
			return fmt.Errorf("%s is %s: nothing was registered", it.File, state)
		}
		all = append(all, entryOf(journal.Evidence, it, c.to))
	}
	return c.record(all, "registered")
}

// take adds a file that people took to what is known, with what it is. A file
// outside the folder of evidence is known by its whole path.
func (c *custody) take(file string) error {
	if slices.ContainsFunc(c.items, func(it item) bool { return it.File == file }) {
		return nil
	}
	p, err := playbook.Load(ruleFiles(c.rules))
	if err != nil {
		return err
	}
	var ids []string
	for i := range p.Evidence {
		ids = append(ids, p.Evidence[i].ID)
	}
	if !slices.Contains(ids, c.kind) {
		return usagef("evidence register: no event names %s, so say with --item what it is%s; sensor explain %s tells what it stands for", file, near.Hint(c.kind, ids), captureItem)
	}
	whole, err := filepath.Abs(file)
	if err != nil {
		return err
	}
	sum, err := sumOfFile(whole)
	if err != nil {
		return fmt.Errorf("cannot read the evidence: %w", err)
	}
	for i := range c.files {
		if c.files[i] == file {
			c.files[i] = whole
		}
	}
	if it := c.item(whole); it.Holder == "" {
		it.Sum, it.Kind, it.Case = sum, c.kind, c.of
	}
	return nil
}

// handOver records that files have another holder from now on.
func (c *custody) handOver() error {
	if c.journal == "" || c.to == "" || len(c.files) == 0 {
		return usagef("evidence hand-over: name the files, with --journal where it is recorded, and with --to who takes them")
	}
	var all []journal.Entry
	for _, file := range c.files {
		i := slices.IndexFunc(c.items, func(it item) bool { return it.File == file })
		if whole, err := filepath.Abs(file); i < 0 && err == nil {
			i = slices.IndexFunc(c.items, func(it item) bool { return it.File == whole })
		}
		if i < 0 || c.items[i].Holder == "" {
			return fmt.Errorf("%s is not registered: sensor evidence register", file)
		}
		if state := c.state(&c.items[i]); state != asRegistered {
			return fmt.Errorf("%s is %s: it is not handed over", file, state)
		}
		all = append(all, entryOf(journal.HandedOver, &c.items[i], c.to))
	}
	return c.record(all, "handed over")
}

func entryOf(do string, it *item, holder string) journal.Entry {
	return journal.Entry{Do: do, Case: it.Case, Item: it.Kind, File: it.File, Sum: it.Sum, Holder: holder}
}

// record signs and writes; whoever registers holds it, unless another is named.
func (c *custody) record(all []journal.Entry, what string) error {
	by, err := c.signed(c.e, journal.Entry{})
	if err != nil {
		return err
	}
	for i := range all {
		x := &all[i]
		x.At, x.By, x.Why, x.Holder = by.At, by.By, by.Why, or(x.Holder, by.By)
	}
	if len(all) > 0 {
		if err := c.put(c.e, all...); err != nil {
			return err
		}
	}
	fmt.Fprintf(c.e.stderr, "%d files %s\n", len(all), what)
	return nil
}
