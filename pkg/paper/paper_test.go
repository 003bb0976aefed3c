package paper

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"io"
	"regexp"
	"strings"
	"testing"
	"time"

	"otsensor/pkg/cases"
	"otsensor/pkg/event"
	"otsensor/pkg/journal"
	"otsensor/pkg/playbook"
	"otsensor/rules"
)

func profile(t *testing.T) *playbook.Profile {
	t.Helper()
	p, err := playbook.Load(rules.Files())
	if err != nil {
		t.Fatal(err)
	}
	return p
}

const begin = int64(1_772_431_931_000_000_000)

// placed is an event of a type as the playbook places it.
func placed(p *playbook.Profile, typ string, n int) *event.Event {
	e := &event.Event{ID: fmt.Sprintf("%016x", n), State: "closed", Rule: event.Rule{ID: "S7-06", Title: "Controller was told to stop", Level: 4}, Sensor: event.Sensor{ID: "s-1", Site: "North"},
		First: begin + int64(n)*1e9, Last: begin + int64(n)*2e9, Raised: begin + 900e9, Count: 3, What: "10.0.0.66 told the controller 10.0.0.10 to stop.", Op: "mode-change", Status: "ok",
		Source: event.Party{Addr: "10.0.0.66"}, Target: event.Party{Addr: "10.0.0.10", Name: "PLC-2"}, Coverage: event.Coverage{BothWays: true, Dropped: 7},
		Captures: []event.Capture{{File: fmt.Sprintf("%016x.pcapng", n), SHA256: strings.Repeat("0f", 32), Frames: 12, From: begin, To: begin + 5e9, Whole: true}}}
	e.Playbook.IncidentType = typ
	f := playbook.FactsOf(e)
	f.GxP, f.LastKnownGood = "direct", begin-3600e9
	e.Playbook, e.Quality, e.Attack = p.Map(f)
	return e
}

// worked is a case that people worked on: it was contained, that did not hold,
// and it was contained again.
func worked(p *playbook.Profile, seen ...*event.Event) *Case {
	c := &Case{ID: "C-7", Events: seen}
	level := 4
	for i, d := range []journal.Entry{
		{Do: journal.Ack, By: "olga"},
		{Do: journal.Phase, Step: "DIA-3", By: "olga", Why: "shift lead and QA called"},
		{Do: journal.Confirm, By: "ada", Why: "not our engineer"},
		{Do: journal.SeverityIs, Severity: &level, By: "committee"},
		{Do: journal.ContainApproved, Measure: "K-05", By: "ada", Why: "rule on the cell firewall"},
		{Do: journal.ContainRefused, Measure: "K-10", By: "paul", Why: "aseptic fill runs"},
		{Do: journal.ContainApproved, Measure: "K-03", By: "ada", Why: "key turned to RUN"},
		{Do: journal.Phase, Step: "CON-Q", By: "quinn", Why: "lots 4711 and 4712 held"},
		{Do: journal.Evidence, Item: "EV-03", File: "/safe/panel.jpg", Sum: strings.Repeat("ab", 32), Holder: "safe 3", By: "ada", Why: "photo of the key switch"},
		{Do: journal.HandedOver, Item: "EV-03", File: "/safe/panel.jpg", Sum: strings.Repeat("ab", 32), Holder: "outside counsel", By: "ada"},
		{Do: journal.Evidence, Item: "EV-01", File: "0000000000000001.pcapng", Sum: strings.Repeat("cd", 32), Holder: "safe 3", By: "ada"},
		{Do: journal.Phase, Step: "ERA-4", By: "tom", Why: "block compared with the approved version"},
	} {
		d.Case, d.At = c.ID, time.Unix(0, begin+int64(60+10*i)*1e9).UTC()
		c.Decisions = append(c.Decisions, d)
	}
	again := placed(p, "OT-05", 9)
	again.First, again.Last = begin+105e9, begin+106e9 // after K-05
	again.Playbook.Again = true
	c.Events = append(c.Events, again)
	for _, e := range c.Events {
		e.Playbook.Case = c.ID
	}
	c.Stands = cases.Fold(p, c.Events, c.Decisions)[0]
	return c
}

func both(t *testing.T, p *playbook.Profile, c *Case) (page, text string) {
	t.Helper()
	var h, m bytes.Buffer
	d := Report(p, c)
	if err := WriteHTML(&h, d); err != nil {
		t.Fatal(err)
	}
	if err := WriteMarkdown(&m, d); err != nil {
		t.Fatal(err)
	}
	return h.String(), m.String()
}

