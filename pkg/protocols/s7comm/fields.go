package s7comm

import (
	"encoding/binary"

	"otsensor/pkg/ot"
	"otsensor/pkg/protocols"
)

type (
	num  = func(t *ot.Transaction) (uint64, bool)
	text = func(t *ot.Transaction) []byte
)

// fields is every field once. What a field means for a kind of transaction is
// said by the getters at the end.
var fields = []protocols.Field{
	{Name: "s7.rosctr", Doc: "kind of PDU that began the transaction", Names: rosctrNames, Num: bits(argRef, 16, 0xff)},
	{Name: "s7.pdu_reference", Doc: "PDU reference, 0-65535", Num: bits(argRef, 0, 0xffff)},
	{Name: "s7.from_server", Doc: "1 when the server side asked: a controller fetching a block, or an active partner", Num: bits(argRef, 24, 1)},
	{Name: "s7.function", Doc: "function of a job", Names: codeNames, Num: func(t *ot.Transaction) (uint64, bool) { return uint64(t.Code), !isUser(t) }},
	{Name: "s7.error_class", Doc: "error class of the answer, 0 none", Names: errorClassNames,
		Num: func(t *ot.Transaction) (uint64, bool) {
			return uint64(t.Arg[argOutcome] >> 8 & 0xff), t.Arg[argOutcome]&hasError != 0 && !isUser(t)
		}},
	{Name: "s7.error_code", Doc: "error class << 8 | error of the answer, or parameter error of user data; 0 none", Names: errorNames,
		Num: func(t *ot.Transaction) (uint64, bool) {
			return uint64(t.Arg[argOutcome] & 0xffff), t.Arg[argOutcome]&hasError != 0
		}},
	{Name: "s7.return_code", Doc: "return code of the item", Names: returnNames,
		Num: func(t *ot.Transaction) (uint64, bool) {
			return uint64(t.Arg[argOutcome] >> 16 & 0xff), t.Arg[argOutcome]&hasReturn != 0
		}},

	{Name: "s7.pdu_size", Doc: "PDU length agreed, bytes; the length asked for while there is no answer", Num: when(kindSetup, func(t *ot.Transaction) uint32 {
		if t.Arg[argD] != 0 {
			return t.Arg[argD]
		}
		return t.Arg[argB]
	})},
	{Name: "s7.pdu_size_asked", Doc: "PDU length asked for, bytes", Num: when(kindSetup, func(t *ot.Transaction) uint32 { return t.Arg[argB] })},
	{Name: "s7.amq_calling", Doc: "jobs the client wants to run at once", Num: when(kindSetup, func(t *ot.Transaction) uint32 { return t.Arg[argA] >> 16 })},
	{Name: "s7.amq_called", Doc: "jobs the server lets run at once, of the answer", Num: when(kindSetup, func(t *ot.Transaction) uint32 { return t.Arg[argC] & 0xffff })},

	{Name: "s7.item_count", Doc: "items in the request", Num: counts},
	{Name: "s7.syntax", Doc: "addressing syntax of the item", Names: syntaxNames,
		Num: func(t *ot.Transaction) (uint64, bool) { return uint64(t.Arg[argItem] >> 8 & 0xff), addressed(t) }},
	{Name: "s7.area", Doc: "area of the item; of other syntaxes syntax << 16 | area", Names: areaNames,
		Num: item(func(t *ot.Transaction) uint32 { return t.Object.Area })},
	{Name: "s7.db", Doc: "data block number", Num: func(t *ot.Transaction) (uint64, bool) { return uint64(t.Object.Block), inDB(t) }},
	{Name: "s7.address", Doc: "address as engineers write it: DB10.DBX4.0, MW4, T5", Text: ofItem(func(t *ot.Transaction) []byte { return appendAddress(nil, t) })},
	{Name: "s7.length", Doc: "elements asked for", Num: item(func(t *ot.Transaction) uint32 { return t.Arg[argCount] })},
	{Name: "s7.transport_size", Doc: "type of the elements", Names: transportNames,
		Num: func(t *ot.Transaction) (uint64, bool) {
			return uint64(t.Arg[argItem] >> 16 & 0xff), isItem(t) && t.Arg[argItem]>>16&0xff != 0
		}},
	{Name: "s7.data_transport_size", Doc: "type of the data", Names: dataTransportNames,
		Num: func(t *ot.Transaction) (uint64, bool) {
			return uint64(t.Arg[argItem] >> 24), kindOf(t) == kindItem && t.Arg[argItem]>>24 != 0
		}},
	{Name: "s7.nck_module", Doc: "data module of a numeric control", Names: nckModules,
		Num: func(t *ot.Transaction) (uint64, bool) { return uint64(t.Object.Area & 0xff), isNCK(t) }},
	{Name: "s7.symbol_crc", Doc: "checksum of the symbol's name", Num: symbolic(func(t *ot.Transaction) uint32 { return t.Object.Addr })},
	{Name: "s7.symbol_id", Doc: "first local id of the symbol", Num: symbolic(func(t *ot.Transaction) uint32 { return t.Arg[argA] })},

	{Name: "s7.pi_service", Doc: "name of the program-invocation service, or of what a stop stops", Text: func(t *ot.Transaction) []byte { return only(t.Name, t.Code == funcService || t.Code == funcStop) }},
	{Name: "s7.pi_argument", Doc: "argument of the service; never a password", Text: func(t *ot.Transaction) []byte {
		return only(ot.Clean(nil, t.Value, ot.NameCap), t.Code == funcService && len(t.Value) > 0)
	}},

	{Name: "s7.file", Doc: "file name of the block or NC file", Text: func(t *ot.Transaction) []byte {
		return only(t.Name, len(t.Name) > 0 && (kindOf(t) == kindBlock && t.Code != funcService || t.Code>>8 == userdataCode>>8|groupNC))
	}},
	{Name: "s7.file_identifier", Doc: "first character of the file name: _ whole block, $ header only", Num: block(func(t *ot.Transaction) (uint32, bool) {
		return t.Arg[argFile] >> 8 & 0xff, t.Arg[argFile]>>8&0xff != 0
	})},
	{Name: "s7.block_type", Doc: "type of the block, the two ASCII digits of file names", Names: blockTypeNames,
		Num: block(func(t *ot.Transaction) (uint32, bool) { return t.Object.Area, t.Object.Len > 0 })},
	{Name: "s7.block_number", Doc: "number of the block, 0-65535",
		Num: block(func(t *ot.Transaction) (uint32, bool) {
			return t.Object.Block, t.Object.Len > 0 && t.Code != userdataCode|groupBlock<<8|blockOfType
		})},
	{Name: "s7.destination", Doc: "file system the block goes to or comes from, an ASCII letter", Names: destinationNames,
		Num: block(func(t *ot.Transaction) (uint32, bool) { return t.Arg[argFile] & 0xff, t.Arg[argFile]&0xff != 0 })},
	{Name: "s7.function_status", Doc: "status of a block transfer: bit 0 more data follow, bit 1 error",
		Num: func(t *ot.Transaction) (uint64, bool) {
			return uint64(t.Arg[argFile] >> 16 & 0xff), kindOf(t) == kindBlock && !isUser(t) && t.Code != funcService
		}},
	{Name: "s7.upload_id", Doc: "upload id the controller gave", Num: func(t *ot.Transaction) (uint64, bool) {
		return uint64(t.Arg[argUpload]), t.Code >= funcStartUpload && t.Code <= funcEndUpload
	}},
	{Name: "s7.load_memory_length", Doc: "length of the block in load memory, bytes", Num: block(nonZero(argLoad))},
	{Name: "s7.code_length", Doc: "length of the block's code, bytes", Num: block(nonZero(argCode))},
	{Name: "s7.bytes_moved", Doc: "bytes of the whole transfer, at its end",
		Num: func(t *ot.Transaction) (uint64, bool) {
			return uint64(t.Arg[argMoved]), moves(t) && t.Arg[argMoved] != 0
		}},
	{Name: "s7.block_hash", Doc: "FNV-1a hash of the whole block, 32 bits, at the end of its transfer",
		Num: func(t *ot.Transaction) (uint64, bool) {
			return uint64(t.Arg[argHash]), !isUser(t) && moves(t) && t.Arg[argHash] != 0
		}},
	{Name: "s7.block_language", Doc: "language the block was written in", Names: languageNames, Num: card(headLen, func(c []byte) uint32 { return uint32(c[cardLanguage]) })},
	{Name: "s7.block_security", Doc: "protection of the block", Names: securityNames, Num: card(headLen, func(c []byte) uint32 { return binary.BigEndian.Uint32(c[cardSecurity:]) })},
	{Name: "s7.block_code_days", Doc: "day the code was changed, days since 1984-01-01", Num: card(headLen, func(c []byte) uint32 { return uint32(binary.BigEndian.Uint16(c[cardCodeTime+4:])) })},
	{Name: "s7.block_interface_days", Doc: "day the interface was changed, days since 1984-01-01", Num: card(headLen, func(c []byte) uint32 { return uint32(binary.BigEndian.Uint16(c[cardInterface+4:])) })},
	{Name: "s7.block_author", Doc: "author the block's header names", Text: cardText(cardAuthor, 8)},
	{Name: "s7.block_family", Doc: "family the block's header names", Text: cardText(cardFamily, 8)},
	{Name: "s7.block_name", Doc: "name in the block's header", Text: cardText(cardName, 8)},
	{Name: "s7.block_version", Doc: "version in the block's header, major << 4 | minor", Num: card(cardLen, func(c []byte) uint32 { return uint32(c[cardVersion]) })},
	{Name: "s7.block_checksum", Doc: "checksum in the block's footer", Num: card(cardLen, func(c []byte) uint32 { return uint32(binary.BigEndian.Uint16(c[cardChecksum:])) })},
	{Name: "s7.blocks_listed", Doc: "entries of a list of blocks", Num: func(t *ot.Transaction) (uint64, bool) {
		return uint64(t.Arg[argC] &^ present), isUser(t) && kindOf(t) == kindBlock && t.Arg[argC]&present != 0
	}},

	{Name: "s7.group", Doc: "group of user data", Names: groupNames, Num: func(t *ot.Transaction) (uint64, bool) { return uint64(t.Code >> 8 & 0xff), isUser(t) }},
	{Name: "s7.subfunction", Doc: "group << 8 | sub-function of user data", Names: func(n uint64) string { return codeNames(n | userdataCode) },
		Num: func(t *ot.Transaction) (uint64, bool) { return uint64(t.Code & 0xffff), isUser(t) }},
	{Name: "s7.userdata_type", Doc: "push or request", Names: userKindNames, Num: func(t *ot.Transaction) (uint64, bool) { return uint64(t.Arg[argUser] >> 8 & 0xff), isUser(t) }},
	{Name: "s7.sequence", Doc: "sequence number of user data: names a job or an answer in parts", Num: func(t *ot.Transaction) (uint64, bool) { return uint64(t.Arg[argUser] & 0xff), isUser(t) }},
	{Name: "s7.parts", Doc: "parts an answer came in, when more than one", Num: func(t *ot.Transaction) (uint64, bool) {
		return uint64(t.Arg[argUser] >> 24), isUser(t) && t.Arg[argUser]>>24 > 0
	}},

	{Name: "s7.szl_id", Doc: "system status list asked for", Names: szlNames, Num: szlField(func(t *ot.Transaction) uint32 { return t.Object.Block })},
	{Name: "s7.szl_index", Doc: "index of the system status list", Num: szlField(func(t *ot.Transaction) uint32 { return t.Object.Addr })},
	{Name: "s7.szl_records", Doc: "records in the answer", Num: szlField(func(t *ot.Transaction) uint32 { return t.Arg[argA] & 0xffff })},
	{Name: "s7.leds_lit", Doc: "LEDs that are lit or flash: bit 4 RUN, bit 5 STOP, bit 6 FORCE, bit 1 SF, bit 21 MAINT", Num: listed(argB, szlLEDsOld, szlLEDs)},
	{Name: "s7.mode", Doc: "mode of the controller by list 24", Names: modeNames, Num: masked(listed(argB, szlModes), 0x0f)},
	{Name: "s7.protection_level", Doc: "protection level in force, 1-3", Num: listed(argB, szlStatus)},
	{Name: "s7.mode_selector", Doc: "position of the mode selector", Names: selectorNames, Num: listed(argC, szlStatus)},
	{Name: "s7.diagnostic_event", Doc: "id of the newest diagnostic event", Num: diagnostic},
	{Name: "s7.diagnostic_class", Doc: "class of the newest diagnostic event", Names: eventClassNames, Num: func(t *ot.Transaction) (uint64, bool) { n, ok := diagnostic(t); return n >> 12, ok }},

	{Name: "s7.clock", Doc: "time that was set or read", Text: func(t *ot.Transaction) []byte {
		return only(clockText(t.Value), isUser(t) && t.Code>>8&0xff == groupTime)
	}},
	{Name: "s7.trigger", Doc: "what triggers a test function", Num: marked(argA, groupTest)},
	{Name: "s7.job", Doc: "test job that is handled: function << 8 | sequence", Num: marked(argB, groupTest)},
	{Name: "s7.interval", Doc: "interval ordered: time base << 8 | factor; base 0 is 100 ms, 1 is 1 s, 2 is 10 s", Num: marked(argA, groupCyclic)},
	{Name: "s7.cyclic_job", Doc: "cyclic job whose data come, or that ends", Num: marked(argB, groupCyclic)},
	{Name: "s7.events", Doc: "events subscribed: 1 mode, 2 system diagnostics, 4 user, 128 alarms; 0 ends all", Num: of(kindMessages, argA)},
	{Name: "s7.alarm_type", Doc: "kind of alarms subscribed", Names: alarmTypeNames, Num: of(kindMessages, argB)},
	{Name: "s7.user", Doc: "name the subscriber gives", Text: func(t *ot.Transaction) []byte { return only(t.Name, kindOf(t) == kindMessages && len(t.Name) > 0) }},
	{Name: "s7.alarm_event", Doc: "event id of the alarm", Num: alarm(func(t *ot.Transaction) uint32 { return t.Object.Addr })},
	{Name: "s7.alarm_state", Doc: "signals of the alarm that are on: bit 0 is signal 1", Num: of(kindAlarm, argB)},
	{Name: "s7.r_id", Doc: "R_ID of a block send or receive", Num: func(t *ot.Transaction) (uint64, bool) {
		return uint64(t.Object.Addr), kindOf(t) == kindPBC && t.Object.Len > 0
	}},
}

