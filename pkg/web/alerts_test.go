package web_test

import (
	"os"
	"os/exec"
	"regexp"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"

	"otsensor/pkg/web"
)

const (
	alertsFile     = "../../deploy/prometheus/alerts.yaml"
	alertsTestFile = "../../deploy/prometheus/alerts_test.yaml"
)

type alert struct {
	Alert, Expr string
	Labels      struct{ Severity string }
	Annotations struct{ Summary, Runbook string }
}

func alerts(t *testing.T) (all []alert) {
	t.Helper()
	var file struct{ Groups []struct{ Rules []alert } }
	readYAML(t, alertsFile, &file)
	for _, g := range file.Groups {
		all = append(all, g.Rules...)
	}
	if len(all) == 0 {
		t.Fatal("no alerts")
	}
	return all
}

func readYAML(t *testing.T, name string, into any) {
	t.Helper()
	data, err := os.ReadFile(name)
	if err == nil {
		err = yaml.Unmarshal(data, into)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// An alert asks for metrics that are served; a misspelt one would be silent for ever.
func TestAlertsAskForWhatIsServed(t *testing.T) {
	served, _ := scrape(t, live(busy(), web.Port{}))
	name := regexp.MustCompile(`\b[a-z]+(_[a-z]+)+\b`)
	inQuotes := regexp.MustCompile(`"[^"]*"|(on|without|by) \([^)]*\)`)
	functions := map[string]bool{"max_over_time": true, "label_replace": true}
	for _, a := range alerts(t) {
		found := 0
		for _, n := range name.FindAllString(inQuotes.ReplaceAllString(a.Expr, ""), -1) {
			if functions[n] {
				continue
			}
			found++
			if served[n] == nil {
				t.Errorf("%s asks for %s, which is not served", a.Alert, n)
			}
		}
		if found == 0 && !strings.HasPrefix(a.Expr, "up{") {
			t.Errorf("%s asks for nothing: %s", a.Alert, a.Expr)
		}
	}
}

// Every alert has a place on the page that says what to do, and every place its alert.
func TestAlertsHaveTheirPage(t *testing.T) {
	page, err := os.ReadFile("../../docs/metrics.md")
	if err != nil {
		t.Fatal(err)
	}
	headings := map[string]bool{}
	for _, m := range regexp.MustCompile(`(?m)^### (\w+)$`).FindAllStringSubmatch(string(page), -1) {
		headings[m[1]] = true
	}
	for _, a := range alerts(t) {
		if !headings[a.Alert] || a.Annotations.Runbook != "docs/metrics.md#"+strings.ToLower(a.Alert) {
			t.Errorf("%s: runbook %q; the page has a heading of that name: %v", a.Alert, a.Annotations.Runbook, headings[a.Alert])
		}
		if a.Annotations.Summary == "" || !strings.Contains("critical warning info", a.Labels.Severity) || a.Labels.Severity == "" {
			t.Errorf("%s: summary %q, severity %q", a.Alert, a.Annotations.Summary, a.Labels.Severity)
		}
		delete(headings, a.Alert)
	}
	for h := range headings {
		t.Errorf("docs/metrics.md tells what to do on %s, and no alert is called so", h)
	}
}

// Every alert is seen to fire and to stay silent.
func TestAlertsAreTested(t *testing.T) {
	var file struct {
		Tests []struct {
			Cases []struct {
				Alertname string
				Alerts    []any `yaml:"exp_alerts"`
			} `yaml:"alert_rule_test"`
		}
	}
	readYAML(t, alertsTestFile, &file)
	fires, silent := map[string]bool{}, map[string]bool{}
	for _, test := range file.Tests {
		for _, c := range test.Cases {
			if len(c.Alerts) > 0 {
				fires[c.Alertname] = true
			} else {
				silent[c.Alertname] = true
			}
		}
	}
	for _, a := range alerts(t) {
		if !fires[a.Alert] || !silent[a.Alert] {
			t.Errorf("%s: tested to fire %v, to be silent %v", a.Alert, fires[a.Alert], silent[a.Alert])
		}
	}
}

func TestPromtoolRunsTheAlerts(t *testing.T) {
	promtool, err := exec.LookPath("promtool")
	if err != nil {
		t.Skip("promtool is not installed")
	}
	for _, args := range [][]string{{"check", "rules", alertsFile}, {"test", "rules", alertsTestFile}} {
		if out, err := exec.Command(promtool, args...).CombinedOutput(); err != nil {
			t.Errorf("promtool %s: %v\n%s", strings.Join(args, " "), err, out)
		}
	}
}
