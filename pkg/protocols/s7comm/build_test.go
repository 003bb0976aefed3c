package s7comm

import (
	"encoding/binary"

	pt "otsensor/pkg/protocols/protocoltest"
)

// tpkt wraps user data into a data TPDU with the end mark, and a TPKT.
func dt(data []byte) []byte { return dtPart(data, true) }

// dtPart is dt for one of several data TPDUs.
func dtPart(data []byte, last bool) []byte {
	mark := byte(0x00)
	if last {
		mark = 0x80
	}
	n := 7 + len(data)
	return pt.Join([]byte{
		3, 0, byte(n >> 8), byte(n), // TPKT: version, reserved, length
		2, 0xf0, mark, // COTP: length indicator, DT, end mark
	}, data)
}

// pduOf is an S7 PDU: header, parameters, data.
func pduOf(rosctr byte, ref uint16, err []byte, param, data []byte) []byte {
	h := []byte{0x32, rosctr, 0, 0}
	h = binary.BigEndian.AppendUint16(h, ref)
	h = binary.BigEndian.AppendUint16(h, uint16(len(param)))
	h = binary.BigEndian.AppendUint16(h, uint16(len(data)))
	return pt.Join(h, err, param, data)
}

// job is a request, acked its answer, user a PDU of user data, each as a whole TPKT.
func job(ref uint16, param, data string) []byte {
	return dt(pduOf(1, ref, nil, pt.Hex(param), pt.Hex(data)))
}

func acked(ref uint16, param, data string) []byte {
	return dt(pduOf(3, ref, []byte{0, 0}, pt.Hex(param), pt.Hex(data)))
}

func user(ref uint16, param, data string) []byte {
	return dt(pduOf(7, ref, nil, pt.Hex(param), pt.Hex(data)))
}

// Parameters of user data: mark, length, method, kind and group, sub, sequence.
func req(groupSub string) string  { return "000112 04 11 4" + groupSub + " 00" }
func resp(groupSub string) string { return "000112 08 12 8" + groupSub + " 01 00 00 0000" }
func push(groupSub string) string { return "000112 04 11 0" + groupSub + " 00" }

// none is the data of a request or response without any.
const none = "0a 00 0000"

// octets is data with a good return code, as an octet string.
func octets(hex string) string {
	b := pt.Hex(hex)
	return "ff 09 " + hexOf(byte(len(b)>>8), byte(len(b))) + hex
}

func hexOf(b ...byte) string {
	const digits = "0123456789abcdef"
	var s []byte
	for _, c := range b {
		s = append(s, digits[c>>4], digits[c&15])
	}
	return string(s)
}

func client(b []byte) pt.Step { return pt.Client(b...) }
func server(b []byte) pt.Step { return pt.Server(b...) }

// The connection every session but those that start midway begins with.
var (
	connectRequest = pt.Hex(`
		03 00 0016 ; TPKT, 22 bytes
		11 e0      ; CR
		0000 0003  ; references: none yet, 3
		00         ; class 0
		c0 01 0a   ; TPDU size 2^10
		c1 02 0100 ; calling TSAP
		c2 02 0202 ; called TSAP: OP, rack 0, slot 2
	`)
	connectConfirm = pt.Hex(`
		03 00 0016
		11 d0      ; CC
		0003 0009  ; references: 3, 9
		00
		c0 01 09   ; TPDU size 2^9
		c1 02 0100
		c2 02 0202
	`)
	setupAsk    = job(1, "f0 00 0008 0008 01e0", "")
	setupAnswer = acked(1, "f0 00 0002 0003 00f0", "")
)

// connected is a session with connection and setup in front.
func connected(name string, steps ...pt.Step) pt.Session {
	head := []pt.Step{client(connectRequest), server(connectConfirm), client(setupAsk), server(setupAnswer)}
	return pt.Session{Name: name, PDUs: true, Steps: append(head, steps...)}
}
