package modbus

import (
	"slices"
	"strings"
	"testing"
	"time"

	. "otsensor/pkg/protocols/protocoltest"

	"otsensor/pkg/ot"
)

// TestOdd: the limits of the specification, one breach a row, and what else of the session is still seen.
func TestOdd(t *testing.T) {
	hello := []Step{ask(`0001 0000 0006 01  03 0000 0001`), tell(`0001 0000 0005 01  03 02 0001`)}
	for _, row := range []struct {
		name  string
		steps []Step
		odds  []ot.Anomaly
		did   int // transactions, beside the first one
	}{
		{"read of 0 coils", []Step{ask(`0002 0000 0006 01  01 0000 0000`)}, []ot.Anomaly{ot.BadValue}, 1},
		{"read of 2001 coils", []Step{ask(`0002 0000 0006 01  01 0000 07d1`)}, []ot.Anomaly{ot.BadValue}, 1},
		{"read of 126 registers", []Step{ask(`0002 0000 0006 01  03 0000 007e`)}, []ot.Anomaly{ot.BadValue}, 1},
		{"read beyond address 65535", []Step{ask(`0002 0000 0006 01  04 ffff 0002`)}, []ot.Anomaly{ot.BadValue}, 1},
		{"coil neither on nor off", []Step{ask(`0002 0000 0006 01  05 0000 0100`)}, []ot.Anomaly{ot.BadValue}, 1},
		{"byte count against quantity", []Step{ask(`0002 0000 0009 01  10 0001 0002 02 0001`)}, []ot.Anomaly{ot.Malformed}, 1},
		{"write of 1969 coils", []Step{ask(`0002 0000 0008 01  0f 0001 07b1 01 01`)}, []ot.Anomaly{ot.BadValue}, 1},
		{"file number 0", []Step{ask(`0002 0000 000a 01  14 07 06 0000 0001 0001`)}, []ot.Anomaly{ot.BadValue}, 1},
		{"record 10000", []Step{ask(`0002 0000 000a 01  14 07 06 0001 2710 0001`)}, []ot.Anomaly{ot.BadValue}, 1},
		{"no record at all", []Step{ask(`0002 0000 0003 01  14 00`)}, []ot.Anomaly{ot.BadValue}, 1},
		{"write of no register of a file", []Step{ask(`0002 0000 000a 01  15 07 06 0001 0001 0000`)}, []ot.Anomaly{ot.BadValue}, 1},
		{"an event log of 65 events", []Step{ask(`0002 0000 0002 01  0c`), tell("0002 0000 004a 01  0c 47 0000 0001 0001 " + strings.Repeat("20", 65))}, []ot.Anomaly{ot.BadValue}, 1},
		{"half a record", []Step{ask(`0002 0000 0006 01  14 03 06 0001`)}, []ot.Anomaly{ot.Malformed}, 1},
		{"reserved sub-function", []Step{ask(`0002 0000 0006 01  08 0005 0000`)}, []ot.Anomaly{ot.ReservedCode}, 1},
		{"restart with other data", []Step{ask(`0002 0000 0006 01  08 0001 1234`)}, []ot.Anomaly{ot.BadValue}, 1},
		{"read code 5", []Step{ask(`0002 0000 0005 01  2b 0e 05 00`)}, []ot.Anomaly{ot.BadValue}, 1},
		{"unknown MEI type", []Step{ask(`0002 0000 0005 01  2b 0f 05 00`)}, []ot.Anomaly{ot.ReservedCode}, 1},
		{"function 0", []Step{ask(`0002 0000 0006 01  00 0000 0000`)}, []ot.Anomaly{ot.ReservedCode}, 1},
		{"legacy programming", []Step{ask(`0002 0000 0006 01  0d 0000 0000`)}, []ot.Anomaly{ot.ReservedCode}, 1},
		{"function nobody defined", []Step{ask(`0002 0000 0006 01  3b 0000 0000`)}, []ot.Anomaly{ot.ReservedCode}, 1},
		{"exception from the client", []Step{ask(`0002 0000 0003 01  83 02`)}, []ot.Anomaly{ot.WrongDirection}, 1},
		{"function 200", []Step{ask(`0002 0000 0006 01  c8 0000 0000`)}, []ot.Anomaly{ot.ReservedCode}, 1},
		{"bytes behind the PDU", []Step{ask(`0002 0000 0008 01  06 0001 0002 dead`), ask(`0003 0000 0006 01  03 0000 0001`)},
			[]ot.Anomaly{ot.TrailingBytes}, 2},
		{"PDU cut short", []Step{ask(`0002 0000 0004 01  06 0001`), ask(`0003 0000 0006 01  03 0000 0001`)},
			[]ot.Anomaly{ot.BadLength}, 2},
		{"length 0", []Step{ask(`0002 0000 0000 01  03 0000 0001`), ask(`0003 0000 0006 01  03 0000 0001`)},
			[]ot.Anomaly{ot.BadLength, ot.LostSync}, 1},
		{"length 1", []Step{ask(`0002 0000 0001 01  03 0000 0001`), ask(`0003 0000 0006 01  03 0000 0001`)},
			[]ot.Anomaly{ot.BadLength, ot.LostSync}, 1},
		{"length 255", []Step{ask(`0002 0000 00ff 01  03 0000 0001`), ask(`0003 0000 0006 01  03 0000 0001`)},
			[]ot.Anomaly{ot.BadLength, ot.LostSync}, 1},
		{"length 65535", []Step{ask(`0002 0000 ffff 01  03 0000 0001`), ask(`0003 0000 0006 01  03 0000 0001`)},
			[]ot.Anomaly{ot.BadLength, ot.LostSync}, 1},
		{"protocol id 1", []Step{ask(`0002 0001 0006 01  03 0000 0001`), ask(`0003 0000 0006 01  03 0000 0001`)},
			[]ot.Anomaly{ot.BadProtocolID}, 1},
		{"garbage between ADUs", []Step{ask(`00ff 17 99 a0`), ask(`0003 0000 0006 01  03 0000 0001`)},
			[]ot.Anomaly{ot.BadProtocolID, ot.LostSync}, 1},
		{"answer to nobody", []Step{tell(`0002 0000 0005 01  03 02 0001`)}, []ot.Anomaly{ot.Unmatched}, 1},
		{"exception to nobody", []Step{tell(`0002 0000 0003 01  83 02`)}, []ot.Anomaly{ot.Unmatched}, 1},
		{"answer of another function", []Step{ask(`0002 0000 0006 01  03 0000 0001`), tell(`0002 0000 0005 01  04 02 0001`)},
			[]ot.Anomaly{ot.Mismatched}, 2},
		{"second answer, other bytes", []Step{tell(`0001 0000 0005 01  03 02 0002`)}, []ot.Anomaly{ot.Doubled}, 1},
		{"second answer, same bytes", []Step{tell(`0001 0000 0005 01  03 02 0001`)}, nil, 1},
		{"too few registers", []Step{ask(`0002 0000 0006 01  03 0000 0002`), tell(`0002 0000 0005 01  03 02 0001`)},
			[]ot.Anomaly{ot.Mismatched}, 1},
		{"echo of another address", []Step{ask(`0002 0000 0006 01  06 0001 0002`), tell(`0002 0000 0006 01  06 0002 0002`)},
			[]ot.Anomaly{ot.Mismatched}, 1},
		{"echo of another value", []Step{ask(`0002 0000 0006 01  05 0001 ff00`), tell(`0002 0000 0006 01  05 0001 0000`)},
			[]ot.Anomaly{ot.Mismatched}, 1},
		{"echo of another query", []Step{ask(`0002 0000 0006 01  08 0000 0001`), tell(`0002 0000 0006 01  08 0000 0002`)},
			[]ot.Anomaly{ot.Mismatched}, 1},
		{"exception code 9", []Step{ask(`0002 0000 0006 01  06 0001 0002`), tell(`0002 0000 0003 01  86 09`)},
			[]ot.Anomaly{ot.ReservedCode}, 1},
		{"records that were not sent", []Step{ask(`0002 0000 000a 01  14 07 06 0004 0001 0002`), tell(`0002 0000 0003 01  14 00`)},
			[]ot.Anomaly{ot.Mismatched}, 1},
		{"queue of 32", []Step{ask(`0002 0000 0004 01  18 0001`), tell(`0002 0000 0006 01  18 0002 0020`)},
			[]ot.Anomaly{ot.Malformed}, 1},
		{"conformity level 4", []Step{ask(`0002 0000 0005 01  2b 0e 01 00`), tell(`0002 0000 0008 01  2b 0e 01 04 00 00 00`)},
			[]ot.Anomaly{ot.BadValue}, 1},
		{"umas session that changes", []Step{ask(`0002 0000 0004 01  5a 01 04`), tell(`0002 0000 0004 01  5a 02 fe`)},
			[]ot.Anomaly{ot.Mismatched}, 1},
	} {
		t.Run(row.name, func(t *testing.T) {
			obs := Play(t, Protocol(), Session{Name: row.name, Steps: append(slices.Clone(hello), row.steps...)})
			if got := Odds(obs); !slices.Equal(got, row.odds) {
				t.Errorf("odd: got %v, want %v", got, row.odds)
			}
			if got := len(Dids(obs)); got != 1+row.did {
				t.Errorf("%d transactions, want %d: %+v", got, 1+row.did, Dids(obs))
			}
		})
	}
}

