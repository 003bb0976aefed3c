package tpkt

import (
	"bytes"
	"fmt"
	"testing"

	"otsensor/pkg/ot"
	"otsensor/pkg/protocols"
	pt "otsensor/pkg/protocols/protocoltest"
)

// user is a user of the transport that only counts its messages.
type user struct {
	stream   Stream
	messages *[]string
}

func (u *user) Feed(dir ot.Dir, b []byte, out *protocols.Emit) (used int) {
	for {
		data, n := u.stream.Next(dir, b[used:], out)
		used += n
		if data == nil {
			return used
		}
		*u.messages = append(*u.messages, string(data))
	}
}
func (u *user) Lost(dir ot.Dir, out *protocols.Emit) { u.stream.Lost(dir, out) }
func (u *user) Tick(now int64, out *protocols.Emit)  { u.stream.Tick(now, out) }
func noLength([]byte) int                            { return 0 }
func play(t *testing.T, steps ...pt.Step) (obs []ot.Observation, messages []string) {
	t.Helper()
	row := Protocol()
	row.Limit = MaxLen
	row.New = func(*ot.Conv) protocols.Decoder {
		return &user{stream: Stream{Measure: noLength}, messages: &messages}
	}
	return pt.Play(t, row, pt.Session{Name: t.Name(), Steps: steps}), messages
}

var (
	request = pt.Hex(`
		03 00 0016 ; TPKT, 22 bytes
		11 e0      ; CR
		0000 0001  ; references
		00         ; class 0
		c0 01 0a   ; TPDU size 2^10
		c1 02 0100 ; calling TSAP: PG
		c2 02 0123 ; called TSAP: PG, rack 1, slot 3
	`)
	confirm = pt.Hex(`
		03 00 0016
		11 d0      ; CC
		0001 0044
		00
		c0 01 09
		c1 02 0100
		c2 02 0123
	`)
)

func TestConnectionIsOneTransaction(t *testing.T) {
	obs, _ := play(t, pt.Client(request...), pt.Server(confirm...))
	did := pt.Dids(obs)
	if len(did) != 1 || did[0].Status != ot.OK || did[0].Latency != 1000 || did[0].Unit != 0x103 {
		t.Fatalf("got %+v", did)
	}
	want := `{"cotp.type":14,"cotp.type_name":"connect_request","cotp.src_ref":1,"cotp.dst_ref":68,"cotp.class":0,"cotp.tpdu_size":512,` +
		`"cotp.dst_tsap":"01.23","cotp.src_tsap":"01.00","cotp.role":1,"cotp.role_name":"PG","cotp.rack":1,"cotp.slot":3}`
	if got := pt.JSON(Protocol(), &did[0]); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	if got := string(describe(&did[0], nil)); got != "rack 1 slot 3 as PG" {
		t.Errorf("described as %q", got)
	}
}

func TestRefusalAnswersTheRequest(t *testing.T) {
	refuse := pt.Hex("03 00 000b 06 80 0001 0000 00") // DR: cause not specified, which is no acceptance
	obs, _ := play(t, pt.Client(request...), pt.Server(refuse...))
	did := pt.Dids(obs)
	if len(did) != 1 || did[0].Status != ot.Refused || did[0].StatusCode != 0x800 {
		t.Errorf("got %+v", did)
	}
}

func TestConfirmWithOtherReferenceIsOdd(t *testing.T) {
	other := bytes.Clone(confirm)
	other[7] = 9
	obs, _ := play(t, pt.Client(request...), pt.Server(other...))
	if did := pt.Dids(obs); len(did) != 1 || did[0].Status != ot.OK || fmt.Sprint(pt.Odds(obs)) != "[mismatched]" {
		t.Errorf("got %+v and %v", did, pt.Odds(obs))
	}
}

func TestEveryOtherTPDU(t *testing.T) {
	for _, test := range []struct {
		hex  string
		code uint32
		op   ot.Op
	}{
		{"03 00 000b 06 80 0009 0003 80", typeDR, ot.OpSession},
		{"03 00 000a 05 c0 0009 0003", typeDC, ot.OpSession},
		{"03 00 0009 04 70 0009 01", typeER, ot.OpError},
		{"03 00 0009 04 10 0009 80", typeED, ot.OpSession},
		{"03 00 0009 04 20 0009 00", typeEA, ot.OpSession},
		{"03 00 0009 04 50 0009 00", typeRJ, ot.OpSession},
		{"03 00 0009 04 60 0009 00", typeAK, ot.OpSession},
	} {
		obs, _ := play(t, pt.Client(pt.Hex(test.hex)...))
		if did := pt.Dids(obs); len(did) != 1 || did[0].Code != test.code || did[0].Op != test.op || did[0].Status != ot.OneWay {
			t.Errorf("%s: %+v", test.hex, did)
		}
	}
}

