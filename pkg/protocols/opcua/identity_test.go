package opcua

import (
	"slices"
	"testing"

	"otsensor/pkg/ot"
	pt "otsensor/pkg/protocols/protocoltest"
)

// The texts of BuildInfo in its own order.
var buildInfo = pt.Join(str("http://vendor/server"), str("Vendor"), str("Line server"), str("2.1.0"), str("77"), make([]byte, 8))

func object(kind int, body []byte) []byte { // value: an extension object
	return pt.Join([]byte{1, 22, 1, 0, byte(kind), byte(kind >> 8), 1}, le32(len(body)), body)
}

var polled = pt.Session{
	Name: "what a server says of itself",
	Steps: []pt.Step{
		pt.Client(reads(1, 2256)...),
		pt.Server(message(1, 634, answering, le32(1), object(864, pt.Join(make([]byte, 16), le32(0), buildInfo, le32(0), pt.Hex("00"))), null)...),
		pt.Client(reads(2, 2259)...),
		pt.Server(message(2, 634, answering, le32(1), pt.Hex("01 06 00000000"), null)...), // still running
		pt.Client(reads(3, 2259)...),
		pt.Server(message(3, 634, answering, le32(1), pt.Hex("01 06 04000000"), null)...), // shutdown
		pt.Client(reads(4, 2261)...),
		pt.Server(message(4, 634, answering, le32(1), pt.Hex("01 0c"), str("Line \u202eserver"), null)...),
	},
}

// reads asks for the value of a node of the specification.
func reads(n byte, node int) []byte {
	return message(n, codeRead, asking, make([]byte, 12), le32(1), []byte{1, 0, byte(node), byte(node >> 8)}, le32(13), null, pt.Hex("0000"), null)
}

func TestServerStatusIsToldOnceAndWhenItChanges(t *testing.T) {
	ids := pt.Identities(pt.Play(t, Protocol(), polled))
	if len(ids) != 3 {
		t.Fatalf("%+v", ids)
	}
	want := [ot.FactCount]string{ot.FactVendor: "Vendor", ot.FactProduct: "Line server", ot.FactOrder: "http://vendor/server", ot.FactFirmware: "2.1.0 build 77", ot.FactState: "running"}
	if ids[0].Facts != want || ids[0].Source != "OPC UA server status" || ids[0].Of.HostString() != "10.0.0.10" {
		t.Errorf("%+v", ids[0])
	}
	if s := ids[1].Facts[ot.FactState]; s != "shutdown" {
		t.Errorf("state %q", s)
	}
	if s := ids[2].Facts[ot.FactProduct]; s != "Line \uFFFDserver" {
		t.Errorf("product %q is not clean", s)
	}
}

var discovery = pt.Session{
	Name: "who is known",
	Steps: []pt.Step{
		pt.Client(message(1, codeFindServers, asking, str("opc.tcp://line1:4840"), null, null)...),
		pt.Server(message(1, 425, answering, le32(2),
			str("urn:a"), null, []byte{2}, str("A"), le32(0), null, null, le32(2), str("opc.tcp://line1:4840"), str("opc.tcp://10.0.0.31:4840/a"),
			str("urn:b"), null, []byte{2}, str("B"), le32(0), null, null, le32(1), str("opc.tcp://[fd00::7]:4840"))...),
		pt.Client(message(2, codeRegister, asking, str("urn:c"), str("http://c"), le32(1), []byte{2}, str("C"), le32(0), null, null, null, []byte{1})...),
		pt.Server(message(2, 440, answering)...),
	},
}

func TestDiscoveryTellsOfOtherHosts(t *testing.T) {
	ids := pt.Identities(pt.Play(t, Protocol(), discovery))
	for i, want := range []string{"10.0.0.31 urn:a OPC UA discovery", "fd00::7 urn:b OPC UA discovery", "10.0.0.20 urn:c OPC UA registration"} {
		if i >= len(ids) {
			t.Fatalf("%+v", ids)
		}
		if got := ids[i].Of.HostString() + " " + ids[i].Facts[ot.FactName] + " " + ids[i].Source; got != want {
			t.Errorf("%s; want %s", got, want)
		}
	}
}

