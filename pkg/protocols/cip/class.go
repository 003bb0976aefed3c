package cip

import "otsensor/pkg/ot"

// Classes the decoder treats on their own.
const (
	classIdentity          = 0x01
	classMessageRouter     = 0x02
	classConnectionManager = 0x06
	classFile              = 0x37
	classAxis              = 0x42
	classModbus            = 0x44
	classProgramName       = 0x64
	classPCCC              = 0x67
	classSymbol            = 0x6B
	classTemplate          = 0x6C
	classTCPIP             = 0xF5
)

// class is an object class: its name, and what it means to read it, to write
// it, and to use a service of it that no table names.
type class struct {
	number             uint32
	name               string
	read, write, other ot.Op
	unverified         bool // vendor classes known from secondary sources
}

const (
	rd = ot.OpReadData
	wd = ot.OpWriteData
	cr = ot.OpConfigRead
	cw = ot.OpConfigWrite
	id = ot.OpIdentify
	dg = ot.OpDiagnostic
	sf = ot.OpSafety
	mo = ot.OpMotion
	au = ot.OpAuth
	un = ot.OpUnknown
)

var anyClass = class{read: cr, write: cw, other: un}

// classes are the public object classes (Volume 1, chapter 5) and the Logix ones.
var classes = []class{
	{number: 0x01, name: "Identity", read: id, write: cw, other: un},
	{number: 0x02, name: "Message Router", read: id, write: cw, other: un},
	{number: 0x03, name: "DeviceNet", read: cr, write: cw, other: un},
	{number: 0x04, name: "Assembly", read: rd, write: wd, other: un},
	{number: 0x05, name: "Connection", read: dg, write: cw, other: un},
	{number: 0x06, name: "Connection Manager", read: dg, write: cw, other: un},
	{number: 0x07, name: "Register", read: rd, write: wd, other: un},
	{number: 0x08, name: "Discrete Input Point", read: rd, write: wd, other: un},
	{number: 0x09, name: "Discrete Output Point", read: rd, write: wd, other: un},
	{number: 0x0A, name: "Analog Input Point", read: rd, write: wd, other: un},
	{number: 0x0B, name: "Analog Output Point", read: rd, write: wd, other: un},
	{number: 0x0E, name: "Presence Sensing", read: rd, write: wd, other: un},
	{number: 0x0F, name: "Parameter", read: cr, write: cw, other: un},
	{number: 0x10, name: "Parameter Group", read: cr, write: cw, other: un},
	{number: 0x12, name: "Group", read: rd, write: wd, other: un},
	{number: 0x1D, name: "Discrete Input Group", read: rd, write: wd, other: un},
	{number: 0x1E, name: "Discrete Output Group", read: rd, write: wd, other: un},
	{number: 0x1F, name: "Discrete Group", read: rd, write: wd, other: un},
	{number: 0x20, name: "Analog Input Group", read: rd, write: wd, other: un},
	{number: 0x21, name: "Analog Output Group", read: rd, write: wd, other: un},
	{number: 0x22, name: "Analog Group", read: rd, write: wd, other: un},
	{number: 0x23, name: "Position Sensor", read: rd, write: wd, other: un},
	{number: 0x24, name: "Position Controller Supervisor", read: rd, write: mo, other: mo},
	{number: 0x25, name: "Position Controller", read: rd, write: mo, other: mo},
	{number: 0x26, name: "Block Sequencer", read: rd, write: mo, other: mo},
	{number: 0x27, name: "Command Block", read: rd, write: mo, other: mo},
	{number: 0x28, name: "Motor Data", read: cr, write: cw, other: un},
	{number: 0x29, name: "Control Supervisor", read: rd, write: wd, other: un},
	{number: 0x2A, name: "AC/DC Drive", read: rd, write: wd, other: un},
	{number: 0x2B, name: "Acknowledge Handler", read: cr, write: cw, other: un},
	{number: 0x2C, name: "Overload", read: rd, write: wd, other: un},
	{number: 0x2D, name: "Softstart", read: rd, write: wd, other: un},
	{number: 0x2E, name: "Selection", read: rd, write: wd, other: un},
	{number: 0x30, name: "S-Device Supervisor", read: dg, write: cw, other: un},
	{number: 0x31, name: "S-Analog Sensor", read: rd, write: wd, other: un},
	{number: 0x32, name: "S-Analog Actuator", read: rd, write: wd, other: un},
	{number: 0x33, name: "S-Single Stage Controller", read: rd, write: wd, other: un},
	{number: 0x34, name: "S-Gas Calibration", read: cr, write: cw, other: un},
	{number: 0x35, name: "Trip Point", read: cr, write: cw, other: un},
	{number: 0x37, name: "File", read: ot.OpFile, write: ot.OpFile, other: ot.OpFile},
	{number: 0x38, name: "S-Partial Pressure", read: rd, write: wd, other: un},
	{number: 0x39, name: "Safety Supervisor", read: dg, write: sf, other: sf},
	{number: 0x3A, name: "Safety Validator", read: dg, write: sf, other: sf},
	{number: 0x3B, name: "Safety Discrete Output Point", read: rd, write: sf, other: sf},
	{number: 0x3C, name: "Safety Discrete Output Group", read: rd, write: sf, other: sf},
	{number: 0x3D, name: "Safety Discrete Input Point", read: rd, write: sf, other: sf},
	{number: 0x3E, name: "Safety Discrete Input Group", read: rd, write: sf, other: sf},
	{number: 0x3F, name: "Safety Dual Channel Output", read: rd, write: sf, other: sf},
	{number: 0x40, name: "S-Sensor Calibration", read: cr, write: cw, other: un},
	{number: 0x41, name: "Event Log", read: dg, write: cw, other: dg},
	{number: 0x42, name: "Motion Device Axis", read: rd, write: mo, other: mo},
	{number: 0x43, name: "Time Sync", read: cr, write: ot.OpTimeSet, other: un},
	{number: 0x44, name: "Modbus", read: cr, write: cw, other: un},
	{number: 0x45, name: "Originator Connection List", read: dg, write: cw, other: un},
	{number: 0x46, name: "Modbus Serial Link", read: cr, write: cw, other: un},
	{number: 0x47, name: "Device Level Ring", read: dg, write: cw, other: un},
	{number: 0x48, name: "QoS", read: cr, write: cw, other: un},
	{number: 0x49, name: "Safety Analog Input Point", read: rd, write: sf, other: sf},
	{number: 0x4A, name: "Safety Analog Input Group", read: rd, write: sf, other: sf},
	{number: 0x4B, name: "Safety Dual Channel Analog Input", read: rd, write: sf, other: sf},
	{number: 0x4C, name: "SERCOS III Link", read: cr, write: cw, other: un},
	{number: 0x4D, name: "Target Connection List", read: dg, write: cw, other: un},
	{number: 0x4E, name: "Base Energy", read: rd, write: cw, other: un},
	{number: 0x4F, name: "Electrical Energy", read: rd, write: cw, other: un},
	{number: 0x50, name: "Non-Electrical Energy", read: rd, write: cw, other: un},
	{number: 0x51, name: "Base Switch", read: cr, write: cw, other: un},
	{number: 0x52, name: "SNMP", read: cr, write: cw, other: un},
	{number: 0x53, name: "Power Management", read: cr, write: cw, other: un},
	{number: 0x54, name: "RSTP Bridge", read: cr, write: cw, other: un},
	{number: 0x55, name: "RSTP Port", read: cr, write: cw, other: un},
	{number: 0x56, name: "PRP/HSR Protocol", read: cr, write: cw, other: un},
	{number: 0x57, name: "PRP/HSR Nodes Table", read: dg, write: cw, other: un},
	{number: 0x58, name: "Safety Feedback", read: rd, write: sf, other: sf},
	{number: 0x59, name: "Safety Dual Channel Feedback", read: rd, write: sf, other: sf},
	{number: 0x5A, name: "Safety Stop Functions", read: dg, write: sf, other: sf},
	{number: 0x5B, name: "Safety Limit Functions", read: dg, write: sf, other: sf},
	{number: 0x5C, name: "Power Curtailment", read: cr, write: cw, other: un},
	{number: 0x5D, name: "CIP Security", read: cr, write: cw, other: cw},
	{number: 0x5E, name: "EtherNet/IP Security", read: cr, write: cw, other: cw},
	{number: 0x5F, name: "Certificate Management", read: cr, write: au, other: au},
	{number: 0x60, name: "Authority", read: cr, write: au, other: au},
	{number: 0x61, name: "Password Authenticator", read: cr, write: au, other: au},
	{number: 0x62, name: "Certificate Authenticator", read: cr, write: au, other: au},
	{number: 0x64, name: "Controller Name", read: id, write: cw, other: un, unverified: true},
	{number: 0x67, name: "PCCC", read: id, write: cw, other: un},
	{number: 0x68, name: "Program", read: id, write: cw, other: un, unverified: true},
	{number: 0x69, name: "I/O Module", read: id, write: cw, other: un, unverified: true},
	{number: 0x6A, name: "Routine", read: id, write: cw, other: un, unverified: true},
	{number: 0x6B, name: "Symbol", read: id, write: cw, other: un, unverified: true},
	{number: 0x6C, name: "Template", read: id, write: cw, other: un, unverified: true},
	{number: 0x8B, name: "Controller Clock", read: cr, write: ot.OpTimeSet, other: un, unverified: true},
	{number: 0x8D, name: "Message", read: cr, write: cw, other: un, unverified: true},
	{number: 0x8E, name: "Controller", read: id, write: cw, other: un, unverified: true},
	{number: 0x92, name: "DPI Device", read: cr, write: cw, other: un, unverified: true},
	{number: 0x93, name: "DPI Parameter", read: cr, write: cw, other: un, unverified: true},
	{number: 0x97, name: "DPI Fault", read: dg, write: cw, other: un, unverified: true},
	{number: 0xA1, name: "Non-Volatile Storage", read: id, write: ot.OpFirmware, other: ot.OpFirmware, unverified: true},
	{number: 0xAC, name: "Controller Changes", read: id, write: cw, other: un, unverified: true},
	{number: 0xB2, name: "Data Table Buffer", read: rd, write: cw, other: un, unverified: true},
	{number: 0xF0, name: "ControlNet", read: cr, write: cw, other: un},
	{number: 0xF1, name: "ControlNet Keeper", read: cr, write: cw, other: un},
	{number: 0xF2, name: "ControlNet Scheduling", read: cr, write: cw, other: un},
	{number: 0xF3, name: "Connection Configuration", read: cr, write: cw, other: un},
	{number: 0xF4, name: "Port", read: cr, write: cw, other: un},
	{number: 0xF5, name: "TCP/IP Interface", read: cr, write: cw, other: un},
	{number: 0xF6, name: "Ethernet Link", read: dg, write: cw, other: un},
	{number: 0xF7, name: "CompoNet", read: cr, write: cw, other: un},
	{number: 0xF8, name: "CompoNet Repeater", read: cr, write: cw, other: un},
	{number: 0xF9, name: "HART Master Port", read: cr, write: cw, other: un},
	{number: 0xFA, name: "I/O Aggregation", read: cr, write: cw, other: un},
	{number: 0x100, name: "Protection Trip", read: dg, write: cw, other: un},
	{number: 0x101, name: "Protection Alarm", read: dg, write: cw, other: un},
	{number: 0x102, name: "Circuit Breaker Supervisor", read: rd, write: wd, other: un},
	{number: 0x103, name: "Circuit Breaker Statistics", read: dg, write: cw, other: un},
	{number: 0x104, name: "Electrical Demand", read: rd, write: cw, other: un},
	{number: 0x105, name: "Electrical Statistics", read: rd, write: cw, other: un},
	{number: 0x106, name: "Machine Base Data", read: rd, write: cw, other: un},
	{number: 0x107, name: "HART Process Device", read: rd, write: cw, other: un},
	{number: 0x108, name: "Process Device Diagnostics", read: dg, write: cw, other: un},
	{number: 0x109, name: "LLDP Management", read: cr, write: cw, other: un},
	{number: 0x10A, name: "LLDP Data Table", read: id, write: cw, other: un},
	{number: 0x10B, name: "IO-Link Service Parameter", read: cr, write: cw, other: un},
	{number: 0x10C, name: "IO-Link Master PHY", read: cr, write: cw, other: un},
	{number: 0x10D, name: "IO-Link Device PHY", read: cr, write: cw, other: un},
	{number: 0x10E, name: "Pilot Light Supervisor", read: rd, write: wd, other: un},
	{number: 0x10F, name: "Select Line Link", read: cr, write: cw, other: un},
	{number: 0x110, name: "In-Cabinet Actual Topology", read: id, write: cw, other: un},
	{number: 0x111, name: "In-Cabinet Commissioning", read: cr, write: cw, other: un},
}

// classByNumber is indexed: a class is looked up for every service.
var classByNumber = func() (all []*class) {
	for i := range classes {
		n := int(classes[i].number)
		all = append(all, make([]*class, max(0, n+1-len(all)))...)
		all[n] = &classes[i]
	}
	return all
}()

// classOfNumber is nil for a class that no table names.
func classOfNumber(n uint32) *class {
	if int(n) < len(classByNumber) {
		return classByNumber[n]
	}
	return nil
}

// ClassName is the name of an object class, "" for one that no table names.
func ClassName(number uint64) string {
	if c := classOfNumber(uint32(min(number, AnyClass))); c != nil {
		return c.name
	}
	return ""
}
