package srtp

import (
	"testing"

	"otsensor/pkg/ot"
	pt "otsensor/pkg/protocols/protocoltest"
)

// answer is an answer with a status: privilege, then the status word behind the sweep time.
func answer(sequence byte, status string, data ...byte) []byte {
	b := message(3, sequence, longAnswer, atAnswer, "", data...)
	copy(b[atStatus:], pt.Hex("00"+status[:2]+"0a00"+status[2:]))
	return b
}

var controllers = pt.Session{
	Name: "who it is",
	Steps: []pt.Step{
		pt.Client(begin...), pt.Server(begun...),
		pt.Client(message(2, 1, shortRequest, atService, "43")...), pt.Server(answer(1, "040000", append([]byte("PACK1\x00\x00\x00"), 0x12, 7, 1, 0)...)...),
		pt.Client(message(2, 2, shortRequest, atService, "43")...), pt.Server(answer(2, "040000", append([]byte("PACK1\x00\x00\x00"), 0x12, 7, 1, 0)...)...), // again
		pt.Client(message(2, 3, shortRequest, atService, "03")...), pt.Server(answer(3, "045020", []byte("LINE7\x00\x00\x00")...)...), // stopped, fault, programmer
		pt.Client(message(2, 4, shortRequest, atService, "43")...), pt.Server(answer(4, "045020", make([]byte, 16)...)...), // no text
	},
}

func TestController(t *testing.T) {
	obs := pt.Play(t, Protocol(), controllers)
	ids := pt.Identities(obs)
	want := [][ot.FactCount]string{
		{ot.FactName: "PACK1", ot.FactType: "controller type 18.7", ot.FactState: "run"},
		{ot.FactProject: "LINE7", ot.FactState: "stop"},
	}
	if len(ids) != 2 || ids[0].Facts != want[0] || ids[1].Facts != want[1] || ids[0].Source != "GE-SRTP controller" {
		t.Errorf("%+v", ids)
	}
	wantJSON := `{"srtp.service":3,"srtp.service_name":"program_names","srtp.sequence":3,"srtp.mailbox":3600,"srtp.state":2,"srtp.state_name":"stop","srtp.faults":1,"srtp.programmer":1,"srtp.privilege":4}`
	if got := pt.JSON(Protocol(), &pt.Dids(obs)[3]); got != wantJSON {
		t.Errorf("%s\nwant %s", got, wantJSON)
	}
}

func TestErrorsHaveNames(t *testing.T) {
	for code, want := range map[uint64]string{0x05f5: "invalid_password", 0x0200: "insufficient_privilege", 0x0900: ""} {
		if got := errorName(code); got != want {
			t.Errorf("%#x: %q; want %q", code, got, want)
		}
	}
}
