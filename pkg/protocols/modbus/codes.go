package modbus

import (
	"strconv"

	"otsensor/pkg/ot"
	"otsensor/pkg/protocols"
)

// The functions whose bodies are read.
const (
	readCoils          = 1
	readDiscretes      = 2
	readHolding        = 3
	readInput          = 4
	writeCoil          = 5
	writeRegister      = 6
	exceptionStatus    = 7
	diagnostics        = 8
	eventCounter       = 11
	eventLog           = 12
	writeCoils         = 15
	writeRegisters     = 16
	serverID           = 17
	readFile           = 20
	writeFile          = 21
	maskWrite          = 22
	readWriteRegisters = 23
	readFIFO           = 24
	encapsulated       = 43
	umas               = 90

	exceptionBit = 0x80
)

// The sub-functions of diagnostics that more than the code table knows.
const (
	echoQuery       = 0
	forceListenOnly = 4
)

// The MEI types, AP §6.19.
const (
	meiCANopen = 13
	meiDevice  = 14
)

// The first byte of a UMAS answer.
const (
	umasOK      = 0xFE
	umasRefused = 0xFD
)

func withSub(function uint8, sub uint16) uint32 { return SubFlag | uint32(sub)<<8 | uint32(function) }

func functionOf(code uint32) uint8 { return uint8(code) }

// subOf gives the sub-code, and whether the code has one.
func subOf(code uint32) (sub uint16, present bool) { return uint16(code >> 8), code&SubFlag != 0 }

// row is one line of the code tables.
type row struct {
	number uint16
	name   string
	op     ot.Op
	hear   bool // hearsay: not in the specification and not seen on a capture
}

// functions: AP §6 and annex A; the legacy ones by the controllers that used them.
var functions = []row{
	{0, "invalid_0", ot.OpError, false},
	{readCoils, "read_coils", ot.OpReadData, false},
	{readDiscretes, "read_discrete_inputs", ot.OpReadData, false},
	{readHolding, "read_holding_registers", ot.OpReadData, false},
	{readInput, "read_input_registers", ot.OpReadData, false},
	{writeCoil, "write_single_coil", ot.OpWriteData, false},
	{writeRegister, "write_single_register", ot.OpWriteData, false},
	{exceptionStatus, "read_exception_status", ot.OpDiagnostic, false},
	{diagnostics, "diagnostics", ot.OpDiagnostic, false},
	{9, "program_484", ot.OpProgramEdit, true},
	{10, "poll_484", ot.OpProgramEdit, true},
	{eventCounter, "get_comm_event_counter", ot.OpDiagnostic, false},
	{eventLog, "get_comm_event_log", ot.OpDiagnostic, false},
	{13, "program_584_984", ot.OpProgramEdit, true},
	{14, "poll_584_984", ot.OpProgramEdit, true},
	{writeCoils, "write_multiple_coils", ot.OpWriteData, false},
	{writeRegisters, "write_multiple_registers", ot.OpWriteData, false},
	{serverID, "report_server_id", ot.OpIdentify, false},
	{18, "program_884_u84", ot.OpProgramEdit, true},
	{19, "reset_comm_link_884_u84", ot.OpReset, true},
	{readFile, "read_file_record", ot.OpFile, false},
	{writeFile, "write_file_record", ot.OpFile, false},
	{maskWrite, "mask_write_register", ot.OpWriteData, false},
	{readWriteRegisters, "read_write_multiple_registers", ot.OpWriteData, false},
	{readFIFO, "read_fifo_queue", ot.OpReadData, false},
	{40, "program_concept", ot.OpProgramEdit, true},
	{41, "firmware_41", ot.OpFirmware, true},
	{encapsulated, "encapsulated_interface_transport", ot.OpUnknown, false},
	{umas, "umas", ot.OpUnknown, false},
	{91, "legacy_91", ot.OpProgramEdit, true},
	{125, "firmware_125", ot.OpFirmware, true},
	{126, "program_126", ot.OpProgramEdit, true},
	{127, "report_local_address", ot.OpDiagnostic, true},
}

// The user-defined functions, AP §5: ours to name only by number.
var userFunctions = [][2]uint8{{65, 72}, {100, 110}}

// diagnosticSubs: AP §6.8.1.
var diagnosticSubs = []row{
	{echoQuery, "return_query_data", ot.OpDiagnostic, false},
	{1, "restart_communications", ot.OpReset, false},
	{2, "return_diagnostic_register", ot.OpDiagnostic, false},
	{3, "change_ascii_delimiter", ot.OpConfigWrite, false},
	{forceListenOnly, "force_listen_only", ot.OpModeChange, false},
	{10, "clear_counters", ot.OpDiagnostic, false},
	{11, "bus_message_count", ot.OpDiagnostic, false},
	{12, "bus_error_count", ot.OpDiagnostic, false},
	{13, "bus_exception_count", ot.OpDiagnostic, false},
	{14, "server_message_count", ot.OpDiagnostic, false},
	{15, "no_response_count", ot.OpDiagnostic, false},
	{16, "nak_count", ot.OpDiagnostic, false},
	{17, "busy_count", ot.OpDiagnostic, false},
	{18, "overrun_count", ot.OpDiagnostic, false},
	{20, "clear_overrun", ot.OpDiagnostic, false},
	{21, "modbus_plus_statistics", ot.OpDiagnostic, true},
}

var meiTypes = []row{
	{meiCANopen, "canopen_general_reference", ot.OpConfigRead, false},
	{meiDevice, "read_device_identification", ot.OpIdentify, false},
}

