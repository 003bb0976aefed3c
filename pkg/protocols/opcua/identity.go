package opcua

import (
	"bytes"
	"net/netip"

	"otsensor/pkg/ot"
	"otsensor/pkg/protocols"
	"otsensor/pkg/protocols/tls"
)

// applicationTypes: OPC 10000-4 §7.4.
var applicationTypes = [...]string{"OPC UA server", "OPC UA client", "OPC UA client and server", "OPC UA discovery server"}

// Bounds of what a list is read for.
const (
	descriptionsMax = 16
	addressesMax    = 16
)

// application reads an application description (OPC 10000-4 §7.2): who it is,
// and the first address among those it can be found at.
func application(c *protocols.Cursor) (facts [ot.FactCount]string, at netip.Addr) {
	uri, product, name, kind := text(c), text(c), localText(c), c.U32LE()
	if c.Short() || len(uri)+len(name) == 0 {
		return facts, at
	}
	text(c) // gateway, profile
	text(c)
	return who(uri, product, name, kind), address(c)
}

func who(uri, product, name []byte, kind uint32) (facts [ot.FactCount]string) {
	facts[ot.FactName] = ot.CleanString(uri, ot.NameCap)
	facts[ot.FactOrder] = ot.CleanString(product, ot.NameCap)
	facts[ot.FactProduct] = ot.CleanString(name, ot.NameCap)
	if int(kind) < len(applicationTypes) {
		facts[ot.FactType] = applicationTypes[kind]
	}
	return facts
}

// address reads a list of addresses and gives the first that is a number, as in opc.tcp://10.0.0.1:4840.
func address(c *protocols.Cursor) (at netip.Addr) {
	for n, i := c.U32LE(), 0; int32(n) > 0 && !c.Short(); n, i = n-1, i+1 {
		if url := text(c); !at.IsValid() && i < addressesMax {
			at = hostOf(url)
		}
	}
	return at
}

// hostOf is the address within one that is a number.
func hostOf(url []byte) (at netip.Addr) {
	_, host, ok := bytes.Cut(url, []byte("://"))
	if !ok || len(host) == 0 || len(host) > 64 {
		return at
	}
	if end := bytes.IndexAny(host, ":/"); end >= 0 && host[0] != '[' {
		host = host[:end]
	} else if end := bytes.IndexByte(host, ']'); end > 0 && host[0] == '[' {
		host = host[1:end]
	}
	at, _ = netip.ParseAddr(string(host))
	return at
}

// told reports an address that is another host's to be told of.
func told(at netip.Addr) bool { return at.IsValid() && !at.IsLoopback() && !at.IsUnspecified() }

func identified(of ot.Endpoint, source string, facts [ot.FactCount]string, out *protocols.Emit) {
	if facts != [ot.FactCount]string{} {
		out.Identified(ot.Identity{Of: of.Host(), Source: source, Facts: facts})
	}
}

// certificate tells whom a certificate names, once.
func (d *decoder) certificate(dir ot.Dir, b []byte, out *protocols.Emit) {
	if len(b) == 0 || d.certs[dir] == protocols.Digest(b) {
		return
	}
	d.certs[dir] = protocols.Digest(b)
	var facts [ot.FactCount]string
	facts[ot.FactName] = ot.CleanString(tls.Subject(b), ot.NameCap)
	of := out.Conv.Server
	if dir == ot.ToServer {
		of = out.Conv.Client
	}
	identified(of, "OPC UA certificate", facts, out)
}

// client reads the request for a session: who asks.
func (d *decoder) client(t *ot.Transaction, c *protocols.Cursor, out *protocols.Emit) {
	ahead := *c
	t.Name = d.clean(text(&ahead))
	facts, _ := application(c)
	identified(out.Conv.Client, "OPC UA session", facts, out)
	for range 4 { // server asked, its address, name of the session, nonce
		text(c)
	}
	d.certificate(ot.ToServer, text(c), out)
}

// registers reads who registers with a discovery server (OPC 10000-4 §7.32).
func (d *decoder) registers(t *ot.Transaction, c *protocols.Cursor, out *protocols.Emit) {
	uri, product := text(c), text(c)
	t.Name = d.clean(uri)
	var name []byte
	for n := c.U32LE(); int32(n) > 0 && !c.Short(); n-- {
		if s := localText(c); name == nil {
			name = s
		}
	}
	if kind := c.U32LE(); !c.Short() {
		identified(out.Conv.Client, "OPC UA registration", who(uri, product, name, kind), out)
	}
}

// identify reads who a server says it is, and who else it knows.
func (d *decoder) identify(row *service, c protocols.Cursor, out *protocols.Emit) {
	switch row.request {
	case codeFindServers:
		found(&c, out)
	case codeFindOnNetwork:
		onNetwork(&c, out)
	case codeGetEndpoints:
		d.endpoint(&c, out)
	case codeCreateSession:
		nodeID(&c) // session, token, timeout, nonce
		nodeID(&c)
		c.Skip(8)
		text(&c)
		d.certificate(ot.ToClient, text(&c), out)
		d.endpoint(&c, out)
	}
}

// endpoint reads the first endpoint a server describes (OPC 10000-4 §7.14).
func (d *decoder) endpoint(c *protocols.Cursor, out *protocols.Emit) {
	if c.U32LE() == 0 {
		return
	}
	text(c) // its address
	facts, _ := application(c)
	identified(out.Conv.Server, "OPC UA endpoint", facts, out)
	if b := text(c); !c.Short() {
		d.certificate(ot.ToClient, b, out)
	}
}

// found reads which servers are known. One whose address is a number is told of
// that host; a single one without is who answers.
func found(c *protocols.Cursor, out *protocols.Emit) {
	n := c.U32LE()
	for i := 0; i < descriptionsMax && uint32(i) < n && !c.Short(); i++ {
		switch facts, at := application(c); {
		case told(at):
			identified(ot.EndpointOf(at, 0), "OPC UA discovery", facts, out)
		case n == 1:
			identified(out.Conv.Server, "OPC UA discovery", facts, out)
		}
	}
}

// onNetwork reads which servers announced themselves (OPC 10000-4 §5.5.3): name
// and address. One whose address is no number is told of no host.
func onNetwork(c *protocols.Cursor, out *protocols.Emit) {
	c.Skip(8) // since when they are counted
	n := c.U32LE()
	for i := 0; i < descriptionsMax && uint32(i) < n && !c.Short(); i++ {
		c.Skip(4) // number of the record
		name, at := text(c), hostOf(text(c))
		for more := c.U32LE(); int32(more) > 0 && !c.Short(); more-- {
			text(c) // what it can do
		}
		if told(at) && !c.Short() {
			var facts [ot.FactCount]string
			facts[ot.FactName] = ot.CleanString(name, ot.NameCap)
			identified(ot.EndpointOf(at, 0), "OPC UA announcement", facts, out)
		}
	}
}

// user reads who logs on: signature, certificates, locales, then the token.
func (d *decoder) user(t *ot.Transaction, c *protocols.Cursor) {
	text(c)
	text(c)
	for n := c.U32LE(); int32(n) > 0 && !c.Short(); n-- {
		text(c)
		text(c)
	}
	for n := c.U32LE(); int32(n) > 0 && !c.Short(); n-- {
		text(c)
	}
	kind, body := extension(c)
	if c.Short() {
		return
	}
	t.Arg[argToken] = kind.id
	token := protocols.Read(body)
	text(&token) // policy
	if kind.id == 324 {
		t.Name = d.clean(text(&token))
	}
}
