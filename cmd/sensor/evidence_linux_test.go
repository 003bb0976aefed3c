package main

import (
	"os"
	"regexp"
	"strings"
	"testing"

	"golang.org/x/sys/unix"
)

// fullDisk is a folder in which nothing can be kept.
func fullDisk(t *testing.T) string {
	t.Helper()
	if os.Getuid() != 0 {
		t.Skip("a small file system needs root")
	}
	dir := t.TempDir()
	if err := unix.Mount("tmpfs", dir, "tmpfs", 0, "size=4096"); err != nil {
		t.Skipf("no small file system here: %v", err)
	}
	t.Cleanup(func() { unix.Unmount(dir, unix.MNT_DETACH) })
	return dir
}

// Evidence changes no event but for naming the files; where none can be
// written, the event says so and is written all the same.
func TestEventsAreTheSameWithoutEvidence(t *testing.T) {
	file, baseline := line(t)
	without, _ := must(t, "replay", "--baseline", baseline, file)
	dir := fullDisk(t)
	with, errs := must(t, "replay", "--baseline", baseline, "--evidence", dir, file)
	none := regexp.MustCompile(`"captures":\[({"frames":0,"whole":false},?)+\],`)
	if n := len(none.FindAllString(with, -1)); n < 20 || none.ReplaceAllString(with, "") != without {
		t.Errorf("events changed, %d of them without a file", n)
	}
	if !strings.Contains(errs, "could not be written") {
		t.Errorf("said %s", errs)
	}
}
