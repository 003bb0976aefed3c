package web

import (
	"cmp"
	"maps"
	"slices"
	"sort"
	"strconv"

	"github.com/prometheus/client_golang/prometheus"

	"otsensor/pkg/baseline"
	"otsensor/pkg/detect"
	"otsensor/pkg/evidence"
	"otsensor/pkg/ot"
	"otsensor/pkg/sandbox"
	"otsensor/pkg/sensor"
	"otsensor/pkg/store"
)

// collector turns the present snapshot into metrics when it is asked. Labels
// are bounded: protocol, rule, reason, table, state, incident
// type; never an address.
type collector struct{ state State }

// Describe sends nothing: the metrics depend on the snapshot.
func (c *collector) Describe(chan<- *prometheus.Desc) {}

// Collect makes const metrics.
func (c *collector) Collect(ch chan<- prometheus.Metric) {
	m := meter{ch}
	m.gauge("sensor_build_info", "Version of the sensor.", 1, "version", c.state.Version)
	if c.state.Live != nil {
		m.live(c.state.Live)
	}
	if c := c.state.stored(); c != nil {
		m.stored(c)
	}
	s := c.state.Snapshot()
	if s == nil {
		return
	}
	m.capture(s)
	m.decode(s)
	m.state(s)
	m.events(s)
	m.cases(&s.Cases)
	m.learned(s)
	if s.Evidence != nil {
		m.evidence(s.Evidence)
	}
}

type meter struct{ ch chan<- prometheus.Metric }

// send makes one metric; labels come as name, value, name, value.
func (m meter) send(kind prometheus.ValueType, name, help string, v float64, labels ...string) {
	var names, values []string
	for i := 0; i+1 < len(labels); i += 2 {
		names, values = append(names, labels[i]), append(values, labels[i+1])
	}
	m.ch <- prometheus.MustNewConstMetric(prometheus.NewDesc(name, help, names, nil), kind, v, values...)
}

func (m meter) counter(name, help string, v uint64, labels ...string) {
	m.send(prometheus.CounterValue, name, help, float64(v), labels...)
}

func (m meter) gauge(name, help string, v float64, labels ...string) {
	m.send(prometheus.GaugeValue, name, help, v, labels...)
}

func (m meter) live(l *Live) {
	port := l.Port()
	m.gauge("capture_up", "1 while the interface can be captured, 0 while it is down or away.", flag(port.Down == ""))
	m.gauge("capture_findings", "What keeps the interface from being passive and seeing everything, by the latest check; must be 0.", float64(port.Findings))
	for _, name := range sandbox.Locks {
		m.gauge("sandbox_held", "1 for a lock that holds the process, tried out before the sensor said that it was ready; 0 for one that this host does not have.", flag(l.Locks.Holds(name)), "lock", name)
	}
	r := l.reloads()
	m.gauge("config_loaded", "1 when rules and configuration loaded the last time they were read, 0 while older ones are in force because the latest did not.", flag(!r.Failing))
	const reloads, reloadsHelp = "config_reloads_total", "Times rules and configuration were read again, by what came of it."
	m.counter(reloads, reloadsHelp, r.Taken, "result", "taken")
	m.counter(reloads, reloadsHelp, r.Unchanged, "result", "unchanged")
	m.counter(reloads, reloadsHelp, r.Failed, "result", "failed")
	m.gauge("sensor_still_seconds", "Time since the sensor last moved on; it does every second.", l.Pulse.Still().Seconds())
}

