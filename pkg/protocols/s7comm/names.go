package s7comm

import (
	"strconv"

	"otsensor/pkg/protocols"
)

var rosctrNames = protocols.NameTable([]protocols.Code{
	{Number: rosctrJob, Name: "job"}, {Number: rosctrAck, Name: "ack"}, {Number: rosctrAckData, Name: "ack_data"},
	{Number: rosctrUserdata, Name: "userdata"},
})

var syntaxNames = protocols.NameTable([]protocols.Code{
	{Number: syntaxAny, Name: "any"}, {Number: syntaxPBC, Name: "pbc"}, {Number: syntaxLock, Name: "alarm_lock"},
	{Number: syntaxAlarm, Name: "alarm"}, {Number: syntaxAck, Name: "alarm_ack"}, {Number: syntaxQuery, Name: "alarm_query"},
	{Number: syntaxNotify, Name: "notify"}, {Number: syntaxNCK, Name: "nck"}, {Number: syntaxNCKM, Name: "nck_metric"},
	{Number: syntaxNCKI, Name: "nck_inch"}, {Number: syntaxDrive, Name: "drive"}, {Number: syntaxDBRead, Name: "db_read"},
	{Number: syntaxSymbol, Name: "symbol"},
})

// areaShort is how an area begins an address.
var areaShort = map[uint32]string{
	0x01: "record", 0x03: "sys_info", 0x05: "sys_flags", 0x06: "analog_in", 0x07: "analog_out",
	0x1C: "C", 0x1D: "T", 0x1E: "IEC_C", 0x1F: "IEC_T",
	0x80: "P", 0x81: "I", 0x82: "Q", 0x83: "M", areaDB: "DB", areaDI: "DI", 0x86: "L", 0x87: "V",
	syntaxSymbol<<16 | 0x50: "I", syntaxSymbol<<16 | 0x51: "Q", syntaxSymbol<<16 | 0x52: "M",
	syntaxSymbol<<16 | 0x53: "C", syntaxSymbol<<16 | 0x54: "T", syntaxSymbol<<16 | areaDB: "DB",
}

// areaNames names areas of all syntaxes.
func areaNames(n uint64) string {
	if name, listed := areaLong[uint32(n)]; listed {
		return name
	}
	switch n >> 16 {
	case syntaxNCK, syntaxNCKM, syntaxNCKI:
		return "nck_" + nckAreas[n>>13&7]
	case syntaxDrive:
		return "drive"
	}
	return ""
}

var areaLong = map[uint32]string{
	0x01: "record", 0x03: "system_info", 0x05: "system_flags", 0x06: "analog_inputs", 0x07: "analog_outputs",
	0x1C: "counters", 0x1D: "timers", 0x1E: "iec_counters", 0x1F: "iec_timers",
	0x80: "peripheral", 0x81: "inputs", 0x82: "outputs", 0x83: "flags", areaDB: "data_block", areaDI: "instance_data_block",
	0x86: "local_data", 0x87: "previous_local_data",
	syntaxSymbol<<16 | 0x50: "inputs", syntaxSymbol<<16 | 0x51: "outputs", syntaxSymbol<<16 | 0x52: "flags",
	syntaxSymbol<<16 | 0x53: "counters", syntaxSymbol<<16 | 0x54: "timers", syntaxSymbol<<16 | areaDB: "data_block",
}

// nckAreas are the areas of a numeric control: the upper three bits of area and unit.
var nckAreas = [8]string{"nck", "mode_group", "channel", "axis", "tool", "feed_drive", "main_drive", "mmc"}

