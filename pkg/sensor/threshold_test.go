package sensor_test

import (
	"slices"
	"strings"
	"testing"

	"otsensor/pkg/event"
	"otsensor/pkg/sensor"
)

// The same capture with the thresholds as they are and with those of a site:
// each event says whose threshold fired, and one that the site set above what
// was seen does not fire.
func TestEventSaysWhichThresholdFired(t *testing.T) {
	const head = "sensor: { id: s }\nthresholds:\n"
	for _, c := range []struct {
		name, learn, rule, field string
		site                     string
		want                     string // "" for no event
	}{
		{"connect-unanswered", "", "AVL-02", "sightings", "", "default"},
		{"connect-unanswered", "", "AVL-02", "sightings", "  rules: { AVL-02: { min: 5 } }", "site"},
		{"connect-unanswered", "", "AVL-02", "sightings", "  rules: { AVL-02: { min: 900, over: 1h } }", ""},
		{"campaign-rush", "campaigns", "COM-13", "rate", "", "default"},
		{"campaign-rush", "campaigns", "COM-13", "rate", "  deviations: { rate: { least: 120 } }", "site"},
		{"campaign-rush", "campaigns", "COM-13", "rate", "  deviations: { rate: { factor: 1000 } }", ""},
		{"host-silent", "modbus-two-polls", "AVL-01", "silence", "", "default"},
		{"host-silent", "modbus-two-polls", "AVL-01", "silence", "  deviations: { host-silent: { factor: 2, least: 20s } }", "site"},
		{"host-silent", "modbus-two-polls", "AVL-01", "silence", "  deviations: { host-silent: { least: 20h } }", ""},
		{"modbus-value-out", "modbus-setpoint", "VAL-01", "value at", "", "learned"},
	} {
		o := judge(t)
		if c.learn != "" {
			o.Baseline = learn(t, c.learn)
		}
		if c.site != "" {
			o.Site = siteFile(t, head+c.site+"\n")
			var err error
			if o.Rules, err = o.Site.CheckRules(o.Rules); err != nil {
				t.Fatal(err)
			}
		}
		records, _, _ := replay(t, o, sensor.Options{}, c.name)
		got := ""
		if slices.ContainsFunc(records, func(e event.Event) bool { return e.Rule.ID == c.rule }) {
			for _, r := range of(t, records, c.rule).Why {
				if strings.HasPrefix(r.Field, c.field) {
					got = r.Threshold
				}
			}
		}
		if got != c.want {
			t.Errorf("%s, %s with %q: threshold %q, want %q", c.name, c.rule, c.site, got, c.want)
		}
	}
}

// The event of a silent host names the regular conversations that stopped with it.
func TestSilentHostTakesItsConversations(t *testing.T) {
	o := judge(t)
	o.Baseline = learn(t, "modbus-two-polls")
	records, _, _ := replay(t, o, sensor.Options{}, "host-silent")
	why := of(t, records, "AVL-01").Why
	if !slices.ContainsFunc(why, func(r event.Reason) bool {
		return r.Field == "conversations" && strings.Contains(r.Seen, "10.77.10.12:502")
	}) {
		t.Errorf("reasons %+v", why)
	}
}
