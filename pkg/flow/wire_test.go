package flow

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"slices"
	"strings"
	"testing"

	"otsensor/pkg/capture"
	"otsensor/pkg/ot"
	"otsensor/pkg/packet"
	"otsensor/pkg/protocols"
)

// The toy protocol: records "Q…\n" from the client on port 7000 and "A…\n" from
// the server, both over TCP and UDP. After a loss it begins again at the next Q or A.
const toyLimit = 2000

func toy() protocols.Protocol {
	return protocols.Protocol{
		Proto: ot.Modbus,
		Ports: []protocols.Port{{Transport: ot.TCP, Number: 7000}, {Transport: ot.UDP, Number: 7000}},
		Probe: func(head []byte) protocols.Answer {
			switch {
			case len(head) < 2:
				return protocols.More
			case head[0] == 'Q':
				return protocols.FromClient
			case head[0] == 'A':
				return protocols.FromServer
			}
			return protocols.No
		},
		New:   func(*ot.Conv) protocols.Decoder { return &toyDecoder{} },
		Limit: toyLimit,
	}
}

type toyDecoder struct{ hunting [2]bool }

func (d *toyDecoder) Feed(dir ot.Dir, b []byte, out *protocols.Emit) (used int) {
	for {
		if d.hunting[dir] {
			i := bytes.IndexAny(b[used:], "QA")
			if i < 0 {
				return len(b)
			}
			used += i
			d.hunting[dir] = false
		}
		i := bytes.IndexByte(b[used:], '\n')
		if i < 0 {
			return used
		}
		out.Did(&ot.Transaction{Proto: ot.Modbus, Name: b[used : used+i], Unit: uint32(dir)})
		used += i + 1
	}
}

func (d *toyDecoder) Lost(dir ot.Dir, out *protocols.Emit) { d.hunting[dir] = true }
func (d *toyDecoder) Tick(int64, *protocols.Emit)          {}

// The two ends of a wire.
const (
	client = ot.ToServer // who sends towards the server
	server = ot.ToClient
)

// wire sends frames of one conversation to a shard and writes down what it says.
// Positions count from the first byte of a direction; -1 is the SYN.
type wire struct {
	t     testing.TB
	shard *Shard
	at    At
	out   protocols.Output
	port  [2]uint16
	ip    [2][4]byte
	isn   [2]uint32
	got   [2]int // position up to which each direction was sent without a hole; the default acknowledgement
	id    uint16
	tick  int64

	shardFull int            // bytes a test pretends that others keep
	before    func(s *Shard) // nil or what is done before each frame

	log   []string // everything, in order
	obs   []ot.Observation
	convs []ot.Conv // of obs
}

func newWire(t testing.TB) *wire {
	return &wire{
		t: t, shard: NewShard(NewRows([]protocols.Protocol{toy()})), port: [2]uint16{50000, 7000},
		ip: [2][4]byte{{10, 0, 0, 2}, {10, 0, 0, 1}}, isn: [2]uint32{1000, 9000},
		at: At{Time: 1_000 * second, Clock: 1_000 * second}, tick: 1_000 * second,
	}
}

// frame is what an option may change about a frame.
type frame struct {
	flags  byte
	ack    int
	mac    byte // last byte of the source MAC
	vlan   []uint16
	cut    int // bytes the capture took off its end
	pad    int // bytes of Ethernet padding
	ipID   uint16
	dstMAC [6]byte
	rawSeq *uint32
	hops   byte // taken off the time to live
}

type option func(*frame)

func ack(pos int) option          { return func(f *frame) { f.ack = pos } }
func flags(x byte) option         { return func(f *frame) { f.flags = x } }
func plus(x byte) option          { return func(f *frame) { f.flags |= x } }
func mac(x byte) option           { return func(f *frame) { f.mac = x } }
func vlan(x ...uint16) option     { return func(f *frame) { f.vlan = x } }
func cut(n int) option            { return func(f *frame) { f.cut = n } }
func padded(n int) option         { return func(f *frame) { f.pad = n } }
func id(x uint16) option          { return func(f *frame) { f.ipID = x } }
func hops(n byte) option          { return func(f *frame) { f.hops = n } }
func to(mac [6]byte) option       { return func(f *frame) { f.dstMAC = mac } }
func numbered(s uint32) option    { return func(f *frame) { f.rawSeq = &s } }
func (w *wire) mac(d ot.Dir) byte { return w.ip[d][3] }

