package protocoltest

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"otsensor/pkg/ot"
	"otsensor/pkg/protocols"
)

// Recorded conversations are longer than seeds. They are proven window by
// window: each is a conversation that begins midway, played again for every
// damage done to it.

// Windows divides a session into runs of about most steps, each beginning
// where the decoder has used all that came before.
func Windows(row protocols.Protocol, s Session, most int) (all []Session) {
	p, from := NewPlayer(row, s), 0
	for i, st := range s.Steps {
		p.Do(st)
		p.Forget()
		clean := len(p.unused[0])+len(p.unused[1]) == 0
		if last := i == len(s.Steps)-1; last || clean && i+1-from >= most || i+1-from >= 4*most {
			w := s.with(s.Steps[from : i+1])
			w.Name = fmt.Sprintf("%s, steps %d to %d", s.Name, from, i)
			all, from = append(all, w), i+1
		}
	}
	return all
}

// Cuts plays a session in single bytes, with segments joined, and once for
// every offset with all segments cut there, so that in the end every segment
// was cut at each of its bytes. It says how many cuts it made, and the first difference.
func Cuts(t testing.TB, row protocols.Protocol, s Session) (tried int, wrong string) {
	want := clone(Play(t, row, s))
	check := func(how string, steps []Step) bool {
		if diff := compare(want, Play(t, row, s.with(steps))); diff != "" && wrong == "" {
			wrong = fmt.Sprintf("%s: %s: %s", s.Name, how, diff)
		}
		return wrong == ""
	}
	if !check("in single bytes", single(s.Steps)) || !check("with segments joined", joined(s.Steps)) {
		return tried, wrong
	}
	for at := 1; ; at++ {
		steps, n := cutAll(s.Steps, at)
		if n == 0 || !check(fmt.Sprintf("every segment cut at byte %d", at), steps) {
			return tried, wrong
		}
		tried += n
	}
}

// cutAll divides every step that is longer than at, and says how many there are.
func cutAll(steps []Step, at int) (all []Step, n int) {
	for _, st := range steps {
		if len(st.Bytes) <= at {
			all = append(all, st)
			continue
		}
		head, tail := st, st
		head.Bytes, tail.Bytes, tail.After = st.Bytes[:at], st.Bytes[at:], 0
		all, n = append(all, head, tail), n+1
	}
	return all, n
}

// Drops plays a session without each of its frames, and says how many those
// were, and the first transaction that is gone although it did not touch the
// frame, nor a PDU that spans it.
func Drops(t testing.TB, row protocols.Protocol, s Session) (tried int, wrong string) {
	want := undamaged(t, row, s)
	for k, st := range s.Steps {
		if len(st.Bytes) == 0 {
			continue
		}
		tried++
		got := playDamaged(row, s, k, nil)
		if gone := want.gone(k, got); gone != "" {
			return tried, fmt.Sprintf("%s: without step %d: %s", s.Name, k, gone)
		}
	}
	return tried, ""
}

// Flips plays a session with one byte changed, for every byte whose place is a
// multiple of stride, and to four values each. The first frame is left out, for
// by it the conversation is recognised or not. It says how many bytes those
// were, and the first transaction that is gone although it touched neither the
// frame nor a PDU that spans it.
func Flips(t testing.TB, row protocols.Protocol, s Session, stride int) (tried int, wrong string) {
	want, place := undamaged(t, row, s), 0
	for k, st := range s.Steps {
		for at, was := range st.Bytes {
			if place++; place%stride != 0 || want.frame[k] == 1 {
				continue
			}
			tried++
			for _, now := range []byte{was ^ 0x01, was ^ 0x80, 0x00, 0xff} {
				damaged := append([]byte(nil), st.Bytes...)
				damaged[at] = now
				if gone := want.gone(k, playDamaged(row, s, k, damaged)); gone != "" {
					return tried, fmt.Sprintf("%s: byte %d of step %d changed from %#02x to %#02x: %s", s.Name, at, k, was, now, gone)
				}
			}
		}
	}
	return tried, ""
}

