// Package journal is people's decisions as the judge reads them: dated, attributed, one JSON line each, each chained to the one before.
//
// The judge takes the journal as input beside the packets: the same packets
// and the same journal give the same events. A decision holds from the packet
// time at which it was made.
package journal

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"

	"otsensor/pkg/ot"
)

// Journal holds decisions in the order of the file. A nil Journal holds none.
type Journal struct {
	Entries []Entry

	work     []int // windows of planned work, in Entries
	accepted []int // acceptances
}

// Limits of what is read.
const (
	longestLine = 64 << 10
	MaxEntries  = 100_000 // a line is read by people; more is no journal
)

// Parse reads a journal; name is used in errors. Every mistake is told with its
// line. Whether the chain is whole is asked with Verify.
func Parse(r io.Reader, name string) (*Journal, error) {
	j := &Journal{}
	var errs []error
	ends := ending{r: r}
	lines := bufio.NewScanner(&ends)
	lines.Buffer(nil, longestLine)
	for n := 1; lines.Scan(); n++ {
		if len(bytes.TrimSpace(lines.Bytes())) == 0 {
			continue
		}
		e, err := parseEntry(lines.Bytes())
		if err != nil && j.torn(ends.last) && !lines.Scan() {
			break
		}
		if err != nil {
			errs = append(errs, fmt.Errorf("%s:%d: %w", name, n, err))
			continue
		}
		if len(j.Entries) == MaxEntries {
			return j, fmt.Errorf("%s:%d: a journal holds at most %d decisions", name, n, MaxEntries)
		}
		j.Add(e)
	}
	if err := lines.Err(); err != nil {
		errs = append(errs, fmt.Errorf("%s: %w", name, err))
	}
	return j, errors.Join(errs...)
}

// torn reports whether a line that is no decision may be what a crash left at
// the end of a chained journal: without a line end, it was never acknowledged.
func (j *Journal) torn(last byte) bool {
	n := len(j.Entries)
	return n > 0 && j.Entries[n-1].Hash != "" && last != '\n'
}

// ending remembers the last byte that was read.
type ending struct {
	r    io.Reader
	last byte
}

func (e *ending) Read(b []byte) (int, error) {
	n, err := e.r.Read(b)
	if n > 0 {
		e.last = b[n-1]
	}
	return n, err
}

func parseEntry(line []byte) (Entry, error) {
	var e Entry
	dec := json.NewDecoder(bytes.NewReader(line))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&e); err != nil {
		return e, fmt.Errorf("not a decision: %w", err)
	}
	e.line = string(bytes.TrimSpace(line))
	return e, e.check()
}

// Add takes a decision. A window that is ended and an acceptance that is
// revoked hold until then.
func (j *Journal) Add(e Entry) {
	switch e.Do {
	case Window:
		j.work = append(j.work, len(j.Entries))
	case Accept:
		j.accepted = append(j.accepted, len(j.Entries))
	case WindowEnd:
		j.end(j.work, e, func(w *Entry) bool { return w.Ticket == e.Ticket })
	case Revoke:
		j.end(j.accepted, e, func(a *Entry) bool { return a.Seq == e.Of })
	}
	j.Entries = append(j.Entries, e)
}

// end makes decisions of before hold no longer than up to a later one.
func (j *Journal) end(which []int, by Entry, that func(*Entry) bool) {
	for _, i := range which {
		if e := &j.Entries[i]; that(e) && by.At.Before(e.Until) {
			e.ended = by.At
		}
	}
}

// Files lists the files of evidence that are in somebody's custody.
func (j *Journal) Files() (all []string) {
	if j == nil {
		return nil
	}
	for i := range j.Entries {
		if e := &j.Entries[i]; e.Do == Evidence || e.Do == HandedOver {
			all = append(all, e.File)
		}
	}
	return all
}

// All are the decisions in the order of the file.
func (j *Journal) All() []Entry {
	if j == nil {
		return nil
	}
	return j.Entries
}

// Works reports whether the journal names times of planned work.
func (j *Journal) Works() bool {
	return j != nil && slices.ContainsFunc(j.Entries, func(e Entry) bool { return e.Do == "window" })
}

// Planned is the ticket of the planned work that covers an act, "" when none
// does. at is packet time, nanoseconds.
func (j *Journal) Planned(source, target ot.Endpoint, op ot.Op, at int64) string {
	if j == nil {
		return ""
	}
	for _, i := range j.work {
		e := &j.Entries[i]
		if e.Holds(at) && at >= e.From.UnixNano() && e.Covers(source, target) &&
			(len(e.Ops) == 0 || slices.Contains(e.Ops, op.String())) {
			return e.Ticket
		}
	}
	return ""
}

// Accepts reports whether people accepted anything at all.
func (j *Journal) Accepts() bool { return j != nil && len(j.accepted) > 0 }

// Accepted reports whether people accepted what a rule would say of two hosts,
// and of what is touched where the decision names it; object writes that as events do.
func (j *Journal) Accepted(rule string, source, target ot.Endpoint, at int64, t *ot.Transaction, object func(t *ot.Transaction) string) bool {
	if !j.Accepts() {
		return false
	}
	return slices.ContainsFunc(j.accepted, func(i int) bool {
		e := &j.Entries[i]
		return (e.Rule == "" || e.Rule == rule) && e.Holds(at) && e.Covers(source, target) && (e.Habit == "" || e.Habit == object(t))
	})
}
