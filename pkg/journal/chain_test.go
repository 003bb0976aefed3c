package journal_test

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"otsensor/pkg/journal"
	"otsensor/pkg/ot"
)

var noon = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

func note(n int) journal.Entry {
	return journal.Entry{At: noon.Add(time.Duration(n) * time.Second), By: "m.weber", Do: journal.Note, Why: fmt.Sprintf("note %d <&>", n)}
}

// kept appends n notes to a new journal and gives its lines.
func kept(t *testing.T, n int) (path string, lines []string) {
	t.Helper()
	path = filepath.Join(t.TempDir(), "j.jsonl")
	for i := range n {
		if _, _, err := journal.Append(path, note(i)); err != nil {
			t.Fatal(err)
		}
	}
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return path, strings.SplitAfter(strings.TrimSuffix(string(data), "\n"), "\n")
}

func TestChainNamesWhatWasDone(t *testing.T) {
	_, l := kept(t, 4)
	l[3] += "\n"
	cut := regexp.MustCompile(`,"hash":"[^"]*"`)
	rehashed := func(line string) string {
		body := cut.ReplaceAllString(strings.Replace(strings.TrimSuffix(line, "\n"), "note 1", "note x", 1), "")
		sum := sha256.Sum256([]byte(body))
		return body[:len(body)-1] + `,"hash":"` + hex.EncodeToString(sum[:]) + "\"}\n"
	}
	for name, c := range map[string]struct {
		lines []string
		want  string
	}{
		"as written":            {l, ""},
		"a word changed":        {[]string{l[0], strings.Replace(l[1], "note 1", "note 2", 1), l[2], l[3]}, "line 2: altered: decision 2 does not match its hash"},
		"changed with its hash": {[]string{l[0], rehashed(l[1]), l[2], l[3]}, "line 3: altered: decision 3 does not follow the one before it; one of them was replaced"},
		"one taken out":         {[]string{l[0], l[2], l[3]}, "line 2: missing: decision 2 before it"},
		"two taken out":         {[]string{l[0], l[3]}, "line 2: missing: decisions 2 to 3 before it"},
		"the first taken out":   {[]string{l[1]}, "line 1: missing: decision 1 before it"},
		"two exchanged":         {[]string{l[0], l[2], l[1], l[3]}, "line 2: missing: decision 2 before it\nline 3: reordered or repeated: decision 2 stands after 3\nline 4: missing: decision 3 before it"},
		"one repeated":          {[]string{l[0], l[0]}, "line 2: reordered or repeated: decision 1 stands after 1"},
		"a space put in":        {[]string{strings.Replace(l[0], `":`, `": `, 1)}, "line 1: altered: decision 1 does not match its hash"},
		"a line by hand":        {[]string{l[0], `{"at":"2026-03-01T06:00:00Z","by":"me","do":"note","why":"x"}` + "\n"}, "line 2: altered: it has no hash, and the lines before have"},
	} {
		r, err := journal.Verify(strings.NewReader(strings.Join(c.lines, "")))
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, p := range r.Problems {
			got = append(got, p.String())
		}
		if strings.Join(got, "\n") != c.want {
			t.Errorf("%s:\n got %s\nwant %s", name, strings.Join(got, "\n"), c.want)
		}
	}
}

// A journal written by hand is read; that nothing is known of its past is said.
func TestUnchained(t *testing.T) {
	r, err := journal.Verify(strings.NewReader(file))
	if err != nil || r.Unchained != 2 || len(r.Problems) > 0 || r.Whole() {
		t.Errorf("%+v, %v", r, err)
	}
	path := filepath.Join(t.TempDir(), "j")
	os.WriteFile(path, []byte(file), 0o600)
	if _, _, err := journal.Append(path, note(1)); err == nil || !strings.Contains(err.Error(), "journal chain") {
		t.Errorf("appended: %v", err)
	}
}

// The hash of a line can be checked with sed and sha256sum.
func TestHashWithoutUs(t *testing.T) {
	path, l := kept(t, 1)
	out, err := exec.Command("sh", "-c", `sed 's/,"hash":"[0-9a-f]*"}$/}/' "$0" | head -c -1 | sha256sum`, path).Output()
	if err != nil {
		t.Skipf("no sed and sha256sum here: %v", err)
	}
	if !strings.Contains(l[0], string(out[:64])) {
		t.Errorf("sha256sum says %s\nthe line says %s", out, l[0])
	}
}

// A crash leaves a torn line; it was never acknowledged, so it goes.
func TestTornTail(t *testing.T) {
	path, l := kept(t, 2)
	f, _ := os.OpenFile(path, os.O_APPEND|os.O_WRONLY, 0)
	f.WriteString(l[1][:50])
	f.Close()
	data, _ := os.ReadFile(path)
	if j, err := journal.Parse(strings.NewReader(string(data)), "j"); err != nil || len(j.Entries) != 2 {
		t.Errorf("read: %v", err)
	}
	_, torn, err := journal.Append(path, note(3))
	if err != nil || torn != 50 {
		t.Fatalf("torn %d, %v", torn, err)
	}
	data, _ = os.ReadFile(path)
	if r, _ := journal.Verify(strings.NewReader(string(data))); r.Lines != 3 || !r.Whole() {
		t.Errorf("%+v", r)
	}
}