// send puts one TCP segment on the wire.
func (w *wire) send(d ot.Dir, pos int, data string, opts ...option) {
	w.id++
	f := frame{flags: packet.ACK, ack: w.got[d.Other()], mac: w.mac(d), ipID: w.id}
	for _, o := range opts {
		o(&f)
	}
	if pos == w.got[d] {
		w.got[d] += len(data)
	}
	seq, ackNumber := w.isn[d]+1+uint32(pos), w.isn[d.Other()]+1+uint32(f.ack)
	if f.rawSeq != nil {
		seq = *f.rawSeq
	}
	if f.flags&packet.ACK == 0 {
		ackNumber = 0
	}
	b := binary.BigEndian.AppendUint16(nil, w.port[d])
	b = binary.BigEndian.AppendUint16(b, w.port[d.Other()])
	b = binary.BigEndian.AppendUint32(b, seq)
	b = binary.BigEndian.AppendUint32(b, ackNumber)
	b = append(b, 5<<4, f.flags, 0x20, 0, 0, 0, 0, 0) // header length, flags, window, checksum, urgent pointer
	w.ipv4(d, 6, append(b, data...), &f)
}

// datagram puts one UDP datagram on the wire.
func (w *wire) datagram(d ot.Dir, data string, opts ...option) {
	w.id++
	f := frame{mac: w.mac(d), ipID: w.id}
	for _, o := range opts {
		o(&f)
	}
	b := binary.BigEndian.AppendUint16(nil, w.port[d])
	b = binary.BigEndian.AppendUint16(b, w.port[d.Other()])
	b = binary.BigEndian.AppendUint16(b, uint16(8+len(data)))
	b = append(b, 0, 0) // checksum
	w.ipv4(d, 17, append(b, data...), &f)
}

// icmp puts one ICMP message on the wire.
func (w *wire) icmp(d ot.Dir, kind, code byte, body []byte) {
	f := frame{mac: w.mac(d)}
	w.ipv4(d, 1, append([]byte{kind, code, 0, 0, 0, 0, 0, 0}, body...), &f)
}

func (w *wire) ipv4(d ot.Dir, proto byte, payload []byte, f *frame) {
	src, dst := w.ip[d], w.ip[d.Other()]
	b := []byte{0x45, 0} // version 4, header of 20 bytes
	b = binary.BigEndian.AppendUint16(b, uint16(20+len(payload)))
	b = binary.BigEndian.AppendUint16(b, f.ipID)
	b = append(b, 0x40, 0, 64-f.hops, proto, 0, 0) // don't fragment, TTL
	b = append(b, src[:]...)
	b = append(b, dst[:]...)
	w.ethernet(d, 0x0800, append(b, payload...), f)
}

func (w *wire) ethernet(d ot.Dir, ether uint16, payload []byte, f *frame) {
	if f.dstMAC == [6]byte{} {
		f.dstMAC = [6]byte{2, 0, 0, 0, 0, w.mac(d.Other())}
	}
	b := append(f.dstMAC[:6:6], 2, 0, 0, 0, 0, f.mac)
	for _, tag := range f.vlan {
		b = append(b, 0x81, 0)
		b = binary.BigEndian.AppendUint16(b, tag)
	}
	b = binary.BigEndian.AppendUint16(b, ether)
	b = append(b, payload...)
	b = append(b, make([]byte, f.pad)...)
	w.frame(b, f.cut)
}

// frame hands one frame to the shard; afterwards its bytes are dead.
func (w *wire) frame(b []byte, cut int) {
	w.at.Seq++
	w.at.Frame++
	p := capture.Packet{Frame: w.at.Frame, Time: w.at.Time, Data: b[:len(b)-cut], WireLen: len(b), Link: capture.LinkEthernet}
	var v packet.View
	packet.Decode(&v, &p)
	if w.before != nil {
		w.before(w.shard)
	}
	w.shard.Packet(&v, &w.at, &w.out)
	for i := range b {
		b[i] = 0xDD
	}
	w.read()
	w.wait(100_000)
}

