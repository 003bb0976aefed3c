package protocoltest

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"
	"time"

	"otsensor/pkg/ot"
)

// split: where segments are cut carries no meaning.
func (s suite) split(t *testing.T) {
	for _, seed := range s.seeds {
		if seed.Datagram {
			continue
		}
		want := Play(t, s.row, seed)
		check := func(how string, steps []Step) {
			if diff := compare(want, Play(t, s.row, seed.with(steps))); diff != "" {
				t.Fatalf("%s: %s: %s", seed.Name, how, diff)
			}
		}
		check("in single bytes", single(seed.Steps))
		check("with segments joined", joined(seed.Steps))
		for k, st := range seed.Steps {
			for at := 1; at < len(st.Bytes); at++ {
				check(fmt.Sprintf("step %d cut at byte %d", k, at), cut(seed.Steps, k, at))
			}
		}
	}
}

// wake: a Tick that was not asked for would tell nothing.
func (s suite) wake(t *testing.T) {
	for _, seed := range s.seeds {
		asked, always := NewPlayer(s.row, seed), NewPlayer(s.row, seed)
		always.always = true
		for _, st := range seed.Steps {
			for range 25 {
				asked.Do(st)
				always.Do(st)
				st = Wait(time.Second)
			}
		}
		if diff := compare(always.Seen(), asked.Seen()); diff != "" {
			t.Fatalf("%s: a Tick was not asked for: %s", seed.Name, diff)
		}
		for i, o := range asked.Seen() {
			if always.Seen()[i].Seq != o.Seq {
				t.Fatalf("%s: a Tick was asked for too late: %s", seed.Name, text(o))
			}
		}
	}
}

// cut divides step k at a byte.
func cut(steps []Step, k, at int) []Step {
	all := append([]Step(nil), steps[:k]...)
	head, tail := steps[k], steps[k]
	head.Bytes, tail.Bytes, tail.After = head.Bytes[:at], tail.Bytes[at:], 0
	return append(append(all, head, tail), steps[k+1:]...)
}

// single gives every byte a segment of its own.
func single(steps []Step) []Step {
	all := make([]Step, 0, len(steps)+(&Session{Steps: steps}).Size())
	for _, st := range steps {
		if len(st.Bytes) == 0 {
			all = append(all, st)
			continue
		}
		for i := range st.Bytes {
			one := st
			one.Bytes = st.Bytes[i : i+1]
			if i > 0 {
				one.After = 0
			}
			all = append(all, one)
		}
	}
	return all
}

// joined puts neighbouring segments of one direction into one.
func joined(steps []Step) (all []Step) {
	for _, st := range steps {
		if last := len(all) - 1; last >= 0 && len(st.Bytes) > 0 && len(all[last].Bytes) > 0 && all[last].Dir == st.Dir {
			all[last].Bytes = Join(all[last].Bytes, st.Bytes)
			continue
		}
		all = append(all, st)
	}
	return all
}

// isolation: one broken byte in a PDU leaves all later PDUs decoded.
func (s suite) isolation(t *testing.T) {
	tried := 0
	for _, seed := range s.seeds {
		if !seed.PDUs {
			continue
		}
		want := clone(Play(t, s.row, seed))
		frame := uint64(0)
		for k, st := range seed.Steps {
			if len(st.Bytes) == 0 {
				continue
			}
			frame++
			for at, was := range st.Bytes {
				for _, now := range []byte{was ^ 0x01, was ^ 0x80, 0x00, 0xff} {
					tried++
					broken := Play(t, s.row, seed.with(replace(seed.Steps, k, at, now)))
					if gone := undecoded(want, broken, frame); gone != "" {
						t.Fatalf("%s: byte %d of step %d changed from %#02x to %#02x: %s", seed.Name, at, k, was, now, gone)
					}
				}
			}
		}
	}
	if tried == 0 {
		t.Error("no seed marks its PDUs")
	}
}

func replace(steps []Step, k, at int, b byte) []Step {
	all := append([]Step(nil), steps...)
	all[k].Bytes = bytes.Clone(all[k].Bytes)
	all[k].Bytes[at] = b
	return all
}

// undecoded names a transaction of want wholly after the frame that left no trace in got.
func undecoded(want, got []ot.Observation, frame uint64) string {
	for _, w := range Dids(want) {
		if w.Asked != 0 && w.Asked <= frame || w.Answered != 0 && w.Answered <= frame || w.Asked+w.Answered == 0 {
			continue
		}
		found := false
		for _, g := range Dids(got) {
			found = found || g.Code == w.Code && (g.Asked == w.Asked || g.Answered == w.Answered)
		}
		if !found {
			return fmt.Sprintf("code %#x of frames %d and %d is not decoded any more", w.Code, w.Asked, w.Answered)
		}
	}
	return ""
}

// mutation: crafted input never panics, never makes more work than its bytes pay for.
func (s suite) mutation(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for range 3000 {
		seed := s.seeds[r.IntN(len(s.seeds))]
		s.survive(t, seed.with(mutate(r, seed.Steps)))
	}
}

// survive plays a session and uses all that was seen as the rest of the sensor would.
func (s suite) survive(t testing.TB, session Session) []ot.Observation {
	t.Helper()
	defer func() {
		if p := recover(); p != nil {
			t.Errorf("panic on\n%s", dump(session))
			panic(p)
		}
	}()
	obs := Play(t, s.row, session)
	if most := 256 + 8*session.Size(); len(obs) > most {
		t.Fatalf("%d observations of %d bytes\n%s", len(obs), session.Size(), dump(session))
	}
	for i := range obs {
		wrong := ""
		switch obs[i].Kind {
		case ot.Did, ot.Odd:
			wrong = s.unfit(&obs[i].Did)
		case ot.Identified:
			wrong = unclean(obs[i].Who)
		}
		if wrong != "" {
			t.Fatalf("%s\n%+v\n%+v\n%s", wrong, obs[i].Did, obs[i].Who, dump(session))
		}
	}
	return obs
}

