package hartip

import (
	"strconv"

	"otsensor/pkg/ot"
	"otsensor/pkg/protocols"
)

// row is one line of the table.
type row struct {
	number uint32
	name   string
	op     ot.Op
	hear   bool // not seen on a capture
}

// commands: the messages of a session, and the universal and common practice commands.
var commands = []row{
	{Session | initiate, "session_initiate", ot.OpSession, false},
	{Session | closing, "session_close", ot.OpSession, false},
	{Session | keepAlive, "keep_alive", ot.OpSession, false},
	{Session | command, "token_passing", ot.OpSession, true},
	{Session | 4, "direct", ot.OpSession, false},
	{Session | 5, "read_audit_log", ot.OpDiagnostic, true},
	{readID, "read_identifier", ot.OpIdentify, false},
	{1, "read_primary_variable", ot.OpReadData, false},
	{2, "read_loop_current", ot.OpReadData, false},
	{3, "read_dynamic_variables", ot.OpReadData, false},
	{6, "write_polling_address", ot.OpConfigWrite, false},
	{7, "read_loop_configuration", ot.OpConfigRead, false},
	{8, "read_classifications", ot.OpConfigRead, false},
	{9, "read_variables_with_status", ot.OpReadData, false},
	{readIDByTag, "read_identifier_by_tag", ot.OpIdentify, false},
	{12, "read_message", ot.OpIdentify, false},
	{readTag, "read_tag", ot.OpIdentify, false},
	{14, "read_transducer", ot.OpIdentify, false},
	{15, "read_device_information", ot.OpIdentify, false},
	{16, "read_assembly_number", ot.OpIdentify, false},
	{17, "write_message", ot.OpConfigWrite, false},
	{18, "write_tag", ot.OpConfigWrite, false},
	{19, "write_assembly_number", ot.OpConfigWrite, false},
	{readLongTag, "read_long_tag", ot.OpIdentify, false},
	{readIDByLTg, "read_identifier_by_long_tag", ot.OpIdentify, false},
	{22, "write_long_tag", ot.OpConfigWrite, false},
	{33, "read_variables", ot.OpReadData, true},
	{34, "write_damping", ot.OpConfigWrite, true},
	{35, "write_range", ot.OpConfigWrite, false},
	{36, "set_upper_range", ot.OpConfigWrite, true},
	{37, "set_lower_range", ot.OpConfigWrite, true},
	{38, "reset_configuration_flag", ot.OpConfigWrite, false},
	{39, "eeprom_control", ot.OpConfigWrite, true},
	{40, "fix_loop_current", ot.OpForce, true},
	{41, "self_test", ot.OpDiagnostic, true},
	{42, "device_reset", ot.OpReset, true},
	{43, "set_zero", ot.OpConfigWrite, true},
	{44, "write_units", ot.OpConfigWrite, true},
	{45, "trim_loop_zero", ot.OpConfigWrite, true},
	{46, "trim_loop_gain", ot.OpConfigWrite, true},
	{47, "write_transfer_function", ot.OpConfigWrite, true},
	{48, "read_additional_status", ot.OpDiagnostic, false},
	{49, "write_transducer_serial", ot.OpConfigWrite, true},
	{50, "read_assignments", ot.OpConfigRead, true},
	{51, "write_assignments", ot.OpConfigWrite, true},
	{52, "set_variable_zero", ot.OpConfigWrite, true},
	{53, "write_variable_units", ot.OpConfigWrite, false},
	{54, "read_variable_information", ot.OpConfigRead, false},
	{55, "write_variable_damping", ot.OpConfigWrite, true},
	{59, "write_preambles", ot.OpConfigWrite, true},
	{71, "lock_device", ot.OpAuth, true},
	{72, "squawk", ot.OpDiagnostic, true},
	{73, "find_device", ot.OpIdentify, true},
	{74, "read_system_capabilities", ot.OpIdentify, true},
	{75, "poll_sub_device", ot.OpIdentify, true},
	{76, "read_lock", ot.OpDiagnostic, true},
	{77, "send_to_sub_device", ot.OpUnknown, true},
	{78, "read_aggregated", ot.OpReadData, true},
	{79, "write_variable", ot.OpForce, false},
	{84, "read_sub_device", ot.OpIdentify, false},
	{89, "set_clock", ot.OpTimeSet, true},
	{90, "read_clock", ot.OpDiagnostic, true},
	{103, "write_burst_period", ot.OpSubscribe, false},
	{105, "read_burst", ot.OpConfigRead, false},
	{107, "write_burst_variables", ot.OpSubscribe, false},
	{108, "write_burst_command", ot.OpSubscribe, false},
	{109, "burst_control", ot.OpSubscribe, false},
}

func codes() (all []protocols.Code) {
	for _, r := range commands {
		all = append(all, protocols.Code{Number: r.number, Name: r.name, Op: r.op, Unverified: r.hear})
	}
	return all
}

func find(number uint32) *row {
	for i := range commands {
		if commands[i].number == number {
			return &commands[i]
		}
	}
	return nil
}

var name = protocols.NameTable(codes())

var fields = []protocols.Field{
	{Name: "hart-ip.command", Doc: "HART command; 65536 + message of the session", Names: name,
		Num: func(t *ot.Transaction) (uint64, bool) { return uint64(t.Code), true }},
	{Name: "hart-ip.device", Doc: "device id, or short address", Num: func(t *ot.Transaction) (uint64, bool) { return uint64(t.Unit), t.Code < Session }},
	{Name: "hart-ip.transaction", Doc: "transaction id", Num: func(t *ot.Transaction) (uint64, bool) { return uint64(t.Arg[argID]), true }},
	{Name: "hart-ip.device_status", Doc: "status bits of the device: 128 malfunction, 64 configuration changed, 32 restarted",
		Num: func(t *ot.Transaction) (uint64, bool) {
			return uint64(t.Arg[argStatus] & 0xff), t.Arg[argStatus]&present != 0
		}},
	{Name: "hart-ip.response_code", Doc: "why a command was refused", Num: func(t *ot.Transaction) (uint64, bool) {
		return uint64(t.StatusCode), t.StatusCode != 0
	}},
}

// makers are some of the manufacturers of field devices (HCF_SPEC-183, table 8).
var makers = [...]struct {
	number uint16
	name   string
}{
	{2, "Allen-Bradley"}, {5, "ABB"}, {10, "Brooks Instrument"}, {17, "Endress+Hauser"}, {19, "Fisher Controls"}, {20, "Foxboro"}, {21, "Fuji Electric"},
	{23, "Honeywell"}, {31, "Micro Motion"}, {38, "Rosemount"}, {42, "Siemens"}, {44, "Toshiba"}, {46, "Rosemount Analytical"}, {54, "Yamatake"},
	{55, "Yokogawa"}, {66, "Samson"}, {69, "Krohne"}, {98, "VEGA"},
}

func makerName(n uint16) string {
	for i := range makers {
		if makers[i].number == n {
			return makers[i].name
		}
	}
	return "HART manufacturer " + strconv.Itoa(int(n))
}
