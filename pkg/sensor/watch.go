package sensor

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"maps"
	"slices"
	"sync/atomic"

	"otsensor/pkg/assets"
	"otsensor/pkg/baseline"
	"otsensor/pkg/cases"
	"otsensor/pkg/config"
	"otsensor/pkg/detect"
	"otsensor/pkg/event"
	"otsensor/pkg/evidence"
	"otsensor/pkg/journal"
	"otsensor/pkg/ot"
	"otsensor/pkg/playbook"
	"otsensor/pkg/protocols"
)

// WatchOptions is what a Watch judges with.
type WatchOptions struct {
	Table      []protocols.Protocol
	Rules      *detect.Set
	Profile    *playbook.Profile
	Baseline   *baseline.Baseline     // nil: only rules that need none can fire
	Site       *config.Site           // nil: nothing is known of assets, zones and planned work
	Journal    *journal.Journal       // nil: people decided nothing
	Fresh      func() []journal.Entry // decisions made since the last call, asked at ticks; nil in a replay
	Reread     func() *Reread         // rules and site file read again since the last call, asked at ticks; nil in a replay
	Learner    *baseline.Learner      // learns beside; nil when the sensor does not learn
	Beside     func() []Table         // bounded tables beside the judge, asked at ticks; nil in a replay
	Evidence   *evidence.Recorder     // keeps frames and cuts files for events; nil: none
	Sensor     event.Sensor
	Version    string
	Filter     string // what alone is captured, "" for all
	ConfigHash string // SHA-256 of configuration and site file, "" when there is none
	Where      func(frame uint64) (file string, local uint64)
	Past       []*event.Event             // of cases that may take more: of before the sensor was started
	Case       func(c *cases.Case)        // a case that changed, at ticks; valid during the call; may be nil
	Minute     func(m *Minute)            // a minute of the sensor clock that is over; may be nil
	Emit       func(e *event.Event) error // every record: open, update, closed, summary; the event is valid during the call
}

// Watch is the judge: it knows the assets, weighs every observation against
// the baseline, matches rules, and places what they raise in the playbook.
// Its methods are called by the goroutine that runs the pipeline's judge, save
// Snapshot.
type Watch struct {
	o        WatchOptions
	rows     map[ot.Proto]*protocols.Protocol
	assets   *assets.Table
	weigher  *baseline.Weigher
	engine   *detect.Engine
	coverage coverage
	phases   phases
	counts   EventCounts
	last     Tick
	began    int64 // of the present file
	since    int64 // of all
	book     *cases.Book
	minutes  *minutes // nil when nobody asks
	snapshot atomic.Pointer[Snapshot]
	told     uint64                // events of all rules as the last snapshot has them
	classes  map[string]EventClass // of the open events, by id
	unseen   baseline.Spread       // of the baseline in force
	beside   []Table               // as they were at the latest tick
	describe []byte
	touched  func(t *ot.Transaction) string
	approved int    // people who signed the baseline
	rules    string // SHA-256 over rules and playbook
	fresh    bool   // no frame of the present file was kept yet
	before   uint64 // frames before the present file
	left     []evidence.CaseFile
}

// NewWatch makes a judge.
func NewWatch(o WatchOptions) *Watch {
	w := &Watch{o: o, fresh: true, rows: map[ot.Proto]*protocols.Protocol{}, assets: assets.NewTable(), weigher: baseline.NewWeigherAt(o.Baseline, tolerances(o.Site)),
		counts: EventCounts{ByType: map[EventClass]uint64{}, Reached: map[EventClass]uint64{}, Records: map[string]Records{}, OfCases: map[string]uint64{}}}
	if w.o.Journal == nil {
		w.o.Journal = &journal.Journal{}
	}
	w.book = cases.NewBook(o.Profile)
	w.book.Add(w.o.Journal.Entries...)
	w.book.Resume(o.Past)
	w.minutes = newMinutes(o.Minute)
	w.classes = map[string]EventClass{}
	w.rules, w.phases = RulesHash(o.Rules, o.Profile), newPhases(o.Site)
	if o.Baseline != nil {
		w.approved, w.unseen = len(o.Baseline.ApprovedBy()), o.Baseline.Spread()
	}
	for i := range o.Table {
		if row := &o.Table[i]; w.rows[row.Proto] == nil {
			w.rows[row.Proto] = row
		}
	}
	if o.Filter != "" {
		w.Note(ot.FilterInForce)
	}
	w.touched = w.object
	w.engine = detect.NewEngine(o.Rules, w.facts(), w.raised)
	return w
}

