package s7comm

import (
	"testing"

	"otsensor/pkg/ot"
	pt "otsensor/pkg/protocols/protocoltest"
)

// list is an answered request for a system status list.
func list(ref uint16, request, answer string) []pt.Step {
	return []pt.Step{client(user(ref, req("4 01"), octets(request))), server(user(ref, resp("4 01"), octets(answer)))}
}

// lists are system status lists by what their records say.
var lists = []struct{ request, answer, want string }{
	{"0012 0000", "0012 0000 0002 0003 0101 0303 0fff", "1 ms clock; floating point; 0x0fff"},
	{"0013 0000", "0013 0000 0024 0001 0001 0001 00030000 0001 0001 00030000 00006000 0002a000 00000000 00000000 00000000 00000000",
		"work memory 196608 bytes, used 24576"},
	{"0014 0000", "0014 0000 0008 0002 0001 0001 0080 0000 0004 0001 0100 0010", "inputs bytes 128, retentive 0; timers 256, retentive 16"},
	{"0015 0000", "0015 0000 000a 0001 0a00 01ff 0010 00004000", "DB at most 511, KiB 16"},
	{"0131 0001", "0131 0001 0028 0001 0001 00f0 000c 0002dc6c 00000000" + "0000000000000000000000000000000000000000000000000000", "PDU 240, connections 12"},
	{"0131 0009", "0131 0009 0028 0001 0009" + "0000000000000000000000000000000000000000000000000000000000000000000000000000", "time of day"},
	{"0037 0000", "0037 0000 0030 0001 07ff 0a4d0a15 ffffff00 0a4d0a01 286336100021 01 00" + "0000000000000000000000000000000000000000000000000000",
		"interface 0x07ff 10.77.10.21 mask 255.255.255.0 router 10.77.10.1 MAC 28:63:36:10:00:21"},
	{"0090 0000", "0090 0000 000e 0001 01 00 000000000000000000000000", "system 1"},
	{"0091 0000", "0091 0000 0010 0001 0002 0000 0100 00c4 00c4 0000 0003 0000", "address 0x0100 wanted 0x00c4 found 0x00c4, faulty, present"},
	{"0292 0000", "0292 0000 0010 0001 03000000000000000000000000000000", "status 03000000000000000000000000000000"},
	{"0094 0000", "0094 0000 0022 0001 0064 8000000000000000000000000000000000000000000000000000000000000000", "status 00648000000000000000000000000000"},
	{"0c96 0100", "0c96 0100 0030 0001 8100 0064 00000000 0002 0003 0001 0000 002a 0001 0001 00000000 00000000 0000 0000 0002 0000" + "00000000000000000000",
		"address 0x0100 station 2 slot 3 subslot 1, present"},
	{"00a0 0000", "00a0 0000 0014 0002 4304 ff 68 c700 0001 00000002 16020814 51375692 5144 ff 48 0000 0000 00000000 0000000000000000",
		"0x4304 priority 255 OB 104 info 0x0001/0x0002 at 2016-02-08 14:51:37.569; 0x5144 priority 255 OB 72 info 0x0000/0x0000"},
	{"0424 0000", "0424 0000 0014 0001 4302 ff 48 00000000 00 10 00 04 16020814 51375692", "run after stop event 0x4302, started by power on with battery, next start by complete restart by command at 2016-02-08 14:51:37.569"},
	{"0424 0000", "0424 0000 0014 0001 5371 ff 08 00000000 00 00 00 00 00000000 00000000", "run event 0x5371"},
	{"0074 0000", "0074 0000 0004 0004 0001 00 00 0004 01 00 0006 01 02 0015 00 01", "RUN; FRCE flashing slowly; MAINT flashing"},
	{"0132 0004", "0132 0004 0028 0001 0004 0001 0002 0003 0002 0002 0000 0001 1111 2222 3333 4444" + "00000000000000000000000000000000",
		"level in force 3, by selector 1, by parameters 2, selector run_p, warm restart, check sums of hardware 0x11112222 and program 0x33334444"},
	{"0132 0005", "0132 0005 0028 0001 0005" + "0000000000000000000000000000000000000000000000000000000000000000000000000000", "status 0x0005"},
	{"0131 0002", "0131 0002 0028 0001 0002 be 83 41" + "0000000000000000000000000000000000000000000000000000000000000000000000",
		"test functions: block_status variable_status interrupt_stack block_stack local_data_stack force_selection modify_variable force delete_job read_job_list flash_led"},
	{"0131 0003", "0131 0003 0028 0001 0003 0f 0f 0f 0f 0080 0010 0000" + "00000000000000000000000000000000000000000000000000000000", "operator interface, consistent bytes 128, cyclic jobs 16"},
	{"0071 0000", "0071 0000 0004 0001 00000000", ""}, // not written out
}

var listSeed = func() pt.Session {
	var steps []pt.Step
	for i, l := range lists {
		steps = append(steps, list(uint16(0x60+i), l.request, l.answer)...)
	}
	return connected("lists", steps...)
}()

// TestLists: the records of a system status list are written out.
func TestLists(t *testing.T) {
	i := 0
	for _, d := range pt.Dids(pt.Play(t, Protocol(), listSeed)) {
		if d.Proto != ot.S7comm || kindOf(&d) != kindSZL {
			continue
		}
		if got := string(appendRecords(&d)); i >= len(lists) || got != lists[i].want {
			t.Errorf("list %s: %q\nwant %q", lists[i].request, got, lists[i].want)
		}
		i++
	}
	if i != len(lists) {
		t.Errorf("%d lists of %d", i, len(lists))
	}
}
