package flow

import (
	"otsensor/pkg/ot"
	"otsensor/pkg/packet"
)

// asked remembers who looked for which address, so that an ARP reply that
// nobody asked for can be told. It is bounded; when it is full, replies count as asked for.
type asked struct {
	at   map[[2][16]byte]int64
	full bool
}

const maxAsked = 1024

// add reports whether the table has just become full.
func (a *asked) add(who, target [16]byte, clock int64) (filled bool) {
	k := [2][16]byte{who, target}
	if a.at == nil {
		a.at = make(map[[2][16]byte]int64)
	}
	if _, known := a.at[k]; !known && len(a.at) >= maxAsked {
		filled, a.full = !a.full, true
		return filled
	}
	a.at[k] = clock
	return false
}

// expire forgets old requests.
func (a *asked) expire(clock int64) {
	for k, t := range a.at {
		if clock-t > askedFor {
			delete(a.at, k)
		}
	}
	a.full = a.full && len(a.at) >= maxAsked
}

// arp takes one ARP packet for Ethernet and IPv4 (RFC 826).
func (s *Shard) arp(v *packet.View) {
	s.emit.Conv, s.emit.Quality = nil, 0
	claim := ot.Claim{IP: v.SrcIP, MAC: v.ARPMAC, VLAN: v.VLAN[0] & 0x0fff}
	switch {
	case v.SrcIP == v.DstIP:
		claim.How = ot.ByGratuitousARP
		claim.Unasked = v.ARPOp == 2
		s.emit.Add(ot.Claimed).Claim = claim
	case v.ARPOp == 1:
		if s.asked.add(v.SrcIP, v.DstIP, s.emit.Clock) {
			s.emit.Odd(ot.TableFull, ot.ToServer, ot.NoProto)
		}
		claim.How, claim.IP, claim.Asker = ot.ByARPRequest, v.DstIP, v.SrcIP
		s.emit.Add(ot.Asked).Claim = claim
	case v.ARPOp == 2:
		_, wanted := s.asked.at[[2][16]byte{v.DstIP, v.SrcIP}]
		claim.How, claim.Unasked = ot.ByARPReply, !wanted && !s.asked.full
		s.emit.Add(ot.Claimed).Claim = claim
	}
}
