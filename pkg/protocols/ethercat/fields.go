package ethercat

import (
	"strconv"

	"otsensor/pkg/ot"
	"otsensor/pkg/protocols"
)

// doings are the codes that are no command of their own.
var doings = []protocols.Code{
	{Number: logicalBoth, Name: "process_data", Op: ot.OpIOCyclic},
	{Number: Control, Name: "state_request", Op: ot.OpModeChange},
	{Number: Status, Name: "state", Op: ot.OpDiagnostic},
	{Number: Station, Name: "set_station_address", Op: ot.OpConfigWrite},
	{Number: EEPROM, Name: "eeprom_write", Op: ot.OpConfigWrite, Unverified: true},
	{Number: Mailbox | mailboxCoE<<8 | sdoDownload, Name: "sdo_download", Op: ot.OpConfigWrite},
	{Number: Mailbox | mailboxCoE<<8 | sdoUpload, Name: "sdo_upload", Op: ot.OpConfigRead, Unverified: true},
	{Number: Mailbox | mailboxCoE<<8 | sdoAbort, Name: "sdo_abort", Op: ot.OpError, Unverified: true},
	{Number: Mailbox | mailboxFoE<<8 | foeRead, Name: "file_read", Op: ot.OpFile, Unverified: true},
	{Number: Mailbox | mailboxFoE<<8 | foeWrite, Name: "file_write", Op: ot.OpFirmware, Unverified: true},
	{Number: Mailbox | mailboxFoE<<8 | foeError, Name: "file_error", Op: ot.OpError, Unverified: true},
}

// states of a device, ETG.1000.6 §6.4.1.
var states = []protocols.Code{{Number: 1, Name: "init"}, {Number: 2, Name: "pre_operational"}, {Number: 3, Name: "bootstrap"},
	{Number: 4, Name: "safe_operational"}, {Number: 8, Name: "operational"}}

var (
	codeName  = protocols.NameTable(doings)
	stateName = protocols.NameTable(states)
)

var fields = []protocols.Field{
	{Name: "ethercat.command", Doc: "what was done: command, 256 + register act, 4096 + mailbox service", Names: codeName,
		Num: func(t *ot.Transaction) (uint64, bool) { return uint64(t.Code), true }},
	{Name: "ethercat.device", Doc: "address of the device, 0-65535", Num: func(t *ot.Transaction) (uint64, bool) { return uint64(t.Unit), t.Code != logicalBoth }},
	{Name: "ethercat.state", Doc: "state asked for, or said", Names: stateName, Num: marked(argState)},
	{Name: "ethercat.fault", Doc: "1 where the device reports a fault", Num: func(t *ot.Transaction) (uint64, bool) {
		return uint64(t.Arg[argFault]), t.Code == Status
	}},
	{Name: "ethercat.index", Doc: "index of an object", Num: func(t *ot.Transaction) (uint64, bool) { return uint64(t.Object.Area), t.Object.Len > 0 }},
	{Name: "ethercat.subindex", Doc: "subindex of an object", Num: func(t *ot.Transaction) (uint64, bool) { return uint64(t.Object.Block), t.Object.Len > 0 }},
	{Name: "ethercat.abort", Doc: "code of an abort", Num: func(t *ot.Transaction) (uint64, bool) { return uint64(t.StatusCode), t.StatusCode != 0 }},
	{Name: "ethercat.file", Doc: "name of a file", Text: func(t *ot.Transaction) []byte { return t.Name }},
	{Name: "ethercat.working_counter", Doc: "devices that took part in process data, counted by command; 0 on the way out", Num: marked(argWork)},
	{Name: "ethercat.packets", Doc: "frames of process data since the last transaction", Num: marked(argSeen)},
}

func marked(i int) func(*ot.Transaction) (uint64, bool) {
	return func(t *ot.Transaction) (uint64, bool) { return uint64(t.Arg[i] &^ present), t.Arg[i]&present != 0 }
}

// describe says what was touched: "device 1001", "object 6040:0 of device 1001".
func describe(t *ot.Transaction, dst []byte) []byte {
	if t.Code == logicalBoth {
		return append(dst, "process data"...)
	}
	if t.Object.Len > 0 {
		dst = strconv.AppendUint(append(dst, "object "...), uint64(t.Object.Area), 16)
		dst = append(strconv.AppendUint(append(dst, ':'), uint64(t.Object.Block), 16), " of "...)
	}
	if len(t.Name) > 0 {
		dst = append(append(dst, t.Name...), " of "...)
	}
	return strconv.AppendUint(append(dst, "device "...), uint64(t.Unit), 10)
}
