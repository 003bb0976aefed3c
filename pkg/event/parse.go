package event

import (
	"encoding/json"
	"fmt"
	"time"
)

// Parse reads one record as Writer writes it.
func Parse(line []byte) (*Event, error) {
	var w wire
	if err := json.Unmarshal(line, &w); err != nil {
		return nil, fmt.Errorf("not an event record: %w", err)
	}
	if w.Schema != SchemaVersion {
		return nil, fmt.Errorf("an event of schema %q; this sensor reads %s", w.Schema, SchemaVersion)
	}
	return w.event(), nil
}

// moment is a time as the record has it.
type moment int64

func (m *moment) UnmarshalJSON(b []byte) error {
	var t time.Time
	if err := t.UnmarshalJSON(b); err != nil {
		return err
	}
	*m = moment(t.UnixNano())
	return nil
}

// wire is the record's layout in JSON.
type wire struct {
	Schema, ID, State        string
	Rule                     Rule
	Sensor                   Sensor
	First, Last, Raised      moment
	Count                    uint64
	Recurs                   Recurrence
	Source, Target           Party
	Proto, Service           string
	Op, Status, Object, What string
	Why                      []Reason
	List                     []string
	LeftOff                  []string `json:"left_off"`
	Samples                  []struct {
		Time   moment
		Frame  uint64
		Answer uint64 `json:"answer_frame"`
		File   string
		Value  string
	}
	Captures []struct {
		File, SHA256 string
		Frames       uint64
		From, To     moment
		Whole        bool
	}
	Playbook struct {
		Profile        string
		ProfileVersion string `json:"profile_version"`
		IncidentType   string `json:"incident_type"`
		IncidentTitle  string `json:"incident_title"`
		Phase, Step    string
		Next           []NextStep
		OnConfirm      string `json:"on_confirm"`
		OnDismiss      string `json:"on_dismiss"`
		Severity       struct {
			Suggested   int
			Basis       []string
			ConfirmedBy string `json:"confirmed_by"`
		}
		Case        string
		PhaseInput  string `json:"phase_input"`
		Again       bool
		Evidence    []string
		Containment []string
		DoNot       []string `json:"do_not"`
		Reporting   []string
	}
	Attack  Attack
	Quality struct {
		GxPImpact     string `json:"gxp_impact"`
		Asset, Line   string
		LastKnownGood moment `json:"last_known_good"`
		FirstSeen     moment `json:"first_seen"`
		LastSeen      moment `json:"last_seen"`
		Ask, Decides  string
	}
	Coverage struct {
		BothWays                              bool `json:"both_ways"`
		Midstream, Lossy, Truncated, Conflict bool
		Dropped                               uint64
		GapRatio                              float64 `json:"gap_ratio"`
		Unjudgable                            uint64
		Filter                                string
	}
	Integrity struct {
		SensorVersion string `json:"sensor_version"`
		Rules         string `json:"rules_sha256"`
		Baseline      string `json:"baseline_sha256"`
		Config        string `json:"config_sha256"`
	}
}

func (w *wire) event() *Event {
	e := &Event{
		ID: w.ID, State: w.State, Rule: w.Rule, Sensor: w.Sensor,
		First: int64(w.First), Last: int64(w.Last), Raised: int64(w.Raised), Count: w.Count, Recurs: w.Recurs,
		Source: w.Source, Target: w.Target, Proto: w.Proto, Service: w.Service, Op: w.Op, Status: w.Status, Object: w.Object,
		What: w.What, Why: w.Why, List: w.List, LeftOff: w.LeftOff, Attack: w.Attack,
		Integrity: Integrity(w.Integrity),
	}
	for _, s := range w.Samples {
		e.Samples = append(e.Samples, Sample{Time: int64(s.Time), Frame: s.Frame, Answer: s.Answer, File: s.File, Value: s.Value})
	}
	for _, c := range w.Captures {
		e.Captures = append(e.Captures, Capture{File: c.File, SHA256: c.SHA256, Frames: c.Frames, From: int64(c.From), To: int64(c.To), Whole: c.Whole})
	}
	p := &w.Playbook
	e.Playbook = Playbook{
		Profile: p.Profile, ProfileVersion: p.ProfileVersion, IncidentType: p.IncidentType, IncidentTitle: p.IncidentTitle,
		Phase: p.Phase, Step: p.Step, Next: p.Next, OnConfirm: p.OnConfirm, OnDismiss: p.OnDismiss,
		Severity: Severity(p.Severity), Case: p.Case, PhaseInput: p.PhaseInput, Again: p.Again,
		Evidence: p.Evidence, Containment: p.Containment, DoNot: p.DoNot, Reporting: p.Reporting,
	}
	q := &w.Quality
	e.Quality = Quality{GxPImpact: q.GxPImpact, Asset: q.Asset, Line: q.Line, LastKnownGood: int64(q.LastKnownGood),
		FirstSeen: int64(q.FirstSeen), LastSeen: int64(q.LastSeen), Ask: q.Ask, Decides: q.Decides}
	c := &w.Coverage
	e.Coverage = Coverage{BothWays: c.BothWays, Midstream: c.Midstream, Lossy: c.Lossy, Truncated: c.Truncated, Conflict: c.Conflict,
		Dropped: c.Dropped, GapRatio: c.GapRatio, Unjudgable: c.Unjudgable, Filter: c.Filter}
	return e
}
