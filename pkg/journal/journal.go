// Package journal is people's decisions as the judge reads them: dated, attributed, one JSON line each.
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
	"net/netip"
	"slices"
	"time"

	"otsensor/pkg/near"
	"otsensor/pkg/ot"
)

// Entry is one decision.
type Entry struct {
	At  time.Time `json:"at"`  // when it was made
	By  string    `json:"by"`  // who made it
	Do  string    `json:"do"`  // window or accept
	Why string    `json:"why"` // the reason, for people

	// A window of planned work: who may do what to which hosts, and when.
	Ticket string       `json:"ticket,omitempty"`
	Hosts  []netip.Addr `json:"hosts,omitempty"`  // targets; none means any
	Source []netip.Addr `json:"source,omitempty"` // who works; none means anybody
	Ops    []string     `json:"ops,omitempty"`    // plant verbs; none means all
	From   time.Time    `json:"from,omitzero"`
	Until  time.Time    `json:"until,omitzero"` // also the end of an acceptance

	// An acceptance of a deviation: events of a rule that are not raised.
	Rule string `json:"rule,omitempty"`
}

// Journal holds decisions in the order of the file. A nil Journal holds none.
type Journal struct{ Entries []Entry }

// longestLine is the longest line that is read, bytes.
const longestLine = 64 << 10

var verbs = []string{"window", "accept"}

// Parse reads a journal; name is used in errors. Every mistake is told with its line.
func Parse(r io.Reader, name string) (*Journal, error) {
	j := &Journal{}
	var errs []error
	lines := bufio.NewScanner(r)
	lines.Buffer(nil, longestLine)
	for n := 1; lines.Scan(); n++ {
		if len(bytes.TrimSpace(lines.Bytes())) == 0 {
			continue
		}
		e, err := parseEntry(lines.Bytes())
		if err != nil {
			errs = append(errs, fmt.Errorf("%s:%d: %w", name, n, err))
			continue
		}
		j.Entries = append(j.Entries, e)
	}
	if err := lines.Err(); err != nil {
		errs = append(errs, fmt.Errorf("%s: %w", name, err))
	}
	return j, errors.Join(errs...)
}

func parseEntry(line []byte) (Entry, error) {
	var e Entry
	dec := json.NewDecoder(bytes.NewReader(line))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&e); err != nil {
		return e, fmt.Errorf("not a decision: %w", err)
	}
	return e, e.check()
}

func (e *Entry) check() error {
	switch {
	case e.At.IsZero() || e.By == "":
		return errors.New("a decision needs at, when it was made, and by, who made it")
	case !slices.Contains(verbs, e.Do):
		return fmt.Errorf("do: no decision %q%s", e.Do, near.Hint(e.Do, verbs))
	case e.Until.IsZero():
		return errors.New("a decision that changes what is raised needs until, when it ends")
	case e.Do == "window" && (e.Ticket == "" || !e.From.Before(e.Until)):
		return errors.New("a window needs a ticket, and from before until")
	case e.Do == "accept" && e.Rule == "":
		return errors.New("an acceptance names the rule")
	}
	for _, op := range e.Ops {
		if _, ok := ot.OpNamed(op); !ok {
			return fmt.Errorf("ops: no plant verb %q%s", op, near.Hint(op, ot.OpNames()))
		}
	}
	return nil
}

// Planned is the ticket of the planned work that covers an act, "" when none
// does. at is packet time, nanoseconds.
func (j *Journal) Planned(source, target ot.Endpoint, op ot.Op, at int64) string {
	if j == nil {
		return ""
	}
	for i := range j.Entries {
		e := &j.Entries[i]
		if e.Do == "window" && e.holds(at) && at >= e.From.UnixNano() && covers(e.Hosts, target) && covers(e.Source, source) &&
			(len(e.Ops) == 0 || slices.Contains(e.Ops, op.String())) {
			return e.Ticket
		}
	}
	return ""
}

// Accepted reports whether people accepted what a rule would say of two hosts.
func (j *Journal) Accepted(rule string, source, target ot.Endpoint, at int64) bool {
	if j == nil {
		return false
	}
	return slices.ContainsFunc(j.Entries, func(e Entry) bool {
		return e.Do == "accept" && e.Rule == rule && e.holds(at) && covers(e.Source, source) && covers(e.Hosts, target)
	})
}

// holds reports whether the decision was made by then and has not ended.
func (e *Entry) holds(at int64) bool {
	return at >= e.At.UnixNano() && at < e.Until.UnixNano()
}

// covers reports whether a host is among those named; none named means any.
func covers(hosts []netip.Addr, e ot.Endpoint) bool {
	return len(hosts) == 0 || slices.Contains(hosts, e.Addr())
}
