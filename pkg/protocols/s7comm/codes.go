package s7comm

import (
	"otsensor/pkg/ot"
	"otsensor/pkg/protocols"
)

// The groups of user data.
const (
	groupMode     = 0x0 // the controller tells that its mode changed; sub is the mode
	groupTest     = 0x1 // engineering: watch, modify, force, breakpoints
	groupCyclic   = 0x2
	groupBlock    = 0x3
	groupCPU      = 0x4
	groupSecurity = 0x5
	groupPBC      = 0x6 // block send and receive; sub is the sender's choice
	groupTime     = 0x7
	groupNC       = 0xF
)

// codes lists jobs, then user data by group and sub-function.
var codes = []protocols.Code{
	{Number: funcCPU, Name: "cpu_services", Op: ot.OpDiagnostic, Unverified: true},
	{Number: funcRead, Name: "read_var", Op: ot.OpReadData},
	{Number: funcWrite, Name: "write_var", Op: ot.OpWriteData},
	{Number: funcRequestDown, Name: "request_download", Op: ot.OpProgramDownload},
	{Number: funcDownloadBlock, Name: "download_block", Op: ot.OpProgramDownload},
	{Number: funcDownloadEnd, Name: "download_ended", Op: ot.OpProgramDownload},
	{Number: funcStartUpload, Name: "start_upload", Op: ot.OpProgramUpload},
	{Number: funcUpload, Name: "upload", Op: ot.OpProgramUpload},
	{Number: funcEndUpload, Name: "end_upload", Op: ot.OpProgramUpload},
	{Number: funcService, Name: "pi_service", Op: ot.OpUnknown}, // the service's own verb, see services
	{Number: funcStop, Name: "plc_stop", Op: ot.OpModeChange},
	{Number: funcSetup, Name: "setup", Op: ot.OpSession},

	{Number: 0x700000, Name: "mode_stop", Op: ot.OpModeChange},
	{Number: 0x700001, Name: "mode_warm_restart", Op: ot.OpModeChange, Unverified: true},
	{Number: 0x700002, Name: "mode_run", Op: ot.OpModeChange},
	{Number: 0x700003, Name: "mode_hot_restart", Op: ot.OpModeChange, Unverified: true},
	{Number: 0x700004, Name: "mode_hold", Op: ot.OpModeChange, Unverified: true},
	{Number: 0x700006, Name: "mode_cold_restart", Op: ot.OpModeChange, Unverified: true},
	{Number: 0x700009, Name: "mode_run_redundant", Op: ot.OpModeChange, Unverified: true},
	{Number: 0x70000B, Name: "mode_link_up", Op: ot.OpModeChange, Unverified: true},
	{Number: 0x70000C, Name: "mode_update", Op: ot.OpModeChange, Unverified: true},

	{Number: 0x700101, Name: "block_status", Op: ot.OpDiagnostic, Unverified: true},
	{Number: 0x700102, Name: "variable_status", Op: ot.OpDiagnostic},
	{Number: 0x700103, Name: "interrupt_stack", Op: ot.OpDiagnostic, Unverified: true},
	{Number: 0x700104, Name: "block_stack", Op: ot.OpDiagnostic, Unverified: true},
	{Number: 0x700105, Name: "local_data_stack", Op: ot.OpDiagnostic, Unverified: true},
	{Number: 0x700106, Name: "time_measurement", Op: ot.OpDiagnostic, Unverified: true},
	{Number: 0x700107, Name: "force_selection", Op: ot.OpForce, Unverified: true},
	{Number: 0x700108, Name: "modify_variable", Op: ot.OpForce},
	{Number: 0x700109, Name: "force", Op: ot.OpForce, Unverified: true},
	{Number: 0x70010A, Name: "breakpoint", Op: ot.OpModeChange, Unverified: true},
	{Number: 0x70010B, Name: "exit_hold", Op: ot.OpModeChange, Unverified: true},
	{Number: 0x70010C, Name: "memory_reset", Op: ot.OpReset, Unverified: true},
	{Number: 0x70010D, Name: "disable_job", Op: ot.OpDiagnostic, Unverified: true},
	{Number: 0x70010E, Name: "enable_job", Op: ot.OpDiagnostic},
	{Number: 0x70010F, Name: "delete_job", Op: ot.OpDiagnostic},
	{Number: 0x700110, Name: "read_job_list", Op: ot.OpDiagnostic},
	{Number: 0x700111, Name: "read_job", Op: ot.OpDiagnostic, Unverified: true},
	{Number: 0x700112, Name: "replace_job", Op: ot.OpDiagnostic, Unverified: true},
	{Number: 0x700113, Name: "block_status_2", Op: ot.OpDiagnostic},
	{Number: 0x700116, Name: "flash_led", Op: ot.OpDiagnostic, Unverified: true},

	{Number: 0x700201, Name: "cyclic_transfer", Op: ot.OpSubscribe, Unverified: true},
	{Number: 0x700204, Name: "cyclic_unsubscribe", Op: ot.OpSubscribe},
	{Number: 0x700205, Name: "change_driven", Op: ot.OpSubscribe},
	{Number: 0x700207, Name: "change_driven_modify", Op: ot.OpSubscribe},
	{Number: 0x700208, Name: "read_record", Op: ot.OpConfigRead, Unverified: true},

	{Number: 0x700301, Name: "list_blocks", Op: ot.OpIdentify},
	{Number: 0x700302, Name: "list_blocks_of_type", Op: ot.OpIdentify},
	{Number: 0x700303, Name: "block_info", Op: ot.OpIdentify},

	{Number: 0x700401, Name: "read_szl", Op: ot.OpIdentify},
	{Number: 0x700402, Name: "message_service", Op: ot.OpSubscribe},
	{Number: 0x700403, Name: "diagnostic_message", Op: ot.OpDiagnostic},
	{Number: 0x700405, Name: "alarm_8", Op: ot.OpAlarm},
	{Number: 0x700406, Name: "notify", Op: ot.OpAlarm},
	{Number: 0x700407, Name: "alarm_lock", Op: ot.OpAlarm, Unverified: true},
	{Number: 0x700408, Name: "alarm_unlock", Op: ot.OpAlarm, Unverified: true},
	{Number: 0x700409, Name: "scan", Op: ot.OpAlarm, Unverified: true},
	{Number: 0x70040B, Name: "alarm_ack", Op: ot.OpAlarm, Unverified: true},
	{Number: 0x70040C, Name: "alarm_ack_seen", Op: ot.OpAlarm, Unverified: true},
	{Number: 0x70040D, Name: "alarm_lock_seen", Op: ot.OpAlarm, Unverified: true},
	{Number: 0x70040E, Name: "alarm_unlock_seen", Op: ot.OpAlarm, Unverified: true},
	{Number: 0x700411, Name: "alarm_sq", Op: ot.OpAlarm, Unverified: true},
	{Number: 0x700412, Name: "alarm_s", Op: ot.OpAlarm, Unverified: true},
	{Number: 0x700413, Name: "alarm_query", Op: ot.OpAlarm},
	{Number: 0x700416, Name: "notify_8", Op: ot.OpAlarm, Unverified: true},

	{Number: 0x700501, Name: "password_set", Op: ot.OpAuth},
	{Number: 0x700502, Name: "password_clear", Op: ot.OpAuth},

	{Number: 0x700600, Name: "block_send", Op: ot.OpWriteData, Unverified: true},

	{Number: 0x700701, Name: "read_clock", Op: ot.OpConfigRead},
	{Number: 0x700702, Name: "set_clock", Op: ot.OpTimeSet},
	{Number: 0x700703, Name: "read_clock_following", Op: ot.OpConfigRead, Unverified: true},
	{Number: 0x700704, Name: "set_clock_following", Op: ot.OpTimeSet, Unverified: true},

	{Number: 0x700F01, Name: "nc_request_download", Op: ot.OpProgramDownload, Unverified: true},
	{Number: 0x700F02, Name: "nc_download_block", Op: ot.OpProgramDownload, Unverified: true},
	{Number: 0x700F03, Name: "nc_continue_download", Op: ot.OpProgramDownload, Unverified: true},
	{Number: 0x700F04, Name: "nc_download_ended", Op: ot.OpProgramDownload, Unverified: true},
	{Number: 0x700F06, Name: "nc_start_upload", Op: ot.OpProgramUpload, Unverified: true},
	{Number: 0x700F07, Name: "nc_upload", Op: ot.OpProgramUpload, Unverified: true},
	{Number: 0x700F08, Name: "nc_continue_upload", Op: ot.OpProgramUpload, Unverified: true},
}

var (
	codeNames       = protocols.NameTable(codes)
	jobOps, userOps = opTables(codes)
)

// opTables are the verbs of functions, by number, and of user data.
func opTables(codes []protocols.Code) (jobs [256]ot.Op, user map[uint32]ot.Op) {
	user = make(map[uint32]ot.Op, len(codes))
	for _, c := range codes {
		if c.Number < userdataCode {
			jobs[c.Number] = c.Op
		} else {
			user[c.Number] = c.Op
		}
	}
	return jobs, user
}

// opOf is the plant verb of a code. Block transfer between controllers may use
// any sub-function.
func opOf(code uint32) ot.Op {
	if code < userdataCode {
		return jobOps[uint8(code)]
	}
	if op, listed := userOps[code]; listed {
		return op
	}
	if code&^0xff == userdataCode|groupPBC<<8 {
		return ot.OpWriteData
	}
	return ot.OpUnknown
}