// A report has every paper, says what was seen and what to keep, and leaves
// open what nobody said.
func TestReportOfACase(t *testing.T) {
	p := profile(t)
	c := worked(p, placed(p, "OT-05", 1), placed(p, "OT-04", 2))
	page, text := both(t, p, c)
	for _, want := range []string{
		"Case C-7", "Identification form", "Containment record", "Eradication and recovery record", "Evidence register", "Quality exposure statement", "After-action report", "Coverage and integrity",
		"PLC-2 (10.0.0.10)", "K-03", "Turn the controller&#39;s key switch", "EV-03", "R-01", strings.Repeat("0f", 32), "not our engineer", "4 declared by people", "Eradication, step ERA-4; confirmed by people 2026-03-02 06:13:31 UTC",
		"from 2026-03-02 05:12:11 UTC (last known good) to 2026-03-02 06:14:11 UTC", "1m19s", "hold-review", "The absence of events is no proof",
		"approved by ada, 2026-03-02 06:13:51 UTC", "the behaviour was seen again 2026-03-02 06:13:56 UTC", "rule on the cell firewall",
		"refused by paul, 2026-03-02 06:14:01 UTC", "aseptic fill runs", "no event of the case says that the behaviour was seen again", "key turned to RUN",
		"olga, 2026-03-02 06:13:21 UTC: shift lead and QA called", "committee, 2026-03-02", "lots 4711 and 4712 held",
		"safe 3 since 2026-03-02", "outside counsel since 2026-03-02", "photo of the key switch", "registered with another hash than the event names",
		"tom, 2026-03-02 06:15:01 UTC: block compared with the approved version", "Chain of custody", "Incident timeline",
	} {
		if !strings.Contains(page, want) {
			t.Errorf("the page does not say %q", want)
		}
	}
	for _, want := range []string{"# Incident record: Case C-7", "| K-03 |", "not our engineer", openField, "☐ malware"} {
		if !strings.Contains(text, want) {
			t.Errorf("the text does not say %q", want)
		}
	}
	if n := strings.Count(page, `class="blank"`); n < 40 {
		t.Errorf("only %d blanks for people to fill", n)
	}
	again, _ := both(t, p, c)
	if again != page {
		t.Error("another page the second time")
	}
}

// Wording fit for a legal record: no motive, no guilt, no decision on product.
func TestReportClaimsNothing(t *testing.T) {
	p := profile(t)
	var all []*event.Event
	for i := range p.Types {
		all = append(all, placed(p, p.Types[i].ID, i+1))
	}
	page, _ := both(t, p, &Case{Events: all})
	body := strings.ToLower(regexp.MustCompile(`(?s)<style>.*?</style>`).ReplaceAllString(page, ""))
	for _, word := range []string{"attacker", "malicious", "unauthorised by", "product is affected", "was attacked", "hacker", "compromised by"} {
		if strings.Contains(body, word) {
			t.Errorf("the page says %q", word)
		}
	}
	if !strings.Contains(body, "not confirmed by people") || !strings.Contains(body, "the journal holds no decision") {
		t.Error("a page without decisions does not say so")
	}
}

// The page asks for nothing from anywhere, runs nothing and is well formed.
func TestPageStandsAlone(t *testing.T) {
	p := profile(t)
	page, _ := both(t, p, &Case{Events: []*event.Event{placed(p, "OT-05", 1)}, Exercise: &Exercise{Scenario: "x"}})
	standsAlone(t, page)
	empty, _ := both(t, p, &Case{})
	standsAlone(t, empty)
}

func standsAlone(t *testing.T, page string) {
	t.Helper()
	outside := regexp.MustCompile(`(?i)<(script|iframe|object|embed|link|img|base|form)|\b(src|srcset|action|xlink:href)\s*=|href="[^#]|url\(|@import|javascript:|\son[a-z]+=`)
	if found := outside.FindString(page); found != "" {
		t.Errorf("the page holds %q", found)
	}
	for _, u := range regexp.MustCompile(`https?://[^"' <]+`).FindAllString(page, -1) {
		if u != "http://www.w3.org/2000/svg" { // a name, not an address
			t.Errorf("the page names %s", u)
		}
	}
	balanced(t, page)
}

// balanced checks that every element that is opened is closed.
func balanced(t *testing.T, page string) {
	t.Helper()
	d := xml.NewDecoder(strings.NewReader(page))
	d.Entity = xml.HTMLEntity
	for {
		switch _, err := d.Token(); {
		case err == io.EOF:
			return
		case err != nil:
			t.Fatalf("not well formed: %v", err)
		}
	}
}

