package sensor

import (
	"encoding/binary"
	"testing"

	"otsensor/pkg/flow"
	"otsensor/pkg/ot"
	"otsensor/pkg/packet"
)

func reversed(f func([]byte) [][]byte) func([]byte) [][]byte {
	return func(ip []byte) [][]byte {
		all := f(ip)
		for i, j := 0, len(all)-1; i < j; i, j = i+1, j-1 {
			all[i], all[j] = all[j], all[i]
		}
		return all
	}
}

// gre puts the frame into so many tunnels.
func gre(depth int) func(ip []byte) [][]byte {
	return func(ip []byte) [][]byte {
		for range depth {
			ip = ipv4(0, 47, opts{}, append([]byte("\x00\x00\x08\x00"), ip...))
		}
		return [][]byte{ip}
	}
}

// erspan2 and erspan3 are a switch's mirror session with a header of 8 or 12 bytes.
func erspan(kind, header string) func(ip []byte) [][]byte {
	return func(ip []byte) [][]byte {
		b := []byte("\x10\x00" + kind + "\x00\x00\x00\x01" + header + stageMAC[1] + stageMAC[0] + "\x08\x00")
		return [][]byte{ipv4(0, 47, opts{}, append(b, ip...))}
	}
}

// everywhere plays handshake, write and answer with an option on every segment.
func everywhere(change func(i int, p *part)) func(s *stage) {
	return func(s *stage) {
		s.handshake()
		answered(s)
		for i := range s.parts {
			change(i, &s.parts[i])
		}
	}
}

// fragmented plays the write in fragments.
func fragmented(f func(ip []byte) [][]byte) func(s *stage) {
	return func(s *stage) {
		s.handshake()
		s.say(0, evil, opts{wrap: f})
		s.say(1, evil, opts{})
	}
}

// snapped is a capture that keeps so many bytes of a frame: what is missing is
// told as missing, and nothing is called odd for it. A write is seen where no
// frame of it was cut.
func snapped(length int) evasion {
	const headers = 14 + 20 + 20
	whole := func(s *stage) int {
		for i := range s.parts {
			if p := &s.parts[i]; p.dir == 0 && headers+len(p.data) > length {
				return 0
			}
		}
		return 1
	}
	return evasion{id: "E27", name: "cut to " + itoa(length) + " bytes", written: whole,
		play: everywhere(func(_ int, p *part) { p.o.snap = length }),
		always: func(t *testing.T, got outcome) {
			if missing := got.stats.Cut; len(got.odds) > 0 || (missing == 0) != (got.stats.Flow.GapBytes == 0) {
				t.Errorf("%d frames cut, %d bytes missing, odd %v", missing, got.stats.Flow.GapBytes, got.odds)
			}
		}}
}

