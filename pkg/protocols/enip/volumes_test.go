package enip_test

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"otsensor/pkg/ot"
	"otsensor/pkg/protocols/cip"
	"otsensor/pkg/protocols/enip"
	. "otsensor/pkg/protocols/protocoltest"
)

// What other volumes of the specification add: safety, motion, security,
// rings; and what takes several messages.

// orderSafety opens a safety connection of extended format; safetyIO is the data of it.
var orderSafety = Session{
	Name: "safety I/O is ordered", PDUs: true,
	Steps: steps(
		Client(rr(1, Hex(`
			54 02 20 06 24 01       ; Forward Open
			0a 0e
			00000000 71000000       ; connection ids O->T and T->O
			0900 4d00 78563412      ; serial 9, vendor 4d, originator 12345678
			01 000000               ; times 8
			10270000 0848           ; O->T: 10 ms, point to point, scheduled, 8 bytes
			10270000 0648           ; T->O: 6 bytes
			80                      ; class 0, cyclic; the target consumes
			24                      ; 36 words
			20 04 24 97 2c 96 2c 64 ; assembly, configuration 97, points 96 and 64 hex
			50 1e                   ; safety segment, 30 words
			02 00                   ; extended format, reserved
			ddccbbaa                ; configuration check sum
			112233445566            ; and its time stamp
			10270000 0648           ; time correction: interval, parameters
			000400000001 0a4d0a15   ; target: network, node
			000400000001 0a4d0a0a   ; originator
			6400 0200 c800          ; multipliers: ping, time coordination, expectation
			02 01                   ; timeout multiplier, consumers
			0000                    ; faults
			44332211                ; check sum of the parameters
			00000000 0000 0000      ; time correction connection, initial time and rollover
		`)...)...),
		Server(rr(1, Hex(`d4 00 00 00 70000000 71000000 0900 4d00 78563412 10270000 10270000
			07 00 0100 5d00 11223344 0700 0000 0000`)...)...), // consumer 1, the target's vendor, serial numbers; initial time
	),
}

var safetyIO = Session{
	Name: "safety I/O", Datagram: true, Conv: udp(2222),
	Steps: []Step{
		Client(plainIO(0x70, 1, `a5 3c  84  11 22 33 0100 44`)...),                    // not a length of safety data
		Client(plainIO(0x70, 2, `a5 3c  84  22 0100 44 55`)...),                       // two bytes: mode run
		Server(plainIO(0x71, 1, `08 0100 00 11 22`)...),                               // time coordination
		Client(plainIO(0x70, 3, `a5 3c 01 02  14  1122 5ac3fefd 3344 0200 55 66`)...), // wrong length
		Client(plainIO(0x70, 4, `a5 3c 01 02  14  1122 5ac3fefd 33 44 0200 55`)...),   // four bytes: idle
		// Data, mode, two sums, time stamp, its sum: all right, then one that is not.
		Client(plainIO(0x70, 5, `a5 3c 84 a23f 6400 53`)...), Client(plainIO(0x70, 6, `a5 3c 84 a23f 6500 ad`)...), Client(plainIO(0x70, 7, `a5 3c 84 a23f 6600 98`)...),
		Client(plainIO(0x70, 8, `a5 3c 84 a23f 6700 66`)...), Client(plainIO(0x70, 9, `a5 3c 84 a23f 6800 87`)...), Client(plainIO(0x70, 10, `a5 3c 84 a23f 6900 79`)...),
		Client(plainIO(0x70, 11, `a5 3c 84 a23f 6a00 4c`)...), Client(plainIO(0x70, 12, `a5 3c 84 a23f 6b00 b2`)...), Client(plainIO(0x70, 13, `a5 3c 84 a23f 6c00 26`)...),
		Client(plainIO(0x70, 14, `a4 3c 84 a23f 6d00 d8`)...), // the lowest bit of the data
		Client(plainIO(0x70, 15, `a5 3c 14 bb5c 6e00 ed`)...), // and one of another connection
	},
}

