package all_test

import (
	"encoding/csv"
	"fmt"
	"os"
	"strconv"
	"testing"

	"otsensor/pkg/ot"
	"otsensor/pkg/protocols"
	"otsensor/pkg/protocols/all"
)

const goldenNeighbours = "testdata/neighbours.csv"

// TestNeighboursGolden: the golden table lists every operation of the protocols
// that are not the main ones; each has the name and the plant verb it gives, and
// no row knows one that it does not list. Numbers are put there by people, by the
// specifications; -update writes what the rows call them.
func TestNeighboursGolden(t *testing.T) {
	f, err := os.Open(goldenNeighbours)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil || len(rows) < 800 {
		t.Fatalf("%d rows, %v", len(rows), err)
	}
	known := neighbourCodes()
	listed := map[string]bool{}
	for _, r := range rows[1:] {
		n, err := strconv.ParseUint(r[1], 0, 32)
		key := neighbourKey(r[0], uint32(n))
		c, found := known[key]
		switch listed[key] = true; {
		case err != nil || !found || c.Name == "":
			t.Errorf("%s has no name", key)
		case *update:
			r[2], r[3] = c.Name, c.Op.String()
		case c.Name != r[2] || c.Op.String() != r[3]:
			t.Errorf("%s is %q, %s; want %q, %s", key, c.Name, c.Op, r[2], r[3])
		}
	}
	for key := range known {
		if !listed[key] {
			t.Errorf("%s is not in the golden table", key)
		}
	}
	if *update {
		writeCSV(t, rows)
	}
}

func neighbourKey(proto string, n uint32) string { return fmt.Sprintf("%s %#x", proto, n) }

// neighbourCodes are the operations of all rows that have no golden table of their own.
func neighbourCodes() map[string]protocols.Code {
	mains := map[ot.Proto]bool{}
	for _, p := range goldenProtos {
		mains[p] = true
	}
	known := map[string]protocols.Code{}
	for _, row := range all.Table() {
		for _, c := range row.Codes {
			if !mains[row.Proto] {
				known[neighbourKey(row.Proto.String(), c.Number)] = c
			}
		}
	}
	return known
}

func writeCSV(t *testing.T, rows [][]string) {
	t.Helper()
	f, err := os.Create(goldenNeighbours)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	w := csv.NewWriter(f)
	if err := w.WriteAll(rows); err != nil {
		t.Fatal(err)
	}
}
