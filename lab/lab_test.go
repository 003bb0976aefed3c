package main

import (
	"bytes"
	"context"
	"encoding/csv"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"otsensor/pkg/capture"
	"otsensor/pkg/journal"
	"otsensor/pkg/ot"
	"otsensor/pkg/protocols/all"
	"otsensor/pkg/sensor"
)

// hour is a line that runs for an hour from 06:00 on its first Monday, when
// the week's first changeover begins, on a network without faults.
func hour(t *testing.T, seed uint64) *lab {
	t.Helper()
	l := newLab(options{dir: t.TempDir(), days: 1, quiet: 1, seed: seed, begin: monday})
	l.work()
	l.end = monday.Add(7 * time.Hour)
	finish(t, l)
	return l
}

var monday = time.Date(2026, time.March, 2, 0, 0, 0, 0, time.UTC)

func finish(t *testing.T, l *lab) {
	t.Helper()
	if err := l.run(); err != nil {
		t.Fatal(err)
	}
	if err := l.wire.close(); err != nil {
		t.Fatal(err)
	}
}

func content(t *testing.T, l *lab, name string) []byte {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(l.wire.dir, name))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestSameSeedSameBytes(t *testing.T) {
	first := content(t, hour(t, 1), "day01.pcap")
	if !bytes.Equal(first, content(t, hour(t, 1), "day01.pcap")) {
		t.Error("one seed gave two captures")
	}
	if bytes.Equal(first, content(t, hour(t, 2), "day01.pcap")) {
		t.Error("two seeds gave one capture")
	}
}

func TestOrdinaryWorkDecodesWithoutOddities(t *testing.T) {
	l := hour(t, 1)
	src, err := capture.OpenFiles([]string{filepath.Join(l.wire.dir, "day01.pcap")}, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer src.Close()
	did := map[ot.Proto]int{}
	_, err = sensor.Run(context.Background(), src, sensor.Options{Table: all.Table()}, sensor.Judge{Observe: func(o *ot.Observation) {
		switch {
		case o.Kind == ot.Odd || o.Kind == ot.Lost:
			t.Errorf("frame %d: %v of %v", o.Frame, o.Odd, o.Conv)
		case o.Kind == ot.Did:
			did[o.Did.Proto]++
			if s := o.Did.Status; s != ot.OK && s != ot.OneWay {
				t.Errorf("frame %d: %v %v", o.Frame, o.Did.Proto, s)
			}
		}
	}})
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range []ot.Proto{ot.Modbus, ot.S7comm, ot.CIP, ot.ENIP, ot.COTP} {
		if did[p] == 0 {
			t.Errorf("nothing of %v", p)
		}
	}
}

// Every row of the catalogue is performed, one every quarter of an hour.
func TestEveryDeedLeavesFrames(t *testing.T) {
	all := catalogue()
	l := newLab(options{dir: t.TempDir(), days: 2, seed: 1, begin: monday})
	l.work()
	types := map[string]bool{}
	for i := range all {
		who := l.guest()
		if all[i].by != nil {
			who = all[i].by(&l.cast)
		}
		l.perform(&all[i], who, monday.Add(time.Duration(i+1)*15*time.Minute))
		types[all[i].kind] = true
	}
	finish(t, l)
	for _, a := range l.acts {
		if len(a.parts) == 0 {
			t.Errorf("%s: no frame", a.name)
		}
	}
	for n := 1; n <= 14; n++ {
		if kind := "OT-" + string([]byte{byte('0' + n/10), byte('0' + n%10)}); !types[kind] {
			t.Errorf("no attack of type %s", kind)
		}
	}
}

func TestQuietDaysHoldNoAttackAndTheRestIsLabelled(t *testing.T) {
	dir := t.TempDir()
	if err := record(options{dir: dir, days: 3, quiet: 2, seed: 1, begin: monday}); err != nil {
		t.Fatal(err)
	}
	f, err := os.Open(filepath.Join(dir, "labels.csv"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	attacks := 0
	for _, r := range rows[1:] {
		switch quiet := r[0] < "day03"; {
		case r[6] == "1" && quiet:
			t.Errorf("%s: %s", r[0], r[7])
		case r[6] == "1":
			attacks++
		case !strings.HasPrefix(r[7], "fault: ") && (quiet || !strings.HasPrefix(r[7], "planned ")):
			t.Errorf("%s: %s is neither planned nor a fault", r[0], r[7])
		}
	}
	if attacks == 0 {
		t.Error("no attack after the quiet days")
	}
	j, err := os.Open(filepath.Join(dir, "journal.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	defer j.Close()
	if got, err := journal.Parse(j, "journal.jsonl"); err != nil || len(got.Entries) == 0 {
		t.Errorf("%d decisions, %v", len(got.Entries), err)
	}
}
