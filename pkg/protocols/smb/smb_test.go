package smb

import (
	"testing"
	"unicode/utf16"

	"encoding/binary"
	"otsensor/pkg/ot"
	pt "otsensor/pkg/protocols/protocoltest"
)

// frame puts length in front.
func frame(parts ...[]byte) []byte {
	b := pt.Join(parts...)
	return append([]byte{0, byte(len(b) >> 16), byte(len(b) >> 8), byte(len(b))}, b...)
}

// head is a header of SMB 2: command, status, flags, message.
func head(command byte, status uint32, flags, id byte) []byte {
	b := append([]byte("\xfeSMB"), make([]byte, 60)...)
	b[4], b[12], b[16], b[24] = 64, command, flags, id
	binary.LittleEndian.PutUint32(b[8:], status)
	return b
}

func wide(s string) (b []byte) {
	for _, u := range utf16.Encode([]rune(s)) {
		b = binary.LittleEndian.AppendUint16(b, u)
	}
	return b
}

// named is a request with a name at its end: of so long a fixed part, offset and length at.
func named(command, id byte, fixed, at int, name string) []byte {
	body, text := make([]byte, fixed), wide(name)
	binary.LittleEndian.PutUint16(body[at:], uint16(64+fixed))
	binary.LittleEndian.PutUint16(body[at+2:], uint16(len(text)))
	return frame(head(command, 0, 0, id), body, text)
}

// ntlmUser is a log-on of a user at a host.
func ntlmUser(id byte, user, host string) []byte {
	m := append([]byte("NTLMSSP\x00\x03\x00\x00\x00"), make([]byte, 76)...)
	u, h := wide(user), wide(host)
	binary.LittleEndian.PutUint16(m[36:], uint16(len(u)))
	binary.LittleEndian.PutUint32(m[40:], 88)
	binary.LittleEndian.PutUint16(m[44:], uint16(len(h)))
	binary.LittleEndian.PutUint32(m[48:], uint32(88+len(u)))
	m[63] = 2                                   // the version of the system is there
	copy(m[64:], pt.Hex("0a00 614a 000000 0f")) // 10.0, build 19041
	return frame(head(sessionSetup, 0, 0, id), make([]byte, 24), m, u, h)
}

func answer(command byte, status uint32, id byte) []byte {
	return frame(head(command, status, 1, id), make([]byte, 8))
}

// old is a message of SMB 1.
func old(command byte, status uint32, flags byte, tail string) []byte {
	b := append([]byte("\xffSMB"), make([]byte, 28)...)
	b[4], b[9], b[30] = command, flags, 7
	binary.LittleEndian.PutUint32(b[5:], status)
	return frame(b, pt.Hex(tail))
}

var seeds = []pt.Session{{
	Name: "dialect", PDUs: true,
	Steps: []pt.Step{
		pt.Client(frame(head(negotiate, 0, 0, 1), make([]byte, 36))...),
		pt.Server(frame(head(negotiate, 0, 1, 1), pt.Hex("4100 0100 1103 0000"))...),
	},
}, {
	Name: "share",
	Steps: []pt.Step{
		pt.Client(named(treeConnect, 3, 8, 4, `\\filler\IPC$`)...), pt.Server(answer(treeConnect, 0, 3)...),
		pt.Client(named(create, 4, 56, 44, "svcctl")...), pt.Server(answer(create, statusPending, 4)...), pt.Server(answer(create, 0xc0000022, 4)...),
		pt.Client(named(create, 5, 56, 44, "BR_20261128_001.csv")...), pt.Server(answer(create, 0, 5)...),
		pt.Client(frame(head(9, 0, 0, 6), make([]byte, 3000))...), pt.Server(answer(9, 0, 6)...), // data pass by
		pt.Client(old(0x75, 0, 0, "04 ff000000 0000 0100 0b00 00 5c5c665c7200 3f3f00")...), pt.Server(old(0x75, 0xc00000cc, 0x80, "00 0000")...),
	},
}, {
	Name: "log-on",
	Steps: []pt.Step{
		pt.Client(ntlmUser(2, "operator", "LAPTOP-9")...), pt.Server(answer(sessionSetup, 0xc000006d, 2)...),
	},
}, files, {
	Name: "web", Foreign: true,
	Steps: []pt.Step{pt.Client([]byte("GET / HTTP/1.1\r\n\r\n")...)},
}}

func TestConform(t *testing.T) { pt.Conform(t, Protocol(), seeds) }
func FuzzDecode(f *testing.F)  { pt.Fuzz(f, Protocol(), seeds) }

func TestTransactions(t *testing.T) {
	var did []ot.Transaction
	for _, s := range seeds[:3] {
		did = append(did, pt.Dids(pt.Play(t, Protocol(), s))...)
	}
	for i, want := range []string{
		`ok  {"smb.command":0,"smb.command_name":"negotiate","smb.dialect":785,"smb.dialect_name":"smb_3_1_1"}`,
		`ok \\filler\ipc$ {"smb.command":3,"smb.command_name":"tree_connect","smb.path":"\\\\filler\\IPC$"}`,
		`refused svcctl {"smb.command":5,"smb.command_name":"create","smb.path":"svcctl","smb.service_control":1,"smb.status":3221225506,"smb.status_name":"access_denied"}`,
		`ok br_#_#.csv {"smb.command":5,"smb.command_name":"create","smb.path":"BR_20261128_001.csv"}`,
		`ok  {"smb.command":9,"smb.command_name":"write"}`,
		`refused \\f\r {"smb.command":373,"smb.command_name":"smb1_tree_connect","smb.path":"\\\\f\\r","smb.status":3221225676,"smb.status_name":"no_such_share"}`,
		`refused operator {"smb.command":1,"smb.command_name":"session_setup","smb.user":"operator","smb.status":3221225581,"smb.status_name":"logon_failure"}`,
	} {
		if i >= len(did) {
			t.Fatalf("only %d transactions", len(did))
		}
		if got := did[i].Status.String() + " " + string(did[i].Name) + " " + pt.JSON(Protocol(), &did[i]); got != want {
			t.Errorf("%s\nwant %s", got, want)
		}
	}
}

func TestHostSaysItsName(t *testing.T) {
	ids := pt.Identities(pt.Play(t, Protocol(), seeds[2]))
	if len(ids) != 1 || ids[0].Facts[ot.FactName] != "LAPTOP-9" || ids[0].Facts[ot.FactFirmware] != "10.0.19041" || ids[0].Of.HostString() != "10.0.0.20" {
		t.Errorf("%+v", ids)
	}
}
