package s7comm

import (
	"strings"
	"testing"

	"otsensor/pkg/protocols"
	"otsensor/pkg/protocols/mms"
	pt "otsensor/pkg/protocols/protocoltest"
	"otsensor/pkg/protocols/s7plus"
	"otsensor/pkg/protocols/tpkt"
)

// Addresses.
const (
	dbx    = "12 0a 10 01 0001 000a 84 000024 " // one bit, DB10.DBX4.4
	dbw    = "12 0a 10 04 0002 000a 84 000020 " // two words from DB10.DBW4
	mb     = "12 0a 10 02 0003 0000 83 000050 " // three bytes from MB10
	real4  = "12 0a 10 08 0001 0000 84 000000 " // a real, DB0.DBD0
	timer  = "12 0a 10 1d 0001 0000 1d 000005 " // T5
	nckVar = "12 08 82 41 0003 0001 7f 01 "     // channel, unit 1, column 3, line 1, module S, one line
	driveP = "12 0a a2 00 0000 0000 000a 0002 " // parameter 10 index 2
	symDB  = "12 12 b2 ff 8a0e 0005 deadbeef 40000007 20000001 "
	symM   = "12 0e b2 ff 0000 0052 01020304 4000000b "
	dbRd   = "12 0c b0 02 04 000a 0010 08 000b 0000 " // DB10 bytes 16–19, DB11 bytes 0–7
)

func ascii(s string) string { return hexOf([]byte(s)...) }

// blockBytes is a block with header and footer, and 8 bytes of code.
var blockBytes = strings.Join([]string{
	"7070 01 01 01 0a 0007 00000050 00000003", // pp, version, flags, AWL, DB 7, 80 bytes, protected
	"0112a880 1f40 0112a880 1f41",             // code and interface time
	"0008 0002 0000 0008",                     // lengths
	"1122334455667788",                        // code
	ascii("ENGINEER"), ascii("MIXERS  "), ascii("DOSING  "), "15 00 abcd 00000000 00000000",
}, " ")

var variableSeed = connected("variables",
	client(job(2, "04 04"+dbx+dbw+mb+timer, "")),
	server(acked(2, "04 04", "ff 03 0001 01 00  ff 04 0020 1234 5678  ff 04 0018 010203 00  05 00 0000")),
	client(job(3, "05 02"+dbx+real4, "00 03 0001 01 00  00 07 0004 41200000")),
	server(acked(3, "05 02", "ff 0a")),
	client(job(4, "04 02"+nckVar+driveP, "")),
	server(acked(4, "04 02", "ff 11 0002 0102  ff 09 0002 0304")),
	client(job(5, "04 02"+symDB+symM, "")),
	server(acked(5, "04 02", "ff 04 0010 0001  ff 04 0008 07")),
)

var blockSeed = connected("blocks",
	client(job(0x10, "1a 00 0100 00000000 09"+ascii("_0A00007P")+"0d 31"+ascii("000080000008"), "")),
	server(acked(0x10, "1a", "")),
	server(job(0x11, "1b 00 0000 00000000 09"+ascii("_0A00007P"), "")),
	client(acked(0x11, "1b 00", "0050 00fb"+blockBytes)),
	server(job(0x12, "1c 00 0000 00000000 09"+ascii("_0A00007P"), "")),
	client(acked(0x12, "1c", "")),
	client(job(0x13, "28 000000000000fd 000a 01 00"+ascii("0A00007P")+"05"+ascii("_INSE"), "")),
	server(acked(0x13, "28", "")),
	client(job(0x14, "1d 00 0000 00000000 09"+ascii("_0A00007A"), "")),
	server(acked(0x14, "1d 00 0100 00000007 07"+ascii("0000080"), "")),
	client(job(0x15, "1e 00 0000 00000007", "")),
	server(acked(0x15, "1e 00", "0050 00fb"+blockBytes)),
	client(job(0x16, "1f 00 0000 00000007", "")),
	server(acked(0x16, "1f", "")),
)

