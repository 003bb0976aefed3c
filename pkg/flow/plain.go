package flow

import "otsensor/pkg/packet"

// plain reports whether a segment is what nearly all are: an acknowledgement,
// with the next bytes or none, in a conversation that lives, is seen both ways,
// and of which nothing unusual is known. All that is to be done with it is to
// hear the one and deliver the other.
func (c *conn) plain(h, other *half, v *packet.View) bool {
	return v.Flags&(packet.SYN|packet.FIN|packet.RST|packet.URG|packet.ACK) == packet.ACK && !v.Cut &&
		c.phase == live && c.rare == nil && !c.sided && c.total.Packets[0] > 0 && c.total.Packets[1] > 0 &&
		h.plain() && other.plain() && (len(v.Payload) == 0 || v.Seq == h.next && !other.ahead(v.Ack))
}

// plain reports whether nothing unusual is known of a direction.
func (h *half) plain() bool {
	return h.known && !h.fin && !h.rivals && (h.apart == nil || h.apart.idle())
}
