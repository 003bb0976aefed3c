package cip

import (
	"otsensor/pkg/ot"
	"otsensor/pkg/protocols"
)

type num = func(t *ot.Transaction) (uint64, bool)

// marked is an Arg that is present when a mark is set.
func marked(m marks, get func(t *ot.Transaction) uint32) num {
	return func(t *ot.Transaction) (uint64, bool) { return uint64(get(t)), has(t, m) }
}

// kinded is a number that only transactions of some kind have.
func kinded(k kind, get num) num {
	return func(t *ot.Transaction) (uint64, bool) {
		if kindOf(t) != k {
			return 0, false
		}
		return get(t)
	}
}

// extra is the Arg shared by member, connection point and scope: present when
// its mark is set and that of none before it.
func extra(m, before marks) num {
	return func(t *ot.Transaction) (uint64, bool) {
		return uint64(t.Arg[argExtra]), has(t, m) && !has(t, before) && kindOf(t) != pccc && movingOf(t) == wholly
	}
}

var fields = []protocols.Field{
	{Name: "cip.service", Doc: "class << 8 | service; class 0xFFFF where the path names none",
		ByCode: true, Num: func(t *ot.Transaction) (uint64, bool) { return uint64(t.Code), true }, NamedTo: 1 << 16, Names: ServiceName},
	{Name: "cip.service_code", Doc: "service number without class and reply bit; means nothing without the class from 0x32 on",
		ByCode: true, Num: func(t *ot.Transaction) (uint64, bool) { return uint64(serviceOf(t)), kindOf(t) != cyclic }},
	{Name: "cip.class", Doc: "object class of the path",
		Num: marked(hasClass, classOf), NamedTo: 1 << 9, Names: ClassName},
	{Name: "cip.instance", Doc: "instance of the path; 0 is the class itself",
		Num: marked(hasInstance, func(t *ot.Transaction) uint32 { return t.Object.Block })},
	{Name: "cip.attribute", Doc: "attribute of the path, or the first of an attribute list",
		Num: marked(hasAttribute, func(t *ot.Transaction) uint32 { return t.Object.Addr })},
	{Name: "cip.attribute_count", Doc: "attributes in an attribute list",
		Num: kinded(list, func(t *ot.Transaction) (uint64, bool) { return uint64(t.Arg[argA]), true })},
	{Name: "cip.attribute_name", Doc: "name of the attribute, or of the first of an attribute list", Text: attributeName},
	{Name: "cip.attributes", Doc: "what attributes of identity, connections, safety, time, ring, security, ports, TCP/IP, Ethernet link and others held or were set to: name=value; …", Text: attributeText},
	{Name: "cip.asked", Doc: "what a service was given, of connections, files, safety supervisors, Modbus and connection configuration: label value, …; passwords are not shown", Text: askedText},
	{Name: "cip.answer", Doc: "what such a service gave back", Text: answerText},
	{Name: "cip.member", Doc: "member of the path", Num: extra(hasMember, 0)},
	{Name: "cip.connection_point", Doc: "connection point of the path", Num: extra(hasPoint, hasMember)},
	{Name: "cip.scope", Doc: "object the path passes through before the last, class << 16 | instance", Num: extra(hasScope, hasMember|hasPoint)},
	{Name: "cip.symbol", Doc: "symbolic path: tag name with members and indices, sanitised", Text: func(t *ot.Transaction) []byte {
		if kindOf(t) == pccc || len(t.Name) == 0 {
			return nil
		}
		return t.Name
	}},
	{Name: "cip.status", Doc: "general status; 0x100 + status of the encapsulation, 0x200 + status of PCCC where those refused",
		Num: func(t *ot.Transaction) (uint64, bool) { return uint64(t.StatusCode), answered(t) }, NamedTo: 1 << 10, Names: StatusName},
	{Name: "cip.ext_status", Doc: "first word of the extended status",
		Num: marked(hasExt, func(t *ot.Transaction) uint32 { return t.Arg[argSeq] >> 16 }), NamedTo: 1 << 12, Names: protocols.NameTable(extendedStatus)},
	{Name: "cip.route", Doc: "hops of the route behind the server, one byte port and one byte link address each, the last lowest; 255 where not a number below 255",
		Num: func(t *ot.Transaction) (uint64, bool) { return uint64(t.Arg[argRoute]), routed(t) }},
	{Name: "cip.slot", Doc: "link address of the route's last hop, in a chassis the slot; Transaction.Unit is one more",
		Num: func(t *ot.Transaction) (uint64, bool) { return uint64(t.Unit) - 1, routed(t) }},
	{Name: "cip.send_timeout", Doc: "time an unconnected send may take on its way, milliseconds",
		Num: func(t *ot.Transaction) (uint64, bool) {
			n := t.Arg[argSeq] & 0xFFFF
			return uint64(n&0xFF) << (n >> 8 & 0x0F), has(t, isRouted) && !has(t, isConnected) && n != 0
		}},
	{Name: "cip.depth", Doc: "multiple service packets this service was inside of",
		Num: func(t *ot.Transaction) (uint64, bool) { return uint64(depthOf(t)), depthOf(t) > 0 }},
	{Name: "cip.carrier", Doc: "encapsulation command that carried the message, 0 where PCCC came without",
		Num: func(t *ot.Transaction) (uint64, bool) { return uint64(carrierOf(t)), kindOf(t) != cyclic }},
	{Name: "cip.session", Doc: "encapsulation session handle",
		Num: func(t *ot.Transaction) (uint64, bool) { return uint64(t.Arg[argSession]), kindOf(t) != cyclic }},
	{Name: "cip.encap_status", Doc: "encapsulation status, 0 when the message reached an object",
		Num: func(t *ot.Transaction) (uint64, bool) { return encapStatus(t), answered(t) }},
	{Name: "cip.connection_id", Doc: "connection id of a connected request or of I/O",
		Num: func(t *ot.Transaction) (uint64, bool) {
			return uint64(t.Arg[argConn]), has(t, isConnected) || kindOf(t) == cyclic
		}},
	{Name: "cip.sequence", Doc: "sequence count of a connected message; of I/O the encapsulation sequence number",
		Num: func(t *ot.Transaction) (uint64, bool) {
			if kindOf(t) == cyclic {
				return uint64(t.Arg[argSeq]), true
			}
			return uint64(t.Arg[argSeq] & 0xFFFF), has(t, isConnected)
		}},
	{Name: "cip.reset_type", Doc: "kind of reset asked of the Identity object; 0 where the request names none",
		Num: resetType, Names: protocols.NameTable(resetTypes)},

	{Name: "cip.type_code", Doc: "data type of a tag's values",
		Num: kinded(tag, func(t *ot.Transaction) (uint64, bool) { return uint64(t.Arg[argA] >> 16), has(t, hasDetail) }), NamedTo: 1 << 10, Names: typeName},
	{Name: "cip.element_count", Doc: "elements of a tag read or written",
		Num: kinded(tag, func(t *ot.Transaction) (uint64, bool) { return uint64(t.Arg[argA] & 0xFFFF), serviceOf(t) != 0x4E })},
	{Name: "cip.offset", Doc: "byte offset of a fragmented tag read or write",
		Num: kinded(tag, func(t *ot.Transaction) (uint64, bool) {
			return uint64(t.Arg[argB]), serviceOf(t) == 0x52 || serviceOf(t) == 0x53
		})},

	{Name: "cip.transfer", Doc: "how far a transfer of several messages is after this one: fragmented tags, templates, lists of symbols, files, ranges of data tables", Names: protocols.NameTable(transferStates),
		Num: func(t *ot.Transaction) (uint64, bool) {
			state, _ := transferOf(t)
			return uint64(state), state != transferNone
		}},
	{Name: "cip.transfer_bytes", Doc: "bytes moved by the transfer so far",
		Num: func(t *ot.Transaction) (uint64, bool) {
			state, moved := transferOf(t)
			return uint64(moved), state != transferNone
		}},
	{Name: "cip.transfer_hash", Doc: "hash of the joined body, 32 bits, at the end of a transfer: that of equal bodies is equal, however they were cut", Num: transferHash},

	{Name: "cip.connection_state", Doc: "where the connection stands after its open, close or data", Names: protocols.NameTable(lifeStates),
		Num: func(t *ot.Transaction) (uint64, bool) { return uint64(lifeOf(t)), lifeOf(t) != lifeNone }},
	{Name: "cip.connection_serial", Doc: "serial number of the connection opened or closed",
		Num: ofTriad(func(at int, b []byte) (uint64, bool) { return u16(b, at) })},
	{Name: "cip.vendor", Doc: "vendor id of the connection's originator",
		Num: ofTriad(func(at int, b []byte) (uint64, bool) { return u16(b, at+2) })},
	{Name: "cip.serial", Doc: "serial number of the connection's originator",
		Num: ofTriad(func(at int, b []byte) (uint64, bool) { return u32(b, at+4) })},
	{Name: "cip.open_timeout", Doc: "time an open or close may take on its way, milliseconds", Num: openTimeout},
	{Name: "cip.application_reply", Doc: "bytes of the application's own in the answer to an open",
		Num: kinded(opening, func(t *ot.Transaction) (uint64, bool) {
			if b := replyData(t); t.Status == ot.OK && len(b) > openedReply {
				return 2 * uint64(b[openedReply]), true
			}
			return 0, false
		})},
	{Name: "cip.group", Doc: "address that the target will send to, as the answer to an open says", Text: func(t *ot.Transaction) []byte {
		if kindOf(t) != opening || t.Arg[argExtra] == 0 || has(t, hasMember|hasPoint|hasScope) {
			return nil
		}
		return protocols.IPv4(t.Arg[argExtra]).AppendTo(nil)
	}},
	{Name: "cip.o2t_id", Doc: "originator to target connection id: the target's choice once answered",
		Num: kinded(opening, connID(openedO2TID, openO2TID))},
	{Name: "cip.t2o_id", Doc: "target to originator connection id",
		Num: kinded(opening, connID(openedT2OID, openT2OID))},
	{Name: "cip.o2t_rpi", Doc: "requested packet interval originator to target, microseconds",
		Num: kinded(opening, func(t *ot.Transaction) (uint64, bool) { return u32(requestData(t), openO2TRPI) })},
	{Name: "cip.t2o_rpi", Doc: "requested packet interval target to originator, microseconds",
		Num: kinded(opening, func(t *ot.Transaction) (uint64, bool) { return u32(requestData(t), openT2ORPI(t)) })},
	{Name: "cip.o2t_api", Doc: "actual packet interval originator to target, microseconds",
		Num: kinded(opening, accepted(openedO2TAPI))},
	{Name: "cip.t2o_api", Doc: "actual packet interval target to originator, microseconds",
		Num: kinded(opening, accepted(openedT2OAPI))},
	{Name: "cip.o2t_size", Doc: "connection size originator to target, bytes", Num: o2t(func(n network) uint64 { return n.size })},
	{Name: "cip.t2o_size", Doc: "connection size target to originator, bytes", Num: t2o(func(n network) uint64 { return n.size })},
	{Name: "cip.o2t_type", Doc: "connection type originator to target", Num: o2t(func(n network) uint64 { return n.kind }), Names: protocols.NameTable(connTypes)},
	{Name: "cip.t2o_type", Doc: "connection type target to originator", Num: t2o(func(n network) uint64 { return n.kind }), Names: protocols.NameTable(connTypes)},
	{Name: "cip.o2t_priority", Doc: "priority originator to target", Num: o2t(func(n network) uint64 { return n.priority }), Names: protocols.NameTable(priorities)},
	{Name: "cip.t2o_priority", Doc: "priority target to originator", Num: t2o(func(n network) uint64 { return n.priority }), Names: protocols.NameTable(priorities)},
	{Name: "cip.o2t_variable", Doc: "1 when the size originator to target may vary", Num: o2t(func(n network) uint64 { return bit(n.variable) })},
	{Name: "cip.t2o_variable", Doc: "1 when the size target to originator may vary", Num: t2o(func(n network) uint64 { return bit(n.variable) })},
	{Name: "cip.owner", Doc: "kind of connection a Forward Open asks for; input-only and listen-only are told apart by customary connection points",
		Num: kinded(opening, func(t *ot.Transaction) (uint64, bool) {
			path, ok := connectionPath(t)
			return uint64(ownerOf(t, &path)), ok
		}), Names: OwnerName},
	{Name: "cip.redundant_owner", Doc: "1 when further originators may own the output connection", Num: o2t(func(n network) uint64 { return bit(n.owner) })},
	{Name: "cip.transport_class", Doc: "transport class: 0 and 1 cyclic I/O, 2 and 3 explicit messages", Num: transport(0, 0x0F)},
	{Name: "cip.trigger", Doc: "what makes the producer send", Num: transport(4, 7), Names: protocols.NameTable(triggers)},
	{Name: "cip.transport_server", Doc: "1 when the target's end is a server, 0 when it is a client", Num: transport(7, 1)},
	{Name: "cip.timeout_multiplier", Doc: "packet intervals without a packet until the connection times out",
		Num: kinded(opening, func(t *ot.Transaction) (uint64, bool) {
			b := requestData(t)
			if len(b) <= openMultiplier {
				return 0, false
			}
			return 4 << min(b[openMultiplier], 7), true
		})},
	{Name: "cip.null_open", Doc: "1 when a Forward Open connects nothing: ping or reconfiguration",
		Num: kinded(opening, func(t *ot.Transaction) (uint64, bool) { return bit(isNull(t)), len(t.Value) >= openFixed(t) })},
	{Name: "cip.config_instance", Doc: "instance the connection path begins with: configuration assembly",
		Num: connPath(func(p *Path) (uint64, bool) { return uint64(p.Instance), p.marks&hasInstance != 0 })},
	{Name: "cip.application_class", Doc: "class the connection path ends at",
		Num: connPath(func(p *Path) (uint64, bool) { return uint64(p.Class), p.marks&hasClass != 0 }), NamedTo: 1 << 9, Names: ClassName},
	{Name: "cip.o2t_point", Doc: "connection point that consumes: output assembly",
		Num: connPath(func(p *Path) (uint64, bool) { return uint64(p.Points[0]), p.PointCount > 0 })},
	{Name: "cip.t2o_point", Doc: "connection point that produces: input assembly",
		Num: connPath(func(p *Path) (uint64, bool) { return uint64(p.Points[1]), p.PointCount > 1 })},
	{Name: "cip.key_vendor", Doc: "vendor id the electronic key demands, 0 for any",
		Num: connPath(func(p *Path) (uint64, bool) { return uint64(p.Key.Vendor), p.Key.Present })},
	{Name: "cip.key_product", Doc: "product code the electronic key demands, 0 for any",
		Num: connPath(func(p *Path) (uint64, bool) { return uint64(p.Key.Code), p.Key.Present })},
	{Name: "cip.key_type", Doc: "device type the electronic key demands, 0 for any",
		Num: connPath(func(p *Path) (uint64, bool) { return uint64(p.Key.Type), p.Key.Present })},
	{Name: "cip.key_revision", Doc: "revision the electronic key demands, major << 8 | minor, 0 for any",
		Num: connPath(func(p *Path) (uint64, bool) { return uint64(p.Key.MajorRev)<<8 | uint64(p.Key.MinorRev), p.Key.Present })},
	{Name: "cip.key_compatible", Doc: "1 when a compatible device will do",
		Num: connPath(func(p *Path) (uint64, bool) { return bit(p.Key.Compatible), p.Key.Present })},
	{Name: "cip.key_serial", Doc: "serial number the electronic key demands, 0 for any",
		Num: connPath(func(p *Path) (uint64, bool) { return uint64(p.Key.Serial), p.Key.Present && p.Key.Serial != 0 })},
	{Name: "cip.inhibit_time", Doc: "shortest time between two packets that the connection path asks for, microseconds",
		Num: connPath(func(p *Path) (uint64, bool) { return uint64(p.Inhibit), p.Inhibit != 0 })},
	{Name: "cip.schedule", Doc: "multiplier and phase of a scheduled network that the connection path asks for",
		Num: connPath(func(p *Path) (uint64, bool) { return uint64(p.Schedule), p.Schedule != 0 })},
	{Name: "cip.fixed_tag", Doc: "fixed tag of the connection path",
		Num: connPath(func(p *Path) (uint64, bool) { return uint64(p.FixedTag), p.FixedTag != 0 })},
	{Name: "cip.config_size", Doc: "configuration data sent with the open, bytes",
		Num: connPath(func(p *Path) (uint64, bool) { return uint64(len(p.Data)), len(p.Data) > 0 })},
	{Name: "cip.safety", Doc: "1 when the connection path holds a safety segment",
		Num: connPath(func(p *Path) (uint64, bool) { return bit(p.Safety), true })},
	{Name: "cip.safety_format", Doc: "format of the safety segment: of the data, or for a router on the way", Names: protocols.NameTable(safetyFormats),
		Num: kinded(opening, func(t *ot.Transaction) (uint64, bool) { return byteAt(0)(safetySegment(t)) })},
	{Name: "cip.safety_tunid", Doc: "safety network number and node of the target, hexadecimal", Text: safetyNodeAt(safetyTarget)},
	{Name: "cip.safety_ounid", Doc: "safety network number and node of the originator, hexadecimal", Text: safetyNodeAt(safetyOriginator)},
	{Name: "cip.safety_config_crc", Doc: "check sum of the safety configuration the originator expects, 0 where it does not say", Num: ofSafety(func(b []byte) (uint64, bool) { return u32(b, safetyConfigCRC) })},
	{Name: "cip.safety_parameter_crc", Doc: "check sum of the safety connection's parameters", Num: ofSafety(ofFormat(safetyParamCRC, safetyParamCRCLong))},
	{Name: "cip.safety_config_time", Doc: "time stamp of the safety configuration the originator expects, hexadecimal", Text: safetyBytes(safetyConfigTime, 6)},
	{Name: "cip.safety_correction_interval", Doc: "packet interval of the time correction, microseconds", Num: ofSafety(func(b []byte) (uint64, bool) { return u32(b, safetyEPI) })},
	{Name: "cip.safety_correction_id", Doc: "connection id of the time correction", Num: ofSafety(ofFormat(safetyTimeID, safetyTimeIDLong))},
	{Name: "cip.safety_coordination_multiplier", Doc: "shortest time for a time coordination, in units of 128 microseconds", Num: ofSafety(func(b []byte) (uint64, bool) { return u16(b, safetyCoordinate) })},
	{Name: "cip.safety_expectation_multiplier", Doc: "age at which safety data count as late, in units of 128 microseconds", Num: ofSafety(func(b []byte) (uint64, bool) { return u16(b, safetyExpect) })},
	{Name: "cip.safety_faults_most", Doc: "faults an hour that a connection of extended format may have", Num: ofSafety(func(b []byte) (uint64, bool) {
		n, ok := u16(b, safetyFaults)
		return n, ok && b[0] == safetyExtended
	})},
	{Name: "cip.safety_consumer", Doc: "number the target gives the consumer of a safety connection", Num: ofSafetyReply(safetyReply, 2)},
	{Name: "cip.safety_target_vendor", Doc: "vendor id of a safety connection's target, with which its check sums begin", Num: ofSafetyReply(safetyReplyVendor, 2)},
	{Name: "cip.safety_target_serial", Doc: "serial number of a safety connection's target", Num: ofSafetyReply(safetyReplySerial, 4)},
	{Name: "cip.safety_target_connection", Doc: "serial number the target gives a safety connection", Num: ofSafetyReply(safetyReplyConn, 2)},
	{Name: "cip.safety_ping_multiplier", Doc: "packet intervals between two pings", Num: ofSafety(func(b []byte) (uint64, bool) { return u16(b, safetyPing) })},
	{Name: "cip.safety_timeout_multiplier", Doc: "messages that may be late before the safety connection stops", Num: ofSafety(byteAt(safetyTimeout))},
	{Name: "cip.safety_consumers", Doc: "consumers a multicast safety connection may have", Num: ofSafety(byteAt(safetyConsumers))},
	{Name: "cip.remaining_path", Doc: "words of the path left where a Forward Open was refused",
		Num: kinded(opening, func(t *ot.Transaction) (uint64, bool) {
			b := replyData(t)
			if t.Status != ot.Refused || len(b) <= refusedPath {
				return 0, false
			}
			return uint64(b[refusedPath]), true
		})},

	{Name: "cip.pccc_command", Doc: "PCCC command << 8 | function; function 0xFF where the command has none",
		Num: kinded(pccc, func(t *ot.Transaction) (uint64, bool) { return pcccCode(t), true }), NamedTo: 1 << 12, Names: PCCCName},
	{Name: "cip.pccc_function", Doc: "PCCC function number",
		Num: kinded(pccc, func(t *ot.Transaction) (uint64, bool) { return pcccCode(t) & 0xFF, pcccCode(t)&0xFF != noFunction })},
	{Name: "cip.pccc_status", Doc: "PCCC status byte",
		Num: kinded(pccc, func(t *ot.Transaction) (uint64, bool) { return uint64(pcccEnd(t) & 0xFF), answered(t) })},
	{Name: "cip.pccc_ext_status", Doc: "PCCC extended status behind status 0xF0",
		Num: kinded(pccc, func(t *ot.Transaction) (uint64, bool) {
			return uint64(pcccEnd(t) >> 8), pcccEnd(t)&0xFF == 0xF0
		}), Names: protocols.NameTable(pcccExtended)},
	{Name: "cip.pccc_file", Doc: "data table file number", Num: pcccAddressed(func(t *ot.Transaction) uint32 { return t.Arg[argExtra] >> 16 })},
	{Name: "cip.pccc_file_type", Doc: "data table file type, 0 where the address does not tell",
		Num: pcccAddressed(func(t *ot.Transaction) uint32 { return pcccLow(t) >> 8 }), NamedTo: 1 << 16, Names: fileTypeName},
	{Name: "cip.pccc_size", Doc: "bytes read or written as the command gives it", Num: pcccAddressed(func(t *ot.Transaction) uint32 { return pcccLow(t) & 0xFF })},
	{Name: "cip.pccc_element", Doc: "element in the file", Num: pcccAddressed(func(t *ot.Transaction) uint32 { return t.Arg[argB] >> 16 })},
	{Name: "cip.pccc_sub_element", Doc: "sub-element in the element", Num: pcccAddressed(func(t *ot.Transaction) uint32 { return t.Arg[argB] & 0xFFFF })},
	{Name: "cip.pccc_address", Doc: "data table address as people write it: N7:0", Text: func(t *ot.Transaction) []byte {
		if kindOf(t) != pccc || len(t.Name) == 0 {
			return nil
		}
		return t.Name
	}},
	{Name: "cip.pccc_mode", Doc: "mode the change mode command asks for",
		Num: kinded(pccc, func(t *ot.Transaction) (uint64, bool) {
			if pcccCode(t) != 0x0F_80 || len(t.Value) == 0 {
				return 0, false
			}
			return uint64(t.Value[0]), true
		}), Names: protocols.NameTable(pcccModes)},

	{Name: "cip.io_run", Doc: "1 run, 0 idle, as the run/idle header says; present when the data looks like having one, its Forward Open tells for certain",
		Num: kinded(cyclic, func(t *ot.Transaction) (uint64, bool) {
			return bit(t.Arg[argB]&ioIsRun != 0), t.Arg[argB]&ioHasRun != 0
		})},
	{Name: "cip.io_claim", Doc: "1 when the originator claims the outputs (COO of the run/idle header)",
		Num: ofHeader(1, 1)},
	{Name: "cip.io_ready", Doc: "how ready the originator is to own the outputs (ROO of the run/idle header): 0 not, 3 most",
		Num: ofHeader(2, 3)},
	{Name: "cip.io_reason", Doc: "why this I/O transaction was handed over",
		Num: ofIO(func(t *ot.Transaction) uint32 { return uint32(reasonOf(t)) }), Names: protocols.NameTable(ioReasons)},
	{Name: "cip.io_packets", Doc: "packets since the last transaction of this connection, this one included",
		Num: ofIO(func(t *ot.Transaction) uint32 { return t.Arg[argExtra] & ioPackets })},
	{Name: "cip.io_missed", Doc: "sequence numbers passed over since the last transaction, at most 65535",
		Num: ofIO(func(t *ot.Transaction) uint32 { return t.Arg[argB] & ioMissed })},
	{Name: "cip.io_size", Doc: "bytes of data behind the sequence count, run/idle header included",
		Num: ofIO(func(t *ot.Transaction) uint32 { return t.Arg[argA] & ioBytes })},
	{Name: "cip.io_interval", Doc: "mean time between packets since the last transaction, microseconds, by steps of 100",
		Num: ofIO(func(t *ot.Transaction) uint32 { return t.Arg[argA] >> 16 * 100 })},
	{Name: "cip.io_jitter", Doc: "what the longest and the shortest time between two packets since the last transaction differ by, microseconds, by steps of 100",
		Num: ofIO(func(t *ot.Transaction) uint32 { return t.Arg[argMarks] >> ioJitter * 100 })},
	{Name: "cip.io_repeats", Doc: "packets since the last transaction that came again with number and data of the one before, at most 15",
		Num: ofIO(func(t *ot.Transaction) uint32 { return t.Arg[argB] >> ioRepeats & ioNibble })},
	{Name: "cip.io_heartbeat", Doc: "1 when the packets carry no data, and only keep the connection",
		Num: ofIO(func(t *ot.Transaction) uint32 { return uint32(bit(t.Arg[argA]&ioBytes == 0)) })},
	{Name: "cip.io_joined", Doc: "1 when the Forward Open of this connection was seen, 0 when the connection is inferred from its data",
		Num: ofIO(func(t *ot.Transaction) uint32 { return t.Arg[argRoute] >> 31 })},
	{Name: "cip.io_second_producer", Doc: "1 when another host sends with the same connection id to the same receiver",
		Num: ofIO(func(t *ot.Transaction) uint32 { return t.Arg[argRoute] >> 30 & 1 })},
	{Name: "cip.io_foreign", Doc: "1 when the data come from another host, from the wrong side, or in a second version under one sequence number",
		Num: ofIO(func(t *ot.Transaction) uint32 {
			why := reasonOf(t)
			return foreign(t.Arg[argRoute]&ioSecond != 0 || why == IOSource || why == IOConflict)
		})},
	{Name: "cip.io_silence", Doc: "longest time between two packets since the last transaction, microseconds; only while the Forward Open is not known",
		Num: joined(false, func(t *ot.Transaction) uint32 { return t.Arg[argSession] })},
	{Name: "cip.io_rpi", Doc: "packet interval the target granted for this direction, microseconds",
		Num: joined(true, func(t *ot.Transaction) uint32 { return t.Arg[argSession] })},
	{Name: "cip.io_late", Doc: "1 when the connection was silent for longer than its interval times its timeout multiplier",
		Num: joined(true, func(t *ot.Transaction) uint32 { return t.Arg[argRoute] >> 29 & 1 })},
	{Name: "cip.io_point", Doc: "assembly the data belong to: connection point of the Forward Open",
		Num: joined(true, func(t *ot.Transaction) uint32 { return t.Arg[argRoute] & ioPointOf })},
	{Name: "cip.io_owner", Doc: "kind of connection the data belong to",
		Num: joined(true, func(t *ot.Transaction) uint32 { return t.Arg[argRoute] >> ioOwner & 0xF }), Names: OwnerName},
	{Name: "cip.io_safety_format", Doc: "format of a safety connection's data", Names: protocols.NameTable(safetyFormats),
		Num: ofSafetyIO(func(t *ot.Transaction) (uint64, bool) { return uint64(t.Arg[argRoute] >> ioSafety & 3), true })},
	{Name: "cip.io_safety_message", Doc: "what a safety connection's packet is", Names: protocols.NameTable(safetyMessages), Num: ofSafetyIO(safetyMessage)},
	{Name: "cip.io_safety_run", Doc: "1 run, 0 idle, as the mode byte of safety data says", Num: ofSafetyIO(func(t *ot.Transaction) (uint64, bool) {
		return uint64(t.Arg[argB] >> ioModeRun & 1), t.Arg[argB]&ioHasMode != 0
	})},
	{Name: "cip.io_safety_ping", Doc: "ping count of safety data, or the one that is answered", Num: ofPacket(pingOf)},
	{Name: "cip.io_safety_ping_answer", Doc: "1 when a time coordination answers a ping", Num: ofPacket(pingAnsweredOf)},
	{Name: "cip.io_safety_parity", Doc: "1 when the byte in front of a time coordination or correction has even parity, as it must", Num: ofPacket(parityOf)},
	{Name: "cip.io_safety_time", Doc: "time stamp of safety data, or the consumer's time, in units of 128 microseconds", Num: ofPacket(timeOf)},
	{Name: "cip.io_safety_consumer", Doc: "consumer that a time correction behind data for a group is for", Num: ofPacket(consumerOf)},
	{Name: "cip.io_safety_active", Doc: "1 when that consumer is active, 0 idle", Num: ofPacket(activeOf)},
	{Name: "cip.io_safety_correction", Doc: "time correction behind data for a group, in units of 128 microseconds", Num: ofPacket(correctionOf)},
	{Name: "cip.io_safety_check", Doc: "whether the check sums of a safety connection's packets are right for its Forward Open; where that names no target, or since the last transaction, whether they agree with each other, told from eight packets on", Names: protocols.NameTable(safetyVerdicts),
		Num: ofSafetyIO(func(t *ot.Transaction) (uint64, bool) {
			n := uint64(t.Arg[argMarks] >> ioVerdict & ioVerdicts)
			return n, n != 0
		})},
	{Name: "cip.io_safety_fault", Doc: "what is wrong with a safety connection: check sums, data of another connection, the parity of an answer, data that went from run to idle", Names: protocols.NameTable(safetyFaultNames), Num: ofSafetyIO(safetyFault)},
	{Name: "cip.io_safety_wrong", Doc: "packets with wrong check sums since the last transaction, at most 255",
		Num: ofSafetyIO(func(t *ot.Transaction) (uint64, bool) {
			return uint64(t.Arg[argExtra] >> ioWrongs), t.Arg[argMarks]>>ioVerdict&ioVerdicts != 0
		})},
	{Name: "cip.motion_format", Doc: "format of a motion connection's packet", Names: protocols.NameTable(motionFormats), Num: ofMotionIO(0)},
	{Name: "cip.motion_update", Doc: "update id of a motion connection's packet", Num: ofMotionIO(2)},
	{Name: "cip.motion_node", Doc: "bits of the node's control or status: 0 remote, 1 synchronised, 2 data valid, 3 fault reset or fault", Num: ofMotionIO(3)},
	{Name: "cip.motion_axes", Doc: "of every axis in a motion connection's packet: what controls it, what is asked of it or acknowledged, its state, commanded or actual values, faults as type.code.sub-code, events and service", Text: axesText},
	{Name: "cip.motion_node_faults", Doc: "bits of the node's faults and alarms, to the controller", Num: func(t *ot.Transaction) (uint64, bool) {
		n, ok := ofMotionIO(motionFaults)(t)
		return n, ok && ioData(t)[0] == motionToController
	}},
	{Name: "cip.motion_fault", Doc: "fault that the first axis reports, type << 8 | code", Num: fromAxis(motionToController, faultOf)},
	{Name: "cip.motion_service", Doc: "service asked of the first axis in its block, or answered, class << 8 | service", NamedTo: 1 << 16, Names: ServiceName, Num: fromAxis(0, serviceAsked)},
	{Name: "cip.motion_service_status", Doc: "how the first axis answers a service in its block", NamedTo: 1 << 10, Names: StatusName, Num: fromAxis(motionToController, serviceStatus)},
	{Name: "cip.motion_answer", Doc: "how the first axis answers a request", NamedTo: 1 << 10, Names: StatusName, Num: ofAxis(motionToController, func(a *axis) uint8 { return a.answer })},
	{Name: "cip.motion_control_mode", Doc: "what the packet's first axis is controlled by", Names: controlModeName, Num: ofAxis(0, func(a *axis) uint8 { return a.mode })},
	{Name: "cip.motion_request", Doc: "what the controller asks of the first axis", Names: axisRequestName, Num: ofAxis(motionToDevice, func(a *axis) uint8 { return a.request })},
	{Name: "cip.motion_response", Doc: "which request the first axis acknowledges", Names: axisRequestName, Num: ofAxis(motionToController, func(a *axis) uint8 { return a.request })},
	{Name: "cip.motion_state", Doc: "state of the first axis", Names: axisStateName, Num: ofAxis(motionToController, func(a *axis) uint8 { return a.state })},
}