// facts are what rules ask, by the site file in force.
func (w *Watch) facts() detect.Facts {
	site := w.o.Site
	f := detect.Facts{
		Baseline: w.o.Baseline != nil,
		Host:     w.host, Party: w.party, Object: w.object, Reasons: w.weigher.Explain,
		Conduit: func(a, b ot.Endpoint) bool { return site.Conduit(a, b) },
		Planned: w.planned, File: w.o.Where, Critical: w.criticalIf(site),
		Windows: site.Works() || w.o.Journal.Works(), Learning: w.o.Learner != nil,
		Accepted: func(rule string, s *detect.Sighting) bool {
			return w.o.Journal.Accepts() && w.o.Journal.Accepted(rule, s.Source(), s.Target(), s.O.Time, &s.O.Did, w.touched)
		},
	}
	if w.o.Learner != nil {
		f.Freeze = w.freeze
	}
	return f
}

// tolerances are those of the site, or the default ones.
func tolerances(s *config.Site) baseline.Tolerances {
	if s == nil {
		return baseline.DefaultTolerances()
	}
	return s.Tolerances
}

// freeze keeps what an event is about from teaching while it is open: the
// conversations of its two hosts, or all of the one host it is about. A host
// whose state was changed may do anything until somebody has looked at it.
func (w *Watch) freeze(r *detect.Rule, s *detect.Sighting) {
	source, target := s.Source(), s.Target()
	if source == target || slices.Contains(r.Group, "client") && !slices.Contains(r.Group, "server") {
		target = ot.Endpoint{}
	}
	until, d := s.O.Clock+int64(r.Window), &s.O.Did
	w.o.Learner.Freeze(source, target, until, r.ID)
	if s.O.Kind == ot.Did && target.IsHost() && d.Status != ot.Refused && (d.Op.ChangesState() || ot.Engineering(d.Proto, d.Op)) {
		w.o.Learner.Freeze(target, ot.Endpoint{}, until, r.ID)
	}
}

// Judge is what the pipeline calls.
func (w *Watch) Judge() Judge {
	j := Judge{Observe: w.observe, Tick: w.tick, NewFile: func(string) { w.newFile() }}
	if w.o.Evidence != nil {
		j.Keep = w.keep
	}
	return j
}

func (w *Watch) observe(o *ot.Observation) {
	if w.began == 0 {
		w.began = o.Time
		w.since = cmp.Or(w.since, o.Time)
	}
	w.decide(o.Clock)
	w.assets.See(o)
	if w.minutes != nil {
		w.minutes.see(o)
	}
	switch o.Kind {
	case ot.Did:
		if w.phases.now != nil {
			w.phases.see(w.o.Site, o)
		}
	case ot.Moved:
		w.coverage.vlans.see(o)
		w.coverage.sides.see(o)
	}
	w.engine.Match(o, w.weigher.Weigh(o))
	if w.o.Learner != nil {
		w.o.Learner.Learn(o) // after it was judged: what an event is about does not teach
	}
}

func (w *Watch) tick(t Tick) {
	w.last = t
	w.reread(t.At)
	w.freshDecisions()
	w.decide(t.At.Clock)
	w.coverage.tick(t, func(o *ot.Observation) { w.engine.Match(o, baseline.Weight{}) })
	w.tables(t)
	w.cut(t.At, false)
	w.weigher.Tick(t.At.Clock, w.engine.Match)
	w.engine.Tick(t.At.Clock)
	w.returns(t.At.Clock)
	w.exposures(t.At.Clock)
	w.changedCases()
	w.minutePassed(t.At.Clock, false)
	w.publish()
}

func (w *Watch) newFile() {
	w.cut(w.last.At, true)
	w.engine.NewFile()
	w.weigher.NewFile()
	w.coverage.newFile()
	w.phases = newPhases(w.o.Site)
	w.began = 0
	if w.o.Evidence != nil {
		w.o.Evidence.NewFile()
		w.fresh = true
	}
}

// Note has an oddity of the sensor itself told with the next tick. It is for
// before the pipeline runs, and for the judge itself.
func (w *Watch) Note(a ot.Anomaly) { w.coverage.notes = append(w.coverage.notes, a) }

// Left has the files of cases told that a crash of the process before had ended.
// It is for before the pipeline runs.
func (w *Watch) Left(all []evidence.CaseFile) { w.left = all }

// Finish closes what is open, as at the end of the input.
func (w *Watch) Finish(final Stats) {
	w.last.Stats = final
	w.cut(w.last.At, true)
	w.engine.Flush()
	w.changedCases()
	w.minutePassed(w.last.At.Clock, true)
	w.publish()
}

