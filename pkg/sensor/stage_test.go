package sensor

import (
	"encoding/binary"
	"io"
	"math/rand/v2"

	"otsensor/pkg/capture"
	"otsensor/pkg/packet"
)

// stage is where a case of evasion is played: a client and a server, and every
// segment as it goes over the wire, checksums right unless said otherwise.
type stage struct {
	now   int64
	id    uint16
	seq   [2]uint32 // of the next byte, by direction
	port  uint16    // of the server
	parts []part
}

// part is one segment, or where raw is set one frame as it is.
type part struct {
	at       int64
	dir      int // 0 to the server, 1 to the client
	seq, ack uint32
	flags    byte
	data     string
	o        opts
	raw      []byte
}

// opts is what is out of the ordinary about a segment.
type opts struct {
	ttl           byte
	badTCP, badIP bool
	id            uint16
	tcpOptions    string
	tags          string
	pad, snap     int
	urgent        uint16
	wrap          func(ip []byte) [][]byte // what becomes of the IP packet
	after         int64                    // nanoseconds since the part before, 1 ms when 0
}

func newStage() *stage {
	return &stage{now: begin, seq: [2]uint32{1000, 5000}, port: 502}
}

// handshake opens the connection.
func (s *stage) handshake() *stage {
	s.control(0, packet.SYN, opts{})
	s.seq[0]++
	s.control(1, packet.SYN|packet.ACK, opts{})
	s.seq[1]++
	s.control(0, packet.ACK, opts{})
	return s
}

// control is a segment without bytes.
func (s *stage) control(dir int, flags byte, o opts) { s.put(dir, s.seq[dir], flags, "", o) }

// say sends bytes in their turn.
func (s *stage) say(dir int, data string, o opts) {
	s.put(dir, s.seq[dir], packet.PSH|packet.ACK, data, o)
	s.seq[dir] += uint32(len(data))
}

// put sends a segment at any number.
func (s *stage) put(dir int, seq uint32, flags byte, data string, o opts) {
	if o.after == 0 {
		o.after = 1_000_000
	}
	s.now += o.after
	s.id++
	if o.id == 0 {
		o.id = s.id
	}
	s.parts = append(s.parts, part{s.now, dir, seq, s.seq[1-dir], flags, data, o, nil})
}

// frame sends a frame as it is.
func (s *stage) frame(b []byte) {
	s.now += 1_000_000
	s.parts = append(s.parts, part{at: s.now, raw: b})
}

// split cuts every segment at random into smaller ones.
func (s *stage) split(r *rand.Rand) *stage {
	cut := *s
	cut.parts = nil
	for _, p := range s.parts {
		for p.raw == nil && len(p.data) > 1 {
			n := 1 + r.IntN(len(p.data))
			if n == len(p.data) {
				break
			}
			head := p.cut(n)
			head.o.id = uint16(r.Uint32()) | 1
			cut.parts = append(cut.parts, head)
		}
		cut.parts = append(cut.parts, p)
	}
	return &cut
}

// cut takes the first n bytes off a segment. A SYN goes with them, and an urgent
// byte stays where it is in the stream.
func (p *part) cut(n int) (head part) {
	head = *p
	head.data, p.data = p.data[:n], p.data[n:]
	p.seq += uint32(n)
	if p.flags&packet.SYN != 0 {
		p.seq++
		p.flags = packet.PSH | packet.ACK
	}
	if p.flags&packet.URG != 0 {
		p.o.urgent -= min(p.o.urgent, uint16(n))
		if p.o.urgent == 0 {
			p.flags &^= packet.URG
		}
	}
	return head
}

// film is the frames of a stage as a source.
type film struct {
	packets []capture.Packet
	at      int
}

func (s *stage) film() *film {
	f := &film{}
	for _, p := range s.parts {
		for _, b := range s.frames(&p) {
			n := len(b)
			if p.o.snap > 0 {
				b = b[:min(n, p.o.snap)]
			}
			f.packets = append(f.packets, capture.Packet{Time: p.at, Data: b, WireLen: n, Link: capture.LinkEthernet})
		}
	}
	return f
}

