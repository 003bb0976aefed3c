package mms

import (
	"otsensor/pkg/ot"
	"otsensor/pkg/protocols"
)

// The services that more than the table knows.
const (
	serviceIdentify = 2
	serviceRead     = 4
	serviceWrite    = 5
)

// row is one line of the table.
type row struct {
	number uint32
	name   string
	op     ot.Op
	hear   bool // not seen on a capture
}

// services: ISO 9506-2 §7.3, and what is no confirmed service.
var services = []row{
	{0, "status", ot.OpDiagnostic, false},
	{1, "get_name_list", ot.OpIdentify, false},
	{serviceIdentify, "identify", ot.OpIdentify, false},
	{3, "rename", ot.OpConfigWrite, true},
	{serviceRead, "read", ot.OpReadData, false},
	{serviceWrite, "write", ot.OpWriteData, false},
	{6, "get_variable_access_attributes", ot.OpIdentify, false},
	{7, "define_named_variable", ot.OpConfigWrite, true},
	{8, "define_scattered_access", ot.OpConfigWrite, true},
	{9, "get_scattered_access_attributes", ot.OpConfigRead, true},
	{10, "delete_variable_access", ot.OpConfigWrite, true},
	{11, "define_named_variable_list", ot.OpConfigWrite, true},
	{12, "get_named_variable_list_attributes", ot.OpIdentify, false},
	{13, "delete_named_variable_list", ot.OpConfigWrite, true},
	{14, "define_named_type", ot.OpConfigWrite, true},
	{15, "get_named_type_attributes", ot.OpConfigRead, true},
	{16, "delete_named_type", ot.OpConfigWrite, true},
	{17, "input", ot.OpReadData, true},
	{18, "output", ot.OpWriteData, true},
	{19, "take_control", ot.OpAuth, false},
	{20, "relinquish_control", ot.OpAuth, false},
	{21, "define_semaphore", ot.OpConfigWrite, true},
	{22, "delete_semaphore", ot.OpConfigWrite, true},
	{23, "report_semaphore_status", ot.OpDiagnostic, true},
	{24, "report_pool_semaphore_status", ot.OpDiagnostic, true},
	{25, "report_semaphore_entry_status", ot.OpDiagnostic, true},
	{26, "initiate_download", ot.OpProgramDownload, false},
	{27, "download_segment", ot.OpProgramDownload, true},
	{28, "terminate_download", ot.OpProgramDownload, true},
	{29, "initiate_upload", ot.OpProgramUpload, false},
	{30, "upload_segment", ot.OpProgramUpload, true},
	{31, "terminate_upload", ot.OpProgramUpload, false},
	{32, "request_domain_download", ot.OpProgramDownload, true},
	{33, "request_domain_upload", ot.OpProgramUpload, true},
	{34, "load_domain", ot.OpProgramDownload, true},
	{35, "store_domain", ot.OpProgramUpload, true},
	{36, "delete_domain", ot.OpProgramDelete, true},
	{37, "get_domain_attributes", ot.OpIdentify, false},
	{38, "create_program", ot.OpProgramEdit, true},
	{39, "delete_program", ot.OpProgramDelete, true},
	{40, "start", ot.OpModeChange, false},
	{41, "stop", ot.OpModeChange, false},
	{42, "resume", ot.OpModeChange, true},
	{43, "reset", ot.OpReset, false},
	{44, "kill", ot.OpModeChange, false},
	{45, "get_program_attributes", ot.OpIdentify, true},
	{46, "obtain_file", ot.OpFile, true},
	{47, "define_event_condition", ot.OpConfigWrite, true},
	{48, "delete_event_condition", ot.OpConfigWrite, true},
	{49, "get_event_condition_attributes", ot.OpIdentify, true},
	{50, "report_event_condition_status", ot.OpAlarm, true},
	{51, "alter_event_condition_monitoring", ot.OpAlarm, true},
	{52, "trigger_event", ot.OpAlarm, true},
	{53, "define_event_action", ot.OpConfigWrite, true},
	{54, "delete_event_action", ot.OpConfigWrite, true},
	{55, "get_event_action_attributes", ot.OpIdentify, true},
	{56, "report_event_action_status", ot.OpAlarm, true},
	{57, "define_event_enrollment", ot.OpConfigWrite, true},
	{58, "delete_event_enrollment", ot.OpConfigWrite, true},
	{59, "alter_event_enrollment", ot.OpAlarm, true},
	{60, "report_event_enrollment_status", ot.OpAlarm, true},
	{61, "get_event_enrollment_attributes", ot.OpIdentify, true},
	{62, "acknowledge_event_notification", ot.OpAlarm, true},
	{63, "get_alarm_summary", ot.OpAlarm, true},
	{64, "get_alarm_enrollment_summary", ot.OpAlarm, true},
	{65, "read_journal", ot.OpDiagnostic, true},
	{66, "write_journal", ot.OpDiagnostic, true},
	{67, "initialize_journal", ot.OpReset, true},
	{68, "report_journal_status", ot.OpDiagnostic, true},
	{69, "create_journal", ot.OpConfigWrite, true},
	{70, "delete_journal", ot.OpConfigWrite, true},
	{71, "get_capability_list", ot.OpIdentify, true},
	{72, "file_open", ot.OpFile, true},
	{73, "file_read", ot.OpFile, true},
	{74, "file_close", ot.OpFile, true},
	{75, "file_rename", ot.OpFile, true},
	{76, "file_delete", ot.OpFile, true},
	{77, "file_directory", ot.OpFile, true},
	{Unconfirmed, "information_report", ot.OpReadData, false},
	{Unconfirmed | 1, "unsolicited_status", ot.OpDiagnostic, true},
	{Unconfirmed | 2, "event_notification", ot.OpAlarm, true},
	{Control | 8, "initiate", ot.OpSession, false},
	{Control | 11, "conclude", ot.OpSession, false},
}

