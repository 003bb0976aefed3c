package baseline

import (
	"encoding/binary"
	"net/netip"
	"testing"

	"otsensor/pkg/assets"
	"otsensor/pkg/ot"
)

// plant makes observations by hand, as a line would cause them. Its clock
// moves only when told to.
type plant struct {
	now   int64
	convs map[ot.Conv]*ot.Conv
	seats *assets.Table
	take  func(o *ot.Observation)
}

// newPlant starts at a full minute of a fixed day.
func newPlant(take func(o *ot.Observation)) *plant {
	return &plant{now: 1_767_600_000 * second, convs: map[ot.Conv]*ot.Conv{}, seats: assets.NewTable(), take: take}
}

func ip(addr string) ot.Endpoint { return ot.EndpointOf(netip.MustParseAddr(addr), 0) }

// macOf is the MAC of a host that has its own: 02:00:00:00:00:<last byte of the address>.
func macOf(e ot.Endpoint) [6]byte { return [6]byte{2, 0, 0, 0, 0, e.IP[15]} }

// conv is the one conversation of two hosts on a TCP port.
func (p *plant) conv(client, server string, port uint16) *ot.Conv {
	c := ot.Conv{Client: ip(client), Server: ip(server), Transport: ot.TCP}
	c.Client.Port, c.Server.Port = 50000, port
	c.ClientMAC, c.ServerMAC = macOf(c.Client), macOf(c.Server)
	return p.of(c)
}

func (p *plant) of(c ot.Conv) *ot.Conv {
	if p.convs[c] == nil {
		kept := c
		p.convs[c] = &kept
	}
	return p.convs[c]
}

// see hands over an observation at the present time.
func (p *plant) see(o ot.Observation) {
	o.Time, o.Clock = p.now, p.now
	p.seats.See(&o)
	p.take(&o)
}

func (p *plant) kind(c *ot.Conv, k ot.Kind) { p.see(ot.Observation{Conv: c, Kind: k}) }

// open is a handshake and the recognition of Modbus.
func (p *plant) open(c *ot.Conv) {
	p.kind(c, ot.Tried)
	p.kind(c, ot.Opened)
	p.see(ot.Observation{Conv: c, Kind: ot.Spoke, Did: ot.Transaction{Proto: ot.Modbus}})
}

func (p *plant) did(c *ot.Conv, t ot.Transaction) {
	t.AskedAt = p.now
	p.see(ot.Observation{Conv: c, Kind: ot.Did, Did: t})
}

const holding = 3 // Object.Area of the tests

// read is a Modbus read of holding registers.
func read(addr, n uint32) ot.Transaction {
	return ot.Transaction{Proto: ot.Modbus, Op: ot.OpReadData, Code: 3, Unit: 1, Object: ot.Object{Area: holding, Addr: addr, Len: n}}
}

// write is a Modbus write of registers.
func write(addr uint32, values ...uint16) ot.Transaction {
	t := ot.Transaction{Proto: ot.Modbus, Op: ot.OpWriteData, Code: 16, Unit: 1, Shape: ot.U16BE,
		Object: ot.Object{Area: holding, Addr: addr, Len: uint32(len(values))}}
	for _, v := range values {
		t.Value = binary.BigEndian.AppendUint16(t.Value, v)
	}
	return t
}

const (
	hmi  = "10.77.0.20"
	hist = "10.77.0.21"
	plc  = "10.77.0.10"
	plc2 = "10.77.0.11"
	evil = "10.77.0.66"
)

// minuteOf polls for a minute, as the line of these tests does on a quiet day:
// the HMI reads two ranges of two controllers every second and writes a choice
// (1, 2, 3) and a number (100 to 119) every ten seconds; the historian reads.
func (p *plant) minuteOf(t testing.TB) {
	t.Helper()
	h1, h2, hs := p.conv(hmi, plc, 502), p.conv(hmi, plc2, 502), p.conv(hist, plc, 502)
	for i := range int64(60) {
		p.did(h1, read(0, 32))
		p.did(h1, read(40, 8))
		p.did(h2, read(0, 32))
		p.did(hs, read(0, 10))
		if i%10 == 0 {
			turn := uint16(p.now / (10 * second))
			p.did(h1, write(100, 1+turn%3))
			p.did(h1, write(200, 100+turn%20*7%20))
			for _, c := range []*ot.Conv{h1, h2, hs} {
				p.see(ot.Observation{Conv: c, Kind: ot.Moved, Traffic: ot.Traffic{Packets: [2]uint32{20, 20}, Since: p.now - 10*second}})
			}
		}
		p.now += second
	}
}

// quietDay is what the line of these tests does from start to end of learning.
func (p *plant) quietDay(t testing.TB, minutes int) {
	for _, c := range []*ot.Conv{p.conv(hmi, plc, 502), p.conv(hmi, plc2, 502), p.conv(hist, plc, 502)} {
		p.open(c)
	}
	p.see(ot.Observation{Conv: p.conv(hmi, plc, 502), Kind: ot.Identified, Who: plcIdentity("V2.9", "S-1234")})
	for range minutes {
		p.minuteOf(t)
	}
}

func plcIdentity(firmware, serial string) *ot.Identity {
	id := &ot.Identity{Of: ip(plc), Source: "Modbus device identification"}
	id.Facts[ot.FactVendor], id.Facts[ot.FactFirmware], id.Facts[ot.FactSerial] = "Acme", firmware, serial
	id.Facts[ot.FactName], id.Facts[ot.FactState] = "filler 1", "run"
	return id
}

// learnQuiet is a baseline of a quiet day.
func learnQuiet(t testing.TB, minutes int) (*Baseline, *plant) {
	t.Helper()
	l := NewLearner("test line", Defaults)
	p := newPlant(l.Learn)
	p.quietDay(t, minutes)
	return l.Baseline(), p
}