func (m meter) capture(s *sensor.Snapshot) {
	t, l := &s.Stats, &s.Stats.Loss
	settled := t.Packets + l.Kernel + l.Residual
	received := max(l.Received, settled)
	m.counter("capture_received_total", "Frames the capture was given: processed + dropped + queued.", received)
	m.counter("capture_processed_total", "Frames taken through the pipeline.", t.Packets)
	const dropped, droppedHelp = "capture_dropped_total", "Frames lost before the pipeline, by reason: no room in the kernel, or left there when the interface went away."
	m.counter(dropped, droppedHelp, l.Kernel, "reason", "kernel")
	m.counter(dropped, droppedHelp, l.Residual, "reason", "residual")
	m.gauge("capture_queued", "Frames taken from the kernel that are still in the pipeline; 0 at rest.", float64(received-settled))
	m.counter("capture_bytes_total", "Bytes of the processed frames on the wire.", t.Bytes)
	m.counter("capture_truncated_total", "Frames captured shorter than they were.", t.Cut)
	m.counter("capture_duplicate_total", "Frames that the mirror port had shown before; they are counted, and not judged again.", t.Copies)
	m.counter("capture_unread_total", "Frames of a link type or ethertype that is not followed.", t.Unread)
	m.counter("capture_iface_tx_packets_total", "Frames this host sent through the capture interface; must stay 0.", l.Transmitted)
	m.counter("capture_reopen_total", "Times the capture interface was opened again.", l.Reopened)
	m.gauge("capture_last_packet_timestamp_seconds", "Packet time of the latest frame.", float64(s.LastPacket)/1e9)
	m.gauge("capture_gap_ratio", "Bytes known to be missing from conversations, over all their payload bytes.", ratio(t.Flow.GapBytes, t.Flow.GapBytes+t.Flow.Payload))
	m.gauge("capture_one_sided_ratio", "Live conversations with payload in one direction only, over all.", ratio(t.Flow.OneSided, t.Flow.Convs))
	m.gauge("mirror_unheard_hosts", "Hosts that are spoken to over TCP for a minute or longer and are not seen to speak; /healthz names some.", float64(len(s.Unheard.Hosts)))
	m.gauge("mirror_one_sided_vlans", "VLANs in which one direction only was seen for a minute or longer; /healthz names some.", float64(len(s.Unheard.VLANs)))
	m.counter("clock_step_total", "Times packet time ran back by more than ten seconds.", t.Odds[ot.ClockStep])
}

func (m meter) decode(s *sensor.Snapshot) {
	f := &s.Stats.Flow
	for _, p := range ot.Protos() {
		m.counter("decode_transactions_total", "Transactions decoded, by protocol.", f.Decoded[p], "proto", p.String())
	}
	for a := ot.NoAnomaly + 1; int(a) < ot.AnomalyCount; a++ {
		m.counter("decode_oddities_total", "Oddities on the wire, by reason.", s.Stats.Odds[a], "reason", a.String())
	}
	m.counter("flow_opened_total", "Conversations begun.", f.Opened)
	m.counter("flow_retransmitted_total", "TCP segments seen before.", f.Retransmitted)
	m.counter("flow_reordered_total", "TCP segments that came before their turn.", f.Reordered)
	m.counter("flow_gaps_total", "Holes in TCP streams given up.", f.Gaps)
	m.counter("flow_gap_bytes_total", "Bytes missing from TCP streams.", f.GapBytes)
	m.counter("flow_payload_bytes_total", "Payload bytes of conversations.", f.Payload)
	m.counter("flow_fragments_total", "IP fragments taken in.", f.Fragments)
}

func (m meter) state(s *sensor.Snapshot) {
	m.gauge("emergency_mode", "Shards, of 16, whose table of conversations is nearly full: idle ones are let go sooner.", float64(s.Stats.Flow.Emergency))
	for _, t := range s.Tables() {
		m.gauge("state_entries", "Entries of a bounded table.", float64(t.Entries), "table", t.Name)
		m.gauge("state_limit", "Limit of a bounded table.", float64(t.Limit), "table", t.Name)
		m.counter("state_evicted_total", "Entries put out because a table was full or time was up.", t.Evicted, "table", t.Name)
	}
}

