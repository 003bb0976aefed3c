package main

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"otsensor/pcaps"
	"otsensor/pkg/capture"
	"otsensor/pkg/event"
	"otsensor/pkg/evidence"
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
	files, named := 0, []string(nil)
	for _, e := range parsed(t, out) {
		grave := e.Playbook.Severity.Suggested >= 2 && e.Playbook.IncidentType != "OT-15"
		if n := len(e.Captures); n > evidence.MaxFiles || grave != (n > 0) {
			t.Fatalf("event %s of severity %d has %d captures", e.ID, e.Playbook.Severity.Suggested, len(e.Captures))
		}
		if grave {
			files += len(e.Captures)
			named = append(named, holds(t, dir, e, original)...)
		}
	}
	wireshark(t, dir, named)
	if files < 20 || !strings.Contains(errs, strconv.Itoa(files)+" files of evidence in "+dir) {
		t.Errorf("%d files; said %s", files, errs)
	}
}

// holds checks the files of an event, and gives the comments that are due: the
// time of the frame, a tab, the text.
func holds(t *testing.T, dir string, e *event.Event, original []capture.Packet) (comments []string) {
	t.Helper()
	var frames []capture.Packet
	for _, c := range e.Captures {
		path := filepath.Join(dir, c.File)
		data, err := os.ReadFile(path)
		sum := sha256.Sum256(data)
		if err != nil || !strings.HasPrefix(c.File, e.ID) || hex.EncodeToString(sum[:]) != c.SHA256 || !c.Whole {
			t.Fatalf("%s: %+v %v", e.ID, c, err)
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
			comments = append(comments, fmt.Sprintf("%d.%09d\tevent %s, %s %s: %s", want.Time/1e9, want.Time%1e9, e.ID, e.Rule.ID, e.Rule.Title, e.What))
		}
	}
	return comments
}

// wireshark reads all files, one behind the other, and finds the comments that
// are due. A pcapng file may have many sections.
func wireshark(t *testing.T, dir string, due []string) {
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
		if !slices.Contains(found, d) {
			t.Errorf("no comment %q", d)
		}
	}
}

// whole is the content of a folder's files, one behind the other.
func whole(t *testing.T, dir string) string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(dir, "*"))
	if err != nil || len(files) < 20 {
		t.Fatalf("%d files in %s: %v", len(files), dir, err)
	}
	var text strings.Builder
	for _, f := range files {
		data, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		text.Write(data)
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
