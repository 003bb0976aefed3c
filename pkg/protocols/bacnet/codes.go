package bacnet

import (
	"otsensor/pkg/ot"
	"otsensor/pkg/protocols"
)

// The services that more than the table knows.
const (
	subscribeCOV         = 5
	atomicReadFile       = 6
	atomicWriteFile      = 7
	deleteObject         = 11
	readProperty         = 12
	readMultiple         = 14
	writeProperty        = 15
	writeMultiple        = 16
	communicationControl = 17
	reinitialise         = 20
	readRange            = 26
	subscribeProperty    = 28

	iAm             = 0
	iHave           = 1
	covNotification = 2

	objectDevice = 8
)

// row is one line of the tables.
type row struct {
	number uint32
	name   string
	op     ot.Op
	asks   bool // a function of the virtual link that is answered
	hear   bool // not seen on a capture
}

// services: BACnetConfirmedServiceChoice, clause 21.
var services = []row{
	{number: 0, name: "acknowledge_alarm", op: ot.OpAlarm},
	{number: 1, name: "confirmed_cov_notification", op: ot.OpReadData},
	{number: 2, name: "confirmed_event_notification", op: ot.OpAlarm},
	{number: 3, name: "get_alarm_summary", op: ot.OpAlarm},
	{number: 4, name: "get_enrollment_summary", op: ot.OpAlarm},
	{number: subscribeCOV, name: "subscribe_cov", op: ot.OpSubscribe},
	{number: atomicReadFile, name: "atomic_read_file", op: ot.OpFile},
	{number: atomicWriteFile, name: "atomic_write_file", op: ot.OpFile},
	{number: 8, name: "add_list_element", op: ot.OpConfigWrite},
	{number: 9, name: "remove_list_element", op: ot.OpConfigWrite},
	{number: 10, name: "create_object", op: ot.OpConfigWrite},
	{number: deleteObject, name: "delete_object", op: ot.OpConfigWrite},
	{number: readProperty, name: "read_property", op: ot.OpReadData},
	{number: 13, name: "read_property_conditional", op: ot.OpReadData, hear: true},
	{number: readMultiple, name: "read_property_multiple", op: ot.OpReadData},
	{number: writeProperty, name: "write_property", op: ot.OpWriteData},
	{number: writeMultiple, name: "write_property_multiple", op: ot.OpWriteData},
	{number: communicationControl, name: "device_communication_control", op: ot.OpModeChange},
	{number: 18, name: "confirmed_private_transfer", op: ot.OpUnknown},
	{number: 19, name: "confirmed_text_message", op: ot.OpAlarm, hear: true},
	{number: reinitialise, name: "reinitialize_device", op: ot.OpReset},
	{number: 21, name: "vt_open", op: ot.OpSession},
	{number: 22, name: "vt_close", op: ot.OpSession},
	{number: 23, name: "vt_data", op: ot.OpUnknown},
	{number: 24, name: "authenticate", op: ot.OpAuth, hear: true},
	{number: 25, name: "request_key", op: ot.OpAuth, hear: true},
	{number: readRange, name: "read_range", op: ot.OpReadData},
	{number: 27, name: "life_safety_operation", op: ot.OpSafety},
	{number: subscribeProperty, name: "subscribe_cov_property", op: ot.OpSubscribe},
	{number: 29, name: "get_event_information", op: ot.OpAlarm},
	{number: 30, name: "subscribe_cov_property_multiple", op: ot.OpSubscribe},
	{number: 31, name: "confirmed_cov_notification_multiple", op: ot.OpReadData},
	{number: 32, name: "confirmed_audit_notification", op: ot.OpDiagnostic, hear: true},
	{number: 33, name: "audit_log_query", op: ot.OpDiagnostic, hear: true},
}

