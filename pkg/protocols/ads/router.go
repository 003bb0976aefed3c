package ads

import (
	"strconv"

	"otsensor/pkg/ot"
	"otsensor/pkg/protocols"
)

// RouterFlag marks the Code of a service of the routers, over UDP.
const RouterFlag uint32 = 0x10000

// The services of a router, and the bit of an answer.
const (
	routerInfo   = RouterFlag | 1
	routerAdd    = RouterFlag | 6
	routerAnswer = 1 << 31
)

// What a service says, by tag.
const (
	tagStatus   = 1
	tagPassword = 2
	tagVersion  = 3
	tagSystem   = 4
	tagHost     = 5
	tagRoute    = 12
	tagUser     = 13

	tagsMax = 32
)

const (
	cookie    = 0x71146603
	routerLen = 24 // cookie, invoke id, service, net id, port, how many tags
)

// router reads the datagrams of routers: who is there, and who may come in.
type router struct {
	open protocols.Open
	text [ot.NameCap]byte
	user [64]byte
}

func isRouter(head []byte) protocols.Answer {
	c := protocols.Read(head)
	if magic := c.U32LE(); !c.Short() && magic != cookie {
		return protocols.No
	}
	c.Skip(4)
	switch service := c.U32LE(); {
	case c.Short():
		return protocols.More
	case service&routerAnswer != 0:
		return protocols.FromServer
	}
	return protocols.FromClient
}

func (d *router) Lost(ot.Dir, *protocols.Emit)        { d.open.Lost() }
func (d *router) Tick(now int64, out *protocols.Emit) { d.open.Expire(now, out) }

func (d *router) Feed(dir ot.Dir, b []byte, out *protocols.Emit) int {
	t := ot.Transaction{Proto: ot.ProtoADS, Latency: -1}
	c := protocols.Read(b)
	magic, invoke, service := c.U32LE(), c.U32LE(), c.U32LE()
	t.Arg[argNetHigh], t.Arg[argNetLow] = c.U32(), uint32(c.U16())
	t.Unit, t.Arg[argInvoke] = uint32(c.U16LE()), invoke
	t.Arg[argSourcePort] = t.Unit
	count := c.U32LE()
	t.Code = RouterFlag | service&0xffff
	if t.Op = protocols.OpOf(allCodes, t.Code); t.Op == ot.OpUnknown && !c.Short() {
		out.OddIn(ot.ReservedCode, dir, &t)
	}
	if !c.Short() && magic == cookie {
		h := d.tags(count, &t, &c)
		if !c.Short() {
			d.heard(dir, service, b, &t, &h, out)
			return len(b)
		}
	}
	out.OddIn(ot.Malformed, dir, &t)
	return len(b)
}

// heard is what the tags of a datagram say that a transaction does not keep.
type heard struct {
	host, version, system []byte
	status                uint32
}

func (d *router) tags(count uint32, t *ot.Transaction, c *protocols.Cursor) (h heard) {
	for i := uint32(0); i < min(count, tagsMax); i++ {
		tag := c.U16LE()
		b := c.Bytes(int(c.U16LE()))
		switch tag {
		case tagStatus:
			v := protocols.Read(b)
			h.status = v.U32LE()
		case tagPassword:
			t.Arg[argSecret] = 1
		case tagVersion:
			h.version = b
		case tagSystem:
			h.system = b
		case tagHost:
			h.host = b
		case tagRoute:
			t.Name = ot.Clean(d.text[:0], b, len(d.text))
		case tagUser:
			t.Value = ot.Clean(d.user[:0], b, len(d.user))
		}
	}
	return h
}

// heard hands over a request, or the answer joined to it.
func (d *router) heard(dir ot.Dir, service uint32, whole []byte, t *ot.Transaction, h *heard, out *protocols.Emit) {
	key := uint64(service&0xffff)<<32 | uint64(t.Arg[argInvoke])
	if service&routerAnswer == 0 {
		d.open.Ask(key, ot.ProtoADS, out).Add(t, out)
		return
	}
	if t.Code == routerInfo {
		h.identify(dir, out)
	}
	r, verdict := d.open.Take(key, whole, out)
	switch {
	case verdict == protocols.Again:
		return
	case verdict == protocols.Fits && len(r.Txns) > 0:
		a := r.Txns[0]
		a.Arg[argNetHigh], a.Arg[argNetLow], a.Unit = t.Arg[argNetHigh], t.Arg[argNetLow], t.Unit
		*t = a
	default:
		t.Status, t.Answered = ot.Unasked, out.Frame
	}
	if t.StatusCode = h.status; h.status != 0 && t.Status == ot.OK {
		t.Status = ot.Refused
	}
	out.Did(t)
}

// platforms are the operating systems by the number of their family.
var platforms = [...]string{2: "Windows", 3: "Windows CE"}

// identify tells who answered: its name, TwinCAT's version and the system below.
func (h *heard) identify(dir ot.Dir, out *protocols.Emit) {
	id := ot.Identity{Of: out.Conv.Server.Host(), Source: "ADS router"}
	if dir == ot.ToServer {
		id.Of = out.Conv.Client.Host()
	}
	id.Facts[ot.FactVendor] = "Beckhoff"
	id.Facts[ot.FactName] = ot.CleanString(h.host, ot.NameCap)
	if v := protocols.Read(h.version); v.Left() >= 4 {
		id.Facts[ot.FactProduct], id.Facts[ot.FactFirmware] = "TwinCAT", version(v.U8(), v.U8(), v.U16LE())
	}
	s := protocols.Read(h.system)
	s.Skip(4)
	major, minor, build, platform := s.U32LE(), s.U32LE(), s.U32LE(), s.U32LE()
	if !s.Short() && int(platform) < len(platforms) && platforms[platform] != "" {
		id.Facts[ot.FactType] = platforms[platform] + " " + version(uint8(major), uint8(minor), uint16(build))
	}
	out.Identified(id)
}

func version(major, minor uint8, build uint16) string {
	return strconv.Itoa(int(major)) + "." + strconv.Itoa(int(minor)) + "." + strconv.Itoa(int(build))
}