func isUser(t *ot.Transaction) bool { return t.Code >= userdataCode }
func isItem(t *ot.Transaction) bool { return kindOf(t) == kindItem && t.Object.Len > 0 }
func isNCK(t *ot.Transaction) bool {
	s := t.Object.Area >> 16
	return isItem(t) && s >= syntaxNCK && s <= syntaxNCKI
}
func addressed(t *ot.Transaction) bool {
	return t.Object.Len > 0 && t.Arg[argItem]>>8&0xff != 0 && kindOf(t) != kindBlock && kindOf(t) != kindSZL
}
func moves(t *ot.Transaction) bool {
	return kindOf(t) == kindBlock && !isUser(t) || t.Code>>8 == userdataCode>>8|groupNC
}
func inDB(t *ot.Transaction) bool {
	return isItem(t) && (t.Object.Area == areaDB || t.Object.Area == 0x85 || t.Object.Area == syntaxSymbol<<16|areaDB)
}

func only(b []byte, present bool) []byte {
	if !present {
		return nil
	}
	return b
}

func bits(arg, shift int, mask uint32) num {
	return func(t *ot.Transaction) (uint64, bool) { return uint64(t.Arg[arg] >> shift & mask), true }
}

func when(k kind, get func(*ot.Transaction) uint32) num {
	return func(t *ot.Transaction) (uint64, bool) { return uint64(get(t)), kindOf(t) == k }
}

