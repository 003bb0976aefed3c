package detect

import (
	"fmt"
	"strings"
	"testing"

	"otsensor/pkg/ot"
)

const (
	looked   = "when: { op: identify }"
	logged   = "when: { op: auth }"
	stopped  = "when: { op: mode-change }"
	twoLinks = "chain: [ { rules: [A-01] }, { rules: [A-02] } ]\nby: [source]\nover: 10s\ngroup: [client]"
)

// fired lists the seconds at which the chain C-01 was met.
func fired(t *testing.T, chain string, acts ...ot.Observation) string {
	t.Helper()
	w := watch(t, &site{}, rule("A-01", looked), rule("A-02", logged), rule("A-03", stopped), rule("C-01", chain))
	var all []string
	var before uint64
	for i := range acts {
		w.see(acts[i])
		for o := w.open.first; o != nil; o = o.next {
			if o.event.Rule.ID == "C-01" && o.hits != before {
				before = o.hits
				all = append(all, fmt.Sprint(float64(acts[i].Clock-begin)/float64(second)))
			}
		}
	}
	return strings.Join(all, " ")
}

func TestChainOrderAndTime(t *testing.T) {
	look := func(at float64) ot.Observation { return act(at, 1, 2, ot.OpIdentify, ot.OK) }
	log := func(at float64) ot.Observation { return act(at, 1, 3, ot.OpAuth, ot.OK) }
	for name, c := range map[string]struct {
		acts []ot.Observation
		want string
	}{
		"in order":                      {[]ot.Observation{look(0), log(5)}, "5"},
		"the other way":                 {[]ot.Observation{log(0), look(5)}, ""},
		"at the same time":              {[]ot.Observation{look(3), log(3)}, "3"},
		"exactly over":                  {[]ot.Observation{look(0), log(10)}, "10"},
		"too late":                      {[]ot.Observation{look(0), log(10.1)}, ""},
		"first link of an open event":   {[]ot.Observation{look(0), look(20), log(25)}, "25"},
		"last link of an open event":    {[]ot.Observation{log(0), look(5), log(8)}, "8"},
		"every further last link":       {[]ot.Observation{look(0), log(1), log(2), log(11)}, "1 2"},
		"another source does the other": {[]ot.Observation{look(0), act(1, 9, 3, ot.OpAuth, ot.OK)}, ""},
	} {
		if got := fired(t, twoLinks, c.acts...); got != c.want {
			t.Errorf("%s: met at %q, want %q", name, got, c.want)
		}
	}
}

// The time of a chain is from its first link to its last, not from link to link.
func TestChainOfThree(t *testing.T) {
	const three = "chain: [ { rules: [A-01] }, { rules: [A-02] }, { ops: [mode-change] } ]\nby: [source]\nover: 10s"
	look, log, stop := ot.OpIdentify, ot.OpAuth, ot.OpModeChange
	do := func(at float64, op ot.Op) ot.Observation { return act(at, 1, 2, op, ot.OK) }
	for name, c := range map[string]struct {
		acts []ot.Observation
		want string
	}{
		"within":                    {[]ot.Observation{do(0, look), do(5, log), do(10, stop)}, "10"},
		"each within, all beyond":   {[]ot.Observation{do(0, look), do(6, log), do(12, stop)}, ""},
		"one missing":               {[]ot.Observation{do(0, look), do(5, stop)}, ""},
		"a later beginning counts":  {[]ot.Observation{do(0, look), do(4, look), do(6, log), do(12, stop)}, "12"},
		"an early middle does not":  {[]ot.Observation{do(0, log), do(1, look), do(2, stop)}, ""},
		"a late first does not end": {[]ot.Observation{do(0, look), do(1, log), do(9, look), do(10, stop)}, "10"},
	} {
		if got := fired(t, three, c.acts...); got != c.want {
			t.Errorf("%s: met at %q, want %q", name, got, c.want)
		}
	}
}

// One sighting is not two links of one chain, though it meets both.
func TestChainNeedsTwoSightings(t *testing.T) {
	const same = "chain: [ { ops: [auth] }, { types: [OT-01] } ]\nby: [source, target]\nover: 10s"
	if got := fired(t, same, act(0, 1, 2, ot.OpAuth, ot.OK), act(1, 1, 2, ot.OpAuth, ot.OK), act(2, 1, 3, ot.OpAuth, ot.OK)); got != "1" {
		t.Errorf("met at %q, want at the second sighting of the same pair", got)
	}
}

