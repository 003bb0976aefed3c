package main

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"otsensor/pkg/event"
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

// evidenceKept checks that every grave event of a run has its files, whole.
func evidenceKept(t *testing.T, dir string, lines []byte) {
	t.Helper()
	last := map[string]*event.Event{}
	for _, e := range parsed(t, string(lines)) {
		last[e.ID] = e
	}
	files := 0
	for id, e := range last {
		if e.Playbook.Severity.Suggested < 2 || e.Playbook.IncidentType == "OT-15" || e.State == "summary" {
			continue
		}
		if len(e.Captures) == 0 {
			t.Errorf("event %s has no evidence", id)
		}
		for _, c := range e.Captures {
			files++
			if n := len(framesOf(t, filepath.Join(dir, c.File), nil)); uint64(n) != c.Frames || !c.Whole {
				t.Errorf("event %s: %d frames in %+v", id, n, c)
			}
		}
	}
	if files < 10 {
		t.Errorf("only %d files of evidence", files)
	}
}