var transportNames = protocols.NameTable([]protocols.Code{
	{Number: 1, Name: "bit"}, {Number: 2, Name: "byte"}, {Number: 3, Name: "char"}, {Number: 4, Name: "word"},
	{Number: 5, Name: "int"}, {Number: 6, Name: "dword"}, {Number: 7, Name: "dint"}, {Number: 8, Name: "real"},
	{Number: 10, Name: "time_of_day"}, {Number: 11, Name: "time"}, {Number: 12, Name: "s5time"},
	{Number: 15, Name: "date_and_time"}, {Number: 28, Name: "counter"}, {Number: 29, Name: "timer"},
	{Number: 30, Name: "iec_timer"}, {Number: 31, Name: "iec_counter"}, {Number: 32, Name: "hs_counter"},
})

var dataTransportNames = protocols.NameTable([]protocols.Code{
	{Number: 0, Name: "null"}, {Number: 3, Name: "bit"}, {Number: 4, Name: "byte_word_dword"}, {Number: 5, Name: "int"},
	{Number: 6, Name: "dint"}, {Number: 7, Name: "real"}, {Number: 9, Name: "octet_string"},
	{Number: 0x11, Name: "nck_address_1"}, {Number: 0x12, Name: "nck_address_2"},
})

var returnNames = protocols.NameTable([]protocols.Code{
	{Number: 0x00, Name: "reserved"}, {Number: 0x01, Name: "hardware_error"}, {Number: 0x03, Name: "access_denied"},
	{Number: 0x05, Name: "address_invalid"}, {Number: 0x06, Name: "type_unsupported"}, {Number: 0x07, Name: "type_inconsistent"},
	{Number: 0x0A, Name: "object_missing"}, {Number: returnGood, Name: "good"},
})

var groupNames = protocols.NameTable([]protocols.Code{
	{Number: groupMode, Name: "mode"}, {Number: groupTest, Name: "programmer"}, {Number: groupCyclic, Name: "cyclic"},
	{Number: groupBlock, Name: "blocks"}, {Number: groupCPU, Name: "cpu"}, {Number: groupSecurity, Name: "security"},
	{Number: groupPBC, Name: "pbc"}, {Number: groupTime, Name: "time"}, {Number: groupNC, Name: "nc"},
})

var userKindNames = protocols.NameTable([]protocols.Code{
	{Number: userPush, Name: "push"}, {Number: userRequest, Name: "request"}, {Number: userResponse, Name: "response"},
	{Number: 3, Name: "nc_push"}, {Number: 7, Name: "nc_request"}, {Number: 11, Name: "nc_response"},
})

// blockTypeNames by the two ASCII digits of file names.
var blockTypeNames = protocols.NameTable([]protocols.Code{
	{Number: 0x3038, Name: "OB"}, {Number: 0x3041, Name: "DB"}, {Number: 0x3042, Name: "SDB"}, {Number: 0x3043, Name: "FC"},
	{Number: 0x3044, Name: "SFC"}, {Number: 0x3045, Name: "FB"}, {Number: 0x3046, Name: "SFB"},
})

// destinationNames by the letter that ends a block's file name.
var destinationNames = protocols.NameTable([]protocols.Code{
	{Number: 'P', Name: "passive"}, {Number: 'A', Name: "active"}, {Number: 'B', Name: "active_and_passive"},
})

var languageNames = protocols.NameTable([]protocols.Code{
	{Number: 0, Name: "none"}, {Number: 1, Name: "awl"}, {Number: 2, Name: "kop"}, {Number: 3, Name: "fup"},
	{Number: 4, Name: "scl"}, {Number: 5, Name: "db"}, {Number: 6, Name: "graph"}, {Number: 7, Name: "sdb"},
	{Number: 8, Name: "cpu_db"}, {Number: 0x11, Name: "sdb_after_reset"}, {Number: 0x12, Name: "sdb_routing"},
	{Number: 0x29, Name: "encrypted"},
})

var securityNames = protocols.NameTable([]protocols.Code{{Number: 0, Name: "none"}, {Number: 3, Name: "know_how_protected"}})

