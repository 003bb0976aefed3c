package s7plus

import (
	"otsensor/pkg/ot"
	"otsensor/pkg/protocols"
)

// response takes an answer.
func (s *Stream) response(p *pdu, out *protocols.Emit) {
	w := tree{Cursor: protocols.Read(p.body), facts: &s.facts}
	s.facts = facts{}
	result := vlq(&w.Cursor)
	r := s.take(p, result, out)
	if r == nil {
		return
	}
	for i := range r.Txns {
		t := &r.Txns[i]
		returned(t, result)
		t.Arg[argResult] |= mark(p.digest, hasDigest) | mark(p.cut, wasCut) | mark(p.opcode == opResponse2, bySecond)
		if isError(p.function) && t.StatusCode == 0 {
			t.Status, t.StatusCode = ot.Refused, p.function
			t.Arg[argResult] |= refused
		}
	}
	if len(r.Txns) > 0 && r.Txns[0].Status == ot.OK {
		s.result(p, r.Txns, &w, out)
		s.malformed(p, &w, &r.Txns[0], out)
	}
	for i := range r.Txns {
		out.Did(&r.Txns[i])
	}
	s.identify(r.Txns, out)
}

func isError(function uint32) bool { return function == funcError || function == funcError2 }

// take finds the request an answer belongs to. Without one, the answer itself
// is handed over, as far as it speaks for itself.
func (s *Stream) take(p *pdu, result uint64, out *protocols.Emit) *protocols.Request {
	k := key(p, p.dir.Other())
	if open := s.open.Peek(k); open != nil && len(open.Txns) > 0 && open.Txns[0].Code != p.function && !isError(p.function) {
		s.alone(ot.Mismatched, p, result, out)
		return nil
	}
	r, verdict := s.open.Take(k, p.whole, out)
	switch {
	case verdict == protocols.NoMatch && s.asked && !s.open.Before(out):
		s.alone(ot.Unmatched, p, result, out)
	case verdict == protocols.NoMatch:
		s.alone(ot.NoAnomaly, p, result, out)
	case verdict == protocols.Other:
		t := s.begin(p)
		misfit(ot.Doubled, &t, p.dir, out)
	}
	return r
}

// alone hands over an answer without a request.
func (s *Stream) alone(odd ot.Anomaly, p *pdu, result uint64, out *protocols.Emit) {
	t := s.begin(p)
	returned(&t, result)
	t.Status, t.Answered = ot.Unasked, out.Frame
	if odd != ot.NoAnomaly {
		misfit(odd, &t, p.dir, out)
	}
	out.Did(&t)
}

// result reads what an accepted request gave back.
func (s *Stream) result(p *pdu, txns []ot.Transaction, w *tree, out *protocols.Emit) {
	t := &txns[0]
	switch t.Code {
	case funcGetMulti:
		s.values(txns, w)
		s.errors(txns, w)
	case funcSetMulti:
		s.errors(txns, w)
	case funcGetSubStream:
		w.Skip(1)
		v := w.value()
		s.give(t, &v, 0)
	case funcGetVariable:
		v := w.value()
		s.give(t, &v, 0)
	case funcCreateObject:
		s.created(t, w)
	case funcExplore:
		s.explored(t, w)
	}
}

// values reads pairs of item number and value up to number 0.
func (s *Stream) values(txns []ot.Transaction, w *tree) {
	for !w.Short() && !w.wrong {
		n := vlq(&w.Cursor)
		if n == 0 {
			return
		}
		if v := w.value(); n <= uint64(len(txns)) {
			s.give(&txns[n-1], &v, int(n-1))
		}
	}
}

// errors reads pairs of item number and return value up to number 0.
func (s *Stream) errors(txns []ot.Transaction, w *tree) {
	for !w.Short() {
		n := vlq(&w.Cursor)
		if n == 0 {
			return
		}
		if v := vlq(&w.Cursor); n <= uint64(len(txns)) {
			returned(&txns[n-1], v)
		}
	}
}

// created reads the RIDs given, and when connecting what the server is.
func (s *Stream) created(t *ot.Transaction, w *tree) {
	for i := range w.U8() {
		rid := vlq32(&w.Cursor)
		if i == 0 && !w.Short() {
			t.Arg[argRID] = rid
			s.remember(rid, t.Arg[argClass])
		}
	}
	if w.isObject() {
		w.objects()
		if t.Arg[argClass] == classServerSession {
			s.call(t, s.facts.version)
		}
	}
}

// explored reads the objects an exploration found.
func (s *Stream) explored(t *ot.Transaction, w *tree) {
	if w.Left() > 0 && !w.isObject() {
		w.Skip(4)
		if w.Left() > 0 && !w.isObject() {
			vlq(&w.Cursor)
		}
	}
	w.objects()
	f := &s.facts
	if f.objects == 0 {
		return
	}
	t.Arg[argClass] = f.class
	t.Arg[argKind] = min(f.objects, 0xffff) << 16
	t.Arg[argExtra] = f.block<<16 | f.language&0xffff
	s.call(t, f.name)
}
