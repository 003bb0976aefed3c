package main

import (
	"fmt"
	"net"
	"time"
)

// beyond are attacks that cross the border of the cell, or move within it (OT-10, OT-12, OT-13).
func beyond() []deed {
	return []deed{
		{name: "files copied from the HMI to the engineering station", kind: "OT-10", by: hmi, on: engineering, lasts: 5 * time.Minute,
			do: func(s *script, who *host) { share(s, who, s.engineering, 40) }},
		{name: "files copied from a laptop to HMI and historian", kind: "OT-10", on: hmi, lasts: 5 * time.Minute,
			do: func(s *script, who *host) {
				share(s, who, s.hmi, 40)
				share(s, who, s.historian, 40)
			}},
		{name: "remote desktop from outside to the engineering station without a ticket", kind: "OT-12", by: vendor, on: engineering, lasts: 15 * time.Minute,
			do: func(s *script, who *host) { rdp(s, who, s.engineering, 8*time.Minute) }},
		{name: "historian speaks with a public address every ten minutes", kind: "OT-12", by: historian, on: gateway, lasts: 80 * time.Minute,
			do: func(s *script, who *host) {
				public := &host{ip: net.IPv4(203, 0, 113, 50).To4(), mac: s.gateway.mac}
				for range 6 {
					s.tls(who, public, 443, 2, 120, 200)
					s.wait(s.about(10 * time.Minute))
				}
			}},
		{name: "names that carry data asked by the historian", kind: "OT-12", by: historian, on: gateway, lasts: 15 * time.Minute,
			do: func(s *script, who *host) {
				for range 200 {
					s.dns(who, fmt.Sprintf("%016x%016x%016x.t.example", s.rng.Uint64(), s.rng.Uint64(), s.rng.Uint64()), net.IPv4(203, 0, 113, 51).To4())
					s.wait(s.about(3 * time.Second))
				}
			}},
		{name: "shell from the HMI into the historian", kind: "OT-12", by: hmi, on: historian, lasts: 5 * time.Minute,
			do: func(s *script, who *host) {
				c := newConn(who, s.historian, 22)
				c.dial(s)
				c.send(s, &c.server, &c.client, push, []byte("SSH-2.0-OpenSSH_9.2p1 Debian-2\r\n"))
				s.pause(time.Millisecond)
				c.send(s, &c.client, &c.server, push, []byte("SSH-2.0-PuTTY_Release_0.81\r\n"))
				for range 20 {
					c.exchange(s, s.record(60)[5:], s.record(200)[5:])
					s.pause(300 * time.Millisecond)
				}
				c.close(s)
			}},
		{name: "passwords of the filler tried by the engineering station", kind: "OT-13", by: engineering, on: filler, lasts: 5 * time.Minute,
			do: func(s *script, who *host) {
				c := s.s7(who, s.filler, 1, s.plant.filler)
				c.ready(s)
				for n := range 20 {
					c.user(s, 5, 1, fmt.Sprintf("%016x", 0x6474017606235500+uint64(n)), 0xD602, "")
					s.wait(2 * time.Second)
				}
				c.close(s)
			}},
		{name: "one password sent to the filler by the HMI", kind: "OT-13", by: hmi, on: filler, lasts: 2 * time.Minute,
			do: func(s *script, _ *host) {
				s.hmiFiller.ready(s)
				s.hmiFiller.user(s, 5, 1, "6474017606235543", 0, "")
				s.hmiFiller.settle(s)
			}},
		{name: "counters of the air handling unit cleared", kind: "OT-13", by: historian, on: air, lasts: 2 * time.Minute,
			do: func(s *script, _ *host) {
				b := octets("08 000a 0000")
				s.histAir.ask(s, b, b)
				s.histAir.settle(s)
			}},
	}
}

// rdp is a remote desktop session: connection request with cookie and
// negotiation, its confirmation choosing TLS, then TLS records.
func rdp(s *script, from, to *host, lasts time.Duration) {
	c := newConn(from, to, 3389)
	if !c.dial(s) {
		return
	}
	cookie := "Cookie: mstshash=service\r\n"
	request := append(append([]byte{byte(6 + len(cookie) + 8), 0xE0, 0, 0, 0, 0, 0}, cookie...), octets("01 00 0800 03000000")...)
	c.exchange(s, tpkt(request), tpkt(octets("0e d0 0000 1234 00 02 1f 0800 01000000")))
	for until := s.now.Add(lasts); s.now.Before(until); s.wait(s.between(time.Second, 5*time.Second)) {
		c.exchange(s, s.record(80), s.record(600))
		c.settle(s)
	}
	c.close(s)
}

// share is SMB 2.1 negotiated, then data in requests of its session.
func share(s *script, from, to *host, writes int) {
	s.resolve(from, to)
	c := newConn(from, to, 445)
	if !c.dial(s) {
		return
	}
	c.exchange(s, smb(0, 0, octets("2400 0200 0100 0000 00000000 11111111111111111111111111111111 0000000000000000 0202 1002")),
		smb(0, 1, octets("4100 0100 1002 0000 22222222222222222222222222222222 00000000 00001000 00001000 00001000 0000000000000000 0000000000000000 8000 0000 00000000")))
	for range writes {
		write := octets("3100 7000 e8030000 0000000000000000 33333333333333333333333333333333 00000000 00000000 0000 0000 00000000")
		c.exchange(s, smb(9, 0, append(write, s.record(1000)[5:]...)), smb(9, 1, octets("1100 0000 e8030000 00000000 0000 0000")))
	}
	c.settle(s)
	c.close(s)
}

// smb is a message of SMB 2 under a session header of four bytes.
func smb(command, flags byte, body []byte) []byte {
	header := octets("fe534d42 4000 0000 00000000 0000 0100 00000000 00000000 0000000000000000 fffe0000 00000000 0000000000000000 00000000000000000000000000000000")
	header[12], header[16] = command, flags
	b := append(header, body...)
	return append(be.AppendUint32(nil, uint32(len(b))), b...)
}
