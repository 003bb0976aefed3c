package all_test

import (
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"

	"otsensor/pkg/ot"
	"otsensor/pkg/protocols"
	"otsensor/pkg/protocols/all"
)

// TestPage holds the numbers of docs/protocols.md; -update writes them.
func TestPage(t *testing.T) {
	const page = "../../../docs/protocols.md"
	b, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	text, current := string(b), true
	for name, want := range map[string]string{
		"main":       table(func(p ot.Proto) bool { return slices.Contains(mainProtos, p) }),
		"neighbours": table(func(p ot.Proto) bool { return !slices.Contains(mainProtos, p) && !p.Office() }),
		"office":     table(ot.Proto.Office),
		"coverage":   coverage(t),
	} {
		begin, end := "<!-- "+name+" -->\n", "<!-- /"+name+" -->"
		before, rest, ok := strings.Cut(text, begin)
		is, after, ok2 := strings.Cut(rest, end)
		if !ok || !ok2 {
			t.Fatalf("%s has no place for the table %s", page, name)
		}
		current = current && is == want
		text = before + begin + want + end + after
	}
	switch {
	case *update:
		if err := os.WriteFile(page, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	case !current:
		t.Errorf("%s is not current; go test ./pkg/protocols/all -run TestPage -update", page)
	}
}

var mainProtos = []ot.Proto{ot.Modbus, ot.ENIP, ot.CIP, ot.COTP, ot.S7comm, ot.S7Plus}

// table is one line a row of the protocol table.
func table(of func(ot.Proto) bool) string {
	var b strings.Builder
	b.WriteString("| Protocol | Specification | On | Codes | of them unverified | Fields |\n|---|---|---|---|---|---|\n")
	for _, p := range all.Table() {
		if of(p.Proto) {
			fmt.Fprintf(&b, "| %s | %s | %s | %d | %d | %d |\n", p.Title, p.Spec, places(p.Ports), len(p.Codes), doubtful(p.Codes), len(p.Fields))
		}
	}
	return b.String()
}

// places are a row's registered ports and ethertypes.
func places(ports []protocols.Port) string {
	var all []string
	for _, p := range ports {
		switch p.Transport {
		case ot.Link:
			all = append(all, fmt.Sprintf("0x%04X", p.Number))
		case ot.OtherIP:
			all = append(all, fmt.Sprintf("IP %d", p.Number))
		default:
			all = append(all, strings.ToUpper(p.Transport.String())+" "+strconv.Itoa(int(p.Number)))
		}
	}
	if len(all) == 0 {
		return "carried"
	}
	return strings.Join(all, ", ")
}

func doubtful(codes []protocols.Code) (n int) {
	for _, c := range codes {
		if c.Unverified {
			n++
		}
	}
	return n
}

// others are what other open decoders cover, by their sources and their lists of fields.
var others = []struct {
	proto                    ot.Proto
	beyond                   string // what of ours no number shows
	icsnpp, suricata, tshark string
}{
	{ot.Modbus, "bodies of all 19 public functions and 43/13, UMAS, RTU and ASCII over TCP, Modbus over UDP", "detail for 14 of 19 standard functions", "functions, addresses, values in rules", "all standard bodies, UMAS raw; 68 fields"},
	{ot.ENIP, "identity and security items, refusals", "commands, identity, I/O ids", "commands, identity in rules", "all; 99 fields"},
	{ot.CIP, "services by class, attributes, bodies in pieces joined, I/O joined to its Forward Open, PCCC, safety check sums by each other and by the Forward Open, axes", "services from one flat list", "services in rules", "all, safety check sums against the Forward Open; 1,113 fields with safety and motion"},
	{ot.COTP, "TSAPs in their meaning", "connections", "none", "all; 70 fields"},
	{ot.S7comm, "jobs, user data, block headers, list bodies named above", "functions, lists by id and index, block transfer names", "none", "all, list bodies too; 1,119 fields"},
	{ot.S7Plus, "objects, attributes, sessions, shape of what TLS hides", "version, opcode, function", "none", "none in its tree"},
}

// coverage is one line a main protocol: what its tables name, how much of that a
// capture showed, and what others do.
func coverage(t *testing.T) string {
	var b strings.Builder
	b.WriteString("| | this sensor: codes, named values, of both seen on captures, fields | and beyond names | ICSNPP (Zeek) | Suricata | tshark 4.0 |\n|---|---|---|---|---|---|\n")
	golden := goldenFiles(t)
	for _, o := range others {
		for file, rows := range golden {
			p := rowOf(t, file)
			if p.Proto != o.proto {
				continue
			}
			values, seen := 0, 0
			for _, g := range rows {
				if g.table != "code" {
					values++
				}
				if strings.Contains(g.proof, ".pcap") {
					seen++
				}
			}
			fmt.Fprintf(&b, "| %s | %d, %d, %d, %d | %s | %s | %s | %s |\n", p.Title, len(p.Codes), values, seen, len(p.Fields), o.beyond, o.icsnpp, o.suricata, o.tshark)
		}
	}
	return b.String()
}
