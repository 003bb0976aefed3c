package s7plus_test

import (
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"strings"

	"otsensor/pkg/protocols"
	pt "otsensor/pkg/protocols/protocoltest"
	"otsensor/pkg/protocols/s7comm"
	"otsensor/pkg/protocols/tpkt"
)

// carrier and transport are the rows that bring S7comm-plus, without their own
// fields, which their own tests reach.
func carrier() protocols.Protocol   { return fieldless(s7comm.Protocol()) }
func transport() protocols.Protocol { return fieldless(tpkt.Protocol()) }

func fieldless(row protocols.Protocol) protocols.Protocol {
	row.Fields = nil
	return row
}

// dt wraps a message into a data TPDU with the end mark, and a TPKT.
func dt(data []byte) []byte {
	n := 7 + len(data)
	return pt.Join([]byte{
		3, 0, byte(n >> 8), byte(n), // TPKT: version, reserved, length
		2, 0xf0, 0x80, // COTP: length indicator, DT, end mark
	}, data)
}

// head is the header of a PDU.
func head(version byte, n int) []byte {
	return binary.BigEndian.AppendUint16([]byte{0x72, version}, uint16(n))
}

// digest is the integrity part of version 3, of which only the length is looked at.
var digest = "20" + strings.Repeat("d1", 32)

func data(version byte, text string) []byte {
	if version == 3 {
		text = digest + text
	}
	return pt.Hex(text)
}

// whole is a PDU with its trailer, part one that goes on in the next, event a
// system event, each as a whole TPKT.
func whole(version byte, text string) []byte {
	b := data(version, text)
	return dt(pt.Join(head(version, len(b)), b, head(version, 0)))
}

func part(version byte, text string) []byte {
	b := data(version, text)
	return dt(pt.Join(head(version, len(b)), b))
}

func event(text string) []byte {
	b := pt.Hex(text)
	return dt(pt.Join(head(0xfe, len(b)), b))
}

// req is the head of a request: opcode, reserved, function, reserved, sequence
// number, session, transport flags. res is that of an answer.
func req(function string, seq int) string {
	return fmt.Sprintf("31 0000 %s 0000 %04x 00000389 34 ", function, seq)
}

func res(function string, seq int) string {
	return fmt.Sprintf("32 0000 %s 0000 %04x 34 ", function, seq)
}

// text is a value: flags, wide string, length, bytes.
func text(s string) string {
	return fmt.Sprintf(" 00 15 %02x", len(s)) + hex.EncodeToString([]byte(s)) + " "
}

func client(b []byte) pt.Step { return pt.Client(b...) }
func server(b []byte) pt.Step { return pt.Server(b...) }

// tlsRecord is a record of TLS 1.2: type, version, length, body.
func tlsRecord(kind byte, body []byte) []byte {
	return pt.Join([]byte{kind, 3, 3, byte(len(body) >> 8), byte(len(body))}, body)
}

// handshake is a message of a TLS handshake: type, length of three bytes, body.
func handshake(kind byte, body []byte) []byte {
	return pt.Join([]byte{kind, 0, byte(len(body) >> 8), byte(len(body))}, body)
}
