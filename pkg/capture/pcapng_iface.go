package capture

import (
	"math"
	"math/bits"
)

// iface is one interface description of a section.
type iface struct {
	link    LinkType
	snaplen uint32 // largest value when unlimited
	perSec  uint64 // time units of a second, 0 when too fine to be read
	unit    uint64 // nanoseconds of a unit, 0 when that is no whole number
	shift   int64  // seconds added to every time
}

// undescribed stands for interfaces a section does not describe: nothing is guessed.
var undescribed = iface{link: LinkUnknown, snaplen: math.MaxUint32}

func (p *pcapng) iface(n uint32) *iface {
	if int64(n) < int64(len(p.ifaces)) {
		return &p.ifaces[n]
	}
	return &undescribed
}

// describe takes an interface description block: link type, reserved, snap length, options.
func (p *pcapng) describe(head, options []byte) {
	if len(p.ifaces) >= maxIfaces {
		return
	}
	in := iface{link: linkType(p.order.Uint16(head[8:])), snaplen: p.order.Uint32(head[12:]), perSec: 1e6}
	if in.snaplen == 0 {
		in.snaplen = math.MaxUint32
	}
	for o := options; len(o) >= 4; {
		code, n := p.order.Uint16(o), int(p.order.Uint16(o[2:]))
		if code == 0 || n > len(o)-4 {
			break
		}
		in.option(code, o[4:4+n], p.order)
		o = o[min(4+(n+3)&^3, len(o)):]
	}
	if in.shift == 0 && in.perSec > 0 && 1e9%in.perSec == 0 {
		in.unit = 1e9 / in.perSec
	}
	p.ifaces = append(p.ifaces, in)
}

// option takes one option of an interface description.
func (i *iface) option(code uint16, v []byte, order byteOrder) {
	switch {
	case code == 9 && len(v) == 1: // if_tsresol
		i.perSec = resolution(v[0])
	case code == 14 && len(v) == 8: // if_tsoffset
		i.shift = int64(order.Uint64(v))
	}
}

// resolution is how many units a second has: a negative power of ten, or of
// two when the top bit is set. 0 when the number of units does not fit 64 bits.
func resolution(v byte) uint64 {
	exp := v & 0x7f
	switch {
	case v&0x80 != 0 && exp <= 63:
		return 1 << exp
	case v&0x80 != 0 || exp > 19:
		return 0
	}
	n := uint64(1)
	for range exp {
		n *= 10
	}
	return n
}

// nanos is a time in units since 1970 as nanoseconds; false when that does not
// fit 64 bits, or the file does not say what a unit is.
func (i *iface) nanos(units uint64) (int64, bool) {
	if i.unit != 0 {
		hi, lo := bits.Mul64(units, i.unit)
		return int64(lo), hi == 0 && lo <= math.MaxInt64
	}
	if i.perSec == 0 {
		return 0, false
	}
	const limit = math.MaxInt64 / 1_000_000_000
	sec, rest := units/i.perSec, units%i.perSec
	if sec >= limit || i.shift >= limit || i.shift <= -limit || int64(sec)+i.shift >= limit {
		return 0, false
	}
	hi, lo := bits.Mul64(rest, 1e9)
	frac, _ := bits.Div64(hi, lo, i.perSec)
	return (int64(sec)+i.shift)*1e9 + int64(frac), true
}