// unconfirmed: BACnetUnconfirmedServiceChoice, clause 21.
var unconfirmed = []row{
	{number: iAm, name: "i_am", op: ot.OpIdentify},
	{number: iHave, name: "i_have", op: ot.OpIdentify},
	{number: covNotification, name: "cov_notification", op: ot.OpReadData},
	{number: 3, name: "event_notification", op: ot.OpAlarm},
	{number: 4, name: "private_transfer", op: ot.OpUnknown},
	{number: 5, name: "text_message", op: ot.OpAlarm},
	{number: 6, name: "time_synchronization", op: ot.OpTimeSet},
	{number: 7, name: "who_has", op: ot.OpIdentify},
	{number: 8, name: "who_is", op: ot.OpIdentify},
	{number: 9, name: "utc_time_synchronization", op: ot.OpTimeSet},
	{number: 10, name: "write_group", op: ot.OpWriteData},
	{number: 11, name: "cov_notification_multiple", op: ot.OpReadData},
	{number: 12, name: "audit_notification", op: ot.OpDiagnostic, hear: true},
	{number: 13, name: "who_am_i", op: ot.OpIdentify},
	{number: 14, name: "you_are", op: ot.OpConfigWrite},
}

// linkFunctions: J.2.
var linkFunctions = []row{
	{number: linkResult, name: "result", op: ot.OpSession},
	{number: 1, name: "write_broadcast_table", op: ot.OpConfigWrite, asks: true, hear: true},
	{number: 2, name: "read_broadcast_table", op: ot.OpConfigRead, asks: true},
	{number: 3, name: "read_broadcast_table_ack", op: ot.OpConfigRead, hear: true},
	{number: linkForwarded, name: "forwarded", op: ot.OpSession},
	{number: 5, name: "register_foreign_device", op: ot.OpSession, asks: true},
	{number: 6, name: "read_foreign_devices", op: ot.OpConfigRead, asks: true, hear: true},
	{number: 7, name: "read_foreign_devices_ack", op: ot.OpConfigRead, hear: true},
	{number: 8, name: "delete_foreign_device", op: ot.OpConfigWrite, asks: true, hear: true},
	{number: linkDistribute, name: "distribute_broadcast", op: ot.OpSession},
	{number: linkUnicast, name: "unicast", op: ot.OpSession},
	{number: linkBroadcast, name: "broadcast", op: ot.OpSession},
	{number: 12, name: "secure", op: ot.OpSession, hear: true},
}

// networkMessages: §6.2.4.
var networkMessages = []row{
	{number: 0x00, name: "who_is_router", op: ot.OpIdentify},
	{number: 0x01, name: "i_am_router", op: ot.OpIdentify},
	{number: 0x02, name: "i_could_be_router", op: ot.OpIdentify, hear: true},
	{number: 0x03, name: "reject_message", op: ot.OpError, hear: true},
	{number: 0x04, name: "router_busy", op: ot.OpDiagnostic, hear: true},
	{number: 0x05, name: "router_available", op: ot.OpDiagnostic, hear: true},
	{number: 0x06, name: "initialize_routing_table", op: ot.OpConfigWrite, hear: true},
	{number: 0x07, name: "initialize_routing_table_ack", op: ot.OpConfigWrite, hear: true},
	{number: 0x08, name: "establish_connection", op: ot.OpSession, hear: true},
	{number: 0x09, name: "disconnect_connection", op: ot.OpSession, hear: true},
	{number: 0x0a, name: "challenge_request", op: ot.OpAuth, hear: true},
	{number: 0x0b, name: "security_payload", op: ot.OpAuth, hear: true},
	{number: 0x0c, name: "security_response", op: ot.OpAuth, hear: true},
	{number: 0x0d, name: "request_key_update", op: ot.OpAuth, hear: true},
	{number: 0x0e, name: "update_key_set", op: ot.OpAuth, hear: true},
	{number: 0x0f, name: "update_distribution_key", op: ot.OpAuth, hear: true},
	{number: 0x10, name: "request_master_key", op: ot.OpAuth, hear: true},
	{number: 0x11, name: "set_master_key", op: ot.OpAuth, hear: true},
	{number: 0x12, name: "what_is_network_number", op: ot.OpIdentify, hear: true},
	{number: 0x13, name: "network_number_is", op: ot.OpIdentify},
}

func codes() (all []protocols.Code) {
	for _, part := range []struct {
		base   uint32
		prefix string
		rows   []row
	}{{0, "", services}, {Unconfirmed, "", unconfirmed}, {Link, "link_", linkFunctions}, {Network, "network_", networkMessages}} {
		for _, r := range part.rows {
			all = append(all, protocols.Code{Number: part.base | r.number, Name: part.prefix + r.name, Op: r.op, Unverified: r.hear})
		}
	}
	return all
}

func find(rows []row, number uint32) *row {
	for i := range rows {
		if rows[i].number == number {
			return &rows[i]
		}
	}
	return nil
}
