package ftp

import (
	"bytes"

	"otsensor/pkg/ot"
	"otsensor/pkg/protocols"
)

// The replies and commands that say where the data connection goes.
const (
	passive  = 32
	extended = 33
	port     = 31
	eport    = 34

	entersPassive  = 227
	entersExtended = 229
)

// transfer is a data connection that was agreed on: it counts what goes over it.
type transfer struct {
	opened bool
	bytes  uint64
}

func (x *transfer) Feed(_ ot.Dir, b []byte, _ *protocols.Emit) int {
	x.opened = true
	x.bytes += uint64(len(b))
	return len(b)
}

func (x *transfer) Lost(ot.Dir, *protocols.Emit) { x.opened = true }
func (x *transfer) Tick(int64, *protocols.Emit)  {}

// agreed notes that a side will be called at a port.
func (d *decoder) agreed(caller, called ot.Endpoint, at uint16, out *protocols.Emit) {
	if called.Port = at; at == 0 {
		return
	}
	d.data = &transfer{}
	out.Expect(caller, called, ot.ProtoFTP, d.data)
}

// listens reads a reply that says where the server waits.
func (d *decoder) listens(code uint32, line []byte, out *protocols.Emit) {
	_, rest, _ := bytes.Cut(line, []byte("("))
	at := uint16(0)
	switch code {
	case entersPassive:
		at = portOf(rest)
	case entersExtended:
		at = extendedPort(rest)
	}
	d.agreed(out.Conv.Client, out.Conv.Server, at, out)
}

// waits reads a command that says where the client waits.
func (d *decoder) waits(command uint32, argument []byte, out *protocols.Emit) {
	at := uint16(0)
	switch command {
	case port:
		at = portOf(argument)
	case eport:
		at = extendedPort(argument)
	default:
		return
	}
	d.agreed(out.Conv.Server, out.Conv.Client, at, out)
}

// portOf reads six numbers, an address and a port, RFC 959 §4.1.2.
func portOf(b []byte) uint16 {
	at := uint32(0)
	for range 6 {
		n, used := number(b)
		if used == 0 || n > 255 {
			return 0
		}
		at = at<<8 | n
		if b = b[used:]; len(b) > 0 && b[0] == ',' {
			b = b[1:]
		}
	}
	return uint16(at)
}

// extendedPort reads the port behind the third bar, RFC 2428.
func extendedPort(b []byte) uint16 {
	for range 3 {
		_, rest, found := bytes.Cut(b, []byte("|"))
		if !found {
			return 0
		}
		b = rest
	}
	n, _ := number(b)
	if n > 1<<16-1 {
		return 0
	}
	return uint16(n)
}

// number reads digits, and how many there are.
func number(b []byte) (n uint32, used int) {
	for used < len(b) && used < 6 && b[used] >= '0' && b[used] <= '9' {
		n, used = n*10+uint32(b[used]-'0'), used+1
	}
	return n, used
}
