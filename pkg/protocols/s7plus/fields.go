package s7plus

import (
	"otsensor/pkg/protocols"
	"otsensor/pkg/protocols/tls"
)

var fields = []protocols.Field{
	{Name: "s7plus.function", Doc: "function, or what a PDU without function is", Names: codeNames, Num: number32(always, code)},
	{Name: "s7plus.opcode", Doc: "kind of PDU that began the transaction; of an answer alone its own", Names: opcodeNames, Num: opcode},
	{Name: "s7plus.answer_opcode", Doc: "kind of PDU that answered", Names: opcodeNames, Num: answerOpcode},
	{Name: "s7plus.version", Doc: "version of the PDU that began the transaction: 1, 2, 3, 254 system event, 255 keep-alive; 0 TLS",
		Names: versionNames, Num: part(always, argPDU, 16, 0xff)},
	{Name: "s7plus.sequence", Doc: "sequence number, 0-65535; of a keep-alive its number, 0-255", Num: part(hasSequence, argPDU, 0, 0xffff)},
	{Name: "s7plus.session", Doc: "session id of the request; of a notification the subscription", Num: part(hasSession, argSession, 0, 0xffffffff)},
	{Name: "s7plus.transport_flags", Doc: "transport flags of the request, eight bits", Num: part(isRequest, argPDU, 24, 0xff)},
	{Name: "s7plus.from_server", Doc: "1 when the server side began", Num: part(always, argResult, 29, 1)},
	{Name: "s7plus.integrity", Doc: "1 when the PDU carries an integrity part", Num: part(isRequest, argResult, 26, 1)},
	{Name: "s7plus.truncated", Doc: "1 when the PDU was longer than what is looked at", Num: part(always, argResult, 27, 1)},

	{Name: "s7plus.error", Doc: "amount of the error number (100 is -100), present when refused", NamedTo: 1 << 10, Names: errorNames, Num: failure},
	{Name: "s7plus.security_error", Doc: "1 when the error speaks of access, session, integrity or TLS", Num: security},
	{Name: "s7plus.generic_error", Doc: "coarse error of a return value", Names: genericNames, Num: part(isRefused, argResult, 16, 0x7f)},
	{Name: "s7plus.error_line", Doc: "line that a refusing controller names", Num: nonZero(part(isExplained, argExtra, 0, 0xffff))},
	{Name: "s7plus.error_source", Doc: "part of the controller that refused", Num: nonZero(part(isExplained, argExtra, 16, 0xff))},
	{Name: "s7plus.error_flags", Doc: "marks of a refusal: 1 of the server, 2 of the user, 4 fatal", Num: nonZero(part(isExplained, argExtra, 24, 7))},
	{Name: "s7plus.notice", Doc: "what the controller remarked of a request it accepted: level of legitimation, partial error", Names: noticeNames, Num: notice},

	{Name: "s7plus.items", Doc: "variables of the request, attributes asked for, or values delivered", Num: part(hasItems, argKind, 16, 0xffff)},
	{Name: "s7plus.area", Doc: "area of the variable, or object when it is named by ids", NamedTo: 1 << 16, Names: areaNames, Num: number32(isAddressed, area)},
	{Name: "s7plus.db", Doc: "number of the data block, 0-65535", Num: number32(isInDB, block)},
	{Name: "s7plus.address", Doc: "area and local ids of the variable: DB5.10.3", Text: textOf(isVariable, name)},
	{Name: "s7plus.symbol_crc", Doc: "checksum of the symbol", Num: number32(isSymbol, address)},
	{Name: "s7plus.object", Doc: "relation id of the object", NamedTo: 1 << 10, Names: objectNames, Num: part(isAddressed, argRID, 0, 0xffffffff)},
	{Name: "s7plus.class", Doc: "class of the object, where it is known", NamedTo: 1 << 16, Names: meaningNames, Num: nonZero(part(always, argClass, 0, 0xffffffff))},
	{Name: "s7plus.attribute", Doc: "attribute of the object", NamedTo: 1 << 16, Names: meaningNames, Num: nonZero(part(isAddressed, argAttr, 0, 0xffffffff))},
	{Name: "s7plus.kind", Doc: "part of the program the object is, by its relation id", Names: kindNames, Num: kindNumber},
	{Name: "s7plus.datatype", Doc: "type of the value", Names: typeNames, Num: part(hasValue, argKind, 0, 0xff)},
	{Name: "s7plus.array", Doc: "kind of array the value is", Names: arrayNames, Num: nonZero(part(hasValue, argKind, 8, flagArray|flagAddress|flagSparse))},
	{Name: "s7plus.message_type", Doc: "type of the alarm message", Names: messageNames, Num: nonZero(part(isAlarm, argAttr, 0, 0xff))},
	{Name: "s7plus.requested_state", Doc: "operating state asked for", Names: stateNames, Num: requestedState},
	{Name: "s7plus.protection_level", Doc: "level of protection in force", Names: levelNames, Num: protection},

	{Name: "s7plus.objects", Doc: "objects created, or found by exploring", Num: part(isTree, argKind, 16, 0xffff)},
	{Name: "s7plus.title", Doc: "name of the object created or explored", Text: textOf(isNamedTree, name)},
	{Name: "s7plus.block_number", Doc: "number of the block created or explored", Num: nonZero(part(isNamedTree, argExtra, 16, 0xffff))},
	{Name: "s7plus.block_language", Doc: "language of the block", NamedTo: 1 << 9, Names: languageNames, Num: nonZero(part(isNamedTree, argExtra, 0, 0xffff))},

	{Name: "s7plus.user", Doc: "user the session was opened for, or who logs on", Text: user},
	{Name: "s7plus.application", Doc: "application that opened the session", Text: ofSession(1)},
	{Name: "s7plus.host", Doc: "host that opened the session", Text: ofSession(2)},
	{Name: "s7plus.role", Doc: "role the client takes", Names: roleNames, Num: nonZero(part(isSession, argExtra, 0, 0xffffffff))},
	{Name: "s7plus.server_version", Doc: "order number and firmware the controller answers with", Text: textOf(isSession, name)},

	{Name: "s7plus.credit", Doc: "credit of a notification: how many more may come", Num: part(isNotification, argExtra, 24, 0xff)},
	{Name: "s7plus.notification", Doc: "sequence number of a notification, lowest 24 bits", Num: part(isNotification, argExtra, 0, 0xffffff)},
	{Name: "s7plus.confirmed", Doc: "bytes a system event confirms", Num: part(isEvent, argExtra, 0, 0xffffffff)},
	{Name: "s7plus.message", Doc: "text of a system event", Text: textOf(isEvent, name)},

	{Name: "s7plus.tls_version", Doc: "version of TLS agreed; the one asked for while there is no answer", NamedTo: 1 << 16, Names: tlsNames, Num: part(isTLS, argExtra, 0, 0xffff)},
	{Name: "s7plus.tls_cipher", Doc: "cipher suite agreed, IANA number", Num: nonZero(part(isTLS, argExtra, 16, 0xffff))},
	{Name: "s7plus.tls_server_name", Doc: "server name the client asks for", Text: textOf(isTLS, name)},
	{Name: "s7plus.tls_certificate", Doc: "SHA-256 of the server's or client's certificate, hexadecimal", Text: fingerprint},
	{Name: "s7plus.tls_ja4", Doc: "fingerprint of the client, as JA4 describes it", Text: textOf(isHello, bytesOf)},
	{Name: "s7plus.tls_shape", Doc: "shape of the encrypted messages of the latest ten seconds; told when it changes, and every minute", Names: protocols.NameTable(shapes), Num: part(isTransfer, argExtra, 0, 0xff)},
	{Name: "s7plus.tls_bytes_down", Doc: "encrypted bytes to the controller since the last such transaction", Num: part(isTransfer, argRID, 0, 0xffffffff)},
	{Name: "s7plus.tls_bytes_up", Doc: "encrypted bytes from the controller since the last such transaction", Num: part(isTransfer, argAttr, 0, 0xffffffff)},
	{Name: "s7plus.tls_messages_down", Doc: "encrypted messages to the controller since the last such transaction, at most 65535", Num: part(isTransfer, argKind, 16, 0xffff)},
	{Name: "s7plus.tls_messages_up", Doc: "encrypted messages from the controller since the last such transaction, at most 65535", Num: part(isTransfer, argKind, 0, 0xffff)},
	{Name: "s7plus.tls_alert", Doc: "TLS alert description", Num: number32(isAlert, status)},
}

