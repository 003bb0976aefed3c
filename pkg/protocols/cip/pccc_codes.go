package cip

import (
	"otsensor/pkg/ot"
	"otsensor/pkg/protocols"
)

// noFunction stands for the function of a PCCC command that has none.
const noFunction = 0xFF

// pcccCodes are the PCCC commands, command << 8 | function (1770-6.5.16 chapter 7).
var pcccCodes = []protocols.Code{
	{Number: 0x00_FF, Name: "protected_write", Op: ot.OpWriteData, Unverified: true},
	{Number: 0x01_FF, Name: "unprotected_read", Op: ot.OpReadData, Unverified: true},
	{Number: 0x02_FF, Name: "protected_bit_write", Op: ot.OpWriteData, Unverified: true},
	{Number: 0x04_FF, Name: "unprotected_physical_read", Op: ot.OpReadData, Unverified: true},
	{Number: 0x05_FF, Name: "unprotected_bit_write", Op: ot.OpWriteData, Unverified: true},
	{Number: 0x08_FF, Name: "unprotected_write", Op: ot.OpWriteData, Unverified: true},

	{Number: 0x06_00, Name: "echo", Op: ot.OpDiagnostic},
	{Number: 0x06_01, Name: "read_diagnostic_counters", Op: ot.OpDiagnostic},
	{Number: 0x06_02, Name: "set_variables", Op: ot.OpConfigWrite},
	{Number: 0x06_03, Name: "diagnostic_status", Op: ot.OpIdentify},
	{Number: 0x06_04, Name: "set_timeout", Op: ot.OpConfigWrite},
	{Number: 0x06_05, Name: "set_naks", Op: ot.OpConfigWrite},
	{Number: 0x06_06, Name: "set_enqs", Op: ot.OpConfigWrite},
	{Number: 0x06_07, Name: "reset_diagnostic_counters", Op: ot.OpDiagnostic},
	{Number: 0x06_08, Name: "set_data_table_size", Op: ot.OpConfigWrite},
	{Number: 0x06_09, Name: "read_link_parameters", Op: ot.OpConfigRead},
	{Number: 0x06_0A, Name: "set_link_parameters", Op: ot.OpConfigWrite},

	{Number: 0x07_00, Name: "disable_outputs", Op: ot.OpForce},
	{Number: 0x07_01, Name: "enable_outputs", Op: ot.OpForce},
	{Number: 0x07_03, Name: "enable_scanning", Op: ot.OpModeChange},
	{Number: 0x07_04, Name: "enter_download_mode", Op: ot.OpProgramDownload},
	{Number: 0x07_05, Name: "exit_transfer_mode", Op: ot.OpModeChange},
	{Number: 0x07_06, Name: "enter_upload_mode", Op: ot.OpProgramUpload},

	{Number: 0x0F_00, Name: "word_range_write", Op: ot.OpWriteData},
	{Number: 0x0F_01, Name: "word_range_read", Op: ot.OpReadData},
	{Number: 0x0F_02, Name: "bit_write", Op: ot.OpWriteData},
	{Number: 0x0F_03, Name: "file_write", Op: ot.OpWriteData},
	{Number: 0x0F_04, Name: "file_read", Op: ot.OpReadData},
	{Number: 0x0F_05, Name: "download_request", Op: ot.OpProgramDownload},
	{Number: 0x0F_06, Name: "upload", Op: ot.OpProgramUpload},
	{Number: 0x0F_07, Name: "shutdown", Op: ot.OpModeChange},
	{Number: 0x0F_08, Name: "physical_write", Op: ot.OpProgramDownload},
	{Number: 0x0F_09, Name: "physical_read", Op: ot.OpProgramUpload},
	{Number: 0x0F_0A, Name: "restart_request", Op: ot.OpReset},
	{Number: 0x0F_11, Name: "get_edit_resource", Op: ot.OpProgramEdit},
	{Number: 0x0F_12, Name: "return_edit_resource", Op: ot.OpProgramEdit},
	{Number: 0x0F_17, Name: "read_bytes_physical", Op: ot.OpProgramUpload},
	{Number: 0x0F_18, Name: "write_bytes_physical", Op: ot.OpProgramDownload},
	{Number: 0x0F_26, Name: "read_modify_write", Op: ot.OpWriteData},
	{Number: 0x0F_29, Name: "read_section_size", Op: ot.OpIdentify},
	{Number: 0x0F_3A, Name: "set_cpu_mode", Op: ot.OpModeChange},
	{Number: 0x0F_41, Name: "disable_forces", Op: ot.OpForce},
	{Number: 0x0F_50, Name: "download_all_request", Op: ot.OpProgramDownload},
	{Number: 0x0F_52, Name: "download_completed", Op: ot.OpProgramDownload},
	{Number: 0x0F_53, Name: "upload_all_request", Op: ot.OpProgramUpload},
	{Number: 0x0F_55, Name: "upload_completed", Op: ot.OpProgramUpload},
	{Number: 0x0F_57, Name: "initialize_memory", Op: ot.OpProgramDelete},
	{Number: 0x0F_5E, Name: "modify_plc2_compatibility_file", Op: ot.OpConfigWrite},
	{Number: 0x0F_67, Name: "typed_write", Op: ot.OpWriteData},
	{Number: 0x0F_68, Name: "typed_read", Op: ot.OpReadData},
	{Number: 0x0F_79, Name: "read_modify_write_n", Op: ot.OpWriteData},
	{Number: 0x0F_80, Name: "change_cpu_mode", Op: ot.OpModeChange},
	{Number: 0x0F_81, Name: "open_file", Op: ot.OpFile},
	{Number: 0x0F_82, Name: "close_file", Op: ot.OpFile},
	{Number: 0x0F_88, Name: "execute_multiple_commands", Op: ot.OpUnknown},
	{Number: 0x0F_8F, Name: "apply_port_configuration", Op: ot.OpConfigWrite},
	{Number: 0x0F_A1, Name: "protected_typed_logical_read_2", Op: ot.OpReadData},
	{Number: 0x0F_A2, Name: "protected_typed_logical_read_3", Op: ot.OpReadData},
	{Number: 0x0F_A7, Name: "protected_typed_file_read", Op: ot.OpProgramUpload},
	{Number: 0x0F_A9, Name: "protected_typed_logical_write_2", Op: ot.OpWriteData},
	{Number: 0x0F_AA, Name: "protected_typed_logical_write_3", Op: ot.OpWriteData},
	{Number: 0x0F_AB, Name: "protected_typed_logical_masked_write", Op: ot.OpWriteData},
	{Number: 0x0F_AF, Name: "protected_typed_file_write", Op: ot.OpProgramDownload},
}

