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
