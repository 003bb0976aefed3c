package dnp3

import (
	"otsensor/pkg/ot"
	"otsensor/pkg/protocols"
)

// The application functions that more than the table knows, §4.2.2.
const (
	funConfirm      = 0
	funRead         = 1
	funWrite        = 2
	funAssignClass  = 22
	funResponse     = 129
	funUnsolicited  = 130
	funAuthResponse = 131
)

// The link functions that more than the table knows, §9.2.4.1.3.5.
const (
	linkConfirmed    = 3
	linkUnconfirmed  = 4
	linkNack         = 1
	linkNotSupported = 15
)

// row is one line of the tables.
type row struct {
	number uint8
	name   string
	op     ot.Op
	bare   bool // its object headers carry no object data
	silent bool // needs no answer
	hear   bool // not seen on a capture
}

// functions: §4.2.2, table 4-2.
var functions = []row{
	{number: funConfirm, name: "confirm", op: ot.OpSession, silent: true},
	{number: funRead, name: "read", op: ot.OpReadData, bare: true},
	{number: funWrite, name: "write", op: ot.OpWriteData},
	{number: 3, name: "select", op: ot.OpWriteData},
	{number: 4, name: "operate", op: ot.OpWriteData},
	{number: 5, name: "direct_operate", op: ot.OpWriteData},
	{number: 6, name: "direct_operate_no_ack", op: ot.OpWriteData, silent: true},
	{number: 7, name: "immediate_freeze", op: ot.OpWriteData, bare: true},
	{number: 8, name: "immediate_freeze_no_ack", op: ot.OpWriteData, bare: true, silent: true},
	{number: 9, name: "freeze_clear", op: ot.OpWriteData, bare: true},
	{number: 10, name: "freeze_clear_no_ack", op: ot.OpWriteData, bare: true, silent: true, hear: true},
	{number: 11, name: "freeze_at_time", op: ot.OpWriteData, hear: true},
	{number: 12, name: "freeze_at_time_no_ack", op: ot.OpWriteData, silent: true, hear: true},
	{number: 13, name: "cold_restart", op: ot.OpReset},
	{number: 14, name: "warm_restart", op: ot.OpReset},
	{number: 15, name: "initialize_data", op: ot.OpReset},
	{number: 16, name: "initialize_application", op: ot.OpModeChange, hear: true},
	{number: 17, name: "start_application", op: ot.OpModeChange, hear: true},
	{number: 18, name: "stop_application", op: ot.OpModeChange},
	{number: 19, name: "save_configuration", op: ot.OpConfigWrite, hear: true},
	{number: 20, name: "enable_unsolicited", op: ot.OpSubscribe, bare: true},
	{number: 21, name: "disable_unsolicited", op: ot.OpSubscribe, bare: true},
	{number: funAssignClass, name: "assign_class", op: ot.OpConfigWrite, bare: true},
	{number: 23, name: "delay_measure", op: ot.OpDiagnostic, hear: true},
	{number: 24, name: "record_current_time", op: ot.OpTimeSet},
	{number: 25, name: "open_file", op: ot.OpFile},
	{number: 26, name: "close_file", op: ot.OpFile},
	{number: 27, name: "delete_file", op: ot.OpFile},
	{number: 28, name: "get_file_info", op: ot.OpFile, hear: true},
	{number: 29, name: "authenticate_file", op: ot.OpAuth, hear: true},
	{number: 30, name: "abort_file", op: ot.OpFile, hear: true},
	{number: 31, name: "activate_configuration", op: ot.OpConfigWrite, hear: true},
	{number: 32, name: "authenticate", op: ot.OpAuth},
	{number: 33, name: "authenticate_no_ack", op: ot.OpAuth, silent: true, hear: true},
	{number: funResponse, name: "response", op: ot.OpReadData},
	{number: funUnsolicited, name: "unsolicited_response", op: ot.OpReadData},
	{number: funAuthResponse, name: "authentication_response", op: ot.OpAuth},
}

// linkFunctions of the primary station.
var linkFunctions = []row{
	{number: 0, name: "reset_link", op: ot.OpSession, hear: true},
	{number: 1, name: "reset_user_process", op: ot.OpSession, hear: true},
	{number: 2, name: "test_link", op: ot.OpSession, hear: true},
	{number: linkConfirmed, name: "confirmed_user_data", op: ot.OpSession},
	{number: linkUnconfirmed, name: "unconfirmed_user_data", op: ot.OpSession},
	{number: 9, name: "request_link_status", op: ot.OpSession},
}

// linkAnswers are the functions of the secondary station.
var linkAnswers = []protocols.Code{
	{Number: 0, Name: "ack"}, {Number: linkNack, Name: "nack"},
	{Number: 11, Name: "link_status"}, {Number: linkNotSupported, Name: "not_supported"},
}

// groupOps are the verbs of object groups where the function alone does not
// tell: reading or writing device attributes is not process data.
var groupOps = []struct {
	group       uint8
	read, write ot.Op
}{
	{0, ot.OpIdentify, ot.OpConfigWrite},   // device attributes
	{50, ot.OpReadData, ot.OpTimeSet},      // time and date
	{70, ot.OpFile, ot.OpFile},             // file control
	{80, ot.OpDiagnostic, ot.OpSession},    // internal indications: the restart flag is cleared
	{90, ot.OpDiagnostic, ot.OpModeChange}, // application identifier
	{120, ot.OpAuth, ot.OpAuth},            // authentication
}

// controlStates: annex A, object 12 variation 1.
var controlStates = []protocols.Code{
	{Number: 0, Name: "success"}, {Number: 1, Name: "timeout"}, {Number: 2, Name: "no_select"}, {Number: 3, Name: "format_error"},
	{Number: 4, Name: "not_supported"}, {Number: 5, Name: "already_active"}, {Number: 6, Name: "hardware_error"}, {Number: 7, Name: "local"},
	{Number: 8, Name: "too_many_objects"}, {Number: 9, Name: "not_authorized"}, {Number: 10, Name: "automation_inhibit"},
	{Number: 11, Name: "processing_limited"}, {Number: 12, Name: "out_of_range"}, {Number: 126, Name: "non_participating"}, {Number: 127, Name: "undefined"},
}

func codes() (all []protocols.Code) {
	for _, r := range functions {
		all = append(all, protocols.Code{Number: uint32(r.number), Name: r.name, Op: r.op, Unverified: r.hear})
	}
	for _, r := range linkFunctions {
		all = append(all, protocols.Code{Number: LinkFlag | uint32(r.number), Name: "link_" + r.name, Op: r.op, Unverified: r.hear})
	}
	return all
}

func find(rows []row, number uint8) (*row, bool) {
	for i := range rows {
		if rows[i].number == number {
			return &rows[i], true
		}
	}
	return nil, false
}