var pcccByCode = func() map[uint32]*protocols.Code {
	m := make(map[uint32]*protocols.Code, len(pcccCodes))
	for i := range pcccCodes {
		m[pcccCodes[i].Number] = &pcccCodes[i]
	}
	return m
}()

// PCCCName is the name of a PCCC command, command << 8 | function.
func PCCCName(code uint64) string {
	if c := pcccByCode[uint32(code)]; c != nil {
		return c.Name
	}
	return ""
}

// fileType is a kind of data or program file in a PLC-5 or SLC.
type fileType struct {
	number uint8
	letter string // as in addresses, "" where it has none
	name   string
	shape  ot.Shape
	force  bool // writing it forces inputs or outputs
}

var fileTypes = []fileType{
	{number: 0x22, name: "ladder_logic"},
	{number: 0x49, name: "channel_configuration"},
	{number: 0x4A, name: "ethernet_ip_function"},
	{number: 0x65, name: "online_editing"},
	{number: 0x6A, name: "ios_function"},
	{number: 0x82, letter: "O", name: "output", shape: ot.U16LE},
	{number: 0x83, letter: "I", name: "input", shape: ot.U16LE},
	{number: 0x84, letter: "S", name: "status", shape: ot.U16LE},
	{number: 0x85, letter: "B", name: "binary", shape: ot.U16LE},
	{number: 0x86, letter: "T", name: "timer", shape: ot.U16LE},
	{number: 0x87, letter: "C", name: "counter", shape: ot.U16LE},
	{number: 0x88, letter: "R", name: "control", shape: ot.U16LE},
	{number: 0x89, letter: "N", name: "integer", shape: ot.I16LE},
	{number: 0x8A, letter: "F", name: "float", shape: ot.F32LE},
	{number: 0x8D, letter: "ST", name: "string"},
	{number: 0x8E, letter: "A", name: "ascii"},
	{number: 0x91, letter: "L", name: "long", shape: ot.I32LE},
	{number: 0xA1, name: "output_force", shape: ot.U16LE, force: true},
	{number: 0xA2, name: "input_force", shape: ot.U16LE, force: true},
	{number: 0xE0, name: "es0_function"},
	{number: 0xE2, name: "sti_function"},
	{number: 0xE3, name: "eii_function"},
	{number: 0xE4, name: "rtc_function"},
	{number: 0xE5, name: "bhi_function"},
	{number: 0xE6, name: "memory_module_function"},
	{number: 0xEC, name: "lcd_function"},
	{number: 0xED, name: "ptox_function"},
	{number: 0xEE, name: "pwmx_function"},
}

