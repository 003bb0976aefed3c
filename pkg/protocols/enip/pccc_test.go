package enip_test

import (
	"slices"
	"testing"

	"otsensor/pkg/ot"
	"otsensor/pkg/protocols/enip"
	. "otsensor/pkg/protocols/protocoltest"
)

// manyCommands is PCCC that executes several commands at once.
var manyCommands = Session{
	Name: "PCCC, several commands", PDUs: true,
	Steps: steps(
		Client(rr(1, Hex(`
			4b 02 20 67 24 01 07 4d00 e0312b3d
			0f 00 0100 88 03          ; three commands
			06 a2 04 07 89 05 00      ; read N7:5
			02 80 06                  ; to run
			08 aa 02 03 85 00 00 ffff ; write B3:0
		`)...)...),
		Server(rr(1, Hex(`cb 00 00 00 07 4d00 e0312b3d 4f 00 0100 2a00`)...)...),
		Client(rr(2, Hex(`4b 02 20 67 24 01 07 4d00 e0312b3d 0f 00 0200 88 02 06 a2 04 07 89 05 00 09 a2`)...)...), // the second is cut short
		Server(rr(2, Hex(`cb 00 00 00 07 4d00 e0312b3d 4f f0 0200 0b`)...)...),                                     // access denied
		Client(rr(3, Hex(`4b 02 20 67 24 01 07 4d00 e0312b3d 0f 00 0300 88 00`)...)...),                            // none
		Server(rr(3, Hex(`cb 00 00 00 07 4d00 e0312b3d 4f 00 0300`)...)...),
		Client(rr(4, Hex(`
			0a 02 20 02 24 01 0200 0600 1e00 ; two services with commands each
			4b 02 20 67 24 01 07 4d00 e0312b3d 0f 00 0400 88 02 02 80 01 01 3a
			4b 02 20 67 24 01 07 4d00 e0312b3d 0f 00 0500 88 01 02 80 06
		`)...)...),
		Server(rr(4, Hex(`
			8a 00 00 00 0200 0600 1500
			cb 00 00 00 07 4d00 e0312b3d 4f 00 0400
			cb 00 00 00 07 4d00 e0312b3d 4f f0 0500 0b
		`)...)...),
	),
}

// TestManyCommands: each command is a transaction, and all end as the answer says.
func TestManyCommands(t *testing.T) {
	var got []string
	obs := Play(t, enip.Protocol(), manyCommands)
	for _, d := range Dids(obs) {
		if d.Proto != ot.CIP {
			continue
		}
		n, _ := number(&d, "cip.pccc_command")
		got = append(got, named("cip.pccc_command", n)+" "+text(&d, "cip.pccc_address")+" "+d.Op.String()+" "+d.Status.String())
	}
	want := []string{
		"protected_typed_logical_read_3 N7:5 read-data ok", "change_cpu_mode  mode-change ok", "protected_typed_logical_write_3 B3:0 write-data ok",
		"protected_typed_logical_read_3 N7:5 read-data refused",
		"execute_multiple_commands  unknown ok",
		"change_cpu_mode  mode-change ok", "set_cpu_mode  mode-change ok", "change_cpu_mode  mode-change refused",
	}
	if !slices.Equal(got, want) {
		t.Errorf("%q\nwant %q", got, want)
	}
	if odds := Odds(obs); len(odds) > 0 {
		t.Errorf("oddities %v", odds)
	}
}
