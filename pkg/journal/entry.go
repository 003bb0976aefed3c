package journal

import (
	"encoding/hex"
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"time"

	"otsensor/pkg/near"
	"otsensor/pkg/ot"
)

// Entry is one decision. Only At, By and Do are of every decision; Seq, Prev
// and Hash are given by the journal.
type Entry struct {
	Seq uint64    `json:"seq,omitempty"`
	At  time.Time `json:"at"` // when it was made
	By  string    `json:"by"` // who made it
	Do  string    `json:"do"` // one of the verbs
	Why string    `json:"why"`

	Case     string `json:"case,omitempty"`     // id of the case it is about
	Severity *int   `json:"severity,omitempty"` // declared, 0 to 5
	Step     string `json:"step,omitempty"`     // step of the playbook that is reached
	Quiet    string `json:"quiet,omitempty"`    // REC-2: the agreed silent time, such as 30m
	Measure  string `json:"measure,omitempty"`  // containment measure, K-01 and so on

	// A window of planned work: who may do what to which hosts, and when.
	Ticket string       `json:"ticket,omitempty"`
	Hosts  []netip.Addr `json:"hosts,omitempty"`  // targets; none means any
	Source []netip.Addr `json:"source,omitempty"` // who works; none means anybody
	Ops    []string     `json:"ops,omitempty"`    // plant verbs; none means all
	From   time.Time    `json:"from,omitzero"`
	Until  time.Time    `json:"until,omitzero"` // also the end of an acceptance

	// An acceptance of a deviation: events that are not raised, of a rule, of
	// what is touched, or of a rule about it.
	Rule  string `json:"rule,omitempty"`
	Habit string `json:"habit,omitempty"` // what is touched, as events name their object
	Cause string `json:"cause,omitempty"` // the event in whose train this was accepted
	Of    uint64 `json:"of,omitempty"`    // revoke: number of the acceptance

	Item   string `json:"item,omitempty"`   // evidence: what it is, EV-01 and so on
	File   string `json:"file,omitempty"`   // evidence: where it is
	Sum    string `json:"sha256,omitempty"` // of the file, or of an approved baseline
	Holder string `json:"holder,omitempty"` // who holds the evidence from now on

	Prev string `json:"prev,omitempty"` // hash of the line before
	Hash string `json:"hash,omitempty"` // SHA-256 of this line without it

	ended time.Time // by a later decision
	line  string
}

// Line is the decision as it was read, with its hashes; "" for one that was not read.
func (e *Entry) Line() string { return e.line }

// The verbs.
const (
	Ack              = "ack"
	Confirm          = "confirm"
	Dismiss          = "dismiss"
	SeverityIs       = "severity"
	Phase            = "phase"
	Note             = "note"
	Evidence         = "evidence"
	HandedOver       = "handed-over"
	ContainApproved  = "contain-approved"
	ContainRefused   = "contain-refused"
	Close            = "close"
	Window           = "window"
	WindowEnd        = "window-end"
	Accept           = "accept"
	Revoke           = "revoke"
	BaselineApproved = "baseline-approved"
)

// verb is one row of the table of verbs: what a decision of its kind needs.
type verb struct {
	name string
	says string                // in papers
	lack func(e *Entry) string // what is missing, "" when nothing
}

// verbs in the order in which people meet them.
var verbs = []verb{
	{Ack, "acknowledged", needCase},
	{Confirm, "incident confirmed", needCase},
	{Dismiss, "dismissed", need(needCase, needWhy)},
	{SeverityIs, "severity declared", need(needCase, func(e *Entry) string {
		return unless(e.Severity != nil && *e.Severity >= 0 && *e.Severity <= 5, "a severity from 0 to 5")
	})},
	{Phase, "step reached", func(e *Entry) string {
		_, err := e.QuietTime()
		return first(unless(e.Step != "", "the step that is reached"), unless(err == nil, "quiet as a time, such as 30m"))
	}},
	{Note, "note", needWhy},
	{Evidence, "evidence registered", need(needFile, needHolder)},
	{HandedOver, "evidence handed over", need(needFile, needHolder)},
	{ContainApproved, "containment approved", need(needCase, needMeasure)},
	{ContainRefused, "containment refused", need(needCase, needMeasure, needWhy)},
	{Close, "closed", needCase},
	{Window, "planned work", func(e *Entry) string {
		return first(needUntil(e), unless(e.Ticket != "" && e.From.Before(e.Until), "a ticket, and from before until"))
	}},
	{WindowEnd, "planned work ended", func(e *Entry) string { return unless(e.Ticket != "", "the ticket of the window") }},
	{Accept, "deviation accepted", func(e *Entry) string {
		return first(needUntil(e), unless(e.Rule != "" || e.Habit != "", "the rule, or the habit: what is touched"))
	}},
	{Revoke, "acceptance revoked", func(e *Entry) string { return unless(e.Of > 0, "of, the number of the acceptance") }},
	{BaselineApproved, "baseline approved", func(e *Entry) string { return unless(hexSum(e.Sum), "sha256, the hash of the baseline") }},
}

