package baseline

import (
	"fmt"
	"strings"
	"testing"

	"otsensor/pkg/event"
	"otsensor/pkg/ot"
)

// watcher weighs what a plant does and keeps the result of the latest observation.
type watcher struct {
	*plant
	w      *Weigher
	last   Weight
	obs    ot.Observation
	all    Deviation // of everything since the last reset
	missed []string
}

// watch weighs a plant with a baseline.
func watchWith(b *Baseline) *watcher {
	x := &watcher{w: NewWeigher(b)}
	x.plant = newPlant(func(o *ot.Observation) {
		x.obs, x.last = *o, x.w.Weigh(o)
		x.all |= x.last.Dev
	})
	x.now += 1000 * minute
	return x
}

// quiet watches the day after a quiet day, in which nothing departs.
func quiet(t *testing.T) *watcher {
	t.Helper()
	b, _ := learnQuiet(t, 5)
	x := watchWith(b)
	x.quietDay(t, 2)
	if x.all != 0 {
		t.Fatalf("a quiet day departs: %v", x.all.Names())
	}
	return x
}

// tick lets seconds pass, with a tick at each.
func (x *watcher) tick(seconds int, each func()) {
	for range seconds {
		x.now += second
		if each != nil {
			each()
		}
		x.w.Tick(x.now, func(o *ot.Observation, weight Weight) {
			where := o.Claim.IP[15]
			line := fmt.Sprint(weight.Dev.Names(), " ", where)
			if o.Conv != nil {
				line = fmt.Sprint(weight.Dev.Names(), " ", o.Conv.Client.HostString(), " > ", o.Conv.Server)
			}
			for _, r := range x.w.Explain(o, weight.Dev) {
				line += fmt.Sprintf(" | %s: %s; usual %s (%s)", r.Field, r.Seen, r.Usual, r.Nearest)
			}
			x.missed = append(x.missed, line)
		})
	}
}

func (x *watcher) claim(addr string, mac byte, how ot.How) {
	x.see(ot.Observation{Kind: ot.Claimed, Claim: ot.Claim{IP: ip(addr).IP, MAC: [6]byte{2, 0, 0, 0, 0, mac}, How: how}})
}

func (x *watcher) says(who *ot.Identity) {
	x.see(ot.Observation{Conv: x.conv(hmi, plc, 502), Kind: ot.Identified, Who: who})
}

func (x *watcher) opened(client, server string, port uint16) *ot.Conv {
	c := x.conv(client, server, port)
	x.open(c)
	return c
}

// with changes a transaction.
func with(t ot.Transaction, change func(*ot.Transaction)) ot.Transaction {
	change(&t)
	return t
}

