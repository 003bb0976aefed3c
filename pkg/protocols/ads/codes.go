package ads

import (
	"strconv"

	"otsensor/pkg/ot"
	"otsensor/pkg/protocols"
)

// The commands.
const (
	deviceInfo         = 1
	read               = 2
	write              = 3
	readState          = 4
	writeControl       = 5
	addNotification    = 6
	deleteNotification = 7
	notification       = 8
	readWrite          = 9
)

// row is one command.
type row struct {
	number uint32
	name   string
	op     ot.Op
	hear   bool // not seen on a capture
}

var commands = []row{
	{0, "invalid", ot.OpError, true},
	{deviceInfo, "read_device_info", ot.OpIdentify, false},
	{read, "read", ot.OpReadData, false},
	{write, "write", ot.OpWriteData, false},
	{readState, "read_state", ot.OpDiagnostic, false},
	{writeControl, "write_control", ot.OpModeChange, false},
	{addNotification, "add_notification", ot.OpSubscribe, false},
	{deleteNotification, "delete_notification", ot.OpSubscribe, false},
	{notification, "notification", ot.OpReadData, false},
	{readWrite, "read_write", ot.OpWriteData, false},
}

// groups are the index groups with a meaning of their own, with the verb of
// reading and of writing. What stands in no row is the application's.
var groups = []struct {
	from, to    uint32
	name        string
	read, write ot.Op
	named       bool // read-write carries the name of a symbol
}{
	{0x64, 0x64, "system_service", ot.OpConfigRead, ot.OpConfigWrite, false},
	{0x78, 0x85, "file", ot.OpFile, ot.OpFile, false},
	{0xc8, 0xc8, "registry", ot.OpConfigRead, ot.OpConfigWrite, false},
	{0x190, 0x190, "time", ot.OpDiagnostic, ot.OpTimeSet, false},
	{0x1f4, 0x1f4, "start_process", ot.OpModeChange, ot.OpModeChange, false},
	{0x2bc, 0x2bc, "system_information", ot.OpIdentify, ot.OpConfigWrite, false},
	{0x321, 0x323, "routes", ot.OpConfigRead, ot.OpConfigWrite, false},
	{0x4020, 0x4020, "memory_m", ot.OpReadData, ot.OpWriteData, false},
	{0x4021, 0x4021, "memory_m_bit", ot.OpReadData, ot.OpWriteData, false},
	{0x4040, 0x4040, "memory_data", ot.OpReadData, ot.OpWriteData, false},
	{0xf000, 0xf002, "symbol_table", ot.OpIdentify, ot.OpConfigWrite, false},
	{0xf003, 0xf003, "symbol_handle", ot.OpIdentify, ot.OpIdentify, true},
	{0xf004, 0xf004, "symbol_value_by_name", ot.OpReadData, ot.OpWriteData, true},
	{0xf005, 0xf005, "symbol_value_by_handle", ot.OpReadData, ot.OpWriteData, false},
	{0xf006, 0xf006, "symbol_release", ot.OpSession, ot.OpSession, false},
	{0xf007, 0xf009, "symbol_info", ot.OpIdentify, ot.OpIdentify, true},
	{0xf00b, 0xf00f, "symbol_upload", ot.OpIdentify, ot.OpIdentify, false},
	{0xf020, 0xf021, "inputs", ot.OpReadData, ot.OpForce, false},
	{0xf030, 0xf031, "outputs", ot.OpReadData, ot.OpForce, false},
	{0xf080, 0xf080, "sum_read", ot.OpReadData, ot.OpReadData, false},
	{0xf081, 0xf081, "sum_write", ot.OpWriteData, ot.OpWriteData, false},
	{0xf082, 0xf082, "sum_read_write", ot.OpWriteData, ot.OpWriteData, false},
	{0xf083, 0xf084, "sum_read_extended", ot.OpReadData, ot.OpReadData, false},
	{0xf085, 0xf086, "sum_notification", ot.OpSubscribe, ot.OpSubscribe, false},
	{0xf100, 0xf100, "device_data", ot.OpDiagnostic, ot.OpConfigWrite, false},
}

// The ADS states that mean a restart rather than a mode.
const (
	stateReset    = 2
	stateReconfig = 16
)

