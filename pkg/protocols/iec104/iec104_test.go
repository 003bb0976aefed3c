package iec104

import (
	"testing"

	"otsensor/pkg/ot"
	"otsensor/pkg/protocols"
	pt "otsensor/pkg/protocols/protocoltest"
)

var seeds = []pt.Session{{
	Name: "start, interrogation, commands", PDUs: true,
	Steps: []pt.Step{
		pt.Client(0x68, 4, 0x07, 0, 0, 0), // STARTDT act
		pt.Server(0x68, 4, 0x0b, 0, 0, 0), // STARTDT con
		pt.Client(pt.Hex(`
			68 0e 0000 0000 ; I, 14 bytes, send 0, receive 0
			64 01 06 00     ; general interrogation, one object, activation, originator 0
			0a00 000000 14  ; station 10, object 0, whole station
		`)...),
		pt.Server(pt.Hex(`
			68 0e 0000 0200 ; send 0, receive 1
			64 01 07 00     ; activation confirmed
			0a00 000000 14
		`)...),
		pt.Server(pt.Hex(`
			68 0e 0200 0200 ; send 1, receive 1
			01 01 14 00     ; single point, one, interrogated
			0a00 010000 01  ; station 10, object 1, on
		`)...),
		pt.Client(0x68, 4, 0x01, 0, 4, 0), // S, receive 2
		pt.Client(pt.Hex(`
			68 0e 0200 0400
			2d 01 06 00     ; single command, activation
			0a00 0c0000 81  ; object 12, select on
		`)...),
		pt.Server(pt.Hex(`
			68 0e 0400 0400
			2d 01 47 00     ; activation confirmed: no
			0a00 0c0000 81
		`)...),
		pt.Client(pt.Hex(`
			68 12 0400 0600
			32 01 06 00                 ; set point, short float
			0a00 0d0000 0000c03f 00     ; object 13, 1.5, carried out
		`)...),
		pt.Server(pt.Hex(`
			68 12 0600 0600
			32 01 6f 00                 ; unknown object
			0a00 0d0000 0000c03f 00
		`)...),
		pt.Server(pt.Hex(`
			68 16 0800 0600
			0b 02 03 00                 ; scaled values, two, spontaneous
			0a00 200000 0100 00         ; object 32: 1
			     210000 0200 00         ; object 33: 2
		`)...),
		pt.Server(0x68, 4, 0x43, 0, 0, 0), // TESTFR act, by the server
		pt.Client(0x68, 4, 0x83, 0, 0, 0), // TESTFR con
		pt.Client(pt.Hex(`
			68 14 0600 0a00
			67 01 06 00                    ; clock synchronisation
			0a00 000000 e803 1e 0c 0b 0a 14
		`)...),
	},
}, {
	Name: "lengths that contradict", Rough: true,
	Steps: []pt.Step{
		pt.Client(0x68, 4, 0x07, 0, 0, 0),
		pt.Server(pt.Hex(`
			68 16 0200 0200 ; send 1, receive 1
			01 81 14 00     ; single points, a sequence of one, interrogated
			0a00 010000 01  ; station 10, object 1, on
			000000 00000000 ; and seven bytes that the length has too many
		`)...),
		pt.Server(0x68, 4, 0x01, 0, 2, 0), // S: found again
		pt.Server(pt.Hex(`
			68 14 0800 0600
			0b 02 03 00                 ; scaled values, two, spontaneous
			0a00 200000 0100 00         ; object 32: 1
			     210000                 ; and the second one cut off
			01
		`)...),
		pt.Server(0x68, 4, 0x0b, 0, 0, 0),
	},
}, {
	Name: "types of no table",
	Steps: []pt.Step{
		pt.Client(pt.Hex(`
			68 0e 0000 0000
			c8 01 06 00     ; private type 200
			0a00 010000 14
		`)...),
	},
}, {
	Name: "answered by another type",
	Steps: []pt.Step{
		pt.Client(pt.Hex(`
			68 0d 0000 0000
			66 01 05 00     ; read, one object, request
			0a00 960000     ; station 10, object 150
		`)...),
		pt.Server(pt.Hex(`
			68 10 0000 0200
			0b 01 05 00           ; scaled value, requested
			0a00 960000 1500 00   ; 21
		`)...),
		pt.Client(pt.Hex(`
			68 11 0200 0200
			7a 01 0d 00              ; file call, file
			0a00 2c0100 0100 00 01   ; object 300, file 1, select
		`)...),
		pt.Server(pt.Hex(`
			68 13 0200 0400
			78 01 0d 00                  ; file ready, file
			0a00 2c0100 0100 060000 80   ; object 300, file 1, 6 bytes
		`)...),
		pt.Server(pt.Hex(`
			68 10 0400 0400
			0b 01 05 00           ; scaled value, requested by nobody
			0a00 970000 1500 00
		`)...),
	},
}, {
	Name: "web", Foreign: true,
	Steps: []pt.Step{pt.Client([]byte("GET / HTTP/1.1\r\n\r\n")...)},
}, {
	Name: "numbers begin like it", Foreign: true,
	Steps: []pt.Step{pt.Client(0x68, 0x04, 0x05, 0, 0, 0)},
}}

