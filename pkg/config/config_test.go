package config_test

import (
	"os"
	"strings"
	"testing"

	"otsensor/pkg/config"
)

// The reference file states the defaults, and the minimal file gives them.
func TestReferenceAndMinimal(t *testing.T) {
	want := config.Default()
	want.Interface = "eth1"
	for _, name := range []string{"../../docs/sensor.example.yaml", "../../docs/sensor.minimal.yaml"} {
		got, err := config.Load(name)
		if err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if want.File = name; got != want {
			t.Errorf("%s:\n got %+v\nwant %+v", name, got, want)
		}
	}
}

// Every key of the file that is commented out in the reference is a key.
func TestReferenceNamesEveryKey(t *testing.T) {
	data, err := os.ReadFile("../../docs/sensor.example.yaml")
	if err != nil {
		t.Fatal(err)
	}
	all := strings.NewReplacer("# baseline:", "baseline:", "# site:", "site:", "# filter:", "filter:", "# rules:", "rules:", "# journal:", "journal:", "# dir:", "dir:").Replace(string(data))
	got, err := config.Parse([]byte(all), "/etc/sensor/sensor.yaml")
	if err != nil {
		t.Fatal(err)
	}
	if got.Baseline != "/etc/sensor/line.baseline" || got.Site != "/etc/sensor/site.yaml" || got.Rules != "/etc/sensor/rules" || got.Journal != "/etc/sensor/journal.jsonl" || got.Evidence.Dir != "/etc/sensor/evidence" || got.Filter.String() != "host 10.0.0.9 and tcp port 502" {
		t.Errorf("files beside the configuration: %+v", got)
	}
}

func TestMistakes(t *testing.T) {
	for in, want := range map[string]string{
		"interfce: eth1":               `c.yaml:1: unknown key "interfce"; did you mean "interface"?`,
		"interface: eth1\nworkers: 99": `c.yaml:2: workers: 99 is not from 1 to 16`,
		"workers: many":                `c.yaml:1: "many" is not a whole number`,
		"listen: 9465":                 `c.yaml:1: listen: "9465" is no address with a port, such as 127.0.0.1:9465`,
		"log: inof":                    `c.yaml:1: log: no level "inof"; did you mean "info"?`,
		"events:\n  max_mb: 0":         `c.yaml:2: events: max_mb 0 is not from 1 to 1048576`,
		"events:\n  keep: -1":          `c.yaml:2: events: keep -1 is not from 0 to 1000`,
		"evidence:\n  memory_mb: 0":    `c.yaml:2: evidence: memory_mb 0 is not from 1 to 65536`,
		"evidence:\n  quota_mb: 63":    `c.yaml:2: evidence: quota_mb 63 is not from 64 (twice memory_mb) to 16777216`,
		"evidence:\n  memory_mb: 1000": `c.yaml:1: evidence: quota_mb 1024 is not from 2000 (twice memory_mb) to 16777216`,
		"evidence:\n  keep_days: -1":   `c.yaml:2: evidence: keep_days -1 is not from 0 to 36500`,
		"filter: tcp prt 502":          `c.yaml:1: filter: at 5, "prt 502": expected and, or, or the end`,
		"rings: 0":                     `c.yaml:1: rings: 0 is not from 1 to 16`,
		"stamps: crad":                 `c.yaml:1: stamps: there are kernel and card, not "crad"`,
		"events: off":                  `c.yaml:1: expects keys with values: file, max_mb, keep`,
		"":                             `c.yaml: the file is empty`,
	} {
		_, err := config.Parse([]byte(in), "c.yaml")
		if err == nil || err.Error() != want {
			t.Errorf("%q\n got %v\nwant %s", in, err, want)
		}
	}
}
