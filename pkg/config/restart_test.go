package config

import (
	"reflect"
	"slices"
	"strings"
	"testing"
)

// Every setting is compared: one that is forgotten would be ignored in silence.
func TestEverySettingIsCompared(t *testing.T) {
	var count func(t reflect.Type) int
	count = func(t reflect.Type) (n int) {
		for i := range t.NumField() {
			if f := t.Field(i).Type; f.Kind() == reflect.Struct {
				n += count(f)
			} else {
				n++
			}
		}
		return n
	}
	c := Default()
	if got, want := len(c.settings()), count(reflect.TypeFor[Config]())-1; got != want { // File is not in the file
		t.Errorf("%d settings are compared, there are %d", got, want)
	}
}

func TestWhatNeedsARestart(t *testing.T) {
	const base = "interface: eth1\nsite: site.yaml\nevents: { file: e.jsonl }\nfilter: tcp port 502\n"
	parse := func(text string) Config {
		c, err := Parse([]byte(text), "/etc/sensor/sensor.yaml")
		if err != nil {
			t.Fatal(err)
		}
		return c
	}
	was := parse(base)
	for _, c := range []struct {
		from, to       string
		taken, restart string
	}{
		{"tcp port 502", "tcp  port 502", "", ""},
		{"tcp port 502", "tcp port 102", "", "filter"},
		{"eth1", "eth2", "", "interface"},
		{"site.yaml", "other.yaml", "site", ""},
		{"site: site.yaml\n", "", "site", ""},
		{"interface", "rules: rules\nlog: debug\ninterface", "rules log", ""},
		{"interface", "workers: 4\nlog: warn\nbaseline: b\nstore: { keep_days: 3 }\ninterface", "log", "baseline workers store.keep_days"},
		{"e.jsonl }", "e.jsonl, keep: 9 }", "", "events.keep"},
	} {
		later := parse(strings.Replace(base, c.from, c.to, 1))
		taken, restart := was.Changed(&later)
		if strings.Join(taken, " ") != c.taken || strings.Join(restart, " ") != c.restart {
			t.Errorf("%q for %q: takes over %q, needs a restart for %q", c.to, c.from, taken, restart)
		}
		now := was.Keep(later)
		taken, restart = now.Changed(&later)
		if len(taken) > 0 || !slices.Equal(restart, strings.Fields(c.restart)) {
			t.Errorf("%q for %q: then takes over %q, needs a restart for %q", c.to, c.from, taken, restart)
		}
	}
}
