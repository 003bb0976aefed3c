package opcua

import (
	"testing"

	"otsensor/pkg/ot"
	"otsensor/pkg/protocols"
	pt "otsensor/pkg/protocols/protocoltest"
)

// chunk is a final chunk of a kind with its size in front.
func chunk(kind string, body ...[]byte) []byte {
	b := pt.Join(body...)
	return pt.Join([]byte(kind+"F"), le32(headerLen+len(b)), b)
}

func le32(n int) []byte { return []byte{byte(n), byte(n >> 8), byte(n >> 16), byte(n >> 24)} }

func str(s string) []byte { return pt.Join(le32(len(s)), []byte(s)) }

var null = pt.Hex("ffffffff")

// message is a service message of channel 5 with request id n.
func message(n byte, service int, body ...[]byte) []byte {
	return chunk("MSG", pt.Hex("05000000 01000000"), []byte{n, 0, 0, 0, n, 0, 0, 0},
		[]byte{1, 0, byte(service), byte(service >> 8)}, pt.Join(body...))
}

var (
	asking = pt.Hex(`
		0200 0042000000  ; authentication token
		0000000000000000 ; time
		01000000         ; handle
		00000000         ; no diagnostics wanted
		ffffffff         ; no audit entry
		10270000         ; timeout 10 s
		0000 00          ; nothing more
	`)
	answering = pt.Hex(`
		0000000000000000 ; time
		01000000         ; handle
		00000000         ; good
		00               ; no diagnostics
		00000000         ; no texts
		0000 00          ; nothing more
	`)
	refusing = pt.Hex("0000000000000000 01000000 00001f80 00 00000000 000000")
	opening  = pt.Join(pt.Hex("00000000"), str("http://opcfoundation.org/UA/SecurityPolicy#None"), null, null,
		pt.Hex("01000000 01000000")) // channel, policy, no certificates, sequence, request
	server = pt.Join(str("urn:line1:server"), str("http://vendor"), []byte{2}, str("Line 1"), le32(0), null, null, null)
	client = pt.Join(str("urn:ws1:scada"), str("http://scada"), []byte{2}, str("SCADA"), le32(1), null, null, null)
)

var seeds = []pt.Session{{
	Name: "session", PDUs: true,
	Steps: []pt.Step{
		pt.Client(chunk("HEL", make([]byte, 20), str("opc.tcp://line1:4840"))...),
		pt.Server(chunk("ACK", make([]byte, 20))...),
		pt.Client(chunk("OPN", opening, []byte{1, 0, 0xbe, 1}, asking, make([]byte, 16))...),
		pt.Server(chunk("OPN", opening, []byte{1, 0, 0xc1, 1}, answering, make([]byte, 16))...),
		pt.Client(message(3, codeActivateSession, asking, null, null, null, null,
			pt.Hex("01004401 01"), le32(16), str("up"), str("oper"), pt.Hex("0000"))...), // user name token
		pt.Server(message(3, 470, answering, null, le32(0), le32(0))...),
		pt.Client(message(4, codeRead, asking, make([]byte, 12), le32(2),
			[]byte{3, 2, 0}, str("Line.Speed"), le32(13), null, pt.Hex("0000"), null, // ns=2;s=Line.Speed, value
			[]byte{1, 1, 0x10, 0}, le32(13), null, pt.Hex("0000"), null)...), // ns=1;i=16
		pt.Server(message(4, 634, answering, le32(2),
			pt.Hex("01 0b 000000000000f83f"), // double 1.5
			pt.Hex("02 00003480"),            // node unknown
			null)...),
		pt.Client(message(5, codeWrite, asking, le32(1),
			[]byte{3, 2, 0}, str("Line.Speed"), le32(13), null, pt.Hex("01 06 2a000000"))...), // int32 42
		pt.Server(message(5, 676, answering, le32(1), pt.Hex("00003b80"), null)...), // not writable
		pt.Client(message(6, codeCall, asking, le32(1), pt.Hex("0055 01014d00"), null)...),
		pt.Server(message(6, codeFault, refusing)...),
		pt.Client(message(7, codeBrowse, asking, pt.Hex("0000 0000000000000000 00000000 00000000"), le32(1), pt.Hex("0055"), make([]byte, 16))...),
		pt.Server(message(7, 530, answering, le32(0))...),
		pt.Client(chunk("CLO", pt.Hex("05000000 01000000 08000000 08000000 0100c401"), asking)...),
	},
}, {
	Name: "who they are",
	Steps: []pt.Step{
		pt.Client(message(1, codeGetEndpoints, asking, str("opc.tcp://line1:4840"), null, null)...),
		pt.Server(message(1, 431, answering, le32(1), str("opc.tcp://line1:4840"), server)...),
		pt.Client(message(2, codeCreateSession, asking, client, null, null, null)...),
		pt.Server(message(2, 464, answering, pt.Hex("0001 0002 0000000000000000"), null, null, le32(1), str("opc.tcp://line1:4840"), server)...),
	},
}, {
	Name: "secured",
	Steps: []pt.Step{
		pt.Client(chunk("OPN", pt.Hex("00000000"), str("http://opcfoundation.org/UA/SecurityPolicy#Basic256Sha256"), null, null, pt.Hex("a1b2c3d4"))...),
		pt.Server(chunk("OPN", pt.Hex("09000000"), str("http://opcfoundation.org/UA/SecurityPolicy#Basic256Sha256"), null, null, pt.Hex("d4c3b2a1"))...),
		pt.Client(chunk("MSG", pt.Hex("09000000 01000000 99887766 55443322 f1e2d3c4b5a69788"))...),
		pt.Server(chunk("ERR", pt.Hex("00001380"), str("bye"))...),
	},
}, {
	Name: "chunks",
	Steps: []pt.Step{
		pt.Client(message(1, codeBrowse, asking, pt.Hex("0000 0000000000000000 00000000 00000000"), le32(1), pt.Hex("0055"))...),
		pt.Server(pt.Join([]byte("MSGC"), message(1, 530, answering, le32(9), make([]byte, 40))[4:])...),
		pt.Server(chunk("MSG", pt.Hex("05000000 01000000 02000000 01000000"), make([]byte, 64))...),
	},
}, polled, discovery, nameplate, {
	Name: "web", Foreign: true,
	Steps: []pt.Step{pt.Client([]byte("GET / HTTP/1.1\r\n\r\n")...)},
}, {
	Name: "text that begins like it", Foreign: true,
	Steps: []pt.Step{pt.Client([]byte("MSGFrom: somebody else, who has much to say")...)},
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
		{codeHello, ot.OpSession, ot.OK, 0, "opc.tcp://line1:4840"},
		{codeOpenChannel, ot.OpSession, ot.OK, 0, "connection"},
		{codeActivateSession, ot.OpAuth, ot.OK, 0, "user oper"},
		{codeRead, ot.OpReadData, ot.OK, 0, "node ns=2;s=Line.Speed"},
		{codeRead, ot.OpReadData, ot.Refused, 0x80340000, "node ns=1;i=16"},
		{codeWrite, ot.OpWriteData, ot.Refused, 0x803b0000, "node ns=2;s=Line.Speed"},
		{codeCall, ot.OpWriteData, ot.Refused, 0x801f0000, "node ns=1;i=77"},
		{codeBrowse, ot.OpIdentify, ot.OK, 0, "node ns=0;i=85"},
		{452, ot.OpSession, ot.OneWay, 0, "channel 5"},
	} {
		if i >= len(did) {
			t.Fatalf("only %d transactions", len(did))
		}
		d := &did[i]
		if what := string(describe(d, nil)); d.Code != want.code || d.Op != want.op || d.Status != want.status || d.StatusCode != want.why || what != want.what {
			t.Errorf("%d: code %d %v %v %#x %q; want %+v", i, d.Code, d.Op, d.Status, d.StatusCode, what, want)
		}
	}
	if d := did[3]; d.Points() != 1 || d.Point(0) != 1.5 {
		t.Errorf("read gave %v; want 1.5", d.Value)
	}
	if d := did[5]; d.Points() != 1 || d.Point(0) != 42 {
		t.Errorf("written %v; want 42", d.Value)
	}
}

