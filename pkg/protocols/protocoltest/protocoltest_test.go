package protocoltest

import (
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"otsensor/pkg/ot"
	"otsensor/pkg/protocols"
)

// toy is a protocol of the test alone: 'T', function, length, body; the answer echoes the function.
type toy struct {
	open  protocols.Open
	loses bool // blinded for ever by the first PDU it does not know
	keeps bool // hands out a view of what it was fed
	hasty bool // gives up when much has come and no PDU is whole
	kept  []byte
	blind bool
}

func (d *toy) Feed(dir ot.Dir, b []byte, out *protocols.Emit) (used int) {
	for len(b)-used >= 3 {
		pdu := b[used:]
		n := 3 + int(pdu[2])
		if pdu[0] != 'T' {
			used++
			d.blind = d.loses
			continue
		}
		if pdu[2] > 16 {
			used++
			continue
		}
		if len(pdu) < n {
			if d.hasty && len(pdu) > 5 {
				used += len(pdu)
				d.blind = true
			}
			break
		}
		used += n
		if !d.blind {
			d.pdu(dir, pdu[1], pdu[3:n], out)
		}
	}
	return used
}

func (d *toy) pdu(dir ot.Dir, function byte, body []byte, out *protocols.Emit) {
	t := ot.Transaction{Proto: ot.Modbus, Code: uint32(function), Value: body}
	if dir == ot.ToServer {
		if d.keeps {
			d.kept = body
		}
		d.open.Ask(uint64(function), ot.Modbus, out).Add(&t, out)
		return
	}
	if r, verdict := d.open.Take(uint64(function), body, out); verdict == protocols.Fits {
		for i := range r.Txns {
			if d.keeps {
				r.Txns[i].Value = d.kept
			}
			out.Did(&r.Txns[i])
		}
		return
	}
	t.Status, t.Answered = ot.Unasked, out.Frame
	out.Did(&t)
}

func (d *toy) Lost(ot.Dir, *protocols.Emit)        { d.open.Lost() }
func (d *toy) Tick(now int64, out *protocols.Emit) { d.open.Expire(now, out) }
func toyProbe(head []byte) protocols.Answer {
	switch {
	case len(head) == 0:
		return protocols.More
	case head[0] == 'T':
		return protocols.Either
	}
	return protocols.No
}

func toyRow(d toy) protocols.Protocol {
	return protocols.Protocol{
		Proto: ot.Modbus, Limit: 64, Probe: toyProbe,
		New:   func(*ot.Conv) protocols.Decoder { d := d; return &d },
		Codes: []protocols.Code{{Number: 'a', Name: "ask"}},
		Fields: []protocols.Field{{
			Name: "modbus.function", Doc: "function",
			Num: func(t *ot.Transaction) (uint64, bool) { return uint64(t.Code), true },
		}},
	}
}

var toySeeds = []Session{{
	Name: "three questions", PDUs: true,
	Steps: []Step{
		Client('T', 'a', 2, 1, 2), Server('T', 'a', 1, 9),
		Client('T', 'b', 0), Server('T', 'b', 1, 8),
		Client('T', 'c', 0), Client('T', 'd', 0), Server('T', 'd', 0), Server('T', 'c', 0),
	},
}, {
	Name: "another protocol", Foreign: true,
	Steps: []Step{Client([]byte("GET / HTP/1.1\r\n\r\n")...)},
}}

func TestConformAcceptsAGoodDecoder(t *testing.T) { Conform(t, toyRow(toy{}), toySeeds) }

func TestIsolationSeesABlindedDecoder(t *testing.T) {
	row := toyRow(toy{loses: true})
	want := clone(Play(t, row, toySeeds[0]))
	broken := Play(t, row, toySeeds[0].with(replace(toySeeds[0].Steps, 0, 0, 'X')))
	if undecoded(want, broken, 1) == "" {
		t.Error("a decoder that one broken PDU blinds passes as isolated")
	}
}

func TestBatchSeesAKeptView(t *testing.T) {
	row := toyRow(toy{keeps: true})
	if compare(clone(Play(t, row, toySeeds[0])), clone(Play(t, toyRow(toy{}), toySeeds[0]))) == "" {
		t.Error("a decoder that keeps a view of its input passes")
	}
}

// On the seeds as they are, such a decoder is right however they are cut.
func TestCraftedSessionsShowADecoderThatCounts(t *testing.T) {
	row, r := toyRow(toy{hasty: true}), rand.New(rand.NewPCG(1, 2))
	whole := Play(t, row, toySeeds[0])
	if diff := cutApart(t, r, row, toySeeds[0], whole); diff != "" {
		t.Fatal(diff)
	}
	for range craftRounds {
		session := toySeeds[0].with(craft(r, toySeeds[0].Steps, toySeeds[0].Steps))
		if cutApart(t, r, row, session, Play(t, row, session)) != "" {
			return
		}
	}
	t.Error("a decoder that decides by how many bytes it was given passes")
}

// sleeper lets requests go, but does not ask to be woken for it.
type sleeper struct{ toy }

func (d *sleeper) Feed(dir ot.Dir, b []byte, out *protocols.Emit) (used int) {
	used = d.toy.Feed(dir, b, out)
	out.Due = 0
	return used
}

func TestPlayerSeesADecoderThatSleeps(t *testing.T) {
	row := toyRow(toy{})
	row.New = func(*ot.Conv) protocols.Decoder { return &sleeper{} }
	p := NewPlayer(row, toySeeds[0])
	p.Do(Client('T', 'a', 0))
	if p.Do(Wait(time.Minute)); len(p.Seen()) > 0 {
		t.Error("a decoder that asks for no Tick gets one")
	}
}

func TestPlayerSeesADecoderThatStops(t *testing.T) {
	row := toyRow(toy{})
	row.New = func(*ot.Conv) protocols.Decoder { return idle{} }
	p := NewPlayer(row, Session{})
	for range 9 {
		p.Do(Client(make([]byte, 8)...))
	}
	if !strings.Contains(p.wrong, "Limit") {
		t.Errorf("72 bytes unused with a limit of 64: %q", p.wrong)
	}
}

// idle uses nothing, ever.
type idle struct{}

func (idle) Feed(ot.Dir, []byte, *protocols.Emit) int { return 0 }
func (idle) Lost(ot.Dir, *protocols.Emit)             {}
func (idle) Tick(int64, *protocols.Emit)              {}

func TestHex(t *testing.T) {
	if got := Hex("00 01 ; one\n02"); string(got) != "\x00\x01\x02" {
		t.Errorf("got % x", got)
	}
}

func TestPackedSessionsUnpack(t *testing.T) {
	for _, seed := range toySeeds {
		if diff := compare(Play(t, toyRow(toy{}), seed), Play(t, toyRow(toy{}), seed.with(unpack(pack(seed.Steps))))); diff != "" {
			t.Error(diff)
		}
	}
}

func TestHostileTextIsSeen(t *testing.T) {
	s := suite{rows: []protocols.Protocol{toyRow(toy{})}}
	if wrong := s.unfit(&ot.Transaction{Proto: ot.Modbus, Name: []byte("PLC-1")}); wrong != "" {
		t.Error(wrong)
	}
	for what, text := range hostiles {
		b := overwritten([]byte("\x01\x0dPLC_ONE_LINE1\x00\x02"), text)
		if len(b) != 17 || b[1] != 13 || b[15] != 0 {
			t.Errorf("%s: %q", what, b)
		}
		if what != "markup" && s.unfit(&ot.Transaction{Proto: ot.Modbus, Name: b[2:15]}) == "" {
			t.Errorf("%s passes as a clean name", what)
		}
	}
}