func ipEvasions() []evasion {
	oneFlow := func(t *testing.T, got outcome) {
		if got.stats.Flow.Opened != 1 {
			t.Errorf("%d conversations", got.stats.Flow.Opened)
		}
	}
	tagged := func(tags string) func(i int, p *part) { return func(_ int, p *part) { p.o.tags = tags } }
	return []evasion{
		{id: "E19", name: "fragments", writes: 1, play: fragmented(fragments(8))},
		{id: "E19", name: "fragments in reverse", writes: 1, play: fragmented(reversed(fragments(8)))},
		{id: "E20", name: "fragments that contradict each other", writes: 1, odd: []ot.Anomaly{ot.FragmentOverlap}, play: fragmented(func(ip []byte) [][]byte {
			all := fragments(8)(ip)
			other := append([]byte(nil), all[2]...)
			other[len(other)-1] ^= 0xff
			return append([][]byte{all[2], other, all[0], all[1]}, all[3:]...)
		}), always: doubted},
		{id: "E21", name: "a last fragment of 4 bytes", writes: 1, play: func(s *stage) {
			s.handshake()
			s.say(0, evil, opts{tcpOptions: "\x01\x01\x01\x01", wrap: fragments(32)}) // 36 bytes in all
			s.say(1, evil, opts{})
		}},
		{id: "E22", name: "an identification used again", writes: 2, play: func(s *stage) {
			s.handshake()
			s.say(0, evil, opts{id: 7, wrap: fragments(8)})
			s.say(1, evil, opts{})
			s.say(0, following, opts{id: 7, wrap: fragments(16)})
			s.say(1, following, opts{})
		}},
		{id: "E23", name: "first fragments only, very many", writes: 1, odd: []ot.Anomaly{ot.FragmentsEvicted}, play: func(s *stage) {
			s.handshake()
			for i := range 20_000 {
				ip := ipv4(0, 17, opts{id: uint16(i) | 1<<15}, make([]byte, 64))
				ip[15] = byte(i >> 8)
				s.frame(append([]byte(stageMAC[1]+stageMAC[0]+"\x08\x00"), fragment(ip, 0, 64, true)...))
			}
			s.say(0, evil, opts{wrap: fragments(8)})
			s.say(1, evil, opts{})
		}, check: func(t *testing.T, got outcome) {
			if f := got.stats.Flow; f.Incomplete > flow.MaxFragments*flow.Shards || f.FragEvicted < 20_000-flow.MaxFragments*flow.Shards {
				t.Errorf("%d incomplete, %d given up", f.Incomplete, f.FragEvicted)
			}
		}},
		{id: "E24", name: "tagged", writes: 1, check: oneFlow, play: everywhere(tagged("\x81\x00\x00\x64"))},
		{id: "E24", name: "tagged twice", writes: 1, check: oneFlow, play: everywhere(tagged("\x88\xa8\x00\x07\x81\x00\x00\x64"))},
		{id: "E24", name: "one direction tagged", writes: 1, check: oneFlow, play: everywhere(func(_ int, p *part) {
			if p.dir == 1 {
				p.o.tags = "\x81\x00\x00\x64"
			}
		})},
		{id: "E25", name: "every frame twice", writes: 1, check: func(t *testing.T, got outcome) {
			if got.stats.Copies != 5 || got.stats.Flow.Packets != 5 || got.stats.Flow.Retransmitted != 0 || len(got.odds) > 0 {
				t.Errorf("%d copies, %d packets, %d sent again, odd %v", got.stats.Copies, got.stats.Flow.Packets, got.stats.Flow.Retransmitted, got.odds)
			}
		}, play: func(s *stage) {
			s.handshake()
			answered(s)
			var twice []part
			for _, p := range s.parts {
				copied := p
				copied.at, copied.o.ttl, copied.o.tags = p.at+200_000, 63, "\x81\x00\x00\x65"
				twice = append(twice, p, copied)
			}
			s.parts = twice
		}},
		{id: "E26", name: "in GRE", writes: 1, play: everywhere(func(_ int, p *part) { p.o.wrap = gre(1) })},
		{id: "E26", name: "in GRE in GRE", writes: 1, play: everywhere(func(_ int, p *part) { p.o.wrap = gre(2) })},
		{id: "E26", name: "in three tunnels", odd: []ot.Anomaly{ot.UnsupportedEncap}, play: everywhere(func(_ int, p *part) { p.o.wrap = gre(3) })},
		{id: "E26", name: "in five tunnels", odd: []ot.Anomaly{ot.UnsupportedEncap}, play: everywhere(func(_ int, p *part) { p.o.wrap = gre(5) })},
		{id: "E26", name: "ERSPAN II", writes: 1, play: everywhere(func(_ int, p *part) { p.o.wrap = erspan("\x88\xbe", "\x10\x17\x00\x01\x00\x00\x00\x00") })},
		{id: "E26", name: "ERSPAN III", writes: 1, play: everywhere(func(_ int, p *part) {
			p.o.wrap = erspan("\x22\xeb", "\x20\x17\x00\x01\x00\x00\x00\x00\x00\x00\x00\x00")
		})},
		snapped(60), snapped(64), snapped(96), snapped(128),
		{id: "E37", name: "padding", writes: 1, play: everywhere(func(_ int, p *part) { p.o.pad = 6 }), check: func(t *testing.T, got outcome) {
			if len(got.odds) > 0 {
				t.Errorf("odd %v", got.odds)
			}
		}},
		{id: "E38", name: "nine IPv6 extension headers", odd: []ot.Anomaly{ot.ExtensionLimit}, play: everywhere(ip6(9, false))},
		{id: "E38", name: "four of them and an atomic fragment", writes: 1, play: everywhere(ip6(4, true))},
		{id: "E42", name: "keys that differ in little", writes: 1, play: func(s *stage) {
			for i := range 10_000 { // what would fall into one bucket of a plain hash
				ip := ipv4(0, 17, opts{}, []byte{byte(i >> 8), byte(i), byte(i), byte(i >> 8), 0, 8, 0, 0})
				s.frame(append([]byte(stageMAC[1]+stageMAC[0]+"\x08\x00"), ip...))
			}
			s.handshake()
			answered(s)
		}, check: func(t *testing.T, got outcome) {
			if got.stats.Flow.Convs > flow.MaxConvs*flow.Shards {
				t.Errorf("%d conversations", got.stats.Flow.Convs)
			}
		}},
	}
}

