package enip_test

import (
	"encoding/binary"
	"time"

	"otsensor/pkg/ot"
	. "otsensor/pkg/protocols/protocoltest"
)

// Register Session and its answer: how every TCP seed begins.
var (
	register = Client(Hex(`
		6500 0400         ; Register Session, 4 bytes
		00000000 00000000 ; no session yet, status 0
		0000000000000000  ; sender context
		00000000          ; options
		0100 0000         ; protocol version 1, no options
	`)...)
	registered = Server(Hex(`
		6500 0400 11000000 00000000 0000000000000000 00000000
		0100 0000         ; session 11 hex is given
	`)...)
)

// rr wraps a CIP message in Send RR Data of session 11 hex.
func rr(context byte, cip ...byte) []byte {
	b := Hex(`
		6f00 0000         ; Send RR Data, length below
		11000000 00000000 ; session, status
		0000000000000000  ; context below
		00000000          ; options
		00000000 0a00     ; interface CIP, timeout 10
		0200              ; two items
		0000 0000         ; null address
		b200 0000         ; unconnected data, length below
	`)
	b[12] = context
	return sized(b, cip)
}

// unit wraps a CIP message in Send Unit Data of session 11 hex.
func unit(conn uint32, seq uint16, cip ...byte) []byte {
	b := Hex(`
		7000 0000         ; Send Unit Data, length below
		11000000 00000000 ; session, status
		0000000000000000  ; context
		00000000          ; options
		00000000 0000     ; interface CIP, no timeout
		0200              ; two items
		a100 0400         ; connected address
		00000000          ; connection id below
		b100 0000         ; connected data, length below
	`)
	binary.LittleEndian.PutUint32(b[36:], conn)
	return sized(b, append(binary.LittleEndian.AppendUint16(nil, seq), cip...))
}

func sized(b, data []byte) []byte {
	binary.LittleEndian.PutUint16(b[len(b)-2:], uint16(len(data)))
	b = append(b, data...)
	binary.LittleEndian.PutUint16(b[2:], uint16(len(b)-24))
	return b
}

// refusedRR is Send RR Data answered with an encapsulation error and no data.
func refusedRR(context, status byte) []byte {
	b := Hex(`6f00 0000 11000000 00000000 0000000000000000 00000000`)
	b[12], b[8] = context, status
	return b
}

const backplane0 = "\n 01 00 01 00 " // route of one word: port 1, slot 0

func steps(s ...Step) []Step { return append([]Step{register, registered}, s...) }

