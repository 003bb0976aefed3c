package dnp3

import (
	"bytes"
	"testing"

	"otsensor/pkg/ot"
	"otsensor/pkg/protocols"
	pt "otsensor/pkg/protocols/protocoltest"
)

// Control bytes of the link: direction, primary, function.
const (
	down = 0xC4 // master, primary, unconfirmed user data
	up   = 0x44 // outstation, primary, unconfirmed user data
)

// frame is a link frame between master 3 and outstation 4, check bytes included.
func frame(control byte, user ...byte) []byte {
	dst, src := byte(4), byte(3)
	if control&fromMaster == 0 {
		dst, src = src, dst
	}
	b := []byte{0x05, 0x64, byte(minLength + len(user)), control, dst, 0, src, 0}
	b = sealed(b, b)
	for len(user) > 0 {
		n := min(len(user), blockLen)
		b = sealed(append(b, user[:n]...), user[:n])
		user = user[n:]
	}
	return b
}

func sealed(b, over []byte) []byte { c := check(over); return append(b, byte(c), byte(c>>8)) }

// answered is an answer with sequence n and these internal indications.
func answered(n, iin1, iin2 byte, body ...byte) []byte {
	return frame(up, append([]byte{0xC0 | n, 0xC0 | n, 129, iin1, iin2}, body...)...)
}

func control(status byte) []byte {
	return []byte{12, 1, 0x28, 1, 0, 0, 2, 3, 1, 100, 0, 0, 0, 100, 0, 0, 0, status}
}

var seeds = []pt.Session{{
	Name: "class poll, operate, restart, link status", PDUs: true,
	Steps: []pt.Step{
		pt.Client(frame(down, 0xC0, 0xC0, 1, 60, 2, 6, 60, 3, 6, 60, 1, 6)...), // read classes 1, 2 and all static
		pt.Server(answered(0, 0, 0, 1, 2, 0, 0, 1, 0x81, 0x01)...),             // binary inputs 0 to 1
		pt.Client(frame(down, append([]byte{0xC1, 0xC1, 4}, control(0)...)...)...),
		pt.Server(answered(1, 0, 0, control(7)...)...),                          // local: refused
		pt.Client(frame(down, 0xC2, 0xC2, 13)...),                               // cold restart
		pt.Server(answered(2, 0, 1)...),                                         // function not supported
		pt.Client(frame(0xC9)...),                                               // request link status
		pt.Server(frame(0x0B)...),                                               // link status
		pt.Client(frame(0xC2)...),                                               // test link
		pt.Server(frame(0x01)...),                                               // nack
		pt.Client(frame(down, 0xC3, 0xC3, 2, 50, 1, 7, 1, 1, 2, 3, 4, 5, 6)...), // write time
		pt.Server(answered(3, 0, 0)...),
		pt.Server(frame(up, 0xC4, 0xF1, 130, 0x80, 0, 2, 2, 0x17, 1, 5, 0x81, 0, 0, 0, 0, 0, 0)...), // unsolicited
		pt.Client(frame(down, 0xC4, 0xD1, 0)...),                                                    // confirm
		pt.Client(frame(down, 0xC5, 0xC5, 5, 41, 3, 0x17, 1, 9, 0, 0, 0x80, 0x3f, 0)...),            // analog output 9: 1.0
		pt.Server(answered(5, 0, 0, 41, 3, 0x17, 1, 9, 0, 0, 0x80, 0x3f, 0)...),
	},
}, {
	Name: "fragment of two segments", Datagram: true,
	Steps: []pt.Step{
		pt.Client(frame(down, 0x40, 0xC0, 1)...),        // first
		pt.Client(frame(down, 0x81, 30, 0, 0, 2, 7)...), // last: analog inputs 2 to 7
		pt.Server(answered(0, 0, 0)...),
	},
}, {
	Name: "device attributes",
	Steps: []pt.Step{
		pt.Client(frame(down, 0xC0, 0xC0, 1, 0, 254, 0, 0, 0)...),
		pt.Server(answered(0, 0, 0, append([]byte{
			0, 252, 0, 0, 0, 1, 4}, "ACME"+ // manufacturer
			"\x00\xfa\x00\x00\x00\x01\x05RTU-7"+ // product
			"\x00\xf2\x00\x00\x00\x01\x031.2"...)...)...), // software
	},
}, {
	Name: "web", Foreign: true,
	Steps: []pt.Step{pt.Client([]byte("GET / HTTP/1.1\r\nHost: a\r\n\r\n")...)},
}, {
	Name: "header with wrong check bytes", Foreign: true,
	Steps: []pt.Step{pt.Client(0x05, 0x64, 5, 0xC9, 4, 0, 3, 0, 0, 0)},
}}

