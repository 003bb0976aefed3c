package detect

import (
	"fmt"
	"net/netip"
	"strings"
	"testing"
	"testing/fstest"

	"otsensor/pkg/baseline"
	"otsensor/pkg/event"
	"otsensor/pkg/ot"
	"otsensor/pkg/protocols/all"
)

// rule writes a rule with everything it needs but what the test is about.
func rule(id, about string) string {
	say := "  say: seen\n"
	if strings.Contains(about, "say:") {
		say = "\n"
	}
	text := "- id: " + id + "\n  title: T\n  level: 2\n  play: OT-01\n  tests: [ { fires: a }, { silent: b } ]\n" + say
	for _, line := range strings.Split(about, "\n") {
		text += "  " + line + "\n"
	}
	return text
}

// compileRules compiles rules, which must be right.
func compileRules(t testing.TB, rules ...string) *Set {
	t.Helper()
	set, err := Load(fstest.MapFS{"r.yaml": {Data: []byte(strings.Join(rules, ""))}}, all.Table(), Known{})
	if err != nil {
		t.Fatal(err)
	}
	return set
}

// site is what a test's rooms around the engine know.
type site struct {
	hosts    map[ot.Endpoint]Host
	accepted string // id of a rule
	ticket   string
}

func (f *site) facts() Facts {
	return Facts{
		Host: func(e ot.Endpoint) Host { return f.hosts[e.Host()] },
		Party: func(e ot.Endpoint) event.Party {
			return event.Party{Addr: hostShown(e)}
		},
		Object:   func(t *ot.Transaction) string { return fmt.Sprint("object ", t.Object.Addr) },
		Reasons:  func(*ot.Observation, baseline.Deviation) []event.Reason { return nil },
		Conduit:  func(a, b ot.Endpoint) bool { return true },
		Planned:  func(*Sighting) string { return f.ticket },
		Critical: func(*Sighting) Critical { return Critical{} },
		Accepted: func(rule string, _ *Sighting) bool { return rule == f.accepted },
		File:     func(frame uint64) (string, uint64) { return "a.pcap", frame },
	}
}

// told is a journal of what an engine emits.
type told struct {
	*Engine
	records []event.Event
}

func watch(t testing.TB, f *site, rules ...string) *told {
	t.Helper()
	return watchSet(compileRules(t, rules...), f)
}

func watchSet(set *Set, f *site) *told {
	w := &told{}
	w.Engine = NewEngine(set, f.facts(), func(r Raised) { w.records = append(w.records, *r.Event) })
	return w
}

// lines gives what was emitted since the last call: "state rule source>target xcount".
func (w *told) lines() string {
	var all []string
	for _, e := range w.records {
		all = append(all, fmt.Sprintf("%s %s %s>%s x%d", e.State, e.Rule.ID, e.Source.Addr, e.Target.Addr, e.Count))
	}
	w.records = nil
	return strings.Join(all, "; ")
}

func (w *told) want(t *testing.T, want string) {
	t.Helper()
	if got := w.lines(); got != want {
		t.Errorf("told %q\nwant %q", got, want)
	}
}

// begin is when the tests' time begins: any whole minute.
const begin = 1_700_000_040 * second

// host is 10.0.0.n.
func host(n byte) ot.Endpoint { return ot.EndpointOf(netip.AddrFrom4([4]byte{10, 0, 0, n}), 0) }

// seen makes an observation at a second of the tests' time.
func seen(at float64, kind ot.Kind, client, server byte) ot.Observation {
	clock := begin + int64(at*float64(second))
	c, s := host(client), host(server)
	c.Port, s.Port = 40000, 502
	return ot.Observation{Kind: kind, Time: clock, Clock: clock, Frame: uint64(at*10) + 1, Conv: &ot.Conv{Client: c, Server: s, Transport: ot.TCP}}
}

// act makes a Modbus transaction.
func act(at float64, client, server byte, op ot.Op, status ot.Status) ot.Observation {
	o := seen(at, ot.Did, client, server)
	o.Did = ot.Transaction{Proto: ot.Modbus, Op: op, Status: status, Latency: -1}
	return o
}

// with changes an observation.
func with(o ot.Observation, change func(o *ot.Observation)) ot.Observation { change(&o); return o }

// see matches observations as they come, with no deviation.
func (w *told) see(all ...ot.Observation) {
	for i := range all {
		w.Match(&all[i], baseline.Weight{})
	}
}
