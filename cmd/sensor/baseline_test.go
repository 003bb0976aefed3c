package main

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// Two people approve a baseline; learning one host anew voids that, and rolling
// back brings the approved one again.
func TestBaselineFromApprovalToRollback(t *testing.T) {
	capture, name := line(t)
	dir := filepath.Dir(name)
	key := func(who string) string { return filepath.Join(dir, who) }
	must(t, "baseline", "keygen", "-o", key("anna"))
	must(t, "baseline", "keygen", "-o", key("bert"))
	if code, _, errs := call(t, nil, "baseline", "keygen", "-o", key("anna")); code != 1 {
		t.Errorf("a key was overwritten: %s", errs)
	}
	verify := func() (int, string) {
		code, _, errs := call(t, nil, "baseline", "verify", "--key", key("anna.pub"), "--key", key("bert.pub"), "--need", "2", name)
		return code, errs
	}
	for _, who := range []string{"anna", "bert"} {
		if code, _ := verify(); code == 0 {
			t.Fatalf("approved before %s did", who)
		}
		must(t, "baseline", "approve", "--key", key(who+".key"), "--by", who, name)
	}
	if code, errs := verify(); code != 0 {
		t.Fatal(errs)
	}
	if _, err := os.Stat(former(name, 1)); err == nil {
		t.Error("an approval alone made a former version")
	}
	approved, _ := os.ReadFile(name)

	must(t, "learn", "--only", "10.77.10.21", "--into", name, capture)
	if code, errs := verify(); code == 0 || !strings.Contains(errs, "approved by 0 of 2 people that are needed: nobody") {
		t.Errorf("still approved after it was learned anew: %s", errs)
	}
	if out, _ := must(t, "baseline", "diff", former(name, 1), name); out == "" {
		t.Error("nothing was learned anew")
	} else if strings.Contains(out, "10.77.10.31") && !strings.Contains(out, "10.77.10.21") {
		t.Errorf("something else was learned anew:\n%s", out)
	}
	must(t, "baseline", "rollback", name)
	if got, _ := os.ReadFile(name); string(got) != string(approved) {
		t.Error("rolled back to something else")
	}
	if code, _, errs := call(t, nil, "baseline", "rollback", name); code != 1 || !strings.Contains(errs, "no former version") {
		t.Errorf("rolled back to nothing: %s", errs)
	}
}

func TestBaselineIsCalledWrongly(t *testing.T) {
	_, name := line(t)
	for _, c := range []struct {
		args []string
		code int
		says string
	}{
		{[]string{"baseline"}, 2, "say what to do: show, diff"},
		{[]string{"baseline", "aprove", name}, 2, `did you mean "approve"?`},
		{[]string{"baseline", "show"}, 2, "takes 1 file(s)"},
		{[]string{"baseline", "approve", name}, 2, "say who approves"},
		{[]string{"baseline", "approve", "--by", "x", "--key", name, name}, 1, "holds no private key"},
		{[]string{"baseline", "keygen"}, 2, "say with -o whose key it is"},
		{[]string{"learn", "--only", "10.0.0.1", "x.pcap"}, 2, "--only and --into go together"},
		{[]string{"learn", "--only", "nobody", "--into", name, "x.pcap"}, 2, "neither an address nor a MAC"},
	} {
		if code, _, errs := call(t, nil, c.args...); code != c.code || !strings.Contains(errs, c.says) {
			t.Errorf("sensor %s: exit %d\n%s", strings.Join(c.args, " "), code, errs)
		}
	}
}

// What looks like a sweep, a scan or a burst, and is a line's ordinary work,
// is told until people took the marks off what was learned of it, and not again.
func TestUsualWorkIsQuiet(t *testing.T) {
	const day = "../../pcaps/modbus-gateway/capture.pcap.gz"
	baseline := filepath.Join(t.TempDir(), "gateway.baseline")
	must(t, "learn", "-o", baseline, day)
	approve := func() {
		text, err := os.ReadFile(baseline)
		if err != nil {
			t.Fatal(err)
		}
		text = regexp.MustCompile(`(?m)^[?!] `).ReplaceAll(text, nil)
		text = regexp.MustCompile(`(?m)^sha256 .*$`).ReplaceAll(text, []byte("sha256 unsealed"))
		if err := os.WriteFile(baseline, text, 0o600); err != nil {
			t.Fatal(err)
		}
		must(t, "baseline", "seal", baseline)
	}
	for _, approved := range []bool{false, true} {
		if approved {
			approve()
		}
		out, _ := must(t, "replay", "--baseline", baseline, day)
		for _, rule := range []string{"MOD-14", "MOD-16", "MOD-33"} {
			if told := strings.Contains(out, `"id":"`+rule+`"`); told == approved {
				t.Errorf("approved %v: %s told %v", approved, rule, told)
			}
		}
	}
}