// Each row does one thing on a quiet line; want is how the last observation
// departs, why what is said of it.
func TestDeviations(t *testing.T) {
	hmiToPLC := func(x *watcher) *ot.Conv { return x.conv(hmi, plc, 502) }
	for _, c := range []struct {
		name string
		do   func(x *watcher)
		want string
		why  string
	}{
		{"a learned read", func(x *watcher) { x.did(hmiToPLC(x), read(0, 32)) }, "", ""},
		{"a part of a learned read", func(x *watcher) { x.did(hmiToPLC(x), read(4, 3)) }, "", ""},
		{"a refused learned read", func(x *watcher) {
			x.did(hmiToPLC(x), with(read(0, 32), func(t *ot.Transaction) { t.Status = ot.Refused }))
		}, "", ""},

		{"a read beyond", func(x *watcher) { x.did(hmiToPLC(x), read(50, 2)) }, "new-object",
			"object: area 3 50-51 read-data; usual area 3 0-31, 40-47 read-data (learned 40-47 read-data, 3 apart)"},
		{"a read that runs out of the learned range", func(x *watcher) { x.did(hmiToPLC(x), read(40, 9)) }, "new-object", ""},
		{"a read over a hole", func(x *watcher) { x.did(hmiToPLC(x), read(30, 12)) }, "new-object", ""},
		{"a read of another area", func(x *watcher) {
			x.did(hmiToPLC(x), with(read(0, 32), func(t *ot.Transaction) { t.Object.Area = 4 }))
		}, "new-object", "object: area 4 0-31 read-data; usual area 3 0-31, 40-47 read-data ()"},
		{"a learned start with another quantity", func(x *watcher) { x.did(hmiToPLC(x), read(0, 31)) }, "new-shape",
			"quantity: 0-30; usual 0-31 (same start, other length)"},

		{"another unit", func(x *watcher) { x.did(hmiToPLC(x), with(read(0, 32), func(t *ot.Transaction) { t.Unit = 2 })) }, "new-unit",
			"unit: 2; usual 1 ()"},
		{"another code of a learned verb", func(x *watcher) {
			x.did(hmiToPLC(x), with(read(0, 32), func(t *ot.Transaction) { t.Code = 4 }))
		}, "new-code",
			"code: 4 (read-data); usual 3 (read-data), 16 (write-data) ()"},
		{"another verb", func(x *watcher) {
			x.did(hmiToPLC(x), ot.Transaction{Proto: ot.Modbus, Op: ot.OpIdentify, Code: 43, Unit: 1})
		}, "new-op new-code",
			"op: identify; usual read-data, write-data ()"},
		{"a name where none was learned", func(x *watcher) {
			x.did(hmiToPLC(x), with(read(0, 32), func(t *ot.Transaction) { t.Name = []byte("Recipe") }))
		}, "new-name", "name: Recipe; usual nothing learned ()"},

		{"first write of a reader, where another writes", func(x *watcher) { x.did(x.conv(hist, plc, 502), write(100, 1)) },
			"new-op new-code first-write new-writer", "writer: 10.77.0.21; usual 10.77.0.20 (area 3 100, 200 write-data)"},
		{"first write of a reader, elsewhere", func(x *watcher) { x.did(x.conv(hist, plc, 502), write(300, 1)) },
			"new-op new-code first-write", "op: write-data; usual read-data (this client never wrote here)"},

		{"a learned write", func(x *watcher) { x.did(hmiToPLC(x), write(200, 110)) }, "", ""},
		{"a value a little beyond", func(x *watcher) { x.did(hmiToPLC(x), write(200, 122)) }, "", ""},
		{"a value far beyond", func(x *watcher) { x.did(hmiToPLC(x), write(200, 130)) }, "value-out-of-range",
			"value at 200: 130; usual 100 to 119 (threshold: the learned range and 25 % of it at both ends)"},
		{"a value far below", func(x *watcher) { x.did(hmiToPLC(x), write(200, 9)) }, "value-out-of-range", ""},
		{"another choice", func(x *watcher) { x.did(hmiToPLC(x), write(100, 0)) }, "value-out-of-range",
			"value at 100: 0; usual one of 1, 2, 3 (threshold: the learned range and 25 % of it at both ends)"},

		{"a learned conversation opens again", func(x *watcher) { x.opened(hmi, plc, 502) }, "", ""},
		{"a port that was never asked for refuses", func(x *watcher) {
			c := x.conv(hmi, plc, 81)
			x.kind(c, ot.Tried)
			x.kind(c, ot.Rejected)
			x.see(ot.Observation{Conv: c, Kind: ot.Moved, Traffic: ot.Traffic{Packets: [2]uint32{1, 1}}}) // the reset
			x.kind(c, ot.Closed)
		}, "new-conversation", ""},
		{"a conversation that was answered ends", func(x *watcher) { x.kind(x.opened(hmi, plc, 81), ot.Closed) }, "", ""},
		{"a learned port refuses", func(x *watcher) {
			c := x.conv(hmi, plc, 502)
			x.kind(c, ot.Tried)
			x.kind(c, ot.Rejected)
			x.kind(c, ot.Closed)
		}, "", ""},
		{"two learned hosts on another port", func(x *watcher) { x.kind(x.opened(hmi, plc, 80), ot.Opened) }, "new-conversation new-service",
			"conversation: 10.77.0.20 > 10.77.0.10 tcp/80; usual 10.77.0.20 > 10.77.0.10 tcp/502, 10.77.0.20 > 10.77.0.11 tcp/502 (nobody was learned to use this service)"},
		{"the same, only tried", func(x *watcher) { x.kind(x.conv(hmi, plc, 80), ot.Tried) }, "new-conversation", ""},
		{"two learned hosts, a learned service", func(x *watcher) { x.opened(hist, plc2, 502) }, "new-conversation",
			"conversation: 10.77.0.21 > 10.77.0.11 tcp/502; usual 10.77.0.21 > 10.77.0.10 tcp/502 (learned to use this service: 10.77.0.20)"},
		{"an unknown host", func(x *watcher) { x.opened(evil, plc, 502) }, "new-asset new-conversation",
			"asset: 10.77.0.66; usual 4 learned hosts ()"},
		{"an unknown host writes", func(x *watcher) { x.did(x.opened(evil, plc, 502), write(100, 1)) }, "new-asset new-conversation first-write new-writer", ""},
		{"a single frame of an unknown host", func(x *watcher) { x.kind(x.conv(evil, plc, 502), ot.Tried) }, "new-conversation", ""},
		{"an unknown host is only asked for", func(x *watcher) {
			x.kind(x.conv(hmi, evil, 502), ot.Tried)
			x.kind(x.conv(hmi, evil, 502), ot.Tried)
		}, "new-conversation", ""},
		{"a group", func(x *watcher) {
			c := ot.Conv{Client: ip(plc), Server: ip("239.192.1.2"), Transport: ot.UDP}
			x.kind(x.of(c), ot.Tried)
		}, "new-multicast new-role", ""},
		{"a controller asks its client", func(x *watcher) { x.kind(x.conv(plc, hmi, 502), ot.Tried) }, "new-conversation new-role reversed",
			"direction: 10.77.0.10 asks 10.77.0.20; usual 10.77.0.20 asks 10.77.0.10 ()"},
		{"a controller asks another", func(x *watcher) { x.kind(x.conv(plc, plc2, 502), ot.Tried) }, "new-conversation new-role",
			"role: asks 10.77.0.11:502; usual only serves 10.77.0.20, 10.77.0.21 ()"},
		{"a guess about who asks", func(x *watcher) {
			c := *x.conv(hist, plc2, 502)
			c.Guessed = true
			x.kind(x.of(c), ot.Tried)
		}, "", ""},
		{"a learned conversation, guessed the wrong way", func(x *watcher) {
			c := *x.conv(hmi, plc, 502)
			c.Client, c.Server, c.Guessed = c.Server, c.Client, true
			c.ClientMAC, c.ServerMAC = c.ServerMAC, c.ClientMAC
			c.Server.Port = 20000
			x.see(ot.Observation{Conv: x.of(c), Kind: ot.Moved, Traffic: ot.Traffic{Packets: [2]uint32{1, 1}}})
		}, "", ""},
		{"another protocol", func(x *watcher) {
			x.see(ot.Observation{Conv: hmiToPLC(x), Kind: ot.Spoke, Service: ot.RDP})
		}, "new-protocol", "protocol: rdp; usual modbus ()"},

		{"packets as learned", func(x *watcher) { x.moved(hmiToPLC(x), 219) }, "", ""},
		{"a flood", func(x *watcher) { x.moved(hmiToPLC(x), 230) }, "rate",
			"rate: 230 packets in 10 s; usual at most 40 (threshold 220: 3 times the learned peak and 100)"},

		{"the learned MAC", func(x *watcher) { x.claim(plc, 0x0a, ot.ByARPReply) }, "", ""},
		{"another MAC for a learned address", func(x *watcher) { x.claim(plc, 0x66, ot.ByARPReply) }, "address-conflict",
			"mac of 10.77.0.10: 02:00:00:00:00:66; usual 02:00:00:00:00:0a (learned)"},
		{"the same by a frame", func(x *watcher) { x.claim(plc, 0x66, ot.ByFrame) }, "address-conflict", ""},
		{"the same in a conversation's first frame", func(x *watcher) {
			c := *x.conv(hmi, plc, 502)
			c.ServerMAC, c.Client.Port = [6]byte{2, 0, 0, 0, 0, 0x66}, 50001
			x.kind(x.of(c), ot.Tried)
		}, "address-conflict", "mac of 10.77.0.10: 02:00:00:00:00:66; usual 02:00:00:00:00:0a (learned)"},
		{"a learned MAC asks for itself at another address", func(x *watcher) { x.claim("10.77.0.99", 0x0a, ot.ByGratuitousARP) },
			"new-asset address-moved", "address of 02:00:00:00:00:0a: 10.77.0.99; usual 10.77.0.10 ()"},
		{"who-has of an unknown host", func(x *watcher) {
			x.see(ot.Observation{Kind: ot.Asked, Claim: ot.Claim{IP: ip(plc).IP, Asker: ip(evil).IP, MAC: [6]byte{2, 0, 0, 0, 0, 0x66}}})
		}, "new-asset", "asset: 10.77.0.66; usual 4 learned hosts ()"},
		{"an ARP probe has no address", func(x *watcher) {
			x.see(ot.Observation{Kind: ot.Asked, Claim: ot.Claim{IP: ip(plc).IP, MAC: [6]byte{2, 0, 0, 0, 0, 0x66}}})
		}, "", ""},

		{"the learned identity", func(x *watcher) { x.says(plcIdentity("V2.9", "S-1234")) }, "", ""},
		{"another state is no other identity", func(x *watcher) {
			id := plcIdentity("V2.9", "S-1234")
			id.Facts[ot.FactState] = "stop"
			x.says(id)
		}, "", ""},
		{"a fact not said is no other", func(x *watcher) { x.says(plcIdentity("", "")) }, "", ""},
		{"another firmware", func(x *watcher) { x.says(plcIdentity("V3.0", "S-1234")) }, "firmware-changed",
			"firmware: V3.0; usual V2.9 (Modbus device identification)"},
		{"another serial number", func(x *watcher) { x.says(plcIdentity("V2.9", "S-9")) }, "identity-changed", "serial: S-9; usual S-1234 (Modbus device identification)"},
		{"another name", func(x *watcher) {
			id := plcIdentity("V2.9", "S-1234")
			id.Facts[ot.FactName] = "filler 2"
			x.says(id)
		}, "designation-changed", "name: filler 2; usual filler 1 (Modbus device identification)"},
		{"another source is not compared", func(x *watcher) {
			id := plcIdentity("V3.0", "S-9")
			id.Source = "CIP Identity object"
			x.says(id)
		}, "", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			x := quiet(t)
			c.do(x)
			if got := strings.Join(x.last.Dev.Names(), " "); got != c.want {
				t.Errorf("departs in %q, want %q", got, c.want)
			}
			why := fmtReasons(x.w.Explain(&x.obs, x.last.Dev))
			if !strings.Contains(why, c.why) {
				t.Errorf("said\n%s\nwant\n%s", why, c.why)
			}
			if (c.want == "") != (why == "") {
				t.Errorf("departs in %q, but said %q", c.want, why)
			}
		})
	}
}