// wait lets time pass; at each whole second there is a tick.
func (w *wire) wait(ns int64) {
	for until := w.at.Clock + ns; w.at.Clock < until; {
		next := min(until, (w.at.Clock/second+1)*second)
		w.at.Clock, w.at.Time = next, next
		if next%second == 0 {
			w.at.Seq++
			w.shard.Tick(w.at, w.tick, &w.out)
			w.tick = next
			w.read()
		}
	}
}

// end closes everything, as at the end of a file; then nothing may be kept.
func (w *wire) end() {
	w.t.Helper()
	w.at.Seq++
	w.shard.Flush(w.at, &w.out)
	w.read()
	if n := w.shard.Counts(); n.Kept != 0 || n.Convs != 0 {
		w.t.Errorf("after the end %d conversations and %d bytes are kept", n.Convs, n.Kept)
	}
	if w.shard.budget.Left != MaxOpenBytes {
		w.t.Errorf("after the end open requests hold %d bytes", MaxOpenBytes-w.shard.budget.Left)
	}
}

// read writes down what the shard said, and checks its accounts.
func (w *wire) read() {
	w.t.Helper()
	for i := range w.out.Len() {
		o := w.out.At(i)
		w.log = append(w.log, said(o))
		w.obs = append(w.obs, *o)
		if o.Conv != nil {
			w.convs = append(w.convs, *o.Conv)
		}
	}
	w.out.Poison()
	w.out.Reset()
	if w.shard.conns.n < 100 {
		w.audit()
	}
}

// audit holds what the shard counts as kept against what it keeps.
func (w *wire) audit() {
	w.t.Helper()
	kept := 0
	for _, c := range w.shard.conns.byHash {
		for d := range c.half {
			h := &c.half[d]
			sum := 0
			for i, g := range h.disorder() {
				sum += len(g.data)
				if i > 0 && int32(g.seq-h.disorder()[i-1].end()) < 0 {
					w.t.Errorf("kept segments overlap or are out of order")
				}
			}
			if sum != h.kept() {
				w.t.Errorf("a direction counts %d bytes of disorder and keeps %d", h.kept(), sum)
			}
			for _, g := range h.doubted() {
				kept += len(g.data)
			}
			kept += sum + len(h.tail)
		}
	}
	if kept += w.shardFull; kept != w.shard.kept {
		w.t.Errorf("the shard counts %d bytes kept and keeps %d", w.shard.kept, kept)
	}
}

// said is an observation in a few words.
func said(o *ot.Observation) string {
	switch o.Kind {
	case ot.Did:
		return "did " + string(o.Did.Name)
	case ot.Carried:
		return "carried " + [...]string{"to-server ", "to-client "}[o.Dir] + string(o.Did.Value)
	case ot.Odd:
		return "odd " + o.Odd.String()
	case ot.Lost:
		return fmt.Sprintf("lost %d", o.Traffic.Gap)
	case ot.Claimed, ot.Asked:
		s := fmt.Sprintf("%s %d.%d by %s of :%02x", o.Kind, o.Claim.IP[14], o.Claim.IP[15], o.Claim.How, o.Claim.MAC[5])
		if o.Claim.Unasked {
			s += " unasked"
		}
		return s
	}
	return o.Kind.String()
}

// handshake opens the conversation.
func (w *wire) handshake() {
	w.send(client, -1, "", flags(packet.SYN))
	w.send(server, -1, "", flags(packet.SYN|packet.ACK))
	w.send(client, 0, "")
}

// open is a wire whose handshake is done, and forgotten in the log.
func open(t testing.TB) *wire {
	w := newWire(t)
	w.handshake()
	w.send(client, 0, "Q0\n")
	w.expect("tried", "opened", "spoke", "did Q0")
	return w
}

// expect compares what was said since the last time.
func (w *wire) expect(want ...string) {
	w.t.Helper()
	if !slices.Equal(w.log, want) {
		w.t.Errorf("said  %s\nwants %s", strings.Join(w.log, ", "), strings.Join(want, ", "))
	}
	w.log, w.obs = nil, nil
}

// records are the transactions in the log.
func (w *wire) records() (all []string) {
	for _, s := range w.log {
		if r, ok := strings.CutPrefix(s, "did "); ok {
			all = append(all, r)
		}
	}
	return all
}

// heard reports how often the log holds a line.
func (w *wire) heard(line string) (n int) {
	for _, s := range w.log {
		if s == line {
			n++
		}
	}
	return n
}