// Whatever a device calls itself stays text, in the page, its figures and in Markdown.
func TestHostileNamesStayText(t *testing.T) {
	p := profile(t)
	evil := "<script>alert(1)</script>\"'><img src=x onerror=alert(1)> \u202e | `x` [a](javascript:b) \x1b[2J ]]> -->"
	e := placed(p, "OT-05", 1)
	e.ID, e.What, e.Source.Name, e.Target.Name, e.Target.Addr, e.Source.Addr = evil, evil, evil, evil, evil, evil
	e.Rule.ID, e.Rule.Title, e.Op, e.Status, e.List, e.Quality.Asset, e.Quality.Line = evil, evil, evil, evil, []string{evil, evil}, evil, evil
	e.Sensor = event.Sensor{ID: evil, Site: evil, Line: evil}
	e.Captures[0].File, e.Captures[0].SHA256, e.Integrity.Rules = evil, evil, evil
	other := placed(p, "OT-04", 2)
	other.Playbook.IncidentType, other.Playbook.Severity.Suggested, other.Playbook.Severity.Basis = evil, 99, []string{evil}
	page, text := both(t, p, &Case{ID: evil, Name: evil, Events: []*event.Event{e, other}, Exercise: &Exercise{Scenario: evil, Took: "1s"},
		Decisions: []journal.Entry{{At: time.Unix(0, begin), By: evil, Do: evil, Why: evil, Case: evil}, {At: time.Unix(0, begin), By: evil, Do: journal.Evidence, Item: "EV-03", File: evil, Sum: evil, Holder: evil, Why: evil, Case: evil},
			{At: time.Unix(0, begin), By: evil, Do: journal.Phase, Step: "ERA-1", Why: evil, Case: evil}},
		Stands: &cases.Case{Phase: evil, Step: evil, Confirmed: 1, Measures: []cases.Measure{{ID: "K-01", Approved: true, By: evil, Why: evil}}, Timeline: []cases.Moment{{By: evil, What: evil, Step: evil}},
			Reached: []cases.Reached{{Step: "CON-1", By: evil}}, Exposure: cases.Exposure{Lines: []string{evil}}}})
	balanced(t, page)
	for _, bad := range []string{"<script", "<img", "\u202e", "\x1b"} {
		if strings.Contains(page, bad) || strings.Contains(text, bad) {
			t.Errorf("%q got through", bad)
		}
	}
	for _, line := range strings.Split(text, "\n") {
		if strings.Contains(line, "[a](") || strings.Contains(line, "`x`") && !strings.Contains(line, "\\`x\\`") {
			t.Fatalf("Markdown reads it: %s", line)
		}
	}
}

// A record of thousands of events stays a page people can open.
func TestReportIsBounded(t *testing.T) {
	p := profile(t)
	var all []*event.Event
	for i := range 3000 {
		e := placed(p, p.Types[i%15].ID, i+1)
		e.Source.Addr, e.Target.Addr, e.Target.Name = fmt.Sprintf("10.1.%d.%d", i/250, i%250), fmt.Sprintf("10.2.%d.%d", i/250, i%250), ""
		all = append(all, e)
	}
	page, _ := both(t, p, &Case{Events: all})
	if len(page) > 3<<20 || !strings.Contains(page, "2600 further events are in the event file") {
		t.Errorf("%d bytes", len(page))
	}
}

// The exposure statement has every asset, every line and every act of the case.
func TestExposureStatementIsWhole(t *testing.T) {
	p := profile(t)
	var seen []*event.Event
	for i := range 5 {
		e := placed(p, []string{"OT-03", "OT-04", "OT-11"}[i%3], i+1)
		e.Target = event.Party{Addr: fmt.Sprintf("10.0.0.%d", 10+i), Name: fmt.Sprintf("PLC-%d", i)}
		e.Quality.Line, e.Quality.Asset = fmt.Sprintf("Filling %d", i%2), fmt.Sprintf("PLC-%d", i)
		e.Proto, e.Op, e.Object = "s7comm", "write-data", fmt.Sprintf("DB%d.DBW0", 20+i)
		seen = append(seen, e)
	}
	everybody := placed(p, "OT-02", 8)
	everybody.Target, everybody.Op, everybody.Object = event.Party{Addr: "255.255.255.255"}, "identify", "whoever answers"
	c := worked(p, append(seen, everybody)...)
	x := c.Stands.Exposure
	if len(x.Assets) != 5 || len(x.Lines) != 2 || len(x.Habits) != 7 {
		t.Fatalf("%+v", x)
	}
	page, text := both(t, p, c)
	standsAlone(t, page)
	_, text, _ = strings.Cut(text, "## Quality exposure statement")
	text, _, _ = strings.Cut(text, "## Reports that may be due")
	if n := strings.Count(text, " (last known good) to "); n != len(x.Assets) {
		t.Errorf("%d assets have a window, want %d", n, len(x.Assets))
	}
	for _, asset := range x.Assets {
		if !strings.Contains(text, "("+asset+")") {
			t.Errorf("%s is not in it", asset)
		}
	}
	if !strings.Contains(text, strings.Join(x.Lines, "; ")) {
		t.Errorf("it does not name the lines %v", x.Lines)
	}
	for i := range 5 {
		if object := fmt.Sprintf("| s7comm write-data | DB%d.DBW0 | accepted |", 20+i); !strings.Contains(text, object) {
			t.Errorf("no act %q", object)
		}
	}
	if !strings.Contains(text, "whoever answers") {
		t.Error("what was asked of everybody is no act")
	}
}