func TestConform(t *testing.T) { pt.Conform(t, Protocol(), seeds) }
func FuzzDecode(f *testing.F)  { pt.Fuzz(f, Protocol(), seeds) }

// A request for the link status as a master sent it: outstation 3, master 4.
func TestCheckBytes(t *testing.T) {
	if got := check([]byte{0x05, 0x64, 0x05, 0xc9, 0x03, 0x00, 0x04, 0x00}); got != 0x71bd {
		t.Errorf("check bytes %04x; want 71bd", got)
	}
}

func TestTransactions(t *testing.T) {
	did := pt.Dids(pt.Play(t, Protocol(), seeds[0]))
	for i, want := range []struct {
		code   uint32
		op     ot.Op
		status ot.Status
		code2  uint32
		what   string
	}{
		{1, ot.OpReadData, ot.OK, 0, "group 60 variation 2 of outstation 4"},
		{1, ot.OpReadData, ot.OK, 0, "group 60 variation 3 of outstation 4"},
		{1, ot.OpReadData, ot.OK, 0, "group 60 variation 1 of outstation 4"},
		{4, ot.OpWriteData, ot.Refused, ControlFlag | 7, "group 12 variation 1 point 512 of outstation 4"},
		{13, ot.OpReset, ot.Refused, 1, "outstation 4"},
		{LinkFlag | 9, ot.OpSession, ot.OK, 0, "outstation 4"},
		{LinkFlag | 2, ot.OpSession, ot.Refused, LinkFlag | 1, "outstation 4"},
		{2, ot.OpTimeSet, ot.OK, 0, "group 50 variation 1 point 0 of outstation 4"},
		{130, ot.OpReadData, ot.Unasked, 0, "group 2 variation 2 point 5 of outstation 4"},
		{0, ot.OpSession, ot.OneWay, 0, "outstation 4"},
		{5, ot.OpWriteData, ot.OK, 0, "group 41 variation 3 point 9 of outstation 4"},
	} {
		if i >= len(did) {
			t.Fatalf("only %d transactions", len(did))
		}
		d := &did[i]
		if what := string(describe(d, nil)); d.Code != want.code || d.Op != want.op || d.Status != want.status || d.StatusCode != want.code2 || what != want.what {
			t.Errorf("%d: code %#x %v %v %#x %q; want %+v", i, d.Code, d.Op, d.Status, d.StatusCode, what, want)
		}
	}
	if d := did[3]; d.Points() != 1 || d.Point(0) != 3 {
		t.Errorf("relay block carries %v; want control code 3", d.Value)
	}
	if d := did[10]; d.Points() != 1 || d.Point(0) != 1 {
		t.Errorf("analog output carries %v; want 1.0", d.Value)
	}
}

func TestIdentity(t *testing.T) {
	ids := pt.Identities(pt.Play(t, Protocol(), seeds[2]))
	if len(ids) != 1 || ids[0].Facts[ot.FactVendor] != "ACME" || ids[0].Facts[ot.FactProduct] != "RTU-7" ||
		ids[0].Facts[ot.FactFirmware] != "1.2" || ids[0].Behind != "outstation 4" {
		t.Errorf("%+v", ids)
	}
}

func TestUnlistedFunctionKeepsItsNumber(t *testing.T) {
	obs := pt.Play(t, Protocol(), pt.Session{Steps: []pt.Step{pt.Client(frame(down, 0xC0, 0xC0, 99)...)}})
	did, odd := pt.Dids(obs), pt.Odds(obs)
	if len(did) != 1 || did[0].Code != 99 || did[0].Op != ot.OpUnknown || len(odd) != 1 || odd[0] != ot.ReservedCode {
		t.Errorf("%+v %v", did, odd)
	}
}

func TestProbe(t *testing.T) {
	whole := frame(down, 0xC0, 0xC0, 1)
	for n := range headerLen {
		if got := probe(whole[:n]); got != protocols.More {
			t.Errorf("%d bytes: %d", n, got)
		}
	}
	if bytes.Equal(whole[:8], frame(down, 0xC0, 0xC0, 1, 2)[:8]) || probe(whole) != protocols.Either {
		t.Error("a whole frame is not recognised")
	}
}
