package cip

import (
	"strconv"

	"otsensor/pkg/ot"
	"otsensor/pkg/protocols"
)

// Motion I/O (Volume 9): packets between a controller and the axes of a drive
// begin with their format, its revision, an update id and the node's bits. In
// the variable formats a head follows, and for each axis a block.
var motionFormats = []protocols.Code{
	{Number: 2, Name: "fixed_to_device"},
	{Number: 3, Name: "fixed_to_controller"},
	{Number: motionToDevice, Name: "variable_to_device"},
	{Number: motionToController, Name: "variable_to_controller"},
}

const (
	motionToDevice     = 6
	motionToController = 7

	motionHead       = 8  // up to the times
	motionCount      = 4  // axes, in it
	motionFaults     = 5  // of the node, to the controller; else the update id that arrived last
	motionTimes      = 7  // which times follow
	motionBlockHead  = 8  // of an axis: its number, and sizes in words
	motionCyclicHead = 8  // of its cyclic data, up to the values
	motionAxesMost   = 64 // of a packet
)

var motionFormatName = protocols.NameTable(motionFormats)

// axisRequests are what a controller asks of an axis, and the axis acknowledges.
var axisRequests = append(stateCodes("none", "enable", "disable", "shutdown", "shutdown_reset", "abort", "fault_reset", "stop_process", "change_actual_position", "change_command_position"),
	protocols.Code{Number: 127, Name: "cancel"})

// ofMotionIO is a byte of the head of motion data, which only a Forward Open
// to an axis tells from other data.
func ofMotionIO(at int) num {
	return kinded(cyclic, func(t *ot.Transaction) (uint64, bool) {
		b := ioData(t)
		if !isMotion(t) || len(b) <= at || motionFormatName(uint64(b[0])) == "" {
			return 0, false
		}
		return uint64(b[at]), true
	})
}

func isMotion(t *ot.Transaction) bool {
	return t.Arg[argRoute]&ioJoined != 0 && t.Arg[argRoute]&ioMotion != 0
}

// axis is the block of one axis.
type axis struct {
	number  uint8
	mode    uint8 // what controls it
	request uint8 // asked of it, or acknowledged
	answer  uint8 // to the controller: status of what was asked; else bits of the controller's state
	state   uint8 // to the controller: its state

	feedback, commands, actuals, statuses, control uint8 // which values the cyclic data hold, and in which form

	values, event, service []byte // views: behind the cyclic head; the other blocks
}

// axes walks the blocks of a packet of a variable format.
type axes struct {
	format uint8
	count  int
	b      []byte
}

// readAxes is false where the data are not of a variable format, to the byte.
func readAxes(b []byte) (m axes, ok bool) {
	if len(b) < motionHead || b[0] != motionToDevice && b[0] != motionToController {
		return m, false
	}
	head := motionHead
	for bit, size := range [...]int{8, 8, 4, 16} { // time stamp, offset, and of the device diagnostics
		if b[motionTimes]>>bit&1 == 1 && (bit < 2 || b[0] == motionToController) {
			head += size
		}
	}
	if m = (axes{b[0], int(b[motionCount]), b[min(head, len(b)):]}); m.count == 0 || m.count > motionAxesMost {
		return m, false
	}
	whole := m
	for range m.count {
		if _, ok := whole.next(); !ok {
			return m, false
		}
	}
	return m, len(whole.b) < 4
}

func (m *axes) next() (a axis, ok bool) {
	if len(m.b) < motionBlockHead {
		return a, false
	}
	size, cyclic := motionBlockHead, 4*int(m.b[4])
	for _, words := range m.b[4:8] { // cyclic data, cyclic attributes, events, service
		size += 4 * int(words)
	}
	if size > len(m.b) || cyclic < motionCyclicHead {
		return a, false
	}
	data := m.b[motionBlockHead:size]
	a = axis{number: m.b[0], mode: data[0], feedback: data[1], request: data[2], answer: data[3],
		commands: data[4], actuals: data[5], statuses: data[6], control: data[7], values: data[motionCyclicHead:cyclic]}
	if m.format == motionToController {
		a.state, a.control = data[7], 0
	}
	data = data[cyclic+4*int(m.b[5]):]
	events := 4 * int(m.b[6])
	a.event, a.service = data[:events], data[events:]
	m.b = m.b[size:]
	return a, true
}

// axisWord is what of all axes must not change unseen: control mode, request,
// state, fault and service; 0 where the data are no motion data.
func axisWord(b []byte) (word uint64) {
	m, ok := readAxes(b)
	if !ok {
		return 0
	}
	sum := uint32(fnvOffset)
	for range m.count {
		a, _ := m.next()
		fault := a.fault(m.format)
		sum = fnv32(sum, []byte{a.mode, a.request, a.state, byte(fault >> 8), byte(fault)})
		sum = fnv32(sum, a.service[:min(len(a.service), 2)])
	}
	return uint64(sum)<<1 | 1
}

var (
	controlModeName = protocols.NameTable(controlModes)
	axisRequestName = protocols.NameTable(axisRequests)
	axisStateName   = protocols.NameTable(axisStates)
)

// appendCode writes the name of a number, or the number.
func appendCode(dst []byte, names func(uint64) string, n uint8) []byte {
	if name := names(uint64(n)); name != "" {
		return append(dst, name...)
	}
	return strconv.AppendUint(dst, uint64(n), 10)
}