func (f *film) Fill(b *capture.Batch) error {
	b.Reset()
	if f.at == len(f.packets) {
		return io.EOF
	}
	b.NewFile = f.at == 0
	for ; f.at < len(f.packets) && !b.Full(); f.at++ {
		p := f.packets[f.at]
		data := b.Take(len(p.Data))
		copy(data, p.Data)
		p.Data, p.Frame = data, uint64(f.at+1)
		b.Packets = append(b.Packets, p)
	}
	return nil
}

func (f *film) Lost() capture.Loss { return capture.Loss{} }
func (f *film) Close() error       { return nil }

// The two hosts.
var (
	stageMAC = [2]string{"\x02\x00\x00\x00\x00\x01", "\x02\x00\x00\x00\x00\x02"}
	stageIP  = [2]string{"\x0a\x00\x00\x01", "\x0a\x00\x00\x02"}
)

// frames are what a part is on the wire.
func (s *stage) frames(p *part) (all [][]byte) {
	if p.raw != nil {
		return [][]byte{p.raw}
	}
	ip := s.packet(p)
	list := [][]byte{ip}
	if p.o.wrap != nil {
		list = p.o.wrap(ip)
	}
	for _, ip := range list {
		ether := "\x08\x00"
		if ip[0]>>4 == 6 {
			ether = "\x86\xdd"
		}
		b := []byte(stageMAC[1-p.dir] + stageMAC[p.dir] + p.o.tags + ether)
		b = append(b, ip...)
		all = append(all, append(b, make([]byte, p.o.pad)...))
	}
	return all
}

// packet is the IPv4 packet of a part.
func (s *stage) packet(p *part) []byte {
	ports := [2]uint16{40000, s.port}
	options := p.o.tcpOptions
	t := binary.BigEndian.AppendUint16(nil, ports[p.dir])
	t = binary.BigEndian.AppendUint16(t, ports[1-p.dir])
	t = binary.BigEndian.AppendUint32(t, p.seq)
	ack := p.ack
	if p.flags&packet.ACK == 0 {
		ack = 0
	}
	t = binary.BigEndian.AppendUint32(t, ack)
	t = append(t, byte(5+len(options)/4)<<4, p.flags, 0x20, 0, 0, 0, byte(p.o.urgent>>8), byte(p.o.urgent))
	t = append(append(t, options...), p.data...)
	pseudo := append([]byte(stageIP[p.dir]+stageIP[1-p.dir]+"\x00\x06"), byte(len(t)>>8), byte(len(t)))
	binary.BigEndian.PutUint16(t[16:], ones(append(pseudo, t...)))
	if p.o.badTCP {
		t[16] ^= 0x55
	}
	return ipv4(p.dir, 6, p.o, t)
}

// ipv4 puts an IPv4 header before a payload.
func ipv4(dir int, proto byte, o opts, payload []byte) []byte {
	ttl := byte(64)
	if o.ttl > 0 {
		ttl = o.ttl
	}
	n := 20 + len(payload)
	b := []byte{0x45, 0, byte(n >> 8), byte(n), byte(o.id >> 8), byte(o.id), 0, 0, ttl, proto, 0, 0}
	b = append(append(b, stageIP[dir]...), stageIP[1-dir]...)
	binary.BigEndian.PutUint16(b[10:], ones(b))
	if o.badIP {
		b[10] ^= 0x55
	}
	return append(b, payload...)
}

// ones is the internet checksum.
func ones(b []byte) uint16 {
	var s uint32
	for i, c := range b {
		s += uint32(c) << (8 * uint(1-i&1))
	}
	for s>>16 != 0 {
		s = s>>16 + s&0xffff
	}
	return ^uint16(s)
}

// fragments cuts an IPv4 packet into fragments with so many bytes each.
func fragments(size int) func(ip []byte) [][]byte {
	return func(ip []byte) (all [][]byte) {
		for at := 20; at < len(ip); at += size {
			all = append(all, fragment(ip, at-20, min(size, len(ip)-at), at+size < len(ip)))
		}
		return all
	}
}

func fragment(ip []byte, off, n int, more bool) []byte {
	f := append(append([]byte(nil), ip[:20]...), ip[20+off:20+off+n]...)
	binary.BigEndian.PutUint16(f[2:], uint16(20+n))
	field := uint16(off / 8)
	if more {
		field |= 0x2000
	}
	binary.BigEndian.PutUint16(f[6:], field)
	f[10], f[11] = 0, 0
	binary.BigEndian.PutUint16(f[10:], ones(f[:20]))
	return f
}
