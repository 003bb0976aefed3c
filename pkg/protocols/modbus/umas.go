package modbus

import (
	"fmt"

	"otsensor/pkg/ot"
	"otsensor/pkg/protocols"
)

// UMAS: function 90, a session byte, then a code; the answer has FE or FD in
// place of the code. The session is 0 until a reservation gives one.

const umasReadID = 0x02

// The identification of a controller as captures of three of them show it.
const (
	umasVersionAt = 11 // from the function code on: two digits and two digits, low byte first
	umasNameAt    = 25 // length, then the name
)

// readUMAS keeps the answer's data, save where the request's is what matters.
func readUMAS(c *protocols.Cursor, txns []ot.Transaction, asked bool) ot.Anomaly {
	t := &txns[0]
	session, verdict, data := c.U8(), c.U8(), c.Rest()
	if !asked {
		t.Arg[argA] = uint32(session)
	}
	if c.Short() {
		return ot.Malformed
	}
	if verdict == umasRefused {
		for i := range txns {
			txns[i].Status, txns[i].StatusCode = ot.Refused, umasRefused
		}
	} else if asked {
		umasSaid(t, data)
	}
	switch {
	case len(txns) > 1:
		umasValues(txns, data)
	case !asked || !umasGives(t.Op):
		t.Value = data
	}
	switch {
	case verdict != umasOK && verdict != umasRefused:
		return ot.BadValue
	case uint32(session) != t.Arg[argA]:
		return ot.Mismatched
	}
	return ot.NoAnomaly
}

// umasGives reports that the request of a verb carries what matters.
func umasGives(op ot.Op) bool { return op.ChangesState() || op == ot.OpAuth || op == ot.OpUnknown }

func umasFacts(pdu []byte) (said [ot.FactCount]string) {
	if len(pdu) <= umasNameAt || len(pdu) <= umasNameAt+int(pdu[umasNameAt]) {
		return said
	}
	name := pdu[umasNameAt+1:][:pdu[umasNameAt]]
	if len(name) == 0 || !printable(name) {
		return said
	}
	said[ot.FactProduct] = ot.CleanString(name, ot.NameCap)
	said[ot.FactFirmware] = fmt.Sprintf("%x.%02x", pdu[umasVersionAt+1], pdu[umasVersionAt])
	return said
}