func fmtReasons(why []event.Reason) (s string) {
	for _, r := range why {
		s += fmt.Sprintf("%s: %s; usual %s (%s)\n", r.Field, r.Seen, r.Usual, r.Nearest)
	}
	return s
}

func (x *watcher) moved(c *ot.Conv, packets uint32) {
	x.see(ot.Observation{Conv: c, Kind: ot.Moved, Traffic: ot.Traffic{Packets: [2]uint32{packets - 1, 1}, Since: x.now - 10*second}})
}

func TestEveryDeviationHasAName(t *testing.T) {
	names := Names()
	if 1<<len(names) != deviationEnd || len(explainers) != len(names) {
		t.Fatalf("%d names, %d explainers", len(names), len(explainers))
	}
	for i, n := range names {
		d, ok := Named(n)
		if got := d.Names(); !ok || d != 1<<i || len(got) != 1 || got[0] != n {
			t.Errorf("%q is %v", n, got)
		}
	}
	if _, ok := Named("new-thing"); ok {
		t.Error("a name that does not exist was found")
	}
}

// Names of tags are learned; what is not among them departs.
func TestNames(t *testing.T) {
	tag := func(name string) ot.Transaction {
		return ot.Transaction{Proto: ot.CIP, Op: ot.OpReadData, Code: 0x4c, Name: []byte(name)}
	}
	l := NewLearner("x", Defaults)
	p := newPlant(l.Learn)
	p.open(p.conv(hmi, plc, 44818))
	for range 5 {
		for _, n := range []string{"Speed", "Level", "State"} {
			p.did(p.conv(hmi, plc, 44818), tag(n))
		}
		p.now += minute
	}
	x := watchWith(l.Baseline())
	for _, c := range []struct{ name, want string }{{"Level", ""}, {"State", ""}, {"Level", ""}, {"Recipe", "new-name"}, {"Spee", "new-name"}, {"Speed", ""}} {
		x.did(x.conv(hmi, plc, 44818), tag(c.name))
		if got := strings.Join(x.last.Dev.Names(), " "); got != c.want {
			t.Errorf("%s departs in %q, want %q", c.name, got, c.want)
		}
	}
}

