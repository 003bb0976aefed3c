package s7comm

import (
	"strings"
	"testing"

	"otsensor/pkg/ot"
)

// golden is every function of jobs and of user data that is known, with its verb.
var golden = map[ot.Op][]uint32{
	ot.OpSession:         {0xF0},
	ot.OpReadData:        {0x04},
	ot.OpWriteData:       {0x05, 0x700600},
	ot.OpProgramDownload: {0x1A, 0x1B, 0x1C, 0x700F01, 0x700F02, 0x700F03, 0x700F04},
	ot.OpProgramUpload:   {0x1D, 0x1E, 0x1F, 0x700F06, 0x700F07, 0x700F08},
	ot.OpUnknown:         {0x28}, // each service has its own
	ot.OpModeChange: {0x29, 0x700000, 0x700001, 0x700002, 0x700003, 0x700004, 0x700006, 0x700009, 0x70000B, 0x70000C,
		0x70010A, 0x70010B},
	ot.OpDiagnostic: {0x00, 0x700101, 0x700102, 0x700103, 0x700104, 0x700105, 0x700106, 0x70010D, 0x70010E, 0x70010F,
		0x700110, 0x700111, 0x700112, 0x700113, 0x700116, 0x700403},
	ot.OpForce:      {0x700107, 0x700108, 0x700109},
	ot.OpReset:      {0x70010C},
	ot.OpSubscribe:  {0x700201, 0x700204, 0x700205, 0x700207, 0x700402},
	ot.OpConfigRead: {0x700208, 0x700701, 0x700703},
	ot.OpIdentify:   {0x700301, 0x700302, 0x700303, 0x700401},
	ot.OpAlarm: {0x700405, 0x700406, 0x700407, 0x700408, 0x700409, 0x70040B, 0x70040C, 0x70040D, 0x70040E, 0x700411,
		0x700412, 0x700413, 0x700416},
	ot.OpAuth:    {0x700501, 0x700502},
	ot.OpTimeSet: {0x700702, 0x700704},
}

func TestEveryFunctionHasNameAndVerb(t *testing.T) {
	known := 0
	for op, numbers := range golden {
		for _, n := range numbers {
			known++
			if got := opOf(n); got != op || codeNames(uint64(n)) == "" {
				t.Errorf("%#x is %q, %v; want %v", n, codeNames(uint64(n)), got, op)
			}
		}
	}
	if known != len(codes) {
		t.Errorf("%d functions in the golden table, %d codes", known, len(codes))
	}
	if got := opOf(0x700999); got != ot.OpUnknown {
		t.Errorf("an unlisted function is %v", got)
	}
}

func TestUnlistedServiceHasNoVerb(t *testing.T) {
	if serviceNamed([]byte("_N_WHAT_")).op != ot.OpUnknown {
		t.Error("an unlisted service has a verb")
	}
}

