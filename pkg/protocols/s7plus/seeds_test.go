package s7plus_test

import (
	"strings"
	"testing"

	"otsensor/pkg/ot"
	pt "otsensor/pkg/protocols/protocoltest"
	"otsensor/pkg/protocols/s7plus"
)

// trailing is what stands at the end of every request: the qualifier of an
// object (id 1256 with three members), and four bytes.
const trailing = " 000004e8 8969 00 12 00000000 896a 00 13 00 896b 00 04 00 00 00000000"

var (
	connectRequest = whole(1, `
		31 0000 04ca 0000 0001   ; request, create object, number 1
		00000120 36              ; session 288, transport flags
		0000011d 00 04 00        ; under the server sessions (285); a value of 0
		00000000
		a1 000000d3 821f 00 00   ; object: RID to be given, class 287, flags, no attribute
		a3 8169`+text("S_001")+` ; 233 name
		a3 8228`+text("ANNA")+`  ; 296 user
		a3 8229`+text("WinCC")+` ; 297 application
		a3 822a`+text("PANEL1")+`; 298 host
		a3 822b 00 04 02         ; 299 role: HMI
		a1 000000d3 817f 00 00   ; an object in it, class 255
		a3 8169`+text("Sub")+`
		a2 a2 00000000`)

	connectAnswer = whole(1, `
		32 0000 04ca 0000 0001 36; response
		11                       ; return value 17: session is legitimated beforehand
		02 8709 870a             ; two RIDs: 905, 906
		a1 00000120 821f 00 00
		a3 8232 00 17 0000013a   ; 306 version, a struct (314)
		823f`+text("1;6ES7 211-1BE31-0XB0 ;V3.0")+`; 319
		00 a2 00000000`)
)

var sessionSeed = pt.Session{Name: "panel connects, reads and writes", PDUs: true, Steps: []pt.Step{
	client(connectRequest), server(connectAnswer),
	client(whole(2, req("0542", 2)+`
		00000389 01 01 8232      ; set in the session: one item, one number: 306 version
		01 00 17 0000013a 823f`+text("1;6ES7 211-1BE31-0XB0 ;V3.0")+"00"+trailing)),
	server(whole(2, res("0542", 2)+"00 00 00000000")),
	client(whole(2, req("054c", 3)+`
		00000000 03 0f           ; read three variables, 15 numbers in their addresses
		81ffcc8877 88d0b88003 02 9376 0a ; checksum, DB3, two ids follow: 2550 actual value, member 10
		00 52 04 9d18 03 20 01   ; no checksum, flags, four ids: 3736 actual value, 3 32 1
		00 34 01 8e32`+trailing+"")), // object 52 by ids: attribute 1842
	server(whole(2, res("054c", 3)+`
		00                       ; return value
		01 00 03 1234            ; item 1: UInt
		02 00 0e 3f800000        ; item 2: Real
		00
		03 83ff1c 00 ; item 3: error -100
		00000000`)),
	client(whole(2, req("0542", 4)+`
		00000000 01 05
		81ffcc8877 88d0b88003 02 9376 0a
		01 00 01 01`+trailing)), // item 1: Bool
	server(whole(2, res("0542", 4)+"00 00 00000000")),
	client(whole(2, req("04ca", 5)+`
		00000389 00 04 00 00000000
		a1 7fffc001 8769 00 00   ; object: class 1001, subscription
		a3 8169`+text("Sub1")+"a2 00000000")),
	server(whole(2, res("04ca", 5)+"00 01 8786808001 00000000")), // RID 0x70C00001
	server(whole(2, `
		33 70c00001 0400 0000 0000 ; notification of it
		0a 05 01                 ; credit 10, number 5, one change
		92 00000001 00 07 0010   ; item 1: Int
		9b 02 00 05 8100         ; item 2: ULInt
		00 00 000000`)),
	client(whole(2, `31 0000 04f2 0000 0006 00000389 74 ; no answer needed
		70c00001 01 881d 00 07 0014`+trailing)), // 1053 credit limit
	client(whole(2, req("04d4", 7)+"70c00001"+trailing)),
	server(whole(2, res("04d4", 7)+"00 70c00001 00000000")),
	client(whole(2, req("04d4", 8)+"00000389"+trailing)),
	server(event("00000000 00000c40 00000000 00000000 4c4f474f5554")), // LOGOUT
	client(dt([]byte{0x72, 0xff, 7, 0})),
}}

