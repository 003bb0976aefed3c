package ethercat

import (
	"slices"
	"testing"

	"otsensor/pkg/ot"
	"otsensor/pkg/protocols"
	pt "otsensor/pkg/protocols/protocoltest"
)

// frame puts the header of a frame before its commands.
func frame(commands ...[]byte) []byte {
	b := pt.Join(commands...)
	return append([]byte{byte(len(b)), byte(len(b)>>8) | kindCommands<<4}, b...)
}

// cmd is one command to a device; more says that another follows.
func cmd(number byte, unit, at uint16, work byte, more bool, data string) []byte {
	b := pt.Hex(data)
	size := uint16(len(b))
	if more {
		size |= 0x8000
	}
	head := []byte{number, 0, byte(unit), byte(unit >> 8), byte(at), byte(at >> 8), byte(size), byte(size >> 8), 0, 0}
	return append(append(head, b...), work, 0)
}

var seeds = []pt.Session{{
	Name: "started", Datagram: true, PDUs: true,
	Steps: []pt.Step{
		pt.Client(frame(cmd(autoWrite, 0, registerStation, 0, false, "e903"))...),
		pt.Client(frame(cmd(fixedWrite, 1001, registerControl, 0, false, "0800"))...),                                      // operational, please
		pt.Client(frame(cmd(fixedRead, 1001, registerStatus, 1, true, "1400"), cmd(logicalBoth, 0, 1, 3, false, "00"))...), // safe, with a fault
		pt.Client(frame(cmd(fixedRead, 1001, registerStatus, 1, false, "0800"))...),
		pt.Client(frame(cmd(fixedRead, 1001, registerStatus, 1, false, "0800"))...), // says nothing new
		pt.Client(frame(cmd(fixedWrite, 1001, registerEEPROM, 0, false, "0102"))...),
		pt.Client(frame(cmd(logicalBoth, 0, 1, 2, false, "00"))...), // a device is gone
	},
}, {
	Name: "mailboxes", Datagram: true, PDUs: true,
	Steps: []pt.Step{
		pt.Client(frame(cmd(fixedWrite, 1001, 0x1000, 0, false, "0a00 0000 00 13 0020 23 1610 01 64000000 0000"))...), // download 1016:1
		pt.Client(frame(cmd(fixedWrite, 1001, 0x1000, 0, false, "0a00 0000 00 23 0020 40 0810 00 00000000"))...),      // upload 1008:0
		pt.Client(frame(cmd(fixedRead, 1001, 0x1080, 1, false, "0a00 0000 00 23 0020 80 0810 00 02000106"))...),       // aborted: no such object
		pt.Client(frame(cmd(fixedWrite, 1001, 0x1000, 0, false, "0b00 0000 00 34 02 00 00000000 66772e6265"))...),     // write fw.be
	},
}, {
	Name: "who they are", Datagram: true,
	Steps: []pt.Step{
		pt.Client(frame(cmd(fixedRead, 1001, 0x1080, 1, false, "1000 0000 00 33 0030 41 0810 00 06000000 454c36393030"))...), // 1008:0, EL6900
		pt.Client(frame(cmd(fixedRead, 1001, 0x1080, 1, false, "0a00 0000 00 43 0030 4b 0a10 00 30310000"))...),              // 100a:0, two bytes: 01
		pt.Client(frame(cmd(fixedRead, 1001, 0x1080, 1, false, "0a00 0000 00 53 0030 43 1810 01 02000000"))...),              // 1018:1
		pt.Client(frame(cmd(fixedRead, 1001, 0x1080, 1, false, "0a00 0000 00 63 0030 43 1810 02 5230f41a"))...),              // 1018:2
		pt.Client(frame(cmd(fixedRead, 1001, 0x1080, 1, false, "0a00 0000 00 73 0030 43 1810 04 d2040000"))...),              // 1018:4
		pt.Client(frame(cmd(fixedRead, 1001, 0x1080, 1, false, "0a00 0000 00 73 0030 43 0020 01 d2040000"))...),              // another object
	},
}, {
	Name: "EEPROM", Datagram: true,
	Steps: []pt.Step{
		pt.Client(frame(cmd(fixedWrite, 1001, registerEEPROM, 0, false, "0001 0800"))...),                                                                                                 // on its way out: says nothing yet
		pt.Client(frame(cmd(fixedWrite, 1001, registerEEPROM, 1, true, "0001 0800"), cmd(fixedWrite, 1002, registerEEPROM, 1, false, "0001 0800 0000"))...),                               // vendor, please
		pt.Client(frame(cmd(fixedRead, 1001, registerEEPROM, 1, true, "0081 0800 0000 fffffc08"), cmd(fixedRead, 1002, registerEEPROM, 1, false, "4000 0800 0000 02000000 5230f41a"))...), // busy; vendor and product
		pt.Client(frame(cmd(fixedRead, 1001, registerEEPROM, 1, false, "0000 0800 0000 02000000"))...),                                                                                    // vendor
		pt.Client(frame(cmd(autoWrite, 5, registerEEPROM, 1, false, "0001 0e00 0000"))...),                                                                                                // serial number, by position
		pt.Client(frame(cmd(autoRead, 5, registerWords, 1, false, "d2040000"))...),
		pt.Client(frame(cmd(fixedWrite, 1001, registerEEPROM, 1, false, "0001 4000 0000"))...), // something else
		pt.Client(frame(cmd(fixedRead, 1001, registerEEPROM, 1, false, "0000 4000 0000 02000000"))...),
		pt.Client(frame(cmd(fixedWrite, 1001, registerEEPROM, 1, false, "0001 0a00 0000"))...), // product, which cannot be read
		pt.Client(frame(cmd(fixedRead, 1001, registerEEPROM, 1, false, "0020 0a00 0000 01000000"))...),
	},
}, {
	Name: "another kind", Datagram: true, Foreign: true, Steps: []pt.Step{pt.Client(pt.Hex("0c30 0100 0000 0000 0000 0000 0000 0000")...)},
}}

