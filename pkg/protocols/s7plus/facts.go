package s7plus

import "otsensor/pkg/ot"

// facts is what a tree of objects or values says, as far as it has a meaning. Texts are views.
type facts struct {
	rid, class uint32 // of the first object
	objects    uint32
	create     ot.Op // verb of the first class that has one, when it is created
	explore    ot.Op // and when it is read

	name                    []byte // of the first object
	user, application, host []byte // who asks for a session
	version                 []byte // order number and firmware
	logon                   []byte // user of a log-on
	role, block, language   uint32
	message                 uint32 // type of an alarm message
	alarm                   uint64
}

// object notes the head of an object.
func (f *facts) object(rid, class uint32) {
	if f.objects++; f.objects == 1 {
		f.rid, f.class = rid, class
	}
	m := meanings[class]
	if m == nil {
		return
	}
	if f.create == ot.OpUnknown {
		f.create = m.set
	}
	if f.explore == ot.OpUnknown {
		f.explore = m.get
	}
}

// note notes an attribute, or a member of a struct.
func (f *facts) note(id uint32, v *value) {
	switch id {
	case attrName:
		first(&f.name, v)
	case attrUser:
		first(&f.user, v)
	case attrApplication:
		first(&f.application, v)
	case attrHost:
		first(&f.host, v)
	case attrVersionText:
		first(&f.version, v)
	case attrLogonUser:
		if f.logon == nil && v.kind == typeBlob && v.single() {
			f.logon = v.raw
		}
	case attrRole:
		number(&f.role, v)
	case attrBlockNumber:
		number(&f.block, v)
	case attrLanguage:
		number(&f.language, v)
	case attrMessageType:
		number(&f.message, v)
	case attrAlarmID:
		f.alarm = v.number
	}
}

func first(text *[]byte, v *value) {
	if *text == nil {
		*text = v.text()
	}
}

func number(n *uint32, v *value) {
	if *n == 0 && v.single() {
		*n = uint32(v.number)
	}
}
