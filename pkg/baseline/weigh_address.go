package baseline

import (
	"slices"

	"otsensor/pkg/ot"
)

// binding is the MAC an address had in this run.
type binding struct {
	mac, was [6]byte // was: before a conflict
	last     int64
}

// bind weighs the addresses of a conversation's first frame.
func (w *Weigher) bind(s *weighSeat) Deviation {
	c := s.conv
	if c.Client.IP == c.Server.IP {
		return 0 // a host that speaks with itself
	}
	d := w.address(c.Client.Host(), c.ClientMAC, ot.ByFrame)
	if !c.Group() {
		d |= w.address(c.Server.Host(), c.ServerMAC, ot.ByFrame)
	}
	return d
}

// claimed weighs an address claimed for a MAC.
func (w *Weigher) claimed(o *ot.Observation) (d Deviation) {
	key, mac, ok := bound(o)
	if !ok {
		return 0
	}
	d = w.address(key, mac, o.Claim.How)
	if w.b == nil {
		return d
	}
	h := w.host(key)
	if h.heard(w.now) {
		d |= w.back(h)
	}
	if h.sighted(o); h.stranger() {
		d |= NewAsset
	}
	return d
}

// address weighs an address seen with a MAC. What the baseline binds decides;
// without it, what this run has seen. Frames through a router carry the
// router's MAC, so that a frame alone is no evidence when either MAC is one.
func (w *Weigher) address(key ot.Endpoint, mac [6]byte, how ot.How) (d Deviation) {
	if mac == [6]byte{} || mac[0]&1 == 1 || !key.HasIP() || !key.IsHost() {
		return 0
	}
	h := w.hosts[key]
	if h != nil && len(h.macs) > 0 {
		if slices.Contains(h.macs, mac) {
			return 0
		}
		d = AddressConflict
	} else if w.rebound(key.IP, mac, how) {
		d = AddressConflict
	}
	if n := w.macKnown[mac]; how != ot.ByFrame && n > 0 && n < routerHosts {
		d |= AddressMoved
	}
	return d
}

// rebound reports whether an address had another MAC in this run, shortly before.
func (w *Weigher) rebound(ip [16]byte, mac [6]byte, how ot.How) bool {
	b := w.bindings[ip]
	if b == nil {
		if len(w.bindings) >= maxBindings {
			w.Full++
			return false
		}
		w.bindings[ip] = &binding{mac: mac, last: w.now}
		w.macHosts[mac] = min(w.macHosts[mac], 254) + 1
		return false
	}
	held := w.now-b.last <= bindingHold
	b.last = w.now
	if b.mac == mac {
		return false
	}
	router := w.macHosts[mac] >= routerHosts || w.macHosts[b.mac] >= routerHosts
	if len(w.macHosts) < maxBindings || w.macHosts[mac] > 0 {
		w.macHosts[mac] = min(w.macHosts[mac], 254) + 1
	}
	b.was, b.mac = b.mac, mac
	return held && !(how == ot.ByFrame && router)
}

// identified weighs what a device says about itself.
func (w *Weigher) identified(o *ot.Observation) (d Deviation) {
	if o.Who == nil {
		return 0
	}
	for _, id := range w.identity(o.Who) {
		c := contradiction(&id.Facts, &o.Who.Facts)
		if c == 0 {
			return 0 // one of the approved answers
		}
		d |= c
	}
	return d
}

// identity gives the learned answers of the same device to the same question.
func (w *Weigher) identity(who *ot.Identity) (learned []*Identity) {
	h := w.hosts[who.Of.Host()]
	if h == nil {
		return nil
	}
	for _, id := range h.identities {
		if id.Behind == who.Behind && id.Source == who.Source {
			learned = append(learned, id)
		}
	}
	return learned
}
