package bacnet

import (
	"testing"

	"otsensor/pkg/ot"
	"otsensor/pkg/protocols"
	pt "otsensor/pkg/protocols/protocoltest"
)

// unicast is an original unicast message around an application PDU.
func unicast(apdu string) []byte { return linked(linkUnicast, pt.Join([]byte{1, 4}, pt.Hex(apdu))) }

// linked puts the header of the virtual link in front.
func linked(function byte, b []byte) []byte {
	return pt.Join([]byte{linkType, function, 0, byte(len(b) + linkHeader)}, b)
}

var seeds = []pt.Session{{
	Name: "reads, writes and commands", Datagram: true, PDUs: true,
	Steps: []pt.Step{
		pt.Client(unicast(`
			00 05 01 0c ; confirmed, up to 1476 bytes, invoke 1, read property
			0c 00000003 ; analog input 3
			19 55       ; present value
		`)...),
		pt.Server(unicast(`
			30 01 0c    ; complex ack
			0c 00000003 19 55
			3e 44 42c80000 3f ; real 100
		`)...),
		pt.Client(unicast(`
			00 05 02 0f ; write property
			0c 00400001 ; analog output 1
			19 55 3e 44 3f800000 3f 49 08 ; real 1, priority 8
		`)...),
		pt.Server(unicast(`50 02 0f 91 02 91 28`)...),                                                                       // error: property, write access denied
		pt.Client(unicast(`00 05 03 14 09 00`)...),                                                                          // reinitialise: cold start
		pt.Server(unicast(`60 03 09`)...),                                                                                   // reject: unrecognised service
		pt.Client(unicast(`00 05 04 11 09 05 19 01`)...),                                                                    // no communication for five minutes
		pt.Server(unicast(`20 04 11`)...),                                                                                   // simple ack
		pt.Client(unicast(`00 05 05 05 09 12 1c 00c00002 29 01 39 3c`)...),                                                  // subscribe to binary output … 3
		pt.Server(unicast(`70 05 04`)...),                                                                                   // abort
		pt.Server(unicast(`00 05 06 0e 0c 02000010 1e 09 79 1f`)...),                                                        // the server asks for a vendor name
		pt.Client(unicast(`30 06 0e 0c 02000010 1e 29 79 4e 75 05 00 41434d45 4f 1f`)...),                                   // ACME
		pt.Server(unicast(`10 06 a4 7c031e01 b4 06000000`)...),                                                              // time synchronisation
		pt.Server(unicast(`10 01 c4 02000010 c4 00000003 75 04 00 5431 32`)...),                                             // I-Have: T12
		pt.Server(linked(linkBroadcast, pt.Hex("01 80 01 0005"))...),                                                        // I am router to network 5
		pt.Client(linked(5, []byte{0, 60})...),                                                                              // register as foreign device
		pt.Server(linked(linkResult, []byte{0, 0x30})...),                                                                   // refused
		pt.Server(linked(linkForwarded, pt.Hex("0a00000a bac0 01 08 0005 01 07 10 00 c4 0200007b 22 05c4 91 00 21 18"))...), // I-Am of device 123 behind network 5
		pt.Client(linked(linkUnicast, pt.Hex("01 24 0005 01 07 ff 00 05 09 0c 0c 0200007b 19 4d"))...),                      // name of device 123
		pt.Server(linked(linkUnicast, pt.Hex("01 08 0005 01 07 30 09 0c 0c 0200007b 19 4d 3e 75 04 00 414855 3f"))...),
	},
}, {
	Name: "I-Am alone", Datagram: true,
	Steps: []pt.Step{pt.Client(linked(linkBroadcast, pt.Hex("01 00 10 00 c4 02000010 22 05c4 91 00 22 0104"))...)},
}, {
	Name: "sums that need no memory", Datagram: true,
	Steps: []pt.Step{
		pt.Client(unicast(`00 05 01 0c 0c 00000003 19 55`)...),
		pt.Server(unicast(`30 01 0c 0c 00000003 19 55 3e 44 42c80000 3f`)...),
	},
}, {
	Name: "another type of link", Datagram: true, Foreign: true,
	Steps: []pt.Step{pt.Client(0x82, 0x0a, 0, 8, 1, 0, 0x10, 8)},
}}

func TestConform(t *testing.T) { pt.Conform(t, Protocol(), seeds) }
func FuzzDecode(f *testing.F)  { pt.Fuzz(f, Protocol(), seeds) }

