package cip

import "otsensor/pkg/ot"

// meaning is what a service of a class means to the decoder.
type meaning struct {
	op    ot.Op
	kind  kind
	moves moving
}

// meanings are those of one class, by service.
type meanings [replyBit]meaning

// Every message asks what it means, so it is worked out once: for each class
// that a table names, for those that none does, for a path without a class, and
// for numbers beyond 16 bits, whose services have the codes of that.
var (
	ofUnnamed = meaningsOf(AnyClass - 1)
	ofNoClass = meaningsOf(AnyClass)
	ofBeyond  = meaningsOf(AnyClass + 1)

	ofNamed = func() (all []*meanings) {
		for number, c := range classByNumber {
			if c == nil {
				all = append(all, ofUnnamed)
				continue
			}
			all = append(all, meaningsOf(uint32(number)))
		}
		return all
	}()
)

func meaningsOf(class uint32) *meanings {
	var all meanings
	for service := range uint8(replyBit) {
		k := kindFor(class, service)
		all[service] = meaning{opOf(class, service), k, movesBy(k, CodeOf(class, service))}
	}
	return &all
}

// meaningOf is the meaning of a service, with or without its reply bit.
func meaningOf(class uint32, service uint8) *meaning {
	of := ofUnnamed
	switch {
	case class < uint32(len(ofNamed)):
		of = ofNamed[class]
	case class == AnyClass:
		of = ofNoClass
	case class > AnyClass:
		of = ofBeyond
	}
	return &of[service&^replyBit]
}

// opOf is the verb of a service. A common service that reads or writes means
// to each class something of its own.
func opOf(classNumber uint32, service uint8) ot.Op {
	c := classOfNumber(classNumber)
	if c == nil {
		c = &anyClass
	}
	s := find(CodeOf(classNumber, service))
	switch {
	case s == nil:
		return c.other
	case s.Number>>8 != AnyClass:
		return s.Op
	case s.Op == ot.OpConfigRead:
		return c.read
	case s.Op == ot.OpConfigWrite:
		return c.write
	default:
		return s.Op
	}
}

// kindFor tells by class and service, never by service alone: 4C, 4D, 4E, 52
// and 54 mean something else for every class.
func kindFor(class uint32, service uint8) kind {
	switch class {
	case classConnectionManager:
		switch service {
		case 0x54, 0x5B:
			return opening
		case 0x4E:
			return closing
		}
	case classPCCC:
		if service == 0x4B {
			return pccc
		}
	case classSymbol, AnyClass:
		switch service {
		case 0x4C, 0x4D, 0x4E, 0x52, 0x53:
			return tag
		}
	}
	if service == 0x03 || service == 0x04 {
		return list
	}
	return plain
}

// movesBy tells how a service's pieces follow each other.
func movesBy(k kind, code uint32) moving {
	switch {
	case k == pccc:
		return byCommand
	case k == tag && (uint8(code) == 0x52 || uint8(code) == 0x53), code == classTemplate<<8|0x4C:
		return byOffset
	case code == classFile<<8|0x4F, code == classFile<<8|0x50:
		return byPacket
	case code == classSymbol<<8|0x55:
		return byPartial
	}
	return wholly
}