var orderMotion = Session{
	Name: "motion is ordered", PDUs: true,
	Steps: steps(
		Client(rr(1, Hex(`
			54 02 20 06 24 01 0a 0e 00000000 81000000 0a00 4d00 78563412 00 000000
			d0070000 4048 d0070000 4048 ; every 2 ms
			01 04 20 42 24 01 2c 02 2c 01 ; axis
		`)...)...),
		Server(rr(1, Hex(`d4 00 00 00 80000000 81000000 0a00 4d00 78563412 d0070000 d0070000 00 00`)...)...),
	),
}

var motionIO = Session{
	Name: "motion", Datagram: true, Conv: udp(2222),
	Steps: []Step{
		Client(cyclic(0x80, 1, 1, axes(`06 02 11 07 02 00 11 00`, // to the device: remote, synchronised, valid; two axes
			`01 00 04 04 02 00 00 00   02 02 01 00 00 00 00 00`,                   // axis 1: two words of cyclic data; velocity, enable
			`02 00 05 04 03 00 00 00   01 02 00 00 00 00 00 00 00000000`)...)...), // axis 2: position, nothing asked
		Server(cyclic(0x81, 1, 1, axes(`07 02 11 0f 01 00 11 01 0000000000000000`, // faulted; a time stamp
			`01 00 04 04 02 00 00 00   02 02 01 00 00 00 00 04`)...)...), // velocity, enable acknowledged, running
		Client(cyclic(0x80, 2, 2, axes(`06 02 12 07 02 00 12 00`,
			`01 00 04 04 02 00 00 00   02 02 02 00 00 00 00 00`, // disable
			`02 00 05 04 03 00 00 00   01 02 00 00 00 00 00 00 00000000`)...)...),
		Server(cyclic(0x81, 2, 2, axes(`07 02 12 0f 01 00 12 01 0000000000000000`,
			`01 00 04 04 02 00 00 00   02 02 02 00 00 00 00 08`)...)...), // major faulted
		Server(cyclic(0x81, 3, 3, axes(`07 02 12 0f 01 00 12 00`, `01 00 04 04 09 00 00 00   02 02`)...)...), // larger than it is
	},
}

// axes joins the parts of a motion packet.
func axes(parts ...string) (b []byte) {
	for _, p := range parts {
		b = append(b, Hex(p)...)
	}
	return b
}

// plainIO is a datagram of class 0, which has no sequence count.
func plainIO(id, seq uint32, data string) []byte {
	b := Hex(data)
	return cyclic(id, seq, uint16(b[0])|uint16(b[1])<<8, b[2:]...)
}

// attribute reads an attribute on its own, and is answered with a byte.
func attribute(context byte, class, number, value string) []Step {
	return []Step{Client(rr(context, Hex("0e 04 20"+class+"24 01 31 00"+number)...)...), Server(rr(context, Hex("8e 00 00 00"+value)...)...)}
}

var states = Session{
	Name: "states", PDUs: true,
	Steps: steps(slices.Concat(
		attribute(1, "01", "0800", "03"), attribute(2, "39", "0b00", "34"), attribute(3, "3a", "0100", "02"),
		attribute(4, "42", "8a02", "04"), attribute(5, "42", "2800", "01"), attribute(6, "43", "0200", "01"),
		attribute(7, "47", "0200", "01"), attribute(8, "47", "0300", "01"), attribute(9, "5d", "0100", "00"),
		attribute(10, "5e", "0100", "02"), attribute(11, "5f", "0200", "03"),
		[]Step{
			Client(rr(12, Hex("10 03 20 5d 24 01 30 01 00")...)...), // set
			Server(rr(12, Hex("90 00 00 00")...)...),
		},
	)...),
}

