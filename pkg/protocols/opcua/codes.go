package opcua

import (
	"otsensor/pkg/ot"
	"otsensor/pkg/protocols"
)

// Codes without a service.
const (
	codeHello = MessageFlag | iota + 1
	codeReverse
	codeError
	codeSecured
)

// Codes of services that more than the table knows.
const (
	codeOpenChannel     = 446
	codeCloseChannel    = 452
	codeFindServers     = 422
	codeFindOnNetwork   = 12208
	codeGetEndpoints    = 428
	codeRegister        = 437
	codeRegister2       = 12211
	codeCreateSession   = 461
	codeActivateSession = 467
	codeBrowse          = 527
	codeRead            = 631
	codeWrite           = 673
	codeCall            = 712
	codeMonitor         = 751
	codeFault           = 397
)

// service is one row: the ids of the encodings of request and response.
type service struct {
	request, response uint32
	name              string
	op                ot.Op
	hear              bool // not seen on a capture
}

// services: OPC 10000-4 §5; ids of OPC 10000-6 annex A.
var services = []service{
	{410, 413, "test_stack", ot.OpDiagnostic, true},
	{416, 419, "test_stack_extended", ot.OpDiagnostic, true},
	{codeFindServers, 425, "find_servers", ot.OpIdentify, false},
	{codeFindOnNetwork, 12209, "find_servers_on_network", ot.OpIdentify, false},
	{codeGetEndpoints, 431, "get_endpoints", ot.OpIdentify, false},
	{codeRegister, 440, "register_server", ot.OpSession, true},
	{codeRegister2, 12212, "register_server_2", ot.OpSession, false},
	{codeOpenChannel, 449, "open_secure_channel", ot.OpSession, false},
	{codeCloseChannel, 455, "close_secure_channel", ot.OpSession, false},
	{codeCreateSession, 464, "create_session", ot.OpSession, false},
	{codeActivateSession, 470, "activate_session", ot.OpAuth, false},
	{473, 476, "close_session", ot.OpSession, false},
	{479, 482, "cancel", ot.OpSession, true},
	{488, 491, "add_nodes", ot.OpConfigWrite, false},
	{494, 497, "add_references", ot.OpConfigWrite, true},
	{500, 503, "delete_nodes", ot.OpConfigWrite, true},
	{506, 509, "delete_references", ot.OpConfigWrite, true},
	{codeBrowse, 530, "browse", ot.OpIdentify, false},
	{533, 536, "browse_next", ot.OpIdentify, false},
	{554, 557, "translate_browse_paths", ot.OpIdentify, false},
	{560, 563, "register_nodes", ot.OpSession, false},
	{566, 569, "unregister_nodes", ot.OpSession, false},
	{615, 618, "query_first", ot.OpReadData, true},
	{621, 624, "query_next", ot.OpReadData, true},
	{codeRead, 634, "read", ot.OpReadData, false},
	{664, 667, "history_read", ot.OpReadData, true},
	{codeWrite, 676, "write", ot.OpWriteData, false},
	{700, 703, "history_update", ot.OpWriteData, true},
	{codeCall, 715, "call", ot.OpWriteData, false},
	{codeMonitor, 754, "create_monitored_items", ot.OpSubscribe, false},
	{763, 766, "modify_monitored_items", ot.OpSubscribe, false},
	{769, 772, "set_monitoring_mode", ot.OpSubscribe, false},
	{775, 778, "set_triggering", ot.OpSubscribe, true},
	{781, 784, "delete_monitored_items", ot.OpSubscribe, false},
	{787, 790, "create_subscription", ot.OpSubscribe, false},
	{793, 796, "modify_subscription", ot.OpSubscribe, false},
	{799, 802, "set_publishing_mode", ot.OpSubscribe, false},
	{826, 829, "publish", ot.OpSubscribe, false},
	{832, 835, "republish", ot.OpSubscribe, true},
	{841, 844, "transfer_subscriptions", ot.OpSubscribe, true},
	{847, 850, "delete_subscriptions", ot.OpSubscribe, false},
}

// messages are what has a code without a service.
var messages = []protocols.Code{
	{Number: codeHello, Name: "hello", Op: ot.OpSession},
	{Number: codeReverse, Name: "reverse_hello", Op: ot.OpSession, Unverified: true},
	{Number: codeError, Name: "error", Op: ot.OpError},
	{Number: codeSecured, Name: "secured_message", Op: ot.OpSession},
	{Number: codeFault, Name: "service_fault", Op: ot.OpError},
}

// tokens are the user identity tokens by the id of their encoding (OPC 10000-4 §7.40).
var tokens = []protocols.Code{
	{Number: 321, Name: "anonymous"}, {Number: 324, Name: "user_name"}, {Number: 327, Name: "certificate"}, {Number: 940, Name: "issued"},
}

// states are the status codes met most (OPC 10000-6 annex A.2).
var states = []protocols.Code{
	{Number: 0x80010000, Name: "bad_unexpected_error"}, {Number: 0x80020000, Name: "bad_internal_error"},
	{Number: 0x800A0000, Name: "bad_timeout"}, {Number: 0x800B0000, Name: "bad_service_unsupported"},
	{Number: 0x80100000, Name: "bad_too_many_operations"}, {Number: 0x80130000, Name: "bad_security_checks_failed"},
	{Number: 0x801F0000, Name: "bad_user_access_denied"}, {Number: 0x80200000, Name: "bad_identity_token_invalid"},
	{Number: 0x80210000, Name: "bad_identity_token_rejected"}, {Number: 0x80220000, Name: "bad_secure_channel_id_invalid"},
	{Number: 0x80250000, Name: "bad_session_id_invalid"}, {Number: 0x80330000, Name: "bad_node_id_invalid"},
	{Number: 0x80340000, Name: "bad_node_id_unknown"}, {Number: 0x80350000, Name: "bad_attribute_id_invalid"},
	{Number: 0x803A0000, Name: "bad_not_readable"}, {Number: 0x803B0000, Name: "bad_not_writable"}, {Number: 0x803C0000, Name: "bad_out_of_range"},
	{Number: 0x80540000, Name: "bad_security_mode_rejected"}, {Number: 0x80550000, Name: "bad_security_policy_rejected"},
	{Number: 0x80740000, Name: "bad_type_mismatch"}, {Number: 0x80750000, Name: "bad_method_invalid"},
	{Number: 0x80790000, Name: "bad_no_subscription"}, {Number: 0x80830000, Name: "bad_tcp_endpoint_url_invalid"},
}

func codes() (all []protocols.Code) {
	for _, s := range services {
		all = append(all, protocols.Code{Number: s.request, Name: s.name, Op: s.op, Unverified: s.hear})
	}
	return append(all, messages...)
}

// serviceOf reads the id of a service message: which row it is, and whether it is the request.
func serviceOf(c *protocols.Cursor) (s *service, id uint32, known bool) {
	n := nodeID(c)
	if c.Short() || n.space != 0 || n.name != nil {
		return nil, n.id, false
	}
	for i := range services {
		if services[i].request == n.id || services[i].response == n.id {
			return &services[i], n.id, true
		}
	}
	return nil, n.id, n.id == codeFault
}