// TestFlood: requests without answers are let go, and said once.
func TestFlood(t *testing.T) {
	steps := []Step{ask(`0001 0000 0006 01  03 0000 0001`), tell(`0001 0000 0005 01  03 02 0001`)}
	for i := range 1000 {
		steps = append(steps, Client(byte(i>>8), byte(i), 0, 0, 0, 6, 2, 3, 0, 0, 0, 1))
	}
	obs := Play(t, Protocol(), Session{Steps: steps})
	if got := Odds(obs); !slices.Equal(got, []ot.Anomaly{ot.TooManyOpen}) {
		t.Errorf("odd: %v", got)
	}
	if got := len(Dids(obs)); got != 1001 {
		t.Errorf("%d transactions, want 1001", got)
	}
}

// TestLossIsNoEvidence: behind a gap an answer without a request, or a request
// without an answer, says nothing about the devices.
func TestLossIsNoEvidence(t *testing.T) {
	obs := Play(t, Protocol(), Session{Steps: []Step{
		ask(`0001 0000 0006 01  03 0000 0001`), tell(`0001 0000 0005 01  03 02 0001`),
		ask(`0002 0000 0006 01  03 0000 0001`),
		Lost(ot.ToServer), Lost(ot.ToClient),
		tell(`0003 0000 0005 01  03 02 0001`), Wait(11 * time.Second),
	}})
	if got := Odds(obs); got != nil {
		t.Errorf("odd: %v", got)
	}
	var ends []ot.Status
	for _, d := range Dids(obs) {
		ends = append(ends, d.Status)
	}
	if want := []ot.Status{ot.OK, ot.Unasked, ot.OneWay}; !slices.Equal(ends, want) {
		t.Errorf("got %v, want %v", ends, want)
	}
}

// TestEveryFunction: no function code is dropped, none takes the next ADU with it.
func TestEveryFunction(t *testing.T) {
	for f := range 256 {
		obs := Play(t, Protocol(), Session{Steps: []Step{
			ask(`0001 0000 0006 01  03 0000 0001`),
			Client(0, 2, 0, 0, 0, 6, 1, byte(f), 0, 0, 0, 0),
			ask(`0003 0000 0006 01  03 0000 0001`),
		}})
		var codes []uint8
		for _, d := range Dids(obs) {
			codes = append(codes, functionOf(d.Code))
		}
		slices.Sort(codes)
		want := []uint8{3, 3, byte(f)}
		slices.Sort(want)
		if f == readWriteRegisters { // two transactions
			want = append(want, readWriteRegisters)
		}
		if !slices.Equal(codes, want) {
			t.Errorf("function %d: got %v, want %v", f, codes, want)
		}
	}
}