var opcodeNames = protocols.NameTable([]protocols.Code{
	{Number: opRequest, Name: "request"}, {Number: opResponse, Name: "response"}, {Number: opNotification, Name: "notification"},
	{Number: opResponse2, Name: "response_2"},
})

var versionNames = protocols.NameTable([]protocols.Code{
	{Number: version1, Name: "version_1"}, {Number: version2, Name: "version_2"}, {Number: version3, Name: "version_3"},
	{Number: systemEvent, Name: "system_event"}, {Number: keepAlive, Name: "keep_alive"},
})

var arrayNames = protocols.NameTable([]protocols.Code{
	{Number: flagArray, Name: "array"}, {Number: flagAddress, Name: "address_array"}, {Number: flagSparse, Name: "sparse_array"},
})

// messageNames are the types of alarm messages.
var messageNames = protocols.NameTable([]protocols.Code{
	{Number: 0, Name: "invalid"}, {Number: 1, Name: "alarm"}, {Number: 2, Name: "notify"}, {Number: 3, Name: "information"}, {Number: 4, Name: "acknowledgement"},
})

var tlsNames = protocols.NameTable(tls.Versions)

// stateNames are the operating states that can be asked for.
var stateNames = protocols.NameTable([]protocols.Code{{Number: 1, Name: "stop"}, {Number: 3, Name: "run"}})