func TestConform(t *testing.T) { pt.Conform(t, Protocol(), seeds) }
func FuzzDecode(f *testing.F)  { pt.Fuzz(f, Protocol(), seeds) }

func TestTransactions(t *testing.T) {
	did := pt.Dids(pt.Play(t, Protocol(), seeds[0]))
	for i, want := range []struct {
		code   uint32
		op     ot.Op
		status ot.Status
		why    uint32
		what   string
	}{
		{ControlFlag | 7, ot.OpSession, ot.OK, 0, "connection"},
		{100, ot.OpReadData, ot.OK, 0, "station 10"},
		{1, ot.OpReadData, ot.Unasked, 0, "object 1 of station 10"},
		{45, ot.OpWriteData, ot.Refused, 7, "object 12 of station 10"},
		{50, ot.OpWriteData, ot.Refused, 47, "object 13 of station 10"},
		{11, ot.OpReadData, ot.Unasked, 0, "objects from 32 of station 10"},
		{ControlFlag | 0x43, ot.OpSession, ot.OK, 0, "connection"},
		{103, ot.OpTimeSet, ot.Unanswered, 0, "station 10"},
	} {
		if i >= len(did) {
			t.Fatalf("only %d transactions", len(did))
		}
		d := &did[i]
		if what := string(describe(d, nil)); d.Code != want.code || d.Op != want.op || d.Status != want.status || d.StatusCode != want.why || what != want.what {
			t.Errorf("%d: code %d %v %v %d %q; want %+v", i, d.Code, d.Op, d.Status, d.StatusCode, what, want)
		}
	}
	if len(did) == 8 && (did[4].Points() != 1 || did[4].Point(0) != 1.5) {
		t.Errorf("set point carries %v; want 1.5", did[4].Value)
	}
}

func TestUnlistedTypeKeepsItsNumber(t *testing.T) {
	obs := pt.Play(t, Protocol(), seeds[2])
	if did, odd := pt.Dids(obs), pt.Odds(obs); len(did) != 1 || did[0].Code != 200 || did[0].Op != ot.OpUnknown || len(odd) != 1 || odd[0] != ot.ReservedCode {
		t.Errorf("%+v %v", did, odd)
	}
}

// What one type asks may be answered by another: a read by the value, a call by what is next of the file.
func TestAnsweredByAnotherType(t *testing.T) {
	did := pt.Dids(pt.Play(t, Protocol(), seeds[3]))
	if len(did) != 3 {
		t.Fatalf("%d transactions; want 3: %+v", len(did), did)
	}
	if read := &did[0]; read.Code != readCommand || read.Status != ot.OK || read.Points() != 1 || read.Point(0) != 21 {
		t.Errorf("read: %+v", read)
	}
	if call := &did[1]; call.Code != fileCall || call.Status != ot.OK || call.Op != ot.OpFile {
		t.Errorf("file: %+v", call)
	}
	if alone := &did[2]; alone.Code != 11 || alone.Status != ot.Unasked {
		t.Errorf("value of its own: %+v", alone)
	}
}

func TestProbe(t *testing.T) {
	for _, c := range []struct {
		head []byte
		want protocols.Answer
	}{
		{nil, protocols.More},
		{[]byte{0x68, 4, 7, 0, 0}, protocols.More},
		{[]byte{0x68, 4, 7, 0, 0, 0}, protocols.FromClient},
		{[]byte{0x68, 4, 0x83, 0, 0, 0}, protocols.FromServer},
		{[]byte{0x68, 4, 1, 0, 8, 0}, protocols.Either},
		{[]byte{0x68, 4, 1, 1, 8, 0}, protocols.No},
		{pt.Hex("680e 0000 0000 6401 0600 0a00 000000 14"), protocols.Either},
		{pt.Hex("680f 0000 0000 6401 0600 0a00 000000 14"), protocols.No}, // longer than the type
	} {
		if got := probe(c.head); got != c.want {
			t.Errorf("% x: %d; want %d", c.head, got, c.want)
		}
	}
}

// An APDU that is longer or shorter than its type allows is shown as such, and what follows is found.
func TestContradictingLengths(t *testing.T) {
	obs := pt.Play(t, Protocol(), seeds[1])
	did, odd := pt.Dids(obs), pt.Odds(obs)
	if len(did) != 3 || did[0].Code != 1 || did[1].Code != 11 || did[2].Status != ot.OK {
		t.Errorf("%+v", did)
	}
	if len(odd) < 2 || odd[0] != ot.Malformed || odd[1] != ot.LostSync {
		t.Errorf("%v", odd)
	}
}