var transfers = Session{
	Name: "transfers", PDUs: true,
	Steps: steps(
		Client(rr(1, Hex(`52 03 91 03 526163 00 0600 00000000`)...)...), // read Rac, 6 elements
		Server(rr(1, Hex(`d2 00 06 00 c400 01000000 02000000 03000000 04000000`)...)...),
		Client(rr(2, Hex(`52 03 91 03 526163 00 0600 10000000`)...)...),
		Server(rr(2, Hex(`d2 00 00 00 c400 05000000 06000000`)...)...),
		Client(rr(3, Hex(`53 03 91 03 526163 00 c400 0300 00000000 01000000 02000000`)...)...), // write 3
		Server(rr(3, Hex(`d3 00 00 00`)...)...),
		Client(rr(4, Hex(`53 03 91 03 526163 00 c400 0300 08000000 03000000`)...)...),
		Server(rr(4, Hex(`d3 00 00 00`)...)...),
		Client(rr(5, Hex(`4c 03 20 6c 25 00 0301 00000000 0c00`)...)...), // template 103 hex
		Server(rr(5, Hex(`cc 00 06 00 0102030405060708`)...)...),
		Client(rr(6, Hex(`4c 03 20 6c 25 00 0301 08000000 0400`)...)...),
		Server(rr(6, Hex(`cc 00 00 00 090a0b0c`)...)...),
		Client(rr(7, Hex(`55 02 20 6b 24 00 0100 0100`)...)...), // symbols from 0 on
		Server(rr(7, Hex(`d5 00 06 00 01000000 0300 526163`)...)...),
		Client(rr(8, Hex(`55 02 20 6b 24 02 0100 0100`)...)...),
		Server(rr(8, Hex(`d5 00 00 00 02000000 0100 42`)...)...),
		Client(rr(9, Hex(`50 02 20 37 24 c8 01 00 aabbccdd`)...)...), // download, first packet
		Server(rr(9, Hex(`d0 00 00 00 01`)...)...),
		Client(rr(10, Hex(`50 02 20 37 24 c8 02 02 ee 1234`)...)...), // last
		Server(rr(10, Hex(`d0 00 00 00 02`)...)...),
		Client(rr(11, Hex(`4f 02 20 37 24 c9 05`)...)...), // upload, joined midway
		Server(rr(11, Hex(`cf 00 00 00 05 01 aabb`)...)...),
		Client(rr(12, Hex(`4f 02 20 37 24 c9 06`)...)...), // given up
		Server(rr(12, Hex(`cf 00 00 00 06 03`)...)...),
		Client(rr(13, Hex(`52 03 91 03 526163 00 0600 40000000`)...)...), // a piece that nothing leads to
		Server(rr(13, Hex(`d2 00 06 00 c400 01000000`)...)...),
		// Typed read of N7:10 in two pieces: offset, elements of the whole, address, elements of this piece.
		Client(rr(14, Hex(`4b 02 20 67 24 01 07 0100 77100001 0f 00 0100 68 0000 0500 06 07 0a 0300`)...)...),
		Server(rr(14, Hex(`cb 00 00 00       07 0100 77100001 4f 00 0100 99 09 07 42 0100 0200 0300`)...)...), // array of 7 bytes, integers of 2
		Client(rr(15, Hex(`4b 02 20 67 24 01 07 0100 77100001 0f 00 0200 68 0300 0500 06 07 0a 0200`)...)...),
		Server(rr(15, Hex(`cb 00 00 00       07 0100 77100001 4f 00 0200 99 09 05 42 0400 0500`)...)...),
		// Word range write to N8:0 in two pieces.
		Client(rr(16, Hex(`4b 02 20 67 24 01 07 0100 77100001 0f 00 0300 00 0000 0300 06 08 00 1100 1200`)...)...),
		Server(rr(16, Hex(`cb 00 00 00       07 0100 77100001 4f 00 0300`)...)...),
		Client(rr(17, Hex(`4b 02 20 67 24 01 07 0100 77100001 0f 00 0400 00 0200 0300 06 08 00 1300`)...)...),
		Server(rr(17, Hex(`cb 00 00 00       07 0100 77100001 4f 00 0400`)...)...),
	),
}

