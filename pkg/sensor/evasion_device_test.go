package sensor

import (
	"encoding/binary"
	"strings"
	"testing"
	"unicode"
)

// hostile is a name that would take over a terminal or a page that shows it.
var hostile = "\x1b[2J<script>\r\n\xe2\x80\xae\xff\x00" + strings.Repeat("A", 60)

// clean checks that what devices said of themselves can be shown.
func clean(t *testing.T, got outcome) {
	if len(got.said) == 0 {
		t.Error("nobody said anything")
	}
	for _, text := range got.said {
		if len(text) > 256 || strings.ContainsFunc(text, func(r rune) bool { return !unicode.IsPrint(r) }) {
			t.Errorf("kept as it came: %q", text)
		}
	}
}

// listed is the answer to a ListIdentity: one item with the name given.
func listed(name string) string {
	b := "\x01\x00" + // encapsulation version
		"\x00\x02\xaf\x12\x0a\x00\x00\x02" + strings.Repeat("\x00", 8) + // socket address
		"\x01\x00\x0e\x00\x41\x00\x14\x0b\x30\x00\x01\x02\x03\x04" + // vendor, type, product, revision, status, serial
		string(rune(len(name))) + name + "\x03"
	n := binary.LittleEndian.AppendUint16(nil, uint16(len(b)))
	return enip(0x63, "\x01\x00\x0c\x00"+string(n)+b)
}

// userData is a request or an answer about the system status list of S7.
func userData(param, data string) string {
	head := binary.BigEndian.AppendUint16([]byte("\x32\x07\x00\x00\x00\x02"), uint16(len(param)))
	head = binary.BigEndian.AppendUint16(head, uint16(len(data)))
	return tpkt(string(head)+param+data, false)
}

// octets is data of user data that was read.
func octets(data string) string {
	return "\xff\x09" + string(binary.BigEndian.AppendUint16(nil, uint16(len(data)))) + data
}

// deviceEvasions are devices whose names are what somebody else made of them.
func deviceEvasions() []evasion {
	answers := func(port uint16, exchange ...string) func(s *stage) {
		return func(s *stage) {
			s.port = port
			s.handshake()
			for i, message := range exchange {
				s.say(i%2, message, opts{})
			}
		}
	}
	vendor := "\x00\x01\x00\x00\x00" + string(rune(10+len(hostile))) + "\x01\x2b\x0e\x01\x01\x00\x00\x01\x00" + string(rune(len(hostile))) + hostile
	const station, ask, answer = "\x00\x1c\x00\x02", "\x00\x01\x12\x04\x11\x44\x01\x00", "\x00\x01\x12\x08\x12\x84\x01\x01\x00\x00\x00\x00"
	return []evasion{
		{id: "E35", name: "a device that names itself in escapes, marks and endless letters", always: clean,
			play: answers(502, "\x00\x01\x00\x00\x00\x05\x01\x2b\x0e\x01\x00", vendor)},
		{id: "E35", name: "an identity of EtherNet/IP of that kind", always: clean,
			play: answers(44818, enip(0x63, ""), listed(hostile))},
		{id: "E35", name: "a name in the system status list of that kind", always: clean,
			play: answers(102, cotpAsk, cotpAnswer, userData(ask, octets(station)), userData(answer, octets(station+"\x00\x22\x00\x01\x00\x02"+hostile[:32])))},
	}
}
