package modbus

import (
	"strconv"

	"otsensor/pkg/ot"
	"otsensor/pkg/protocols"
)

// valuesShown is how many points modbus.values lists.
const valuesShown = 32

func fields() []protocols.Field {
	return []protocols.Field{
		{Name: "modbus.framing", Doc: "how the PDU is wrapped: 1 tcp (MBAP header), 2 rtu, 3 ascii", Num: framingOf, Names: names(framingNames)},
		{Name: "modbus.transaction", Doc: "transaction id of the MBAP header, 0..65535; absent in serial framings", Num: transactionID},
		{Name: "modbus.unit", Doc: "unit id: 0 broadcast, 1..247 devices, 248..254 reserved, 255 the server itself", Num: unitID, Names: unitNames},
		{Name: "modbus.function", Doc: "function code, 0..255", ByCode: true, Num: function, Names: names(functions)},
		{Name: "modbus.subfunction", Doc: "sub-function of diagnostics (function 8), 0..65535", ByCode: true, Num: subCode(diagnostics), Names: names(diagnosticSubs)},
		{Name: "modbus.mei", Doc: "type of the encapsulated interface (function 43), 0..255", ByCode: true, Num: subCode(encapsulated), Names: names(meiTypes)},
		{Name: "modbus.umas", Doc: "UMAS code (function 90), 0..255", ByCode: true, Num: subCode(umas), Names: names(umasCodes)},
		{Name: "modbus.umas_session", Doc: "UMAS session byte, 0 without a reservation", Num: argOf(argA, umas)},
		{Name: "modbus.umas_block", Doc: "block of the controller's memory that is read or written over UMAS, 0..65535", Num: inMemory(func(o *ot.Object) uint32 { return o.Block })},
		{Name: "modbus.umas_offset", Doc: "first byte of the block", Num: inMemory(func(o *ot.Object) uint32 { return o.Addr })},
		{Name: "modbus.umas_bytes", Doc: "bytes read or written over UMAS, or of a piece of the program", Num: umasBytes},
		{Name: "modbus.umas_piece", Doc: "number of the piece of the program that is moved; at the end how many they were", Num: umasArg(umasPutPiece, umasGetPiece, umasPutEnd, umasGetEnd)},
		{Name: "modbus.umas_items", Doc: "variables read or written, or orders to the monitor, 0..255", Num: umasArg(umasReadVariables, umasWriteVariables, umasMonitor)},
		{Name: "modbus.umas_project", Doc: "check sum of the project whose variables are read or written", Num: umasProject},
		{Name: "modbus.umas_record", Doc: "kind of names asked for", Num: umasArg(umasNames), NamedTo: 1 << 16, Names: names(umasRecords)},
		{Name: "modbus.umas_state", Doc: "state of the controller", Num: umasArg(umasStatus), Names: names(umasStates)},
		{Name: "modbus.umas_client", Doc: "name that whoever takes the reservation gives", Text: umasClient},
		{Name: "modbus.exception", Doc: "exception code of a refusal, 0..255", Num: exception, Names: exceptionName},
		{Name: "modbus.table", Doc: "what was touched: 1 coils, 2 discrete inputs, 3 input registers, 4 holding registers, 5 file, 6 fifo, 7 identity, 8 CANopen object, 9 controller memory", Num: table, Names: names(areaNames)},
		{Name: "modbus.address", Doc: "first address touched, zero-based, 0..65535", Num: address},
		{Name: "modbus.quantity", Doc: "how many coils or registers were touched, 0..65535", Num: quantity},
		{Name: "modbus.values", Doc: "values read or written, decimal, separated by commas; at most 32", Text: values},
		{Name: "modbus.and_mask", Doc: "AND mask of mask write register, 0..65535", Num: argOf(argA, maskWrite)},
		{Name: "modbus.or_mask", Doc: "OR mask of mask write register, 0..65535", Num: argOf(argB, maskWrite)},
		{Name: "modbus.file", Doc: "file number, 1..65535", Num: inFile(func(o *ot.Object) uint32 { return o.Block })},
		{Name: "modbus.record", Doc: "first record of the file, 0..9999", Num: inFile(func(o *ot.Object) uint32 { return o.Addr })},
		{Name: "modbus.record_length", Doc: "registers of the file touched", Num: inFile(func(o *ot.Object) uint32 { return o.Len })},
		{Name: "modbus.fifo_count", Doc: "registers waiting in the queue, 0..31", Num: answeredArg(argA, 0xFFFF, readFIFO)},
		{Name: "modbus.diagnostic_data", Doc: "data word of a diagnostics request, 0..65535", Num: argOf(argA, diagnostics)},
		{Name: "modbus.event_status", Doc: "status word of event counter and event log: 0 ready, 65535 busy", Num: answeredArg(argA, 0xFFFF, eventCounter, eventLog)},
		{Name: "modbus.event_count", Doc: "event counter, 0..65535", Num: answeredArg(argB, 0xFFFF, eventCounter, eventLog)},
		{Name: "modbus.message_count", Doc: "message counter of the event log, 0..65535", Num: answeredArg(argC, 0xFFFF, eventLog)},
		{Name: "modbus.server_id", Doc: "first byte of the server id, 0..255", Num: answeredArg(argA, 0xFF, serverID)},
		{Name: "modbus.run_indicator", Doc: "run indicator of the server id: 0 off, 255 on", Num: runIndicator, Names: names(runNames)},
		{Name: "modbus.read_code", Doc: "device identification asked for: 1 basic, 2 regular, 3 extended, 4 one object", Names: names(readCodes), Num: deviceArg(argA)},
		{Name: "modbus.object_id", Doc: "first object of the device identification asked for, 0..255", Names: objectNames, Num: deviceArg(argB)},
		{Name: "modbus.conformity", Doc: "conformity level of the device identification, 1..3, 129..131", Names: names(conformities), Num: answeredDevice(8)},
		{Name: "modbus.canopen_node", Doc: "CANopen node of an object read or written behind function 43, 0..255", Num: canopenOf(func(o *ot.Object) uint32 { return o.Block })},
		{Name: "modbus.canopen_index", Doc: "index of the CANopen object, 0..65535", Num: canopenOf(func(o *ot.Object) uint32 { return o.Addr >> 8 })},
		{Name: "modbus.canopen_subindex", Doc: "sub-index of the CANopen object, 0..255", Num: canopenOf(func(o *ot.Object) uint32 { return o.Addr & 0xFF })},
		{Name: "modbus.more_follows", Doc: "255 when further objects follow in another answer, else 0", Num: answeredDevice(0)},
	}
}

