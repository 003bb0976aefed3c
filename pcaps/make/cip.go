package main

import (
	"fmt"
	"time"
)

func cipStories() []story {
	return []story{
		{"cip-logix-mode", "a Logix controller is put into program mode and back into run mode",
			"the engineering station sends service 7, then service 6, to class 0x8E of the cartoner; both are accepted",
			func(t *tape) {
				e := t.enip(engineering, cartoner)
				e.cip(0x01, "20 01 24 01", "", 0, "0100 0e00 1501 150b 6400 dec01077 08 436172746f6e6572")
				t.act()
				e.cip(0x07, "20 8e 24 01", "", 0, "")
				t.wait(10 * time.Second)
				t.act()
				e.cip(0x06, "20 8e 24 01", "", 0, "")
				e.close()
			}},
		{"cip-force", "inputs or outputs are forced on a Logix controller",
			"the engineering station writes a force (class 0x69, service 0x4D) and enables forces (0x4E); both are accepted",
			func(t *tape) {
				e := t.enip(engineering, cartoner)
				t.act()
				e.cip(0x4D, "20 69 24 01", "0200 0100 0100", 0, "")
				t.act()
				e.cip(0x4E, "20 69 24 01", "01", 0, "")
				e.close()
			}},
		{"cip-pccc-mode", "a controller of the PCCC family changes its mode",
			"the engineering station executes PCCC (class 0x67, service 0x4B): command 0F, function 80 (set mode to program), then to run; both are accepted",
			func(t *tape) {
				e := t.enip(engineering, cartoner)
				for i, mode := range []string{"01", "06"} {
					tns := fmt.Sprintf("%02x00", i+1)
					t.act()
					e.cip(0x4B, "20 67 24 01", "07 0100 77100001 0f 00"+tns+"80"+mode, 0, "07 0100 77100001 4f 00"+tns)
				}
				e.close()
			}},
		{"cip-logix-download", "a program goes into a Logix controller",
			"the engineering station begins a download (class 0xAC, service 8), creates a program (class 0x68) and a routine (class 0x6A), and writes the routine; all accepted",
			func(t *tape) {
				e := t.enip(engineering, cartoner)
				t.act()
				e.cip(0x08, "20 ac 24 00", "0100", 0, "0100")
				t.act()
				e.cip(0x08, "20 68 24 00", "0400 4d61696e", 0, "0100")
				t.act()
				e.cip(0x08, "20 6a 24 00", "0400 4d61696e", 0, "0100")
				t.act()
				e.cip(0x50, "20 6a 24 01", "0000 1000 00112233445566778899aabbccddeeff", 0, "")
				e.close()
			}},
		{"cip-write-burst", "far more tag writes in a second than an operator makes",
			"the laptop writes the tag SpeedSetpoint eighty times in 0.8 s, all accepted",
			func(t *tape) {
				e := t.enip(laptop, cartoner)
				t.every(10*time.Millisecond, 80, func(i int) {
					t.act()
					e.cip(0x4D, symbol("SpeedSetpoint"), fmt.Sprintf("c400 0100 %02x000000", 100+i), 0, "")
				})
				e.close()
			}},
		{"cip-service-errors", "requests are refused one after the other",
			"the laptop asks for attributes of twelve classes that do not exist; each is refused with path destination unknown",
			func(t *tape) {
				e := t.enip(laptop, cartoner)
				for class := range 12 {
					t.wait(100 * time.Millisecond)
					t.act()
					e.cip(0x0E, fmt.Sprintf("20 %02x 24 01 30 01", 0x90+class), "", 5, "")
				}
				e.close()
			}},
		{"enip-identity-sweep", "many devices answer one question",
			"the laptop asks by ListIdentity, one datagram each, six adapters who they are; all answer",
			func(t *tape) {
				for n := range 6 {
					to := hostOf(fmt.Sprintf("10.77.10.%d", 31+n), fmt.Sprintf("00:1d:9c:10:00:%02x", 0x31+n))
					port := t.port()
					t.act()
					t.udp(laptop, to, port, 44818, encapsulated(0x63, 0, 0, 1, nil))
					t.wait(2 * time.Millisecond)
					t.udp(to, laptop, 44818, port, encapsulated(0x63, 0, 0, 1, identityOf(n)))
					t.wait(50 * time.Millisecond)
				}
			}},
		{"enip-io-idle", "outputs go from run to idle while the connection lives",
			"the packaging panel opens class 1 I/O on the cartoner; after 10 s its run bit falls and it goes on sending for 5 s",
			func(t *tape) { cyclic(t) }},
	}
}

func cipBrokenStories() []story {
	return []story{
		{"cip-malformed", "what the specification forbids, each on a connection of its own",
			"an item length beyond the data; an item count without items; a path longer than the message; a multiple service packet with offsets outside; an encapsulation length beyond what is allowed. tshark marks some of them, as it should",
			func(t *tape) {
				for _, b := range [][]byte{
					octets("00000000 0000 0200 0000 0000 b200 ff00 0e 03 2001 2401"),      // item of 255 bytes
					octets("00000000 0000 0900 0000 0000"),                                // nine items announced
					packet(octets("0e 7f 2001 2401")),                                     // path of 254 bytes
					packet(octets("0a 02 2002 2401 0200 0600 ff00 0e 03 2001 2401 3001")), // offset 255
					packet(octets("0e 03 3f01 ff01 3001")),                                // reserved segments
				} {
					e := t.enip(laptop, cartoner)
					t.act()
					e.ask(encapsulated(0x6F, e.session, 0, 7, b))
					e.serverAck()
					t.wait(time.Second)
					e.close()
				}
				e := t.enip(laptop, cartoner)
				t.act()
				e.ask(octets("6f00 ffff 01001077 00000000 0800000000000000 00000000")) // length 65535
				e.serverAck()
				e.close()
			}},
		{"enip-errors", "encapsulation errors one after the other",
			"the laptop sends four requests under a session that was never given; each is refused with invalid session handle",
			func(t *tape) {
				e := t.enip(laptop, cartoner)
				for i := range byte(4) {
					t.wait(100 * time.Millisecond)
					t.act()
					e.exchange(encapsulated(0x6F, 0xDEAD, 0, i, packet(octets("0e 03 2001 2401 3001"))), encapsulated(0x6F, 0xDEAD, 0x64, i, nil))
				}
				e.close()
			}},
	}
}
