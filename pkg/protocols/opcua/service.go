package opcua

import (
	"otsensor/pkg/ot"
	"otsensor/pkg/protocols"
)

// bad is the severity bit of a status code (OPC 10000-4 §7.39.1).
const bad = 1 << 31

// service takes the beginning of a service message.
func (d *decoder) service(dir ot.Dir, channel, request uint32, c *protocols.Cursor, out *protocols.Emit) {
	row, id, known := serviceOf(c)
	t := ot.Transaction{Proto: ot.ProtoOPCUA, Code: id, Latency: -1}
	t.Arg[argChannel], t.Arg[argRequest] = channel, request
	if c.Short() {
		out.OddIn(ot.Malformed, dir, &t)
		return
	}
	if !known {
		out.OddIn(ot.ReservedCode, dir, &t)
	}
	if row != nil {
		t.Op = row.op
	}
	if id == codeCloseChannel { // nobody answers it
		d.alone(ot.OneWay, &t, out)
		return
	}
	asks := row != nil && row.request == id || row == nil && !known && dir == ot.ToServer
	if !asks {
		d.answer(dir, row, &t, c, out)
		return
	}
	nodeID(c) // authentication token, then time, handle, diagnostics wanted
	c.Skip(16)
	text(c)   // audit entry
	c.Skip(4) // timeout
	extension(c)
	r := d.open.Ask(uint64(request), ot.ProtoOPCUA, out)
	if !c.Short() && (id == codeRead || id == codeWrite) {
		d.nodes(id, &t, c, r, out)
		return
	}
	d.body(id, &t, c, out)
	r.Add(&t, out)
}

// body reads what a request is about.
func (d *decoder) body(id uint32, t *ot.Transaction, c *protocols.Cursor, out *protocols.Emit) {
	switch id {
	case codeBrowse: // view, its time and version, most references
		nodeID(c)
		c.Skip(16)
		d.first(t, c)
	case codeCall:
		if t.Object.Len = c.U32LE(); t.Object.Len > 0 {
			nodeID(c) // the object; its method is what is called
			d.touch(t, nodeID(c), c)
		}
	case codeMonitor: // subscription, times to return
		c.Skip(8)
		d.first(t, c)
	case codeGetEndpoints:
		t.Name = d.clean(text(c))
	case codeCreateSession:
		d.client(t, c, out)
	case codeRegister, codeRegister2:
		d.registers(t, c, out)
	case codeActivateSession:
		d.user(t, c)
	}
}

// first reads how many items a request has, and the node of the first.
func (d *decoder) first(t *ot.Transaction, c *protocols.Cursor) {
	if t.Object.Len = c.U32LE(); t.Object.Len > 0 {
		d.touch(t, nodeID(c), c)
	}
}

// touch notes a node.
func (d *decoder) touch(t *ot.Transaction, n node, c *protocols.Cursor) {
	if c.Short() {
		t.Object = ot.Object{}
		return
	}
	t.Object.Area, t.Object.Addr, t.Arg[argNode] = uint32(n.space), n.id, present
	t.Name = d.clean(n.name)
}

// nodes reads the items of a read or write: one transaction each.
func (d *decoder) nodes(id uint32, t *ot.Transaction, c *protocols.Cursor, r *protocols.Request, out *protocols.Emit) {
	if id == codeRead {
		c.Skip(12) // greatest age, times to return
	}
	n := c.U32LE()
	for i := 0; i < protocols.OpenTxns && uint32(i) < n; i++ {
		one := *t
		one.Object.Len = 1
		d.touch(&one, nodeID(c), c)
		one.Object.Block = c.U32LE()
		text(c) // range of indices
		if id == codeRead {
			c.Skip(2)
			text(c) // encoding
		} else {
			one.Value, one.Shape, _ = value(c)
		}
		if c.Short() && i > 0 {
			return
		}
		r.Add(&one, out)
	}
	if n == 0 {
		r.Add(t, out)
	}
}

// answer closes a request: refused as a whole, or node by node.
func (d *decoder) answer(dir ot.Dir, row *service, t *ot.Transaction, c *protocols.Cursor, out *protocols.Emit) {
	digest := *c
	c.Skip(12) // time, handle
	result := c.U32LE()
	plain := c.U8() == 0 // no diagnostics
	for n := c.U32LE(); int32(n) > 0 && !c.Short(); n-- {
		text(c)
	}
	extension(c)
	if row != nil && plain && result&bad == 0 && dir == ot.ToClient {
		d.identify(row, *c, out)
	}
	r, verdict := d.open.Take(uint64(t.Arg[argRequest]), digest.Rest(), out)
	if verdict == protocols.Again {
		return
	}
	if verdict != protocols.Fits {
		if result&bad != 0 {
			t.StatusCode = result
		}
		d.alone(ot.Unasked, t, out)
		return
	}
	if row != nil && row.request == codeBrowse && plain && result&bad == 0 && len(r.Txns) > 0 {
		d.browsed(&r.Txns[0], *c)
	}
	count := uint32(0)
	if plain {
		count = c.U32LE()
	}
	var s status
	for i := range r.Txns {
		a := &r.Txns[i]
		if row != nil && row.request != a.Code {
			out.OddIn(ot.Mismatched, dir, a)
		}
		one := result
		if result&bad == 0 && uint32(i) < count {
			one = d.result(a, c)
		}
		if one&bad != 0 {
			a.Status, a.StatusCode = ot.Refused, one
		}
		if a.Code == codeRead && a.Status == ot.OK && a.Object.Block == attributeValue {
			if a.Object.Area == 0 {
				s.take(a.Object.Addr, a.Value)
			}
			d.device(a, out)
		}
		out.Did(a)
	}
	d.tell(&s, out)
}

// result reads the outcome for one node.
func (d *decoder) result(t *ot.Transaction, c *protocols.Cursor) (status uint32) {
	switch t.Code {
	case codeRead:
		var b []byte
		var shape ot.Shape
		if b, shape, status = value(c); !c.Short() && status&bad == 0 {
			t.Value, t.Shape = b, shape
		}
	case codeWrite, codeCall:
		status = c.U32LE()
	}
	if c.Short() {
		return 0
	}
	return status
}
