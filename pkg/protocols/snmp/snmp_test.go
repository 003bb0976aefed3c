package snmp

import (
	"bytes"
	"testing"

	"otsensor/pkg/ot"
	pt "otsensor/pkg/protocols/protocoltest"
)

// tlv writes a value with a one-byte length.
func tlv(tag byte, parts ...[]byte) []byte {
	b := pt.Join(parts...)
	return append([]byte{tag, byte(len(b))}, b...)
}

func message(version byte, community string, pdu []byte) []byte {
	return tlv(0x30, []byte{2, 1, version}, tlv(4, []byte(community)), pdu)
}

// pdu is a PDU of a request id, an error and variables.
func pdu(kind, id, failed byte, variables ...[]byte) []byte {
	return tlv(0xa0+kind, []byte{2, 1, id, 2, 1, failed, 2, 1, 0}, tlv(0x30, variables...))
}

func variable(oid string, kind byte, text string) []byte {
	return tlv(0x30, tlv(6, pt.Hex(oid)), tlv(kind, []byte(text)))
}

const (
	sysName  = "2b 06 01 02 01 01 05 00"
	sysDescr = "2b 06 01 02 01 01 01 00"
	private  = "2b 06 01 04 01 81 5c 05 02 00" // 1.3.6.1.4.1.220.5.2.0
	secret   = "Gq7pump"
)

// secured is a message of version 3 by a user, its PDU in clear or not.
func secured(id byte, scoped []byte) []byte {
	return tlv(0x30, []byte{2, 1, 3}, tlv(0x30, []byte{2, 1, id, 2, 2, 5, 0xdc, 4, 1, 3, 2, 1, 3}),
		tlv(4, tlv(0x30, tlv(4, pt.Hex("8000000001")), []byte{2, 1, 0, 2, 1, 0}, tlv(4, []byte("maintenance")), tlv(4), tlv(4))), scoped)
}

var seeds = []pt.Session{{
	Name: "read and write", Datagram: true, PDUs: true,
	Steps: []pt.Step{
		pt.Client(message(1, "public", pdu(getNext, 1, 0, variable(private, 5, "")))...),
		pt.Server(message(1, "public", pdu(response, 1, 0, variable(private, 2, "\x07")))...),
		pt.Client(message(0, secret, pdu(setRequest, 2, 0, variable(private, 2, "\x07")))...),
		pt.Server(message(0, secret, pdu(response, 2, 4, variable(private, 2, "\x07")))...), // read only
		pt.Client(message(1, "public", pdu(trap2, 3, 0, variable(private, 2, "\x07")))...),
		pt.Client(message(0, "public", tlv(0xa4, tlv(6, pt.Hex("2b 06 01 04 01 81 5c")), tlv(0x40, []byte{10, 0, 0, 20}), []byte{2, 1, 0, 2, 1, 0, 0x43, 1, 9, 0x30, 0}))...),
		pt.Client(secured(9, tlv(4, pt.Hex("0102030405")))...),
		pt.Server(secured(9, tlv(4, pt.Hex("0605040302")))...),
		pt.Client(secured(10, tlv(0x30, tlv(4), tlv(4), pdu(getRequest, 4, 0, variable(private, 5, ""))))...),
		pt.Server(secured(10, tlv(0x30, tlv(4), tlv(4), pdu(report, 4, 0, variable("2b 06 01 06 03 0f 01 01 04 00", 0x41, "\x01"))))...),
	},
}, {
	Name: "who it is", Datagram: true,
	Steps: []pt.Step{
		pt.Client(message(1, "public", pdu(getRequest, 1, 0, variable(sysName, 5, ""), variable(sysDescr, 5, "")))...),
		pt.Server(message(1, "public", pdu(response, 1, 0, variable(sysName, 4, "switch-7"), variable(sysDescr, 4, "Industrial switch, 8 ports")))...),
		pt.Client(message(1, "public", pdu(setRequest, 2, 0, variable(sysName, 4, "mine")))...),
		pt.Server(message(1, "public", pdu(response, 2, 6, variable(sysName, 4, "mine")))...), // refused: that is no name
	},
}, {
	Name: "its parts", Datagram: true,
	Steps: []pt.Step{
		pt.Client(message(1, "public", pdu(getRequest, 1, 0, variable("2b 06 01 02 01 01 02 00", 5, "")))...),
		pt.Server(message(1, "public", pdu(response, 1, 0,
			variable("2b 06 01 02 01 01 02 00", 6, "\x2b\x06\x01\x04\x01\x81\x78\x0e")))...), // 1.3.6.1.4.1.248.14
		pt.Server(message(1, "public", pdu(response, 2, 0, variable(part+"0b 01", 4, "94200"), variable(part+"0d 01", 4, "RSPE35")))...),
		pt.Server(message(1, "public", pdu(response, 3, 0, variable(part+"0b 88 6a", 4, "77"), variable(part+"09 88 6a", 4, ""), variable(part+"0a 88 6a", 4, "9.\x1b4")))...), // part 1130
	},
}, {
	Name: "another protocol", Foreign: true, Datagram: true,
	Steps: []pt.Step{pt.Client([]byte("0HTTP is not this")...)},
}}

