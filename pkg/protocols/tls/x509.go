package tls

import (
	"bytes"
	"time"

	"otsensor/pkg/protocols"
)

// The tags of DER met, X.690 §8.
const (
	tagOID      = 0x06
	tagUTCTime  = 0x17
	tagTime     = 0x18
	tagSequence = 0x30
	tagVersion  = 0xa0
	tagMore     = 0xa3 // extensions
	tagBool     = 0x01
)

// leaf is what is told of a certificate; its texts are views.
type leaf struct {
	subject, issuer []byte
	self            bool
	notAfter        time.Time
	role            []byte
}

// Subject is whom a certificate names: its common name, else its organisation; nil where it is none.
func Subject(b []byte) []byte {
	var x leaf
	if !x.parse(b) {
		return nil
	}
	return x.subject
}

// der reads one value; nil when there is none whole.
func der(c *protocols.Cursor) (tag uint8, body []byte) {
	tag = c.U8()
	n := int(c.U8())
	if n >= 0x80 {
		count := n & 0x7f
		if n = 0; count == 0 || count > 3 {
			c.Skip(c.Left() + 1)
			return 0, nil
		}
		for range count {
			n = n<<8 | int(c.U8())
		}
	}
	if body = c.Bytes(n); c.Short() {
		return 0, nil
	}
	return tag, body
}

// parse walks a certificate up to its subject, RFC 5280 §4.1.
func (x *leaf) parse(b []byte) (ok bool) {
	c := protocols.Read(b)
	_, whole := der(&c)
	c = protocols.Read(whole)
	_, signed := der(&c)
	c = protocols.Read(signed)
	ahead := c
	if tag, _ := der(&ahead); tag == tagVersion {
		c = ahead
	}
	der(&c) // serial number
	der(&c) // algorithm
	_, issuer := der(&c)
	_, validity := der(&c)
	tag, subject := der(&c)
	if c.Short() || tag != tagSequence {
		return false
	}
	v := protocols.Read(validity)
	der(&v)
	x.notAfter = moment(der(&v))
	x.subject, x.issuer, x.self = called(subject), called(issuer), bytes.Equal(subject, issuer)
	x.role = roleIn(&c)
	return true
}

// modbusRole is 1.3.6.1.4.1.50316.802.1, the extension that holds a role
// (MODBUS/TCP Security V2.1 §8.4).
var modbusRole = []byte{0x2b, 6, 1, 4, 1, 0x83, 0x89, 0x0c, 0x86, 0x22, 1}

// roleIn looks for a role among the extensions behind the subject.
func roleIn(c *protocols.Cursor) []byte {
	for c.Left() > 0 {
		tag, body := der(c)
		if tag != tagMore {
			continue
		}
		in := protocols.Read(body)
		_, list := der(&in)
		for all := protocols.Read(list); all.Left() > 0; {
			_, one := der(&all)
			e := protocols.Read(one)
			_, id := der(&e)
			kind, value := der(&e)
			if kind == tagBool { // critical
				_, value = der(&e)
			}
			if bytes.Equal(id, modbusRole) {
				v := protocols.Read(value)
				_, text := der(&v)
				return text
			}
		}
	}
	return nil
}

// moment reads a time of validity; zero when it is none.
func moment(tag uint8, b []byte) time.Time {
	year := 0
	switch {
	case tag == tagUTCTime && len(b) >= 12:
		if year = digits(b[:2]); year < 50 {
			year += 100
		}
		year, b = year+1900, b[2:]
	case tag == tagTime && len(b) >= 14:
		year, b = digits(b[:4]), b[4:]
	default:
		return time.Time{}
	}
	return time.Date(year, time.Month(digits(b[:2])), digits(b[2:4]), digits(b[4:6]), digits(b[6:8]), digits(b[8:10]), 0, time.UTC)
}

func digits(b []byte) (n int) {
	for _, x := range b {
		n = n*10 + int(x-'0')%10
	}
	return n
}

// The attributes of a name that are told, RFC 5280 appendix A.1.
var (
	commonName   = []byte{0x55, 4, 3}
	organisation = []byte{0x55, 4, 10}
)

// called is the common name in a name, else the organisation.
func called(name []byte) (text []byte) {
	c := protocols.Read(name)
	for c.Left() > 0 {
		_, set := der(&c)
		s := protocols.Read(set)
		_, pair := der(&s)
		p := protocols.Read(pair)
		tag, id := der(&p)
		_, value := der(&p)
		if c.Short() || p.Short() || tag != tagOID {
			return text
		}
		switch {
		case bytes.Equal(id, commonName):
			return value
		case bytes.Equal(id, organisation):
			text = value
		}
	}
	return text
}
