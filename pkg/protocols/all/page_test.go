package all_test

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"otsensor/pkg/ot"
	"otsensor/pkg/protocols"
	"otsensor/pkg/protocols/all"
)

// TestPage holds the numbers of docs/protocols.md; -update writes them.
func TestPage(t *testing.T) {
	const page, begin, end = "../../../docs/protocols.md", "<!-- main -->\n", "<!-- /main -->"
	b, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	before, rest, ok := strings.Cut(string(b), begin)
	is, after, ok2 := strings.Cut(rest, end)
	want := mainTable()
	switch {
	case !ok || !ok2:
		t.Fatalf("%s has no place for the table", page)
	case *update:
		if err := os.WriteFile(page, []byte(before+begin+want+end+after), 0o644); err != nil {
			t.Fatal(err)
		}
	case is != want:
		t.Errorf("%s is not current; go test ./pkg/protocols/all -run TestPage -update\n%s", page, want)
	}
}

func mainTable() string {
	var b strings.Builder
	b.WriteString("| Protocol | Specification | Codes | of them unverified | Fields |\n|---|---|---|---|---|\n")
	for _, proto := range []ot.Proto{ot.Modbus, ot.ENIP, ot.CIP, ot.COTP, ot.S7comm, ot.S7Plus} {
		for _, p := range all.Table() {
			if p.Proto == proto {
				fmt.Fprintf(&b, "| %s | %s | %d | %d | %d |\n", p.Title, p.Spec, len(p.Codes), doubtful(p.Codes), len(p.Fields))
			}
		}
	}
	return b.String()
}

func doubtful(codes []protocols.Code) (n int) {
	for _, c := range codes {
		if c.Unverified {
			n++
		}
	}
	return n
}
