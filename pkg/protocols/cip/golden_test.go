package cip

import (
	"flag"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"otsensor/pkg/protocols"
)

var update = flag.Bool("update", false, "rewrite testdata/golden.txt from the tables")

// TestGolden holds every code table against a list that is read by people:
// what kind of number, the number, its name, its verb, R where unverified.
func TestGolden(t *testing.T) {
	var b strings.Builder
	codes := func(what string, width int, verbs bool, table []protocols.Code) {
		for _, c := range table {
			fmt.Fprintf(&b, "%s %0*X %s", what, width, c.Number, c.Name)
			if verbs {
				fmt.Fprintf(&b, " %v", c.Op)
			}
			if c.Unverified {
				b.WriteString(" R")
			}
			b.WriteByte('\n')
		}
	}
	codes("service", 6, true, services)
	codes("pccc", 4, true, pcccCodes)
	codes("status", 3, false, generalStatus)
	codes("extended", 4, false, extendedStatus)
	codes("pccc-extended", 2, false, pcccExtended)
	codes("pccc-mode", 2, false, pcccModes)
	for _, c := range classes {
		unverified := ""
		if c.unverified {
			unverified = " R"
		}
		fmt.Fprintf(&b, "class %03X %s read %v write %v other %v%s\n", c.number, strings.ReplaceAll(c.name, " ", "_"), c.read, c.write, c.other, unverified)
	}
	for _, f := range fileTypes {
		fmt.Fprintf(&b, "file %02X %s letter %q shape %d force %v\n", f.number, f.name, f.letter, f.shape, f.force)
	}
	for _, d := range dataTypes {
		fmt.Fprintf(&b, "type %04X %s shape %d\n", d.code, d.name, d.shape)
	}
	hear := map[bool]string{true: " R"}
	for _, a := range attributes {
		fmt.Fprintf(&b, "attribute %03X %d %s %q%s\n", a.class, a.number, a.name, a.parts, hear[slices.Contains(recalled, attribute{class: a.class}) || slices.Contains(recalled, attribute{class: a.class, number: a.number})])
	}
	for _, s := range bodies {
		fmt.Fprintf(&b, "body %06X asked %q answer %q%s\n", s.code, s.asked, s.answer, hear[s.recalled])
	}
	const golden = "testdata/golden.txt"
	if *update {
		if err := os.WriteFile(golden, []byte(b.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	is, should := strings.Split(b.String(), "\n"), strings.Split(string(want), "\n")
	for i := range max(len(is), len(should)) {
		if i >= len(is) || i >= len(should) || is[i] != should[i] {
			t.Fatalf("line %d differs; after a wanted change run with -update and read the difference", i+1)
		}
	}
}

// numbers expands "01-0B 0E" in hexadecimal.
func numbers(t *testing.T, text string) (all []uint64) {
	t.Helper()
	for _, part := range strings.Fields(text) {
		var from, to uint64
		if n, _ := fmt.Sscanf(part, "%x-%x", &from, &to); n == 1 {
			to = from
		} else if n != 2 {
			t.Fatalf("cannot read %q", part)
		}
		for n := from; n <= to; n++ {
			all = append(all, n)
		}
	}
	return all
}

// TestCoverage: every number a decoder must know has a name.
func TestCoverage(t *testing.T) {
	status := protocols.NameTable(generalStatus)
	extended := protocols.NameTable(extendedStatus)
	pcccExt := protocols.NameTable(pcccExtended)
	mode := protocols.NameTable(pcccModes)
	for _, c := range []struct {
		what, numbers string
		name          func(uint64) string
	}{
		{"common service", "01-0A 0D 0E 10 11 14-1D", func(n uint64) string { return ServiceName(AnyClass<<8 | n) }},
		{"common service of a class without a table", "01-0A 0D 0E 10 11 14-1D", func(n uint64) string { return ServiceName(0x334<<8 | n) }},
		{"tag service", "32 34 4C 4D 4E 52 53", func(n uint64) string { return ServiceName(AnyClass<<8 | n) }},
		{"connection manager service", "4E 52 54 56 57 5A 5B", func(n uint64) string { return ServiceName(0x06<<8 | n) }},
		{"file service", "4B-51", func(n uint64) string { return ServiceName(0x37<<8 | n) }},
		{"safety supervisor service", "4C 4E-59", func(n uint64) string { return ServiceName(0x39<<8 | n) }},
		{"safety validator service", "4B", func(n uint64) string { return ServiceName(0x3A<<8 | n) }},
		{"motion service", "4B-54", func(n uint64) string { return ServiceName(0x42<<8 | n) }},
		{"Modbus object service", "4B-51", func(n uint64) string { return ServiceName(0x44<<8 | n) }},
		{"security service", "4B-4E", func(n uint64) string { return ServiceName(0x5D<<8 | n) }},
		{"connection configuration service", "4B-52", func(n uint64) string { return ServiceName(0xF3<<8 | n) }},
		{"Logix service", "674B 684D 684E 694D 694E 6A51 6B55 6C4C 8E06 8E07 8E5C AC08 B24F A14B A14D", ServiceName},
		{"class", "01-0B 0E-10 12 1D-2E 30-35 37-62 67 F0-FA 100-111", ClassName},
		{"Logix class", "64 68-6C 8B 8D 8E 92 93 97 A1 AC B2", ClassName},
		{"general status", "00-2C D0-FF", StatusName},
		{"extended status", "100 103 106-109 110-132 203-207 301-306 311 312 315-31F 800-814", extended},
		{"PCCC command", "FF 1FF 2FF 4FF 5FF 8FF 600-60A 700 701 703-706 F00-F0A F11 F12 F17 F18 F26 F29 F3A F41 F50 F52 F53 F55 F57 F5E F67 F68 F79-F79 F80-F82 F88 F8F FA1 FA2 FA7 FA9-FAB FAF", PCCCName},
		{"PCCC status", "10 20 30 40 50 60 70 80 90 A0 B0 C0 D0 E0 F0", func(n uint64) string { return status(PCCCStatus + n) }},
		{"PCCC extended status", "01-1F 22-24", pcccExt},
		{"PCCC mode", "1 6-9", mode},
		{"file type", "22 49 4A 65 6A 82-87 89 8A A1 A2 E0 E2-E6 EC-EE", fileTypeName},
		{"data type", "C1-CB D0-D4 2A0", typeName},
		{"encapsulation status", "01-03 64 65 69 6A", func(n uint64) string { return status(EncapStatus + n) }},
	} {
		for _, n := range numbers(t, c.numbers) {
			if c.name(n) == "" {
				t.Errorf("%s %02X has no name", c.what, n)
			}
		}
	}
	if n := len(numbers(t, "100 103 106-109 110-132 203-207 301-306 311 312 315-31F 800-814")); n != len(extendedStatus) {
		t.Errorf("%d extended status codes are listed; want %d", len(extendedStatus), n)
	}
}

// TestServiceByClass: from 32 hex on a number alone means nothing.
func TestServiceByClass(t *testing.T) {
	for _, c := range []struct {
		class   uint32
		service uint8
		name    string
		op      string
	}{
		{0x06, 0x4E, "forward_close", "session"},
		{AnyClass, 0x4E, "read_modify_write_tag", "write-data"},
		{0x6B, 0x4E, "read_modify_write_tag", "write-data"},
		{0x68, 0x4E, "enable_or_disable_forces", "force"},
		{0x42, 0x4E, "set_cyclic_read_list", "motion"},
		{0x39, 0x4E, "perform_diagnostics", "safety"},
		{0xF3, 0x4E, "stop_connection", "session"},
		{0x44, 0x4E, "read_holding_registers", "read-data"},
		{0x67, 0x4E, "", "unknown"},
		{0x06, 0x52, "unconnected_send", "unknown"},
		{AnyClass, 0x52, "read_tag_fragmented", "read-data"},
		{0x8E, 0x07, "program_mode", "mode-change"},
		{0x29, 0x07, "stop", "mode-change"},
		{0xAC, 0x08, "begin_download", "program-download"},
		{0x04, 0x08, "create", "write-data"},
		{0x04, 0x10, "set_attribute_single", "write-data"},
		{0x04, 0x0E, "get_attribute_single", "read-data"},
		{0x01, 0x0E, "get_attribute_single", "identify"},
		{0xF5, 0x10, "set_attribute_single", "config-write"},
		{0x8B, 0x04, "set_attribute_list", "time-set"},
		{0x43, 0x10, "set_attribute_single", "time-set"},
		{0x3B, 0x10, "set_attribute_single", "safety"},
		{0x39, 0x5F, "", "safety"},
		{0x42, 0x5F, "", "motion"},
		{0xA1, 0x5F, "", "firmware"},
		{0x61, 0x4B, "", "auth"},
		{0x300, 0x4B, "", "unknown"},
		{0x300, 0x05, "reset", "reset"},
		{0x300, 0x0B, "", "unknown"},
	} {
		if name := ServiceName(uint64(CodeOf(c.class, c.service))); name != c.name {
			t.Errorf("service %02X of class %X is %q; want %q", c.service, c.class, name, c.name)
		}
		if op := opOf(c.class, c.service); op.String() != c.op {
			t.Errorf("service %02X of class %X means %v; want %v", c.service, c.class, op, c.op)
		}
	}
}
