// The files an operator installs, held to what they promise.
package deploy_test

import (
	"os"
	"os/exec"
	"regexp"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"

	"otsensor/pkg/config"
)

func read(t *testing.T, name string) string {
	t.Helper()
	data, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// systemd's own score: 0 is locked up, 10 is wide open. Its bare unit has 9.6.
func TestUnitIsHardened(t *testing.T) {
	analyze, err := exec.LookPath("systemd-analyze")
	if err != nil {
		t.Skip("systemd-analyze is not installed")
	}
	for unit, threshold := range map[string]string{"systemd/sensor.service": "20", "systemd/sensor-iface@.service": "45"} {
		out, err := exec.Command(analyze, "security", "--no-pager", "--offline=true", "--threshold="+threshold, unit).CombinedOutput()
		if err != nil || !strings.Contains(string(out), "Overall exposure level") {
			t.Errorf("%s is above %s tenths: %v\n%s", unit, threshold, err, last(string(out)))
		}
	}
}

// systemd reads every line of the units; it only misses the programs this host lacks.
func TestUnitsAreRead(t *testing.T) {
	analyze, err := exec.LookPath("systemd-analyze")
	if err != nil {
		t.Skip("systemd-analyze is not installed")
	}
	out, _ := exec.Command(analyze, "verify", "--man=no", "--recursive-errors=no", "systemd/sensor.service", "systemd/sensor-iface@.service").CombinedOutput()
	for _, line := range strings.Split(strings.TrimSpace(string(out)), "\n") {
		if line != "" && strings.Contains(line, "sensor") && !strings.Contains(line, "is not executable: No such file or directory") {
			t.Error(line)
		}
	}
}

func last(s string) string {
	lines := strings.Split(strings.TrimSpace(s), "\n")
	return lines[len(lines)-1]
}

// The container has one capability, writes nowhere, and its ports are those of the defaults.
func TestContainer(t *testing.T) {
	var compose struct {
		Services map[string]struct {
			User     string
			Network  string   `yaml:"network_mode"`
			ReadOnly bool     `yaml:"read_only"`
			Drop     []string `yaml:"cap_drop"`
			Add      []string `yaml:"cap_add"`
			Security []string `yaml:"security_opt"`
			Memory   string   `yaml:"mem_limit"`
		}
	}
	if err := yaml.Unmarshal([]byte(read(t, "compose.yaml")), &compose); err != nil {
		t.Fatal(err)
	}
	s := compose.Services["sensor"]
	if strings.Join(s.Drop, ",") != "ALL" || strings.Join(s.Add, ",") != "NET_RAW" || !s.ReadOnly || s.Network != "host" || s.Memory == "" || s.Security != nil || strings.HasPrefix(s.User, "0") || s.User == "" {
		t.Errorf("compose.yaml: %+v", s)
	}
	dockerfile := read(t, "../Dockerfile")
	_, port, _ := strings.Cut(config.Default().Listen, ":")
	user := regexp.MustCompile(`(?m)^USER (\S+)$`).FindStringSubmatch(dockerfile)
	if !strings.Contains(dockerfile, "\nEXPOSE "+port+"\n") || user == nil || user[1] != s.User {
		t.Errorf("the Dockerfile exposes another port than %s, or has another user than %s", port, s.User)
	}
	if scraped := read(t, "prometheus/prometheus.yaml"); !strings.Contains(scraped, `"`+config.Default().Listen+`"`) {
		t.Errorf("prometheus.yaml does not scrape %s", config.Default().Listen)
	}
}