// ip6 makes a segment's packet one of IPv6 with so many destination options
// before the segment, and perhaps a fragment header that says it is whole.
func ip6(extensions int, atomic bool) func(i int, p *part) {
	return func(_ int, p *part) {
		dir := p.dir
		p.o.wrap = func(ip []byte) [][]byte {
			segment := append([]byte(nil), ip[20:]...)
			src, dst := "\xfd\x00"+string(make([]byte, 13))+string(rune('1'+dir)), "\xfd\x00"+string(make([]byte, 13))+string(rune('2'-dir))
			segment[16], segment[17] = 0, 0
			pseudo := append([]byte(src+dst+"\x00\x00"), byte(len(segment)>>8), byte(len(segment)), 0, 0, 0, 6)
			binary.BigEndian.PutUint16(segment[16:], ones(append(pseudo, segment...)))
			var chain []byte
			const destination, fragmentHeader, tcp = 60, 44, 6
			next := func(i int) byte {
				if i < extensions {
					return destination
				}
				if i == extensions && atomic {
					return fragmentHeader
				}
				return tcp
			}
			for i := range extensions {
				chain = append(chain, next(i+1), 0, 1, 4, 0, 0, 0, 0)
			}
			if atomic {
				chain = append(chain, tcp, 0, 0, 0, 0, 0, 0, 9)
			}
			n := len(chain) + len(segment)
			b := append([]byte{0x60, 0, 0, 0, byte(n >> 8), byte(n), next(0), 64}, src+dst...)
			return [][]byte{append(append(b, chain...), segment...)}
		}
	}
}