func TestConform(t *testing.T) { pt.Conform(t, Protocol(), seeds) }
func FuzzDecode(f *testing.F)  { pt.Fuzz(f, Protocol(), seeds) }

func TestDevicesSayWhoTheyAre(t *testing.T) {
	var facts [ot.FactCount]string
	for _, id := range pt.Identities(pt.Play(t, Protocol(), seeds[2])) {
		if id.Behind != "device 1001" {
			t.Errorf("%+v", id)
		}
		for f, text := range id.Facts {
			facts[f] += text
		}
	}
	if want := [ot.FactCount]string{ot.FactProduct: "EL6900", ot.FactFirmware: "01", ot.FactVendor: "Beckhoff", ot.FactOrder: "0x1af43052", ot.FactSerial: "1234"}; facts != want {
		t.Errorf("%q; want %q", facts, want)
	}
}

func TestEEPROMSaysWhoDevicesAre(t *testing.T) {
	var got []string
	for _, id := range pt.Identities(pt.Play(t, Protocol(), seeds[3])) {
		for f, text := range id.Facts {
			if text != "" {
				got = append(got, id.Behind+" "+ot.Fact(f).String()+" "+text)
			}
		}
	}
	want := []string{"device 1002 vendor Beckhoff", "device 1002 order 0x1af43052", "device 1001 vendor Beckhoff", "device 5 serial 1234"}
	if !slices.Equal(got, want) {
		t.Errorf("%q; want %q", got, want)
	}
}

func TestTransactions(t *testing.T) {
	did := append(pt.Dids(pt.Play(t, Protocol(), seeds[0])), pt.Dids(pt.Play(t, Protocol(), seeds[1]))...)
	for i, want := range []string{
		"set_station_address config-write oneway device 0", "state_request mode-change oneway device 1001",
		"state diagnostic oneway device 1001", "process_data io-cyclic oneway process data", "state diagnostic oneway device 1001",
		"eeprom_write config-write oneway device 1001", "process_data io-cyclic oneway process data",
		"sdo_download config-write oneway object 1016:1 of device 1001", "sdo_upload config-read oneway object 1008:0 of device 1001",
		"sdo_abort error refused object 1008:0 of device 1001", "file_write firmware oneway fw.be of device 1001",
	} {
		if i >= len(did) {
			t.Fatalf("only %d transactions", len(did))
		}
		d := &did[i]
		if got := codeName(uint64(d.Code)) + " " + d.Op.String() + " " + d.Status.String() + " " + string(describe(d, nil)); got != want {
			t.Errorf("%d: %q; want %q", i, got, want)
		}
	}
	if d := did[2]; d.Arg[argState] != 4|present || d.Arg[argFault] != 1 {
		t.Errorf("state %+v", d)
	}
	if d := did[6]; d.Arg[argWork] != 2|present {
		t.Errorf("process data %+v", d)
	}
}

func TestProbe(t *testing.T) {
	for head, want := range map[string]protocols.Answer{"": protocols.More, "0c10": protocols.More,
		"0c10 04 00 e903 3001 0200 0000": protocols.FromClient, "0c10 63 00 e903 3001 0200 0000": protocols.No} {
		if got := probe(pt.Hex(head)); got != want {
			t.Errorf("%s: %d; want %d", head, got, want)
		}
	}
}