// TestTransfers: the pieces of a transfer say how far it is, and the last one
// carries the whole: behind what was asked and the head of a file's packet.
func TestTransfers(t *testing.T) {
	want := []string{
		"under_way 16 01000000020000000300000004000000", "complete 24 010000000200000003000000040000000500000006000000 hash",
		"under_way 8 0100000002000000", "complete 12 010000000200000003000000 hash",
		"under_way 8 000000000c000102030405060708", "complete 12 080000000400 0102030405060708090a0b0c hash",
		"under_way 9 01000100 010000000300526163", "complete 16 01000100 010000000300526163 02000000010042 hash",
		"under_way 4 0100aabbccdd 01", "complete 7 0202aabbccddee1234 02 hash", "gap 2 05 0501aabb", "aborted 2 06 0603", "gap 68 01000000",
		"under_way 6 010002000300", "complete 10 01000200030004000500 hash", "under_way 4 11001200", "complete 6 110012001300 hash",
	}
	i := 0
	for _, d := range Dids(Play(t, enip.Protocol(), transfers)) {
		if d.Proto != ot.CIP {
			continue
		}
		state, _ := number(&d, "cip.transfer")
		moved, _ := number(&d, "cip.transfer_bytes")
		got := fmt.Sprintf("%s %d %x", named("cip.transfer", state), moved, d.Value)
		if hash, ok := number(&d, "cip.transfer_hash"); ok && hash != 0 {
			got += " hash"
		}
		if plain := strings.NewReplacer(" ", ""); i >= len(want) || plain.Replace(got) != plain.Replace(want[i]) {
			t.Errorf("piece %d: %s; want %v", i, got, want[min(i, len(want)):])
		}
		i++
	}
	if i != len(want) {
		t.Errorf("%d pieces", i)
	}
}

// TestTransferHash: a body has one hash, however it is cut in pieces; what is
// larger than a value is joined as far as a value goes.
func TestTransferHash(t *testing.T) {
	body := make([]byte, 700)
	for i := range body {
		body[i] = byte(i * 7)
	}
	read := func(cuts ...int) (hash uint64, value []byte) {
		s, at := Session{Steps: steps()}, 0
		for i, end := range append(cuts, len(body)) {
			ask := binary.LittleEndian.AppendUint32(Hex(`4c 03 20 6c 25 00 0301`), uint32(at)) // template 103 hex
			status := byte(6)
			if end == len(body) {
				status = 0
			}
			s.Steps = append(s.Steps, Client(rr(byte(i+1), append(ask, 0xff, 0xff)...)...),
				Server(rr(byte(i+1), append([]byte{0xcc, 0, status, 0}, body[at:end]...)...)...))
			at = end
		}
		all := Dids(Play(t, enip.Protocol(), s))
		last := &all[len(all)-1]
		hash, _ = number(last, "cip.transfer_hash")
		return hash, last.Value
	}
	one, value := read()
	three, again := read(100, 490)
	if one == 0 || one != three || !bytes.Equal(value[6:], body[:ot.ValueCap-6]) || !bytes.Equal(value[6:], again[6:]) {
		t.Errorf("hashes %x and %x, %d and %d bytes", one, three, len(value), len(again))
	}
	written := func(ask func(at int, piece []byte) []byte, cuts ...int) uint64 {
		s, at := Session{Steps: steps()}, 0
		for i, end := range append(cuts, len(body)) {
			request := ask(at, body[at:end])
			s.Steps = append(s.Steps, Client(rr(byte(i+1), request...)...), Server(rr(byte(i+1), request[0]|0x80, 0, 0, 0)...))
			at = end
		}
		all := Dids(Play(t, enip.Protocol(), s))
		hash, _ := number(&all[len(all)-1], "cip.transfer_hash")
		return hash
	}
	tag := func(at int, piece []byte) []byte { // 350 integers
		return append(binary.LittleEndian.AppendUint32(Hex(`53 03 91 03 526163 00 c300 5e01`), uint32(at)), piece...)
	}
	file := func(at int, piece []byte) []byte {
		kind := byte(1)
		if at == 0 {
			kind = 0
		} else if at+len(piece) == len(body) {
			kind = 2
		}
		return append(append(Hex(`50 02 20 37 24 c8`), 1, kind), piece...)
	}
	for what, hash := range map[string]uint64{
		"a tag": written(tag, 100, 200), "a tag in pieces longer than a value": written(tag, 600), "a file": written(file, 10, 300), "a file in longer pieces": written(file, 20, 640),
	} {
		if hash != one {
			t.Errorf("%s has the hash %x; want %x", what, hash, one)
		}
	}
	if missing, _ := read(0, 490); missing != one {
		t.Errorf("an empty piece changes the hash to %x", missing)
	}
}