func TestMessages(t *testing.T) {
	one := pt.Hex("03 00 0009 02 f0 80 61 62") // "ab"
	for _, test := range []struct {
		name  string
		steps []pt.Step
		want  string
	}{
		{"one", []pt.Step{pt.Client(one...)}, "[ab]"},
		{"two in a segment", []pt.Step{pt.Client(pt.Join(one, one)...)}, "[ab ab]"},
		{"chain", []pt.Step{pt.Client(pt.Hex("03 00 0008 02 f0 00 78")...), pt.Client(one...)}, "[xab]"},
		{"chain that ends empty", []pt.Step{pt.Client(pt.Hex("03 00 0008 02 f0 00 78 03 00 0007 02 f0 80")...)}, "[x]"},
		{"keep-alive", []pt.Step{pt.Client(pt.Hex("03 00 0007 02 f0 00")...), pt.Client(one...)}, "[ab]"},
		{"chain with a hole", []pt.Step{pt.Client(pt.Hex("03 00 0008 02 f0 00 78")...), pt.Lost(0), pt.Client(one...)}, "[ab]"},
		{"midway", []pt.Step{pt.Lost(0), pt.Client(pt.Join(pt.Hex("03 00 01 03"), one)...)}, "[ab]"},
		{"reserved byte in use", []pt.Step{pt.Client(pt.Hex("03 77 0009 02 f0 80 61 62")...)}, "[ab]"},
	} {
		if _, got := play(t, test.steps...); fmt.Sprint(got) != test.want {
			t.Errorf("%s: %q; want %s", test.name, got, test.want)
		}
	}
}

func TestTSAPs(t *testing.T) {
	for _, test := range []struct {
		tsap       string
		text       string
		role, unit uint32
	}{
		{"\x01\x00", "01.00", rolePG, 0},
		{"\x02\x02", "02.02", roleOP, 2},
		{"\x03\x45", "03.45", roleOther, 0x205},
		{"\x00\x01", "00.01", 0, 0}, // of MMS, not of SIMATIC
		{"SIMATIC-ROOT-ES", "SIMATIC-ROOT-ES", rolePG, 0},
		{"SIMATIC-ROOT-HMI", "SIMATIC-ROOT-HMI", roleOP, 0},
		{"SIMATIC-ROOT-OTHER", "SIMATIC-ROOT-OTHER", roleOther, 0},
		{"a\x00b", "61.00.62", 0, 0},
		{"", "", 0, 0},
	} {
		b := []byte(test.tsap)
		if got := string(appendTSAP(nil, b)); got != test.text || role(b) != test.role || unit(b) != test.unit {
			t.Errorf("% x: %q role %d unit %#x", b, got, role(b), unit(b))
		}
	}
}

func TestRecognise(t *testing.T) {
	for _, b := range [][]byte{request, confirm, pt.Hex("03 00 0009 02 f0 80 61 62")} {
		for n := range b {
			want := protocols.Either
			if n < dataLen {
				want = protocols.More
			}
			if got := Recognise(b[:n]); got != want {
				t.Errorf("% x: %d; want %d", b[:n], got, want)
			}
		}
	}
	for _, no := range []string{"04", "03 01", "03 00 0006 02 f0 80", "03 00 2005 02 f0 80", "03 00 0009 03 f0 80", "03 00 0009 02 f1 80", "03 00 0009 05 e0 00"} {
		if got := Recognise(pt.Hex(no)); got != protocols.No {
			t.Errorf("%s: %d", no, got)
		}
	}
}

func TestEveryTypeHasAName(t *testing.T) {
	names := protocols.NameTable(codes)
	for _, n := range []uint64{1, 2, 5, 6, 7, 8, 0xC, 0xD, 0xE, 0xF} {
		if names(n) == "" {
			t.Errorf("TPDU type %#x has no name", n)
		}
	}
	for _, n := range []uint64{0, 1, 2, 3, 0x80, 0x81, 0x82, 0x83, 0x84, 0x85, 0x87, 0x88, 0x8A} {
		if causeNames(n) == "" {
			t.Errorf("cause %#x has no name", n)
		}
	}
}