// Counts is what was raised so far.
func (w *Watch) Counts() EventCounts { return w.counts }

// Snapshot is the latest picture, nil before the first second has passed. It
// may be called from any goroutine.
func (w *Watch) Snapshot() *Snapshot { return w.snapshot.Load() }

func (w *Watch) publish() {
	s := &Snapshot{Clock: w.last.At.Clock, LastPacket: w.last.LastPacket, Stats: w.last.Stats, Assets: w.assets.Len(), Evicted: w.assets.Evicted,
		Rules: w.rules}
	s.Unheard = w.coverage.sides.unheard(s.Clock)
	s.UnheardTable = Table{"unheard_hosts", uint64(len(w.coverage.sides.hosts.of)), maxUnheard, w.coverage.sides.hosts.full}
	s.Beside = w.beside
	s.Events = w.counts
	s.Events.Raised, s.Events.Suppressed = w.byRule()
	s.Events.OfCases = nil // in Raised
	s.Events.Taken = maps.Clone(w.engine.Counts.Taken)
	s.Events.ByType, s.Events.Reached, s.Events.Records = maps.Clone(w.counts.ByType), maps.Clone(w.counts.Reached), maps.Clone(w.counts.Records)
	s.Events.Open, s.Events.Evicted = w.engine.Open(), w.engine.Counts.Evicted
	s.Events.Unjudgable, s.Events.Accepted = w.engine.Counts.Unjudgable, w.engine.Counts.Accepted
	s.Events.Remembered, s.Events.Forgotten = w.engine.Closed()
	if w.minutes != nil {
		s.Left = w.minutes.activity.Left()
	}
	entries, limit, forgotten := w.engine.Windows()
	s.Windows = Table{"counting_windows", entries, limit, forgotten}
	if b := w.o.Baseline; b != nil {
		s.Baseline, s.Habits, s.Approved = b.Hash, len(b.Habits), w.approved
	}
	s.Unseen = w.unseen
	if s.Learning = w.learning(s.Clock); w.o.Learner != nil {
		s.Unseen = s.Learning.Spread
		for _, f := range w.o.Learner.Fills() {
			s.Learned = append(s.Learned, Table{f.Name, uint64(f.Entries), uint64(f.Limit), f.Refused})
		}
	}
	if e := w.o.Evidence; e != nil {
		c := e.Counts()
		s.Evidence = &c
	}
	s.Cases = w.caseCounts()
	strangers, most := w.weigher.Strangers()
	s.Strangers = Table{"strangers", uint64(strangers), uint64(most), w.weigher.Full}
	if was := w.snapshot.Swap(s); was != nil && s.filled(was) {
		w.Note(ot.TableFull)
	}
}

// goneRules stands for the rules that are no longer in force.
const goneRules = "gone"

// byRule counts events by rule; the maps of the last snapshot serve again while nothing was raised.
func (w *Watch) byRule() (raised, suppressed map[string]uint64) {
	c, total := &w.engine.Counts, uint64(0)
	for _, n := range w.counts.OfCases {
		total += n
	}
	for i := range c.Raised {
		total += c.Raised[i] + c.Suppressed[i]
	}
	if last := w.Snapshot(); last != nil && total == w.told {
		return last.Events.Raised, last.Events.Suppressed
	}
	w.told = total
	raised, suppressed = map[string]uint64{}, map[string]uint64{}
	for i := range w.o.Rules.Rules {
		id := w.o.Rules.Rules[i].ID
		raised[id], suppressed[id] = c.Raised[i]+c.Suppressed[i], c.Suppressed[i]
	}
	if c.Gone > 0 {
		raised[goneRules], suppressed[goneRules] = c.Gone+c.GoneOver, c.GoneOver
	}
	maps.Copy(raised, w.counts.OfCases)
	return raised, suppressed
}

// learning is how far the learner is, looked at once a minute; nil without one.
func (w *Watch) learning(now int64) *baseline.Progress {
	last := w.Snapshot()
	switch {
	case w.o.Learner == nil:
		return nil
	case last != nil && last.Learning != nil && now/minute == last.Clock/minute:
		return last.Learning
	}
	p := w.o.Learner.Progress()
	return &p
}

const minute = 60 * second

// RulesHash is the SHA-256 over rules and playbook, as events carry it.
func RulesHash(rules *detect.Set, profile *playbook.Profile) string {
	sum := sha256.Sum256([]byte(rules.SHA256 + profile.SHA256))
	return hex.EncodeToString(sum[:])
}
