package s7plus

import (
	"otsensor/pkg/ot"
	"otsensor/pkg/protocols"
)

// request takes a request.
func (s *Stream) request(p *pdu, out *protocols.Emit) {
	t, a := s.begin(p), s.ask(p, out)
	const answerOptional = 0x40
	a.req.Doubt = a.req.Doubt || p.flags&answerOptional != 0
	s.facts = facts{}
	w := tree{Cursor: protocols.Read(p.body), facts: &s.facts}
	switch p.function {
	case funcSetMulti, funcGetMulti:
		s.items(&t, &w, &a)
		s.malformed(p, &w, &t, out)
		return
	case funcSetVariable:
		s.setVariable(&t, &w, &a)
		s.malformed(p, &w, &t, out)
		return
	case funcGetVariable:
		s.touched(&t, w.U32(), vlq32(&w.Cursor), false)
	case funcSetSubStream, funcGetSubStream:
		s.subStream(&t, &w)
	case funcCreateObject:
		s.createObject(p, &t, &w)
	case funcDeleteObject:
		rid := w.U32()
		s.named(&t, rid, 0)
		t.Op = s.deleteOp(p.session, rid)
	case funcExplore:
		s.explore(&t, &w)
	case funcInvoke, funcGetLink, funcAddLink, funcRemoveLink, funcGetVarsAddress:
		s.named(&t, w.U32(), 0)
	}
	s.malformed(p, &w, &t, out)
	a.add(&t)
}

// malformed says that a PDU ends before what it announces.
func (s *Stream) malformed(p *pdu, w *tree, t *ot.Transaction, out *protocols.Emit) {
	switch {
	case p.cut:
	case w.wrong:
		out.OddIn(ot.TooDeep, p.dir, t)
	case w.Short():
		out.OddIn(ot.Malformed, p.dir, t)
	}
}

// items reads a request for several variables: object, items, numbers in all
// addresses, then the addresses, then the values.
func (s *Stream) items(t *ot.Transaction, w *tree, a *asking) {
	rid, count, numbers := w.U32(), vlq32(&w.Cursor), vlq32(&w.Cursor)
	t.Arg[argKind] = min(count, 0xffff) << 16
	values := *w
	for range numbers {
		if values.Short() {
			break
		}
		vlq(&values.Cursor)
	}
	set := t.Code == funcSetMulti
	for i := uint32(0); i < count && !w.Short(); i++ {
		one := *t
		if rid != 0 {
			s.touched(&one, rid, vlq32(&w.Cursor), set)
		} else {
			s.address(&one, &w.Cursor, set)
		}
		if set {
			vlq(&values.Cursor) // the item's number
			v := values.value()
			s.give(&one, &v, 0)
			w.wrong = w.wrong || values.wrong
		}
		if w.Short() || set && (values.Short() || values.wrong) {
			w.Skip(w.Left() + 1)
		}
		a.add(&one)
	}
	if count == 0 {
		a.add(t)
	}
}

// address reads the address of one variable: checksum of the symbol, area, how
// many ids follow, and these. The first of them says what of the area is meant.
func (s *Stream) address(t *ot.Transaction, c *protocols.Cursor, set bool) {
	crc, area, depth, sub := vlq32(c), vlq32(c), vlq32(c), vlq32(c)
	switch {
	case area>>16 == areaDB:
		t.Object = ot.Object{Area: areaDB, Block: area & 0xffff, Len: 1}
	case area >= areaInputs && area <= areaTimers:
		t.Object = ot.Object{Area: area, Len: 1}
	default:
		s.touched(t, area, sub, set)
	}
	t.Arg[argRID], t.Arg[argAttr] = area, sub
	path := appendArea(s.name[:0], &t.Object)
	for i := uint32(1); i < depth && !c.Short(); i++ {
		lid := vlq32(c)
		if t.Object.Area == areaByID {
			t.Object.Addr |= lid << 16
		} else {
			t.Object.Addr = t.Object.Addr<<16 | lid&0xffff
			path = appendID(path, lid)
		}
	}
	if t.Object.Area != areaByID {
		t.Name = path
		if crc != 0 {
			t.Object.Addr = crc
			t.Arg[argResult] |= bySymbol
		}
	}
}