// A link may ask for what came of the act: what was refused was not done.
func TestChainLinkStatus(t *testing.T) {
	const done = "chain: [ { ops: [auth], status: [ok, oneway] }, { types: [OT-01], status: [ok] } ]\nby: [source]\nover: 10s"
	for _, c := range []struct {
		first, second ot.Status
		want          string
	}{{ot.OK, ot.OK, "1"}, {ot.OneWay, ot.OK, "1"}, {ot.Refused, ot.OK, ""}, {ot.OK, ot.OneWay, ""}, {ot.OK, ot.Refused, ""}} {
		if got := fired(t, done, act(0, 1, 2, ot.OpAuth, c.first), act(1, 1, 2, ot.OpModeChange, c.second)); got != c.want {
			t.Errorf("%s and then %s: met at %q, want %q", c.first, c.second, got, c.want)
		}
	}
	odd := with(seen(1, ot.Odd, 1, 2), func(o *ot.Observation) { o.Odd = ot.Malformed })
	w := watch(t, &site{}, rule("A-01", logged), rule("A-02", "when: { kind: odd }"), rule("C-01", done))
	w.see(act(0, 1, 2, ot.OpAuth, ot.OK), odd)
	w.want(t, "open A-01 10.0.0.1>10.0.0.2 x1; open A-02 10.0.0.1>10.0.0.2 x1") // what is no act has no status
}

// Hosts without an address are told apart by their MACs.
func TestChainOfHostsWithoutAddress(t *testing.T) {
	mac := func(o ot.Observation, n byte) ot.Observation {
		o.Conv.Client = ot.Endpoint{MAC: [6]byte{2, 0, 0, 0, 0, n}}
		return o
	}
	if got := fired(t, twoLinks, mac(act(0, 1, 2, ot.OpIdentify, ot.OK), 1), mac(act(1, 1, 2, ot.OpAuth, ot.OK), 2), mac(act(2, 1, 2, ot.OpAuth, ot.OK), 1)); got != "2" {
		t.Errorf("met at %q, want when the same host acts", got)
	}
}

// What a chain raises is no link of another, so chains cannot feed each other.
func TestChainsDoNotFeedChains(t *testing.T) {
	w := watch(t, &site{}, rule("A-01", looked), rule("A-02", logged),
		rule("C-01", "chain: [ { rules: [A-01] }, { types: [OT-01] } ]\nby: [source]\nover: 1h"),
		rule("C-02", "chain: [ { types: [OT-01] }, { rules: [A-02] } ]\nby: [source]\nover: 1h"))
	w.see(act(0, 1, 2, ot.OpIdentify, ot.OK), act(1, 1, 2, ot.OpAuth, ot.OK))
	const pair = " 10.0.0.1>10.0.0.2 x1"
	w.want(t, "open A-01"+pair+"; open A-02"+pair+"; open C-01"+pair+"; open C-02"+pair)
}

// What people accept of a chain is not raised, and its parts are.
func TestAcceptedChain(t *testing.T) {
	w := watch(t, &site{accepted: "C-01"}, rule("A-01", looked), rule("A-02", logged), rule("C-01", twoLinks))
	w.see(act(0, 1, 2, ot.OpIdentify, ot.OK), act(1, 1, 2, ot.OpAuth, ot.OK))
	w.want(t, "open A-01 10.0.0.1>10.0.0.2 x1; open A-02 10.0.0.1>10.0.0.2 x1")
	if w.Counts.Accepted != 1 {
		t.Errorf("%d accepted, want 1", w.Counts.Accepted)
	}
}

// A new file is a new beginning for chains too.
func TestChainAndNewFile(t *testing.T) {
	w := watch(t, &site{}, rule("A-01", looked), rule("A-02", logged), rule("C-01", twoLinks))
	w.see(act(0, 1, 2, ot.OpIdentify, ot.OK))
	w.NewFile()
	w.see(act(1, 1, 2, ot.OpAuth, ot.OK))
	w.want(t, "open A-01 10.0.0.1>10.0.0.2 x1; closed A-01 10.0.0.1>10.0.0.2 x1; open A-02 10.0.0.1>10.0.0.2 x1")
}