func fileTypeOf(number uint8) *fileType {
	for i := range fileTypes {
		if fileTypes[i].number == number {
			return &fileTypes[i]
		}
	}
	return &fileType{}
}

func fileTypeName(number uint64) string { return fileTypeOf(uint8(number)).name }

// pcccExtended are the extended status codes behind status F0 (1770-6.5.16 chapter 8).
var pcccExtended = []protocols.Code{
	{Number: 0x01, Name: "illegal_field_value"},
	{Number: 0x02, Name: "too_few_address_levels"},
	{Number: 0x03, Name: "too_many_address_levels"},
	{Number: 0x04, Name: "symbol_not_found"},
	{Number: 0x05, Name: "bad_symbol_format"},
	{Number: 0x06, Name: "address_not_usable"},
	{Number: 0x07, Name: "wrong_file_size"},
	{Number: 0x08, Name: "situation_changed"},
	{Number: 0x09, Name: "too_large"},
	{Number: 0x0A, Name: "size_plus_address_too_large"},
	{Number: 0x0B, Name: "access_denied"},
	{Number: 0x0C, Name: "resource_not_available"},
	{Number: 0x0D, Name: "resource_already_available"},
	{Number: 0x0E, Name: "cannot_execute"},
	{Number: 0x0F, Name: "histogram_overflow"},
	{Number: 0x10, Name: "no_access"},
	{Number: 0x11, Name: "illegal_data_type"},
	{Number: 0x12, Name: "invalid_parameter_or_data"},
	{Number: 0x13, Name: "deleted_area"},
	{Number: 0x14, Name: "failed_for_unknown_reason"},
	{Number: 0x15, Name: "data_conversion_error"},
	{Number: 0x16, Name: "rack_adapter_unreachable"},
	{Number: 0x17, Name: "type_mismatch"},
	{Number: 0x18, Name: "bad_module_response"},
	{Number: 0x19, Name: "duplicated_label"},
	{Number: 0x1A, Name: "file_open_elsewhere"},
	{Number: 0x1B, Name: "program_owned_elsewhere"},
	{Number: 0x1C, Name: "reserved_1c"},
	{Number: 0x1D, Name: "reserved_1d"},
	{Number: 0x1E, Name: "element_protected"},
	{Number: 0x1F, Name: "temporary_internal_problem"},
	{Number: 0x22, Name: "remote_rack_fault"},
	{Number: 0x23, Name: "timeout"},
	{Number: 0x24, Name: "unknown_error"},
}

// pcccModes are the modes of the change mode command (0F 80).
var pcccModes = []protocols.Code{
	{Number: 1, Name: "remote_program"},
	{Number: 6, Name: "remote_run"},
	{Number: 7, Name: "remote_test_continuous"},
	{Number: 8, Name: "remote_test_single"},
	{Number: 9, Name: "remote_test_debug"},
}
