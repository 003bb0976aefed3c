package detect

import (
	"bytes"

	"otsensor/pkg/ot"
)

// siteFields are what the site file says of the hosts and values of an observation.
func siteFields() []field {
	breaches := map[string][]float64{"limits": {float64(BeyondLimits)}, "writer": {float64(WrongWriter)}, "phase": {float64(WrongPhase)}}
	return []field{
		{name: "client_purpose", doc: "what the site file says the asking side is for: inspection, environment, labelling, records",
			text: func(s *Sighting) ([]byte, bool) { return s.bytes(s.Client().Purpose), s.Client().Purpose != "" }},
		{name: "server_purpose", doc: "what the site file says the answering side is for",
			text: func(s *Sighting) ([]byte, bool) { return s.bytes(s.Server().Purpose), s.Server().Purpose != "" }},
		{name: "server_gxp", doc: "GxP impact of the answering side in the site file: direct, indirect, none",
			text: func(s *Sighting) ([]byte, bool) { return s.bytes(s.Server().GxP), s.Server().GxP != "" }},
		{name: "critical", critical: true, doc: "name of the critical parameter of the site file that is written", text: func(s *Sighting) ([]byte, bool) {
			name := s.critical().Name
			return s.bytes(name), name != ""
		}},
		{name: "critical.breach", critical: true, doc: "how the write of a critical parameter is not as the site file has it: limits, writer, phase", names: fixed(breaches),
			set: func(s *Sighting) uint64 { return uint64(s.critical().Breach) }},
		boolean("alarm_point", "the value written belongs to an alarm or limit, by its name or its name in the site file; acknowledging is none", func(s *Sighting) bool {
			return isDid(s) && (alarmWord(s.O.Did.Name) || alarmWord([]byte(s.critical().Name)))
		}),
		boolean("client_unlisted", "the site file lists assets, and the asking side is none of them", func(s *Sighting) bool { return s.Client().Unlisted }),
		boolean("batch", "the line of the answering side makes product now, as far as its phase was seen", func(s *Sighting) bool { return s.Server().Batch }),
		boolean("client_batch", "the line of the asking side makes product now", func(s *Sighting) bool { return s.Client().Batch }),
		boolean("work_windows", "people name the times of planned work, in the site file or the journal", func(s *Sighting) bool {
			return s.engine.facts.Windows
		}),
		boolean("learning", "the sensor learns beside", func(s *Sighting) bool { return s.engine.facts.Learning }),
		boolean("server_group", "it was said to a group or to everybody", func(s *Sighting) bool {
			return s.O.Conv != nil && s.O.Conv.Group()
		}),
	}
}

// critical is what the site file says of a write; of other acts nothing.
func (s *Sighting) critical() Critical {
	if s.engine.facts.Critical == nil || s.O.Kind != ot.Did || s.O.Did.Op != ot.OpWriteData {
		return Critical{}
	}
	return s.engine.facts.Critical(s)
}

// alarmWords are what names of alarms and limits hold, in lower case.
var alarmWords = [...]string{"alarm", "_alm", "alm_", "limit", "trip"}

// ackWords are what names of acknowledgements hold. An operator who acknowledges changes no alarm and no limit.
var ackWords = [...]string{"alarmack", "alarm_ack", "almack", "alm_ack", "acknowledg"}

// alarmWord reports whether a name speaks of an alarm or limit, and not of its acknowledgement.
func alarmWord(name []byte) bool {
	if len(name) == 0 {
		return false
	}
	var lower [ot.NameCap]byte
	n := copy(lower[:], name)
	for i, c := range lower[:n] {
		if c >= 'A' && c <= 'Z' {
			lower[i] = c + 'a' - 'A'
		}
	}
	return holdsAny(lower[:n], alarmWords[:]) && !holdsAny(lower[:n], ackWords[:])
}

// holdsAny reports whether a name holds one of the words.
func holdsAny(name []byte, words []string) bool {
	for _, w := range words {
		if bytes.Contains(name, []byte(w)) {
			return true
		}
	}
	return false
}
