package main

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"

	"otsensor/pkg/evidence"
	"otsensor/pkg/journal"
)

// walker walks the script of the incident with a program that is killed at
// every step, again and again, and goes on as people would: what is in the
// journal was decided, what is not is decided again.
type walker struct {
	t              *testing.T
	dir, program   string
	golden         map[string]string
	stdout, stderr string
	unseen         bool // the decision was written, and the program killed before it said so
	kills, late    int  // late: killed after the decision was written
}

// The outputs of the walk are the same after kill -9 at any step.
func TestWalkKilledAtEveryStep(t *testing.T) {
	archive, err := txtar.ParseFile("testdata/incident.txtar")
	if err != nil {
		t.Fatal(err)
	}
	w := &walker{t: t, dir: t.TempDir(), golden: map[string]string{}}
	for _, f := range archive.Files {
		w.golden[f.Name] = string(f.Data)
		if f.Name == "panel.jpg" {
			w.write(f.Name, string(f.Data))
		}
	}
	capture, baseline := line(t)
	for _, name := range []string{capture, baseline} {
		if err := os.Rename(name, filepath.Join(w.dir, filepath.Base(name))); err != nil {
			t.Fatal(err)
		}
	}
	w.program = program(t)
	steps := 0
	for line := range strings.Lines(string(archive.Comment)) {
		words := splitWords(line)
		switch {
		case strings.HasPrefix(line, "exec sensor "):
			steps++
			w.survive(words[2:])
		case strings.HasPrefix(line, "cp stdout "):
			w.write(words[2], w.stdout)
		case strings.HasPrefix(line, "cmp stdout ") && !w.unseen:
			if want := w.golden[words[2]]; w.stdout != want {
				t.Errorf("after %d kills %s differs:\n%s\nwant\n%s", w.kills, words[2], w.stdout, want)
			}
		case strings.HasPrefix(line, "text "):
			page, err := os.ReadFile(filepath.Join(w.dir, words[1]))
			if err != nil {
				t.Fatal(err)
			}
			if got := textOf(string(page), w.dir); got != w.golden["report"] {
				t.Errorf("after %d kills the report differs: %s", w.kills, cmp.Diff(w.golden["report"], got))
			}
		case strings.HasPrefix(line, "stdout ") && !w.unseen:
			if !regexp.MustCompile(words[1]).MatchString(w.stdout) {
				t.Errorf("no %s in the output", words[1])
			}
		case strings.HasPrefix(line, "exec sh "):
			t.Logf("%d steps, %d kills, %d of them after the decision was written", steps, w.kills, w.late)
			if steps < 18 || w.kills < 2*steps {
				t.Errorf("%d kills in %d steps prove little", w.kills, steps)
			}
			return
		}
	}
	t.Error("the script ends otherwise than thought")
}

// program is the test binary under the name by which it is the program.
func program(t *testing.T) string {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	name := filepath.Join(t.TempDir(), "sensor")
	if err := os.Symlink(self, name); err != nil {
		t.Skipf("no second name for the program here: %v", err)
	}
	return name
}

// survive runs the program and kills it, later each time, then lets it end.
func (w *walker) survive(args []string) {
	w.t.Helper()
	w.unseen = false
	before := w.decided()
	for after := time.Duration(0); ; after = after*2 + 2*time.Millisecond {
		killed := w.run(args, func() { time.Sleep(after) })
		fresh := w.decided() - before
		switch {
		case fresh > 1 && args[0] != "evidence" || fresh == 0 && strings.Contains(w.stderr, " in journal.jsonl"):
			w.t.Fatalf("sensor %s: %d decisions written, and said %q", strings.Join(args, " "), fresh, w.stderr)
		case !killed:
			return
		}
		w.kills++
		if args[0] == "evidence" && len(args) > 1 && args[1] == "register" {
			continue // what is registered is not registered again
		}
		if fresh == 1 { // people look, and see that it is decided
			w.late++
			w.unseen = true
			return
		}
	}
}

