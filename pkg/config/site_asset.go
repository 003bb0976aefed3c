package config

import (
	"net"
	"net/netip"
	"slices"
	"strings"

	"otsensor/pkg/near"
	"otsensor/pkg/ot"
)

func (c *siteChecker) assets() {
	var seen []string
	c.s.Assets = make([]Asset, len(c.raw.Assets)) // byHost points into it
	for i := range c.raw.Assets {
		r, a := &c.raw.Assets[i], &c.s.Assets[i]
		c.name("asset", r.Name, seen, "assets", i, "name")
		seen = append(seen, r.Name)
		*a = Asset{Name: r.Name, Role: r.Role, Line: r.Line, Cell: r.Cell, Zone: r.Zone, Step: r.ProcessStep, Purpose: r.Purpose, Owner: r.Owner,
			GxP: r.GxP, Safety: r.Safety, NotHoldable: r.Holdable != nil && !*r.Holdable}
		a.inherit(c.s.Line(r.Line), r.Holdable == nil)
		if r.Role != "" {
			c.oneOf("role", r.Role, roleWords, "assets", i, "role")
		}
		if r.GxP != "" {
			c.oneOf("gxp_impact", r.GxP, gxpWords, "assets", i, "gxp_impact")
		}
		if r.Zone != "" {
			c.oneOf("zone", r.Zone, c.zoneNames(), "assets", i, "zone")
		}
		if r.Purpose != "" {
			c.oneOf("purpose", r.Purpose, PurposeWords(), "assets", i, "purpose")
		}
		c.line(r.Line, "assets", i, "line")
		c.hosts(i, r, a)
		for j := range r.Critical {
			a.Critical = append(a.Critical, c.parameter(&r.Critical[j], r.Line, at("assets", i, "critical_parameters", j)))
		}
	}
}

// inherit takes from the line what the asset does not say itself.
func (a *Asset) inherit(l *Line, holdable bool) {
	if l == nil {
		return
	}
	if a.GxP == "" {
		a.GxP = l.GxP
	}
	if a.Step == "" {
		a.Step = l.Step
	}
	if holdable {
		a.NotHoldable = l.NotHoldable
	}
}

// hosts collects the addresses and MACs of an asset.
func (c *siteChecker) hosts(i int, r *rawAsset, a *Asset) {
	for j, text := range r.Addresses {
		addr, err := netip.ParseAddr(text)
		if err != nil || addr.Zone() != "" || addr.IsMulticast() || addr.IsUnspecified() {
			c.fail(at("assets", i, "addresses", j), "%q is no address of a host", text)
			continue
		}
		c.host(ot.EndpointOf(addr, 0), a, at("assets", i, "addresses", j))
	}
	for j, text := range r.MACs {
		mac, err := net.ParseMAC(text)
		if err != nil || len(mac) != 6 || mac[0]&1 != 0 {
			c.fail(at("assets", i, "macs", j), "%q is no MAC of a host such as 02:00:00:00:00:10", text)
			continue
		}
		c.host(ot.Endpoint{MAC: [6]byte(mac)}, a, at("assets", i, "macs", j))
	}
	if len(r.Addresses)+len(r.MACs) == 0 {
		c.fail(at("assets", i), "asset %q needs addresses or macs", r.Name)
	}
}

func (c *siteChecker) host(e ot.Endpoint, a *Asset, path []any) {
	if other := c.s.byHost[e]; other != nil {
		c.fail(path, "%s belongs to asset %q already", e.HostString(), other.Name)
		return
	}
	c.s.byHost[e] = a
}

func (c *siteChecker) parameter(r *rawParameter, line string, path []any) Parameter {
	sub := func(keys ...any) []any { return append(slices.Clone(path), keys...) }
	c.name("critical parameter", r.Name, nil, sub("name")...)
	c.named(r.Writers, sub("writers")...)
	if r.Low != nil && r.High != nil && *r.Low > *r.High {
		c.fail(sub("high"), "high is below low")
	}
	for i, name := range r.Phases {
		c.oneOf("phase of the asset's line called", name, c.s.Line(line).phaseNames(), sub("phases", i)...)
	}
	return Parameter{Name: r.Name, Point: c.point(&r.Point, sub("point")), Low: r.Low, High: r.High, Writers: r.Writers, Phases: r.Phases}
}

func (c *siteChecker) point(r *rawPoint, path []any) Point {
	sub := func(key string) []any { return append(slices.Clone(path), key) }
	proto, ok := ot.ProtoNamed(r.Proto)
	if !ok {
		var known []string
		for _, p := range ot.Protos() {
			known = append(known, p.String())
		}
		c.fail(sub("proto"), "no protocol %q%s", r.Proto, near.Hint(r.Proto, known))
		return Point{}
	}
	p := Point{Proto: proto, Unit: r.Unit, Tag: r.Tag}
	if (r.Tag == "") == (r.Area == "") {
		c.fail(path, "a point has either tag, or area and addr")
		return p
	}
	if r.Area != "" {
		c.element(r, &p, sub)
	}
	if r.Type != "" {
		c.typeOf(r.Type, &p, sub("type"))
	}
	return p
}

// element fills in area and address.
func (c *siteChecker) element(r *rawPoint, p *Point, sub func(string) []any) {
	i := slices.IndexFunc(areas, func(a area) bool { return a.proto == p.Proto && a.name == r.Area })
	if i < 0 {
		c.fail(sub("area"), "%s has no area %q; its areas: %s", p.Proto, r.Area, strings.Join(areaNames(p.Proto), ", "))
		return
	}
	a := areas[i]
	length := uint32(1)
	if r.Length != nil {
		length = *r.Length
	}
	const most = 1 << 24 // addresses of any area
	if r.Addr == nil || *r.Addr >= most || length == 0 || length > most {
		c.fail(sub("addr"), "addr and length are whole numbers below %d, length at least 1", most)
		return
	}
	if a.block != (r.Block != 0) {
		c.fail(sub("block"), "area %s of %s %s", a.name, p.Proto, map[bool]string{true: "needs a block", false: "has no blocks"}[a.block])
	}
	p.area = a
	p.Area, p.Block, p.Addr, p.Len = a.code, r.Block, *r.Addr*a.scale, length*a.scale
}
