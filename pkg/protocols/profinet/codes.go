package profinet

import (
	"otsensor/pkg/ot"
	"otsensor/pkg/protocols"
)

// row is one line of the tables.
type row struct {
	number uint32
	name   string
	op     ot.Op
	hear   bool // not seen on a capture
}

// services of DCP that are one transaction.
var services = []row{
	{serviceGet << 16, "get", ot.OpIdentify, true},
	{serviceIdentify << 16, "identify", ot.OpIdentify, false},
	{serviceHello << 16, "hello", ot.OpIdentify, true},
}

// sets are what a station can be told, IEC 61158-6-10 §4.3.1.4.
var sets = []row{
	{serviceSet << 16, "set", ot.OpConfigWrite, true}, // an answer whose request was not seen
	{serviceSet<<16 | optionIP, "set_ip", ot.OpConfigWrite, false},
	{serviceSet<<16 | optionSuite, "set_ip_suite", ot.OpConfigWrite, true},
	{serviceSet<<16 | optionName, "set_name_of_station", ot.OpConfigWrite, false},
	{serviceSet<<16 | 0x030c, "set_dhcp_host_name", ot.OpConfigWrite, true},
	{serviceSet<<16 | 0x032b, "set_dhcp_vendor_info", ot.OpConfigWrite, true},
	{serviceSet<<16 | 0x0336, "set_dhcp_server", ot.OpConfigWrite, true},
	{serviceSet<<16 | 0x0337, "set_dhcp_parameters", ot.OpConfigWrite, true},
	{serviceSet<<16 | 0x033d, "set_dhcp_client", ot.OpConfigWrite, true},
	{serviceSet<<16 | 0x03ff, "set_dhcp_control", ot.OpConfigWrite, true},
	{serviceSet<<16 | 0x0501, "start_transaction", ot.OpSession, true},
	{serviceSet<<16 | 0x0502, "end_transaction", ot.OpSession, false},
	{serviceSet<<16 | 0x0503, "signal", ot.OpDiagnostic, true}, // the station flashes
	{serviceSet<<16 | 0x0505, "factory_reset", ot.OpReset, true},
	{serviceSet<<16 | 0x0506, "reset_to_factory", ot.OpReset, true},
	{serviceSet<<16 | 0x0601, "set_device_initiative", ot.OpConfigWrite, true},
}

// calls are the operations of connection management, §5.1.
var calls = []row{
	{0, "connect", ot.OpSession, false},
	{1, "release", ot.OpSession, false},
	{2, "read", ot.OpConfigRead, true},
	{3, "write", ot.OpConfigWrite, false},
	{4, "control", ot.OpSession, false},
	{5, "read_implicit", ot.OpConfigRead, false},
}

// The kinds of frames of real-time data.
const (
	kindCyclic   = 0
	kindAlarm    = 1
	kindAlarmAck = 2
	kindClock    = 3
)

var frames = []row{
	{kindCyclic, "cyclic_data", ot.OpIOCyclic, false},
	{kindAlarm, "alarm", ot.OpAlarm, true},
	{kindAlarmAck, "alarm_ack", ot.OpAlarm, true},
	{kindClock, "precision_time", ot.OpSession, false},
}

// records are the ranges of indices whose reading means something of its own, §5.2.2.
var records = []struct {
	first, last uint16
	read        ot.Op
}{
	{0x800a, 0x800c, ot.OpDiagnostic}, {0x8010, 0x8013, ot.OpDiagnostic},
	{0xaff0, 0xafff, ot.OpIdentify}, // identification and maintenance
	{0xc00a, 0xc00c, ot.OpDiagnostic}, {0xc010, 0xc013, ot.OpDiagnostic},
	{0xe00a, 0xe00c, ot.OpDiagnostic}, {0xe010, 0xe013, ot.OpDiagnostic},
	{0xf000, 0xf001, ot.OpIdentify}, {0xf00a, 0xf00c, ot.OpDiagnostic}, {0xf010, 0xf013, ot.OpDiagnostic},
	{0xf80c, 0xf80c, ot.OpDiagnostic}, {0xf820, 0xf821, ot.OpIdentify}, {0xf830, 0xf831, ot.OpDiagnostic}, {0xf840, 0xf841, ot.OpIdentify},
	{0x0000, 0xffff, ot.OpConfigRead},
}

var (
	roles = []protocols.Code{{Number: 1, Name: "IO device"}, {Number: 2, Name: "IO controller"}, {Number: 3, Name: "IO controller and device"},
		{Number: 4, Name: "multidevice"}, {Number: 8, Name: "supervisor"}}

	relations = []protocols.Code{{Number: 1, Name: "single"}, {Number: 6, Name: "supervisor"}, {Number: 0x10, Name: "isochronous"}, {Number: 0x20, Name: "redundant"}}

	commands = []protocols.Code{{Number: 1, Name: "parameter_end"}, {Number: 2, Name: "application_ready"}, {Number: 4, Name: "release"},
		{Number: 8, Name: "done"}, {Number: 0x10, Name: "ready_for_companion"}, {Number: 0x20, Name: "ready_for_class_3"}, {Number: 0x40, Name: "parameter_begin"}}

	alarms = []protocols.Code{{Number: 1, Name: "diagnosis"}, {Number: 2, Name: "process"}, {Number: 3, Name: "pull"}, {Number: 4, Name: "plug"},
		{Number: 5, Name: "status"}, {Number: 6, Name: "update"}, {Number: 7, Name: "redundancy"}, {Number: 8, Name: "controlled_by_supervisor"},
		{Number: 9, Name: "released"}, {Number: 10, Name: "plug_wrong"}, {Number: 11, Name: "return_of_submodule"}, {Number: 12, Name: "diagnosis_disappears"},
		{Number: 13, Name: "multicast_mismatch"}, {Number: 14, Name: "port_change"}, {Number: 15, Name: "sync_change"}, {Number: 16, Name: "isochronous_problem"},
		{Number: 17, Name: "network_component"}, {Number: 18, Name: "time_change"}, {Number: 19, Name: "dynamic_frame_packing"},
		{Number: 20, Name: "media_redundancy"}, {Number: 21, Name: "system_redundancy"}, {Number: 30, Name: "upload"}, {Number: 31, Name: "pull_module"}}

	// errors a station answers to a block it was told to set, §4.3.1.4.
	blockErrors = []protocols.Code{{Number: 1, Name: "option_unsupported"}, {Number: 2, Name: "suboption_unsupported"}, {Number: 3, Name: "not_set"},
		{Number: 4, Name: "resource_error"}, {Number: 5, Name: "not_settable_locally"}, {Number: 6, Name: "in_operation"}, {Number: NotSupported, Name: "service_unsupported"}}

	vendors = protocols.NameTable([]protocols.Code{{Number: 0x002a, Name: "Siemens"}, {Number: 0x00b0, Name: "Phoenix Contact"}, {Number: 0x011e, Name: "Hilscher"}})
)

func codes() (all []protocols.Code) {
	for _, list := range []struct {
		base uint32
		rows []row
	}{{0, services}, {0, sets}, {Call, calls}, {Realtime, frames}} {
		for _, r := range list.rows {
			all = append(all, protocols.Code{Number: list.base | r.number, Name: r.name, Op: r.op, Unverified: r.hear})
		}
	}
	return all
}

func find(rows []row, number uint32) *row {
	for i := range rows {
		if rows[i].number == number {
			return &rows[i]
		}
	}
	return nil
}
