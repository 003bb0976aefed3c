package ptp

import (
	"testing"

	"otsensor/pkg/ot"
	pt "otsensor/pkg/protocols/protocoltest"
)

// told is a management message about a thing: target, hops, action, then what is said of it.
func told(hops, action, kind, thing string, data ...byte) []byte {
	length := byte(len(data) + 2)
	if kind == "0002" { // a failure says its reason before the thing
		length += 2
	}
	b := message(management, 0, "ffffffffffffffff ffff "+hops+action+" 00"+kind+"00")
	b = append(append(append(b, length), pt.Hex(thing)...), data...)
	b[3] = byte(len(b))
	return b
}

// clock describes itself: a boundary clock over Ethernet, made by an OUI.
var clock = pt.Join(pt.Hex("4000"), brieftext("IEEE 802.3"), pt.Hex("0006 001d9c100031 0003 0006 001d9c100031 001d9c 00"),
	brieftext("Maker;GM-100;1234"), brieftext("rev B;2.0;2.1"), brieftext("gm-1;hall \u202e2"), pt.Hex("000000000000"))

func brieftext(s string) []byte { return append([]byte{byte(len(s))}, s...) }

var described = pt.Session{
	Name: "described", Datagram: true,
	Steps: []pt.Step{
		pt.Client(told("01 01", "00", "0001", "0001")...),
		pt.Client(told("01 01", "02", "0001", "0001", clock...)...),
		pt.Client(told("01 01", "02", "0001", "0001", clock...)...),      // again
		pt.Client(told("02 01", "02", "0001", "0001", clock[:55]...)...), // cut off
		pt.Client(told("02 01", "02", "0001", "0001", pt.Join(clock[:35], brieftext("Maker;BC-7"), pt.Hex("00 00 000000000000"))...)...),
		pt.Client(told("01 01", "02", "0002", "0005 2005", 0, 0, 0, 0, 0)...),
	},
}

func TestClockDescription(t *testing.T) {
	ids := pt.Identities(pt.Play(t, Protocol(), described))
	if len(ids) != 2 {
		t.Fatalf("%+v", ids)
	}
	want := [ot.FactCount]string{ot.FactType: "PTP boundary clock", ot.FactVendor: "Maker", ot.FactProduct: "GM-100", ot.FactSerial: "1234",
		ot.FactHardware: "rev B", ot.FactFirmware: "2.0", ot.FactName: "gm-1", ot.FactLocation: "hall \uFFFD2"}
	if ids[0].Facts != want || ids[0].Behind != "" || ids[0].Source != "PTP clock description" {
		t.Errorf("%+v", ids[0])
	}
	if ids[1].Facts[ot.FactProduct] != "BC-7" || ids[1].Behind != "clock 001d9cfffe100031" {
		t.Errorf("%+v", ids[1])
	}
}

func TestManagementThatFailed(t *testing.T) {
	did := pt.Dids(pt.Play(t, Protocol(), described))
	want := `{"ptp.message":13,"ptp.message_name":"management","ptp.domain":0,"ptp.clock":"001d9cfffe100031","ptp.action":2,"ptp.action_name":"response","ptp.managed":8197,"ptp.managed_name":"priority_1","ptp.error":5,"ptp.error_name":"not_settable","ptp.messages":1}`
	if d := did[len(did)-1]; d.Status != ot.Refused || pt.JSON(Protocol(), &d) != want {
		t.Errorf("%v %s\nwant %s", d.Status, pt.JSON(Protocol(), &d), want)
	}
}
