package cip

import (
	"testing"

	"otsensor/pkg/ot"
	"otsensor/pkg/protocols/protocoltest"
)

// TestPCCCAddress: every form of address, as people write it, and what the command means.
func TestPCCCAddress(t *testing.T) {
	const requestor = "07 4d00 e0312b3d " // seven bytes: vendor, serial number
	for _, c := range []struct{ bytes, name, op string }{
		{"0f 00 0100 a1 02 07 89 05", "N7:5", "read-data"},
		{"0f 00 0100 a2 02 07 89 05 00", "N7:5", "read-data"},
		{"0f 00 0100 a2 04 08 8a ff0001 00", "F8:256", "read-data"},
		{"0f 00 0100 a2 02 04 86 03 02", "T4:3.2", "read-data"},
		{"0f 00 0100 aa 02 03 85 00 00 ffff", "B3:0", "write-data"},
		{"0f 00 0100 ab 02 00 82 01 00 0100 0100", "O0:1", "write-data"},
		{"0f 00 0100 aa 02 00 a1 00 00 0100", "output_force 0:0", "force"},
		{"0f 00 0100 a2 02 00 a2 00 00", "input_force 0:0", "read-data"},
		{"0f 00 0100 a2 02 05 77 06 00", "type 119 5:6", "read-data"},
		{"0f 00 0100 01 0000 0100 07 00 07 05 02", "7:5", "read-data"}, // table 0, file 7, element 5
		{"0f 00 0100 67 0000 0100 0e 07 05 01 42", "7:5.1", "write-data"},
		{"0f 00 0100 26 06 07 05 ffff 0100", "7:5", "write-data"},
		{"0f 00 0100 a2 02 07", "", "read-data"}, // cut short
		{"0f 00 0100 80 06", "", "mode-change"},
		{"0f 00 0100 3a", "", "mode-change"},
		{"0f 00 0100 41", "", "force"},
		{"0f 00 0100 57", "", "program-delete"},
		{"0f 00 0100 50 0000", "", "program-download"},
		{"0f 00 0100 a7 50", "", "program-upload"},
		{"0f 00 0100 a3 ff944f", "", "unknown"},
		{"06 00 0100 03", "", "identify"},
		{"07 00 0100 00", "", "force"},
		{"08 00 0100 00000102", "", "write-data"},
		{"0e 00 0100 00000102", "", "unknown"},
	} {
		var tr ot.Transaction
		setKind(&tr, pccc)
		new(Conversation).askPCCC(&tr, protocoltest.Hex(requestor+c.bytes))
		if string(tr.Name) != c.name || tr.Op.String() != c.op {
			t.Errorf("%s: %q, %v; want %q, %s", c.bytes, tr.Name, tr.Op, c.name, c.op)
		}
	}
}
