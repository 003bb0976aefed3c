package modbus

import (
	"time"

	. "otsensor/pkg/protocols/protocoltest"

	"otsensor/pkg/ot"
)

// ask and tell are one ADU each, in hexadecimal.
func ask(text string) Step  { return Client(Hex(text)...) }
func tell(text string) Step { return Server(Hex(text)...) }

// pair is a session of one request and its answer.
func pair(name, request, answer string) Session {
	return Session{Name: name, PDUs: true, Steps: []Step{ask(request), tell(answer)}}
}

// seeds: every function both ways, the framings, and what goes wrong.
var seeds = []Session{
	pair("read coils", `
		0001 0000 0006 01 ; transaction 1, protocol 0, length 6, unit 1
		01 0013 000a      ; read coils 19 to 28`, `
		0001 0000 0005 01
		01 02 cd01        ; two bytes: 1011 0011 10`),
	pair("read discrete inputs",
		`0002 0000 0006 01  02 00c4 0016 ; 22 inputs from 196`,
		`0002 0000 0006 01  02 03 acdb35`),
	pair("read holding registers", `
		0003 0000 0006 11 ; unit 17
		03 006b 0003      ; three registers from 107`, `
		0003 0000 0009 11
		03 06 022b 0000 0064`),
	pair("read input registers",
		`0004 0000 0006 01  04 0008 0001`,
		`0004 0000 0005 01  04 02 000a`),
	pair("write single coil",
		`0005 0000 0006 01  05 00ac ff00 ; coil 172 on`,
		`0005 0000 0006 01  05 00ac ff00`),
	pair("write single register",
		`0006 0000 0006 01  06 0001 0003`,
		`0006 0000 0006 01  06 0001 0003`),
	pair("read exception status",
		`0007 0000 0002 01  07`,
		`0007 0000 0003 01  07 6d`),
	pair("diagnostics: echo",
		`0008 0000 0006 01  08 0000 a537`,
		`0008 0000 0006 01  08 0000 a537`),
	pair("diagnostics: restart and clear the log",
		`0009 0000 0006 01  08 0001 ff00`,
		`0009 0000 0006 01  08 0001 ff00`),
	pair("diagnostics: bus message count",
		`000a 0000 0006 01  08 000b 0000`,
		`000a 0000 0006 01  08 000b 0042`),
	pair("get comm event counter",
		`000b 0000 0002 01  0b`,
		`000b 0000 0006 01  0b ffff 0108`),
	pair("get comm event log",
		`000c 0000 0002 01  0c`,
		`000c 0000 000b 01  0c 08 0000 0108 0121 2000 ; status, events, messages, two events`),
	pair("write multiple coils",
		`000d 0000 0009 01  0f 0013 000a 02 cd01`,
		`000d 0000 0006 01  0f 0013 000a`),
	pair("write multiple registers",
		`000e 0000 000b 01  10 0001 0002 04 000a 0102`,
		`000e 0000 0006 01  10 0001 0002`),
	pair("report server id",
		`000f 0000 0002 0a  11`,
		`000f 0000 000d 0a  11 0a 00 ff 5075 6d70 2037 3761 ; id 0, running, "Pump 77a"`),
	pair("read file record",
		`0010 0000 0011 01  14 0e  06 0004 0001 0002  06 0003 0009 0002`,
		`0010 0000 000f 01  14 0c  05 06 0dfe 0020  05 06 33cd 0040`),
	pair("write file record",
		`0011 0000 0010 01  15 0d  06 0004 0007 0003 06af 04be 100d`,
		`0011 0000 0010 01  15 0d  06 0004 0007 0003 06af 04be 100d`),
	pair("mask write register",
		`0012 0000 0008 01  16 0004 00f2 0025`,
		`0012 0000 0008 01  16 0004 00f2 0025`),
	pair("read and write registers",
		`0013 0000 0011 01  17 0003 0002 000e 0003 06 00ff 00fe 00fd`,
		`0013 0000 0007 01  17 04 00fe 0acd`),
	pair("read fifo queue",
		`0014 0000 0004 01  18 04de`,
		`0014 0000 000a 01  18 0006 0002 01b8 1284`),
	{Name: "device identification in two answers", Steps: []Step{
		ask(`0015 0000 0005 05  2b 0e 01 00 ; basic objects from 0`),
		tell(`0015 0000 0014 05  2b 0e 01 01 ff 02 02 ; level 1, more follows from 2, two objects
			00 04 41636d65 ; vendor "Acme"
			01 04 4d353830 ; product code "M580"`),
		ask(`0016 0000 0005 05  2b 0e 01 02`),
		tell(`0016 0000 000d 05  2b 0e 01 01 00 00 01
			02 03 312e32 ; revision "1.2"`),
	}},
	pair("device identification: one object",
		`0017 0000 0005 ff  2b 0e 04 04`,
		`0017 0000 000e ff  2b 0e 04 81 00 00 01  04 04 50756d70 ; product "Pump"`),
	pair("canopen",
		`0018 0000 0005 01  2b 0d 0102`,
		`0018 0000 0006 01  2b 0d 010203`),
	pair("canopen read",
		`001c 0000 000d 01  2b 0d 00 00 02 6041 00 0000 0002`, // no options; node 2, status word, two bytes from the first on
		`001c 0000 000f 01  2b 0d 00 00 02 6041 00 0000 0002 0637`),
	pair("canopen write",
		`001d 0000 0010 01  2b 0d 21 00 07 02 6040 00 0000 0002 000f`, // a counter; writes; control word
		`001d 0000 000e 01  2b 0d 21 00 07 02 6040 00 0000 0000`),
	pair("exception",
		`0019 0000 0006 01  03 ffff 0001`,
		`0019 0000 0003 01  83 02 ; illegal data address`),
	pair("user-defined function",
		`001a 0000 0004 01  41 beef`,
		`001a 0000 0003 01  41 2a`),
	{Name: "umas: reserve, stop, monitor", Steps: []Step{
		ask(`0100 0000 0008 00  5a 00 10 0102 0304`),
		tell(`0100 0000 0005 00  5a 00 fe 01`),
		ask(`0101 0000 0006 00  5a 01 41 ff00`),
		tell(`0101 0000 0004 00  5a 01 fe`),
		ask(`0102 0000 0008 00  5a 01 50 15 0001 07`),
		tell(`0102 0000 000b 00  5a 01 fe 07 0000 0000 0000`),
		ask(`0103 0000 0004 00  5a 01 22`),
		tell(`0103 0000 0006 00  5a 01 fd 8001`),
	}},
	{Name: "umas identification", Steps: []Step{
		ask(`0104 0000 0004 00  5a 00 02`),
		tell(`0104 0000 001e 00  5a 00 fe 06 300107 00000000 5003 0000 0700 0601 0701 0000 0000 ; version 3.50
			03 425832 ; "BX2"`),
	}},
	{Name: "pipelined, answered out of order", PDUs: true, Steps: []Step{
		ask(`0201 0000 0006 01  03 0000 0001`),
		ask(`0202 0000 0006 01  03 0010 0001`),
		ask(`0203 0000 0006 02  06 0020 00ff`),
		tell(`0202 0000 0005 01  03 02 0002`),
		tell(`0201 0000 0005 01  03 02 0001`),
		tell(`0203 0000 0006 02  06 0020 00ff`),
		ask(`0204 0000 0006 01  01 0000 0008`),
		tell(`0204 0000 0004 01  01 01 ff`),
	}},
	{Name: "transaction id is always 0", PDUs: true, Steps: []Step{
		ask(`0000 0000 0006 01  03 0000 0001`),
		ask(`0000 0000 0006 01  03 0010 0002`),
		tell(`0000 0000 0005 01  03 02 0001`),
		tell(`0000 0000 0007 01  03 04 0002 0003`),
	}},
	{Name: "three ADUs in a segment, one over two", Steps: []Step{
		ask(`0301 0000 0006 01  01 0000 0001
			0302 0000 0006 01  02 0000 0001
			0303 0000 0006 01  04`),
		ask(`0000 0001`),
		tell(`0301 0000 0004 01  01 01 01
			0302 0000 0004 01  02 01 00
			0303 0000 0005 01  04 02 0007`),
	}},
	{Name: "unanswered", Steps: []Step{
		ask(`0401 0000 0006 01  03 0000 0001`), tell(`0401 0000 0005 01  03 02 0001`),
		ask(`0402 0000 0006 01  03 0000 0001`), Wait(11 * time.Second),
	}},
	{Name: "broadcast", Steps: []Step{ask(`0501 0000 0006 00  06 0001 0000`), Wait(11 * time.Second)}},
	{Name: "answers without requests", Rough: true, Steps: []Step{
		tell(`0601 0000 0005 01  03 02 0001`), tell(`0602 0000 0006 01  10 0001 0002`),
		tell(`0603 0000 0003 01  90 04`), tell(`0604 0000 0006 01  05 0001 ff00`),
		tell(`0605 0000 0010 01  15 0d  06 0004 0007 0003 06af 04be 100d`),
		tell(`0606 0000 0006 01  0f 0013 000a`), tell(`0607 0000 0008 01  16 0004 00f2 0025`),
		tell(`0608 0000 000f 01  14 0c  05 06 0dfe 0020  05 06 33cd 0040`),
		tell(`0609 0000 0004 00  5a 01 fe`),
	}},
	{Name: "a hole in both directions", Steps: []Step{
		ask(`0701 0000 0006 01  03 0000 0001`), tell(`0701 0000 0005 01  03 02`),
		Lost(ot.ToClient), Lost(ot.ToServer),
		ask(`0003 0000 0001 0703 0000 0006 01  03 0000 0001`),
		tell(`0001 0703 0000 0005 01  03 02 0001`),
	}},
	{Name: "broken lengths and protocol ids", Steps: []Step{
		ask(`0800 0000 0006 01  03 0000 0001`),
		ask(`0801 0000 0000 01  03 0000 0001`), ask(`0802 0000 ffff 01  03 0000 0001`),
		ask(`0803 0001 0006 01  03 0000 0001`), ask(`0804 0000 0008 01  03 0000 0001 abcd`),
		ask(`0805 0000 0004 01  03 0000 0001`), ask(`0806 0000 0006 01  03 0000 0001`),
		tell(`0806 0000 0005 01  03 02 0001`),
	}},
	{Name: "datagrams", Datagram: true, PDUs: true, Steps: []Step{
		ask(`0901 0000 0006 01  03 0000 0001`), tell(`0901 0000 0005 01  03 02 0001`),
		ask(`0902 0000 0006 01  03 0000 0001`), tell(`0902 0000 0005 01  03 02 0001`),
	}},
	{Name: "umas bodies", PDUs: true, Steps: []Step{
		ask(`0b01 0000 0018 00 5a 00 10 434c0000 0f 555345522d37313445373446323142`), tell(`0b01 0000 0005 00 5a 00 fe 01`), // USER-714E74F21B
		ask(`0b02 0000 0004 00 5a 01 04`), tell(`0b02 0000 0008 00 5a 01 fe 03 8e0006`),
		ask(`0b03 0000 000d 00 5a 01 20 00 1300 6400 0000 0400`), tell(`0b03 0000 000b 00 5a 01 fe 00 0400 01020304`),
		ask(`0b04 0000 000f 00 5a 01 21 00 1300 6400 0000 0200 abcd`), tell(`0b04 0000 0004 00 5a 01 fe`),
		ask(`0b05 0000 0017 00 5a 01 22 78563412 02  02 2200 01 0001 07  03 0c00 01 0000 01`), tell(`0b05 0000 000a 00 5a 01 fe 1122 33445566`),
		ask(`0b06 0000 0014 00 5a 01 23 78563412 01  12 2200 0001 0700 0100 beef`), tell(`0b06 0000 0004 00 5a 01 fd`),
		ask(`0b07 0000 0010 00 5a 00 22 78563412 01  02 2200 01 0001 07`), tell(`0b07 0000 0008 00 5a 00 fd a1a10000`),
		ask(`0b08 0000 000f 00 5a 00 26 02dd 00 01000000 ffff 0000`), tell(`0b08 0000 000b 00 5a 00 fe 01 0000 0000 0000`),
		ask(`0b09 0000 000c 00 5a 01 31 0001 0100 0200 aabb`), tell(`0b09 0000 0005 00 5a 01 fe 00`),
		ask(`0b0a 0000 0008 00 5a 01 34 0001 0100`), tell(`0b0a 0000 000a 00 5a 01 fe 0000 0200 aabb`),
		ask(`0b0b 0000 0008 00 5a 01 35 0001 2e00`), tell(`0b0b 0000 0004 00 5a 01 fe`),
		ask(`0b0c 0000 000e 00 5a 01 50 1500 02 0901 2200 0700 07`), tell(`0b0c 0000 000b 00 5a 01 fe 09 0700 01fdff 00`),
	}},
	{Name: "rtu", Steps: []Step{
		ask(rtuOf(`01 03 0000 0002`)), tell(rtuOf(`01 03 04 0001 0002`)),
		ask(rtuOf(`01 10 0001 0002 04 000a 0102`)), tell(rtuOf(`01 10 0001 0002`)),
		ask(rtuOf(`02 2b 0d 0102`)), tell(rtuOf(`02 ab 01`)),
		ask(rtuOf(`00 06 0001 0000`)), Wait(11 * time.Second),
	}},
	{Name: "rtu with a broken frame and a hole", Steps: []Step{
		ask(rtuOf(`01 03 0000 0002`)), tell(rtuOf(`01 03 04 0001 0002`)),
		ask(`01 03 0000 0002 0000`), ask(rtuOf(`01 03 0004 0002`)), tell(rtuOf(`01 03 04 0003 0004`)),
		Lost(ot.ToServer), ask(`00 02`), ask(rtuOf(`01 04 0004 0001`)), tell(rtuOf(`01 04 02 0003`)),
	}},
	{Name: "ascii", Steps: []Step{
		Client([]byte(":010300000001FB\r\n")...), Server([]byte(":0103020001F9\r\n")...),
		Client([]byte(":01030000")...), Client([]byte("0001FC\r\n:010300000001FB\r\n")...),
		Server([]byte(":0103020002F8\r\n")...),
	}},
	{Name: "tls", Foreign: true, Steps: []Step{
		Client(Hex(`16 0301 0200 01 0001fc 0303 00000000 00000000 00000000 00060103 00000001`)...),
		Server(Hex(`16 0303 0031 02 00002d 0303 00000000 00000002 00070000 0000 0002 0007 0000 00`)...),
		Client(Hex(`17 0303 0020 5e1f000000000006010300000001 91c2000000000002000700000000ff3a8b01`)...), // looks like ADUs, but none follows another
	}},
	{Name: "http", Foreign: true, Steps: []Step{
		Client([]byte("GET / HTTP/1.1\r\nHost: plc\r\n\r\n")...),
		Server([]byte("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")...),
	}},
	{Name: "dns over tcp", Foreign: true, Steps: []Step{
		Client(Hex(`001d 1a2b 0100 0001 0000 0000 0000 03706c63 05706c616e74 00 0001 0001`)...),
		Server(Hex(`001d 1a2b 8183 0001 0000 0000 0000 03706c63 05706c616e74 00 0001 0001`)...),
	}},
	{Name: "a datagram of something else", Datagram: true, Foreign: true, Steps: []Step{
		Client(Hex(`1a2b 0100 0001 0000 0000 0000 03706c63 00 0001 0001`)...),
		Client(Hex(`1a2c 0100 0001 0000 0000 0000 03706c63 00 0001 0001`)...),
	}},
}

// rtuOf adds the CRC to a frame.
func rtuOf(text string) string {
	sum := crc(Hex(text))
	const digits = "0123456789abcdef"
	tail := []byte{digits[sum>>4&15], digits[sum&15], digits[sum>>12], digits[sum>>8&15]}
	return text + string(tail)
}
