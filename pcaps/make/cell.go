package main

import "time"

// dialogue is a request and its answer, in octets; act marks what a story is about.
type dialogue struct {
	act         bool
	ask, answer string
}

// talk tells a dialogue over TCP, each octets put into a frame by wrap.
func (t *tape) talk(client, server host, port uint16, wrap func(string) []byte, lines []dialogue) {
	c := t.open(client, server, port)
	for _, l := range lines {
		t.wait(500 * time.Millisecond)
		if l.act {
			t.act()
		}
		c.exchange(wrap(l.ask), wrap(l.answer))
	}
	c.close()
}

// datagrams tells a dialogue over UDP.
func (t *tape) datagrams(client, server host, from, port uint16, wrap func(string) []byte, lines []dialogue) {
	for _, l := range lines {
		t.wait(500 * time.Millisecond)
		if l.act {
			t.act()
		}
		t.udp(client, server, from, port, wrap(l.ask))
		t.wait(2 * time.Millisecond)
		if l.answer != "" {
			t.udp(server, client, port, from, wrap(l.answer))
		}
	}
}

// dnp3 is a link frame with check bytes (IEEE 1815 §9.2): its octets are
// direction and function, destination, source, then user data.
func dnp3(text string) []byte {
	b := octets(text)
	head, user := b[:5], b[5:]
	all := append([]byte{0x05, 0x64, byte(5 + len(user))}, head...)
	all = le16(all, dnp3Check(all))
	for len(user) > 0 {
		n := min(len(user), 16)
		all = le16(append(all, user[:n]...), dnp3Check(user[:n]))
		user = user[n:]
	}
	return all
}

func le16(b []byte, n uint16) []byte { return append(b, byte(n), byte(n>>8)) }

// dnp3Check is the CRC of a block: polynomial 0x3D65, reflected, complemented.
func dnp3Check(b []byte) (crc uint16) {
	for _, x := range b {
		crc ^= uint16(x)
		for range 8 {
			if crc&1 != 0 {
				crc = crc>>1 ^ 0xA6BC
			} else {
				crc >>= 1
			}
		}
	}
	return ^crc
}

// ams is an AMS frame (Beckhoff AMS/TCP): its octets are command, flags and invoke id, then data.
func ams(text string) []byte {
	b := octets(text)
	command, flags, invoke, data := b[0], b[1], b[2], b[3:]
	to, from := octets("0a4d0a33 0101 5303"), octets("0a4d0a3d 0101 0180") // the runtime, the tool
	if flags&1 != 0 {
		to, from = from, to
	}
	n := byte(len(data))
	all := append([]byte{0, 0, 32 + n, 0, 0, 0}, to...)
	all = append(append(all, from...), command, 0, flags, 0, n, 0, 0, 0, 0, 0, 0, 0, invoke, 0, 0, 0)
	return append(all, data...)
}

// bacnet is an unicast of BACnet/IP around an application PDU (annex J).
func bacnet(text string) []byte {
	b := append([]byte{1, 4}, octets(text)...)
	return append([]byte{0x81, 0x0a, 0, byte(4 + len(b))}, b...)
}

// opcua is a message of OPC UA (part 6 §7.1): four letters, then octets.
func opcua(text string) []byte {
	b := octets(text[4:])
	n := 8 + len(b)
	return append(append([]byte(text[:4]), byte(n), byte(n>>8), 0, 0), b...)
}

