package main

import (
	"encoding/binary"
	"fmt"
	"time"
)

var le = binary.LittleEndian

func sprintf(format string, args ...any) string { return fmt.Sprintf(format, args...) }

// enip is an EtherNet/IP client with a registered session.
type enip struct {
	*conn
	session uint32
	context byte
}

// encapsulated is the header of 24 bytes and the data (volume 2, 2-3).
func encapsulated(command uint16, session, status uint32, context byte, data []byte) []byte {
	b := le.AppendUint16(nil, command)
	b = le.AppendUint16(b, uint16(len(data)))
	b = le.AppendUint32(b, session)
	b = le.AppendUint32(b, status)
	b = append(b, context, 0, 0, 0, 0, 0, 0, 0)
	return append(le.AppendUint32(b, 0), data...)
}

func (t *tape) enip(client, server host) *enip {
	e := &enip{conn: t.open(client, server, 44818), session: 0x77100001}
	version := octets("0100 0000")
	e.exchange(encapsulated(0x65, 0, 0, 1, version), encapsulated(0x65, e.session, 0, 1, version))
	return e
}

// packet is SendRRData's data: interface 0, timeout, null address, unconnected message.
func packet(message []byte) []byte {
	b := octets("00000000 0000 0200 0000 0000 b200")
	return append(le.AppendUint16(b, uint16(len(message))), message...)
}

// cip is an unconnected request and its answer with a general status.
func (e *enip) cip(service byte, path, data string, status byte, answer string) {
	e.context++
	p := octets(path)
	request := append(append([]byte{service, byte(len(p) / 2)}, p...), octets(data)...)
	e.exchange(encapsulated(0x6F, e.session, 0, e.context, packet(request)),
		encapsulated(0x6F, e.session, 0, e.context, packet(append([]byte{service | 0x80, 0, status, 0}, octets(answer)...))))
}

// slot is an accepted request to the module in slot 0, inside an unconnected send
// (volume 1, 3-5.5.4): tick, ticks, length, message, route through port 1.
func (e *enip) slot(service byte, path, data, answer string) {
	e.context++
	p := octets(path)
	message := append(append([]byte{service, byte(len(p) / 2)}, p...), octets(data)...)
	b := le.AppendUint16(octets("52 02 2006 2401 0a 0e"), uint16(len(message)))
	b = append(append(b, message...), make([]byte, len(message)%2)...)
	b = append(b, octets("01 00 01 00")...)
	e.exchange(encapsulated(0x6F, e.session, 0, e.context, packet(b)),
		encapsulated(0x6F, e.session, 0, e.context, packet(append([]byte{service | 0x80, 0, 0, 0}, octets(answer)...))))
}

// symbol is the path of a tag.
func symbol(name string) string {
	b := append([]byte{0x91, byte(len(name))}, name...)
	if len(b)%2 == 1 {
		b = append(b, 0)
	}
	return fmt.Sprintf("%x", b)
}

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
					tns := sprintf("%02x00", i+1)
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
					e.cip(0x4D, symbol("SpeedSetpoint"), sprintf("c400 0100 %02x000000", 100+i), 0, "")
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
					e.cip(0x0E, sprintf("20 %02x 24 01 30 01", 0x90+class), "", 5, "")
				}
				e.close()
			}},
		{"enip-identity-sweep", "many devices answer one question",
			"the laptop asks by ListIdentity, one datagram each, six adapters who they are; all answer",
			func(t *tape) {
				for n := range 6 {
					to := hostOf(sprintf("10.77.10.%d", 31+n), sprintf("00:1d:9c:10:00:%02x", 0x31+n))
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

// identityOf is a ListIdentity item of the n-th adapter.
func identityOf(n int) []byte {
	body := octets(sprintf("0100 0002 af12 0a4d0a%02x 0000000000000000 0100 0e00 1501 150b 6000 %02x000077 07 41646170746572 03", 31+n, n))
	b := le.AppendUint16(octets("0100 0c00"), uint16(len(body)))
	return append(b, body...)
}

// cyclic opens a class 1 connection (Forward Open, volume 1, 3-5.5.2) of 4 bytes out and 8 bytes in at 100 ms.
func cyclic(t *tape) {
	e := t.enip(packer, cartoner)
	e.cip(0x54, "20 06 24 01",
		"0a 0e 00000000 01000077 0100 3333 37130000 00000000 a0860100 0a48 a0860100 0a48 01 04 20 04 24 01 2c 96 2c 64", 0,
		"01000020 01000077 0100 3333 37130000 a0860100 a0860100 00 00")
	t.every(100*time.Millisecond, 150, func(i int) {
		run := byte(1)
		if i == 100 {
			t.act()
		}
		if i >= 100 {
			run = 0
		}
		seq := le.AppendUint32(nil, uint32(i+1))
		t.udp(packer, cartoner, 2222, 2222, ioPacket("01000020", seq, append([]byte{run, 0, 0, 0}, octets("7800 0100")...)))
		t.udp(cartoner, packer, 2222, 2222, ioPacket("01000077", seq, octets("e0470000 b004 0100")))
	})
	e.close()
}

// ioPacket is a sequenced address item and a connected data item with its sequence count.
func ioPacket(id string, seq, data []byte) []byte {
	b := append(octets("0200 0280 0800"+id), seq...)
	b = le.AppendUint16(append(b, 0xB1, 0), uint16(2+len(data)))
	return append(append(b, seq[:2]...), data...)
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
