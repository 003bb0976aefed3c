package modbus

import (
	"testing"

	"otsensor/pkg/ot"
)

// TestCodes holds the whole table against a second list, by verb.
func TestCodes(t *testing.T) {
	sub := func(function uint8, subs ...uint16) (codes []uint32) {
		for _, s := range subs {
			codes = append(codes, withSub(function, s))
		}
		return codes
	}
	want := map[ot.Op][][]uint32{
		ot.OpReadData:  {{1, 2, 3, 4, 24}, sub(90, 0x20, 0x22, 0x24, 0x26, 0x70)},
		ot.OpWriteData: {{5, 6, 15, 16, 22, 23}, sub(90, 0x21, 0x23, 0x25, 0x71)},
		ot.OpDiagnostic: {{7, 8, 11, 12, 127}, sub(8, 0, 2, 10, 11, 12, 13, 14, 15, 16, 17, 18, 20, 21),
			sub(90, 0x39, 0x50, 0x58, 0x73)},
		ot.OpReset:           {{19}, sub(8, 1)},
		ot.OpModeChange:      {sub(8, 4), sub(90, 0x40, 0x41)},
		ot.OpConfigWrite:     {sub(8, 3)},
		ot.OpConfigRead:      {sub(43, 13)},
		ot.OpIdentify:        {{17}, sub(43, 14), sub(90, 0x01, 0x02, 0x03, 0x04, 0x06)},
		ot.OpFile:            {{20, 21}},
		ot.OpSession:         {sub(90, 0x0A, 0x12)},
		ot.OpAuth:            {sub(90, 0x10, 0x11)},
		ot.OpProgramDownload: {sub(90, 0x30, 0x31, 0x32)},
		ot.OpProgramUpload:   {sub(90, 0x33, 0x34, 0x35)},
		ot.OpProgramEdit:     {{9, 10, 13, 14, 18, 40, 91, 126}},
		ot.OpFirmware:        {{41, 125}},
		ot.OpError:           {{0}},
		ot.OpUnknown:         {{43, 90, 65, 66, 67, 68, 69, 70, 71, 72, 100, 101, 102, 103, 104, 105, 106, 107, 108, 109, 110}},
	}
	got := map[uint32]ot.Op{}
	for _, c := range Protocol().Codes {
		got[c.Number] = c.Op
	}
	for op, lists := range want {
		for _, list := range lists {
			for _, code := range list {
				if had, listed := got[code]; !listed || had != op {
					t.Errorf("code %#x: got %v (listed %v), want %v", code, had, listed, op)
				}
				delete(got, code)
			}
		}
	}
	for code, op := range got {
		t.Errorf("code %#x (%v) is in no list of this test", code, op)
	}
}

// TestCRC: the frame of the specification's own example, SL appendix B.
func TestCRC(t *testing.T) {
	if got := crc([]byte{0x02, 0x07}); got != 0x1241 {
		t.Errorf("got %#04x, want 0x1241", got)
	}
}
