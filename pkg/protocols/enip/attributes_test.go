package enip_test

import (
	"testing"

	"otsensor/pkg/protocols/cip"
	"otsensor/pkg/protocols/enip"
	. "otsensor/pkg/protocols/protocoltest"
)

var attributes = Session{
	Name: "attributes", PDUs: true,
	Steps: steps(
		Client(rr(1, Hex(`0e 03 20 f5 24 01 30 05`)...)...), // get TCP/IP interface
		Server(rr(1, Hex(`8e 00 00 00
			144d0a0a 00ffffff 014d0a0a ; 10.10.77.20, mask, gateway
			00000000 00000000          ; name servers
			0500 6c696e6531            ; domain
		`)...)...),
		Client(rr(2, Hex(`10 03 20 f5 24 01 30 03 02000000`)...)...), // set configuration control
		Server(rr(2, Hex(`90 00 00 00`)...)...),
		Client(rr(3, Hex(`03 02 20 f6 24 01 0400 0100 0200 0300 6300`)...)...), // list: speed, flags, address, 99
		Server(rr(3, Hex(`83 00 00 00 0400
			0100 0000 64000000
			0200 0000 03000000
			0300 0000 001d9c0a0b0c
			6300 1400          ; not supported
		`)...)...),
		Client(rr(4, Hex(`01 02 20 01 24 01`)...)...), // all of the identity
		Server(rr(4, Hex(`81 00 00 00 0100 0c00 0a00 0301 3404 dec01077 03 414231 03`)...)...),
		Client(rr(5, Hex(`04 02 20 5e 24 01 0200 0900 01 0400 02 c02b c0ac`)...)...), // set list: verify client, suites
		Server(rr(5, Hex(`84 00 00 00 0200 0900 0000 0400 0000`)...)...),
		Client(rr(6, Hex(`0e 03 20 f5 24 00 30 02`)...)...), // attribute of a class
		Server(rr(6, Hex(`8e 00 00 00 0100`)...)...),
		Client(rr(7, Hex(`0e 03 20 2a 24 01 30 07`)...)...), // drive: speed
		Server(rr(7, Hex(`8e 00 00 00 0cfe`)...)...),
		Client(rr(8, Hex(`0e 03 20 47 24 01 30 0a`)...)...), // ring: active supervisor
		Server(rr(8, Hex(`8e 00 00 00 014d0a0a 001d9c010203`)...)...),
		Client(rr(9, Hex(`0e 03 20 f5 24 01 30 05`)...)...), // cut short
		Server(rr(9, Hex(`8e 00 00 00 144d0a0a`)...)...),
		Client(rr(10, Hex(`0e 03 20 02 24 01 30 01`)...)...), // classes of the message router
		Server(rr(10, Hex(`8e 00 00 00 0200 0100 f500`)...)...),
	),
}

// TestAttributes: attributes have names, and values as people read them.
func TestAttributes(t *testing.T) {
	want := []string{
		"interface: interface=address 10.10.77.20, mask 255.255.255.0, gateway 10.10.77.1, name_server 0.0.0.0, name_server_2 0.0.0.0, domain \"line1\"",
		"control: control=dhcp",
		"speed: speed=100; flags=link full_duplex; address=00:1d:9c:0a:0b:0c",
		": vendor=1; device_type=12; product_code=10; revision=major 3, minor 1; status=configured major_recoverable_fault 0x30; serial=1997586654; product_name=\"AB1\"; state=operational",
		"verify_client_certificate: verify_client_certificate=1; suites_allowed=c02b c0ac",
		"max_instance: max_instance=1",
		"speed: speed=-500",
		"active_supervisor: active_supervisor=10.10.77.1, 00:1d:9c:01:02:03",
		"interface: ",
		"classes: classes=1 245",
	}
	i := 0
	for _, d := range Dids(Play(t, enip.Protocol(), attributes)) {
		if d.Proto.String() != "cip" {
			continue
		}
		var name, values []byte
		for _, f := range cip.Protocol().Fields {
			switch f.Name {
			case "cip.attribute_name":
				name = f.Text(&d)
			case "cip.attributes":
				values = f.Text(&d)
			}
		}
		if got := string(name) + ": " + string(values); i >= len(want) || got != want[i] {
			t.Errorf("%d: %s\nwant %s", i, got, want[min(i, len(want)-1)])
		}
		i++
	}
	if i != len(want) {
		t.Errorf("%d transactions", i)
	}
}