// modeNames are the modes of list 24: bits 0 to 3 of its state byte are the present one.
var modeNames = protocols.NameTable([]protocols.Code{
	{Number: 1, Name: "stop_update"}, {Number: 2, Name: "stop_memory_reset"}, {Number: 3, Name: "stop_self_initialisation"},
	{Number: 4, Name: "stop"}, {Number: 5, Name: "complete_restart"}, {Number: 6, Name: "cold_restart"}, {Number: 7, Name: "restart"},
	{Number: 8, Name: "run"}, {Number: 10, Name: "hold"}, {Number: 13, Name: "defect"},
})

var selectorNames = protocols.NameTable([]protocols.Code{
	{Number: 1, Name: "run"}, {Number: 2, Name: "run_p"}, {Number: 3, Name: "stop"}, {Number: 4, Name: "mres"},
})

// eventClassNames name the class of a diagnostic event: the first digit of its id.
var eventClassNames = protocols.NameTable([]protocols.Code{
	{Number: 0x1, Name: "standard_ob"}, {Number: 0x2, Name: "synchronous_error"}, {Number: 0x3, Name: "asynchronous_error"},
	{Number: 0x4, Name: "mode_transition"}, {Number: 0x5, Name: "run_time"}, {Number: 0x6, Name: "communication"},
	{Number: 0x7, Name: "fail_safe_or_redundant"}, {Number: 0x8, Name: "module_diagnostics"}, {Number: 0x9, Name: "user_predefined"},
	{Number: 0xA, Name: "user_a"}, {Number: 0xB, Name: "user_b"}, {Number: 0xC, Name: "reserved_c"}, {Number: 0xD, Name: "reserved_d"},
	{Number: 0xE, Name: "reserved_e"}, {Number: 0xF, Name: "other_module"},
})

var alarmTypeNames = protocols.NameTable([]protocols.Code{
	{Number: 0, Name: "scan_abort"}, {Number: 1, Name: "scan_initiate"}, {Number: 4, Name: "alarm_abort"},
	{Number: 5, Name: "alarm_initiate"}, {Number: 8, Name: "alarm_s_abort"}, {Number: 9, Name: "alarm_s_initiate"},
})

// triggerNames are the events that trigger a test function.
var triggerNames = protocols.NameTable([]protocols.Code{
	{Number: 0x000, Name: "at_once"}, {Number: 0x100, Name: "system"}, {Number: 0x200, Name: "cycle_start"}, {Number: 0x300, Name: "cycle_end"},
	{Number: 0x400, Name: "run_to_stop"}, {Number: 0x500, Name: "after_code_address"}, {Number: 0x600, Name: "code_area"},
	{Number: 0x601, Name: "code_area_when_called"}, {Number: 0x700, Name: "data_address"}, {Number: 0x800, Name: "data_area"},
	{Number: 0x900, Name: "local_data_address"}, {Number: 0xA00, Name: "local_data_area"}, {Number: 0xB00, Name: "range"}, {Number: 0xC00, Name: "before_code_address"},
})

// baseNames are the time bases of cyclic services.
var baseNames = protocols.NameTable([]protocols.Code{{Number: 0, Name: "100_ms"}, {Number: 1, Name: "1_s"}, {Number: 2, Name: "10_s"}})

// queryNames are what a query for alarms names: their kind, or one of them.
var queryNames = protocols.NameTable([]protocols.Code{{Number: 1, Name: "by_kind"}, {Number: 3, Name: "by_event"}})

// alarmKinds are the kinds of alarms that a query names and finds.
var alarmKinds = map[uint64]string{1: "SCAN", 2: "ALARM_8", alarmKindS: "ALARM_S"}

const alarmKindS = 4

// szlNames name a system status list by its partial list, the low byte of its id.
func szlNames(n uint64) string { return szlLists(n & 0xff) }