func TestIdentity(t *testing.T) {
	ids := pt.Identities(pt.Play(t, Protocol(), seeds[1]))
	if len(ids) != 3 || ids[0].Facts[ot.FactName] != "urn:line1:server" || ids[0].Facts[ot.FactProduct] != "Line 1" ||
		ids[1].Facts[ot.FactType] != "OPC UA client" || ids[1].Of.HostString() != "10.0.0.20" || ids[2].Of.HostString() != "10.0.0.10" {
		t.Errorf("%+v", ids)
	}
}

func TestSecuredAndChunks(t *testing.T) {
	did := pt.Dids(pt.Play(t, Protocol(), seeds[2]))
	if len(did) != 3 || did[0].Code != codeOpenChannel || did[1].Code != codeSecured || did[2].Code != codeError {
		t.Errorf("%+v", did)
	}
	if did = pt.Dids(pt.Play(t, Protocol(), seeds[3])); len(did) != 1 || did[0].Status != ot.OK {
		t.Errorf("%+v", did)
	}
}

func TestUnlistedServiceKeepsItsNumber(t *testing.T) {
	obs := pt.Play(t, Protocol(), pt.Session{Steps: []pt.Step{pt.Client(message(1, 9999, asking)...)}})
	if did, odd := pt.Dids(obs), pt.Odds(obs); len(did) != 1 || did[0].Code != 9999 || did[0].Op != ot.OpUnknown || len(odd) != 1 || odd[0] != ot.ReservedCode {
		t.Errorf("%+v %v", did, odd)
	}
}

func TestProbe(t *testing.T) {
	for _, c := range []struct {
		head string
		want protocols.Answer
	}{
		{"", protocols.More},
		{"HE", protocols.More},
		{"HELO mail", protocols.No},
		{"HELF\x38\x00\x00\x00", protocols.FromClient},
		{"ACKF\x1c\x00\x00\x00", protocols.FromServer},
		{"ACKF\x1d\x00\x00\x00", protocols.No},
		{"MSGC\x00\x20\x00\x00", protocols.Either},
		{"MSGF\x00\x00\x00\x40", protocols.No},
	} {
		if got := probe([]byte(c.head)); got != c.want {
			t.Errorf("%q: %d; want %d", c.head, got, c.want)
		}
	}
}
