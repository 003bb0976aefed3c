package fins

import (
	"otsensor/pkg/ot"
	"otsensor/pkg/protocols"
)

// The commands that more than the table knows.
const (
	readMemory     = 0x0101
	writeMemory    = 0x0102
	fillMemory     = 0x0103
	readMultiple   = 0x0104
	run            = 0x0401
	readController = 0x0501
	forceSetReset  = 0x2301
)

// row is one line of the table.
type row struct {
	number uint32
	name   string
	op     ot.Op
	hear   bool // not seen on a capture
}

// commands: W342 §5-1.
var commands = []row{
	{readMemory, "memory_area_read", ot.OpReadData, false},
	{writeMemory, "memory_area_write", ot.OpWriteData, false},
	{fillMemory, "memory_area_fill", ot.OpWriteData, false},
	{readMultiple, "multiple_memory_area_read", ot.OpReadData, false},
	{0x0105, "memory_area_transfer", ot.OpWriteData, false},
	{0x0201, "parameter_area_read", ot.OpConfigRead, false},
	{0x0202, "parameter_area_write", ot.OpConfigWrite, false},
	{0x0203, "parameter_area_clear", ot.OpConfigWrite, false},
	{0x0220, "data_link_table_read", ot.OpConfigRead, false},
	{0x0221, "data_link_table_write", ot.OpConfigWrite, false},
	{0x0304, "program_area_protect", ot.OpAuth, false},
	{0x0305, "program_area_protect_clear", ot.OpAuth, false},
	{0x0306, "program_area_read", ot.OpProgramUpload, false},
	{0x0307, "program_area_write", ot.OpProgramDownload, false},
	{0x0308, "program_area_clear", ot.OpProgramDelete, false},
	{run, "run", ot.OpModeChange, false},
	{0x0402, "stop", ot.OpModeChange, false},
	{0x0403, "reset", ot.OpReset, true},
	{readController, "controller_data_read", ot.OpIdentify, false},
	{0x0502, "connection_data_read", ot.OpIdentify, false},
	{0x0601, "controller_status_read", ot.OpDiagnostic, false},
	{0x0602, "network_status_read", ot.OpDiagnostic, false},
	{0x0603, "data_link_status_read", ot.OpDiagnostic, false},
	{0x0620, "cycle_time_read", ot.OpDiagnostic, false},
	{0x0701, "clock_read", ot.OpDiagnostic, false},
	{0x0702, "clock_write", ot.OpTimeSet, false},
	{0x0801, "loopback_test", ot.OpDiagnostic, false},
	{0x0802, "broadcast_test_results_read", ot.OpDiagnostic, false},
	{0x0803, "broadcast_test_data_send", ot.OpDiagnostic, false},
	{0x0920, "message_read_clear", ot.OpAlarm, false},
	{0x0c01, "access_right_acquire", ot.OpAuth, false},
	{0x0c02, "access_right_forced_acquire", ot.OpAuth, false},
	{0x0c03, "access_right_release", ot.OpAuth, false},
	{0x2101, "error_clear", ot.OpReset, false},
	{0x2102, "error_log_read", ot.OpDiagnostic, false},
	{0x2103, "error_log_clear", ot.OpDiagnostic, false},
	{0x2140, "write_access_log_read", ot.OpDiagnostic, true},
	{0x2141, "write_access_log_clear", ot.OpDiagnostic, true},
	{0x2201, "file_name_read", ot.OpFile, false},
	{0x2202, "single_file_read", ot.OpFile, false},
	{0x2203, "single_file_write", ot.OpFile, false},
	{0x2204, "memory_card_format", ot.OpFile, false},
	{0x2205, "file_delete", ot.OpFile, false},
	{0x2206, "volume_label_write", ot.OpFile, false},
	{0x2207, "file_copy", ot.OpFile, false},
	{0x2208, "file_name_change", ot.OpFile, false},
	{0x2209, "file_data_check", ot.OpFile, false},
	{0x220a, "memory_area_file_transfer", ot.OpFile, false},
	{0x220b, "parameter_area_file_transfer", ot.OpConfigWrite, false},
	{0x220c, "program_area_file_transfer", ot.OpProgramDownload, false},
	{0x220f, "file_memory_index_read", ot.OpFile, false},
	{0x2210, "file_memory_read", ot.OpFile, false},
	{0x2211, "file_memory_write", ot.OpFile, false},
	{0x2215, "directory_create_delete", ot.OpFile, true},
	{0x2220, "memory_cassette_transfer", ot.OpProgramDownload, true},
	{forceSetReset, "forced_set_reset", ot.OpForce, false},
	{0x2302, "forced_set_reset_cancel", ot.OpForce, false},
	{0x230a, "multiple_forced_status_read", ot.OpReadData, false},
	{0x2601, "name_set", ot.OpConfigWrite, false},
	{0x2602, "name_delete", ot.OpConfigWrite, false},
	{0x2603, "name_read", ot.OpIdentify, false},
}

// frames are the commands of the TCP frame.
var frames = []protocols.Code{
	{Number: Frame | frameClient, Name: "tcp_client_node", Op: ot.OpSession},
	{Number: Frame | frameServer, Name: "tcp_server_node", Op: ot.OpSession},
	{Number: Frame | frameSend, Name: "tcp_frame", Op: ot.OpSession},
	{Number: Frame | frameError, Name: "tcp_error", Op: ot.OpError, Unverified: true},
	{Number: Frame | 6, Name: "tcp_confirm", Op: ot.OpSession, Unverified: true},
}

// areas are the memory area codes of CS and CJ controllers by their names, W342 §5-2-2.
var areas = []protocols.Code{
	{Number: 0x30, Name: "CIO bit"}, {Number: 0x31, Name: "W bit"}, {Number: 0x32, Name: "H bit"}, {Number: 0x33, Name: "A bit"},
	{Number: 0x02, Name: "D bit"}, {Number: 0xb0, Name: "CIO"}, {Number: 0xb1, Name: "W"}, {Number: 0xb2, Name: "H"}, {Number: 0xb3, Name: "A"},
	{Number: 0x82, Name: "D"}, {Number: 0x89, Name: "T/C"}, {Number: 0x80, Name: "CIO (C)"}, {Number: 0x98, Name: "E"}, {Number: 0xdc, Name: "IR"}, {Number: 0xbc, Name: "DR"},
}

// modes of a run command.
var modes = []protocols.Code{{Number: 2, Name: "monitor"}, {Number: 4, Name: "run"}}

func codes() (all []protocols.Code) {
	for _, r := range commands {
		all = append(all, protocols.Code{Number: r.number, Name: r.name, Op: r.op, Unverified: r.hear})
	}
	return append(all, frames...)
}

func find(number uint32) *row {
	for i := range commands {
		if commands[i].number == number {
			return &commands[i]
		}
	}
	return nil
}