var nameplate = pt.Session{
	Name: "who stands behind",
	Steps: []pt.Step{
		pt.Client(message(1, codeFindOnNetwork, asking, le32(0), le32(0), le32(0))...),
		pt.Server(message(1, 12209, answering, make([]byte, 8), le32(2), le32(1), str("Filler"), str("opc.tcp://10.0.0.32:4840"), le32(1), str("DA"),
			le32(2), str("Elsewhere"), str("opc.tcp://somewhere:4840"), le32(0))...),
		pt.Client(message(2, codeBrowse, asking, pt.Hex("0000"), make([]byte, 12), le32(0), le32(1), pt.Hex("01 02 8913"), make([]byte, 16))...), // what ns=2;i=5001 holds
		pt.Server(message(2, 530, answering, le32(1), le32(0), null, le32(2),
			pt.Hex("0000 01 01 02 7217 0300"), str("SerialNumber"), pt.Hex("00"), le32(2), pt.Hex("0000"),
			pt.Hex("0000 01 01 02 7317 0300"), str("Speed"), pt.Hex("00"), le32(2), pt.Hex("0000"), null)...),
		pt.Client(readNode(3, pt.Hex("01 02 7217"))...), pt.Server(message(3, 634, answering, le32(1), pt.Hex("01 0c"), str("A-4711"), null)...),
		pt.Client(readNode(4, pt.Hex("01 02 7217"))...), pt.Server(message(4, 634, answering, le32(1), pt.Hex("01 0c"), str("A-4711"), null)...), // again
		pt.Client(readNode(5, pt.Hex("01 02 7317"))...), pt.Server(message(5, 634, answering, le32(1), pt.Hex("01 0c"), str("fast"), null)...),
		pt.Client(readNode(6, pt.Join(pt.Hex("03 0200"), str("Pump.Manufacturer")))...),
		pt.Server(message(6, 634, answering, le32(1), pt.Hex("01 15 02"), str("Maker"), null)...),
	},
}

// readNode asks for the value of a node.
func readNode(n byte, node []byte) []byte {
	return message(n, codeRead, asking, make([]byte, 12), le32(1), node, le32(13), null, pt.Hex("0000"), null)
}

// A device behind a server is known by the properties that say who it is: by
// what a browse said they are, or by the name of their node.
func TestDevicesBehindAServer(t *testing.T) {
	var got []string
	for _, id := range pt.Identities(pt.Play(t, Protocol(), nameplate)) {
		got = append(got, id.Of.HostString()+" "+id.Behind+" "+id.Facts[ot.FactName]+id.Facts[ot.FactSerial]+id.Facts[ot.FactVendor])
	}
	if want := []string{"10.0.0.32  Filler", "10.0.0.10 ns=2;i=5001 A-4711", "10.0.0.10 Pump Maker"}; !slices.Equal(got, want) {
		t.Errorf("%q; want %q", got, want)
	}
}

// A certificate names who holds it, once in a connection.
func TestCertificate(t *testing.T) {
	name := pt.Hex("30 11 31 0f 300d 0603 550403 0c06") // SEQUENCE, SET, pair, commonName, UTF8String of 6
	name = append(name, "packer"...)
	body := pt.Join(pt.Hex("020101 3000"), name, pt.Hex("3000"), name) // serial, algorithm, issuer, validity, subject
	signed := pt.Join([]byte{0x30, byte(len(body))}, body)
	der := pt.Join([]byte{0x30, byte(len(signed))}, signed)
	open := func(from func(...byte) pt.Step) pt.Step {
		return from(chunk("OPN", pt.Hex("00000000"), str("http://opcfoundation.org/UA/SecurityPolicy#Basic256Sha256"), le32(len(der)), der, null, pt.Hex("a1b2c3d4"))...)
	}
	ids := pt.Identities(pt.Play(t, Protocol(), pt.Session{Steps: []pt.Step{open(pt.Client), open(pt.Server), open(pt.Client), open(pt.Server)}}))
	if len(ids) != 2 || ids[0].Of.HostString() != "10.0.0.20" || ids[1].Of.HostString() != "10.0.0.10" || ids[1].Facts[ot.FactName] != "packer" || ids[1].Source != "OPC UA certificate" {
		t.Errorf("%+v", ids)
	}
}
