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

	motionHead      = 8  // up to the times
	motionCount     = 4  // axes, in it
	motionTimes     = 7  // which times follow
	motionBlockHead = 8  // of an axis: its number, and sizes in words
	motionAxesMost  = 64 // of a packet
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

// axis is the cyclic block of one axis.
type axis struct {
	number  uint8
	mode    uint8 // what controls it
	request uint8 // asked of it, or acknowledged
	state   uint8 // to the controller: its state
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
	if size > len(m.b) || cyclic < 8 {
		return a, false
	}
	a.number = m.b[0]
	data := m.b[motionBlockHead:]
	a.mode, a.request = data[0], data[2]
	if m.format == motionToController {
		a.state = data[7]
	}
	m.b = m.b[size:]
	return a, true
}

// axisWord is what of all axes must not change unseen; 0 where the data are no motion data.
func axisWord(b []byte) (word uint64) {
	m, ok := readAxes(b)
	if !ok {
		return 0
	}
	for range m.count {
		a, _ := m.next()
		word = word*31 + uint64(a.mode)<<16 | uint64(a.request)<<8 | uint64(a.state)
	}
	return word<<1 | 1
}

// ofAxis is a number of the first axis of a packet.
func ofAxis(format uint8, get func(a *axis) uint8) num {
	return kinded(cyclic, func(t *ot.Transaction) (uint64, bool) {
		if !isMotion(t) {
			return 0, false
		}
		m, ok := readAxes(ioData(t))
		a, _ := m.next()
		return uint64(get(&a)), ok && (format == 0 || m.format == format)
	})
}

// axesText says of every axis what controls it, what is asked of it and its state.
func axesText(t *ot.Transaction) (dst []byte) {
	if kindOf(t) != cyclic || !isMotion(t) {
		return nil
	}
	m, ok := readAxes(ioData(t))
	for i := 0; ok && i < m.count; i++ {
		a, _ := m.next()
		if i > 0 {
			dst = append(dst, "; "...)
		}
		dst = append(strconv.AppendUint(dst, uint64(a.number), 10), ' ')
		dst = appendCode(append(dst, "control "...), controlModeName, a.mode)
		dst = appendCode(append(dst, ", request "...), axisRequestName, a.request)
		if m.format == motionToController {
			dst = appendCode(append(dst, ", state "...), axisStateName, a.state)
		}
	}
	return dst
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
