package modbus

import (
	"bytes"
	"strconv"

	"otsensor/pkg/ot"
	"otsensor/pkg/protocols"
)

// Read device identification, AP §6.21: MEI type, read code, conformity, more
// follows, next object, number of objects; then objects of id, length, text.
const (
	identityHead = 7 // function code included
	readCodeOne  = 4 // one object, by its id
	moreFollows  = 0xFF
	maxSurveys   = 4 // units of one conversation that are asked at a time
)

// objectFacts is what the named objects say; 3 is the vendor's address and no fact of the device.
var objectFacts = [7]struct {
	fact ot.Fact
	says bool
}{
	0: {ot.FactVendor, true}, 1: {ot.FactOrder, true}, 2: {ot.FactFirmware, true},
	4: {ot.FactProduct, true}, 5: {ot.FactType, true}, 6: {ot.FactProject, true},
}

// survey gathers the objects of a unit over several answers.
type survey struct {
	unit uint8
	said [ot.FactCount]string
}

func readEncapsulatedAnswer(c *protocols.Cursor, t *ot.Transaction) ot.Anomaly {
	mei := uint32(c.U8())
	if want, known := subOf(t.Code); known && uint32(want) != mei {
		return ot.Mismatched
	}
	if mei != meiDevice {
		answer := ot.Transaction{Value: c.Rest()}
		if mei == meiCANopen {
			readCANopen(answer.Value, &answer)
		}
		if len(answer.Value) > 0 || t.Op != ot.OpConfigWrite {
			t.Value = answer.Value
		}
		if t.Object.Area != AreaCANopen {
			t.Object = answer.Object
		}
		return ot.NoAnomaly
	}
	code, conformity, more := c.U8(), c.U8(), c.U8()
	c.U8() // next object
	count := c.U8()
	if t.Arg[argA] == 0 {
		t.Arg[argA] = uint32(code)
	}
	t.Arg[argC] = uint32(conformity)<<8 | uint32(more)
	t.Object.Area, t.Value = AreaIdentity, c.Rest()
	switch {
	case c.Short() || !wholeObjects(t.Value, int(count)):
		return ot.Malformed
	case uint32(code) != t.Arg[argA]:
		return ot.Mismatched
	case conformity&^exceptionBit < 1 || conformity&^exceptionBit > 3 || more != 0 && more != moreFollows:
		return ot.BadValue
	}
	return ot.NoAnomaly
}

func wholeObjects(b []byte, count int) bool {
	for ; count > 0; count-- {
		if len(b) < 2 || len(b) < 2+int(b[1]) {
			return false
		}
		b = b[2+int(b[1]):]
	}
	return true
}

// identifies reports the functions whose answers may say something about the device.
func identifies(function uint8) bool {
	return function == serverID || function == encapsulated || function == umas
}

// identify hands over what an accepted answer says about the device.
func (d *decoder) identify(a *adu, t *ot.Transaction, out *protocols.Emit) {
	if t.StatusCode != 0 || a.odd != ot.NoAnomaly {
		return
	}
	switch {
	case a.function() == serverID:
		d.identified(a.unit, serverFacts(t.Value), "Modbus server ID", out)
	case t.Code == withSub(encapsulated, meiDevice) && len(a.pdu) >= identityHead:
		d.gather(a, out)
	case t.Code == withSub(umas, umasReadID):
		d.identified(a.unit, umasFacts(a.pdu), "UMAS identification", out)
	}
}

// gather joins the objects of a device identification until no more follow.
func (d *decoder) gather(a *adu, out *protocols.Emit) {
	s := d.surveyOf(a.unit)
	for b := a.pdu[identityHead:]; len(b) >= 2 && len(b) >= 2+int(b[1]); b = b[2+int(b[1]):] {
		if id := b[0]; int(id) < len(objectFacts) && objectFacts[id].says {
			s.said[objectFacts[id].fact] = ot.CleanString(b[2:2+int(b[1])], ot.NameCap)
		}
	}
	if a.pdu[2] != readCodeOne && a.pdu[4] == moreFollows {
		return
	}
	d.identified(a.unit, s.said, "Modbus device identification", out)
	*s = survey{unit: a.unit}
}

// surveyOf finds the survey of a unit, or begins one; when too many are open the first gives way.
func (d *decoder) surveyOf(unit uint8) *survey {
	for i := range d.surveys {
		if d.surveys[i].unit == unit {
			return &d.surveys[i]
		}
	}
	if len(d.surveys) == maxSurveys {
		d.surveys = d.surveys[:copy(d.surveys, d.surveys[1:])]
	}
	d.surveys = append(d.surveys, survey{unit: unit})
	return &d.surveys[len(d.surveys)-1]
}

func (d *decoder) identified(unit uint8, said [ot.FactCount]string, source string, out *protocols.Emit) {
	if said == [ot.FactCount]string{} {
		return
	}
	id := ot.Identity{Of: d.conv.Server, Source: source, Facts: said}
	if unit != 0 && unit != 255 { // these two address the server itself, TCP §4.4.2.3
		id.Behind = "unit " + strconv.Itoa(int(unit))
	}
	out.Identified(id)
}

// runPresent marks argB of a server id whose run indicator was found.
const runPresent = 1 << 8

// serverState gives the server id and the run indicator of function 17. The
// id's length is the device's own matter (AP §6.13); the indicator is the
// first byte behind it that is 00 or FF.
func serverState(b []byte) (id, run uint32) {
	if len(b) == 0 {
		return 0, 0
	}
	if at := runAt(b); at > 0 {
		run = runPresent | uint32(b[at])
	}
	return uint32(b[0]), run
}

func runAt(b []byte) int {
	for i := 1; i < len(b); i++ {
		if b[i] == 0 || b[i] == 0xFF {
			return i
		}
	}
	return -1
}

func serverFacts(b []byte) (said [ot.FactCount]string) {
	at := runAt(b)
	if at < 0 {
		return said
	}
	said[ot.FactState] = "stop"
	if b[at] == 0xFF {
		said[ot.FactState] = "run"
	}
	if text := bytes.Trim(b[at+1:], "\x00 "); len(text) > 2 && printable(text) {
		said[ot.FactProduct] = ot.CleanString(text, ot.NameCap)
	}
	return said
}

func printable(b []byte) bool {
	for _, c := range b {
		if c < ' ' || c > '~' {
			return false
		}
	}
	return true
}