var serviceSeed = connected("services",
	client(job(0x20, "29 0000000000 09"+ascii("P_PROGRAM"), "")),
	server(acked(0x20, "29", "")),
	client(job(0x21, "28 000000000000fd 0002"+ascii("C ")+"09"+ascii("P_PROGRAM"), "")),
	server(acked(0x21, "28", "")),
	client(job(0x22, "28 000000000000fd 0012 02 00"+ascii("0800001P0E00012P")+"05"+ascii("_DELE"), "")),
	server(dt(pduOf(2, 0x22, []byte{0xd2, 0x41}, nil, nil))),
	client(job(0x23, "28 000000000000fd 0009 08"+ascii("SECRETPW")+"09"+ascii("_N_LOGIN_"), "")),
	server(acked(0x23, "28", "")),
	client(job(0x24, "28 000000000000fd 0000 05"+ascii("_GARB"), "")),
	server(acked(0x24, "28", "")),
)

var statusSeed = connected("status",
	client(user(0x30, req("4 01"), octets("0132 0004"))),
	server(user(0x30, resp("4 01"), octets("0132 0004 000a 0001  0004 0001 0000 0002 0003"))),
	client(user(0x31, req("4 01"), octets("0424 0000"))),
	server(user(0x31, resp("4 01"), octets("0424 0000 0014 0001  5144 ff 48 00000000 00000000 16020814 51375692"))),
	client(user(0x32, req("4 01"), octets("0019 0000"))),
	server(user(0x32, resp("4 01"), octets("0019 0000 0004 0003  0004 01 00  0005 00 00  0006 00 01"))),
	client(user(0x33, req("4 01"), octets("00a0 0000"))),
	server(user(0x33, resp("4 01"), octets("00a0 0000 0014 0001  4304 ff 68 c700 0000 00000000 16020814 51375692"))),
	client(user(0x34, req("7 01"), none)),
	server(user(0x34, resp("7 01"), octets("00 19 16020814 51379162"))),
	client(user(0x35, req("7 02"), octets("00 19 16020823 08100002"))),
	server(user(0x35, resp("7 02"), none)),
	client(user(0x36, req("5 01"), octets("2630101720365543"))),
	server(user(0x36, resp("5 01"), none)),
	client(user(0x37, req("3 02"), octets(ascii("0A")))),
	server(user(0x37, resp("3 02"), octets("0001 2205 0002 2205"))),
	client(user(0x38, req("3 03"), octets(ascii("0A00007A")))),
	server(user(0x38, resp("3 03"), octets("3041 004a 2200"+cardHex()))),
	client(user(0x39, req("1 0c"), octets("0004 0000 00000000"))),
	server(user(0x39, resp("1 0c"), none)),
)

// cardHex is the card of blockBytes: header and footer.
func cardHex() string {
	b := pt.Hex(blockBytes)
	return hexOf(append(append([]byte(nil), b[:headLen]...), b[len(b)-footLen:]...)...)
}