func TestManyWriters(t *testing.T) {
	path := filepath.Join(t.TempDir(), "j")
	var group sync.WaitGroup
	for w := range 8 {
		group.Go(func() {
			for i := range 10 {
				if _, _, err := journal.Append(path, note(w*10+i)); err != nil {
					t.Error(err)
				}
			}
		})
	}
	group.Wait()
	data, _ := os.ReadFile(path)
	if r, _ := journal.Verify(strings.NewReader(string(data))); r.Lines != 80 || !r.Whole() {
		t.Errorf("%+v", r)
	}
}

// Killed at any moment, a journal holds every line that was acknowledged, in
// order, and the next writer goes on.
func TestKilledWhileWriting(t *testing.T) {
	if path := os.Getenv("JOURNAL_TO_WRITE"); path != "" {
		for n := 0; ; n++ {
			if e, _, err := journal.Append(path, note(n)); err == nil {
				fmt.Println("acknowledged", e[0].Seq, e[0].Hash)
			}
		}
	}
	kills := 50
	if testing.Short() {
		kills = 5
	}
	path := filepath.Join(t.TempDir(), "j")
	var acknowledged []string
	for n := range kills {
		acknowledged = append(acknowledged, writeUntilKilled(t, path, time.Duration(20+7*n%40)*time.Millisecond)...)
	}
	if _, _, err := journal.Append(path, note(0)); err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if r, err := journal.Verify(strings.NewReader(string(data))); err != nil || !r.Whole() {
		t.Errorf("after %d kills: %+v, %v", kills, r, err)
	}
	for _, a := range acknowledged {
		if hash := strings.Fields(a)[2]; !strings.Contains(string(data), hash) {
			t.Errorf("%s, and it is gone", a)
		}
	}
	if len(acknowledged) < kills {
		t.Errorf("only %d lines were acknowledged: the kills came too early to prove anything", len(acknowledged))
	}
}

func writeUntilKilled(t *testing.T, path string, after time.Duration) (acknowledged []string) {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(self, "-test.run", "^TestKilledWhileWriting$")
	cmd.Env = append(os.Environ(), "JOURNAL_TO_WRITE="+path)
	var out strings.Builder
	cmd.Stdout = &out
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	before, _ := os.Stat(path)
	for began := time.Now(); time.Since(began) < 10*time.Second; time.Sleep(time.Millisecond) {
		if now, err := os.Stat(path); err == nil && (before == nil || now.Size() > before.Size()) {
			break // it writes
		}
	}
	time.Sleep(after)
	cmd.Process.Kill()
	cmd.Wait()
	for line := range strings.Lines(out.String()) {
		if strings.HasSuffix(line, "\n") && strings.HasPrefix(line, "acknowledged") {
			acknowledged = append(acknowledged, line)
		}
	}
	return acknowledged
}

func TestEndedAndRevoked(t *testing.T) {
	j, err := journal.Parse(strings.NewReader(file+
		`{"at":"2026-03-01T08:00:00Z","by":"m.weber","do":"window-end","why":"done","ticket":"W-17"}`), "j")
	if err != nil {
		t.Fatal(err)
	}
	for when, want := range map[string]string{"2026-03-01T07:59:59Z": "W-17", "2026-03-01T08:00:00Z": ""} {
		if got := j.Planned(host("10.1.0.9"), host("10.1.0.20"), ot.OpProgramDownload, at(when)); got != want {
			t.Errorf("%s: %q", when, got)
		}
	}
	var c journal.Chain
	e, _, err := c.Line(journal.Entry{At: noon, By: "a", Do: journal.Accept, Rule: "COM-01", Until: noon.Add(time.Hour)})
	if err != nil {
		t.Fatal(err)
	}
	k := &journal.Journal{}
	k.Add(e)
	k.Add(journal.Entry{At: noon.Add(time.Minute), By: "a", Do: journal.Revoke, Of: e.Seq})
	for sec, want := range map[int]bool{59: true, 60: false} {
		if got := k.Accepted("COM-01", host("10.1.0.9"), host("10.1.0.20"), noon.Add(time.Duration(sec)*time.Second).UnixNano(), nil, nil); got != want {
			t.Errorf("second %d: %v", sec, got)
		}
	}
}

func TestFollow(t *testing.T) {
	path := filepath.Join(t.TempDir(), "j")
	f, j, err := journal.Follow(path)
	if err != nil || len(j.Entries) != 0 {
		t.Fatal(j, err)
	}
	journal.Append(path, note(1), note(2))
	if got, err := f.Next(); err != nil || len(got) != 2 {
		t.Errorf("%v, %v", got, err)
	}
	journal.Append(path, note(3))
	if got, err := f.Next(); err != nil || len(got) != 1 || got[0].Seq != 3 {
		t.Errorf("%v, %v", got, err)
	}
}
