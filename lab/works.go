package main

import (
	"fmt"
	"net/netip"
	"time"

	"otsensor/pkg/journal"
)

// approve writes the decision about planned work, a day before.
func (l *lab) approve(d *deed, who *host, at time.Time) {
	address := func(h *host) netip.Addr { a, _ := netip.AddrFromSlice(h.ip); return a }
	l.windows = append(l.windows, journal.Entry{
		At: at.Add(-24 * time.Hour), By: "change board", Do: "window", Why: d.name, Ticket: d.ticket,
		Source: []netip.Addr{address(who)}, Hosts: []netip.Addr{address(d.on(&l.cast))}, Ops: d.ops,
		From: at.Add(-10 * time.Minute), Until: at.Add(d.lasts + 10*time.Minute),
	})
	if d.accepts == "" {
		return
	}
	for _, e := range []journal.Entry{{Hosts: []netip.Addr{address(d.on(&l.cast))}}, {Source: []netip.Addr{address(d.on(&l.cast))}}} {
		e.At, e.By, e.Do, e.Why, e.Rule, e.Until = at, "change board", "accept", d.name, d.accepts, l.end
		l.windows = append(l.windows, e)
	}
}

// works are planned: each has a ticket in the journal.
func works() []deed {
	down := []phase{idle, changeover, cleaning}
	return []deed{
		{name: "a block of the filler's program is changed", ticket: "CHG-101", by: engineering, on: filler, phases: down, lasts: 10 * time.Minute,
			do: func(s *script, who *host) {
				c := s.s7(who, s.filler, 1, s.plant.filler)
				c.ready(s)
				c.list(s, 0x0424, 0, modeList)
				c.upload(s, 1, 3)
				c.settle(s)
				s.wait(s.between(time.Minute, 3*time.Minute))
				c.stop(s)
				c.download(s, 1, block(200))
				c.settle(s)
				s.wait(s.between(20*time.Second, time.Minute))
				c.restart(s)
				c.close(s)
			}},
		{name: "the cartoner's program is changed", ticket: "CHG-102", by: engineering, on: cartoner, phases: down, lasts: 10 * time.Minute,
			do: func(s *script, who *host) {
				e := s.enip(who, s.cartoner, s.plant.cartoner)
				e.who(s)
				e.cip(s, 0x07, octets("208e 2401"), nil, 0, nil)
				e.settle(s)
				s.wait(time.Minute)
				logixDownload(s, e)
				e.cip(s, 0x06, octets("208e 2401"), nil, 0, nil)
				e.close(s)
			}},
		{name: "the clock of the filler is corrected", ticket: "CHG-103", by: engineering, on: filler, lasts: 5 * time.Minute,
			do: func(s *script, who *host) {
				c := s.s7(who, s.filler, 1, s.plant.filler)
				c.ready(s)
				setClock(s, c, s.now)
				c.close(s)
			}},
		{name: "a new product is made for the first time", ticket: "CHG-104", by: hmi, on: filler, phases: []phase{changeover}, lasts: 10 * time.Minute, ops: []string{"write-data"},
			do: func(s *script, who *host) { s.loadRecipe(s, newProduct) }},
		{name: "the firmware of the air handling unit is renewed", ticket: "CHG-105", by: engineering, on: air, phases: down, accepts: "AST-08", lasts: 15 * time.Minute,
			do: func(s *script, who *host) {
				m := s.modbus(who, s.air, s.plant.air)
				m.identity(s)
				fileRecords(s, m, 40)
				m.close(s)
				s.plant.air.product[2] = "V1.7"
			}},
		{name: "the program of the filler is saved", ticket: "CHG-106", by: engineering, on: filler, lasts: 10 * time.Minute,
			do: func(s *script, who *host) {
				c := s.s7(who, s.filler, 1, s.plant.filler)
				c.ready(s)
				for n := 1; n < 8; n++ {
					c.upload(s, n, 2+n%3)
				}
				c.close(s)
			}},
		{name: "the vendor looks at the engineering station from afar", ticket: "CHG-107", by: vendor, on: engineering, lasts: 30 * time.Minute,
			do: func(s *script, who *host) { rdp(s, who, s.engineering, 15*time.Minute) }},
		{name: "the controller of room pressure is replaced", ticket: "CHG-108", by: pressure, on: pressure, phases: []phase{idle}, accepts: "AST-02", lasts: 20 * time.Minute,
			do: func(s *script, who *host) {
				s.pressure.out = append(s.pressure.out, outage{s.now, s.now.Add(8 * time.Minute), true})
				s.wait(8*time.Minute + time.Second)
				s.pressure.mac = append(s.pressure.mac[:5:5], 0x77)
				s.arp(1, s.pressure, s.pressure.ip, broadcast, s.pressure.ip)
			}},
	}
}

// block is the body of an S7 data block with its header (0x7070).
func block(n int) []byte {
	b := make([]byte, n)
	copy(b, octets("7070 0101 050a 0001 0000"))
	be.PutUint16(b[10:], uint16(n))
	return b
}

// logixDownload begins a download (class 0xAC), creates a program and a routine, and writes the routine.
func logixDownload(s *script, e *enip) {
	e.cip(s, 0x08, octets("20ac 2400"), octets("0100"), 0, octets("0100"))
	e.cip(s, 0x08, octets("2068 2400"), octets("0400 4d61696e"), 0, octets("0100"))
	e.cip(s, 0x08, octets("206a 2400"), octets("0400 4d61696e"), 0, octets("0100"))
	e.settle(s)
	for range 6 {
		e.cip(s, 0x50, octets("206a 2401"), octets("0000 1000 00112233445566778899aabbccddeeff"), 0, nil)
		s.pause(30 * time.Millisecond)
	}
	e.settle(s)
}

// setClock sets the clock of a controller (userdata 7/2) to a time, in BCD with the weekday last.
func setClock(s *script, c *s7, t time.Time) bool {
	return c.user(s, 7, 2, fmt.Sprintf("0019%s%03d%d", t.Format("060102150405"), t.Nanosecond()/1e6, 1+int(t.Weekday())), 0, "")
}

// fileRecords writes records of file 1 one after the other (function 21), as a loader moves an image.
func fileRecords(s *script, m *modbus, n int) {
	for i := range n {
		b := octets("15 27 06 0001")
		b = be.AppendUint16(b, uint16(16*i))
		b = be.AppendUint16(b, 16)
		for j := range 32 {
			b = append(b, byte(i+3*j))
		}
		m.ask(s, b, b)
		s.pause(20 * time.Millisecond)
	}
	m.settle(s)
}
