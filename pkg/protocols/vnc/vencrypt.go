package vnc

import (
	"otsensor/pkg/ot"
	"otsensor/pkg/protocols"
)

// The subtypes of VeNCrypt, as the registry of the protocol's security types
// and open implementations have them. All but plain begin TLS.
const plain = 256

var subtypes = []protocols.Code{
	{Number: plain, Name: "plain"}, {Number: 257, Name: "tls_none"}, {Number: 258, Name: "tls_vnc_password"}, {Number: 259, Name: "tls_plain"},
	{Number: 260, Name: "x509_none"}, {Number: 261, Name: "x509_vnc_password"}, {Number: 262, Name: "x509_plain"}, {Number: 263, Name: "tls_sasl"}, {Number: 264, Name: "x509_sasl"},
}

// vencrypt takes what is due of VeNCrypt: versions, subtypes, the choice. How
// the log-on ends is said under TLS.
func (d *decoder) vencrypt(c *protocols.Cursor, out *protocols.Emit) {
	switch d.at {
	case venServer, venClient:
		if c.Skip(2); !c.Short() {
			d.at++
		}
	case venAgreed:
		if refused := c.U8(); !c.Short() {
			d.at = venOffers
			d.unless(refused == 0, out)
		}
	case venOffers:
		n := c.U8()
		if c.Skip(4 * int(n)); !c.Short() {
			d.at = venChoice
			d.unless(n > 0, out)
		}
	case venChoice:
		if kind := c.U32(); !c.Short() {
			d.subtype, d.at = kind&0xffff|protocols.Present, venGranted
			if kind == plain { // user and password follow in clear: they are not looked at
				d.told(ot.OneWay, nil, out)
				d.at = over
			}
		}
	case venGranted:
		granted := c.U8()
		if c.Short() {
			return
		}
		if d.unless(granted == 1, out); d.at == venGranted {
			d.told(ot.OneWay, nil, out)
			d.at = inTLS
		}
	}
}

// unless refuses the log-on where something is not well.
func (d *decoder) unless(well bool, out *protocols.Emit) {
	if !well {
		d.told(ot.Refused, nil, out)
	}
}