// run is one run, killed when it is time unless it has ended.
func (w *walker) run(args []string, wait func()) (killed bool) {
	w.t.Helper()
	var out, errs bytes.Buffer
	cmd := exec.Command(w.program, args...)
	cmd.Dir, cmd.Stdout, cmd.Stderr = w.dir, &out, &errs
	if err := cmd.Start(); err != nil {
		w.t.Fatal(err)
	}
	go func() {
		wait()
		cmd.Process.Kill() // of one that has ended it is an error, and nothing else
	}()
	err := cmd.Wait()
	w.stdout, w.stderr = out.String(), errs.String()
	if err != nil && cmd.ProcessState.Exited() {
		w.t.Fatalf("sensor %s: %v\n%s", strings.Join(args, " "), err, w.stderr)
	}
	return err != nil
}

// decided is how many decisions are in the journal, each as it was written.
func (w *walker) decided() int {
	data, err := os.ReadFile(filepath.Join(w.dir, "journal.jsonl"))
	if os.IsNotExist(err) {
		return 0
	}
	whole := data[:bytes.LastIndexByte(data, '\n')+1] // a torn line was never acknowledged
	r, err := journal.Verify(bytes.NewReader(whole))
	if err != nil || len(r.Problems) > 0 {
		w.t.Fatalf("the journal after a kill: %v %v", err, r.Problems)
	}
	return r.Lines
}

func (w *walker) write(name, text string) {
	if err := os.WriteFile(filepath.Join(w.dir, name), []byte(text), 0o600); err != nil {
		w.t.Fatal(err)
	}
}

// splitWords splits a line of a script; quotes hold words together.
func splitWords(line string) (all []string) {
	for i, part := range strings.Split(strings.TrimSpace(line), "'") {
		if i%2 == 1 {
			all = append(all, part)
			continue
		}
		all = append(all, strings.Fields(part)...)
	}
	return all
}

// Killed in the midst of recording a case whole, what was recorded is a
// capture that others read, and its hash is known; the replay is done again
// and gives what it would have given.
func TestKilledWhileRecordingACase(t *testing.T) {
	capture, learned := line(t)
	dir := t.TempDir()
	decisions := filepath.Join(dir, "journal.jsonl")
	confirm(t, capture, learned, decisions)
	args := func(folder string) []string {
		return []string{"replay", "--baseline", learned, "--journal", decisions, "--evidence", folder, capture}
	}
	want, _ := must(t, args(filepath.Join(dir, "whole"))...)
	w := &walker{t: t, dir: dir, program: program(t)}
	torn := 0
	const kills = 5
	for n := range kills {
		folder := filepath.Join(dir, "killed")
		os.RemoveAll(folder)
		half := func() []string { found, _ := filepath.Glob(filepath.Join(folder, "case-*.part")); return found }
		w.run(args(folder), func() {
			for end := time.Now().Add(10 * time.Second); len(half()) == 0 && time.Now().Before(end); {
				time.Sleep(time.Millisecond)
			}
			time.Sleep(time.Duration(4*n) * time.Millisecond)
		})
		halves := half()
		if len(halves) == 0 {
			continue
		}
		torn++
		kept := filepath.Join(dir, "kept")
		if err := os.CopyFS(kept, os.DirFS(folder)); err != nil {
			t.Fatal(err)
		}
		r, err := evidence.New(evidence.Options{Dir: kept, Memory: 1 << 20, Quota: 1 << 30, Mend: true})
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range r.Mended() {
			path := filepath.Join(kept, f.File)
			if frames := framesOf(t, path, nil); uint64(len(frames)) != f.Frames || f.Frames == 0 {
				t.Errorf("%d frames of %+v", len(frames), f)
			}
			if sum, err := sumOfFile(path); err != nil || sum != f.SHA256 {
				t.Errorf("%v, or another hash", err)
			}
			if tshark, err := exec.LookPath("tshark"); err == nil {
				if out, err := exec.Command(tshark, "-n", "-r", path, "-c", "1").CombinedOutput(); err != nil {
					t.Errorf("tshark: %v %s", err, out)
				}
			}
		}
		os.RemoveAll(kept)
		if n > 0 {
			continue
		}
		if got, _ := must(t, args(folder)...); got != want {
			t.Error("the replay that was killed gives other events when it is done again")
		}
		if again, _ := must(t, args(folder)...); again != want {
			t.Error("and others still the third time")
		}
	}
	if torn == 0 {
		t.Error("never killed in the midst of a file")
	}
	t.Logf("%d of %d kills in the midst of a file", torn, kills)
}
