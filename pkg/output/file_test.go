//go:build linux

package output_test

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"otsensor/pkg/event"
	"otsensor/pkg/output"
)

// record is an event that can be told from others by its count.
func record(n int) *event.Event {
	return &event.Event{ID: fmt.Sprintf("%016x", n), State: "open", Count: uint64(n), Rule: event.Rule{ID: "T-01", Title: "A test rule", Level: 2},
		What: strings.Repeat("Something was seen. ", 10), First: 1_700_000_000e9, Last: 1_700_000_000e9}
}

func open(t *testing.T, path string, max int64, keep int) *output.File {
	t.Helper()
	f, err := output.OpenFile(path, max, keep)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	return f
}

func write(t *testing.T, f *output.File, from, to int) {
	t.Helper()
	for n := from; n <= to; n++ {
		if err := f.Write(record(n)); err != nil {
			t.Fatal(err)
		}
	}
}

// counts reads a file's records; every line must be whole.
func counts(t *testing.T, path string) (all []int) {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if len(data) > 0 && data[len(data)-1] != '\n' {
		t.Errorf("%s does not end with a line end", path)
	}
	for i, line := range bytes.Split(bytes.TrimSuffix(data, []byte("\n")), []byte("\n")) {
		if len(data) == 0 {
			break
		}
		e, err := event.Parse(line)
		if err != nil {
			t.Fatalf("%s:%d: torn line: %v\n%.80q", path, i+1, err, line)
		}
		all = append(all, int(e.Count))
	}
	return all
}

func span(from, to int) (all []int) {
	for n := from; n <= to; n++ {
		all = append(all, n)
	}
	return all
}

func same(t *testing.T, what string, got, want []int) {
	t.Helper()
	if fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("%s: records %v, want %v", what, got, want)
	}
}

func TestGoesOnWhereItEnded(t *testing.T) {
	path := filepath.Join(t.TempDir(), "state", "events.jsonl")
	old := syscall.Umask(0)
	defer syscall.Umask(old)
	f := open(t, path, 1<<20, 2)
	write(t, f, 1, 3)
	f.Close()
	write(t, open(t, path, 1<<20, 2), 4, 5)
	same(t, "two runs", counts(t, path), span(1, 5))
	for name, want := range map[string]os.FileMode{path: 0o600, filepath.Dir(path): 0o750} {
		if info, err := os.Stat(name); err != nil || info.Mode().Perm() != want {
			t.Errorf("%s: %v, want %o", name, info.Mode(), want)
		}
	}
}

// A line that an earlier run could not end is cut off; whole lines stay.
func TestTornLastLineIsCutOff(t *testing.T) {
	for name, tail := range map[string]string{
		"half a record":     `{"id":"00000000000`,
		"one byte":          `{`,
		"record without LF": `{"id":"0000000000000009"}`,
		"binary":            "\x00\x00\x00",
	} {
		path := filepath.Join(t.TempDir(), "events.jsonl")
		f := open(t, path, 1<<20, 2)
		write(t, f, 1, 3)
		f.Close()
		add(t, path, tail)
		write(t, open(t, path, 1<<20, 2), 4, 4)
		same(t, name, counts(t, path), span(1, 4))
	}
	path := filepath.Join(t.TempDir(), "events.jsonl")
	add(t, path, `{"id":"only half a line, nothing before`)
	write(t, open(t, path, 1<<20, 2), 1, 1)
	same(t, "nothing but half a line", counts(t, path), span(1, 1))
}

func add(t *testing.T, path, text string) {
	t.Helper()
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_APPEND|os.O_CREATE, 0o600)
	if err == nil {
		_, err = f.WriteString(text)
		f.Close()
	}
	if err != nil {
		t.Fatal(err)
	}
}

// What is not an events file of ours is left as it is.
func TestRefuses(t *testing.T) {
	dir := t.TempDir()
	in := func(name string) string { return filepath.Join(dir, name) }
	os.WriteFile(in("line.baseline"), []byte("habits\nwithout an end"), 0o600)
	os.WriteFile(in("one.json"), []byte(`{"long": "`+strings.Repeat("x", 2<<20)+`"}`), 0o600)
	os.WriteFile(in("target"), nil, 0o600)
	os.Symlink(in("target"), in("link"))
	os.Symlink(in("nowhere"), in("dangling"))
	syscall.Mkfifo(in("pipe"), 0o600)
	open(t, in("busy"), 1<<20, 2)
	for name, says := range map[string]string{
		"line.baseline": "holds something else than events", "one.json": "holds something else than events",
		"link": "is a symbolic link", "dangling": "is a symbolic link", "pipe": "is no regular file", "busy": "is being written by another sensor",
		"target/events": "not a directory", ".": "is a directory",
	} {
		before, _ := os.ReadFile(in("line.baseline"))
		f, err := output.OpenFile(in(name), 1<<20, 2)
		if err == nil || f != nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%s: %v, want %q", name, err, says)
		}
		if after, _ := os.ReadFile(in("line.baseline")); !bytes.Equal(before, after) {
			t.Errorf("%s: a file of somebody else was cut", name)
		}
	}
	if _, err := os.Lstat(in("nowhere")); err == nil {
		t.Error("a dangling link was followed")
	}
}