var engineeringSeed = pt.Session{Name: "engineering station", PDUs: true, Steps: []pt.Step{
	client(whole(3, req("0586", 1)+"00000389 20 04 01 8e32"+trailing)), // protection level
	server(whole(3, res("0586", 1)+"00 00 00 04 03")),
	client(whole(3, req("0586", 2)+"00000389 20 04 01 822f"+trailing)), // 303 challenge
	server(whole(3, res("0586", 2)+"00 00 10 02 04 01020304")),
	client(whole(3, req("04f2", 3)+"00000389 01 8230 10 02 04 aabbccdd"+trailing)), // 304 response
	server(whole(3, res("04f2", 3)+"19 00000000")),                                 // legitimated for level 2
	client(whole(3, req("04f2", 4)+`
		00000389 01 8e36         ; 1846 legitimate
		00 17 00009dd0           ; struct 40400
		82bb51 00 04 02          ; 40401 type
		82bb52 00 14 00 04 414e4e41 ; 40402 user
		82bb53 00 14 00 03 505764   ; 40403 password
		00`+trailing)),
	server(whole(3, res("04f2", 4)+"83ff1c 00000000")), // refused, -100
	client(whole(3, req("04f2", 5)+"00000034 01 9077 00 08 01"+trailing)),
	server(whole(3, res("04f2", 5)+"00 00000000")),
	client(whole(3, req("04bb", 6)+"00000003 00 01 00 01 00 03 9359 9414 8169 00000000")), // 2521, 2580 code, 233
	server(whole(3, res("04bb", 6)+`
		00 00000003 05           ; return value, RID, a counter
		a1 8a0e0007 9434 00 00   ; DB 7? class 2612 nobody names
		a3 9359 00 04 07 a3 935b 00 04 04 a3 8169`+text("Mixer")+`
		a4 9f01 8a0e0008         ; a relation
		ab 0004 01020304 0002 0506 0000 ; list of types in two blocks
		a7 00 03 616263 00 17 05 00000000 02 00 01 02 a8 ; description of a tag
		a2`)),
	client(part(3, req("04ca", 7)+`
		00000001 00 04 00 00000000 0a
		a1 00000003 9358 30 00   ; class 2520, the program
		a3 8169`+text("PLCProgram"))),
	client(part(3, `a1 93000005 9412 00 00 a3 9359 00 03 0005 a3`)), // cut in an attribute
	client(whole(3, `9414 00 14 00 08 0102030405060708 a2 a2 00000000`)),
	server(whole(3, res("04ca", 7)+"00 01 03 00000000")),
	client(whole(3, req("04d4", 8)+"93000005"+trailing)),
	server(whole(3, res("04d4", 8)+"00 93000005")),
	client(whole(3, req("0524", 9)+"0000000b 9501 0000")),
	server(whole(3, res("0524", 9)+"00 01 70400001")),
	client(whole(3, req("057c", 10)+"8a0e0001 20 04 01 9376 00 14 00 04 01020304"+trailing)),
	server(whole(3, res("057c", 10)+"00 00000000")),
	client(whole(3, req("056b", 11)+"00000034 00000000 00 00")),
	server(whole(3, res("04b1", 11)+"8931 00000000")),
	server(whole(3, `
		33 70400001 0400 0000 0000 09 81 01 02 00 ; old number of two bytes
		70400001 0000 81
		a1 00000000 9479 00 00   ; class 2681, an alarm
		a3 946e 00 05 8102 a2 000000`)),
	client(whole(3, req("0777", 12)+"01020304")), // a function nobody names
	server(whole(3, res("0777", 12)+"00")),
	pt.Wait(11_000_000_000),
}}

