package assets

import (
	"bytes"
	"net/netip"
	"strings"
	"testing"

	"otsensor/pkg/ot"
)

const second = int64(1_000_000_000)

func ip(addr string, port uint16) ot.Endpoint {
	return ot.EndpointOf(netip.MustParseAddr(addr), port)
}

// conv is a TCP conversation of two hosts with MACs of their own.
func conv(client, server string, port uint16) *ot.Conv {
	c := &ot.Conv{Client: ip(client, 50000), Server: ip(server, port), Transport: ot.TCP, VLAN: 7}
	c.ClientMAC, c.ServerMAC = [6]byte{2, 0, 0, 0, 0, c.Client.IP[15]}, [6]byte{0x00, 0x0e, 0x8c, 0, 0, c.Server.IP[15]}
	return c
}

// table is a table with a clock that moves a second with every observation.
type table struct {
	*Table
	now int64
}

func (t *table) see(o ot.Observation) {
	t.now += second
	o.Time, o.Clock = t.now, t.now
	t.See(&o)
}

func (t *table) kinds(c *ot.Conv, kinds ...ot.Kind) {
	for _, k := range kinds {
		t.see(ot.Observation{Conv: c, Kind: k})
	}
}

func (t *table) did(c *ot.Conv, op ot.Op, n int) {
	for range n {
		t.see(ot.Observation{Conv: c, Kind: ot.Did, Did: ot.Transaction{Proto: ot.Modbus, Op: op}})
	}
}

func TestJSONOfAnAsset(t *testing.T) {
	x := &table{Table: NewTable()}
	c := conv("10.0.0.20", "10.0.0.10", 502)
	x.kinds(c, ot.Tried, ot.Opened)
	x.see(ot.Observation{Conv: c, Kind: ot.Spoke, Did: ot.Transaction{Proto: ot.Modbus}})
	x.did(c, ot.OpReadData, 3)
	x.did(c, ot.OpWriteData, 1)
	who := ot.Identity{Of: c.Server, Source: "Modbus device identification"}
	who.Facts[ot.FactVendor], who.Facts[ot.FactName] = "Acme", "filler 1"
	x.see(ot.Observation{Conv: c, Kind: ot.Identified, Frame: 17, Who: &who})
	module := who
	module.Behind = "slot 3"
	x.see(ot.Observation{Conv: c, Kind: ot.Identified, Frame: 18, Who: &module})
	x.see(ot.Observation{Kind: ot.Claimed, Claim: ot.Claim{IP: c.Server.IP, MAC: [6]byte{2, 9}, How: ot.ByARPReply}})

	var got bytes.Buffer
	if err := WriteJSON(&got, x.List()); err != nil {
		t.Fatal(err)
	}
	want := `{"addr":"10.0.0.10","macs":["00:0e:8c:00:00:0a","02:09:00:00:00:00"],"vlans":[7],"vendor":"Siemens","name":"filler 1","role":"controller","role_because":"answered 4 OT requests, asked 0","evidence":{"served":4,"reads":0,"writes":0,"engineering":0,"infrastructure":0},"first":2000000000,"last":10000000000,"services":[{"transport":"tcp","port":502,"name":"modbus"}],"says":[{"source":"Modbus device identification","frame":17,"facts":{"name":"filler 1","vendor":"Acme"}}],"modules":[{"behind":"slot 3","source":"Modbus device identification","frame":18,"facts":{"name":"filler 1","vendor":"Acme"}}]}
{"addr":"10.0.0.20","macs":["02:00:00:00:00:14"],"vlans":[7],"role":"hmi","role_because":"read 3 and wrote 1 times","evidence":{"served":0,"reads":3,"writes":1,"engineering":0,"infrastructure":0},"first":1000000000,"last":9000000000}
`
	if got.String() != want {
		t.Errorf("got\n%s\nwant\n%s", got.String(), want)
	}
}