func codes() (all []protocols.Code) {
	for _, r := range services {
		all = append(all, protocols.Code{Number: r.number, Name: r.name, Op: r.op, Unverified: r.hear})
	}
	return all
}

func find(number uint32) *row {
	for i := range services {
		if services[i].number == number {
			return &services[i]
		}
	}
	return nil
}

// errorOf is what a service error says: its class is a tag, its code the value, §7.5.
func errorOf(e element, rest []byte) uint32 {
	for e.tag != 0xa2 && !e.bad { // where a modifier failed, its place comes first
		e = next(&rest)
	}
	b := e.value
	class := next(&b)
	inner := class.value
	code := next(&inner)
	if e.bad || class.bad || code.bad {
		return 1
	}
	return code.number()<<8 | uint32(code.integer()&0xff) | 1<<15
}

// refusal is the first refusal of a variable that was read or written.
func refusal(service element) uint32 {
	if service.bad {
		return 0
	}
	const failed = 0x80
	b := service.value
	switch service.number() {
	case serviceRead:
		if b = path(b, 0xa1); b == nil {
			return 0
		}
	case serviceWrite:
	default:
		return 0
	}
	if e := next(&b); !e.bad && e.tag == failed {
		return Access | uint32(e.integer()&0xff)
	}
	return 0
}

var name = protocols.NameTable(codes())

var fields = []protocols.Field{
	{Name: "mms.service", Doc: "confirmed service; 256 + an unconfirmed one, 512 + what opens or ends an association", Names: name,
		Num: func(t *ot.Transaction) (uint64, bool) { return uint64(t.Code), true }},
	{Name: "mms.name", Doc: "what was touched: domain/item, program invocation, file", Text: func(t *ot.Transaction) []byte { return t.Name }},
	{Name: "mms.invoke_id", Doc: "invoke id", Num: func(t *ot.Transaction) (uint64, bool) {
		return uint64(t.Arg[argInvoke] &^ present), t.Arg[argInvoke]&present != 0
	}},
	{Name: "mms.error", Doc: "why a service was refused: 65536 + code of a variable, 131072 + code of a rejection, 32768 + class × 256 + code of an error",
		Num: func(t *ot.Transaction) (uint64, bool) { return uint64(t.StatusCode), t.StatusCode != 0 }},
}