func TestPeriod(t *testing.T) {
	for _, c := range []struct {
		name  string
		gap   int64
		fires bool
	}{
		{"as learned", second, false},
		{"nine percent slower", second + 90_000_000, false},
		{"half as fast", 2 * second, true},
		{"twice as fast", second / 2, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			x := quiet(t)
			for range 45 {
				x.now += c.gap
				x.did(x.conv(hmi, plc2, 502), read(0, 32))
				if x.last.Dev != 0 && c.fires {
					break
				}
			}
			if fired := x.last.Dev == Period; fired != c.fires || x.last.Dev&^Period != 0 {
				t.Errorf("%v", x.last.Dev.Names())
			}
			if why := fmtReasons(x.w.Explain(&x.obs, x.last.Dev)); c.fires && !strings.Contains(why, "usual 1s±0s (threshold: 15 of 20 gaps more than 100ms away)") {
				t.Error(why)
			}
		})
	}
	t.Run("a pause is no period", func(t *testing.T) {
		x := quiet(t)
		for i := range 100 {
			x.now += second
			if i%15 == 0 {
				x.now += 5 * second
			}
			x.did(x.conv(hmi, plc2, 502), read(0, 32))
		}
		if x.all != 0 {
			t.Errorf("%v", x.all.Names())
		}
	})
}

