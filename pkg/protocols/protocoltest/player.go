package protocoltest

import (
	"bytes"
	"testing"
	"time"

	"otsensor/pkg/ot"
	"otsensor/pkg/protocols"
)

// start is the packet time of every session's begin, and budget what its open requests may keep.
var start = time.Date(2026, 3, 2, 6, 0, 0, 0, time.UTC).UnixNano()

const budget = 1 << 20

// Player feeds one decoder as the stream of a conversation would. Every step
// is a frame; the first has number 1.
type Player struct {
	row     protocols.Protocol
	dec     protocols.Decoder
	emit    protocols.Emit
	spoke   [2]bool
	unused  [2][]byte // what the decoder left, per direction
	fed     []byte    // what it is given: overwritten as soon as it returns
	wrong   string    // the first breach of the contract of Feed
	bounded bool      // a step is a datagram
	lasting bool      // what it is given is not overwritten: a tail need not be copied for every byte
	due     int64     // the Tick it asked for, 0 when none
	always  bool      // it gets every Tick, asked for or not
	beside  []byte    // of the session
}

// NewPlayer makes a decoder of the row for the session's conversation.
func NewPlayer(row protocols.Protocol, s Session) *Player {
	conv := s.Conv
	if conv == nil {
		conv = defaultConv(row, s.Datagram)
	}
	p := &Player{row: row, dec: row.New(conv), bounded: s.Datagram, beside: s.Beside}
	p.emit = protocols.Emit{
		Time: start, Clock: start, Conv: conv,
		Budget: &protocols.Budget{Left: budget}, Batch: &protocols.Output{}, Expecting: &protocols.Expecting{},
	}
	return p
}

func defaultConv(row protocols.Protocol, datagram bool) *ot.Conv {
	conv := &ot.Conv{Transport: ot.TCP, First: 1}
	if datagram {
		conv.Transport = ot.UDP
	}
	if len(row.Ports) > 0 && row.Ports[0].Transport == ot.Link {
		conv.Transport = ot.Link
		conv.Client.MAC, conv.Server.MAC = [6]byte{2, 5: 0x20}, [6]byte{2, 5: 0x10}
		conv.ClientMAC, conv.ServerMAC = conv.Client.MAC, conv.Server.MAC
		conv.Server.Port = row.Ports[0].Number
		return conv
	}
	conv.Client.IP = [16]byte{10: 0xff, 11: 0xff, 12: 10, 15: 20} // 10.0.0.20
	conv.Server.IP = [16]byte{10: 0xff, 11: 0xff, 12: 10, 15: 10} // 10.0.0.10
	conv.Client.Port = 49152
	for _, port := range row.Ports {
		if port.Transport == conv.Transport {
			conv.Server.Port = port.Number
			break
		}
	}
	return conv
}

// Do plays one step.
func (p *Player) Do(st Step) {
	e := &p.emit
	e.Time += int64(st.After)
	e.Clock = e.Time
	e.Seq++
	defer p.wake()
	switch {
	case st.Tick:
		if p.always || p.due != 0 && e.Clock > p.due {
			p.due = 0
			p.dec.Tick(e.Clock, e)
		}
		return
	case st.Lost:
		e.Quality |= ot.Lossy
		p.unused[st.Dir] = p.unused[st.Dir][:0]
		p.dec.Lost(st.Dir, e)
		return
	}
	e.Frame++
	p.spoke[st.Dir] = true
	e.BothWays = p.spoke[ot.ToServer] && p.spoke[ot.ToClient]
	p.feed(st.Dir, st.Bytes)
	p.agreed()
}

// agreed plays the conversation that the decoder expects, if it expects one.
func (p *Player) agreed() {
	if dec := p.emit.Expecting.Latest(); dec != nil && len(p.beside) > 0 {
		dec.Feed(ot.ToClient, p.beside, &p.emit)
	}
}

// wake notes when the decoder wants its next Tick.
func (p *Player) wake() {
	if due := p.emit.Due; due != 0 && (p.due == 0 || due < p.due) {
		p.due = due
	}
	p.emit.Due = 0
}