// TestStates: the state of an object has a name, read or set.
func TestStates(t *testing.T) {
	want := map[string]string{
		"cip.identity_state": "operational", "cip.safety_state": "executing_torque_permitted", "cip.validator_state": "established",
		"cip.axis_state": "running", "cip.axis_control_mode": "position", "cip.clock_state": "synchronized",
		"cip.ring_status": "ring_fault", "cip.ring_role": "active_supervisor", "cip.security_state": "factory_default",
		"cip.eip_security_state": "configured", "cip.certificate_state": "verified",
	}
	seen := map[string]int{}
	for _, d := range Dids(Play(t, enip.Protocol(), states)) {
		for name, state := range want {
			if n, ok := number(&d, name); ok && named(name, n) == state {
				seen[name]++
			}
		}
	}
	for name := range want {
		if seen[name] == 0 || name == "cip.security_state" && seen[name] != 2 {
			t.Errorf("%s was seen %d times", name, seen[name])
		}
	}
}

// TestSafetyAndMotion: the Forward Open tells what the data are.
func TestSafetyAndMotion(t *testing.T) {
	join := cip.Protocol().Join()
	told := map[string][]uint64{}
	for _, s := range []Session{orderSafety, safetyIO, orderMotion, motionIO} {
		for _, o := range Play(t, enip.Protocol(), s) {
			join(&o)
			for _, f := range cip.Protocol().Fields {
				if f.Num == nil || o.Kind != ot.Did || o.Did.Proto != ot.CIP {
					continue
				}
				if n, ok := f.Num(&o.Did); ok {
					told[f.Name] = append(told[f.Name], n)
				}
			}
			if text := cip.Protocol().Fields; o.Kind == ot.Did && o.Did.Proto == ot.CIP && len(told["cip.safety_format"]) == 1 && len(told["cip.io_rpi"]) == 0 {
				for _, f := range text {
					if f.Name == "cip.safety_tunid" && string(f.Text(&o.Did)) != "0004000000010a4d0a15" {
						t.Errorf("TUNID %s", f.Text(&o.Did))
					}
				}
			}
		}
	}
	for name, want := range map[string][]uint64{
		"cip.safety_format": {2}, "cip.safety_config_crc": {0xaabbccdd}, "cip.safety_parameter_crc": {0x11223344},
		"cip.safety_ping_multiplier": {100}, "cip.safety_timeout_multiplier": {2}, "cip.safety_consumers": {1},
		"cip.safety_consumer": {1}, "cip.safety_target_vendor": {0x5d}, "cip.safety_target_serial": {0x44332211}, "cip.safety_target_connection": {7},
		"cip.safety_coordination_multiplier": {2}, "cip.safety_expectation_multiplier": {200}, "cip.safety_faults_most": {0}, "cip.safety_correction_interval": {10000},
		"cip.io_safety_run": {1, 0, 1}, "cip.io_safety_check": {2}, "cip.io_safety_fault": {1}, "cip.io_safety_wrong": {1},
		"cip.motion_format": {6, 7, 6, 7, 7}, "cip.motion_update": {0x11, 0x12}, "cip.motion_node": {7, 15, 7, 15},
		"cip.motion_control_mode": {2}, "cip.motion_request": {1, 2}, "cip.motion_response": {1, 2}, "cip.motion_state": {4, 8},
	} {
		if got := told[name]; !slices.Equal(slices.Compact(got), slices.Compact(slices.Clone(want))) {
			t.Errorf("%s is %v; want %v", name, got, want)
		}
	}
	if got := told["cip.io_safety_message"]; !slices.Contains(got, 1) || !slices.Contains(got, 2) {
		t.Errorf("safety messages %v", got)
	}
}

