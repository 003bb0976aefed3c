package cip

import (
	"encoding/binary"
	"math"
	"strconv"

	"otsensor/pkg/ot"
	"otsensor/pkg/protocols"
)

// What the cyclic data of an axis hold, in the order of the bits that say so. A
// position is four or eight bytes, all others are floats of four. Of those that
// no list here names, the size is not known, and so not where what follows begins.
var (
	commandValues = []string{"position", "velocity", "acceleration", "torque"}
	actualValues  = []string{"position", "velocity", "acceleration"}
)

// statusParts follow the actual values, each if its bit is set.
var statusParts = []struct {
	name string
	size int
}{{"fault", 12}, {"alarm", 12}, {"status", 8}, {"I/O status", 8}, {"safety status", 12}}

const (
	positionType   = 0x0C // of the command control: 04 where a position is an integer, else it is a float of eight bytes
	positionNumber = 0x04
	feedbackType   = 0x30 // of the feedback information: 10 where a position has eight bytes
	feedbackLong   = 0x10
)

var eventTypes = stateCodes("registration_1_rising", "registration_1_falling", "registration_2_rising", "registration_2_falling",
	"marker_rising", "marker_falling", "home_rising", "home_falling", "home_marker_plus_plus", "home_marker_plus_minus", "home_marker_minus_plus", "home_marker_minus_minus")

var eventTypeName = protocols.NameTable(eventTypes)

// held says which values an axis is given, or has: their bits, their names, how
// long a position is and whether it is a float.
func (a *axis) held(format uint8) (set uint8, names []string, position int, float bool) {
	switch {
	case format == motionToDevice && a.control&positionType == positionNumber:
		return a.commands, commandValues, 4, false
	case format == motionToDevice:
		return a.commands, commandValues, 8, true
	case a.feedback&feedbackType == feedbackLong:
		return a.actuals, actualValues, 8, false
	}
	return a.actuals, actualValues, 4, false
}

// status is what stands behind the values, to the controller only.
func (a *axis) status(format uint8) []byte {
	set, names, at, _ := a.held(format)
	if format != motionToController || set>>len(names) != 0 {
		return nil
	}
	if set&1 == 0 {
		at = 0
	}
	for i := 1; i < len(names); i++ {
		at += 4 * int(set>>i&1)
	}
	return a.values[min(at, len(a.values)):]
}

// fault is type << 8 | code of the fault that an axis reports, 0 where it reports none.
func (a *axis) fault(format uint8) uint32 {
	if b := a.status(format); a.statuses&1 != 0 && len(b) >= statusParts[0].size {
		return uint32(b[0])<<8 | uint32(b[1])
	}
	return 0
}

// appendValues writes what an axis is given, or has.
func (a *axis) appendValues(dst []byte, format uint8) []byte {
	set, names, position, float := a.held(format)
	word := ", command "
	if format == motionToController {
		word = ", actual "
	}
	c := protocols.Read(a.values)
	for i, name := range names {
		if set>>i&1 == 0 {
			continue
		}
		size := 4
		if i == 0 {
			size = position
		}
		n := little(&c, size)
		if c.Short() {
			break
		}
		dst, word = append(append(append(dst, word...), name...), ' '), ", "
		switch {
		case i > 0:
			dst = strconv.AppendFloat(dst, float64(math.Float32frombits(uint32(n))), 'g', -1, 32)
		case float:
			dst = strconv.AppendFloat(dst, math.Float64frombits(n), 'g', -1, 64)
		default:
			dst = strconv.AppendInt(dst, int64(n)<<(64-8*size)>>(64-8*size), 10)
		}
	}
	return dst
}

// appendStatus writes faults and alarms, as type, code and sub-code, and status words.
func (a *axis) appendStatus(dst []byte, format uint8) []byte {
	c := protocols.Read(a.status(format))
	for bit, part := range statusParts {
		if a.statuses>>bit&1 == 0 || format != motionToController {
			continue
		}
		b := c.Bytes(part.size)
		if b == nil {
			break
		}
		dst = append(append(append(dst, ", "...), part.name...), ' ')
		if bit < 2 {
			for i, n := range b[:3] {
				if i > 0 {
					dst = append(dst, '.')
				}
				dst = strconv.AppendUint(dst, uint64(n), 10)
			}
			continue
		}
		dst = strconv.AppendUint(append(dst, "0x"...), uint64(binary.LittleEndian.Uint32(b)), 16)
		if part.size > 8 {
			dst = strconv.AppendUint(append(dst, ", safety state "...), uint64(b[8]), 10)
		}
	}
	return dst
}

