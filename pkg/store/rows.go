package store

import (
	"bytes"
	"encoding/json"

	"otsensor/pkg/cases"
	"otsensor/pkg/event"
	"otsensor/pkg/journal"
)

// eventRow is an event as one of its records has it.
type eventRow struct {
	*event.Event
	seq  int64
	line string
}

var eventColumns = []column[eventRow]{
	{name: "seq", of: func(e *eventRow) any { return e.seq }},
	{name: "opened", of: func(e *eventRow) any { return e.seq }, stay: true},
	{name: "id", of: func(e *eventRow) any { return e.ID }},
	{name: "state", of: func(e *eventRow) any { return e.State }},
	{name: "rule", of: func(e *eventRow) any { return e.Rule.ID }},
	{name: "title", of: func(e *eventRow) any { return text(e.Rule.Title) }},
	{name: "incident_type", of: func(e *eventRow) any { return text(e.Playbook.IncidentType) }},
	{name: "severity", of: func(e *eventRow) any { return int64(e.Playbook.Severity.Suggested) }},
	{name: "phase", of: func(e *eventRow) any { return text(e.Playbook.Phase) }},
	{name: "step", of: func(e *eventRow) any { return text(e.Playbook.Step) }},
	{name: "case_id", of: func(e *eventRow) any { return text(e.Playbook.Case) }},
	{name: "source", of: func(e *eventRow) any { return text(e.Source.Host()) }},
	{name: "target", of: func(e *eventRow) any { return text(e.Target.Host()) }},
	{name: "proto", of: func(e *eventRow) any { return text(e.Proto) }},
	{name: "op", of: func(e *eventRow) any { return text(e.Op) }},
	{name: "object", of: func(e *eventRow) any { return text(e.Object) }},
	{name: "status", of: func(e *eventRow) any { return text(e.Status) }},
	{name: "asset", of: func(e *eventRow) any { return text(e.Quality.Asset) }},
	{name: "line", of: func(e *eventRow) any { return text(e.Quality.Line) }},
	{name: "gxp_impact", of: func(e *eventRow) any { return text(e.Quality.GxPImpact) }},
	{name: "count", of: func(e *eventRow) any { return int64(e.Count) }},
	{name: "first", of: func(e *eventRow) any { return e.First }},
	{name: "last", of: func(e *eventRow) any { return e.Last }},
	{name: "raised", of: func(e *eventRow) any { return e.Raised }, stay: true},
	{name: "what", of: func(e *eventRow) any { return text(e.What) }},
	{name: "record", of: func(e *eventRow) any { return e.line }},
}

// caseRow is a case as it stands.
type caseRow struct {
	*cases.Case
	record string
}

var caseColumns = []column[caseRow]{
	{name: "id", of: func(c *caseRow) any { return c.ID }},
	{name: "status", of: func(c *caseRow) any { return c.Status }},
	{name: "phase", of: func(c *caseRow) any { return text(c.Phase) }},
	{name: "step", of: func(c *caseRow) any { return text(c.Step) }},
	{name: "types", of: func(c *caseRow) any { return words(c.Types) }},
	{name: "suggested_severity", of: func(c *caseRow) any { return int64(c.Suggested) }},
	{name: "declared_severity", of: func(c *caseRow) any {
		if c.Declared == nil {
			return nil
		}
		return int64(*c.Declared)
	}},
	{name: "sources", of: func(c *caseRow) any { return words(c.Sources) }},
	{name: "targets", of: func(c *caseRow) any { return words(c.Targets) }},
	{name: "lines", of: func(c *caseRow) any { return words(c.Lines) }},
	{name: "first", of: func(c *caseRow) any { return int64(c.First) }},
	{name: "last", of: func(c *caseRow) any { return int64(c.Last) }},
	{name: "acknowledged", of: func(c *caseRow) any { return number(c.Acked) }},
	{name: "confirmed", of: func(c *caseRow) any { return number(c.Confirmed) }},
	{name: "contained", of: func(c *caseRow) any { return number(c.Contained) }},
	{name: "eradicated", of: func(c *caseRow) any { return number(c.Eradicated) }},
	{name: "recovered", of: func(c *caseRow) any { return number(c.Recovered) }},
	{name: "ended", of: func(c *caseRow) any { return number(c.Ended) }},
	{name: "again", of: func(c *caseRow) any { return int64(c.Again) }},
	{name: "reopened", of: func(c *caseRow) any { return int64(c.Reopened) }},
	{name: "events", of: func(c *caseRow) any { return int64(len(c.Events)) }},
	{name: "record", of: func(c *caseRow) any { return text(c.record) }},
}

func jsonOf(v any) string {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return ""
	}
	return string(bytes.TrimSuffix(b.Bytes(), []byte("\n")))
}

// decision is a line of the journal in its place.
type decision struct {
	journal.Entry
	chain, number int64
}

var journalColumns = []column[decision]{
	{name: "chain", of: func(d *decision) any { return d.chain }},
	{name: "number", of: func(d *decision) any { return d.number }},
	{name: "at", of: func(d *decision) any { return d.At.UnixNano() }},
	{name: "person", of: func(d *decision) any { return d.By }},
	{name: "verb", of: func(d *decision) any { return d.Do }},
	{name: "case_id", of: func(d *decision) any { return text(d.Case) }},
	{name: "text", of: func(d *decision) any { return text(d.Text()) }},
	{name: "record", of: func(d *decision) any { return d.Line() }},
}