// A getter gives a field's number and whether the transaction has it.
type getter = func(t *ot.Transaction) (n uint64, present bool)

var (
	framingNames = []row{{uint16(mbap), "tcp", 0, false}, {uint16(rtu), "rtu", 0, false}, {uint16(ascii), "ascii", 0, false}}
	readCodes    = []row{{1, "basic", 0, false}, {2, "regular", 0, false}, {3, "extended", 0, false}, {4, "one_object", 0, false}}
	conformities = []row{
		{1, "basic_stream", 0, false}, {2, "regular_stream", 0, false}, {3, "extended_stream", 0, false},
		{0x81, "basic_single", 0, false}, {0x82, "regular_single", 0, false}, {0x83, "extended_single", 0, false},
	}
	deviceObjects = []row{
		{0, "vendor_name", 0, false}, {1, "product_code", 0, false}, {2, "revision", 0, false}, {3, "vendor_url", 0, false},
		{4, "product_name", 0, false}, {5, "model_name", 0, false}, {6, "application_name", 0, false},
	}
	runNames  = []row{{0, "off", 0, false}, {0xFF, "on", 0, false}}
	areaNames = []row{
		{uint16(AreaCoil), "coil", 0, false}, {uint16(AreaDiscrete), "discrete_input", 0, false},
		{uint16(AreaInput), "input_register", 0, false}, {uint16(AreaHolding), "holding_register", 0, false},
		{uint16(AreaFile), "file", 0, false}, {uint16(AreaFIFO), "fifo", 0, false}, {uint16(AreaIdentity), "identity", 0, false},
		{uint16(AreaCANopen), "canopen_object", 0, false}, {uint16(AreaMemory), "controller_memory", 0, false},
	}
)