func item(get func(*ot.Transaction) uint32) num {
	return func(t *ot.Transaction) (uint64, bool) { return uint64(get(t)), isItem(t) }
}

func ofItem(get text) text {
	return func(t *ot.Transaction) []byte {
		if !isItem(t) {
			return nil
		}
		return get(t)
	}
}

func symbolic(get func(*ot.Transaction) uint32) num {
	return func(t *ot.Transaction) (uint64, bool) {
		return uint64(get(t)), isItem(t) && t.Object.Area>>16 == syntaxSymbol
	}
}

func block(get func(*ot.Transaction) (uint32, bool)) num {
	return func(t *ot.Transaction) (uint64, bool) {
		n, ok := get(t)
		return uint64(n), ok && kindOf(t) == kindBlock
	}
}

func nonZero(arg int) func(*ot.Transaction) (uint32, bool) {
	return func(t *ot.Transaction) (uint32, bool) { return t.Arg[arg], t.Arg[arg] != 0 }
}

// hasCard reports whether the Value is a block's card, or at least n bytes of its beginning.
func hasCard(t *ot.Transaction, n int) bool {
	return kindOf(t) == kindBlock && t.Code != funcService && len(t.Value) >= n && string(t.Value[:2]) == "pp"
}

func card(n int, get func([]byte) uint32) num {
	return func(t *ot.Transaction) (uint64, bool) {
		if !hasCard(t, n) {
			return 0, false
		}
		return uint64(get(t.Value)), true
	}
}

