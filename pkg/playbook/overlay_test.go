package playbook

import (
	"bytes"
	"strings"
	"testing"
)

// At a site pages say who holds a role, when a report is due and which rule
// holds there; the profile itself stays as it was, and so does its hash.
func TestProfileAtASite(t *testing.T) {
	p := profile(t)
	only := func(id, text string) func(string) string {
		return func(x string) string {
			if x == id {
				return text
			}
			return ""
		}
	}
	here := p.At(Overlay{When: only("R-07", "on day one"), Rule: only("Q-02", "our procedure 12"), Who: func(role string) []string {
		if role == "ot_security" {
			return []string{"Ada, +1 555", "Ben"}
		}
		return nil
	}})
	page := func(p *Profile, id string) string {
		var b bytes.Buffer
		if err := p.Explain(id, &b); err != nil {
			t.Fatal(err)
		}
		return b.String()
	}
	for id, want := range map[string]string{"R-07": "on day one", "Q-02": "our procedure 12", "OT-03": "our procedure 12", "ot_security": "Ben"} {
		if !strings.Contains(page(here, id), want) || strings.Contains(page(p, id), want) {
			t.Errorf("%s:\n%s", id, page(here, id))
		}
	}
	var b bytes.Buffer
	if err := here.ExplainEvent(sampleEvent(p), &b); err != nil || !strings.Contains(b.String(), "(Ada, +1 555)") {
		t.Errorf("who triages is not named: %v\n%s", err, b.String())
	}
	if here.SHA256 != p.SHA256 || here.Who("legal") != nil || here.Who("nobody") != nil {
		t.Error("another profile, or people from nowhere")
	}
}
