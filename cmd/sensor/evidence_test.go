package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"io/fs"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"otsensor/pcaps"
	"otsensor/pkg/capture"
	"otsensor/pkg/config"
	"otsensor/pkg/event"
	"otsensor/pkg/evidence"
	"otsensor/pkg/protocols/all"
)

// framesOf reads a capture whole: a frame's bytes and time by its number.
func framesOf(t *testing.T, file string, stdin io.Reader) (all []capture.Packet) {
	t.Helper()
	src, err := capture.OpenFiles([]string{file}, stdin)
	if err != nil {
		t.Fatal(err)
	}
	defer src.Close()
	b := capture.NewBatch(1024)
	for err = src.Fill(b); err == nil; err = src.Fill(b) {
		for _, p := range b.Packets {
			p.Data = bytes.Clone(p.Data)
			all = append(all, p)
		}
	}
	if err != io.EOF {
		t.Fatal(err)
	}
	return all
}

func parsed(t *testing.T, lines string) (all []*event.Event) {
	t.Helper()
	for _, l := range strings.Split(strings.TrimSpace(lines), "\n") {
		e, err := event.Parse([]byte(l))
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, e)
	}
	return all
}

// Every grave event of the recorded line has a file that holds all frames the
// event names, and the hash the event gives; no other event has one.
func TestEvidenceOfTheLine(t *testing.T) {
	capture, baseline := line(t)
	dir := filepath.Join(t.TempDir(), "evidence")
	out, errs := must(t, "replay", "--baseline", baseline, "--evidence", dir, capture)
	original := framesOf(t, "-", bytes.NewReader(pcaps.Line()))
	files, named := 0, [][]string(nil)
	for _, e := range parsed(t, out) {
		grave := e.Playbook.Severity.Suggested >= 2 && e.Playbook.IncidentType != "OT-15"
		if n := len(e.Captures); n > evidence.MaxFiles || grave != (n > 0) {
			t.Fatalf("event %s of severity %d has %d captures", e.ID, e.Playbook.Severity.Suggested, len(e.Captures))
		}
		if grave {
			files += len(e.Captures)
			named = append(named, holds(t, dir, e, nil, original)...)
		}
	}
	wireshark(t, dir, named)
	if files < 20 || !strings.Contains(errs, strconv.Itoa(files)+" files of evidence in "+dir) {
		t.Errorf("%d files; said %s", files, errs)
	}
}

// Every grave event of every case that a rule's own test names, judged as the
// test judges it, has files that hold all frames the event names, read by
// others, with the hash the event gives.
func TestEvidenceOfEveryRuleTest(t *testing.T) {
	set, _, err := loadRules("", all.Table())
	if err != nil {
		t.Fatal(err)
	}
	tests := newRuleTests("../../pcaps", judgeFlags{})
	dir, named, seen := t.TempDir(), [][]string(nil), map[testRun]bool{}
	rules, grave := map[string]bool{}, 0
	for i := range set.Rules {
		for _, test := range set.Rules[i].Tests {
			key := testRun{test.Fires + test.Silent, test.Learn, test.Learning}
			if seen[key] {
				continue
			}
			seen[key] = true
			folder := filepath.Join(dir, fmt.Sprint(key.name, "-after-", key.learn, key.learning))
			last, before := map[string]*event.Event{}, map[string]*event.Event{}
			if err := tests.replay(context.Background(), key, config.Evidence{Dir: folder, MemoryMB: 64, QuotaMB: 1024}, func(e *event.Event) error {
				if was := last[e.ID]; was != nil && was.Rule.ID != e.Rule.ID {
					before[e.ID] = was // a graver rule took it over
				}
				last[e.ID] = copied(e)
				return nil
			}); err != nil {
				t.Fatal(err)
			}
			found, _ := filepath.Glob(filepath.Join("../../pcaps", key.name, "*.pcap*"))
			original := framesOf(t, found[0], nil)
			for _, e := range last {
				if e.Playbook.Severity.Suggested < 2 || e.Playbook.IncidentType == "OT-15" || e.State == "summary" {
					continue
				}
				if len(e.Captures) == 0 {
					t.Errorf("%s after %q: event %s of %s has no evidence", key.name, key.learn, e.ID, e.Rule.ID)
				}
				grave++
				rules[e.Rule.ID] = true
				named = append(named, holds(t, folder, e, before[e.ID], original)...)
			}
		}
	}
	wireshark(t, dir, named)
	t.Logf("%d cases, %d grave events of %d rules, %d comments", len(seen), grave, len(rules), len(named))
	if len(seen) < 100 || len(rules) < 60 {
		t.Errorf("only %d cases and %d rules", len(seen), len(rules))
	}
}

