package all_test

import (
	"encoding/csv"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"otsensor/pkg/ot"
	"otsensor/pkg/protocols"
	"otsensor/pkg/protocols/all"
)

var update = flag.Bool("update", false, "write the golden tables anew; their numbers stay")

// The golden tables list every number of the main protocols that must have a
// name: a code (with its plant verb) or a value of a field. Numbers are put
// there by people; what the decoders call them stands beside. The proof of a
// number is a public capture that shows it, or the specification, or it is
// unverified: known from secondary sources alone.
const (
	ofSpecification = "specification"
	unverified      = "unverified"
)

// hearsay are the values that no specification at hand lists: all of protocols
// that are not published, and what vendors add to those that are.
var hearsay = []struct {
	file, table string // table "" is all of the file's
	from, to    uint64
}{
	{"s7comm", "", 0, 1<<64 - 1},
	{"s7plus", "", 0, 1<<64 - 1},
	{"cotp", "cotp.role", 0, 255},                // what TSAPs mean to Siemens stations
	{"modbus", "modbus.umas", 0, 255},            // not published
	{"modbus", "modbus.umas_state", 0, 255},      //
	{"modbus", "modbus.umas_record", 0, 0xFFFF},  //
	{"modbus", "modbus.table", 9, 9},             //
	{"modbus", "modbus.subfunction", 21, 21},     // of Modbus Plus
	{"modbus", "modbus.exception", 0xFD, 0xFD},   // of UMAS
	{"cip", "cip.class", 0x64, 0x66},             // the range of vendors, save PCCC
	{"cip", "cip.class", 0x68, 0xC7},             //
	{"cip", "cip.class", 0x300, 0x4FF},           //
	{"cip", "cip.application_class", 0x64, 0x66}, //
	{"cip", "cip.application_class", 0x68, 0xC7}, //
	{"cip", "cip.application_class", 0x300, 0x4FF},
	{"cip", "cip.type_code", 0x2A0, 0x2A0},    // structures of one vendor
	{"cip", "cip.pccc_command", 0x00, 0x05FF}, // the basic commands
	{"cip", "cip.pccc_command", 0x08FF, 0x08FF},
}

func isHearsay(file string, g goldenRow) bool {
	name := strings.TrimSuffix(filepath.Base(file), ".csv")
	for _, h := range hearsay {
		if h.file == name && (h.table == "" || h.table == g.table) && g.number >= h.from && g.number <= h.to {
			return true
		}
	}
	return false
}

type goldenRow struct {
	table              string
	number             uint64
	name, class, proof string
}

func goldenFiles(t *testing.T) map[string][]goldenRow {
	t.Helper()
	files, _ := filepath.Glob("testdata/golden/*.csv")
	if len(files) < 6 {
		t.Fatalf("%d golden tables; the main protocols are six", len(files))
	}
	tables := map[string][]goldenRow{}
	for _, name := range files {
		f, err := os.Open(name)
		if err != nil {
			t.Fatal(err)
		}
		rows, err := csv.NewReader(f).ReadAll()
		f.Close()
		if err != nil || len(rows) < 2 {
			t.Fatalf("%s: %d rows, %v", name, len(rows), err)
		}
		for _, r := range rows[1:] {
			n, err := strconv.ParseUint(r[1], 0, 64)
			if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			tables[name] = append(tables[name], goldenRow{r[0], n, r[2], r[3], r[4]})
		}
	}
	return tables
}

// goldenProtos names the row that each table is about.
var goldenProtos = map[string]ot.Proto{
	"modbus": ot.Modbus, "enip": ot.ENIP, "cip": ot.CIP, "cotp": ot.COTP, "s7comm": ot.S7comm, "s7plus": ot.S7Plus,
}

func rowOf(t *testing.T, file string) *protocols.Protocol {
	t.Helper()
	proto := goldenProtos[strings.TrimSuffix(filepath.Base(file), ".csv")]
	for _, p := range all.Table() {
		if p.Proto == proto {
			return &p
		}
	}
	t.Fatalf("%s is about no row", file)
	return nil
}

// resolve gives what a row's tables call a number; listed is false where the row's field has no names.
func resolve(p *protocols.Protocol, g goldenRow) (name, class string, doubt, listed bool) {
	if g.table == "code" {
		for _, c := range p.Codes {
			if uint64(c.Number) == g.number {
				return c.Name, c.Op.String(), c.Unverified, true
			}
		}
		return "", "", false, true
	}
	for i := range p.Fields {
		if f := &p.Fields[i]; f.Name == g.table && f.Names != nil {
			return f.Names(g.number), "", false, true
		}
	}
	return "", "", false, false
}