func protocolEvasions() []evasion {
	at := func(port uint16, play func(s *stage)) func(s *stage) {
		return func(s *stage) {
			s.port = port
			s.handshake()
			play(s)
		}
	}
	bounded := func(t *testing.T, got outcome) {
		if got.stats.Flow.Kept > 64<<10 {
			t.Errorf("%d bytes kept", got.stats.Flow.Kept)
		}
	}
	list := []evasion{
		{id: "E28", name: "HTTP on 502", reads: 1, odd: []ot.Anomaly{ot.WrongProtocol}, play: at(502, func(s *stage) {
			s.say(0, "GET / HTTP/1.1\r\nHost: plc\r\n\r\n", opts{})
			s.say(1, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", opts{})
		})},
		{id: "E28", name: "Modbus on another port", writes: 1, play: at(5020, answered)},
		{id: "E33", name: "a thousand requests without an answer", writes: 1000, odd: []ot.Anomaly{ot.TooManyOpen}, play: at(502, func(s *stage) {
			for i := range 1000 {
				s.say(0, string([]byte{byte(i >> 8), byte(i)})+evil[2:], opts{})
			}
			s.control(1, packet.ACK, opts{})
		}), check: bounded, always: func(t *testing.T, got outcome) {
			if n := got.odds[ot.TooManyOpen]; n != 1 {
				t.Errorf("too-many-open is told %d times", n)
			}
		}},
		{id: "E34", name: "an answer nobody asked for", writes: 1, check: unasked, play: at(502, func(s *stage) {
			s.say(0, evil, opts{})
			s.say(1, "\x00\x09"+evil[2:], opts{})
			s.say(1, evil, opts{})
		})},
		{id: "E34", name: "a number used again before it is answered", writes: 2, play: at(502, func(s *stage) {
			again := following[:1] + evil[1:2] + following[2:]
			s.say(0, evil, opts{})
			s.say(0, again, opts{})
			s.say(1, evil, opts{})
			s.say(1, again, opts{})
		}), always: func(t *testing.T, got outcome) {
			if got.unasked > 0 || got.oneway || len(got.odds) > 0 {
				t.Errorf("%d answers that nobody asked for, odd %v", got.unasked, got.odds)
			}
		}},
		{id: "E41", name: "first bytes of another protocol, then the rest", writes: 1, play: at(502, func(s *stage) {
			s.say(0, "\x03\x00", opts{}) // as a TPKT begins
			s.say(0, evil[2:], opts{})
			s.say(1, "\x03\x00"+evil[2:], opts{})
		})},
		{id: "E30", name: "an ENIP length that is never fulfilled", play: at(44818, func(s *stage) {
			s.say(0, "\x65\x00\xff\xff"+string(make([]byte, 20)), opts{})
			s.say(0, string(make([]byte, 400)), opts{})
			s.control(1, packet.ACK, opts{})
		}), check: bounded},
		{id: "E32", name: "a TPKT shorter than its header", odd: []ot.Anomaly{ot.BadLength}, play: at(102, func(s *stage) {
			s.say(0, "\x03\x00\x00\x16\x11\xe0\x00\x00\x00\x01\x00\xc1\x02\x01\x00\xc2\x02\x01\x02\xc0\x01\x0a", opts{})
			s.say(1, "\x03\x00\x00\x16\x11\xd0\x00\x01\x00\x02\x00\xc0\x01\x0a\xc1\x02\x01\x00\xc2\x02\x01\x02", opts{})
			s.say(0, "\x03\x00\x00\x03\x02\xf0\x80", opts{})
		}), check: bounded},
	}
	list = append(list, evasion{id: "E29", name: "an MBAP of another protocol", writes: 4, odd: []ot.Anomaly{ot.BadProtocolID}, check: bounded, play: at(502, func(s *stage) {
		answered(s)
		s.say(0, evil[:2]+"\x00\x01"+evil[4:], opts{})
		for range 3 {
			s.say(0, following, opts{})
			s.say(1, following, opts{})
		}
	})})
	for _, length := range []uint16{0, 1, 2, 255, 65535} {
		head := []byte(evil[:6])
		binary.BigEndian.PutUint16(head[4:], length)
		writes := 4
		if length == 2 {
			writes = 5 // a unit and a function without data
		}
		list = append(list, evasion{id: "E29", name: "an MBAP length of " + itoa(int(length)), writes: writes, odd: []ot.Anomaly{ot.BadLength}, check: bounded, play: at(502, func(s *stage) {
			answered(s)
			s.say(0, string(head)+evil[6:], opts{})
			for range 3 {
				s.say(0, following, opts{})
				s.say(1, following, opts{})
			}
		})})
	}
	return list
}

func itoa(n int) string {
	if n < 10 {
		return string(rune('0' + n))
	}
	return itoa(n/10) + itoa(n%10)
}