func TestRoles(t *testing.T) {
	c := conv("10.0.0.20", "10.0.0.10", 502)
	for _, r := range []struct {
		name string
		do   func(x *table)
		of   ot.Endpoint
		want Role
		why  string
	}{
		{"answers", func(x *table) { x.did(c, ot.OpReadData, 2) }, c.Server, Controller, "answered 2 OT requests, asked 0"},
		{"only reads", func(x *table) { x.did(c, ot.OpReadData, 2) }, c.Client, Client, "read 2 times from 1 hosts and never wrote"},
		{"only reads, from many", func(x *table) {
			for _, server := range []string{"10.0.0.10", "10.0.0.11", "10.0.0.12"} {
				x.did(conv("10.0.0.20", server, 502), ot.OpReadData, 1)
			}
		}, c.Client, Historian, "read 3 times from 3 hosts and never wrote"},
		{"many conversations with one host are not many hosts", func(x *table) {
			for range 5 {
				x.did(conv("10.0.0.20", "10.0.0.10", 502), ot.OpReadData, 1)
			}
		}, c.Client, Client, ""},
		{"writes", func(x *table) { x.did(c, ot.OpWriteData, 1) }, c.Client, HMI, ""},
		{"engineers", func(x *table) { x.did(c, ot.OpReadData, 9); x.did(c, ot.OpModeChange, 1) }, c.Client, Engineering, "asked 1 engineering acts in 10 OT requests"},
		{"answers more than it asks", func(x *table) {
			x.did(c, ot.OpReadData, 5)
			x.did(conv("10.0.0.10", "10.0.0.30", 502), ot.OpWriteData, 1)
		}, c.Server, Controller, "answered 5 OT requests, asked 1"},
		{"does not answer", func(x *table) {
			x.see(ot.Observation{Conv: c, Kind: ot.Did, Did: ot.Transaction{Op: ot.OpReadData, Status: ot.Unanswered}})
		}, c.Server, Unknown, ""},
		{"serves names", func(x *table) {
			d := conv("10.0.0.20", "10.0.0.53", 53)
			x.kinds(d, ot.Tried, ot.Opened)
			x.see(ot.Observation{Conv: d, Kind: ot.Spoke, Service: ot.DNS})
		}, ip("10.0.0.53", 0), Infrastructure, ""},
		{"not seen", func(x *table) {}, c.Client, Unknown, ""},
	} {
		t.Run(r.name, func(t *testing.T) {
			x := &table{Table: NewTable()}
			r.do(x)
			if got := x.Role(r.of); got != r.want {
				t.Errorf("role %q, want %q", got, r.want)
			}
			if a, _ := x.Find(r.of); !strings.Contains(a.Because, r.why) {
				t.Errorf("because %q, want %q", a.Because, r.why)
			}
		})
	}
}

// An asset is what speaks: not what is only asked for, and no group.
func TestWhoIsAnAsset(t *testing.T) {
	x := &table{Table: NewTable()}
	x.kinds(conv("10.0.0.20", "10.0.0.99", 502), ot.Tried, ot.Rejected)
	x.kinds(conv("10.0.0.20", "239.1.2.3", 5353), ot.Tried)
	x.kinds(conv("10.0.0.20", "255.255.255.255", 67), ot.Tried)
	x.kinds(conv("0.0.0.0", "255.255.255.255", 67), ot.Tried)
	link := &ot.Conv{Client: ot.Endpoint{MAC: [6]byte{0, 0x1b, 0x1b, 0, 0, 1}}, Server: ot.Endpoint{MAC: [6]byte{1, 0x80, 0xc2}, Port: 0x88cc}}
	x.kinds(link, ot.Tried)
	x.see(ot.Observation{Kind: ot.Asked, Claim: ot.Claim{IP: ip("10.0.0.98", 0).IP, Asker: ip("10.0.0.21", 0).IP, MAC: [6]byte{0, 0x1b, 0x1b, 0, 0, 1}}})
	x.see(ot.Observation{Kind: ot.Asked, Claim: ot.Claim{IP: ip("10.0.0.98", 0).IP, MAC: [6]byte{2, 0, 0, 0, 0, 22}}}) // a probe

	var got []string
	for _, a := range x.List() {
		got = append(got, a.Addr+" "+a.Vendor+" "+a.Of)
	}
	if want := "10.0.0.20  |10.0.0.21 Siemens |00:1b:1b:00:00:01 Siemens 10.0.0.21"; strings.Join(got, "|") != want {
		t.Errorf("got %q, want %q", strings.Join(got, "|"), want)
	}
}

func TestSeats(t *testing.T) {
	x := &table{Table: NewTable()}
	a, b := conv("10.0.0.20", "10.0.0.10", 502), conv("10.0.0.21", "10.0.0.10", 502)
	x.kinds(a, ot.Tried)
	x.kinds(b, ot.Tried)
	if a.Seat == 0 || b.Seat == 0 || a.Seat == b.Seat {
		t.Errorf("seats %d and %d", a.Seat, b.Seat)
	}
	x.kinds(a, ot.Closed)
	c := conv("10.0.0.22", "10.0.0.10", 502)
	x.kinds(c, ot.Tried)
	if c.Seat != a.Seat {
		t.Errorf("the free seat %d was not given to the next, but %d", a.Seat, c.Seat)
	}
	x.did(a, ot.OpWriteData, 1) // what comes after the end finds its hosts, not the next one's
	if x.Role(c.Client) != Unknown || x.Role(a.Client) != HMI {
		t.Errorf("roles %q %q", x.Role(c.Client), x.Role(a.Client))
	}
}