// TestGolden: every number has the name and the plant verb that the golden tables give it.
func TestGolden(t *testing.T) {
	for file, rows := range goldenFiles(t) {
		p := rowOf(t, file)
		for _, g := range rows {
			name, class, doubt, listed := resolve(p, g)
			switch {
			case !listed:
				t.Errorf("%s: no field %s with names", file, g.table)
			case name == "" || g.table == "code" && class == "":
				t.Errorf("%s: %s %#x has no name", file, g.table, g.number)
			case !*update && (name != g.name || class != g.class):
				t.Errorf("%s: %s %#x is %q, %s; want %q, %s", file, g.table, g.number, name, class, g.name, g.class)
			case !*update && g.table == "code" && doubt != (g.proof == unverified):
				t.Errorf("%s: %s is marked unverified: %v; the golden table says %s", file, g.name, doubt, g.proof)
			}
		}
	}
}

// sweeps are captures of test tools that try every number: they show no meaning.
var sweeps = []string{"modbus/iti-modbus_test_data_part1.pcap", "modbus/iti-modbus_test_data_part2.pcap", "modbus/iti-fuzz-72.pcap"}

// shown is what the public captures show of the golden tables' numbers: the
// first capture, by name, of each.
func shown(t *testing.T, tables map[string][]goldenRow) map[string]string {
	first := map[string]string{}
	dir := shared(t)
	var names []string
	for _, m := range mains {
		names = append(names, mainCaptures(t, m.truth, nil)...)
	}
	slices.Sort(names)
	names = append(slices.Compact(names), captures(t, filepath.Join(dir, "counterparts"))...) // of real stacks, recorded for the project
	for _, name := range names {
		rel, _ := filepath.Rel(dir, name)
		if slices.Contains(sweeps, rel) {
			continue
		}
		seen := replay(t, name)
		for file, rows := range tables {
			note(first, rel, file, rowOf(t, file), rows, seen)
		}
	}
	for _, name := range fromStacks {
		seen := replay(t, filepath.Join("../../../pcaps", name, "capture.pcap"))
		for file, rows := range tables {
			note(first, "pcaps/"+name, file, rowOf(t, file), rows, seen)
		}
	}
	return first
}

// fromStacks are the project's own cases that were recorded from real stacks and
// show what no public capture does.
var fromStacks = []string{"modbus-serial"}

func note(first map[string]string, capture, file string, p *protocols.Protocol, rows []goldenRow, seen []ot.Observation) {
	has := map[string]map[uint64]bool{"code": {}}
	getters := map[string]func(*ot.Transaction) (uint64, bool){}
	for _, g := range rows {
		for i := range p.Fields {
			if p.Fields[i].Name == g.table {
				getters[g.table], has[g.table] = p.Fields[i].Num, map[uint64]bool{}
			}
		}
	}
	for i := range seen {
		d := &seen[i].Did
		if seen[i].Kind != ot.Did || d.Proto != p.Proto {
			continue
		}
		has["code"][uint64(d.Code)] = true
		for table, get := range getters {
			if n, ok := get(d); ok {
				has[table][n] = true
			}
		}
	}
	for _, g := range rows {
		if key := fmt.Sprint(file, g.table, g.number); has[g.table][g.number] && first[key] == "" {
			first[key] = capture
		}
	}
}

// TestGoldenProof: a number that a capture of real stacks shows names it, and no other does.
func TestGoldenProof(t *testing.T) {
	tables := goldenFiles(t)
	first := shown(t, tables)
	if len(first) == 0 {
		t.Fatal("the captures show no number")
	}
	marked := 0
	for file, rows := range tables {
		p := rowOf(t, file)
		for i := range rows {
			g := &rows[i]
			name, class, doubt, _ := resolve(p, *g)
			if g.table != "code" {
				doubt = isHearsay(file, *g) && first[fmt.Sprint(file, g.table, g.number)] == ""
			}
			proof := first[fmt.Sprint(file, g.table, g.number)]
			switch {
			case proof != "" && doubt:
				t.Errorf("%s: %s is marked unverified, and %s shows it", file, name, proof)
			case proof == "" && doubt:
				proof = unverified
				marked++
			case proof == "" && g.table == "code" && isHearsay(file, *g):
				t.Errorf("%s: no specification at hand lists %s, no capture shows it, and its code is not marked unverified", file, name)
			case proof == "":
				proof = ofSpecification
			}
			if !*update && proof != g.proof {
				t.Errorf("%s: the proof of %s %s is %s; the golden table says %s", file, g.table, name, proof, g.proof)
			}
			g.name, g.class, g.proof = name, class, proof
		}
		if *update {
			write(t, file, rows)
		}
	}
	if marked == 0 {
		t.Error("nothing is unverified")
	}
}

func write(t *testing.T, file string, rows []goldenRow) {
	t.Helper()
	var b strings.Builder
	w := csv.NewWriter(&b)
	w.Write([]string{"table", "number", "name", "class", "proof"})
	for _, g := range rows {
		w.Write([]string{g.table, fmt.Sprintf("0x%X", g.number), g.name, g.class, g.proof})
	}
	w.Flush()
	if err := os.WriteFile(file, []byte(b.String()), 0o644); err != nil {
		t.Fatal(err)
	}
}
