package enip_test

import (
	"testing"

	"otsensor/pkg/ot"
	"otsensor/pkg/protocols/cip"
	"otsensor/pkg/protocols/enip"
	. "otsensor/pkg/protocols/protocoltest"
)

// Of each axis: number, sizes in words of the block, cyclic, its data, attributes,
// events, service; then control mode, feedback, request, answer, which values.
var motionValues = Session{
	Name: "motion values", Datagram: true, Conv: udp(2222),
	Steps: []Step{
		Client(cyclic(0x80, 1, 1, axes(`06 03 01 07 01 00 01 00`, // to the device
			`01 00 0a 06 05 00 02 01   01 02 01 03 03 00 00 00`, // a position of eight bytes, and a velocity
			`000000000000f83f 00000040`,
			`01000020 0901 0800`,   // two events are acknowledged
			`05 4c 00 00`)...)...), // set a list of attributes
		Client(cyclic(0x80, 2, 2, axes(`06 03 02 07 01 00 02 00`,
			`01 00 06 04 04 00 00 00   01 02 03 03 09 00 00 04`, // shutdown; an integer position, and a torque
			`f6ffffff 0000803f`)...)...),
		Server(cyclic(0x81, 1, 1, axes(`07 03 01 07 01 02 01 00`, // the node has a fault
			`01 00 15 0d 0d 00 05 01   01 12 01 00 00 03 15 08`, // actual position of eight bytes, velocity; fault, status, safety status
			`6400000000000000 00000040`,
			`02 11 01 00 0000000000000000`, // fault 2.17.1
			`08000400 00000000`,            // tracking, shutdown
			`01000000 00000000 03000000`,
			`01000010 09 00 04 00 2a000000 0000000000000000`, // event 9: a marker at 42
			`05 4c 02 01`)...)...),
		Server(cyclic(0x81, 2, 2, axes(`07 03 02 07 01 00 02 00`,
			`01 00 06 04 04 00 00 00   01 02 01 05 00 48 01 04`, // a value of unknown size: no fault is read behind it
			`0000803f 00000000`)...)...),
		Server(cyclic(0x81, 3, 3, axes(`07 03 03 07 01 00 03 00`,
			`01 00 04 02 02 00 00 00   01 02 01 00 00 01 15 04`)...)...), // values that are not there
	},
}

// TestMotionValues: what an axis is given and has, its faults, events and services.
func TestMotionValues(t *testing.T) {
	join := cip.Protocol().Join()
	for _, o := range Play(t, enip.Protocol(), orderMotion) {
		join(&o)
	}
	want := []string{
		"1 control position, request enable, command position 1.5, velocity 2, event acknowledged 9, event acknowledged 8, service set_axis_attribute_list",
		"1 control position, request shutdown, command position -10, torque 1",
		"1 control position, request enable, state major_faulted, actual position 100, velocity 2, fault 2.17.1, status 0x40008, safety status 0x1, safety state 3, event 9 marker_rising at 42, service set_axis_attribute_list, resource_unavailable",
		"1 control position, request enable, state running",
		"1 control position, request enable, state running",
	}
	numbers := []map[string]uint64{
		{"cip.motion_service": 0x42_4C},
		{"cip.motion_request": 3},
		{"cip.motion_fault": 2<<8 | 17, "cip.motion_service_status": 2, "cip.motion_node_faults": 2, "cip.motion_answer": 0},
		{"cip.motion_answer": 5},
		{},
	}
	i := 0
	for _, o := range Play(t, enip.Protocol(), motionValues) {
		if join(&o); o.Kind != ot.Did || len(o.Did.Value) == 0 {
			continue
		}
		if i == len(want) {
			t.Fatal("more than there are")
		}
		if got := text(&o.Did, "cip.motion_axes"); got != want[i] {
			t.Errorf("%d: %s\nwant %s", i, got, want[i])
		}
		for name, n := range numbers[i] {
			if got, ok := number(&o.Did, name); !ok || got != n {
				t.Errorf("%d: %s is %d, present %v; want %d", i, name, got, ok, n)
			}
		}
		if shut := i == 1; shut != (o.Did.Op == ot.OpMotion) || shut && o.Did.Object != (ot.Object{Area: 0x42, Block: 1, Addr: 3, Len: 1}) {
			t.Errorf("%d: %v of %v", i, o.Did.Op, o.Did.Object)
		}
		i++
	}
	if i != len(want) {
		t.Errorf("%d packets", i)
	}
}