// seeds are the conversations every property is tried on.
var seeds = []Session{
	{
		Name: "tags by name", PDUs: true,
		Steps: steps(
			Client(rr(1, Hex(`
				52 02 20 06 24 01       ; unconnected send to the Connection Manager
				0a 0e                   ; tick, timeout
				1a00                    ; 26 bytes inside
				4c 0b                   ; read tag, path of 11 words
				91 0c 50726f6772616d3a4d61696e ; Program:Main
				91 03 546167 00         ; Tag, padded
				28 03                   ; element 3
				0200                    ; two elements`+backplane0)...)...),
			Server(rr(1, Hex(`
				cc 00 00 00             ; read tag, success
				c400                    ; DINT
				07000000 f9ffffff       ; 7, -7
			`)...)...),
			Client(rr(2, Hex(`
				4d 04 91 05 5370656564 00 ; write tag Speed
				ca00 0100               ; REAL, one element
				0000c03f                ; 1.5
			`)...)...),
			Server(rr(2, 0xcd, 0x00, 0x00, 0x00)...),
			Client(rr(3, Hex(`
				53 04 91 05 5370656564 00 ; write tag fragmented
				c300 0400 02000000      ; INT, four elements, from byte 2
				0100 0200
			`)...)...),
			Server(rr(3, 0xd3, 0x00, 0x06, 0x00)...), // partial transfer
			Client(rr(4, Hex(`
				4e 04 91 05 5370656564 00 ; read-modify-write
				0100 01 ff              ; mask of one byte: set bit 0, keep all
			`)...)...),
			Server(rr(4, Hex(`ce 00 ff 01 0521`)...)...), // general error, extended 2105 hex
		),
	},
	{
		Name: "connected messages", PDUs: true,
		Steps: steps(
			Client(rr(1, Hex(`
				54 02 20 06 24 01       ; Forward Open
				0a 0e                   ; tick, timeout
				02000000 01000000       ; connection ids O->T and T->O
				0200 4d00 78563412      ; serial 2, vendor 4d, originator 12345678
				01 000000               ; times 8
				80841e00 f443           ; O->T: 2 s, point to point, low, variable, 500 bytes
				80841e00 f443           ; T->O
				a3                      ; class 3, application, server
				03 01 00 20 02 24 01    ; backplane slot 0, message router
			`)...)...),
			Server(rr(1, Hex(`
				d4 00 00 00
				41119400 01000000       ; connection ids
				0200 4d00 78563412
				80841e00 80841e00       ; actual intervals
				00 00                   ; no application reply
			`)...)...),
			Client(unit(0x00941141, 1, Hex(`
				0a 02 20 02 24 01       ; multiple service packet
				0300 0800 1000 1800     ; three, at these offsets
				03 02 20 ac 24 01 0100  ; get attribute list of class AC: cut short
				0e 03 20 04 24 65 30 03 ; get assembly 65 hex, data
				01 02 20 8e 24 01       ; get attributes all of class 8E
			`)...)...),
			Server(unit(1, 1, Hex(`
				8a 00 1e 00             ; an embedded error
				0300 0800 0c00 1400
				83 00 08 00             ; service not supported
				8e 00 00 00 01 02 03 04 ; four bytes
				81 00 00 00 aa
			`)...)...),
			Client(unit(0x00941141, 2, Hex(`
				07 02 20 8e 24 01       ; controller to program mode
			`)...)...),
			Server(unit(1, 2, 0x87, 0x00, 0x00, 0x00)...),
			Client(unit(0x00941141, 3, Hex(`
				03 06 20 68 25 00 20 24 20 6b 25 00 34 0e ; symbol 0e34 of program 2420
				0200 0300 0600          ; attributes 3 and 6
			`)...)...),
			Server(unit(1, 3, Hex(`83 00 00 00 0200 0300 0000 c400 0600 0000 01000000`)...)...),
			Client(rr(5, Hex(`
				4e 02 20 06 24 01       ; Forward Close
				0a 0e 0200 4d00 78563412
				02 00 20 02 24 01
			`)...)...),
			Server(rr(5, Hex(`ce 00 00 00 0200 4d00 78563412 00 00`)...)...),
		),
	},
	{
		Name: "I/O connections", PDUs: true,
		Steps: steps(
			Client(rr(1, Hex(`
				5b 02 20 06 24 01       ; large Forward Open
				0a 0e 00000000 64000000
				0700 0100 c3ae5100 02 000000
				10270000 20000048       ; O->T: 10 ms, point to point, scheduled, 32 bytes
				10270000 22000028       ; T->O: multicast
				01                      ; class 1, cyclic
				13                      ; 19 words
				43 05                   ; at most every 5 ms
				34 05 0100 0e00 3600 10 01 04030201 ; key: vendor 1, type 14, product 54, revision 16.1, serial
				20 04 24 97 2c 96 2c 64 ; configuration 97, consume 96, produce 64
				80 02 11223344          ; configuration data
				50 03 010000000000      ; safety segment of a router
			`)...)...),
			Server(rr(1, Hex(`
				db 00 01 01 0601        ; ownership conflict
				0700 0100 c3ae5100
				03 00                   ; three words of path left
			`)...)...),
			Client(rr(2, Hex(`
				54 02 20 06 24 01       ; null Forward Open
				0a 0e 00000000 00000000 0800 0100 c3ae5100 00 000000
				00000000 0000 00000000 0000 01
				02 20 01 24 01
			`)...)...),
			Server(rr(2, Hex(`d4 00 00 00 00000000 00000000 0800 0100 c3ae5100 00000000 00000000 00 00`)...)...),
			Client(rr(3, Hex(`54 02 20 06 24 01 0a 0e 0000`)...)...), // cut short
			Server(rr(3, Hex(`d4 00 13 00`)...)...),
		),
	},
	{
		Name: "PCCC", PDUs: true,
		Steps: steps(
			Client(rr(1, Hex(`
				4b 02 20 67 24 01       ; Execute PCCC
				07 4d00 e0312b3d        ; requestor: 7 bytes, vendor, serial
				0f 00 c561              ; command, status, transaction
				a2 04 07 89 05 00       ; typed read: 4 bytes of N7:5
			`)...)...),
			Server(rr(1, Hex(`
				cb 00 00 00 07 4d00 e0312b3d
				4f 00 c561 2a00 ffff    ; 42, -1
			`)...)...),
			Client(rr(2, Hex(`
				4b 02 20 67 24 01 07 4d00 e0312b3d
				0f 00 c562
				ab 02 03 85 ff0001 02   ; masked write: B3:256.2
				0f00 0500
			`)...)...),
			Server(rr(2, Hex(`cb 00 00 00 07 4d00 e0312b3d 4f f0 c562 0b`)...)...), // access denied
			Client(rr(3, Hex(`
				4b 02 20 67 24 01 07 4d00 e0312b3d
				0f 00 c563 80 01        ; change mode: remote program
			`)...)...),
			Server(rr(3, Hex(`cb 00 00 00 07 4d00 e0312b3d 4f 00 c563`)...)...),
			Client(rr(4, Hex(`
				4b 02 20 67 24 01 07 4d00 e0312b3d
				0f 00 c564 67 0000 0200 06 08 02 4100 ; typed write to file 8, element 2
			`)...)...),
			Server(rr(4, Hex(`cb 00 00 00 07 4d00 e0312b3d 4f 00 c564`)...)...),
			Client(rr(5, Hex(`
				4b 02 20 67 24 01 07 4d00 e0312b3d
				06 00 c565 03           ; diagnostic status
			`)...)...),
			Server(rr(5, Hex(`cb 00 00 00 07 4d00 e0312b3d 46 00 c565 00ee`)...)...),
			Client(rr(6, Hex(`
				4b 02 20 67 24 01 07 4d00 e0312b3d
				0f 00 c566 aa 02 00 a1 00 00 0100 ; write an output force
			`)...)...),
			Server(rr(6, Hex(`cb 00 00 00 07 4d00 e0312b3d 4f 10 c566`)...)...),
		),
	},
	{
		Name: "objects and errors", PDUs: true,
		Steps: steps(
			Client(rr(1, Hex(`05 02 20 01 24 01 01`)...)...), // reset to factory default
			Server(rr(1, Hex(`85 00 10 00`)...)...),
			Client(rr(2, Hex(`18 03 20 04 24 64 28 02`)...)...), // get member 2
			Server(rr(2, Hex(`98 00 00 00 05`)...)...),
			Client(rr(3, Hex(`0e 03 20 04 2c 64 30 03`)...)...), // connection point 64 hex
			Server(rr(3, Hex(`8e 00 00 00 01 02`)...)...),
			Client(rr(4, Hex(`10 03 20 f6 24 01 30 06 00000000`)...)...), // answered by the encapsulation
			Server(refusedRR(4, 0x65)...),
			Client(rr(5, Hex(`52 02 20 06 24 01 0a 0e 0600 01 02 20 8e 24 01 01 00 01 05`)...)...),
			Server(rr(5, Hex(`d2 00 01 01 1203 01`)...)...),                          // no such slot
			Client(rr(6, Hex(`04 02 20 8b 24 01 0100 0600 0011223344556677`)...)...), // set the clock
			Server(rr(6, Hex(`84 00 00 00 0100 0600 0000`)...)...),
			Client(Hex(`6600 0000 11000000 00000000 0000000000000000 00000000`)...),
		),
	},
	{
		Name: "commands",
		Steps: steps(
			Client(Hex(`0400 0000 00000000 00000000 0000000000000000 00000000`)...),
			Server(Hex(`
				0400 1a00 00000000 00000000 0000000000000000 00000000
				0100                    ; one item
				0001 1400               ; services, 20 bytes
				0100 2001               ; version, TCP CIP and UDP I/O
				436f6d6d756e69636174696f6e730000 ; Communications
			`)...),
			Client(Hex(`6400 0000 00000000 00000000 0000000000000000 00000000`)...),
			Server(Hex(`6400 0200 00000000 00000000 0000000000000000 00000000 0000`)...),
			Client(Hex(`c800 0000 00000000 00000000 0000000000000000 00000000`)...),
			Server(Hex(`c800 0000 00000000 01000000 0000000000000000 00000000`)...), // invalid command
			Client(Hex(`0000 0200 11000000 00000000 0000000000000000 00000000 aabb`)...),
			Client(Hex(`6a00 0200 11000000 00000000 0000000000000000 00000000 aabb`)...), // legacy, unlisted
			Server(Hex(`6a00 0000 11000000 01000000 0000000000000000 00000000`)...),
			Client(Hex(`7200 0000 11000000 00000000 0000000000000000 00000000`)...),
			Wait(11*time.Second),
		),
	},
	{
		Name: "identity", PDUs: true,
		Steps: steps(
			Client(rr(1, Hex(`52 02 20 06 24 01 0a 0e 0600 01 02 20 01 24 01`+backplane0)...)...),
			Server(rr(1, Hex(`
				81 00 00 00
				0100 0e00 3600          ; vendor, type, product code
				1014 3031               ; revision 16.20, status
				3f825100                ; serial number
				06 313735362d4c         ; name
			`)...)...),
			Client(rr(2, Hex(`03 02 20 01 24 01 0300 0400 0700 0800`)...)...),
			Server(rr(2, Hex(`83 00 00 00 0300 0400 0000 1014 0700 1400 0800 0000 03`)...)...),
			Client(rr(3, Hex(`0e 03 20 01 24 01 30 06`)...)...),
			Server(rr(3, Hex(`8e 00 00 00 3f825100`)...)...),
			Client(rr(4, Hex(`0e 03 20 f5 24 01 30 06`)...)...),
			Server(rr(4, Hex(`8e 00 00 00 0400 4c696e65`)...)...), // host name Line
			Client(rr(5, Hex(`01 02 20 64 24 01`)...)...),
			Server(rr(5, Hex(`81 00 00 00 0700 46696c6c657231`)...)...), // controller name Filler1
		),
	},
	{
		Name: "discovery", Datagram: true, Conv: udp(44818),
		Steps: []Step{
			Client(Hex(`6300 0000 00000000 00000000 e803000000000000 00000000`)...), // wait at most 1000 ms
			Server(Hex(`
				6300 3c00 00000000 00000000 e803000000000000 00000000
				0200                    ; two items
				0c00 2d00               ; identity, 45 bytes
				0100                    ; encapsulation version
				0002 af12 c0a80a78 0000000000000000 ; socket address
				0100 0c00 3a00          ; vendor, type, product code
				0403 3000 8e4d5200      ; revision 4.3, status, serial
				0b 313735362d454e42542f41 ; 1756-ENBT/A
				03                      ; operational
				8600 0500               ; security
				1f00 02 02 03           ; profiles, states, open ports
			`)...),
			Server(Hex(`6300 0200 00000000 00000000 e803000000000000 00000000 0000`)...),      // another answer
			Client(Hex(`6500 0400 00000000 00000000 0000000000000000 00000000 0100 0000`)...), // TCP only
			Client(Hex(`6300 0000 00000000 00000000 0000000000000000 00000000 ffff`)...),      // trailing bytes
			Client(0x63, 0x00),
		},
	},
	orderIO,
	orderedIO,
	orderSafety,
	safetyIO,
	orderGroup,
	groupIO,
	orderMotion,
	motionIO,
	motionValues,
	manyCommands,
	plainPCCC,
	states,
	transfers, attributes, bodies,
	{
		Name: "cyclic I/O", Datagram: true, Conv: udp(2222),
		Steps: []Step{
			Client(cyclic(0x12, 1, 1, 0x01, 0, 0, 0, 0xaa, 0xbb)...), // first packet, run
			Server(cyclic(0x31, 1, 1, 0x80, 0xff, 0x12, 0x34)...),
			Client(cyclic(0x12, 2, 2, 0x01, 0, 0, 0, 0xaa, 0xbc)...),
			Client(cyclic(0x12, 3, 3, 0x01, 0, 0, 0, 0xaa, 0xbc)...),
			Client(cyclic(0x12, 4, 4, 0x01, 0, 0, 0, 0xaa, 0xbc)...),
			Client(cyclic(0x12, 5, 5, 0x01, 0, 0, 0, 0xaa, 0xbc)...),
			Client(cyclic(0x12, 6, 6, 0x01, 0, 0, 0, 0xaa, 0xbc)...),
			Client(cyclic(0x12, 7, 7, 0x01, 0, 0, 0, 0xaa, 0xbc)...),
			Client(cyclic(0x12, 8, 8, 0x01, 0, 0, 0, 0xaa, 0xbc)...),
			Client(cyclic(0x12, 11, 11, 0x00, 0, 0, 0, 0xaa, 0xbc)...),       // idle, two missed
			Client(cyclic(0x12, 11, 11, 0x00, 0, 0, 0, 0xaa, 0xbd)...),       // same number, other data
			Client(cyclic(0x12, 9, 9, 0x00, 0, 0, 0, 0xaa, 0xbc)...),         // back
			Client(cyclic(0x12, 10, 10, 0x00, 0, 0, 0, 0xaa, 0xbc, 0x01)...), // another size
			Server(cyclic(0x12, 12, 12, 0x00, 0, 0, 0, 0xaa, 0xbc, 0x01)...), // from the other side
			Wait(11 * time.Second),
			Client(Hex(`0200 0280 0800 12000000 07000000 b100 ff00 01`)...), // cut short
			Client(Hex(`0200 0280 0800 12000000 07000000 b100 0000 01`)...), // trailing byte
		},
	},
	{
		Name: "odd frames", Rough: true,
		Steps: steps(
			Client(rr(1, 0x01, 0x09, 0x20)...),                                  // path beyond the message
			Client(rr(2, 0x01, 0x02, 0xe0, 0x01, 0, 0)...),                      // reserved segment
			Client(rr(3)...),                                                    // no message
			Client(rr(4, Hex(`0a 02 20 02 24 01 ffff`)...)...),                  // 65535 services
			Client(rr(5, Hex(`0a 02 20 02 24 01 0200 0600 0400 0102`)...)...),   // offsets run back
			Client(rr(6, 0x81, 0x00, 0x00, 0x00)...),                            // an answer by the client
			Server(rr(7, 0x01, 0x02, 0x20, 0x01, 0x24, 0x01)...),                // a request by the server
			Server(rr(8, 0x81, 0x00, 0x00, 0x00)...),                            // nobody asked
			Server(rr(8, 0x8a, 0x00, 0x00, 0x00, 1, 0, 4, 0, 0x8e, 0, 0, 0)...), // nobody asked
			Client(Hex(`6f00 ffff 11000000 00000000 0000000000000000 00000000 00000000 0a00 ffff`)...),
			Client(make([]byte, 300)...),
			Client(unit(7, 1, 0x01, 0x02, 0x20, 0x01, 0x24, 0x01)...),
			Lost(ot.ToServer),
			Client(1, 2, 3, 4, 5, 6, 7, 8, 9),
			Client(unit(7, 2, 0x01, 0x02, 0x20, 0x01, 0x24, 0x01)...),
			Server(unit(8, 2, 0x81, 0x00, 0x05, 0x00)...),
		),
	},
	{Name: "TLS", Foreign: true, Steps: []Step{
		Client(Hex(`160301 0200 010001fc 0303 000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f 20`)...),
		Server(Hex(`160303 007a 02000076 0303 a0a1a2a3a4a5a6a7a8a9aaabacadaeafb0b1b2b3b4b5b6b7b8b9babbbcbdbebf 20`)...),
	}},
	{Name: "HTTP", Foreign: true, Steps: []Step{
		Client([]byte("GET /index.html HTTP/1.1\r\nHost: 192.0.2.1\r\nAccept: */*\r\n\r\n")...),
		Server([]byte("HTTP/1.1 200 OK\r\nContent-Length: 0\r\nServer: x\r\n\r\n")...),
	}},
	{Name: "Modbus", Foreign: true, Steps: []Step{
		Client(Hex(`0001 0000 0006 01 03 0000 000a 0002 0000 0006 01 03 0000 000a`)...),
		Server(Hex(`0001 0000 0017 01 03 14 0000000000000000000000000000000000000000`)...),
	}},
	{Name: "DNS", Foreign: true, Datagram: true, Conv: udp(44818), Steps: []Step{
		Client(Hex(`1a2b 0100 0001 0000 0000 0000 03777777 076578616d706c65 03636f6d 00 0001 0001`)...),
		Client(Hex(`1a2c 0100 0001 0000 0000 0000 03777777 076578616d706c65 03636f6d 00 0001 0001`)...),
	}},
	{Name: "random", Foreign: true, Datagram: true, Conv: udp(2222), Steps: []Step{
		Client(Hex(`9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08`)...),
	}},
}

func udp(port uint16) *ot.Conv {
	c := &ot.Conv{Transport: ot.UDP, First: 1}
	c.Client.IP = [16]byte{10: 0xff, 11: 0xff, 12: 10, 15: 20}
	c.Server.IP = [16]byte{10: 0xff, 11: 0xff, 12: 10, 15: 10}
	c.Client.Port, c.Server.Port = 2222, port
	return c
}

// cyclic is one datagram of cyclic I/O.
func cyclic(id, seq uint32, count uint16, data ...byte) []byte {
	b := Hex(`0200 0280 0800`) // two items; sequenced address, 8 bytes
	b = binary.LittleEndian.AppendUint32(b, id)
	b = binary.LittleEndian.AppendUint32(b, seq)
	b = append(b, 0xb1, 0x00) // connected data
	b = binary.LittleEndian.AppendUint16(b, uint16(len(data)+2))
	b = binary.LittleEndian.AppendUint16(b, count)
	return append(b, data...)
}