// playDamaged plays a session with other bytes in step k, or with that step
// lost. Frames keep their numbers.
func playDamaged(row protocols.Protocol, s Session, k int, damaged []byte) []ot.Observation {
	p := NewPlayer(row, s)
	for i, st := range s.Steps {
		switch {
		case i != k:
			p.Do(st)
		case damaged != nil:
			st.Bytes = damaged
			p.Do(st)
		default:
			p.emit.Frame++
			p.emit.Time += int64(st.After)
			if !s.Datagram {
				p.Do(Lost(st.Dir))
			}
		}
	}
	p.End()
	return p.Seen()
}

// whole is what an undamaged session gives.
type whole struct {
	s     Session
	frame []uint64 // of each step, 0 where it has none
	spans []bool   // a PDU goes on behind the step
	did   []ot.Transaction
}

func undamaged(t testing.TB, row protocols.Protocol, s Session) *whole {
	w := &whole{s: s, frame: make([]uint64, len(s.Steps)), spans: make([]bool, len(s.Steps))}
	p := NewPlayer(row, s)
	for i, st := range s.Steps {
		p.Do(st)
		if len(st.Bytes) > 0 {
			w.frame[i], w.spans[i] = p.emit.Frame, len(p.unused[st.Dir]) > 0
		}
	}
	p.End()
	if p.wrong != "" {
		t.Fatalf("%s: %s", s.Name, p.wrong)
	}
	w.did = Dids(clone(p.Seen()))
	w.chains()
	return w
}

// chains marks steps that complete nothing: their bytes may be a fragment of a
// PDU that a later one completes.
func (w *whole) chains() {
	done := map[uint64]bool{}
	for i := range w.did {
		done[w.did[i].Asked], done[w.did[i].Answered] = true, true
	}
	for i, f := range w.frame {
		w.spans[i] = w.spans[i] || f != 0 && !done[f]
	}
}

// gone names a transaction that touches neither step k nor a PDU that spans it
// and left no trace in got.
func (w *whole) gone(k int, got []ot.Observation) string {
	touched := w.touched(k)
	for i := range w.did {
		d := &w.did[i]
		begun := d.Answered == 0 && d.Asked < w.frame[k] // what became of it may be told otherwise
		if begun || touched[d.Asked] || touched[d.Answered] || d.Asked+d.Answered == 0 || traced(d, got) {
			continue
		}
		return fmt.Sprintf("%v code %#x of frames %d and %d is not decoded any more", d.Proto, d.Code, d.Asked, d.Answered)
	}
	return ""
}

func traced(d *ot.Transaction, got []ot.Observation) bool {
	for j := range got {
		g := &got[j].Did
		if got[j].Kind == ot.Did && g.Code == d.Code && (d.Asked != 0 && g.Asked == d.Asked || d.Answered != 0 && g.Answered == d.Answered) {
			return true
		}
	}
	return false
}

// touched is the frames whose transactions step k may take with it.
func (w *whole) touched(k int) map[uint64]bool {
	all := map[uint64]bool{w.frame[k]: true}
	dir, open := w.s.Steps[k].Dir, w.spans[k]
	for i := k + 1; open && i < len(w.s.Steps); i++ {
		if w.frame[i] != 0 && w.s.Steps[i].Dir == dir {
			all[w.frame[i]], open = true, w.spans[i]
		}
	}
	return all
}

// Crafted plays a recorded session changed as somebody would who looks for a
// decoder's weak places, and says where its result depends on how it was cut.
func Crafted(t testing.TB, row protocols.Protocol, s Session, rounds int) (wrong string) {
	r := rand.New(rand.NewPCG(7, uint64(s.Size())))
	for round := range rounds {
		session := s.with(craft(r, s.Steps, s.Steps))
		if diff := cutApart(t, r, row, session, Play(t, row, session)); diff != "" {
			return fmt.Sprintf("%s, crafted in round %d: %s\n%s", s.Name, round, diff, dump(session))
		}
	}
	return ""
}
