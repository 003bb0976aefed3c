package srtp

import (
	"testing"

	"otsensor/pkg/ot"
	pt "otsensor/pkg/protocols/protocoltest"
)

// message is a header with type, sequence, kind and arguments at a place, and what follows it.
func message(kind, sequence, what byte, at int, args string, data ...byte) []byte {
	b := make([]byte, headerLen, headerLen+len(data))
	b[0], b[2], b[atLength] = kind, sequence, byte(len(data))
	b[9], b[17], b[atSequence], b[atKind] = 1, 1, sequence, what
	copy(b[atMailbox:], pt.Hex("10 0e 00 00 01 01")) // to the CPU; packet 1 of 1
	copy(b[at:], pt.Hex(args))
	return append(b, data...)
}

var (
	begin = make([]byte, headerLen)
	begun = append([]byte{1}, make([]byte, headerLen-1)...)
)

var seeds = []pt.Session{{
	Name: "engineering", PDUs: true,
	Steps: []pt.Step{
		pt.Client(begin...), pt.Server(begun...),
		pt.Client(message(2, 1, shortRequest, atService, "04 08 0000 0300")...), pt.Server(message(3, 1, shortAnswer, atAnswer, "0100 0200 0300")...), // registers 0 to 2
		pt.Client(message(2, 2, shortRequest, atService, "04 0a 0500 0a00")...), // analog inputs
		pt.Server(message(3, 2, longAnswer, atAnswer, "", 1, 0, 2, 0, 3, 0, 4, 0, 5, 0, 6, 0, 7, 0, 8, 0, 9, 0, 10, 0)...),
		pt.Client(message(2, 3, longRequest, atLong, "07 08 6300 0400", 1, 0, 2, 0, 3, 0, 4, 0)...), pt.Server(message(3, 3, shortAnswer, atAnswer, "")...), // write
		pt.Client(message(2, 4, shortRequest, atService, "23 01")...), pt.Server(message(3, 4, refusal, atError, "05 02")...), // stop, refused
		pt.Client(message(2, 5, shortRequest, atService, "43")...), pt.Server(message(3, 5, shortAnswer, atAnswer, "")...),
		pt.Client(message(2, 6, shortRequest, atService, "04 46 0000 0900")...), pt.Server(message(3, 6, shortAnswer, atAnswer, "ff01")...), // inputs
		pt.Client(message(2, 7, shortRequest, atService, "66")...), pt.Server(message(3, 7, shortAnswer, atAnswer, "")...), // not listed
	},
}, {
	Name: "midway", Rough: true,
	Steps: []pt.Step{pt.Lost(ot.ToServer), pt.Client(1, 2, 3), pt.Client(message(2, 9, shortRequest, atService, "00")...), pt.Server(message(3, 8, shortAnswer, atAnswer, "")...), pt.Server(message(3, 9, shortAnswer, atAnswer, "")...)},
}, controllers, {
	Name: "zeros", Foreign: true, Steps: []pt.Step{pt.Client(make([]byte, 200)...), pt.Server(make([]byte, 200)...)},
}, {
	Name: "web", Foreign: true, Steps: []pt.Step{pt.Client([]byte("GET / HTTP/1.1\r\nHost: 10.0.0.10\r\nAccept: */*\r\nUser-Agent: a browser\r\n\r\n")...)},
}}

func TestConform(t *testing.T) { pt.Conform(t, Protocol(), seeds) }
func FuzzDecode(f *testing.F)  { pt.Fuzz(f, Protocol(), seeds) }

// running is what stands behind an answer of a controller that runs.
const running = `,"srtp.state":0,"srtp.state_name":"run","srtp.faults":0,"srtp.programmer":0,"srtp.privilege":0}`

func TestServices(t *testing.T) {
	did := pt.Dids(pt.Play(t, Protocol(), seeds[0]))
	for i, want := range []string{
		`session ok the controller {"srtp.service":256,"srtp.service_name":"connect"}`,
		`read-data ok registers 0 to 2 {"srtp.service":4,"srtp.service_name":"read_system_memory","srtp.sequence":1,"srtp.mailbox":3600,"srtp.area":8,"srtp.area_name":"registers","srtp.offset":0,"srtp.count":3` + running,
		`read-data ok analog_inputs 5 to 14 {"srtp.service":4,"srtp.service_name":"read_system_memory","srtp.sequence":2,"srtp.mailbox":3600,"srtp.area":10,"srtp.area_name":"analog_inputs","srtp.offset":5,"srtp.count":10` + running,
		`write-data ok registers 99 to 102 {"srtp.service":7,"srtp.service_name":"write_system_memory","srtp.sequence":3,"srtp.mailbox":3600,"srtp.area":8,"srtp.area_name":"registers","srtp.offset":99,"srtp.count":4` + running,
		`mode-change refused the controller {"srtp.service":35,"srtp.service_name":"set_run_state","srtp.sequence":4,"srtp.mailbox":3600,"srtp.argument":1,"srtp.error":1282,"srtp.error_name":"service_error"}`,
		`identify ok the controller {"srtp.service":67,"srtp.service_name":"controller_type","srtp.sequence":5,"srtp.mailbox":3600` + running,
		`read-data ok inputs 0 to 8 {"srtp.service":4,"srtp.service_name":"read_system_memory","srtp.sequence":6,"srtp.mailbox":3600,"srtp.area":70,"srtp.area_name":"inputs","srtp.offset":0,"srtp.count":9` + running,
		`unknown ok the controller {"srtp.service":102,"srtp.sequence":7,"srtp.mailbox":3600` + running,
	} {
		if i >= len(did) {
			t.Fatalf("%d transactions", len(did))
		}
		d := &did[i]
		if got := d.Op.String() + " " + d.Status.String() + " " + string(describe(d, nil)) + " " + pt.JSON(Protocol(), d); got != want {
			t.Errorf("%s\nwant %s", got, want)
		}
	}
	for i, want := range map[int][]float64{1: {1, 2, 3}, 3: {1, 2, 3, 4}, 6: {1, 1, 1, 1, 1, 1, 1, 1, 1}} {
		for j, w := range want {
			if got := did[i].Points(); got != len(want) || did[i].Point(j) != w {
				t.Errorf("transaction %d: %d points, point %d is %v; want %v", i, got, j, did[i].Point(j), w)
			}
		}
	}
}
