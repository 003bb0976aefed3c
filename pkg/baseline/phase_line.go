package baseline

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"
)

// How phases stand in the document, and what becomes of them when documents are joined.

// putNamed writes 1:"cleaning"/"Anna Ott".
func putNamed(dst []byte, n PhaseName) []byte {
	dst = strconv.AppendQuote(append(putFloat(dst, n.Value), ':'), n.Name)
	return strconv.AppendQuote(append(dst, '/'), n.By)
}

func readNamed(text string) (n PhaseName, err error) {
	value, rest, _ := strings.Cut(text, ":")
	if n.Value, err = readFloat(value); err != nil {
		return n, err
	}
	name, err := strconv.QuotedPrefix(rest)
	by, parted := strings.CutPrefix(rest[len(name):], "/")
	if err != nil || !parted {
		return n, errors.New(`expected: VALUE:"name"/"who gave it"`)
	}
	for _, p := range []struct {
		into *string
		text string
	}{{&n.Name, name}, {&n.By, by}} {
		if *p.into, err = readQuoted(p.text); err != nil {
			return n, err
		}
		if clean, err := phaseText("a name", *p.into); err != nil {
			return n, err
		} else if clean != *p.into {
			return n, fmt.Errorf("%s holds what cannot be shown", p.text)
		}
	}
	return n, nil
}

// putSpent writes 1:24h0m0s/24: so long in all, on so many occasions.
func putSpent(dst []byte, s Spent) []byte {
	dst = putSpan(append(putFloat(dst, s.Value), ':'), s.Held)
	return putUint32(append(dst, '/'), s.Times)
}

func readSpent(text string) (s Spent, err error) {
	value, rest, _ := strings.Cut(text, ":")
	held, times, _ := strings.Cut(rest, "/")
	if s.Value, err = readFloat(value); err == nil {
		s.Held, err = readSpan(held)
	}
	if err == nil {
		s.Times, err = readUint32(times)
	}
	return s, err
}

// spent is how long the values of a state were held.
func (st *state) spent() (all []Spent) {
	for _, w := range st.values[:st.n] {
		all = append(all, Spent{w.v, w.held, w.occasions})
	}
	slices.SortFunc(all, compareSpent)
	return all
}

func compareSpent(a, b Spent) int { return cmp.Compare(a.Value, b.Value) }

// joinPhases adds what another document says of the phases of a point; a name that is there stays.
func (v *Value) joinPhases(o *Value) {
	spent := v.Spent
	v.Spent = nil
	for _, s := range spent {
		t := o.spent(s.Value)
		if s.Times += t.Times; t.Held > math.MaxInt64-s.Held {
			t.Held = math.MaxInt64 - s.Held
		}
		s.Held += t.Held
		v.Spent = append(v.Spent, s)
	}
	for _, s := range o.Spent {
		if !slices.ContainsFunc(spent, func(t Spent) bool { return t.Value == s.Value }) {
			v.Spent = append(v.Spent, s)
		}
	}
	slices.SortFunc(v.Spent, compareSpent)
	v.adopt(o)
}

// adopt takes the names that another line gives to values without one.
func (v *Value) adopt(o *Value) {
	v.Phases = slices.Clone(v.Phases)
	for _, n := range o.Phases {
		if v.named(n.Value).Name == "" {
			v.Phases = append(v.Phases, n)
		}
	}
	slices.SortFunc(v.Phases, func(a, b PhaseName) int { return cmp.Compare(a.Value, b.Value) })
}

// yield gives up the names that another document gives already.
func (b *Baseline) yield(to *Baseline) {
	names := to.named()
	for i := range b.Values {
		v := &b.Values[i]
		v.Phases = clip(v.Phases, func(n PhaseName) bool { _, taken := names[strings.ToLower(n.Name)]; return taken })
	}
}

// keepNames names points that were learned anew as they were named before.
func (b *Baseline) keepNames(was *Baseline) {
	b.yield(was)
	for i := range b.Values {
		v := &b.Values[i]
		if at, found := slices.BinarySearchFunc(was.Values, *v, compareValueLines); found {
			v.adopt(&was.Values[at])
		}
	}
}

// prunePhases drops what is said of values that are no choice of their point any more.
func (v *Value) prunePhases() {
	v.Phases = clip(v.Phases, func(n PhaseName) bool { return !slices.Contains(v.Set, n.Value) })
	v.Spent = clip(v.Spent, func(s Spent) bool { return !slices.Contains(v.Set, s.Value) })
}

func clip[T any](list []T, drop func(T) bool) []T {
	if list = slices.DeleteFunc(slices.Clone(list), drop); len(list) == 0 {
		return nil
	}
	return list
}

// checkPhases refuses a name that is given twice, and a value of which something is said twice.
func (b *Baseline) checkPhases() error {
	seen := map[string]bool{}
	for i := range b.Values {
		v := &b.Values[i]
		for j, n := range v.Phases {
			if j > 0 && v.Phases[j-1].Value >= n.Value {
				return fmt.Errorf("phases of %s: values rise, each stands once", v.place())
			}
			name := strings.ToLower(n.Name)
			if seen[name] {
				return fmt.Errorf("two phases are called %q", n.Name)
			}
			seen[name] = true
		}
		if !rises(v.Spent, compareSpent) {
			return fmt.Errorf("held of %s: values rise, each stands once", v.place())
		}
		if err := v.checkHolds(); err != nil {
			return err
		}
	}
	return nil
}

// ShowPhases writes the phases for people: their numbers and names, how much
// of the time and how often the line was in them, and what they are told by.
func ShowPhases(w io.Writer, b *Baseline) error {
	all := b.Phases()
	if len(all) == 0 {
		_, err := fmt.Fprintln(w, "no phases: no point was found whose value decides what is written to others")
		return err
	}
	out := fmt.Appendf(nil, "%-6s %-20s %-14s %7s %6s %9s  %s\n", "phase", "name", "named by", "time", "times", "mean", "told by")
	for i := range all {
		out = all[i].show(out)
	}
	_, err := w.Write(out)
	return err
}

func (p *Phase) show(dst []byte) []byte {
	share, times, mean := "?", "?", "?"
	if s := &p.Spent; s.Times > 0 {
		share, times = fmt.Sprintf("%.1f %%", 100*p.Share), strconv.FormatUint(uint64(s.Times), 10)
		mean = time.Duration(s.Held / int64(s.Times)).Round(time.Second).String()
	}
	return fmt.Appendf(dst, "%-6d %-20s %-14s %7s %6s %9s  %s holds %s, written by %s\n", p.Number, cmp.Or(p.Name.Name, "-"), cmp.Or(p.Name.By, "-"),
		share, times, mean, p.Point.place(), text(p.Value), p.Point.Client.HostString())
}