func TestTransactions(t *testing.T) {
	did := pt.Dids(pt.Play(t, Protocol(), seeds[0]))
	for i, want := range []struct {
		code   uint32
		op     ot.Op
		status ot.Status
		why    uint32
		what   string
	}{
		{readProperty, ot.OpReadData, ot.OK, 0, "present_value of analog_input 3"},
		{writeProperty, ot.OpWriteData, ot.Refused, 2<<16 | 40, "present_value of analog_output 1"},
		{reinitialise, ot.OpReset, ot.Refused, Reject | 9, "device"},
		{communicationControl, ot.OpModeChange, ot.OK, 0, "device"},
		{subscribeCOV, ot.OpSubscribe, ot.Refused, Abort | 4, "binary_input 2"},
		{readMultiple, ot.OpReadData, ot.OK, 0, "vendor_name of device 16"},
		{Unconfirmed | 6, ot.OpTimeSet, ot.OneWay, 0, "device"},
		{Unconfirmed | iHave, ot.OpIdentify, ot.OneWay, 0, "analog_input 3"},
		{Network | 1, ot.OpIdentify, ot.OneWay, 0, "device"},
		{Link | 5, ot.OpSession, ot.Refused, Result | 0x30, "device"},
		{Unconfirmed | iAm, ot.OpIdentify, ot.OneWay, 0, "device 123 on network 5"},
		{readProperty, ot.OpReadData, ot.OK, 0, "object_name of device 123 on network 5"},
	} {
		if i >= len(did) {
			t.Fatalf("only %d transactions", len(did))
		}
		d := &did[i]
		if what := string(describe(d, nil)); d.Code != want.code || d.Op != want.op || d.Status != want.status || d.StatusCode != want.why || what != want.what {
			t.Errorf("%d: code %#x %v %v %#x %q; want %+v", i, d.Code, d.Op, d.Status, d.StatusCode, what, want)
		}
	}
	if d := did[0]; d.Points() != 1 || d.Point(0) != 100 {
		t.Errorf("read gave %v; want 100", d.Value)
	}
	if d := did[1]; d.Points() != 1 || d.Point(0) != 1 || d.Arg[argPriority] != 8 {
		t.Errorf("written %v with priority %d; want 1 with 8", d.Value, d.Arg[argPriority])
	}
}

func TestIdentity(t *testing.T) {
	ids := pt.Identities(pt.Play(t, Protocol(), seeds[0]))
	if len(ids) != 3 {
		t.Fatalf("%+v", ids)
	}
	if id := ids[0]; id.Facts[ot.FactVendor] != "ACME" || id.Of.HostString() != "10.0.0.20" || id.Behind != "" {
		t.Errorf("%+v", id)
	}
	if id := ids[1]; id.Facts[ot.FactType] != "BACnet device 123 of vendor 24" || id.Behind != "network 5 device 123" {
		t.Errorf("%+v", id)
	}
	if id := ids[2]; id.Facts[ot.FactName] != "AHU" || id.Behind != "network 5 device 123" {
		t.Errorf("%+v", id)
	}
}

func TestUnlistedServiceKeepsItsNumber(t *testing.T) {
	obs := pt.Play(t, Protocol(), pt.Session{Datagram: true, Steps: []pt.Step{pt.Client(unicast("10 63")...)}})
	if did, odd := pt.Dids(obs), pt.Odds(obs); len(did) != 1 || did[0].Code != Unconfirmed|0x63 || did[0].Op != ot.OpUnknown || len(odd) != 1 || odd[0] != ot.ReservedCode {
		t.Errorf("%+v %v", did, odd)
	}
}

func TestProbe(t *testing.T) {
	for _, c := range []struct {
		head string
		want protocols.Answer
	}{
		{"", protocols.More},
		{"81 0a 00", protocols.More},
		{"81 0a 0008 01 00 10 08", protocols.Either},
		{"81 0a 0008 02 00 10 08", protocols.No}, // version
		{"81 0d 0008 01 00 10 08", protocols.No}, // function
		{"81 00 0006 0000", protocols.Either},
		{"81 00 0008 0000 0000", protocols.No}, // a result is six bytes long
		{"82 0a 0008 01 00 10 08", protocols.No},
	} {
		if got := probe(pt.Hex(c.head)); got != c.want {
			t.Errorf("%s: %d; want %d", c.head, got, c.want)
		}
	}
}

func TestNumbersHaveTheNamesOfTheStandard(t *testing.T) {
	for _, c := range []struct {
		names  func(uint64) string
		number uint64
		want   string
	}{
		{typeNames, 0, "analog_input"}, {typeNames, 56, "network_port"}, {typeNames, 64, "color_temperature"}, {typeNames, 700, ""},
		{propertyNames, 0, "acked_transitions"}, {propertyNames, 15, "change_of_state_count"}, {propertyNames, 17, "notification_class"}, {propertyNames, 18, ""}, {propertyNames, 85, "present_value"},
		{propertyNames, 121, "vendor_name"}, {propertyNames, 372, "serial_number"}, {propertyNames, 9000, ""},
		{whyName, 2<<16 | 32, "unknown_property"}, {whyName, 4<<16 | 26, "password_failure"}, {whyName, uint64(Reject) | 9, "reject_unrecognized_service"},
		{whyName, uint64(Abort) | 4, "abort_segmentation_not_supported"}, {whyName, uint64(Result) | 0x30, "register_foreign_device_failed"},
	} {
		if got := c.names(c.number); got != c.want {
			t.Errorf("%#x: %q; want %q", c.number, got, c.want)
		}
	}
}
