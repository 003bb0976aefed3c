package detect

import (
	"slices"

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
var alarmWords = wordsOf("alarm", "_alm", "alm_", "limit", "trip")

// ackWords are what names of acknowledgements hold. An operator who acknowledges changes no alarm and no limit.
var ackWords = wordsOf("alarmack", "alarm_ack", "almack", "alm_ack", "acknowledg")

// alarmWord reports whether a name speaks of an alarm or limit, and not of its acknowledgement.
func alarmWord(name []byte) bool { return alarmWords.in(name) && !ackWords.in(name) }

// words are looked for in names, in capitals or not.
type words struct {
	list   []string   // in lower case
	begins [32]uint32 // their second letters by their first, each by its low five bits
}

func wordsOf(list ...string) *words {
	ws := &words{list: list}
	for _, w := range list {
		ws.begins[w[0]&31] |= 1 << (w[1] & 31)
	}
	return ws
}

// in reports whether a name holds one of the words.
func (ws *words) in(name []byte) bool {
	for at := 1; at < len(name); at++ {
		if ws.begins[name[at-1]&31]>>(name[at]&31)&1 != 0 && slices.ContainsFunc(ws.list, func(w string) bool { return begins(name[at-1:], w) }) {
			return true
		}
	}
	return false
}

// begins reports whether a name begins with a word in lower case, in capitals or not.
func begins(name []byte, word string) bool {
	if len(name) < len(word) {
		return false
	}
	for i := range len(word) {
		c := name[i]
		if c >= 'A' && c <= 'Z' {
			c += 'a' - 'A'
		}
		if c != word[i] {
			return false
		}
	}
	return true
}
