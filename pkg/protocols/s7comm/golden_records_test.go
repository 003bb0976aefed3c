package s7comm

import (
	"encoding/csv"
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"

	"otsensor/pkg/ot"
)

var update = flag.Bool("update", false, "write the golden tables anew; their numbers stay")

// written are the tables whose numbers stand in the text of a status list's
// records, each with the list and where in a record the number is.
var written = []struct {
	name  string
	names map[uint64]string
	list  uint32
	at    []int // of bytes; of words below 0
}{
	{"part", parts, szlIdentity, []int{-1}},
	{"component", components, szlComponents, []int{-1}},
	{"feature", features, 0x12, []int{-1}},
	{"memory", memories, 0x13, []int{-1}},
	{"system_area", systemAreas, 0x14, []int{-1}},
	{"block_type", systemBlocks, 0x15, []int{-1}},
	{"led", leds29, szlLEDs, []int{1}},
	{"led", leds29, szlLEDsOld, []int{1}},
	{"start_cause", startCauses, szlModes, []int{9, 11}},
	{"offer", titles(offers), 0x31, []int{-1}},
	{"use", titles(uses), szlStatus, []int{-1}},
}

func titles(layouts map[uint64]*layout) map[uint64]string {
	names := map[uint64]string{}
	for n, l := range layouts {
		names[n] = strings.TrimSuffix(l.title, ":")
	}
	return names
}

const recordsFile = "testdata/records.csv"

// recordRows is the golden table of the numbers that records hold and of the
// services: table, number or name, what it is called, the public capture that
// shows it or that none does.
func recordRows(t *testing.T) [][]string {
	t.Helper()
	f, err := os.Open(recordsFile)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil || len(rows) < 2 {
		t.Fatalf("%s: %d rows, %v", recordsFile, len(rows), err)
	}
	return rows[1:]
}

func TestEveryNumberOfARecordHasAName(t *testing.T) {
	listed := map[string]bool{}
	for _, r := range recordRows(t) {
		listed[r[0]+" "+r[1]] = true
		if name := nameOf(r[0], r[1]); !*update && (name == "" || name != r[2]) {
			t.Errorf("%s %s is %q; want %q", r[0], r[1], name, r[2])
		}
	}
	for _, w := range written {
		for n := range w.names {
			if key := fmt.Sprintf("%s 0x%X", w.name, n); !listed[key] {
				t.Errorf("%s is in no golden table", key)
			}
		}
	}
	for _, s := range services {
		if !listed["service "+s.name] {
			t.Errorf("service %s is in no golden table", s.name)
		}
	}
}

// proveRecords holds that a number that a public capture shows names it, and no
// other does.
func proveRecords(t *testing.T, shown map[string]string) {
	rows := recordRows(t)
	for _, r := range rows {
		proof := shown[r[0]+" "+r[1]]
		if proof == "" {
			proof = "unverified"
		}
		if *update {
			r[2], r[3] = nameOf(r[0], r[1]), proof
		}
		if r[3] != proof {
			t.Errorf("the proof of %s %s is %s; the golden table says %s", r[0], r[1], proof, r[3])
		}
	}
	if !*update {
		return
	}
	f, err := os.Create(recordsFile)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	csv.NewWriter(f).WriteAll(append([][]string{{"table", "number", "name", "proof"}}, rows...))
}

func nameOf(table, number string) string {
	if table == "service" {
		return serviceNamed([]byte(number)).op.String()
	}
	for _, w := range written {
		for n, name := range w.names {
			if w.name == table && number == fmt.Sprintf("0x%X", n) {
				return name
			}
		}
	}
	return ""
}

// showRecords notes what a transaction shows of these numbers, where no capture did before.
func showRecords(first map[string]string, d *ot.Transaction, path string) {
	show := func(key string) {
		if first[key] == "" {
			first[key] = path
		}
	}
	if isService(d) && len(d.Name) > 0 {
		show("service " + string(d.Name))
	}
	for _, w := range written {
		for _, n := range numbersOf(d, w.list, w.at) {
			show(fmt.Sprintf("%s 0x%X", w.name, n))
		}
	}
}

// numbersOf are the numbers in the records of a list that a transaction read.
func numbersOf(t *ot.Transaction, list uint32, at []int) (all []uint64) {
	size := int(t.Arg[argA] >> 16)
	if !isSZL(t) || t.Object.Block&0xff != list || size < 4 {
		return nil
	}
	for b := t.Value; len(b) >= size; b = b[size:] {
		for _, i := range at {
			switch {
			case i < 0:
				all = append(all, word(b, 0))
			case i < size:
				all = append(all, uint64(b[i]))
			}
		}
	}
	return all
}