// A flood of invented addresses puts out itself, not the line.
func TestBounds(t *testing.T) {
	x := &table{Table: NewTable()}
	c := conv("10.0.0.20", "10.0.0.10", 502)
	x.did(c, ot.OpWriteData, 2)
	for i := range 3 * MaxAssets {
		x.see(ot.Observation{Kind: ot.Claimed, Claim: ot.Claim{IP: [16]byte{10: 0xff, 11: 0xff, 12: 11, 13: byte(i >> 16), 14: byte(i >> 8), 15: byte(i)}, MAC: [6]byte{2}}})
	}
	if x.Len() > MaxAssets || x.Evicted == 0 {
		t.Errorf("%d assets, %d put out", x.Len(), x.Evicted)
	}
	if x.Role(c.Client) != HMI || x.Role(c.Server) != Controller {
		t.Error("the line was put out")
	}
	for i := range 100 {
		x.see(ot.Observation{Kind: ot.Claimed, Claim: ot.Claim{IP: c.Server.IP, MAC: [6]byte{2, byte(i)}, VLAN: uint16(i)}})
		x.kinds(conv("10.0.0.20", "10.0.0.10", uint16(i+1)), ot.Tried, ot.Opened)
		x.see(ot.Observation{Conv: c, Kind: ot.Identified, Who: &ot.Identity{Of: c.Server, Source: string(rune('a' + i))}})
	}
	a, _ := x.Find(c.Server)
	if len(a.MACs) != maxMACs || len(a.VLANs) != maxVLANs || len(a.Services) != maxServices || len(a.Says) != maxIdentities || x.Full == 0 {
		t.Errorf("%d MACs, %d VLANs, %d services, %d answers, %d refused", len(a.MACs), len(a.VLANs), len(a.Services), len(a.Says), x.Full)
	}
}

func TestVendors(t *testing.T) {
	for _, c := range []struct {
		mac  [6]byte
		want string
	}{
		{[6]byte{0x00, 0x00, 0xbc}, "Rockwell Automation"},
		{[6]byte{0x00, 0x80, 0xf4, 9, 9, 9}, "Schneider Electric"},
		{[6]byte{0x28, 0x63, 0x36}, "Siemens"},
		{[6]byte{0x02, 0x00, 0xbc}, ""}, // locally administered
		{[6]byte{0xff, 0xff, 0xff, 0xff, 0xff, 0xff}, ""},
	} {
		if got := VendorOf(c.mac); got != c.want {
			t.Errorf("%x: %q, want %q", c.mac, got, c.want)
		}
	}
	seen := map[uint32]string{}
	for _, v := range vendors {
		for _, p := range v.prefixes {
			if seen[p] != "" || p > 0xffffff || p>>16&3 != 0 {
				t.Errorf("%06x of %s: twice (%s), or not a maker's", p, v.name, seen[p])
			}
			seen[p] = v.name
		}
	}
}

func TestSteadyStateAllocatesNothing(t *testing.T) {
	x := NewTable()
	o := ot.Observation{Conv: conv("10.0.0.20", "10.0.0.10", 502), Kind: ot.Did, Did: ot.Transaction{Op: ot.OpReadData}}
	x.See(&o)
	if n := testing.AllocsPerRun(1000, func() { x.See(&o) }); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

func BenchmarkSee(b *testing.B) {
	x := NewTable()
	o := ot.Observation{Conv: conv("10.0.0.20", "10.0.0.10", 502), Kind: ot.Did, Did: ot.Transaction{Op: ot.OpReadData}}
	b.ReportAllocs()
	for b.Loop() {
		o.Time++
		x.See(&o)
	}
}

// BenchmarkFlood is a new invented address with every observation.
func BenchmarkFlood(b *testing.B) {
	x := NewTable()
	o := ot.Observation{Kind: ot.Claimed, Claim: ot.Claim{IP: [16]byte{10: 0xff, 11: 0xff, 12: 10}, MAC: [6]byte{2}}}
	for i := 0; b.Loop(); i++ {
		o.Claim.IP[13], o.Claim.IP[14], o.Claim.IP[15] = byte(i>>16), byte(i>>8), byte(i)
		o.Time++
		x.See(&o)
	}
}