var szlLists = protocols.NameTable([]protocols.Code{
	{Number: 0x00, Name: "lists"}, {Number: szlIdentity, Name: "module_identification"}, {Number: 0x12, Name: "cpu_characteristics"},
	{Number: 0x13, Name: "memory_areas"}, {Number: 0x14, Name: "system_areas"}, {Number: 0x15, Name: "block_types"},
	{Number: 0x16, Name: "priority_classes"}, {Number: 0x17, Name: "permitted_sdbs"}, {Number: 0x18, Name: "io_configuration"},
	{Number: szlLEDsOld, Name: "leds"}, {Number: szlComponents, Name: "component_identification"},
	{Number: 0x21, Name: "interrupt_assignment"}, {Number: 0x22, Name: "interrupt_status"}, {Number: 0x23, Name: "priority_class_status"},
	{Number: szlModes, Name: "modes"}, {Number: 0x25, Name: "process_image_assignment"}, {Number: 0x31, Name: "communication_capability"},
	{Number: szlStatus, Name: "communication_status"}, {Number: 0x33, Name: "diagnostic_logons"}, {Number: 0x37, Name: "ethernet"},
	{Number: 0x71, Name: "h_system"}, {Number: szlLEDs, Name: "led_status"}, {Number: 0x75, Name: "switched_dp_slaves"},
	{Number: 0x81, Name: "start_information"}, {Number: 0x82, Name: "start_events"}, {Number: 0x90, Name: "dp_masters"},
	{Number: 0x91, Name: "module_status"}, {Number: 0x92, Name: "rack_status"}, {Number: 0x94, Name: "station_status"},
	{Number: 0x95, Name: "dp_master_extended"}, {Number: 0x96, Name: "io_module_status"}, {Number: szlDiagnostic, Name: "diagnostic_buffer"},
	{Number: 0xB1, Name: "module_diagnostics_0"}, {Number: 0xB2, Name: "module_diagnostics_1_by_slot"},
	{Number: 0xB3, Name: "module_diagnostics_1"}, {Number: 0xB4, Name: "dp_slave_diagnostics"},
})

// nckModules are the data modules of a numeric control.
var nckModules = protocols.NameTable(numbered(map[uint32][]string{
	0x10: {"Y", "YNCFL", "FU", "FA", "TO", "RP", "SE", "SGUD", "LUD", "TC", "M"},
	0x1C: {"WAL"},
	0x1E: {"DIAG", "CC", "FE", "TD", "TS", "TG", "TU", "TUE", "TV", "TM", "TP", "TPM", "TT", "TMV", "TMC", "MGUD", "UGUD",
		"GUD4", "GUD5", "GUD6", "GUD7", "GUD8", "GUD9", "PA", "GD1", "NIB", "ETP", "ETPD", "SYNACT", "DIAGN", "VSYN", "TUS",
		"TUM", "TUP", "TF", "FB", "SSP2", "PUD", "TOS", "TOST", "TOE", "TOET", "AD", "TOT", "AEV", "YFAFL", "FS", "SD", "TAD",
		"TAO", "TAS", "TAM", "TAP", "MEM", "SALUC", "AUXFU", "TDC", "CP"},
	0x6E: {"SDME", "SPARPI", "SEGA", "SEMA", "SSP", "SGA", "SMA", "SALAL", "SALAP", "SALA", "SSYNAC", "SPARPF", "SPARPP", "SNCF"},
	0x7D: {"SPARP", "SINF", "S", "X80", "X81", "X82", "X83", "X84", "X85"},
	0xFD: {"INTERNAL"},
}))

// numbered numbers runs of names from their first number on.
func numbered(runs map[uint32][]string) (all []protocols.Code) {
	for first, names := range runs {
		for i, name := range names {
			all = append(all, protocols.Code{Number: first + uint32(i), Name: name})
		}
	}
	return all
}

// appendHex writes n as 0x and at least four digits.
func appendHex(dst []byte, n uint32) []byte {
	dst = append(dst, "0x"...)
	for width := uint32(0x1000); width > n && width > 1; width >>= 4 {
		dst = append(dst, '0')
	}
	return strconv.AppendUint(dst, uint64(n), 16)
}
