package journal_test

import (
	"net/netip"
	"strings"
	"testing"
	"time"

	"otsensor/pkg/journal"
	"otsensor/pkg/ot"
)

const file = `{"at":"2026-03-01T06:00:00Z","by":"m.weber","do":"window","why":"pump change","ticket":"W-17","hosts":["10.1.0.20"],"source":["10.1.0.9"],"ops":["program-download"],"from":"2026-03-01T07:00:00Z","until":"2026-03-01T09:00:00Z"}

{"at":"2026-03-01T06:00:00Z","by":"a.rossi","do":"accept","why":"new historian","rule":"COM-01","source":["10.1.0.40"],"until":"2026-04-01T00:00:00Z"}
`

func at(s string) int64 {
	t, err := time.Parse(time.RFC3339, s)
	if err != nil {
		panic(err)
	}
	return t.UnixNano()
}

func host(s string) ot.Endpoint { return ot.EndpointOf(netip.MustParseAddr(s), 0) }

func TestWindow(t *testing.T) {
	j, err := journal.Parse(strings.NewReader(file), "j")
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		source, target string
		op             ot.Op
		at, want       string
	}{
		"inside":        {"10.1.0.9", "10.1.0.20", ot.OpProgramDownload, "2026-03-01T08:00:00Z", "W-17"},
		"too early":     {"10.1.0.9", "10.1.0.20", ot.OpProgramDownload, "2026-03-01T06:59:59Z", ""},
		"over":          {"10.1.0.9", "10.1.0.20", ot.OpProgramDownload, "2026-03-01T09:00:00Z", ""},
		"another host":  {"10.1.0.9", "10.1.0.21", ot.OpProgramDownload, "2026-03-01T08:00:00Z", ""},
		"somebody else": {"10.1.0.8", "10.1.0.20", ot.OpProgramDownload, "2026-03-01T08:00:00Z", ""},
		"another act":   {"10.1.0.9", "10.1.0.20", ot.OpModeChange, "2026-03-01T08:00:00Z", ""},
	} {
		if got := j.Planned(host(c.source), host(c.target), c.op, at(c.at)); got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}

func TestAccepted(t *testing.T) {
	j, err := journal.Parse(strings.NewReader(file), "j")
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		rule, source, at string
		want             bool
	}{
		"accepted":      {"COM-01", "10.1.0.40", "2026-03-02T00:00:00Z", true},
		"not yet":       {"COM-01", "10.1.0.40", "2026-03-01T05:00:00Z", false},
		"no longer":     {"COM-01", "10.1.0.40", "2026-04-01T00:00:00Z", false},
		"another rule":  {"COM-02", "10.1.0.40", "2026-03-02T00:00:00Z", false},
		"somebody else": {"COM-01", "10.1.0.41", "2026-03-02T00:00:00Z", false},
	} {
		if got := j.Accepted(c.rule, host(c.source), host("10.1.0.1"), at(c.at), nil, nil); got != c.want {
			t.Errorf("%s: %v", name, got)
		}
	}
}

func TestNilKnowsNothing(t *testing.T) {
	var j *journal.Journal
	if j.Planned(host("10.1.0.9"), host("10.1.0.20"), ot.OpProgramDownload, 1) != "" || j.Accepted("COM-01", host("10.1.0.9"), host("10.1.0.20"), 1, nil, nil) {
		t.Error("a nil journal decided something")
	}
}

func TestMistakes(t *testing.T) {
	for in, want := range map[string]string{
		`{`:            `j:1: not a decision: unexpected EOF`,
		`{"do":"x"}`:   `j:1: a decision needs at, when it was made, and by, who made it`,
		`{"who":"me"}`: `j:1: not a decision: json: unknown field "who"`,
		`{"at":"2026-03-01T06:00:00Z","by":"me","do":"windw"}`:                                                                                                      `j:1: do: no decision "windw"; did you mean "window"?`,
		`{"at":"2026-03-01T06:00:00Z","by":"me","do":"accept","rule":"COM-01"}`:                                                                                     `j:1: accept needs until, when it ends`,
		`{"at":"2026-03-01T06:00:00Z","by":"me","do":"accept","until":"2026-04-01T00:00:00Z"}`:                                                                      `j:1: accept needs the rule, or the habit: what is touched`,
		`{"at":"2026-03-01T06:00:00Z","by":"me","do":"window","ticket":"W","from":"2026-04-02T00:00:00Z","until":"2026-04-01T00:00:00Z"}`:                           `j:1: window needs a ticket, and from before until`,
		`{"at":"2026-03-01T06:00:00Z","by":"me","do":"window","ticket":"W","from":"2026-03-02T00:00:00Z","until":"2026-04-01T00:00:00Z","ops":["program-dwnload"]}`: `j:1: ops: no plant verb "program-dwnload"; did you mean "program-download"?`,
	} {
		_, err := journal.Parse(strings.NewReader(in), "j")
		if err == nil || err.Error() != want {
			t.Errorf("%s\n got %v\nwant %s", in, err, want)
		}
	}
}

// An acceptance may be of what is touched, whoever tells of it, or of one rule about it.
func TestAcceptedObject(t *testing.T) {
	until := time.Date(2026, 4, 1, 0, 0, 0, 0, time.UTC)
	j := &journal.Journal{}
	j.Add(journal.Entry{At: time.Unix(0, 0), By: "me", Do: journal.Accept, Until: until, Rule: "MOD-04", Habit: "holding register 8"})
	j.Add(journal.Entry{At: time.Unix(0, 0), By: "me", Do: journal.Accept, Until: until, Habit: "tag Speed"})
	for _, c := range []struct {
		rule, object string
		want         bool
	}{{"MOD-04", "holding register 8", true}, {"MOD-04", "holding register 9", false}, {"VAL-01", "holding register 8", false}, {"CIP-05", "tag Speed", true}} {
		got := j.Accepted(c.rule, host("10.1.0.9"), host("10.1.0.1"), 1, &ot.Transaction{}, func(*ot.Transaction) string { return c.object })
		if got != c.want {
			t.Errorf("%s of %s accepted: %v", c.rule, c.object, got)
		}
	}
}