func unless(ok bool, lack string) string {
	if ok {
		return ""
	}
	return lack
}

func first(all ...string) string {
	for _, s := range all {
		if s != "" {
			return s
		}
	}
	return ""
}

func need(all ...func(*Entry) string) func(*Entry) string {
	return func(e *Entry) string {
		for _, f := range all {
			if lack := f(e); lack != "" {
				return lack
			}
		}
		return ""
	}
}

func needCase(e *Entry) string    { return unless(e.Case != "", "the case") }
func needWhy(e *Entry) string     { return unless(e.Why != "", "why, the reason") }
func needMeasure(e *Entry) string { return unless(e.Measure != "", "the measure, K-01 and so on") }
func needHolder(e *Entry) string  { return unless(e.Holder != "", "the holder") }
func needUntil(e *Entry) string   { return unless(!e.Until.IsZero(), "until, when it ends") }
func needFile(e *Entry) string {
	return unless(e.File != "" && hexSum(e.Sum), "the file and its sha256")
}

func hexSum(s string) bool {
	b, err := hex.DecodeString(s)
	return err == nil && len(b) == 32
}

// Verbs lists the verbs.
func Verbs() []string {
	names := make([]string, len(verbs))
	for i := range verbs {
		names[i] = verbs[i].name
	}
	return names
}

// Says is what was decided, as papers have it.
func (e *Entry) Says() string {
	if at := slices.IndexFunc(verbs, func(v verb) bool { return v.name == e.Do }); at >= 0 {
		return verbs[at].says
	}
	return e.Do
}

func (e *Entry) check() error {
	if e.At.IsZero() || e.By == "" {
		return errors.New("a decision needs at, when it was made, and by, who made it")
	}
	at := slices.IndexFunc(verbs, func(v verb) bool { return v.name == e.Do })
	if at < 0 {
		return fmt.Errorf("do: no decision %q%s", e.Do, near.Hint(e.Do, Verbs()))
	}
	if lack := verbs[at].lack(e); lack != "" {
		return fmt.Errorf("%s needs %s", e.Do, lack)
	}
	for _, op := range e.Ops {
		if _, ok := ot.OpNamed(op); !ok {
			return fmt.Errorf("ops: no plant verb %q%s", op, near.Hint(op, ot.OpNames()))
		}
	}
	return nil
}

// QuietTime is the agreed silent time of a step, 0 when none was agreed.
func (e *Entry) QuietTime() (time.Duration, error) {
	if e.Quiet == "" {
		return 0, nil
	}
	d, err := time.ParseDuration(e.Quiet)
	if err == nil && d <= 0 {
		err = errors.New("not above 0")
	}
	return d, err
}

// Holds reports whether the decision was made by then and has not ended; at is
// packet time, nanoseconds.
func (e *Entry) Holds(at int64) bool {
	return at >= e.At.UnixNano() && at < e.Until.UnixNano() && (e.ended.IsZero() || at < e.ended.UnixNano())
}

// Covers reports whether the decision names both hosts, or any.
func (e *Entry) Covers(source, target ot.Endpoint) bool {
	return covers(e.Source, source) && covers(e.Hosts, target)
}

// covers reports whether a host is among those named; none named means any.
func covers(hosts []netip.Addr, e ot.Endpoint) bool {
	return len(hosts) == 0 || slices.Contains(hosts, e.Addr())
}

// Text is what was decided, for people: what the verb and the time do not say.
func (e *Entry) Text() string {
	var b strings.Builder
	put := func(label, value string) {
		if value != "" {
			fmt.Fprintf(&b, "%s%s; ", label, value)
		}
	}
	put("case ", e.Case)
	put("", e.Measure)
	put("", e.Step)
	put("silent time ", e.Quiet)
	if e.Severity != nil {
		put("severity ", strconv.Itoa(*e.Severity))
	}
	put("ticket ", e.Ticket)
	put("rule ", e.Rule)
	put("habit ", e.Habit)
	put("", e.Cause)
	if e.Of > 0 {
		put("of decision ", strconv.FormatUint(e.Of, 10))
	}
	put("from ", addresses(e.Source))
	put("to ", addresses(e.Hosts))
	put("", strings.Join(e.Ops, ", "))
	if !e.Until.IsZero() {
		put("until ", e.Until.UTC().Format(time.RFC3339))
	}
	put("", e.Item)
	put("", e.File)
	put("SHA-256 ", e.Sum)
	put("held by ", e.Holder)
	put("", e.Why)
	return strings.TrimSuffix(b.String(), "; ")
}

func addresses(all []netip.Addr) string {
	words := make([]string, len(all))
	for i, a := range all {
		words[i] = a.String()
	}
	return strings.Join(words, ", ")
}
