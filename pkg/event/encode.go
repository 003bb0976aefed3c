package event

import (
	"io"
	"time"

	"github.com/rs/zerolog"
)

// Writer writes events as JSON lines, one record a line. It is not safe for concurrent use.
type Writer struct {
	log zerolog.Logger
	w   *counting
}

// NewWriter makes a Writer on w.
func NewWriter(w io.Writer) *Writer {
	c := &counting{w: w}
	return &Writer{log: zerolog.New(c), w: c}
}

// Write writes one record; the error is the first one w gave.
func (w *Writer) Write(e *Event) error {
	w.log.Log().EmbedObject(e).Send()
	return w.w.err
}

// counting keeps the first error, which zerolog does not give back.
type counting struct {
	w   io.Writer
	err error
}

func (c *counting) Write(b []byte) (int, error) {
	n, err := c.w.Write(b)
	if err != nil && c.err == nil {
		c.err = err
	}
	return n, err
}

// stamp writes a time as RFC 3339 in UTC with nanoseconds; a time that is not set is left out.
func stamp(z *zerolog.Event, key string, t int64) {
	if t != 0 {
		var room [len("2006-01-02T15:04:05.000000000Z")]byte
		z.Bytes(key, AppendTime(room[:0], t))
	}
}

// AppendTime writes a time as RFC 3339 in UTC with all nine digits of its second.
// The library is quick at whole seconds only.
func AppendTime(dst []byte, t int64) []byte {
	at := time.Unix(0, t).UTC()
	dst = at.AppendFormat(dst, time.RFC3339)
	dst[len(dst)-1] = '.' // was Z
	ns := at.Nanosecond()
	for unit := 100_000_000; unit > 0; unit /= 10 {
		dst = append(dst, '0'+byte(ns/unit%10))
	}
	return append(dst, 'Z')
}

// text leaves an empty text out.
func text(z *zerolog.Event, key, value string) {
	if value != "" {
		z.Str(key, value)
	}
}

// list leaves an empty list out.
func list(z *zerolog.Event, key string, values []string) {
	if len(values) > 0 {
		z.Strs(key, values)
	}
}

// objects writes a list of objects, left out when empty.
func objects[T zerolog.LogObjectMarshaler](z *zerolog.Event, key string, values []T) {
	if len(values) == 0 {
		return
	}
	a := zerolog.Arr()
	for _, v := range values {
		a.Object(v)
	}
	z.Array(key, a)
}

// MarshalZerologObject writes the record in the order of docs/event.schema.json.
func (e *Event) MarshalZerologObject(z *zerolog.Event) {
	z.Str("schema", SchemaVersion).Str("id", e.ID).Str("state", e.State)
	z.Object("rule", e.Rule).Object("sensor", e.Sensor)
	stamp(z, "first", e.First)
	stamp(z, "last", e.Last)
	stamp(z, "raised", e.Raised)
	z.Uint64("count", e.Count)
	if e.Recurs.Times > 0 {
		z.Object("recurs", e.Recurs)
	}
	z.Object("source", e.Source).Object("target", e.Target)
	text(z, "proto", e.Proto)
	text(z, "service", e.Service)
	text(z, "op", e.Op)
	text(z, "status", e.Status)
	text(z, "object", e.Object)
	z.Str("what", e.What)
	objects(z, "why", e.Why)
	objects(z, "samples", e.Samples)
	list(z, "list", e.List)
	objects(z, "captures", e.Captures)
	list(z, "left_off", e.LeftOff)
	z.Object("playbook", e.Playbook).Object("attack", e.Attack).Object("quality", e.Quality)
	z.Object("coverage", e.Coverage).Object("integrity", e.Integrity)
}

// MarshalZerologObject writes the rule.
func (r Rule) MarshalZerologObject(z *zerolog.Event) {
	z.Str("id", r.ID).Str("title", r.Title).Int("level", r.Level)
}

// MarshalZerologObject writes what an event was before.
func (r Recurrence) MarshalZerologObject(z *zerolog.Event) {
	z.Str("of", r.Of).Int("times", r.Times)
}

// MarshalZerologObject writes the sensor.
func (s Sensor) MarshalZerologObject(z *zerolog.Event) {
	z.Str("id", s.ID)
	text(z, "site", s.Site)
	text(z, "line", s.Line)
}

