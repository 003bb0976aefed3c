package opcua

import (
	"otsensor/pkg/ot"
	"otsensor/pkg/protocols"
)

// applicationTypes: OPC 10000-4 §7.4.
var applicationTypes = [...]string{"OPC UA server", "OPC UA client", "OPC UA client and server", "OPC UA discovery server"}

// application reads an application description and tells who it is.
func application(of ot.Endpoint, source string, c *protocols.Cursor, out *protocols.Emit) {
	uri, product, name, kind := text(c), text(c), localText(c), c.U32LE()
	if c.Short() || len(uri)+len(name) == 0 {
		return
	}
	id := ot.Identity{Of: of.Host(), Source: source}
	id.Facts[ot.FactName] = ot.CleanString(uri, ot.NameCap)
	id.Facts[ot.FactOrder] = ot.CleanString(product, ot.NameCap)
	id.Facts[ot.FactProduct] = ot.CleanString(name, ot.NameCap)
	if int(kind) < len(applicationTypes) {
		id.Facts[ot.FactType] = applicationTypes[kind]
	}
	out.Identified(id)
}

// client reads the request for a session: who asks.
func (d *decoder) client(t *ot.Transaction, c *protocols.Cursor, out *protocols.Emit) {
	ahead := *c
	application(out.Conv.Client, "OPC UA session", &ahead, out)
	t.Name = d.clean(text(c))
}

// identify reads who a server says it is, in the first endpoint it describes.
func identify(row *service, dir ot.Dir, c protocols.Cursor, out *protocols.Emit) {
	switch row.request {
	case codeGetEndpoints:
	case codeCreateSession:
		nodeID(&c) // session, token, timeout, nonce, certificate
		nodeID(&c)
		c.Skip(8)
		text(&c)
		text(&c)
	default:
		return
	}
	if c.U32LE() == 0 || dir != ot.ToClient {
		return
	}
	text(&c) // address of the endpoint
	application(out.Conv.Server, "OPC UA endpoint", &c, out)
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
