package srtp

import (
	"otsensor/pkg/ot"
	"otsensor/pkg/protocols"
)

// codes are the services, and the opening. Store and load are taken as published
// analyses take them, seen from the programmer's disk: out of the controller, and into it.
var codes = []protocols.Code{
	{Number: 0x00, Name: "short_status", Op: ot.OpDiagnostic, Unverified: true},
	{Number: 0x01, Name: "long_status", Op: ot.OpDiagnostic, Unverified: true},
	{Number: 0x02, Name: "memory_usage", Op: ot.OpDiagnostic, Unverified: true},
	{Number: programs, Name: "program_names", Op: ot.OpIdentify, Unverified: true},
	{Number: readSystem, Name: "read_system_memory", Op: ot.OpReadData, Unverified: true},
	{Number: readTask, Name: "read_task_memory", Op: ot.OpReadData, Unverified: true},
	{Number: readProgram, Name: "read_program_memory", Op: ot.OpReadData, Unverified: true},
	{Number: writeSystem, Name: "write_system_memory", Op: ot.OpWriteData, Unverified: true},
	{Number: writeTask, Name: "write_task_memory", Op: ot.OpWriteData, Unverified: true},
	{Number: writeBlock, Name: "write_program_block", Op: ot.OpProgramEdit, Unverified: true},
	{Number: 0x0a, Name: "define_symbol", Op: ot.OpConfigWrite, Unverified: true},
	{Number: 0x0b, Name: "delete_symbol", Op: ot.OpConfigWrite, Unverified: true},
	{Number: 0x0c, Name: "read_system_symbol", Op: ot.OpReadData, Unverified: true},
	{Number: 0x0d, Name: "read_task_symbol", Op: ot.OpReadData, Unverified: true},
	{Number: 0x0e, Name: "read_program_symbol", Op: ot.OpReadData, Unverified: true},
	{Number: 0x0f, Name: "write_system_symbol", Op: ot.OpWriteData, Unverified: true},
	{Number: 0x10, Name: "write_task_symbol", Op: ot.OpWriteData, Unverified: true},
	{Number: 0x11, Name: "write_program_symbol", Op: ot.OpProgramEdit, Unverified: true},
	{Number: 0x12, Name: "resolve_system_name", Op: ot.OpIdentify, Unverified: true},
	{Number: 0x13, Name: "resolve_task_name", Op: ot.OpIdentify, Unverified: true},
	{Number: 0x14, Name: "resolve_program_name", Op: ot.OpIdentify, Unverified: true},
	{Number: 0x15, Name: "datagram_establish", Op: ot.OpSubscribe, Unverified: true},
	{Number: 0x16, Name: "datagram_update", Op: ot.OpReadData, Unverified: true},
	{Number: 0x17, Name: "datagram_cancel", Op: ot.OpSubscribe, Unverified: true},
	{Number: 0x18, Name: "format_disk", Op: ot.OpFile, Unverified: true},
	{Number: 0x19, Name: "open_file", Op: ot.OpFile, Unverified: true},
	{Number: 0x1a, Name: "close_file", Op: ot.OpFile, Unverified: true},
	{Number: 0x1b, Name: "create_file", Op: ot.OpFile, Unverified: true},
	{Number: 0x1c, Name: "delete_file", Op: ot.OpFile, Unverified: true},
	{Number: 0x1d, Name: "read_file", Op: ot.OpFile, Unverified: true},
	{Number: 0x1e, Name: "write_file", Op: ot.OpFile, Unverified: true},
	{Number: 0x1f, Name: "seek_file", Op: ot.OpFile, Unverified: true},
	{Number: 0x20, Name: "log_on", Op: ot.OpAuth, Unverified: true},
	{Number: privilege, Name: "change_privilege", Op: ot.OpAuth, Unverified: true},
	{Number: 0x22, Name: "set_cpu_id", Op: ot.OpConfigWrite, Unverified: true},
	{Number: setState, Name: "set_run_state", Op: ot.OpModeChange, Unverified: true},
	{Number: 0x24, Name: "set_time", Op: ot.OpTimeSet, Unverified: true},
	{Number: 0x25, Name: "get_time", Op: ot.OpConfigRead, Unverified: true},
	{Number: 0x26, Name: "program_block_sizes", Op: ot.OpIdentify, Unverified: true},
	{Number: 0x27, Name: "program_block_list", Op: ot.OpIdentify, Unverified: true},
	{Number: 0x28, Name: "store_program_block", Op: ot.OpProgramUpload, Unverified: true},
	{Number: 0x29, Name: "sequence_control", Op: ot.OpSession, Unverified: true},
	{Number: 0x2a, Name: "store_block_of_program", Op: ot.OpProgramUpload, Unverified: true},
	{Number: 0x2b, Name: "load_program_block", Op: ot.OpProgramDownload, Unverified: true},
	{Number: 0x2c, Name: "load_block_of_program", Op: ot.OpProgramDownload, Unverified: true},
	{Number: 0x2d, Name: "verify_program_block", Op: ot.OpDiagnostic, Unverified: true},
	{Number: 0x2e, Name: "delete_program_block", Op: ot.OpProgramDelete, Unverified: true},
	{Number: 0x2f, Name: "resize_program_block", Op: ot.OpProgramEdit, Unverified: true},
	{Number: 0x30, Name: "declare_interrupt", Op: ot.OpConfigWrite, Unverified: true},
	{Number: 0x31, Name: "clear_configuration", Op: ot.OpConfigWrite, Unverified: true},
	{Number: 0x32, Name: "autoconfigure_io", Op: ot.OpConfigWrite, Unverified: true},
	{Number: 0x33, Name: "replace_io_module", Op: ot.OpConfigWrite, Unverified: true},
	{Number: 0x34, Name: "verify_configuration", Op: ot.OpDiagnostic, Unverified: true},
	{Number: 0x35, Name: "clear_all_memory", Op: ot.OpReset, Unverified: true},
	{Number: 0x36, Name: "clear_reference_memory", Op: ot.OpReset, Unverified: true},
	{Number: 0x37, Name: "clear_logic_memory", Op: ot.OpProgramDelete, Unverified: true},
	{Number: 0x38, Name: "fault_table", Op: ot.OpDiagnostic, Unverified: true},
	{Number: 0x39, Name: "clear_fault_table", Op: ot.OpReset, Unverified: true},
	{Number: 0x3a, Name: "create_parameter_task", Op: ot.OpConfigWrite, Unverified: true},
	{Number: 0x3b, Name: "delete_parameter_task", Op: ot.OpConfigWrite, Unverified: true},
	{Number: 0x3c, Name: "configuration_sizes", Op: ot.OpConfigRead, Unverified: true},
	{Number: 0x3d, Name: "store_block", Op: ot.OpProgramUpload, Unverified: true},
	{Number: 0x3e, Name: "load_block", Op: ot.OpProgramDownload, Unverified: true},
	{Number: 0x3f, Name: "program_store", Op: ot.OpProgramUpload, Unverified: true},
	{Number: 0x40, Name: "program_load", Op: ot.OpProgramDownload, Unverified: true},
	{Number: 0x41, Name: "program_change", Op: ot.OpProgramEdit, Unverified: true},
	{Number: 0x42, Name: "verify_program", Op: ot.OpDiagnostic, Unverified: true},
	{Number: controller, Name: "controller_type", Op: ot.OpIdentify, Unverified: true},
	{Number: 0x44, Name: "toggle_force", Op: ot.OpForce, Unverified: true},
	{Number: 0x45, Name: "access_eeprom", Op: ot.OpFirmware, Unverified: true},
	{Number: 0x46, Name: "manage_block", Op: ot.OpProgramEdit, Unverified: true},
	{Number: 0x47, Name: "lock_oem", Op: ot.OpAuth, Unverified: true},
	{Number: 0x48, Name: "datagram_write", Op: ot.OpWriteData, Unverified: true},
	{Number: 0x49, Name: "access_memory_card", Op: ot.OpFile, Unverified: true},
	{Number: 0x4a, Name: "read_parameter", Op: ot.OpConfigRead, Unverified: true},
	{Number: 0x4b, Name: "write_slot_configuration", Op: ot.OpConfigWrite, Unverified: true},
	{Number: 0x4c, Name: "rename_task", Op: ot.OpConfigWrite, Unverified: true},
	{Number: 0x4d, Name: "functions_supported", Op: ot.OpIdentify, Unverified: true},
	{Number: 0x4e, Name: "store_subrequest", Op: ot.OpConfigWrite, Unverified: true},
	{Number: 0x4f, Name: "session_control", Op: ot.OpSession, Unverified: true},
	{Number: 0x50, Name: "subrequest_list", Op: ot.OpConfigRead, Unverified: true},
	{Number: 0x51, Name: "extra_status", Op: ot.OpDiagnostic, Unverified: true},
	{Number: 0x52, Name: "store_os_extension", Op: ot.OpFirmware, Unverified: true},
	{Number: 0x53, Name: "load_os_extension", Op: ot.OpFirmware, Unverified: true},
	{Number: 0x54, Name: "delete_os_extension", Op: ot.OpFirmware, Unverified: true},
	{Number: 0x55, Name: "delete_subrequest", Op: ot.OpConfigWrite, Unverified: true},
	{Number: 0x56, Name: "share_data", Op: ot.OpReadData, Unverified: true},
	{Number: 0x57, Name: "toggle_block_force", Op: ot.OpForce, Unverified: true},
	{Number: 0x58, Name: "sequence_events", Op: ot.OpAlarm, Unverified: true},
	{Number: 0x59, Name: "interrogate_io", Op: ot.OpDiagnostic, Unverified: true},
	{Number: 0x5a, Name: "program_store_extended", Op: ot.OpProgramUpload, Unverified: true},
	{Number: 0x5b, Name: "program_load_extended", Op: ot.OpProgramDownload, Unverified: true},
	{Number: 0x5c, Name: "program_verify_extended", Op: ot.OpDiagnostic, Unverified: true},
	{Number: 0x5d, Name: "activate_debugger", Op: ot.OpProgramEdit, Unverified: true},
	{Number: 0x5e, Name: "configuration_change", Op: ot.OpConfigWrite, Unverified: true},
	{Number: 0x5f, Name: "register_server", Op: ot.OpSession, Unverified: true},
	{Number: 0x60, Name: "clear_one_fault", Op: ot.OpReset, Unverified: true},
	{Number: 0x61, Name: "features_supported", Op: ot.OpIdentify, Unverified: true},
	{Number: Connect, Name: "connect", Op: ot.OpSession, Unverified: true},
}