// MarshalZerologObject writes one party.
func (p Party) MarshalZerologObject(z *zerolog.Event) {
	text(z, "addr", p.Addr)
	text(z, "mac", p.MAC)
	if p.Port != 0 {
		z.Uint16("port", p.Port)
	}
	text(z, "name", p.Name)
	text(z, "role", p.Role)
	text(z, "vendor", p.Vendor)
	text(z, "zone", p.Zone)
	z.Bool("known", p.Known)
}

// MarshalZerologObject writes one reason.
func (r Reason) MarshalZerologObject(z *zerolog.Event) {
	z.Str("field", r.Field).Str("seen", r.Seen)
	text(z, "usual", r.Usual)
	text(z, "nearest", r.Nearest)
	text(z, "threshold", r.Threshold)
}

// MarshalZerologObject writes one sighting.
func (s Sample) MarshalZerologObject(z *zerolog.Event) {
	stamp(z, "time", s.Time)
	text(z, "file", s.File)
	z.Uint64("frame", s.Frame)
	if s.Answer != 0 {
		z.Uint64("answer_frame", s.Answer)
	}
	text(z, "value", s.Value)
}

// MarshalZerologObject writes one file of evidence.
func (c Capture) MarshalZerologObject(z *zerolog.Event) {
	text(z, "file", c.File)
	text(z, "sha256", c.SHA256)
	z.Uint64("frames", c.Frames)
	stamp(z, "from", c.From)
	stamp(z, "to", c.To)
	z.Bool("whole", c.Whole)
}

// MarshalZerologObject writes the place in the playbook.
func (p Playbook) MarshalZerologObject(z *zerolog.Event) {
	z.Str("profile", p.Profile)
	text(z, "profile_version", p.ProfileVersion)
	z.Str("incident_type", p.IncidentType)
	text(z, "incident_title", p.IncidentTitle)
	z.Str("phase", p.Phase).Str("step", p.Step)
	objects(z, "next", p.Next)
	text(z, "on_confirm", p.OnConfirm)
	text(z, "on_dismiss", p.OnDismiss)
	z.Object("severity", p.Severity)
	text(z, "case", p.Case)
	text(z, "phase_input", p.PhaseInput)
	if p.Again {
		z.Bool("again", true)
	}
	list(z, "evidence", p.Evidence)
	list(z, "containment", p.Containment)
	list(z, "do_not", p.DoNot)
	list(z, "reporting", p.Reporting)
}

// MarshalZerologObject writes one next step.
func (n NextStep) MarshalZerologObject(z *zerolog.Event) {
	z.Str("step", n.Step).Str("role", n.Role).Str("do", n.Do)
}

// MarshalZerologObject writes the suggested severity.
func (s Severity) MarshalZerologObject(z *zerolog.Event) {
	z.Int("suggested", s.Suggested).Str("scale", "0-5")
	list(z, "basis", s.Basis)
	text(z, "confirmed_by", s.ConfirmedBy)
}

// MarshalZerologObject writes the techniques.
func (a Attack) MarshalZerologObject(z *zerolog.Event) {
	z.Str("version", a.Version)
	list(z, "techniques", a.Techniques)
	list(z, "consequence", a.Consequence)
	list(z, "legacy", a.Legacy)
}

// MarshalZerologObject writes what the quality unit needs.
func (q Quality) MarshalZerologObject(z *zerolog.Event) {
	z.Str("gxp_impact", q.GxPImpact)
	text(z, "asset", q.Asset)
	text(z, "line", q.Line)
	stamp(z, "last_known_good", q.LastKnownGood)
	stamp(z, "first_seen", q.FirstSeen)
	stamp(z, "last_seen", q.LastSeen)
	z.Str("ask", q.Ask).Str("decides", q.Decides)
}

// MarshalZerologObject writes the coverage.
func (c Coverage) MarshalZerologObject(z *zerolog.Event) {
	z.Bool("both_ways", c.BothWays).Bool("midstream", c.Midstream).Bool("lossy", c.Lossy)
	z.Bool("truncated", c.Truncated).Bool("conflict", c.Conflict)
	z.Uint64("dropped", c.Dropped).Float64("gap_ratio", c.GapRatio).Uint64("unjudgable", c.Unjudgable)
	text(z, "filter", c.Filter)
}

// MarshalZerologObject writes what the event was judged with.
func (i Integrity) MarshalZerologObject(z *zerolog.Event) {
	z.Str("sensor_version", i.SensorVersion).Str("rules_sha256", i.Rules)
	text(z, "baseline_sha256", i.Baseline)
	text(z, "config_sha256", i.Config)
}
