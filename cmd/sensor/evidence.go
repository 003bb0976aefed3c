package main

import (
	"fmt"
	"io"
	"time"

	"otsensor/pkg/config"
	"otsensor/pkg/evidence"
	"otsensor/pkg/journal"
)

// openEvidence makes what keeps frames for events; none when no folder is named.
// What a crash left of a whole case is kept when the frames cannot come again.
func openEvidence(c config.Evidence, live bool, decisions *journal.Journal) (*evidence.Recorder, error) {
	if c.Dir == "" {
		return nil, nil
	}
	return evidence.New(evidence.Options{Mend: live, Held: decisions.Files(), Dir: c.Dir, Memory: int64(c.MemoryMB) << 20, Quota: int64(c.QuotaMB) << 20,
		KeepFor: int64(c.KeepDays) * int64(24*time.Hour), Software: "sensor " + version()})
}

// evidenceSummary tells people what was cut.
func evidenceSummary(w io.Writer, r *evidence.Recorder, dir string) {
	if r == nil {
		return
	}
	c := r.Counts()
	fmt.Fprintf(w, "%d files of evidence in %s, %d bytes", c.Files, dir, c.Bytes)
	for _, x := range []struct {
		n    uint64
		what string
	}{
		{c.Short, "miss frames that were no longer in memory"}, {c.Failed, "could not be written"},
		{c.Skipped, "were not begun, too many waited"}, {c.Removed, "old ones removed for the quota"},
		{c.Expired, "old ones removed for their age"}, {c.CaseFiles, "files of whole cases beside them"},
	} {
		if x.n > 0 {
			fmt.Fprintf(w, "; %d %s", x.n, x.what)
		}
	}
	fmt.Fprintln(w)
}
