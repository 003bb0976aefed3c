package s7plus

import (
	"otsensor/pkg/ot"
	"otsensor/pkg/protocols"
)

// classAlarm is the class of an alarm that comes or goes.
const classAlarm = 2681

// notification takes a message of a subscription: which one, its credit and
// number, values by their item numbers, and behind them an alarm.
func (s *Stream) notification(p *pdu, out *protocols.Emit) {
	s.facts = facts{}
	w := tree{Cursor: protocols.Read(p.body), facts: &s.facts}
	rid := w.U32()
	w.Skip(6)
	credit, number := w.U8(), uint32(0)
	if rid > ridSession {
		number = vlq32(&w.Cursor)
	} else {
		number = uint32(w.U8())
	}
	p.session = rid
	t := s.begin(p)
	t.Arg[argRID], t.Arg[argClass] = rid, s.classOf(rid)
	t.Arg[argExtra] = uint32(credit)<<24 | number&0xffffff
	s.malformed(p, &w, &t, out)
	w.changes(rid)
	t.Arg[argKind] = w.delivered() << 16
	w.alarms()
	if s.facts.class != 0 {
		t.Arg[argClass] = s.facts.class
	}
	if s.facts.class == classAlarm {
		t.Op = ot.OpAlarm
		t.Arg[argAttr] = s.facts.message
		t.Object = ot.Object{Area: areaByID, Addr: uint32(s.facts.alarm), Len: 1}
	}
	oneWay(&t, out)
}

// changes passes over the change counter of a subscription; 0 stands for a time
// of eight bytes with the counter behind. Old S7-1200 have none.
func (w *tree) changes(rid uint32) {
	c := w.Cursor
	switch first := c.U8(); {
	case first == 0 && rid > ridSession:
		w.Skip(9)
	case first != 0 && first < 0x10:
		w.Skip(1)
	}
}

// delivered counts the values delivered, up to what nobody knows.
func (w *tree) delivered() (n uint32) {
	const (
		value32, valueVLQ         = 0x92, 0x9B
		stateOnly                 = 0x9C
		addressWrong, addressGone = 0x03, 0x13
	)
	for !w.Short() && !w.wrong {
		switch w.U8() {
		case value32:
			w.Skip(4)
			w.value()
		case valueVLQ:
			vlq(&w.Cursor)
			w.value()
		case stateOnly, addressWrong, addressGone:
			w.Skip(4)
		default:
			return n
		}
		n++
	}
	return n
}

// alarms reads the objects behind the values.
func (w *tree) alarms() {
	if c := w.Cursor; c.U8() == 0 || w.wrong {
		return
	}
	w.Skip(6)
	const objectFollows = 0x81
	if w.U8() == objectFollows {
		w.objects()
	}
}

// event takes a system event: how many bytes were confirmed, then sometimes a
// text, as at the end of a session.
func (s *Stream) event(dir ot.Dir, b []byte, out *protocols.Emit) {
	p := pdu{dir: dir, version: systemEvent, function: codeSystemEvent}
	t := s.begin(&p)
	c := protocols.Read(b)
	c.Skip(4)
	t.Arg[argExtra] = c.U32()
	c.Skip(8)
	if c.Short() {
		out.OddIn(ot.Malformed, dir, &t)
	}
	if text := c.Rest(); len(text) > 0 && text[0] >= ' ' {
		s.call(&t, text)
	}
	oneWay(&t, out)
}