func (p *Player) feed(d ot.Dir, b []byte) {
	if p.lasting {
		p.unused[d] = append(p.unused[d], b...)
		p.unused[d] = p.left(p.unused[d], p.dec.Feed(d, p.unused[d], &p.emit))
		return
	}
	p.fed = append(append(p.fed[:0], p.unused[d]...), b...)
	left := p.left(p.fed, p.dec.Feed(d, p.fed, &p.emit))
	p.unused[d] = append(p.unused[d][:0], left...)
	for i := range p.fed {
		p.fed[i] = 0xDD
	}
}

// left is what of the bytes fed was not used, when that is in order.
func (p *Player) left(fed []byte, used int) []byte {
	if used < 0 || used > len(fed) {
		p.breach("Feed used more bytes than it was given")
		used = len(fed)
	}
	switch left := fed[used:]; {
	case p.bounded:
		return nil
	case len(left) > p.row.Limit:
		p.breach("Feed left more bytes unused than the row's Limit")
		return nil
	default:
		return left
	}
}

func (p *Player) breach(what string) {
	if p.wrong == "" {
		p.wrong = what
	}
}

// End closes the conversation.
func (p *Player) End() {
	p.emit.Seq++
	p.dec.Tick(protocols.EndOfTime, &p.emit)
	if p.emit.Budget.Left != budget {
		p.breach("open requests did not give their budget back")
	}
}

// Seen is what the decoder saw since the last Forget. It is valid until then.
func (p *Player) Seen() []ot.Observation { return p.emit.Batch.All() }

// Forget ends the batch: everything observations pointed to is overwritten.
func (p *Player) Forget() {
	p.emit.Batch.Poison()
	p.emit.Batch.Reset()
}

// Play plays a session up to its end and gives what was seen.
func Play(t testing.TB, row protocols.Protocol, s Session) []ot.Observation {
	t.Helper()
	return NewPlayer(row, s).play(t, s)
}

// playCut is Play for many small steps.
func playCut(t testing.TB, row protocols.Protocol, s Session) []ot.Observation {
	t.Helper()
	p := NewPlayer(row, s)
	p.lasting = true
	return p.play(t, s)
}

func (p *Player) play(t testing.TB, s Session) []ot.Observation {
	t.Helper()
	for _, st := range s.Steps {
		p.Do(st)
	}
	p.End()
	if p.wrong != "" {
		t.Fatalf("%s: %s\n%s", s.Name, p.wrong, dump(s))
	}
	return p.Seen()
}

// playBatches is Play with every step a batch of its own.
func playBatches(row protocols.Protocol, s Session) []ot.Observation {
	p := NewPlayer(row, s)
	var all []ot.Observation
	for _, st := range s.Steps {
		p.Do(st)
		all = append(all, clone(p.Seen())...)
		p.Forget()
	}
	p.End()
	return append(all, clone(p.Seen())...)
}

func clone(obs []ot.Observation) []ot.Observation {
	all := append([]ot.Observation(nil), obs...)
	for i := range all {
		all[i].Did.Name = bytes.Clone(all[i].Did.Name)
		all[i].Did.Value = bytes.Clone(all[i].Did.Value)
	}
	return all
}

// Dids is the transactions among observations.
func Dids(obs []ot.Observation) (all []ot.Transaction) {
	for i := range obs {
		if obs[i].Kind == ot.Did {
			all = append(all, obs[i].Did)
		}
	}
	return all
}

// Odds is the oddities among observations.
func Odds(obs []ot.Observation) (all []ot.Anomaly) {
	for i := range obs {
		if obs[i].Kind == ot.Odd {
			all = append(all, obs[i].Odd)
		}
	}
	return all
}

// Identities is what devices said about themselves.
func Identities(obs []ot.Observation) (all []ot.Identity) {
	for i := range obs {
		if obs[i].Kind == ot.Identified {
			all = append(all, *obs[i].Who)
		}
	}
	return all
}

// JSON is all fields of a transaction as one JSON object, in the order of the row's table.
func JSON(row protocols.Protocol, t *ot.Transaction) string {
	var b []byte
	for i := range row.Fields {
		b = row.Fields[i].Append(b, t)
	}
	if len(b) == 0 {
		return "{}"
	}
	b[0] = '{'
	return string(append(b, '}'))
}
