package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"

	"otsensor/pkg/baseline"
)

// formerKept is how many former versions of a baseline stay beside it, as NAME.1, the latest, to NAME.9.
const formerKept = 9

func former(name string, n int) string { return fmt.Sprintf("%s.%d", name, n) }

// keepFormer puts a baseline beside that another is about to replace. One that
// says the same, as when only approvals are added, is not kept.
func keepFormer(name string, next *baseline.Baseline) error {
	was, err := readBaseline(name)
	if errors.Is(err, fs.ErrNotExist) || err == nil && was.Hash == next.Hash {
		return nil
	}
	for n := formerKept - 1; n > 0; n-- {
		if err := os.Rename(former(name, n), former(name, n+1)); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	return os.Rename(name, former(name, 1))
}

// rollback puts the latest former version in the place of a baseline. What was
// there becomes NAME.undone.
func rollback(e *env, name string) error {
	b, err := readBaseline(former(name, 1))
	if err != nil {
		return fmt.Errorf("no former version: %w", err)
	}
	if err := os.Rename(name, name+".undone"); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if err := os.Rename(former(name, 1), name); err != nil {
		return err
	}
	for n := 2; n <= formerKept; n++ {
		if err := os.Rename(former(name, n), former(name, n-1)); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	fmt.Fprintf(e.stderr, "%s is as it was before: %s\n", name, b.Summary())
	return nil
}