// Rotated files hold whole lines, none is lost, and there are never more than keep beside the file.
func TestRotation(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "events.jsonl")
	const max, keep = 4000, 3
	f := open(t, path, max, keep)
	for n := 1; n <= 200; n++ {
		write(t, f, n, n)
		files, _ := filepath.Glob(filepath.Join(dir, "*"))
		if len(files) > keep+1 {
			t.Fatalf("%d files after record %d: %v", len(files), n, files)
		}
	}
	var all []int
	for _, end := range []string{".3", ".2", ".1", ""} {
		info, err := os.Stat(path + end)
		if err != nil || info.Size() > max || info.Mode().Perm() != 0o600 {
			t.Errorf("%s: %v, %d bytes, %v", path+end, err, info.Size(), info.Mode())
		}
		all = append(all, counts(t, path+end)...)
	}
	same(t, "the latest", all, span(200-len(all)+1, 200))
	if len(all) < 12 {
		t.Errorf("only %d records are kept", len(all))
	}
}

func TestRotationKeepsNone(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "events.jsonl")
	write(t, open(t, path, 3000, 0), 1, 50)
	if files, _ := filepath.Glob(filepath.Join(dir, "*")); len(files) != 1 {
		t.Errorf("files: %v", files)
	}
	if all := counts(t, path); all[len(all)-1] != 50 {
		t.Errorf("the last record is %d", all[len(all)-1])
	}
}

// A record longer than the file may be has a file of its own.
func TestRecordLongerThanFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "events.jsonl")
	write(t, open(t, path, 10, 2), 1, 3)
	same(t, "file", counts(t, path), span(3, 3))
	same(t, "file before", counts(t, path+".1"), span(2, 2))
}

// When old files cannot be moved, records count for more than the size; Sync tells.
func TestRotationThatFails(t *testing.T) {
	path := filepath.Join(t.TempDir(), "events.jsonl")
	if err := os.MkdirAll(filepath.Join(path+".1", "in the way"), 0o700); err != nil {
		t.Fatal(err)
	}
	f := open(t, path, 1000, 1)
	write(t, f, 1, 30)
	same(t, "records", counts(t, path), span(1, 30))
	if err := f.Sync(); err == nil || !strings.Contains(err.Error(), "cannot be rotated") {
		t.Errorf("Sync tells %v", err)
	}
	if err := f.Sync(); err != nil {
		t.Errorf("Sync tells again: %v", err)
	}
	os.RemoveAll(path + ".1")
	write(t, f, 31, 31)
	same(t, "after it was mended", counts(t, path), span(31, 31))
}

// Somebody else cuts, moves or removes the file: no hole, no record into the void.
func TestTouchedByOthers(t *testing.T) {
	path := filepath.Join(t.TempDir(), "events.jsonl")
	f := open(t, path, 1<<20, 2)
	write(t, f, 1, 3)
	os.Truncate(path, 0)
	write(t, f, 4, 4)
	same(t, "cut", counts(t, path), span(4, 4))
	os.Remove(path)
	write(t, f, 5, 5)
	same(t, "removed", counts(t, path), span(5, 5))
	os.Rename(path, path+".old")
	write(t, f, 6, 6)
	same(t, "moved", counts(t, path), span(6, 6))
	same(t, "moved away", counts(t, path+".old"), span(5, 5))
	add(t, path, "written by somebody else")
	write(t, f, 7, 7)
	same(t, "added to", counts(t, path), span(6, 7))
}

// fill writes until the disk is full and some more, makes room, and writes again.
func fill(t *testing.T, path string, room func()) {
	t.Helper()
	f := open(t, path, 1<<30, 2)
	var kept []int
	lost := 0
	for n := 1; n <= 400; n++ {
		if err := f.Write(record(n)); err == nil {
			kept = append(kept, n)
		} else {
			lost++
		}
		if lost > 0 {
			same(t, "while the disk is full", counts(t, path), kept)
		}
	}
	if lost == 0 || len(kept) == 0 {
		t.Fatalf("%d records kept, %d lost: the disk was never full, or always", len(kept), lost)
	}
	room()
	write(t, f, 401, 402)
	same(t, "after there was room again", counts(t, path), append(kept, 401, 402))
	if err := f.Close(); err != nil {
		t.Errorf("close: %v", err)
	}
}

func TestDiskFull(t *testing.T) {
	if os.Getuid() != 0 {
		t.Skip("mounting a small file system needs root; see TestFileTooLarge")
	}
	dir := t.TempDir()
	if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, "size=64k"); err != nil {
		t.Skipf("mounting a small file system: %v", err)
	}
	defer syscall.Unmount(dir, syscall.MNT_DETACH)
	ballast := filepath.Join(dir, "ballast")
	if err := os.WriteFile(ballast, make([]byte, 20<<10), 0o600); err != nil {
		t.Fatal(err)
	}
	fill(t, filepath.Join(dir, "events.jsonl"), func() { os.Remove(ballast) })
}