// appendEvents writes the events that an axis reports, or that are acknowledged to it.
func (a *axis) appendEvents(dst []byte, format uint8) []byte {
	c := protocols.Read(a.event)
	for range c.U32LE() >> 28 & 7 {
		number, status := c.U8(), c.U8()
		if format == motionToDevice {
			if c.Short() {
				break
			}
			dst = strconv.AppendUint(append(dst, ", event acknowledged "...), uint64(number), 10)
			continue
		}
		kind := c.U8()
		c.Skip(1)
		position := int32(c.U32LE())
		c.Skip(8) // time
		if c.Short() {
			break
		}
		dst = strconv.AppendUint(append(dst, ", event "...), uint64(number), 10)
		dst = appendCode(append(dst, ' '), eventTypeName, kind)
		dst = strconv.AppendInt(append(dst, " at "...), int64(position), 10)
		if status != 0 {
			dst = appendCode(append(dst, ", "...), StatusName, status)
		}
	}
	return dst
}

// serviceName is the name of a service of the axis object.
func serviceName(code uint64) string { return ServiceName(classAxis<<8 | code&0x7F) }

// appendService writes the service in an axis's block.
func (a *axis) appendService(dst []byte, format uint8) []byte {
	if len(a.service) < 4 || a.service[1] == 0 {
		return dst
	}
	dst = appendCode(append(dst, ", service "...), serviceName, a.service[1])
	if format == motionToController {
		dst = appendCode(append(dst, ", "...), StatusName, a.service[2])
	}
	return dst
}

// ofAxis is a number of the first axis of a packet.
func ofAxis(format uint8, get func(a *axis) uint8) num {
	return fromAxis(format, func(a *axis, _ uint8) (uint64, bool) { return uint64(get(a)), true })
}

// fromAxis is one that not every packet has; format 0 is either direction.
func fromAxis(format uint8, get func(a *axis, format uint8) (uint64, bool)) num {
	return kinded(cyclic, func(t *ot.Transaction) (uint64, bool) {
		if !isMotion(t) {
			return 0, false
		}
		m, ok := readAxes(ioData(t))
		if !ok || format != 0 && m.format != format {
			return 0, false
		}
		a, _ := m.next()
		return get(&a, m.format)
	})
}

func faultOf(a *axis, format uint8) (uint64, bool) {
	n := a.fault(format)
	return uint64(n), n != 0
}

func serviceAsked(a *axis, _ uint8) (uint64, bool) {
	if len(a.service) < 4 || a.service[1] == 0 {
		return 0, false
	}
	return classAxis<<8 | uint64(a.service[1]&^replyBit), true
}

func serviceStatus(a *axis, _ uint8) (uint64, bool) {
	if len(a.service) < 4 || a.service[1] == 0 {
		return 0, false
	}
	return uint64(a.service[2]), true
}

// axesText says of every axis what controls it, what is asked of it, its state,
// values, faults, events and service.
func axesText(t *ot.Transaction) (dst []byte) {
	if kindOf(t) != cyclic || !isMotion(t) {
		return nil
	}
	m, ok := readAxes(ioData(t))
	for i := 0; ok && i < m.count && len(dst) < attributesCap; i++ {
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
		dst = a.appendStatus(a.appendValues(dst, m.format), m.format)
		dst = a.appendService(a.appendEvents(dst, m.format), m.format)
	}
	return dst
}

// command makes of a packet that asks an axis for something new an act of its
// own, which a baseline can know: of several axes the one with the highest request.
func command(t *ot.Transaction) {
	if !isMotion(t) || reasonOf(t) != IOAxis {
		return
	}
	m, ok := readAxes(ioData(t))
	if !ok || m.format != motionToDevice {
		return
	}
	var most axis
	for range m.count {
		if a, _ := m.next(); a.request > most.request {
			most = a
		}
	}
	if most.request != 0 {
		t.Op, t.Object = ot.OpMotion, ot.Object{Area: classAxis, Block: uint32(most.number), Addr: uint32(most.request), Len: 1}
	}
}