var levelNames = protocols.NameTable([]protocols.Code{
	{Number: 1, Name: "full_access"}, {Number: 2, Name: "read_access"}, {Number: 3, Name: "hmi_access"}, {Number: 4, Name: "no_access"},
})

// languageNames are the languages of blocks.
var languageNames = protocols.NameTable([]protocols.Code{
	{Number: 1, Name: "stl"}, {Number: 2, Name: "lad_classic"}, {Number: 3, Name: "fbd_classic"},
	{Number: 4, Name: "scl"}, {Number: 5, Name: "db"}, {Number: 6, Name: "graph"}, {Number: 7, Name: "sdb"},
	{Number: 8, Name: "cpu_db"}, {Number: 17, Name: "cpu_sdb"}, {Number: 21, Name: "c_for_s7"},
	{Number: 22, Name: "higraph"}, {Number: 23, Name: "cfc"}, {Number: 24, Name: "sfc"}, {Number: 26, Name: "pdiag"},
	{Number: 29, Name: "rse"}, {Number: 31, Name: "f_stl"}, {Number: 32, Name: "f_lad"}, {Number: 33, Name: "f_fbd"},
	{Number: 34, Name: "f_db"}, {Number: 35, Name: "f_call"}, {Number: 37, Name: "techno_db"},
	{Number: 38, Name: "f_lad_library"}, {Number: 39, Name: "f_fbd_library"}, {Number: 41, Name: "classic_encryption"},
	{Number: 50, Name: "fcp"}, {Number: 100, Name: "lad_iec"}, {Number: 101, Name: "fbd_iec"},
	{Number: 102, Name: "fld"}, {Number: 150, Name: "udt"}, {Number: 151, Name: "sdt"}, {Number: 152, Name: "fbt"},
	{Number: 201, Name: "motion_db"}, {Number: 300, Name: "graph_actions"}, {Number: 301, Name: "graph_sequence"},
	{Number: 303, Name: "graph_additions"}, {Number: 310, Name: "graph_plus"}, {Number: 400, Name: "mc7_plus"},
	{Number: 500, Name: "prodiag"}, {Number: 501, Name: "prodiag_ob"},
})

func typeNames(n uint64) string {
	if n < uint64(len(layouts)) {
		return layouts[n].name
	}
	return ""
}

func objectNames(n uint64) string {
	if m := natives[uint32(n)]; m != nil && n>>32 == 0 {
		return m.name
	}
	return ""
}