// opened is a Forward Open of I/O with this serial and status, closed its close.
func opened(context, serial byte, status string) []Step {
	return []Step{
		Client(rr(context, Hex(`54 02 20 06 24 01 0a 0e 00000000 56000000`+fmt.Sprintf("%02x", serial)+`00 4d00 78563412 00 000000
			50c30000 0648 50c30000 0648 01 04 20 04 24 97 2c 96 2c 64`)...)...), // 50 ms, times 4
		Server(rr(context, Hex(status+`55000000 56000000`+fmt.Sprintf("%02x", serial)+`00 4d00 78563412 50c30000 50c30000 00 00`)...)...),
	}
}

func closed(context, serial byte) []Step {
	return []Step{
		Client(rr(context, Hex(`4e 02 20 06 24 01 0a 0e`+fmt.Sprintf("%02x", serial)+`00 4d00 78563412 04 00 20 04 24 97 2c 96 2c 64`)...)...),
		Server(rr(context, Hex(`ce 00 00 00`+fmt.Sprintf("%02x", serial)+`00 4d00 78563412 00 00`)...)...),
	}
}

// TestConnectionLife: requested, open, again, closed, timed out, refused.
func TestConnectionLife(t *testing.T) {
	s := Session{Steps: steps(slices.Concat(
		opened(1, 1, "d4000000"), opened(2, 1, "d4000000"), closed(3, 1), closed(4, 1),
		opened(5, 2, "d4000000"), []Step{Wait(time.Second)}, closed(6, 2), // longer than 4 times 50 ms
		[]Step{Client(rr(7, opened(7, 3, "")[0].Bytes[40:]...)...)}, // never answered
		opened(8, 4, "d40001010601"),
	)...)}
	join, got := cip.Protocol().Join(), []string{}
	for _, o := range Play(t, enip.Protocol(), s) {
		join(&o)
		if o.Kind != ot.Did || o.Did.Proto != ot.CIP {
			continue
		}
		n, _ := number(&o.Did, "cip.connection_state")
		got = append(got, named("cip.connection_state", n))
	}
	if want := []string{"open", "open_again", "closed", "not_open", "open", "timed_out", "refused", "requested"}; !slices.Equal(got, want) {
		t.Errorf("%v; want %v", got, want)
	}
}

// TestConnectionThatIsOver: a message over a connection that was closed, or
// that was silent for longer than it lives, is said once.
func TestConnectionThatIsOver(t *testing.T) {
	open := []Step{
		Client(rr(1, Hex(`54 02 20 06 24 01 0a 0e 00000000 56000000 0300 4d00 78563412 00 000000
			50c30000 f443 50c30000 f443 a3 02 20 02 24 01`)...)...), // class 3, 50 ms, times 4
		Server(rr(1, Hex(`d4 00 00 00 55000000 56000000 0300 4d00 78563412 50c30000 50c30000 00 00`)...)...),
	}
	ask := func(seq uint16) Step { return Client(unit(0x55, seq, Hex(`0e 03 20 01 24 01 30 07`)...)...) }
	for what, c := range map[string]struct {
		then []Step
		want int
	}{
		"in time":         {[]Step{ask(1), ask(2)}, 0},
		"after a silence": {[]Step{ask(1), Wait(time.Second), ask(2), ask(3)}, 1},
		"after its close": {[]Step{
			Client(rr(2, Hex(`4e 02 20 06 24 01 0a 0e 0300 4d00 78563412 02 00 20 02 24 01`)...)...),
			Server(rr(2, Hex(`ce 00 00 00 0300 4d00 78563412 00 00`)...)...), ask(4), ask(5)}, 1},
	} {
		n := 0
		for _, odd := range Odds(Play(t, enip.Protocol(), Session{Steps: steps(slices.Concat(open, c.then)...)})) {
			if odd == ot.BadSession {
				n++
			}
		}
		if n != c.want {
			t.Errorf("%s: %d bad sessions; want %d", what, n, c.want)
		}
	}
}
