package opcua

import (
	"otsensor/pkg/ot"
	"otsensor/pkg/protocols"
)

// The nodes that say what a server is and how it does (OPC 10000-5 §6.3.1, §12.10; ids of OPC 10000-6 annex A).
const (
	nodeStatus    = 2256
	nodeState     = 2259
	nodeBuildInfo = 2260
	nodeProduct   = 2261 // and one each up to the number of the build
	nodeBuild     = 2265

	attributeValue = 13
)

// The texts of BuildInfo, in the order of the nodes.
const (
	textProduct = iota
	textURI
	textMaker
	textVersion
	textBuild
	texts
)

// serverStates: OPC 10000-5 §12.6.
var serverStates = [...]string{"running", "failed", "no configuration", "suspended", "shutdown", "test", "communication fault", "unknown"}

// status is what one answer says of a server.
type status struct {
	state uint32 // with present
	text  [texts][]byte
}

// take reads the value of a node.
func (s *status) take(node uint32, b []byte) {
	c := protocols.Read(b)
	switch {
	case node == nodeStatus:
		c.Skip(16) // start, present time
		if state := c.U32LE(); !c.Short() {
			s.state = state | present
		}
		s.info(&c)
	case node == nodeState:
		if state := c.U32LE(); !c.Short() {
			s.state = state | present
		}
	case node == nodeBuildInfo:
		s.info(&c)
	case node >= nodeProduct && node <= nodeBuild:
		s.text[node-nodeProduct] = b
	}
}

// info reads BuildInfo (OPC 10000-5 §12.4).
func (s *status) info(c *protocols.Cursor) {
	uri, maker, product, version, build := text(c), text(c), text(c), text(c), text(c)
	if !c.Short() {
		s.text = [texts][]byte{textProduct: product, textURI: uri, textMaker: maker, textVersion: version, textBuild: build}
	}
}

// said remembers what a server said of itself, so that who polls it tells it once.
type said struct {
	state uint32
	text  [texts]uint64
}

// news notes what is said and reports whether any of it was not said before.
func (k *said) news(s *status) (news bool) {
	if s.state != 0 && s.state != k.state {
		k.state, news = s.state, true
	}
	for i, text := range s.text {
		if len(text) == 0 {
			continue
		}
		if sum := protocols.Digest(text); sum != k.text[i] {
			k.text[i], news = sum, true
		}
	}
	return news
}

// tell hands over what a server says of itself.
func (d *decoder) tell(s *status, out *protocols.Emit) {
	if !d.said.news(s) {
		return
	}
	id := ot.Identity{Of: out.Conv.Server.Host(), Source: "OPC UA server status"}
	clean := func(i int) string { return ot.CleanString(s.text[i], ot.NameCap) }
	id.Facts[ot.FactProduct], id.Facts[ot.FactOrder], id.Facts[ot.FactVendor] = clean(textProduct), clean(textURI), clean(textMaker)
	id.Facts[ot.FactFirmware] = clean(textVersion)
	if build := clean(textBuild); build != "" && id.Facts[ot.FactFirmware] != "" {
		id.Facts[ot.FactFirmware] += " build " + build
	}
	if s.state != 0 {
		id.Facts[ot.FactState] = serverStates[min(int(s.state&^present), len(serverStates)-1)]
	}
	out.Identified(id)
}