// adsStates: TwinCAT ADS, enumeration ADSSTATE.
var adsStates = []protocols.Code{
	{Number: 0, Name: "invalid"}, {Number: 1, Name: "idle"}, {Number: stateReset, Name: "reset"}, {Number: 3, Name: "init"}, {Number: 4, Name: "start"},
	{Number: 5, Name: "run"}, {Number: 6, Name: "stop"}, {Number: 7, Name: "save_config"}, {Number: 8, Name: "load_config"}, {Number: 9, Name: "power_failure"},
	{Number: 10, Name: "power_good"}, {Number: 11, Name: "error"}, {Number: 12, Name: "shutdown"}, {Number: 13, Name: "suspend"}, {Number: 14, Name: "resume"},
	{Number: 15, Name: "config"}, {Number: stateReconfig, Name: "reconfig"}, {Number: 17, Name: "stopping"}, {Number: 18, Name: "incompatible"}, {Number: 19, Name: "exception"},
}

// results are the return codes met most.
var results = []protocols.Code{
	{Number: 6, Name: "target_port_not_found"}, {Number: 7, Name: "target_machine_not_found"}, {Number: 8, Name: "unknown_command"},
	{Number: 0x700, Name: "device_error"}, {Number: 0x701, Name: "service_not_supported"}, {Number: 0x702, Name: "invalid_index_group"},
	{Number: 0x703, Name: "invalid_index_offset"}, {Number: 0x704, Name: "access_not_permitted"}, {Number: 0x705, Name: "invalid_size"},
	{Number: 0x706, Name: "invalid_data"}, {Number: 0x707, Name: "not_ready"}, {Number: 0x710, Name: "symbol_not_found"}, {Number: 0x712, Name: "invalid_state"},
}

var allCodes = codes()

func codes() (all []protocols.Code) {
	for _, r := range commands {
		all = append(all, protocols.Code{Number: r.number, Name: r.name, Op: r.op, Unverified: r.hear})
	}
	return append(all,
		protocols.Code{Number: routerInfo, Name: "router_info", Op: ot.OpIdentify},
		protocols.Code{Number: routerAdd, Name: "add_route", Op: ot.OpConfigWrite})
}

func find(number uint32) *row {
	for i := range commands {
		if commands[i].number == number {
			return &commands[i]
		}
	}
	return nil
}

// verb is the plant verb of a command on an index group.
func verb(t *ot.Transaction) ot.Op {
	if state := t.Arg[argState] &^ present; t.Code == writeControl && (state == stateReset || state == stateReconfig) {
		return ot.OpReset
	}
	for i := range groups {
		if g := &groups[i]; t.Object.Area >= g.from && t.Object.Area <= g.to {
			switch {
			case t.Code == read || t.Code == readWrite && g.named:
				return g.read
			case t.Code == write || t.Code == readWrite:
				return g.write
			}
		}
	}
	return t.Op
}

// named reports a group whose read-write carries the name of a symbol.
func named(group uint32) bool {
	for i := range groups {
		if g := &groups[i]; group >= g.from && group <= g.to {
			return g.named
		}
	}
	return false
}

func groupName(n uint64) string {
	for i := range groups {
		if g := &groups[i]; n >= uint64(g.from) && n <= uint64(g.to) {
			return g.name
		}
	}
	return ""
}

// identify reads name and version of a device.
func identify(t *ot.Transaction, dir ot.Dir, c protocols.Cursor, out *protocols.Emit) {
	major, minor, build, name := c.U8(), c.U8(), c.U16LE(), c.Bytes(16)
	if c.Short() {
		return
	}
	id := ot.Identity{Of: out.Conv.Server.Host(), Source: "ADS device info"}
	if dir == ot.ToServer {
		id.Of = out.Conv.Client.Host()
	}
	id.Behind = "AMS port " + strconv.FormatUint(uint64(t.Unit), 10)
	id.Facts[ot.FactVendor] = "Beckhoff"
	id.Facts[ot.FactProduct] = ot.CleanString(name, len(name))
	id.Facts[ot.FactFirmware] = version(major, minor, build)
	out.Identified(id)
}