var eventSeed = connected("events and jobs",
	client(user(0x40, req("4 02"), octets("81 00"+ascii("HmiRtm  ")+"09 00"))),
	server(user(0x40, resp("4 02"), octets("02 00 09 01 00"))),
	server(user(0, push("4 05"), octets("94010600 27203975 00 01 12 0a 16 01 000000af 01 00 fefe ff 04 0010 ffff"))),
	server(user(0, push("4 03"), octets("4304 ff 68 c700 0000 00000000 16020814 51375692"))),
	client(user(0x41, req("4 0b"), octets("00 02 12 08 19 00 000000af 01 01 12 08 19 00 000000b0 01 01"))),
	server(user(0x41, resp("4 0b"), octets("00 02 ff ff"))),
	client(user(0x42, req("4 13"), octets("00 01 12 08 1a 00 01 34 00000004"))),
	server(user(0x42, resp("4 13"), octets("00 01 0a 00 0000"))),
	client(user(0x43, req("2 01"), octets("0002 01 0a"+mb+dbx))),
	server(user(0x43, resp("2 01"), octets("0002 ff 04 0018 010203 00 ff 03 0001 01"))),
	server(user(0, "000112 04 11 02 01 03", octets("0001 ff 04 0018 040506"))),
	client(user(0x44, req("2 05"), octets("0001 00 05"+dbRd))),
	server(user(0x44, resp("2 05"), octets("0001 ff 09 0004 01020304"))),
	client(user(0x45, req("2 04"), octets("05 01"))),
	server(user(0x45, resp("2 04"), none)),
	client(user(0x46, "000112 08 12 41 08 00 00 00 0000", octets("0014 001c"+
		"0000 0001 0001 0006 0001 0001 0001 0001 0001 0200"+ // parameters; the last is the trigger
		"0002 03 01 0000 0000 11 01 0000 0008"+ // MD0, IB8
		"00 09 0004 4133851f 00 09 0001 01 00"))),
	server(user(0x46, "000112 08 12 81 08 02 00 00 0000", none)),
	client(user(0x47, "000112 08 12 41 0e 00 00 00 0000", octets("0014 0002"+
		"0000 0000 0001 0000 0000 0001 0001 0001 0001 0000"+
		"08 02"))),
	server(user(0x47, "000112 08 12 81 0e 03 00 00 0000", none)),
	server(user(0, "000112 08 12 01 08 02 00 00 0000", octets("0004 0006 0100 0002 0003 ffffff00"))),
	server(user(0, "010010 10 00 00 00 00", "")), // the controller stopped
	server(user(0x48, "000112 08 12 46 00 01 00 00 0000", octets("12 06 13 cc 00000011 0002 abcd"))),
	client(user(0x48, "000112 08 12 86 00 01 00 00 0000", none)),
	client(user(0x49, "000112 08 12 7f 01 00 00 00 0000", octets(ascii("/_N_MPF_DIR/_N_TEST_MPF")))),
	server(user(0x49, "000112 08 12 bf 01 01 00 00 0000", octets("0a00"))),
	client(user(0x4b, "000112 08 12 41 13 00 00 00 0000", octets("001c 0006"+
		"0000 0001 0000 002e 0001 0001 0001 0001 0001 0600 0008 0001 0000 0010"+ // the trigger, then OB 1 from its address 0
		"00 01 00 03 0000"))),
	server(user(0x4b, "000112 08 12 81 13 03 00 00 0000", none)),
	client(user(0x4a, req("4 13"), octets("00 01 12 08 1a 00 03 34 60000001"))),
	server(user(0x4a, resp("4 13"), octets("00 01 ff 09 0032"+
		"24 0000 04 60000001 00 01 00 00 16020814 51375692 ff 09 0002 0102 00000000 00000000 00 00 0000"+ // on, neither acknowledged
		"0a 0000 02 00000022 00 00 01 01"))),
	server(user(0, push("4 09"), octets("0000 16020814 51375692 0000 00 01 12 0a 16 00 00000023 01 01 00 00"))),
	server(user(0, push("4 16"), octets("16020814 51375692 00 01 12 0e 1c 01 00000024 01 03 00 01 02030400 ff 09 0004 deadbeef"))),
)

// listPart is one of two parts of the list of all blocks of a type.
var partsSeed = connected("answer in parts",
	client(user(0x50, req("3 02"), octets(ascii("0D")))),
	server(user(0x50, "000112 08 12 83 02 07 b3 01 0000", octets("0000 4201 0001 4201"))),
	client(user(0x51, "000112 08 12 43 02 07 00 00 0000", none)),
	server(user(0x51, "000112 08 12 83 02 07 b3 00 0000", octets("0002 4201"))),
	client(job(6, "04 01"+mb, "")),
	server(acked(6, "04 01", "ff 04 0018 010203")),
)

var identitySeed = connected("identity",
	client(user(0x60, req("4 01"), octets("0011 0000"))),
	server(user(0x60, resp("4 01"), octets("0011 0000 001c 0003"+
		"0001"+ascii("6ES7 315-2EH14-0AB0 ")+"00c0 0003 0001"+
		"0006"+ascii("6ES7 315-2EH14-0AB0 ")+"00c0 0003 0001"+
		"0007"+ascii("                    ")+"00c0 5603 0207"))),
	client(user(0x61, req("4 01"), octets("001c 0000"))),
	server(user(0x61, resp("4 01"), octets("001c 0000 0022 0003"+
		"0001"+ascii("station_1")+strings.Repeat("00", 23)+
		"0002"+ascii("PLC_1")+strings.Repeat("00", 27)+
		"0005"+ascii("S C-B1U393142011")+strings.Repeat("00", 16)))),
)