// setVariable reads an object and the attributes that are set.
func (s *Stream) setVariable(t *ot.Transaction, w *tree, a *asking) {
	rid, count := w.U32(), vlq32(&w.Cursor)
	t.Arg[argKind] = min(count, 0xffff) << 16
	for i := uint32(0); i < count && !w.Short() && !w.wrong; i++ {
		one, attr := *t, vlq32(&w.Cursor)
		v := w.value()
		s.facts.note(attr, &v)
		s.touched(&one, rid, attr, true)
		s.give(&one, &v, 0)
		if one.Op == ot.OpAuth && s.facts.logon != nil {
			s.call(&one, s.facts.logon)
		}
		a.add(&one)
	}
	if count == 0 {
		a.add(t)
	}
}

// subStream reads an object and the path of an attribute; what is set follows.
func (s *Stream) subStream(t *ot.Transaction, w *tree) {
	rid := w.U32()
	w.Skip(2) // flags and type: an array of an address
	ids := vlq32(&w.Cursor)
	attr := vlq32(&w.Cursor)
	for i := uint32(1); i < ids && !w.Short(); i++ {
		vlq(&w.Cursor)
	}
	set := t.Code == funcSetSubStream
	s.touched(t, rid, attr, set)
	if set && w.Left() > 2 {
		v := w.value()
		s.give(t, &v, 0)
	}
}

// createObject reads the parent and the tree of objects that are to be made.
func (s *Stream) createObject(p *pdu, t *ot.Transaction, w *tree) {
	rid := w.U32()
	w.value()
	w.Skip(4)
	if !w.isObject() {
		vlq(&w.Cursor) // a counter of integrity
	}
	w.objects()
	f := &s.facts
	t.Arg[argClass] = f.class
	s.named(t, rid, 0)
	t.Object.Addr = f.class
	t.Op = f.create
	t.Arg[argKind] = min(f.objects, 0xffff) << 16
	if f.class == classServerSession {
		t.Arg[argExtra] = f.role
		t.Value = s.card()
		return
	}
	t.Arg[argExtra] = f.block<<16 | f.language&0xffff
	s.call(t, f.name)
}

// deleteOp is what deleting an object means.
func (s *Stream) deleteOp(session, rid uint32) ot.Op {
	if rid == session && rid != 0 {
		return ot.OpSession
	}
	switch op := s.verb(rid, 0, true, ot.OpUnknown); {
	case op == ot.OpProgramDownload, op == ot.OpProgramEdit, op == ot.OpUnknown && kindOf(rid) != ot.OpUnknown:
		return ot.OpProgramDelete
	case op == ot.OpUnknown && rid > ridSession && rid < ridBlocks:
		return ot.OpSession // what a session made
	default:
		return op
	}
}

// explore reads which object is explored and which attributes are asked for.
// Code makes it an upload; without a list all attributes are meant.
func (s *Stream) explore(t *ot.Transaction, w *tree) {
	rid := w.U32()
	vlq(&w.Cursor)
	w.Skip(3) // how deep, with parents
	filters, ids := w.U8(), w.U8()
	s.named(t, rid, 0)
	t.Arg[argKind] = uint32(ids) << 16
	op := s.verb(rid, 0, false, t.Op)
	if kind := kindOf(rid); rid >= ridNative && kind != ot.OpUnknown {
		op = kind
	}
	if filters == 0 && ids > 0 && op == ot.OpProgramUpload {
		op = ot.OpIdentify
	}
	for range ids {
		if filters > 0 || w.Short() {
			break
		}
		if m := meanings[vlq32(&w.Cursor)]; m != nil && m.get == ot.OpProgramUpload {
			op = ot.OpProgramUpload
		}
	}
	t.Op = op
}
