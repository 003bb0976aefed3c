package slmp

import (
	"otsensor/pkg/ot"
	"otsensor/pkg/protocols"
)

// The commands that more than the table knows.
const (
	readType     = 0x0101
	readDevices  = 0x0401
	writeDevices = 0x1401
	toolReadType = Melsoft | 0x0121

	modelLen = 16 // of a model name
)

// toolSkip is how far function and number stand behind the MELSOFT header.
func toolSkip(kind uint8) int {
	if kind&answerBit != 0 {
		return 26
	}
	return 24
}

// commands: SLMP Reference Manual §5.
var commands = []struct {
	number uint32
	name   string
	op     ot.Op
	hear   bool // not seen on a capture
}{
	{readType, "read_type_name", ot.OpIdentify, true},
	{readDevices, "read_devices", ot.OpReadData, false},
	{0x0403, "read_random", ot.OpReadData, true},
	{0x0406, "read_block", ot.OpReadData, true},
	{0x041a, "label_read_array", ot.OpReadData, true},
	{0x041c, "label_read_random", ot.OpReadData, true},
	{0x0601, "read_intelligent_module", ot.OpReadData, true},
	{0x0613, "read_buffer_memory", ot.OpReadData, true},
	{0x0619, "self_test", ot.OpDiagnostic, true},
	{0x0801, "register_monitor", ot.OpSubscribe, true},
	{0x0802, "monitor", ot.OpReadData, true},
	{0x0e30, "node_search", ot.OpIdentify, true},
	{0x0e31, "set_address", ot.OpConfigWrite, true},
	{0x0e44, "read_communication_setting", ot.OpConfigRead, true},
	{0x0e45, "device_information_compare", ot.OpIdentify, true},
	{0x1001, "remote_run", ot.OpModeChange, true},
	{0x1002, "remote_stop", ot.OpModeChange, true},
	{0x1003, "remote_pause", ot.OpModeChange, true},
	{0x1005, "remote_latch_clear", ot.OpReset, true},
	{0x1006, "remote_reset", ot.OpReset, true},
	{writeDevices, "write_devices", ot.OpWriteData, false},
	{0x1402, "write_random", ot.OpWriteData, true},
	{0x1406, "write_block", ot.OpWriteData, true},
	{0x141a, "label_write_array", ot.OpWriteData, true},
	{0x141b, "label_write_random", ot.OpWriteData, true},
	{0x1601, "write_intelligent_module", ot.OpWriteData, true},
	{0x1613, "write_buffer_memory", ot.OpWriteData, true},
	{0x1617, "clear_error", ot.OpReset, true},
	{0x1630, "unlock", ot.OpAuth, true},
	{0x1631, "lock", ot.OpAuth, true},
	{0x1810, "read_directory", ot.OpFile, true},
	{0x1811, "search_directory", ot.OpFile, true},
	{0x1820, "new_file", ot.OpFile, true},
	{0x1822, "delete_file", ot.OpProgramDelete, true},
	{0x1824, "copy_file", ot.OpFile, true},
	{0x1825, "change_file_state", ot.OpFile, true},
	{0x1826, "change_file_date", ot.OpFile, true},
	{0x1827, "open_file", ot.OpFile, true},
	{0x1828, "read_file", ot.OpProgramUpload, true},
	{0x1829, "write_file", ot.OpProgramDownload, true},
	{0x182a, "close_file", ot.OpFile, true},
	{0x2101, "on_demand", ot.OpAlarm, true},
	{0x3070, "test_loopback", ot.OpDiagnostic, true},
	{0x3072, "read_memory", ot.OpReadData, true},
	{0x3119, "read_error_history", ot.OpDiagnostic, true},
}

// tools are the functions of the MELSOFT framing with a known meaning.
var tools = []protocols.Code{
	{Number: Melsoft, Name: "melsoft_open", Op: ot.OpSession},
	{Number: toolReadType, Name: "melsoft_read_type_name", Op: ot.OpIdentify},
}

// areas are the device codes by their letters.
var areas = []protocols.Code{
	{Number: 0x91, Name: "SM"}, {Number: 0xa9, Name: "SD"}, {Number: 0x9c, Name: "X"}, {Number: 0x9d, Name: "Y"}, {Number: 0x90, Name: "M"},
	{Number: 0x92, Name: "L"}, {Number: 0x93, Name: "F"}, {Number: 0x94, Name: "V"}, {Number: 0xa0, Name: "B"}, {Number: 0xa8, Name: "D"},
	{Number: 0xb4, Name: "W"}, {Number: 0xc1, Name: "TS"}, {Number: 0xc0, Name: "TC"}, {Number: 0xc2, Name: "TN"}, {Number: 0xc4, Name: "CS"},
	{Number: 0xc3, Name: "CC"}, {Number: 0xc5, Name: "CN"}, {Number: 0xa1, Name: "SB"}, {Number: 0xb5, Name: "SW"}, {Number: 0xa2, Name: "DX"},
	{Number: 0xa3, Name: "DY"}, {Number: 0xcc, Name: "Z"}, {Number: 0xaf, Name: "R"}, {Number: 0xb0, Name: "ZR"},
}

func codes() (all []protocols.Code) {
	for _, r := range commands {
		all = append(all, protocols.Code{Number: r.number, Name: r.name, Op: r.op, Unverified: r.hear})
	}
	return append(all, tools...)
}

// listed is the code table, for lookups.
var listed = codes()

func find(number uint32) *protocols.Code {
	for i := range listed {
		if listed[i].Number == number {
			return &listed[i]
		}
	}
	return nil
}