// Without a baseline only two MACs for one address within the run are found.
func TestWithoutBaseline(t *testing.T) {
	x := watchWith(nil)
	x.quietDay(t, 2)
	x.did(x.opened(evil, plc, 502), write(100, 77))
	if x.all != 0 {
		t.Errorf("%v", x.all.Names())
	}
	x.claim(plc, 0x66, ot.ByARPReply)
	if x.last.Dev != AddressConflict {
		t.Errorf("%v", x.last.Dev.Names())
	}
	if why := fmtReasons(x.w.Explain(&x.obs, x.last.Dev)); why != "mac of 10.77.0.10: 02:00:00:00:00:66; usual 02:00:00:00:00:0a (seen earlier in this run)\n" {
		t.Error(why)
	}
	x.tick(3600, nil)
	if len(x.missed) != 0 {
		t.Error(x.missed)
	}
	x.claim(plc, 0x0a, ot.ByARPReply)
	if x.last.Dev != 0 {
		t.Error("an address that changed hands after an hour is a conflict")
	}
}

// A router's MAC stands behind many addresses; frames through it are no evidence.
func TestRouterIsNoConflict(t *testing.T) {
	x := watchWith(nil)
	for i := range 5 {
		x.claim(fmt.Sprintf("10.9.0.%d", i+1), 0xee, ot.ByFrame)
	}
	x.claim("10.9.0.1", 0xef, ot.ByFrame) // a second router
	if x.all != 0 {
		t.Errorf("%v", x.all.Names())
	}
	x.claim("10.9.0.1", 0xee, ot.ByARPReply) // but a claim is a claim
	if x.all != AddressConflict {
		t.Errorf("%v", x.all.Names())
	}
}