// Carriers: refusal, disconnect, chain, several TPKTs a segment, keep-alive.
var carrierSeeds = []pt.Session{
	{Name: "refused, then disconnected", PDUs: true, Steps: []pt.Step{
		client(connectRequest),
		server(pt.Hex("03 00 000b 06 80 0003 0000 03")), // DR: address unknown
		client(pt.Hex("03 00 000b 06 80 0009 0003 80")), // DR: normal
	}},
	{Name: "error report", Steps: []pt.Step{
		client(connectRequest), server(connectConfirm),
		server(pt.Hex("03 00 0009 04 70 0003 01")), // ER: invalid parameter code
	}},
	{Name: "engineering station by name", PDUs: true, Steps: []pt.Step{
		client(pt.Join(pt.Hex("03 00 0023 1e e0 0000 001b 00 c1 02 0600 c2 0f"), []byte("SIMATIC-ROOT-ES"), pt.Hex("c0 01 0a"))),
		server(pt.Join(pt.Hex("03 00 0023 1e d0 001b 0001 00 c0 01 0a c1 02 0600 c2 0f"), []byte("SIMATIC-ROOT-ES"))),
	}},
	{Name: "chain and keep-alive", Steps: []pt.Step{
		client(setupAsk), server(setupAnswer),
		client(pt.Hex("03 00 0007 02 f0 00")),
		client(dtPart(pduOf(1, 2, nil, pt.Hex("04 01"+mb), nil)[:9], false)),
		client(dtPart(pduOf(1, 2, nil, pt.Hex("04 01"+mb), nil)[9:14], false)),
		client(dtPart(pduOf(1, 2, nil, pt.Hex("04 01"+mb), nil)[14:], true)),
		server(pt.Join(acked(2, "04 01", "ff 04 0018 010203"), user(0, "010010 10 00 00 02 00", ""))),
	}},
}

var roughSeeds = []pt.Session{
	{Name: "begins midway", Rough: true, Steps: []pt.Step{
		pt.Lost(0), pt.Lost(1),
		client(pt.Join(pt.Hex("84 000000 03 01"), job(2, "04 01"+mb, ""))),
		server(acked(2, "04 01", "ff 04 0018 010203")),
	}},
	{Name: "answers alone", Rough: true, Steps: []pt.Step{
		server(acked(2, "04 01", "ff 04 0018 010203")), server(connectConfirm), server(user(9, resp("4 01"), none)),
	}},
}

var foreignSeeds = []pt.Session{
	{Name: "TLS", Foreign: true, Steps: []pt.Step{client(pt.Hex("16 03 01 0005 01 000001 03")), server(pt.Hex("16 03 03 0004 02000000"))}},
	{Name: "HTTP", Foreign: true, Steps: []pt.Step{client([]byte("GET / HTTP/1.1\r\nHost: a\r\n\r\n")), server([]byte("HTTP/1.1 200 OK\r\n\r\n"))}},
	{Name: "unknown user", Foreign: true, Steps: []pt.Step{client(dt(pt.Hex("7f 65 82 01 94 04 01 01 04 01 01")))}},
}

// Other users of the transport: taken, but for their names only.
var otherUsers = []pt.Session{
	{Name: "MMS", Steps: []pt.Step{
		client(dt(pt.Hex("0d 0a 05 06 13 01 00 16 01 02 14 02"))), server(dt(pt.Hex("0e 04 05 02 13 01"))),
		client(dt(pt.Hex("01 00 01 00 61 03 30 01 02"))),
	}},
	{Name: "TLS in COTP", Steps: []pt.Step{client(dt(pt.Hex("16 03 01 0005 01 000001 03")))}},
	{Name: "S7comm-plus", Steps: []pt.Step{client(dt(pt.Hex("72 01 0009 31 0000 04")))}},
}

func seeds() []pt.Session {
	all := []pt.Session{variableSeed, blockSeed, serviceSeed, statusSeed, listing(lists[:12]...), eventSeed, partsSeed, identitySeed}
	all = append(all, carrierSeeds...)
	all = append(all, roughSeeds...)
	all = append(all, otherUsers...)
	return append(all, foreignSeeds...)
}

// plus is the row of S7comm-plus without its fields, which its own tests reach.
func plus() protocols.Protocol {
	row := s7plus.Protocol()
	row.Fields = nil
	return row
}

// manufacturing is the row of MMS without its fields, which its own tests reach.
func manufacturing() protocols.Protocol {
	row := mms.Protocol()
	row.Fields = nil
	return row
}

func TestConform(t *testing.T) {
	pt.Conform(t, Protocol(), seeds(), tpkt.Protocol(), plus(), manufacturing())
}
func FuzzDecode(f *testing.F) {
	pt.Fuzz(f, Protocol(), seeds(), tpkt.Protocol(), plus(), manufacturing())
}
