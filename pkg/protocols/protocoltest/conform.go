package protocoltest

import (
	"strings"
	"testing"
	"time"

	"otsensor/pkg/ot"
	"otsensor/pkg/protocols"
)

// Conform proves of a decoder what every decoder must hold. Rows that the
// decoder carries are checked with the same seeds.
func Conform(t *testing.T, row protocols.Protocol, seeds []Session, carried ...protocols.Protocol) {
	t.Helper()
	if len(seeds) == 0 {
		t.Fatal("no seeds")
	}
	s := suite{row, append([]protocols.Protocol{row}, carried...), seeds}
	t.Run("codes", s.codes)
	t.Run("fields", s.fields)
	t.Run("probe", s.probe)
	t.Run("foreign", s.foreign)
	t.Run("split", s.split)
	t.Run("crafted", s.crafted)
	t.Run("batch", s.batch)
	t.Run("wake", s.wake)
	t.Run("isolation", s.isolation)
	t.Run("mutation", s.mutation)
	t.Run("hostile", s.hostile)
	t.Run("edged", s.edged)
	t.Run("progress", s.progress)
	t.Run("allocation", s.allocation)
}

type suite struct {
	row   protocols.Protocol
	rows  []protocols.Protocol // row, then the carried ones
	seeds []Session
}

// codes: every code has a name of its own and a verb that exists.
func (s suite) codes(t *testing.T) {
	for _, row := range s.rows {
		if len(row.Codes) == 0 {
			t.Errorf("%v: no codes", row.Proto)
		}
		seen := map[uint32]string{}
		for _, c := range row.Codes {
			if !identifier(c.Name) {
				t.Errorf("%v: code %#x has the name %q; want lower case, digits and _", row.Proto, c.Number, c.Name)
			}
			if was, twice := seen[c.Number]; twice {
				t.Errorf("%v: code %#x is listed as %q and as %q", row.Proto, c.Number, was, c.Name)
			}
			seen[c.Number] = c.Name
		}
	}
}

// fields: unique, prefixed, documented, and each present in a transaction of some seed.
func (s suite) fields(t *testing.T) {
	seen := map[string]bool{}
	for _, row := range s.rows {
		for _, f := range row.Fields {
			name, ok := strings.CutPrefix(f.Name, prefix(row.Proto)+".")
			switch {
			case !ok || !identifier(name):
				t.Errorf("field %q; want %s.lower_case", f.Name, prefix(row.Proto))
			case seen[f.Name]:
				t.Errorf("field %q is listed twice", f.Name)
			case f.Doc == "" || strings.Contains(f.Doc, "\n"):
				t.Errorf("field %q wants a line of documentation", f.Name)
			case (f.Num == nil) == (f.Text == nil):
				t.Errorf("field %q wants exactly one of Num and Text", f.Name)
			}
			seen[f.Name] = true
		}
		for _, name := range s.unreached(t, row) {
			t.Errorf("field %q is reached by no seed", name)
		}
	}
}

// prefix is what a protocol's fields begin with: its name, for S7comm and S7comm-plus the short one that rules use.
func prefix(p ot.Proto) string {
	switch p {
	case ot.S7comm:
		return "s7"
	case ot.S7Plus:
		return "s7plus"
	}
	return p.String()
}

func (s suite) unreached(t *testing.T, row protocols.Protocol) (names []string) {
	reached := make([]bool, len(row.Fields))
	join := func(*ot.Observation) {}
	if row.Join != nil {
		join = row.Join()
	}
	for _, seed := range s.seeds {
		obs := Play(t, s.row, seed)
		for i := range obs {
			join(&obs[i])
			if obs[i].Kind != ot.Did || obs[i].Did.Proto != row.Proto {
				continue
			}
			for j := range row.Fields {
				reached[j] = reached[j] || row.Fields[j].Append(nil, &obs[i].Did) != nil
			}
		}
	}
	for j, r := range reached {
		if !r {
			names = append(names, row.Fields[j].Name)
		}
	}
	return names
}

// probe: the first bytes of own sessions are never refused, wherever the first
// segment ends, and never taken for the other direction's.
func (s suite) probe(t *testing.T) {
	if s.row.Probe == nil {
		t.Skip("carried by another protocol")
	}
	for _, seed := range s.seeds {
		if seed.Foreign || seed.Rough {
			continue
		}
		for _, d := range []ot.Dir{ot.ToServer, ot.ToClient} {
			head := seed.said(d)
			for n := range min(len(head), probed) + 1 {
				got := s.row.Probe(head[:n:n])
				if got == protocols.No || got == protocols.FromServer && d == ot.ToServer ||
					got == protocols.FromClient && d == ot.ToClient {
					t.Errorf("%s: probe of the first %d bytes of direction %d gives %d", seed.Name, n, d, got)
					break
				}
			}
		}
	}
}

// foreign: what is not this protocol is refused, and gives no transaction when fed all the same.
func (s suite) foreign(t *testing.T) {
	for _, seed := range s.seeds {
		if !seed.Foreign {
			continue
		}
		if head := seed.first(ot.ToServer); head != nil && s.row.Probe != nil && s.row.Probe(head) != protocols.No {
			t.Errorf("%s: probe does not refuse it", seed.Name)
		}
		obs := Play(t, s.row, seed)
		if did := Dids(obs); len(did) > 0 {
			t.Errorf("%s: %d transactions, the first of code %#x", seed.Name, len(did), did[0].Code)
		}
		var said [2]int
		for i := range obs {
			if obs[i].Kind == ot.Odd && obs[i].Odd == ot.WrongProtocol {
				said[obs[i].Dir]++
			}
		}
		if said[0] > 1 || said[1] > 1 {
			t.Errorf("%s: wrong-protocol said %v times; want at most once a direction", seed.Name, said)
		}
	}
}

// batch: nothing is kept from a batch.
func (s suite) batch(t *testing.T) {
	for _, seed := range s.seeds {
		want := clone(Play(t, s.row, seed))
		if diff := compare(want, playBatches(s.row, seed)); diff != "" {
			t.Errorf("%s: with the batch overwritten after every step: %s", seed.Name, diff)
		}
	}
}

// allocation: in steady state a decoder allocates nothing.
func (s suite) allocation(t *testing.T) {
	measured := 0
	for _, seed := range s.seeds {
		if seed.Allocates != "" || len(Identities(Play(t, s.row, seed))) > 0 {
			continue
		}
		measured++
		p := NewPlayer(s.row, seed)
		round := func() {
			for _, st := range seed.Steps {
				p.Do(st)
			}
			p.Do(Wait(2 * time.Duration(protocols.AnswerTimeout)))
			p.Forget()
		}
		for range 2 * protocols.OpenMax {
			round()
		}
		if n := testing.AllocsPerRun(20, round); n > 0 {
			t.Errorf("%s: %v allocations a round; want none", seed.Name, n)
		}
	}
	if measured == 0 {
		t.Error("no seed is free of allocations")
	}
}

func identifier(s string) bool {
	return s != "" && strings.Trim(s, "abcdefghijklmnopqrstuvwxyz0123456789_") == ""
}
