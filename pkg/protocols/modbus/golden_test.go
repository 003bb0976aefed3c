package modbus

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"

	"otsensor/pkg/ot"
	"otsensor/pkg/protocols/protocoltest"
)

var update = flag.Bool("update", false, "write testdata/told.txt anew")

// TestTold compares what every seed gives with testdata/told.txt: verb, status,
// description and fields of each transaction, and every oddity, in order.
func TestTold(t *testing.T) {
	const path = "testdata/told.txt"
	var b bytes.Buffer
	for _, s := range seeds {
		fmt.Fprintf(&b, "%s\n", s.Name)
		for _, line := range told(t, s) {
			fmt.Fprintf(&b, "\t%s\n", line)
		}
	}
	if *update {
		if err := os.WriteFile(path, b.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	wants, gots := strings.Split(string(want), "\n"), strings.Split(b.String(), "\n")
	for i := range max(len(wants), len(gots)) {
		if i >= len(wants) || i >= len(gots) || wants[i] != gots[i] {
			t.Fatalf("%s:%d\nwant %s\ngot  %s", path, i+1, at(wants, i), at(gots, i))
		}
	}
}

func at(lines []string, i int) string {
	if i < len(lines) {
		return lines[i]
	}
	return "nothing"
}

// told is what a session gives, a line an observation.
func told(t *testing.T, s protocoltest.Session) (lines []string) {
	obs := protocoltest.Play(t, Protocol(), s)
	for i := range obs {
		switch o := &obs[i]; o.Kind {
		case ot.Did:
			fields := strings.ReplaceAll(protocoltest.JSON(Protocol(), &o.Did), `"modbus.`, `"`)
			lines = append(lines, fmt.Sprintf("%v %v, %s: %s", o.Did.Op, o.Did.Status, describe(&o.Did, nil), fields))
		case ot.Odd:
			lines = append(lines, fmt.Sprintf("odd %v of %s", o.Odd, [...]string{"client", "server"}[o.Dir]))
		case ot.Identified:
			lines = append(lines, toldIdentity(o.Who))
		}
	}
	return lines
}

func toldIdentity(who *ot.Identity) string {
	line := fmt.Sprintf("identified by %s, behind %q", who.Source, who.Behind)
	for f, text := range who.Facts {
		if text != "" {
			line += fmt.Sprintf(", %v %q", ot.Fact(f), text)
		}
	}
	return line
}