// unfit says how a transaction breaks the promises of ot.Transaction.
func (s suite) unfit(d *ot.Transaction) string {
	switch {
	case len(d.Value) > ot.ValueCap:
		return "Value above ot.ValueCap"
	case len(d.Name) > ot.NameCap:
		return "Name above ot.NameCap"
	case !clean(d.Name):
		return "Name is not clean"
	}
	for i := range d.Points() {
		d.Point(i)
	}
	for _, row := range s.rows {
		if row.Proto != d.Proto {
			continue
		}
		JSON(row, d)
		for i := range row.Fields {
			if get := row.Fields[i].Text; get != nil && !clean(get(d)) {
				return "the text of " + row.Fields[i].Name + " is not clean"
			}
		}
		if row.Describe != nil && !clean(bytes.TrimRight(row.Describe(d, nil), " ")) {
			return "what Describe says is not clean"
		}
		return ""
	}
	return "Proto of no known row"
}

// unclean says how an identity breaks the promises of ot.Identity.
func unclean(who *ot.Identity) string {
	for i, fact := range who.Facts {
		if !clean([]byte(fact)) || len(fact) > ot.NameCap {
			return "the fact " + ot.Fact(i).String() + " is not clean, or above ot.NameCap"
		}
	}
	if !clean([]byte(who.Behind)) || !clean([]byte(who.Source)) {
		return "Behind or Source is not clean"
	}
	return ""
}

// clean reports whether a text can be shown as it stands: UTF-8 without
// control, format and bidirectional characters, and no blanks around it.
func clean(text []byte) bool { return bytes.Equal(ot.Clean(nil, text, len(text)), text) }

// progress: a decoder that is fed for ever uses what it is fed, whatever it is. The player notes a breach of Limit.
func (s suite) progress(t *testing.T) {
	if s.row.Limit <= 0 {
		t.Fatal("the row has no Limit")
	}
	r := rand.New(rand.NewPCG(3, 4))
	for _, seed := range s.seeds {
		for _, fill := range []func(b []byte){
			func(b []byte) { clear(b) },
			func(b []byte) {
				for i := range b {
					b[i] = 0xff
				}
			},
			func(b []byte) {
				for i := range b {
					b[i] = byte(r.Uint32())
				}
			},
		} {
			steps := append([]Step(nil), seed.Steps...)
			for sent := 0; sent < 2*s.row.Limit+4096; sent += 1024 {
				b := make([]byte, 1024)
				fill(b)
				steps = append(steps, Client(b...), Server(b...))
			}
			s.survive(t, seed.with(steps))
		}
	}
}

// compare gives the first difference, apart from when and where things were seen; "" when there is none.
func compare(want, got []ot.Observation) string {
	for i := range max(len(want), len(got)) {
		if i < min(len(want), len(got)) && same(&want[i], &got[i]) {
			continue
		}
		w, g := "nothing", "nothing"
		if i < len(want) {
			w = text(want[i])
		}
		if i < len(got) {
			g = text(got[i])
		}
		if w != g {
			return fmt.Sprintf("observation %d\nwant %s\ngot  %s", i, w, g)
		}
	}
	return ""
}

// same is what text tells, at less cost.
func same(want, got *ot.Observation) bool {
	w, g := placeless(want), placeless(got)
	return reflect.DeepEqual(w, g) && bytes.Equal(want.Did.Name, got.Did.Name) && bytes.Equal(want.Did.Value, got.Did.Value)
}

// placeless is an observation without when and where it was seen, and without its texts.
func placeless(o *ot.Observation) ot.Observation {
	p := *o
	p.Seq, p.Frame, p.Time, p.Clock, p.Conv = 0, 0, 0, 0, nil
	d := &p.Did
	d.Asked, d.Answered, d.AskedAt, d.Latency, d.Name, d.Value = 0, 0, 0, 0, nil, nil
	return p
}

// text is an observation without frame numbers and latency.
func text(o ot.Observation) string {
	d := o.Did
	d.Asked, d.Answered, d.AskedAt, d.Latency = 0, 0, 0, 0
	var b strings.Builder
	fmt.Fprintf(&b, "%v quality %d odd %v dir %d service %v %+v", o.Kind, o.Quality, o.Odd, o.Dir, o.Service, d)
	if o.Who != nil {
		fmt.Fprintf(&b, " %+v", *o.Who)
	}
	if !reflect.ValueOf(o.Claim).IsZero() || !reflect.ValueOf(o.Traffic).IsZero() {
		b.WriteString(" and what only the stream may say")
	}
	return b.String()
}

// dump writes a session so that it can be pasted into a test.
func dump(s Session) string {
	var b strings.Builder
	fmt.Fprintf(&b, "session %q, datagram %v\n", s.Name, s.Datagram)
	for _, st := range s.Steps {
		fmt.Fprintf(&b, "dir %d lost %v tick %v after %v: ", st.Dir, st.Lost, st.Tick, st.After)
		for from, to := 0, 0; from < len(st.Bytes); from = to {
			for to = from + 1; to < len(st.Bytes) && st.Bytes[to] == st.Bytes[from]; to++ {
			}
			if to-from > 32 {
				fmt.Fprintf(&b, " %d times %02x ", to-from, st.Bytes[from])
			} else {
				fmt.Fprintf(&b, "%x", st.Bytes[from:to])
			}
		}
		b.WriteString("\n")
	}
	return b.String()
}
