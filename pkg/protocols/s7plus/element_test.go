package s7plus

import (
	"testing"

	"otsensor/pkg/protocols"
	pt "otsensor/pkg/protocols/protocoltest"
)

// TestEveryElementOfAnObject: the reader of object trees knows each element, and
// stops before a byte that is none.
func TestEveryElementOfAnObject(t *testing.T) {
	for _, e := range []struct {
		element byte
		rest    string
	}{
		{startObject, "00000003 9358 00 00"}, {endObject, ""}, {attribute, "9359 00 04 07"}, {relation, "9f01 8a0e0008"},
		{startTag, "00 03 616263 00 17 05 00000000 02 00 01 02 a8"}, {endTag, ""}, {typeList, "0002 0506 0000"}, {nameList, "0000"},
	} {
		b := pt.Join(pt.Hex("a1 00000001 9358 00 00"), []byte{e.element}, pt.Hex(e.rest))
		w := tree{Cursor: protocols.Read(append(b, 0xA5)), facts: &facts{}}
		if w.objects(); w.Short() || w.wrong || w.Left() != 1 {
			t.Errorf("element %#x: %d bytes left of %x, short %v", e.element, w.Left(), b, w.Short())
		}
	}
}