// names looks numbers up in a code table.
func names(rows []row) func(uint64) string {
	codes := make([]protocols.Code, len(rows))
	for i := range rows {
		codes[i] = protocols.Code{Number: uint32(rows[i].number), Name: rows[i].name}
	}
	return protocols.NameTable(codes)
}

var exceptionName = protocols.NameTable(exceptions)

// unitNames names the units that are no devices (TCP §4.4.2.3, SL §2.2).
func unitNames(n uint64) string {
	switch {
	case n == 0:
		return "broadcast"
	case n == 255:
		return "server"
	case n > 247 && n < 255:
		return "reserved"
	}
	return ""
}

// objectNames names the objects of a device identification; others are reserved
// or the vendor's own (AP §6.21).
func objectNames(n uint64) string {
	switch {
	case n < uint64(len(deviceObjects)):
		return deviceObjects[n].name
	case n < 0x80:
		return "reserved"
	case n <= 0xFF:
		return "private"
	}
	return ""
}

func framingOf(t *ot.Transaction) (uint64, bool) { return uint64(t.Arg[argFraming]), true }
func unitID(t *ot.Transaction) (uint64, bool)    { return uint64(t.Unit), true }
func function(t *ot.Transaction) (uint64, bool)  { return uint64(functionOf(t.Code)), true }
func exception(t *ot.Transaction) (uint64, bool) { return uint64(t.StatusCode), t.StatusCode != 0 }
func table(t *ot.Transaction) (uint64, bool)     { return uint64(t.Object.Area), t.Object.Area != AreaNone }
func address(t *ot.Transaction) (uint64, bool)   { return uint64(t.Object.Addr), addressed(t) }
func quantity(t *ot.Transaction) (uint64, bool)  { return uint64(t.Object.Len), addressed(t) }

func transactionID(t *ot.Transaction) (uint64, bool) {
	return uint64(t.Arg[argTransaction]), t.Arg[argFraming] == uint32(mbap)
}

// addressed reports an object with a data address. An answer without its
// request tells none, which Len 0 says; a request for nothing was asked.
func addressed(t *ot.Transaction) bool {
	return t.Object.Area >= AreaCoil && t.Object.Area <= AreaHolding && (t.Object.Len != 0 || t.Asked != 0)
}

func subCode(of uint8) getter {
	return func(t *ot.Transaction) (uint64, bool) {
		sub, present := subOf(t.Code)
		return uint64(sub), present && functionOf(t.Code) == of
	}
}

func argOf(arg int, of uint8) getter {
	return func(t *ot.Transaction) (uint64, bool) { return uint64(t.Arg[arg]), functionOf(t.Code) == of }
}

// accepted reports a transaction whose answer was seen and gives data.
func accepted(t *ot.Transaction) bool { return t.Answered != 0 && t.StatusCode == 0 }

func answeredArg(arg int, mask uint32, of ...uint8) getter {
	return func(t *ot.Transaction) (uint64, bool) {
		for _, f := range of {
			if functionOf(t.Code) == f {
				return uint64(t.Arg[arg] & mask), accepted(t)
			}
		}
		return 0, false
	}
}

func runIndicator(t *ot.Transaction) (uint64, bool) {
	run := t.Arg[argB]
	return uint64(run & 0xFF), functionOf(t.Code) == serverID && accepted(t) && run&runPresent != 0
}

func deviceArg(arg int) getter {
	return func(t *ot.Transaction) (uint64, bool) {
		return uint64(t.Arg[arg]), t.Code == withSub(encapsulated, meiDevice)
	}
}

func answeredDevice(shift uint) getter {
	return func(t *ot.Transaction) (uint64, bool) {
		return uint64(t.Arg[argC] >> shift & 0xFF), t.Code == withSub(encapsulated, meiDevice) && accepted(t)
	}
}

func inFile(of func(*ot.Object) uint32) getter {
	return func(t *ot.Transaction) (uint64, bool) {
		return uint64(of(&t.Object)), t.Object.Area == AreaFile && t.Object.Len != 0
	}
}

func values(t *ot.Transaction) []byte {
	n := t.Points()
	if n == 0 {
		return nil
	}
	text := make([]byte, 0, 4*valuesShown)
	for i := range min(n, valuesShown) {
		if i > 0 {
			text = append(text, ',')
		}
		text = strconv.AppendUint(text, uint64(t.Point(i)), 10)
	}
	return text
}
