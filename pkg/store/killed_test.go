package store_test

import (
	"bufio"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"otsensor/pkg/journal"
	"otsensor/pkg/store"
)

// TestMain makes the test binary a writer that others can kill.
func TestMain(m *testing.M) {
	if path := os.Getenv("STORE_TEST_WRITER"); path != "" {
		fmt.Fprintln(os.Stderr, writeForEver(path))
		os.Exit(1)
	}
	os.Exit(m.Run())
}

// writeForEver writes events, and decisions into a journal that the store
// follows, and says of each when it is in the file.
func writeForEver(path string) error {
	s, err := store.Open(path, store.Options{MaxBytes: 1 << 30})
	if err != nil {
		return err
	}
	decisions, before, err := journal.Follow(path + ".journal")
	if err == nil {
		_, err = s.Follow(before.Entries)
	}
	for n := int(s.Latest()); err == nil; n++ {
		if n%10 == 0 {
			if _, _, err = journal.Append(path+".journal", journal.Entry{At: time.Unix(int64(n), 0), By: "m.weber", Do: journal.Note, Why: "note"}); err == nil {
				var fresh []journal.Entry
				fresh, err = decisions.Next()
				s.Decisions(fresh)
			}
		}
		s.Event(record(n+1, []string{"open", "closed"}[n%2]))
		fmt.Println("written", s.Written())
		time.Sleep(100 * time.Microsecond)
	}
	return err
}

// Killed at any moment, a store is whole, lacks nothing that was acknowledged,
// and the next sensor goes on.
func TestKilled(t *testing.T) {
	kills := 50
	if testing.Short() {
		kills = 3
	}
	path := filepath.Join(t.TempDir(), "store.db")
	acknowledged, least := 0, 0
	for n := range kills {
		acknowledged = killedAfter(t, path, acknowledged, time.Duration(13*n%97)*time.Millisecond)
		r := whole(t, path)
		if r.Ended {
			t.Errorf("kill %d: said to have ended as it should", n)
		}
		for _, j := range r.Journals {
			if !j.Whole() {
				t.Errorf("kill %d: %+v", n, j)
			}
		}
		same(t, "acknowledged and there", ask(t, path, fmt.Sprintf("SELECT count(*) FROM events WHERE seq <= %d", acknowledged)), strconv.Itoa(acknowledged))
		least = max(least, len(r.Journals))
	}
	if least != 1 {
		t.Errorf("the journal was taken for %d journals", least)
	}
	if acknowledged < 20*kills {
		t.Errorf("only %d records: the kills came too early to prove anything", acknowledged)
	}
}

// killedAfter runs a writer and kills it a while after it has brought something
// to the file; it gives the last number that it said was there.
func killedAfter(t *testing.T, path string, before int, after time.Duration) (last int) {
	t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), "STORE_TEST_WRITER="+path)
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err == nil {
		err = cmd.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	said := bufio.NewScanner(out)
	for said.Scan() {
		n, err := strconv.Atoi(strings.TrimPrefix(said.Text(), "written "))
		if err == nil && n > before && last <= before {
			time.AfterFunc(after, func() { cmd.Process.Kill() })
		}
		last = max(last, n)
	}
	cmd.Wait()
	return last
}
