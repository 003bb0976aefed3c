package enip_test

import (
	"slices"
	"testing"

	"otsensor/pkg/ot"
	"otsensor/pkg/protocols"
	"otsensor/pkg/protocols/enip"
	. "otsensor/pkg/protocols/protocoltest"
)

// csp is a PDU of PCCC without encapsulation: mode, function, connection, status, body.
func csp(mode, function byte, connection uint32, status byte, body string) []byte {
	b := make([]byte, 28)
	data := Hex(body)
	b[0], b[1], b[2], b[3], b[11] = mode, function, byte(len(data)>>8), byte(len(data)), status
	b[4], b[5], b[6], b[7] = byte(connection>>24), byte(connection>>16), byte(connection>>8), byte(connection)
	if function == 1 && mode == 1 {
		b[13], b[15] = 4, 5 // version, backlog
	}
	return append(b, data...)
}

var cspConnects = []Step{Client(csp(1, 1, 0, 0, "")...), Server(csp(2, 1, 0xab12, 0, "")...)}

// plainPCCC is a session of a client with a SLC 5/05.
var plainPCCC = Session{
	Name: "PCCC without encapsulation",
	Steps: slices.Concat(cspConnects, []Step{
		Client(csp(1, 7, 0xab12, 0, "00050000 0f00 0100 a2 04 07 89 05 00")...), // read N7:5
		Server(csp(2, 7, 0xab12, 0, "00000500 4f00 0100 2a00 ffff")...),
		Client(csp(1, 7, 0xab12, 0, "00050000 0f00 0200 aa 02 03 85 00 00 ffff")...), // write B3:0
		Client(csp(1, 7, 0xab12, 0, "00050000 0f00 0300 80 01")...),                  // to program, before the answer
		Server(csp(2, 7, 0xab12, 0, "00000500 4ff0 0200 0b")...),                     // access denied
		Server(csp(2, 7, 0xab12, 0, "00000500 4f00 0300")...),
		Client(csp(1, 7, 0xab12, 0, "00050001 0000000000000000000000 0600 0400 03")...), // through it: diagnostic status
		Server(csp(2, 7, 0xab12, 0, "00000501 0000000000000000000000 4600 0400 00ee")...),
		Client(csp(1, 7, 0xab12, 0, "00050000 0f00 0500 3a")...),
		Server(csp(2, 7, 0xab12, 3, "")...), // refused
		Client([]byte("what is no header at all, and longer than one")...),
		Client(csp(1, 7, 0xab12, 0, "00050000 0f00 0600 41")...), // forces off
	}),
}

// TestPlainPCCC: commands and answers are transactions, found by transaction number.
func TestPlainPCCC(t *testing.T) {
	var got []string
	obs := Play(t, enip.Protocol(), plainPCCC)
	for _, d := range Dids(obs) {
		name := ""
		if d.Proto == ot.CIP {
			n, _ := number(&d, "cip.pccc_command")
			name = named("cip.pccc_command", n) + " " + text(&d, "cip.pccc_address")
		} else if n, ok := field(table, &d, "enip.command"); ok {
			name = table[0].Fields[0].Names(n)
		}
		got = append(got, name+" "+d.Op.String()+" "+d.Status.String())
	}
	want := []string{
		"csp_connect session ok", "protected_typed_logical_read_3 N7:5 read-data ok", "protected_typed_logical_write_3 B3:0 write-data refused",
		"change_cpu_mode  mode-change ok", "diagnostic_status  identify ok", "csp_command session refused",
		"set_cpu_mode  mode-change unanswered", "disable_forces  force unanswered",
	}
	if !slices.Equal(got, want) {
		t.Errorf("%q\nwant %q", got, want)
	}
	if odds := Odds(obs); !slices.Equal(odds, []ot.Anomaly{ot.LostSync}) {
		t.Errorf("oddities %v", odds)
	}
}

// TestProbePlainPCCC: only a whole header with its command is certain.
func TestProbePlainPCCC(t *testing.T) {
	ask, answer := csp(1, 7, 5, 0, "00050000 0f00 0100 80 01"), csp(2, 7, 5, 0, "00000500 4f00 0100")
	for _, c := range []struct {
		name string
		head []byte
		want protocols.Answer
	}{
		{"connect", csp(1, 1, 0, 0, ""), protocols.FromClient},
		{"connected", csp(2, 1, 5, 0, ""), protocols.FromServer},
		{"command", ask, protocols.FromClient},
		{"answer", answer, protocols.FromServer},
		{"half a header", ask[:14], protocols.More},
		{"no command yet", ask[:32], protocols.More},
		{"no connection", csp(1, 7, 0, 0, "00050000 0f00 0100 80 01"), protocols.No},
		{"an answer that asks", csp(2, 7, 5, 0, "00050000 0f00 0100 80 01"), protocols.No},
		{"a command that answers", csp(1, 7, 5, 0, "00050000 4f00 0100"), protocols.No},
		{"connect of another version", append([]byte{1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 9}, make([]byte, 14)...), protocols.No},
		{"another function", csp(1, 9, 5, 0, "00050000 0f00 0100"), protocols.No},
	} {
		if got := enip.Probe(c.head); got != c.want {
			t.Errorf("%s: %d; want %d", c.name, got, c.want)
		}
	}
}