func cellStories() []story {
	return []story{
		{"dnp3-restart", "an outstation is polled and restarted over DNP3",
			"the building station reads classes of the pressure transmitter's outstation and sets an output, as it may; the laptop restarts it",
			func(t *tape) {
				t.talk(building, pressure, 20000, dnp3, []dialogue{
					{false, "c4 0400 0300 c0 c0 01 3c02 06", "44 0300 0400 c0 c0 81 0000 0102 00 00 01 81 01"},
					{false, "c4 0400 0300 c1 c1 05 0c01 28 0100 0200 03 01 64000000 64000000 00", "44 0300 0400 c1 c1 81 0000 0c01 28 0100 0200 03 01 64000000 64000000 00"},
				})
				t.talk(laptop, pressure, 20000, dnp3, []dialogue{{true, "c4 0400 0300 c0 c0 0d", "44 0300 0400 c0 c0 81 8000 3402 07 01 8813"}})
			}},
		{"iec104-command", "a station is interrogated and commanded over IEC 104",
			"the building station starts the transfer and interrogates the station; the laptop sends a single command and resets the process",
			func(t *tape) {
				t.talk(building, pressure, 2404, octets, []dialogue{
					{false, "68 04 07 00 00 00", "68 04 0b 00 00 00"},
					{false, "68 0e 0000 0000 64 01 06 00 0a00 000000 14", "68 0e 0000 0200 64 01 07 00 0a00 000000 14"},
				})
				t.talk(laptop, pressure, 2404, octets, []dialogue{
					{false, "68 04 07 00 00 00", "68 04 0b 00 00 00"},
					{true, "68 0e 0000 0000 2d 01 06 00 0a00 0c0000 01", "68 0e 0000 0200 2d 01 07 00 0a00 0c0000 01"},
					{true, "68 0e 0200 0200 69 01 06 00 0a00 000000 01", "68 0e 0200 0400 69 01 07 00 0a00 000000 01"},
				})
			}},
		{"bacnet-reinitialise", "a building device is read, and told to restart, over BACnet",
			"the building station reads a value of the air handling unit and writes another; the laptop tells it to start cold, which it accepts",
			func(t *tape) {
				t.datagrams(building, air, 47808, 47808, bacnet, []dialogue{
					{false, "00 05 01 0c 0c 00000003 19 55", "30 01 0c 0c 00000003 19 55 3e 44 42c80000 3f"},
					{false, "00 05 02 0f 0c 00400001 19 55 3e 44 3f800000 3f 49 08", "20 02 0f"},
					{false, "00 05 03 0c 0c 02000010 19 4d", "30 03 0c 0c 02000010 19 4d 3e 75 07 00 4148552d 3031 3f"},
				})
				t.datagrams(laptop, air, 47808, 47808, bacnet, []dialogue{{true, "00 05 07 14 09 00", "20 07 14"}})
			}},
		{"slmp-stop", "a controller is read and stopped over SLMP",
			"the historian reads two registers of the packer and asks for its type; the laptop stops it from far",
			func(t *tape) {
				t.talk(history, packer, 5007, octets, []dialogue{
					{false, "5000 00 ff ff03 00 0c00 1000 0104 0000 640000 a8 0200", "d000 00 ff ff03 00 0600 0000 0a00 1400"},
					{false, "5000 00 ff ff03 00 0600 1000 0101 0000", "d000 00 ff ff03 00 1400 0000 51303355444350552020202020202020 6802"},
				})
				t.talk(laptop, packer, 5007, octets, []dialogue{{true, "5000 00 ff ff03 00 0800 1000 0210 0000 0100", "d000 00 ff ff03 00 0200 0000"}})
			}},
		{"fins-stop", "a controller is read and stopped over FINS",
			"the historian reads two words of the packer and its model; the laptop stops it",
			func(t *tape) {
				t.datagrams(history, packer, 9600, 9600, octets, []dialogue{
					{false, "80 00 02 003300 002b00 01 0101 82 0064 00 0002", "c0 00 02 002b00 003300 01 0101 0000 000a 0014"},
					{false, "80 00 02 003300 002b00 02 0501 00", "c0 00 02 002b00 003300 02 0501 0000 434a324d2d43505533322020202020202020 2020 30322e30312020202020202020202020202020 2020"},
				})
				t.datagrams(laptop, packer, 9600, 9600, octets, []dialogue{{true, "80 00 02 003300 006300 03 0402", "c0 00 02 006300 003300 03 0402 0000"}})
			}},
		{"ads-stop", "a runtime is read and stopped over ADS",
			"the engineering station asks the packer's runtime who it is and reads a flag; the laptop stops it",
			func(t *tape) {
				t.talk(engineering, packer, 48898, ams, []dialogue{
					{false, "01 04 01", "01 05 01 00000000 03 01 b80b 506c633330204170700000000000 0000"},
					{false, "02 04 02 20400000 0c000000 02000000", "02 05 02 00000000 02000000 0700"},
				})
				t.talk(laptop, packer, 48898, ams, []dialogue{{true, "05 04 03 0600 0000 00000000", "05 05 03 00000000"}})
			}},
		{"opcua-hello", "a client greets an OPC UA server",
			"the historian says hello to the packer's server and is acknowledged; the laptop does so too, and is refused",
			func(t *tape) {
				url := "12000000 6f70632e7463703a2f2f7061636b65723a34"
				hello := "HELF 00000000 00000100 00000100 00000000 00000000 " + url
				t.talk(history, packer, 4840, opcua, []dialogue{{false, hello, "ACKF 00000000 00000100 00000100 00000000 00000000"}})
				t.talk(laptop, packer, 4840, opcua, []dialogue{{true, hello, "ERRF 00007d80 ffffffff"}})
			}},
	}
}