func (m meter) events(s *sensor.Snapshot) {
	e := &s.Events
	for _, rule := range sortedKeys(e.Raised) {
		m.counter("events_raised_total", "Events a rule opened: over all rules written + suppressed + dropped.", e.Raised[rule], "rule", rule)
		m.counter("events_suppressed_total", "Sightings over a rule's budget, told in a summary instead of an event each.", e.Suppressed[rule], "rule", rule)
	}
	for _, taking := range takings(e.Taken) {
		m.counter("events_taken_total", "Events that another rule had opened and a graver one went on with, by both.", e.Taken[taking], "rule", taking.By, "from", taking.From)
	}
	m.counter("events_written_total", "Events whose first record was written.", e.Written)
	m.counter("events_dropped_total", "Events whose first record could not be written; later records of the same event may have been.", e.Dropped)
	for _, state := range []string{"open", "update", "closed", "summary"} {
		m.counter("event_records_written_total", "Records written, by state of the event.", e.Records[state].Written, "state", state)
		m.counter("event_records_dropped_total", "Records that could not be written, by state of the event.", e.Records[state].Dropped, "state", state)
	}
	m.counter("event_records_shortened_total", "Records of which something was left off because they were longer than a record may be; left_off in the record says what.", e.Shortened)
	m.gauge("event_record_bytes_max", "Bytes of the longest record so far; the limit is 16384.", float64(e.Longest))
	m.gauge("sink_up", "1 while event records can be written, 0 when the latest one could not.", flag(!e.Failing))
	classes := make([]sensor.EventClass, 0, len(e.Reached))
	for c := range e.Reached {
		classes = append(classes, c)
	}
	sort.Slice(classes, func(i, j int) bool {
		a, b := classes[i], classes[j]
		return a.Type < b.Type || a.Type == b.Type && a.Severity < b.Severity
	})
	for _, c := range classes {
		m.counter("events_by_incident_type_total", "Events by incident type of the playbook and suggested severity: each when it opens, and again when it becomes another.",
			e.Reached[c], "incident_type", c.Type, "severity", strconv.Itoa(c.Severity))
	}
	m.counter("events_unjudgable_total", "Sightings no rule could judge for want of coverage.", e.Unjudgable)
	m.counter("events_accepted_total", "Sightings that people accepted: counted, and not raised.", e.Accepted)
	m.gauge("events_open", "Events that still grow.", float64(e.Open))
	m.gauge("events_remembered", "Closed events that are remembered, to say of what comes again which it was before: the latest 4,096.", float64(e.Remembered))
	m.counter("events_forgotten_total", "Closed events forgotten for newer ones.", e.Forgotten)
}

func (m meter) cases(c *sensor.CaseCounts) {
	classes := make([]sensor.CaseClass, 0, len(c.Open))
	for k := range c.Open {
		classes = append(classes, k)
	}
	sort.Slice(classes, func(i, j int) bool {
		a, b := classes[i], classes[j]
		return a.Phase < b.Phase || a.Phase == b.Phase && a.Severity < b.Severity
	})
	for _, k := range classes {
		m.gauge("cases_open", "Cases that are not over, by phase of the playbook and severity: declared or, before that, suggested.",
			float64(c.Open[k]), "phase", k.Phase, "severity", strconv.Itoa(k.Severity))
	}
	m.gauge("cases_ended", "Cases that people closed or dismissed, and that are still remembered.", float64(c.Ended))
	m.counter("journal_decisions_total", "Decisions of the journal that took force.", c.Decisions)
	m.counter("journal_decisions_without_effect_total", "Decisions about a case that is not known here, or that could not take them as it stood.", c.NoEffect)
}

func (m meter) learned(s *sensor.Snapshot) {
	m.gauge("assets", "Hosts on the wire.", float64(s.Assets))
	state := "none"
	switch {
	case s.Learning != nil:
		state = "learning"
	case s.Baseline != "":
		state = "in_force"
	}
	m.gauge("baseline_info", "The baseline in force.", 1, "hash", s.Baseline, "state", state)
	m.gauge("baseline_habits", "Habits of the baseline in force.", float64(s.Habits))
	m.gauge("baseline_approvals", "People who signed the baseline in force as it is.", float64(s.Approved))
	for i, most := range baseline.UnseenClasses() {
		m.gauge("unseen_conversations", "Conversations of the baseline that is learned, or in force, by the share of what each does that is estimated to be still unseen: above the bound before and up to this one. sensor baseline show names them.", float64(s.Unseen[i]), "up_to", most)
	}
	m.counter("activity_left_out_total", "Transactions that a store's minutes lack by habit: 8,192 habits are counted in one.", s.Left)
	m.gauge("config_hash_info", "Hash of the rules in force.", 1, "rules", s.Rules)
	if s.Learning != nil {
		m.gauge("learning_unseen_ratio", "Share of the traffic that is estimated to be still unseen.", s.Learning.Unseen)
		m.counter("learning_full_total", "Times something was not learned because a table was full.", s.Learning.Full.Sum())
	}
}