func TestConform(t *testing.T) { pt.Conform(t, Protocol(), seeds) }
func FuzzDecode(f *testing.F)  { pt.Fuzz(f, Protocol(), seeds) }

func TestTransactions(t *testing.T) {
	did := append(pt.Dids(pt.Play(t, Protocol(), seeds[0])), pt.Dids(pt.Play(t, Protocol(), seeds[1]))...)
	for i, want := range []struct {
		code   uint32
		op     ot.Op
		status ot.Status
		why    uint32
		name   string
		what   string
		known  bool
	}{
		{getNext, ot.OpDiagnostic, ot.OK, 0, "1.3.6.1.4.1.220.5", "1.3.6.1.4.1.220.5.2.0", true},
		{setRequest, ot.OpConfigWrite, ot.Refused, 4, "1.3.6.1.4.1.220.5", "1.3.6.1.4.1.220.5.2.0", false},
		{trap2, ot.OpAlarm, ot.OneWay, 0, "1.3.6.1.4.1.220.5", "1.3.6.1.4.1.220.5.2.0", true},
		{trap1, ot.OpAlarm, ot.OneWay, 0, "1.3.6.1.4.1.220", "1.3.6.1.4.1.220", true},
		{Encrypted, ot.OpUnknown, ot.OK, 0, "", "management data", false},
		{getRequest, ot.OpDiagnostic, ot.Refused, errorReport, "1.3.6.1.4.1.220.5", "1.3.6.1.4.1.220.5.2.0", false},
		{getRequest, ot.OpIdentify, ot.OK, 0, "1.3.6.1.2.1.1.5", "1.3.6.1.2.1.1.5.0", true},
		{setRequest, ot.OpConfigWrite, ot.Refused, 6, "1.3.6.1.2.1.1.5", "1.3.6.1.2.1.1.5.0", true},
	} {
		if i >= len(did) {
			t.Fatalf("only %d transactions", len(did))
		}
		d := &did[i]
		if what := string(describe(d, nil)); d.Code != want.code || d.Op != want.op || d.Status != want.status || d.StatusCode != want.why ||
			string(d.Name) != want.name || what != want.what || (d.Arg[argFlags]&flagDefault != 0) != want.known {
			t.Errorf("%d: %#x %v %v %d %q %q %#x; want %+v", i, d.Code, d.Op, d.Status, d.StatusCode, d.Name, what, d.Arg[argFlags], want)
		}
	}
}

const part = "2b 06 01 02 01 2f 01 01 01 01 "

func TestPartsAndMaker(t *testing.T) {
	ids := pt.Identities(pt.Play(t, Protocol(), seeds[2]))
	if len(ids) != 3 {
		t.Fatalf("%+v", ids)
	}
	for i, want := range []struct {
		behind string
		facts  [ot.FactCount]string
	}{
		{"", [ot.FactCount]string{ot.FactVendor: "Hirschmann"}},
		{"part 1", [ot.FactCount]string{ot.FactSerial: "94200", ot.FactProduct: "RSPE35"}},
		{"part 1130", [ot.FactCount]string{ot.FactSerial: "77", ot.FactFirmware: "9.\uFFFD4"}},
	} {
		if ids[i].Behind != want.behind || ids[i].Facts != want.facts {
			t.Errorf("%+v; want %+v", ids[i], want)
		}
	}
}

func TestIdentity(t *testing.T) {
	ids := pt.Identities(pt.Play(t, Protocol(), seeds[1]))
	if len(ids) != 1 || ids[0].Facts[ot.FactName] != "switch-7" || ids[0].Facts[ot.FactProduct] != "Industrial switch, 8 ports" || ids[0].Of.HostString() != "10.0.0.10" {
		t.Errorf("%+v", ids)
	}
}

// A community is a password: nothing that leaves the decoder holds it.
func TestCommunityIsForgotten(t *testing.T) {
	for _, d := range pt.Dids(pt.Play(t, Protocol(), seeds[0])) {
		if told := pt.JSON(Protocol(), &d); bytes.Contains([]byte(told), []byte(secret)) || bytes.Contains(d.Value, []byte(secret)) || bytes.Contains(d.Name, []byte(secret)) {
			t.Errorf("%s tells it", told)
		}
	}
}
