package main

import (
	"fmt"
	"io"
	"os"

	"otsensor/pkg/baseline"
)

// target is where a baseline goes. It is opened before the work begins, so
// that a wrong name shows at once, and takes its place when it is whole.
type target struct {
	name string
	tmp  *os.File // beside the file; nil for standard output and for what is no regular file
}

// openTarget prepares to write a baseline. It refuses to take the place of a
// file that is read, and of anything that is not a baseline.
func openTarget(name string, inputs []string) (*target, error) {
	t := &target{name: name}
	if name == "-" {
		return t, nil
	}
	switch info, err := os.Stat(name); {
	case err == nil && info.IsDir():
		return nil, usagef("-o %s is a folder; name a file in it", name)
	case err == nil && !info.Mode().IsRegular():
		return t, nil
	case err == nil:
		for _, in := range inputs {
			if other, err := os.Stat(in); err == nil && os.SameFile(info, other) {
				return nil, usagef("-o %s is one of the files that are read", name)
			}
		}
		if info.Size() > 0 && !isBaseline(name) {
			return nil, fmt.Errorf("%s exists and is no baseline; it is left as it is", name)
		}
	}
	var err error
	t.tmp, err = os.OpenFile(name+".new", os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o640)
	return t, err
}

// isBaseline reports whether a file begins as a baseline does.
func isBaseline(name string) bool {
	f, err := os.Open(name)
	if err != nil {
		return false
	}
	defer f.Close()
	head := make([]byte, len(baseline.Head))
	_, err = io.ReadFull(f, head)
	return err == nil && string(head) == baseline.Head
}

// write writes the baseline and puts it in its place.
func (t *target) write(stdout io.Writer, b *baseline.Baseline) error {
	if t.name == "-" {
		return b.Write(stdout)
	}
	if t.tmp == nil {
		f, err := os.OpenFile(t.name, os.O_WRONLY, 0)
		if err != nil {
			return err
		}
		defer f.Close()
		return b.Write(f)
	}
	err := b.Write(t.tmp)
	if err == nil {
		err = t.tmp.Sync()
	}
	if err == nil {
		err = keepFormer(t.name, b)
	}
	if err == nil {
		err = os.Rename(t.tmp.Name(), t.name)
	}
	return err
}

// drop takes away what did not become the baseline.
func (t *target) drop() {
	if t.tmp != nil {
		t.tmp.Close()
		os.Remove(t.tmp.Name())
	}
}