// What departs goes on departing.
func TestDepartureStays(t *testing.T) {
	x := quiet(t)
	c := x.conv(evil, plc, 502)
	x.kind(c, ot.Tried)
	if x.last.Dev != NewConversation {
		t.Errorf("first: %+v", x.last)
	}
	x.kind(c, ot.Opened)
	for range 5 {
		if x.last.Dev != NewConversation|NewAsset {
			t.Errorf("opened, and then: %+v", x.last)
		}
		x.did(c, read(0, 1))
	}
}

// Nothing is learned after learning.
func TestWeighingTeachesNothing(t *testing.T) {
	x := quiet(t)
	for range 1000 {
		x.did(x.conv(hmi, plc, 502), read(500, 1))
		x.now += second
	}
	if x.last.Dev != NewObject {
		t.Errorf("after a thousand times: %v", x.last.Dev.Names())
	}
}

func TestLastGood(t *testing.T) {
	x := quiet(t)
	x.did(x.conv(hmi, plc, 502), read(0, 32))
	before := x.now
	if got := x.w.LastGood(ip(plc)); got != before {
		t.Errorf("on a quiet day: %d, want %d", got, before)
	}
	x.now += second
	x.did(x.conv(hmi, plc, 502), read(500, 1)) // reading changes nothing
	x.now += second
	x.did(x.conv(hmi, plc, 502), read(0, 32))
	x.now += second
	x.did(x.conv(hmi, plc, 502), with(write(300, 1), func(t *ot.Transaction) { t.Status = ot.Refused }))
	before = x.now
	x.now += second
	x.did(x.conv(hmi, plc, 502), write(300, 1))
	x.now += minute
	x.did(x.conv(hmi, plc, 502), read(0, 32))
	if got := x.w.LastGood(ip(plc)); got != before {
		t.Errorf("after a write: %d, want %d", got, before)
	}
	if x.w.LastGood(ip("10.1.1.1")) != 0 || x.w.Known(ip(evil)) || !x.w.Known(ip(plc)) {
		t.Error("unknown hosts")
	}
}

// A line that a person accepted is in force with what it rests on.
func TestAcceptedLineBringsItsConversation(t *testing.T) {
	b, err := Parse(strings.NewReader(document(
		"! conversation 10.77.0.66 > 10.77.0.10 tcp/502",
		"habit 10.77.0.66 > 10.77.0.10 tcp/502 modbus write-data unit=1 code=16 area=3 addr=100")), "b")
	if err != nil {
		t.Fatal(err)
	}
	x := watchWith(b)
	x.did(x.opened(evil, plc, 502), write(100, 1))
	if x.all != 0 {
		t.Errorf("%v", x.all.Names())
	}
}

// A flood of inventions fills tables, and is counted.
func TestWeighingIsBounded(t *testing.T) {
	x := quiet(t)
	for i := range 70000 {
		e := ot.Endpoint{IP: [16]byte{10: 0xff, 11: 0xff, 12: 11, 13: byte(i >> 16), 14: byte(i >> 8), 15: byte(i)}}
		x.see(ot.Observation{Kind: ot.Claimed, Claim: ot.Claim{IP: e.IP, MAC: [6]byte{2, byte(i >> 16), byte(i >> 8), byte(i), 0, 1}, How: ot.ByARPReply}})
	}
	w := x.w
	if w.strangers != maxStrangers || len(w.bindings) > maxBindings || len(w.macHosts) > maxBindings || w.Full == 0 {
		t.Errorf("%d strangers, %d bindings, %d MACs, %d full", w.strangers, len(w.bindings), len(w.macHosts), w.Full)
	}
	if x.last.Dev != NewAsset {
		t.Errorf("%v", x.last.Dev.Names())
	}
}
