package packet

import (
	"otsensor/pkg/capture"
	"otsensor/pkg/ot"
)

// Decode fills the view with what a frame says.
//
// While a layer is decoded, v.CutBytes is how many bytes at its end were on
// the wire but not captured: what is missing because of a snap length is Cut,
// what was never there is an oddity.
func Decode(v *View, p *capture.Packet) {
	*v = View{CutBytes: max(0, p.WireLen-len(p.Data))}
	if p.HasVLAN {
		v.tag(p.VLAN)
	}
	switch p.Link {
	case capture.LinkEthernet:
		if ether, b, ok := v.ethernet(p.Data); ok {
			v.Payload = v.network(ether, b)
		}
	case capture.LinkRaw, capture.LinkIPv4, capture.LinkIPv6:
		v.Payload = v.raw(p.Data)
	case capture.LinkNull, capture.LinkLoop:
		v.Payload = v.null(p.Data)
	case capture.LinkSLL:
		v.Payload = v.cooked(p.Data)
	case capture.LinkSLL2:
		v.Payload = v.cooked2(p.Data)
	default:
		v.odd(ot.UnsupportedEncap)
	}
	if v.Layer != TCP { // spares the frame that is most frequent the call
		v.tunnels()
	}
	if v.CutBytes > 0 {
		v.Cut = true
	}
}

// short says that a header does not fit: cut by the capture, or a lie.
func (v *View) short() {
	v.Cut = true
	if v.CutBytes == 0 {
		v.odd(ot.FrameShort)
	}
}

// bound is the first n bytes of b, as a length field promises them, or what
// there is of them.
func (v *View) bound(b []byte, n int) []byte {
	switch {
	case n <= len(b):
		v.CutBytes = 0 // if anything was cut it was padding
		return b[:n]
	case n <= len(b)+v.CutBytes:
		v.CutBytes = n - len(b)
	default:
		v.Cut = true
		v.odd(ot.FrameBadLength)
	}
	return b
}

// after is what follows a header of n bytes, as far as it was captured.
func after(b []byte, n int) []byte { return b[min(n, len(b)):] }

// lacks says that n bytes of a header were not captured, and reports whether they
// were not on the wire either: that is a contradiction, and nothing follows it.
func (v *View) lacks(n int) bool {
	v.Cut = true
	if n <= v.CutBytes {
		v.CutBytes -= n
		return false
	}
	v.odd(ot.FrameBadLength)
	return true
}