// The same without root: a limit on the size of files stands for the full disk.
// It holds for a whole process, so it is another one.
func TestFileTooLarge(t *testing.T) {
	if os.Getenv("OUTPUT_TEST_LIMITED") == "" {
		cmd := exec.Command(os.Args[0], "-test.run=^TestFileTooLarge$")
		cmd.Env = append(os.Environ(), "OUTPUT_TEST_LIMITED=1")
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Errorf("%v\n%s", err, out)
		}
		return
	}
	signal.Ignore(syscall.SIGXFSZ)
	defer signal.Reset(syscall.SIGXFSZ)
	var before syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_FSIZE, &before); err != nil {
		t.Fatal(err)
	}
	small := before
	small.Cur = 50_001
	if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &small); err != nil {
		t.Fatal(err)
	}
	restore := func() { syscall.Setrlimit(syscall.RLIMIT_FSIZE, &before) }
	defer restore()
	fill(t, filepath.Join(t.TempDir(), "events.jsonl"), restore)
}

// TestMain makes the test binary a writer that others can kill.
func TestMain(m *testing.M) {
	if path := os.Getenv("OUTPUT_TEST_WRITER"); path != "" {
		writer(path)
		return
	}
	os.Exit(m.Run())
}

// writer writes records, going on after the number in its argument, and says
// after each that it is written.
func writer(path string) {
	f, err := output.OpenFile(path, 20_000, 10_000)
	n, err2 := strconv.Atoi(os.Getenv("OUTPUT_TEST_AFTER"))
	for err = errors.Join(err, err2); err == nil; {
		n++
		if err = f.Write(record(n)); err == nil {
			fmt.Println(n)
		}
		if n%50 == 0 {
			f.Sync()
		}
	}
	fmt.Fprintln(os.Stderr, err)
	os.Exit(1)
}

// Killed at any moment, a writer leaves whole lines, and loses nothing that it
// said was written.
func TestKilled(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "events.jsonl")
	last := 0
	kills := 50
	if testing.Short() {
		kills = 6
	}
	for kill := range kills {
		cmd := exec.Command(os.Args[0])
		cmd.Env = append(os.Environ(), "OUTPUT_TEST_WRITER="+path, "OUTPUT_TEST_AFTER="+strconv.Itoa(last))
		cmd.Stderr = os.Stderr
		out, err := cmd.StdoutPipe()
		if err == nil {
			err = cmd.Start()
		}
		if err != nil {
			t.Fatal(err)
		}
		said := bufio.NewScanner(out)
		said.Scan() // it writes
		time.AfterFunc(time.Duration(7+13*(kill%8))*time.Millisecond, func() { cmd.Process.Kill() })
		for ok := true; ok; ok = said.Scan() {
			if n, err := strconv.Atoi(said.Text()); err == nil {
				last = n
			}
		}
		cmd.Wait()
		open(t, path, 20_000, 10_000).Close() // cuts a torn line, as the next run would
		written := map[int]bool{}
		files, _ := filepath.Glob(path + "*")
		for _, name := range files {
			for _, n := range counts(t, name) {
				written[n] = true
			}
		}
		for n := 1; n <= last; n++ {
			if !written[n] {
				t.Errorf("kill %d: record %d of %d said to be written is lost", kill, n, last)
			}
		}
		last = len(written) // one more may have been written than was said
	}
	if last < 100 {
		t.Errorf("only %d records written", last)
	}
}

// Sync runs beside Write.
func TestSyncBesideWrite(t *testing.T) {
	path := filepath.Join(t.TempDir(), "events.jsonl")
	f := open(t, path, 5_000, 100)
	done := make(chan struct{})
	go func() {
		defer close(done)
		for range 200 {
			if err := f.Sync(); err != nil {
				t.Error(err)
			}
		}
	}()
	write(t, f, 1, 200)
	<-done
	if err := f.Close(); err != nil {
		t.Error(err)
	}
}

// A stream gives each record in one write, so that nothing comes between.
func TestStream(t *testing.T) {
	var writes []string
	s := output.NewStream(writerFunc(func(p []byte) (int, error) {
		if len(writes) == 1 {
			writes = append(writes, "failed")
			return 0, errors.New("the reader hiccups")
		}
		writes = append(writes, string(p))
		return len(p), nil
	}))
	for n, want := range []bool{true, false, true} {
		if err := s.Write(record(n)); (err == nil) != want {
			t.Errorf("record %d: %v", n, err)
		}
	}
	for _, i := range []int{0, 2} {
		if e, err := event.Parse([]byte(strings.TrimSuffix(writes[i], "\n"))); err != nil || e.Count != uint64(i) {
			t.Errorf("write %d: %v %q", i, err, writes[i])
		}
	}
}

type writerFunc func(p []byte) (int, error)

func (f writerFunc) Write(p []byte) (int, error) { return f(p) }