// holds checks the files of an event, and gives the comments that are due: the
// time of the frame, a tab, the text.
func holds(t *testing.T, dir string, e, before *event.Event, original []capture.Packet) (due [][]string) {
	t.Helper()
	var frames []capture.Packet
	for _, c := range e.Captures {
		if c.File == "" && c.Whole && unheard(e, original) {
			continue
		}
		path := filepath.Join(dir, c.File)
		data, err := os.ReadFile(path)
		sum := sha256.Sum256(data)
		if err != nil || !strings.HasPrefix(c.File, e.ID) || hex.EncodeToString(sum[:]) != c.SHA256 || !c.Whole {
			t.Fatalf("%s of %s: %+v %v", e.ID, e.Rule.ID, c, err)
		}
		own := framesOf(t, path, nil)
		if uint64(len(own)) != c.Frames || len(own) == 0 || own[0].Time != c.From || own[len(own)-1].Time != c.To {
			t.Errorf("%s holds %d frames: %+v", c.File, len(own), c)
		}
		frames = append(frames, own...)
	}
	for _, s := range e.Samples {
		for _, n := range []uint64{s.Frame, s.Answer} {
			if n == 0 {
				continue
			}
			want := original[n-1]
			if !slices.ContainsFunc(frames, func(p capture.Packet) bool { return p.Time == want.Time && bytes.Equal(p.Data, want.Data) }) {
				t.Errorf("no file of %s holds frame %d", e.ID, n)
			}
			comment := []string{commentOf(e, want.Time)}
			if before != nil {
				comment = append(comment, commentOf(before, want.Time))
			}
			due = append(due, comment)
		}
	}
	return due
}

// commentOf is what tshark prints of the comment on a packet of an event.
func commentOf(e *event.Event, at int64) string {
	return fmt.Sprintf("%d.%09d\tevent %s, %s %s: %s", at/1e9, at%1e9, e.ID, e.Rule.ID, e.Rule.Title, e.What)
}

// unheard reports whether the capture holds nothing of an event's hosts: the
// event tells of their silence, and there is nothing to keep.
func unheard(e *event.Event, original []capture.Packet) bool {
	at, err := netip.ParseAddr(e.Source.Addr)
	return err == nil && e.Samples[0].Frame == 0 && e.Target.Addr == e.Source.Addr &&
		!slices.ContainsFunc(original, func(p capture.Packet) bool { return bytes.Contains(p.Data, at.AsSlice()) })
}

// wireshark reads all files, one behind the other, and finds the comments that
// are due, of each one of its wordings. A pcapng file may have many sections.
func wireshark(t *testing.T, dir string, due [][]string) {
	t.Helper()
	if _, err := exec.LookPath("tshark"); err != nil {
		t.Log("tshark is not installed: nobody else has read the files")
		return
	}
	tshark := exec.Command("tshark", "-n", "-r", "-", "-Y", "frame.comment", "-T", "fields", "-e", "frame.time_epoch", "-e", "frame.comment")
	tshark.Stdin = strings.NewReader(whole(t, dir))
	out, err := tshark.Output()
	if err != nil {
		t.Fatalf("tshark does not read the files: %v", err)
	}
	found := strings.Split(strings.TrimSpace(string(out)), "\n")
	for _, d := range due {
		if !slices.ContainsFunc(found, func(comment string) bool { return slices.Contains(d, comment) }) {
			t.Errorf("no comment %q", d)
		}
	}
}

// whole is the content of a folder's files, one behind the other.
func whole(t *testing.T, dir string) string {
	t.Helper()
	var text strings.Builder
	files := 0
	err := filepath.WalkDir(dir, func(f string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		files++
		data, err := os.ReadFile(f)
		text.Write(data)
		return err
	})
	if err != nil || files < 20 {
		t.Fatalf("%d files in %s: %v", files, dir, err)
	}
	return text.String()
}

// The same packets give the same files and records, byte for byte, whatever
// the workers and batches.
func TestEvidenceIsDeterministic(t *testing.T) {
	file, baseline := line(t)
	var want string
	for _, workers := range []string{"1", "2", "7"} {
		for _, batch := range []string{"1", "64", "4096"} {
			dir := t.TempDir()
			got, _ := must(t, "replay", "--baseline", baseline, "--evidence", dir, "--workers", workers, "--batch", batch, file)
			got += whole(t, dir)
			if want == "" {
				want = got
			}
			if got != want {
				t.Errorf("other evidence with %s workers and batches of %s", workers, batch)
			}
		}
	}
}

// Frames are numbered anew in each file, and a file's evidence is of its own frames.
func TestEvidenceOfSeveralFiles(t *testing.T) {
	stop, quiet := "../../pcaps/s7-plc-stop/capture.pcap", "../../pcaps/modbus-quiet-polls/capture.pcap"
	alone, after := t.TempDir(), t.TempDir()
	want := parsed(t, first(must(t, "replay", "--evidence", alone, stop)))
	got := parsed(t, first(must(t, "replay", "--evidence", after, quiet, stop, quiet)))
	for _, e := range want {
		i := slices.IndexFunc(got, func(g *event.Event) bool { return g.ID == e.ID })
		if i < 0 || !slices.Equal(got[i].Captures, e.Captures) {
			t.Errorf("%s: other evidence after another file", e.ID)
		}
	}
	if len(want) == 0 || len(want[0].Captures) == 0 {
		t.Fatal("no evidence of a stop")
	}
}

func first(stdout, _ string) string { return stdout }
