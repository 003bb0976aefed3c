package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// ownRule is a rule on a conversation as people of a site would write one.
const ownRule = `- id: PLANT-01
  title: A controller is stopped by other than the station
  level: 3
  when: { proto: s7comm, op: mode-change, client: { not: 10.77.10.61 } }
  say: "{client} stopped {server}."
  play: OT-05
  tests: [ { fires: laptop.pcap }, { silent: station.pcap } ]
`

// withOwnRules writes a site file with its own rules and two captures beside it:
// the filler stopped by a laptop, and by the station.
func withOwnRules(t *testing.T, rules string) (site, laptop, station string) {
	t.Helper()
	dir := t.TempDir()
	for name, text := range map[string]string{"site.yaml": "sensor: { id: s }\nown_rules: own.yaml\n", "own.yaml": rules} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for name, from := range map[string]string{"laptop.pcap": "s7-plc-stop", "station.pcap": "site-engineering-planned"} {
		found, _ := filepath.Glob("../../pcaps/" + from + "/*.pcap")
		if len(found) != 1 {
			t.Fatalf("%s has no capture", from)
		}
		data, err := os.ReadFile(found[0])
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, name), data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return filepath.Join(dir, "site.yaml"), filepath.Join(dir, "laptop.pcap"), filepath.Join(dir, "station.pcap")
}

// Rules of a site stand beside the built-in ones, and their own tests are run.
func TestOwnRules(t *testing.T) {
	site, laptop, station := withOwnRules(t, ownRule)
	if out, _ := must(t, "replay", "--site", site, laptop); !strings.Contains(out, `"PLANT-01"`) || !strings.Contains(out, `"S7-06"`) {
		t.Errorf("the site's rule, or the built-in one beside it, is silent:\n%s", out)
	}
	if out, _ := must(t, "replay", "--site", site, station); strings.Contains(out, `"PLANT-01"`) {
		t.Errorf("the site's rule speaks of the station:\n%s", out)
	}
	if _, errs := must(t, "check", "--site", site, "--pcaps", "nowhere"); !strings.Contains(errs, "2 tests") {
		t.Errorf("the tests of the site's rules were not run: %s", errs)
	}
}

// The example of a site has rules of its own, and they fit.
func TestOwnRulesOfTheExample(t *testing.T) {
	if _, errs := must(t, "check", "--site", "../../docs/site.example.yaml", "--pcaps", "nowhere"); !strings.Contains(errs, "site.rules.yaml") {
		t.Errorf("said %s", errs)
	}
}

// What is wrong with a rule of a site has its line, and a test that does not hold is told.
func TestOwnRulesThatAreWrong(t *testing.T) {
	for _, c := range []struct{ was, is, says string }{
		{"op: mode-change", "op: mode-chang", `own.yaml:4: PLANT-01: op: unknown value "mode-chang"; did you mean "mode-change"?`},
		{"PLANT-01", "S7-06", "this id stands twice"},
		{"silent: station", "fires: station", "PLANT-01 is silent on station.pcap, where it must fire"},
	} {
		site, _, _ := withOwnRules(t, strings.ReplaceAll(ownRule, c.was, c.is))
		if code, _, errs := call(t, nil, "check", "--site", site, "--pcaps", "nowhere"); code != 1 || !strings.Contains(errs, c.says) {
			t.Errorf("exit %d: %s\nwant %s", code, errs, c.says)
		}
	}
}