// sealed is the integrity part behind the data of version 2: an id, a length, a digest.
const sealed = " 0d 20 7620c0877933317ba6c26045bbf355f109b98fab19a7ad831ad7c2369bf7e7fc"

var sealedSeed = pt.Session{Name: "version 2 with integrity", PDUs: true, Steps: []pt.Step{
	client(whole(2, req("04f2", 1)+"00000034 01 9077 10 08 02 01 03"+trailing+sealed)), // 2167: an array
	server(whole(2, res("04f2", 1)+"c08090a3a0c8e9ff9c 00000000"+sealed)),              // refused, -100: line, source, marks
	client(whole(2, req("0586", 2)+"00000389 20 04 01 8e32"+trailing+sealed)),
	server(whole(2, "02"+res("0586", 2)[2:]+"00 00 00 04 03 00000000"+sealed)), // the other kind of response
	server(whole(2, `
		33 70400001 0400 0000 0000 09 81 01 02 00
		70400001 0000 81
		a1 00000000 9479 00 00   ; an alarm
		a3 9f6f 00 04 02         ; 4079 type of message: notify
		a3 946e 00 05 8102 a2 000000`+sealed)),
}}

// The TLS handshake, 1.2: hello with server name, agreed suite, certificate, alert.
var (
	helloBody = pt.Join(pt.Hex("0303"), make([]byte, 32), pt.Hex(`
		00                       ; no session
		0002 c02f 01 00          ; one suite, no compression
		000f                     ; extensions
		0000 000b 0009 00 0006 `+"706c632d3031"))
	agreedBody = pt.Join(pt.Hex("0303"), make([]byte, 32), pt.Hex("00 c02f 00 0000"))
	certBody   = pt.Hex("000008 000005 3003020101") // one certificate of five bytes
	sslRequest = whole(1, "31 0000 05b3 0000 0001 00000000 30 00000000")
	sslAnswer  = whole(1, "32 0000 05b3 0000 0001 00 00 00000000")
)

var tlsSeed = pt.Session{Name: "TLS", Steps: []pt.Step{
	client(sslRequest), server(sslAnswer),
	client(dt(tlsRecord(22, handshake(1, helloBody)))),
	server(dt(tlsRecord(22, pt.Join(handshake(2, agreedBody), handshake(11, certBody)))[:40])), // cut anywhere
	server(dt(tlsRecord(22, pt.Join(handshake(2, agreedBody), handshake(11, certBody)))[40:])),
	client(dt(tlsRecord(21, []byte{2, 48}))), // alert: unknown CA
	client(dt(tlsRecord(23, make([]byte, 64)))),
	server(dt(tlsRecord(20, []byte{1}))),
	server(dt(tlsRecord(23, make([]byte, 64)))),
}}

var seeds = []pt.Session{sessionSeed, engineeringSeed, sealedSeed, tlsSeed,
	{Name: "TLS refused", PDUs: true, Steps: []pt.Step{
		client(sslRequest), server(whole(1, "32 0000 05a9 0000 0001 00 83fd1f 00000000")),
	}},
	{Name: "begins in the middle of a PDU", Rough: true, Steps: []pt.Step{
		server(part(3, "0102030405060708")), server(whole(3, "0102030405")),
		server(whole(3, res("054c", 3)+"00 00 00")),
		pt.Lost(ot.ToServer),
		client(whole(3, req("04f2", 5)+"00000034 01 9077 00 08 01"+trailing)),
		server(whole(3, res("04f2", 5)+"00 00000000")),
	}},
	{Name: "many fragments", Steps: []pt.Step{
		client(part(3, req("057c", 1)+"8a0e0001 20 04 01 9376 00 14 00 8704"+strings.Repeat("55", 300))),
		client(part(3, strings.Repeat("55", 300))), client(whole(3, strings.Repeat("55", 300))),
		server(whole(3, res("057c", 1)+"00")),
	}},
}

func TestConform(t *testing.T) { pt.Conform(t, carrier(), seeds, transport(), s7plus.Protocol()) }
func FuzzDecode(f *testing.F)  { pt.Fuzz(f, carrier(), seeds, transport(), s7plus.Protocol()) }