// states are those of a controller, in the highest bits of its status word.
var states = []protocols.Code{
	{Number: 0, Name: "run"}, {Number: 1, Name: "run_outputs_off"}, {Number: 2, Name: "stop"}, {Number: 3, Name: "stop_faulted"},
	{Number: 4, Name: "halted"}, {Number: 5, Name: "suspended"}, {Number: 6, Name: "stop_io_scan"},
}

// majors are the major errors of a refusal; the minor ones met most follow.
var majors = []protocols.Code{
	{Number: 1, Name: "illegal_service"}, {Number: 2, Name: "insufficient_privilege"}, {Number: 4, Name: "protocol_sequence"},
	{Number: 5, Name: "service_error"}, {Number: 6, Name: "illegal_mailbox"}, {Number: 7, Name: "queue_full"},
}

var minors = []protocols.Code{
	{Number: 0xb5, Name: "checksum_differs"}, {Number: 0xc6, Name: "not_logged_in_to_main"}, {Number: 0xca, Name: "write_protected"},
	{Number: 0xd4, Name: "configuration_checksum_differs"}, {Number: 0xea, Name: "not_logged_in"}, {Number: 0xef, Name: "programmer_attached"},
	{Number: 0xf0, Name: "only_in_stop"}, {Number: 0xf1, Name: "only_by_programmer"}, {Number: 0xf4, Name: "invalid_parameter"},
	{Number: 0xf5, Name: "invalid_password"}, {Number: 0xf6, Name: "invalid_state"}, {Number: 0xf8, Name: "invalid_task"},
	{Number: 0xf9, Name: "address_out_of_range"}, {Number: 0xfe, Name: "no_privilege"}, {Number: 0xff, Name: "aborted"},
}

var majorName, minorName = protocols.NameTable(majors), protocols.NameTable(minors)

// errorName names a refusal: by its minor error, else by its major one.
func errorName(n uint64) string {
	if name := minorName(n & 0xff); name != "" {
		return name
	}
	return majorName(n >> 8)
}