// umasCodes: the direction of 30 to 35 is as captures of engineering work show
// it: 31 carries the blocks of a program to the controller, 34 back from it.
var umasCodes = []row{
	{0x01, "init", ot.OpIdentify, false},
	{0x02, "read_id", ot.OpIdentify, false},
	{0x03, "read_project_info", ot.OpIdentify, false},
	{0x04, "read_plc_status", ot.OpIdentify, false},
	{0x06, "read_card_info", ot.OpIdentify, false},
	{0x0A, "repeat", ot.OpSession, false},
	{0x10, "take_reservation", ot.OpAuth, false},
	{0x11, "release_reservation", ot.OpAuth, true},
	{0x12, "keep_alive", ot.OpSession, false},
	{0x20, "read_memory_block", ot.OpReadData, false},
	{0x21, "write_memory_block", ot.OpWriteData, true},
	{0x22, "read_variables", ot.OpReadData, false},
	{0x23, "write_variables", ot.OpWriteData, false},
	{0x24, "read_coils_registers", ot.OpReadData, true},
	{0x25, "write_coils_registers", ot.OpWriteData, true},
	{0x26, "read_names", ot.OpReadData, false},
	{0x30, "to_controller_begin", ot.OpProgramDownload, false},
	{0x31, "to_controller_block", ot.OpProgramDownload, false},
	{0x32, "to_controller_end", ot.OpProgramDownload, false},
	{0x33, "from_controller_begin", ot.OpProgramUpload, false},
	{0x34, "from_controller_block", ot.OpProgramUpload, false},
	{0x35, "from_controller_end", ot.OpProgramUpload, false},
	{0x39, "read_ethernet_master_data", ot.OpDiagnostic, true},
	{0x40, "start_plc", ot.OpModeChange, false},
	{0x41, "stop_plc", ot.OpModeChange, false},
	{0x50, "monitor", ot.OpDiagnostic, false},
	{0x58, "check_plc", ot.OpDiagnostic, false},
	{0x70, "read_io_object", ot.OpReadData, true},
	{0x71, "write_io_object", ot.OpWriteData, true},
	{0x73, "read_module_status", ot.OpDiagnostic, true},
}

// exceptions: AP §7; 7 is of older editions.
var exceptions = []protocols.Code{
	{Number: 1, Name: "illegal_function"},
	{Number: 2, Name: "illegal_data_address"},
	{Number: 3, Name: "illegal_data_value"},
	{Number: 4, Name: "server_device_failure"},
	{Number: 5, Name: "acknowledge"},
	{Number: 6, Name: "server_device_busy"},
	{Number: 7, Name: "negative_acknowledge"},
	{Number: 8, Name: "memory_parity_error"},
	{Number: 10, Name: "gateway_path_unavailable"},
	{Number: 11, Name: "gateway_target_failed_to_respond"},
	{Number: umasRefused, Name: "umas_refused"},
}

func codes() []protocols.Code {
	var all []protocols.Code
	for _, f := range functions {
		all = append(all, protocols.Code{Number: uint32(f.number), Name: f.name, Op: f.op, Unverified: f.hear})
	}
	for _, span := range userFunctions {
		for n := uint32(span[0]); n <= uint32(span[1]); n++ {
			all = append(all, protocols.Code{Number: n, Name: "user_" + strconv.Itoa(int(n)), Op: ot.OpUnknown})
		}
	}
	add := func(function uint8, prefix string, rows []row) {
		for _, r := range rows {
			all = append(all, protocols.Code{
				Number: withSub(function, r.number), Name: prefix + r.name, Op: r.op, Unverified: r.hear,
			})
		}
	}
	add(diagnostics, "diagnostics_", diagnosticSubs)
	add(encapsulated, "", meiTypes)
	add(umas, "umas_", umasCodes)
	return all
}

// byFunction is the table of functions by their number.
var byFunction = func() (table [256]row) {
	for _, f := range functions {
		table[f.number] = f
	}
	return table
}()

// verb is the plant verb of a code, and whether a table lists it.
func verb(code uint32) (op ot.Op, listed bool) {
	sub, present := subOf(code)
	if !present {
		f := byFunction[functionOf(code)]
		return f.op, f.name != ""
	}
	switch functionOf(code) {
	case diagnostics:
		return find(diagnosticSubs, sub)
	case encapsulated:
		return find(meiTypes, sub)
	default:
		return find(umasCodes, sub)
	}
}

func find(rows []row, number uint16) (ot.Op, bool) {
	for i := range rows {
		if rows[i].number == number {
			return rows[i].op, true
		}
	}
	return ot.OpUnknown, false
}

// reserved reports a code that no conforming client sends. UMAS is reserved
// on paper and daily bread on the wire; its own codes are not published.
func reserved(code uint32) bool {
	function := functionOf(code)
	sub, present := subOf(code)
	if function == umas || !present && specified(function) {
		return false
	}
	for _, span := range userFunctions {
		if function >= span[0] && function <= span[1] {
			return false
		}
	}
	if !present {
		return true
	}
	if function == diagnostics {
		_, listed := find(diagnosticSubs, sub)
		return !listed
	}
	return sub != meiCANopen && sub != meiDevice
}

// specified reports a public function of AP §6.
func specified(function uint8) bool {
	return function >= readCoils && function <= diagnostics || function == eventCounter || function == eventLog ||
		function >= writeCoils && function <= serverID || function >= readFile && function <= readFIFO ||
		function == encapsulated
}