func (m meter) evidence(e *evidence.Counts) {
	m.counter("evidence_files_total", "Capture files cut for events.", e.Files)
	m.counter("evidence_bytes_total", "Bytes of capture files cut for events.", e.Bytes)
	m.counter("evidence_short_total", "Events whose capture file misses frames that were no longer in memory.", e.Short)
	m.counter("evidence_trimmed_total", "Capture files that leave out frames between the hosts of their event because a file holds 20,000.", e.Trimmed)
	m.counter("evidence_unkept_total", "Events that came to name further frames when they had 4 capture files.", e.Unkept)
	const missing, missingHelp = "evidence_missing_total", "Events without a capture file, by reason: it could not be written, or too many were waiting."
	m.counter(missing, missingHelp, e.Failed, "reason", "failed")
	m.counter(missing, missingHelp, e.Skipped, "reason", "skipped")
	m.counter("evidence_removed_total", "Oldest capture files removed for the quota.", e.Removed)
	m.counter("evidence_expired_total", "Capture files removed because they were kept for their time.", e.Expired)
	m.gauge("evidence_cases", "Cases whose hosts are recorded whole.", float64(e.Followed))
	m.gauge("evidence_cases_stalled", "Cases recorded whole whose file cannot be written at present; must be 0.", float64(e.Stalled))
	m.counter("evidence_cases_refused_total", "Cases that are not recorded whole because as many as possible were already.", e.Unfollowed)
	m.counter("evidence_case_files_total", "Capture files of whole cases that ended.", e.CaseFiles)
	m.counter("evidence_case_bytes_total", "Bytes of capture files of whole cases that ended.", e.CaseBytes)
	m.gauge("evidence_frames", "Frames in memory for capture files.", float64(e.Held))
	m.gauge("evidence_span_seconds", "Time between the oldest and the newest frame in memory; below 30 evidence is short.", float64(e.Span)/1e9)
}

func (m meter) stored(c *store.Counts) {
	m.gauge("store_up", "1 while the store can be written, 0 when the latest rows could not.", flag(c.Failing == ""))
	m.counter("store_rows_written_total", "Rows brought to the store, on the disk.", c.Written)
	const dropped, droppedHelp = "store_rows_dropped_total", "Rows that the store lacks, by reason: no room in the queue, the file could not be written until the end, or SQLite took them for wrong."
	m.counter(dropped, droppedHelp, c.Full, "reason", "full")
	m.counter(dropped, droppedHelp, c.Failed, "reason", "failed")
	m.counter(dropped, droppedHelp, c.Refused, "reason", "refused")
	m.gauge("store_rows_waiting", "Rows on their way to the store; near 0 at rest.", float64(c.Waiting))
	m.counter("store_rows_removed_total", "Rows removed from the store for their age, or for its size.", c.Removed)
	m.gauge("store_over_size", "1 while the store is above its size and nothing in it may go.", flag(c.Over))
	m.gauge("store_bytes", "Size of the store and its log on the disk.", float64(c.Bytes))
	m.counter("store_redelivered_total", "Events that an output missed and got from the store later.", c.Again)
}

func flag(on bool) float64 {
	if on {
		return 1
	}
	return 0
}

func ratio(part, whole uint64) float64 {
	if whole == 0 {
		return 0
	}
	return float64(part) / float64(whole)
}

// takings are the pairs of rules between which an event passed, sorted.
func takings(m map[detect.Taking]uint64) []detect.Taking {
	return slices.SortedFunc(maps.Keys(m), func(a, b detect.Taking) int { return cmp.Or(cmp.Compare(a.By, b.By), cmp.Compare(a.From, b.From)) })
}

func sortedKeys(m map[string]uint64) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	sort.Strings(keys)
	return keys
}
