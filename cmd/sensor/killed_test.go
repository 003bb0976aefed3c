package main

import (
	"bufio"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"otsensor/pkg/output"
	"otsensor/pkg/store"
)

// deliverForEver writes events to a store and a file of events in a folder, and
// says of each how far the file has had all.
func deliverForEver(dir string) error {
	d, err := deliverIn(dir)
	for n := 0; err == nil; n++ {
		if err = d.Write(simple(int(d.store.Latest())+1, []string{"open", "closed"}[n%2])); err == nil && n%20 == 0 {
			err = d.Sync()
			fmt.Println("written", d.store.Written())
			time.Sleep(time.Millisecond)
		}
	}
	return err
}

func deliverIn(dir string) (*delivery, error) {
	s, err := store.Open(filepath.Join(dir, "store.db"), store.Options{MaxBytes: 1 << 30})
	if err != nil {
		return nil, err
	}
	out, err := output.OpenFile(filepath.Join(dir, "events.jsonl"), 1<<30, 1)
	if err != nil {
		return nil, err
	}
	return deliver(out, "events.jsonl", s)
}

// Killed at any moment, store and file of events are whole; once the sensor
// runs again the file has every event that the store has, as it last stood.
func TestKilledWhileDelivering(t *testing.T) {
	kills := 50
	if testing.Short() {
		kills = 3
	}
	dir := t.TempDir()
	for n := range kills {
		cmd := exec.Command(os.Args[0])
		cmd.Env = append(os.Environ(), "SENSOR_TEST_DELIVER="+dir)
		cmd.Stderr = os.Stderr
		out, err := cmd.StdoutPipe()
		if err == nil {
			err = cmd.Start()
		}
		if err != nil {
			t.Fatal(err)
		}
		said, first := bufio.NewScanner(out), ""
		for said.Scan() { // something new is in the store
			if first == "" {
				first = said.Text()
			} else if said.Text() != first {
				break
			}
		}
		time.Sleep(time.Duration(13*n%89) * time.Millisecond)
		cmd.Process.Kill()
		cmd.Wait()
	}
	d, err := deliverIn(dir)
	if err != nil {
		t.Fatal(err)
	}
	settle(t, d)
	if err := d.Close(); err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(filepath.Join(dir, "events.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	last := map[string]string{}
	for _, e := range parsed(t, string(data)) {
		last[e.ID] = e.ID + " " + e.State
	}
	all := ask(t, filepath.Join(dir, "store.db"), "SELECT id || ' ' || state FROM events")
	for _, e := range all {
		if id, _, _ := strings.Cut(e, " "); last[id] != e {
			t.Errorf("the store has %s, the file %q", e, last[id])
		}
	}
	if len(all) < 100*kills {
		t.Errorf("only %d events: the kills came too early to prove anything", len(all))
	}
	if r, err := store.Check(filepath.Join(dir, "store.db")); err != nil || len(r.Problems) > 0 {
		t.Errorf("%v, %+v", err, r)
	}
}
