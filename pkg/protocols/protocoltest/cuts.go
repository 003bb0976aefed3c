package protocoltest

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"otsensor/pkg/ot"
	"otsensor/pkg/protocols"
)

// A decoder that decides by how many bytes it was given, and not by which, is
// right on every seed: it takes a crafted session and a certain cut to show it.
// So sessions are crafted here as somebody would who knows the protocol, and
// each is played whole, in single bytes and cut at random.

const (
	craftRounds  = 1500 // crafted sessions of a row
	craftFillers = 20   // of them with thousands of bytes of filler
)

// crafted: where segments are cut carries no meaning in crafted sessions
// either, and what comes of them is fit to be used.
func (s suite) crafted(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	for round := range craftRounds {
		seed, other := s.seeds[round%len(s.seeds)], s.seeds[r.IntN(len(s.seeds))]
		session := seed.with(craft(r, seed.Steps, other.Steps))
		session.Beside = nil // when it comes beside is between segments
		if round < craftFillers {
			session.Steps = filled(r, session.Steps)
		}
		want := s.survive(t, session)
		if seed.Datagram || !streams(s.row) {
			continue
		}
		if diff := cutApart(t, r, s.row, session, want); diff != "" {
			t.Fatalf("%s, crafted in round %d: %s\n%s", seed.Name, round, diff, dump(session))
		}
		for _, d := range []ot.Dir{ot.ToServer, ot.ToClient} {
			if wavers := s.wavers(session.first(d)); wavers != "" {
				t.Fatalf("%s, crafted in round %d: direction %d: %s\n%s", seed.Name, round, d, wavers, dump(session))
			}
		}
	}
}

// probed is how many bytes of a direction's first segment are probed one by one.
const probed = 300

// wavers says where the probe takes back what it said of fewer bytes. More of
// them may tell who sent them, or speak against it; but what was refused stays
// refused, and one side never becomes the other.
func (s suite) wavers(head []byte) string {
	said := protocols.More
	for n := range min(len(head), probed) + 1 {
		now := s.row.Probe(head[:n:n])
		if said == protocols.No && now != said || said+now == protocols.FromClient+protocols.FromServer && said != now {
			return fmt.Sprintf("the probe says %d of the first %d bytes, and said %d before", now, n, said)
		}
		said = now
	}
	return ""
}

// cutApart plays a session cut in several ways, and gives the first difference.
func cutApart(t testing.TB, r *rand.Rand, row protocols.Protocol, session Session, want []ot.Observation) string {
	for _, c := range []struct {
		how   string
		steps []Step
	}{
		{"in single bytes", single(session.Steps)},
		{"in small pieces", pieces(r, session.Steps, 40)},
		{"in large pieces", pieces(r, session.Steps, 3000)},
	} {
		if diff := compare(want, playCut(t, row, session.with(c.steps))); diff != "" {
			return c.how + ": " + diff
		}
	}
	return ""
}

// pieces cuts every step at random places.
func pieces(r *rand.Rand, steps []Step, most int) (all []Step) {
	for _, st := range steps {
		for len(st.Bytes) > most/20 {
			head := st
			n := 1 + r.IntN(min(len(st.Bytes), most))
			head.Bytes, st.Bytes, st.After = st.Bytes[:n:n], st.Bytes[n:], 0
			all = append(all, head)
		}
		if len(st.Bytes) > 0 || st.Lost || st.Tick {
			all = append(all, st)
		}
	}
	return all
}
