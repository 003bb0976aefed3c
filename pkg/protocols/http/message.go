package http

import (
	"otsensor/pkg/ot"
	"otsensor/pkg/protocols"
)

// end takes a message whose header is whole.
func (d *decoder) end(dir ot.Dir, h *half, out *protocols.Emit) {
	none, name := false, []byte(nil)
	if dir == ot.ToServer {
		name = d.request(h, out)
	} else if none, name = d.answer(h, out); d.status < 200 && d.status != 101 {
		h.state = idle // the answer proper follows
		return
	}
	switch {
	case none:
		h.state = idle
	case h.chunked:
		h.state = size
	case h.sized && h.length > 0:
		h.state, h.skip = body, h.length
	case h.sized || dir == ot.ToServer:
		h.state = idle
	default:
		h.state = rest
	}
	if h.state > headers && !d.tunnel && (dir == ot.ToServer || d.status != partial) {
		h.file.Begin(name, out)
	}
}

// partial is the status of an answer that carries a part of something, RFC 9110 §15.3.7.
const partial = 206

func (d *decoder) request(h *half, out *protocols.Emit) (name []byte) {
	t := ot.Transaction{Proto: ot.ProtoHTTP, Code: d.code, Op: codes[d.code].Op, Latency: -1}
	t.Name = protocols.Gist(d.gist[:0], d.get(partPath))
	t.Arg[argFlags] = d.flags | protocols.Present
	if h.sized {
		t.Arg[argLength] = uint32(h.length) | protocols.Present
	}
	t.Value = d.join(nil)
	d.tell(ot.ToServer, d.get(partAgent), out)
	d.open.Ask(0, ot.ProtoHTTP, out).Add(&t, out)
	return t.Name
}

// join is the texts as Value; what this message does not say is the other's.
func (d *decoder) join(other []byte) []byte {
	v := d.value[:0]
	for i := range partCount {
		if i > 0 {
			v = append(v, 0)
		}
		text := d.get(i)
		if len(text) == 0 {
			text = protocols.Part(other, i)
		}
		v = append(v, text[:min(len(text), (ot.ValueCap-partCount)/partCount)]...)
	}
	return v
}

// answer joins an answer to the oldest request, and gives what stays of the path
// it asked for; none is true when it has no body.
func (d *decoder) answer(h *half, out *protocols.Emit) (none bool, name []byte) {
	if d.status < 200 && d.status != 101 {
		return false, nil
	}
	none = d.status == 204 || d.status == 304
	d.tell(ot.ToClient, d.get(partServer), out)
	var t ot.Transaction
	if d.open.Len() == 0 {
		t = ot.Transaction{Proto: ot.ProtoHTTP, Op: ot.OpReadData, Code: get, Status: ot.Unasked, Answered: out.Frame, Latency: -1}
	} else {
		r, _ := d.open.Take(0, d.get(partServer), out)
		if len(r.Txns) == 0 {
			return none, nil
		}
		t = r.Txns[0]
		none = none || t.Code == head
		d.tunnel = d.status == 101 || t.Code == connect && d.status < 300
	}
	t.Value = d.join(t.Value)
	t.Arg[argStatus] = d.status | protocols.Present
	if d.status >= 400 {
		t.StatusCode = d.status
		if t.Status == ot.OK {
			t.Status = ot.Refused
		}
	}
	out.Did(&t)
	return none, t.Name
}

// tell tells the software of a side, when it is another than before.
func (d *decoder) tell(dir ot.Dir, software []byte, out *protocols.Emit) {
	if len(software) == 0 || protocols.Digest(software) == d.told[dir] {
		return
	}
	d.told[dir] = protocols.Digest(software)
	id := ot.Identity{Of: out.Conv.Client.Host(), Source: "HTTP client"}
	if dir == ot.ToClient {
		id.Of, id.Source = out.Conv.Server.Host(), "HTTP server"
	}
	id.Facts[ot.FactProduct] = string(software)
	out.Identified(id)
}