func TestEveryNumberHasAName(t *testing.T) {
	for _, table := range []struct {
		what    string
		names   func(uint64) string
		numbers []uint64
	}{
		{"rosctr", rosctrNames, []uint64{1, 2, 3, 7}},
		{"error class", errorClassNames, []uint64{0, 0x81, 0x82, 0x83, 0x84, 0x85, 0x87}},
		{"area", areaNames, []uint64{1, 3, 5, 6, 7, 0x1C, 0x1D, 0x1E, 0x1F, 0x80, 0x81, 0x82, 0x83, 0x84, 0x85, 0x86, 0x87,
			0xB20050, 0xB20051, 0xB20052, 0xB20053, 0xB20054, 0xB20084, 0xA20000, 0x820000, 0x832000, 0x84E000}},
		{"transport size", transportNames, []uint64{1, 2, 3, 4, 5, 6, 7, 8, 0xA, 0xB, 0xC, 0xF, 0x1C, 0x1D, 0x1E, 0x1F, 0x20}},
		{"data transport size", dataTransportNames, []uint64{0, 3, 4, 5, 6, 7, 9, 0x11, 0x12}},
		{"return code", returnNames, []uint64{0, 1, 3, 5, 6, 7, 0xA, 0xFF}},
		{"syntax", syntaxNames, []uint64{0x10, 0x13, 0x15, 0x16, 0x19, 0x1A, 0x1C, 0x82, 0x83, 0x84, 0xA2, 0xB0, 0xB2}},
		{"group", groupNames, []uint64{0, 1, 2, 3, 4, 5, 6, 7, 0xF}},
		{"user data type", userKindNames, []uint64{0, 4, 8, 3, 7, 11}},
		{"block type", blockTypeNames, []uint64{0x3038, 0x3041, 0x3042, 0x3043, 0x3044, 0x3045, 0x3046}},
		{"language", languageNames, []uint64{0, 1, 2, 3, 4, 5, 6, 7, 8, 0x11, 0x12, 0x29}},
		{"block security", securityNames, []uint64{0, 3}},
		{"mode", modeNames, []uint64{1, 2, 3, 4, 5, 6, 7, 8, 0xA, 0xD}},
		{"mode selector", selectorNames, []uint64{1, 2, 3, 4}},
		{"event class", eventClassNames, []uint64{1, 2, 3, 4, 5, 6, 7, 8, 9, 0xA, 0xB, 0xC, 0xD, 0xE, 0xF}},
		{"alarm type", alarmTypeNames, []uint64{0, 1, 4, 5, 8, 9}},
		{"partial list", szlNames, []uint64{0x00, 0x11, 0x12, 0x13, 0x14, 0x15, 0x16, 0x17, 0x18, 0x19, 0x1C, 0x21, 0x22, 0x23,
			0x24, 0x25, 0x31, 0x32, 0x33, 0x37, 0x71, 0x74, 0x75, 0x81, 0x82, 0x90, 0x91, 0x92, 0x94, 0x95, 0x96, 0xA0, 0xB1,
			0xB2, 0xB3, 0xB4, 0x0111, 0x011C, 0x0424, 0x0232, 0x4C91}},
		{"error", errorNames, []uint64{0, 0x0110, 0x0120, 0x0140, 0x0141, 0x8001, 0x8104, 0x8704, 0xD001, 0xD0CC, 0xD201, 0xD241,
			0xD2C2, 0xD401, 0xD409, 0xD601, 0xD605, 0xD801, 0xD807, 0xDC01, 0xE201, 0xE206, 0xEF01, 0xEF02}},
	} {
		for _, n := range table.numbers {
			if table.names(n) == "" {
				t.Errorf("%s %#x has no name", table.what, n)
			}
		}
	}
}

// TestTablesAreWhole counts what is too long to list twice.
func TestTablesAreWhole(t *testing.T) {
	count := func(names func(uint64) string) (n int) {
		for i := range uint64(0x10000) {
			if names(i) != "" {
				n++
			}
		}
		return n
	}
	if n := count(errorNames); n != 206 {
		t.Errorf("%d errors have a name; 206 are known", n)
	}
	if n := count(nckModules); n != 94 {
		t.Errorf("%d modules of numeric controls have a name; 94 are known", n)
	}
	if n := len(nckAreas); n != 8 {
		t.Errorf("%d areas of numeric controls", n)
	}
}

// TestVerifiedCodesAreSeen holds that a code counts as verified exactly when a
// public capture shows it, and so do the numbers in records.
func TestVerifiedCodesAreSeen(t *testing.T) {
	seen, records := map[uint32]bool{}, map[string]string{}
	for _, dir := range []string{"s7comm", "labelled/qut-s7", "labelled/plc-operations", "s7commplus", "counterparts"} {
		for _, suffix := range []string{".pcap"} {
			for _, path := range captures(t, []string{dir}, suffix) {
				obs := playFile(t, path)
				for i := range obs {
					if obs[i].Kind == ot.Did && obs[i].Did.Proto == ot.S7comm {
						seen[obs[i].Did.Code] = true
						showRecords(records, &obs[i].Did, path[strings.Index(path, "/pcaps/")+len("/pcaps/"):])
					}
				}
			}
		}
	}
	proveRecords(t, records)
	for _, c := range codes {
		if c.Unverified == seen[c.Number] {
			t.Errorf("%s: Unverified is %v, seen on a capture %v", c.Name, c.Unverified, seen[c.Number])
		}
	}
}