func cardText(at, n int) text {
	return func(t *ot.Transaction) []byte {
		if !hasCard(t, cardLen) {
			return nil
		}
		return ot.Clean(nil, t.Value[at:at+n], n)
	}
}

func szlField(get func(*ot.Transaction) uint32) num {
	return func(t *ot.Transaction) (uint64, bool) {
		return uint64(get(t)), kindOf(t) == kindSZL && t.Object.Len > 0
	}
}

// listed is a getter for what the answer to one of some partial lists said.
func listed(arg int, lists ...uint32) num {
	return func(t *ot.Transaction) (uint64, bool) {
		for _, l := range lists {
			if kindOf(t) == kindSZL && t.Object.Block&0xff == l {
				return uint64(t.Arg[arg] &^ present), t.Arg[arg]&present != 0
			}
		}
		return 0, false
	}
}

func masked(get num, mask uint64) num {
	return func(t *ot.Transaction) (uint64, bool) { n, ok := get(t); return n & mask, ok }
}

// marked is a getter for an Arg of a group of user data.
func marked(arg int, group uint32) num {
	return func(t *ot.Transaction) (uint64, bool) {
		return uint64(t.Arg[arg] &^ present), isUser(t) && t.Code>>8&0xff == group && t.Arg[arg]&present != 0
	}
}

// of is a getter for an Arg of a kind of transaction.
func of(k kind, arg int) num {
	return func(t *ot.Transaction) (uint64, bool) {
		return uint64(t.Arg[arg] &^ present), kindOf(t) == k && t.Arg[arg]&present != 0
	}
}

func alarm(get func(*ot.Transaction) uint32) num {
	return func(t *ot.Transaction) (uint64, bool) {
		return uint64(get(t)), kindOf(t) == kindAlarm && t.Object.Len > 0
	}
}

// diagnostic is the newest event of the diagnostic buffer, or one that is reported.
func diagnostic(t *ot.Transaction) (uint64, bool) {
	if kindOf(t) == kindDiagnostic {
		return uint64(t.Arg[argD] &^ present), t.Arg[argD]&present != 0
	}
	return listed(argD, szlDiagnostic)(t)
}

// counts is the number of items of a request, or blocks of a service.
func counts(t *ot.Transaction) (uint64, bool) {
	switch k := kindOf(t); {
	case t.Code == funcService:
		return uint64(t.Arg[argFile] >> 24), t.Arg[argFile]>>24 != 0
	case k == kindItem, k == kindAlarm:
		return uint64(t.Arg[argItem] & 0xff), true
	}
	return 0, false
}
