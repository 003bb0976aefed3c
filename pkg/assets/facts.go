package assets

import (
	"bytes"
	"slices"

	"otsensor/pkg/ot"
)

func (t *Table) addMAC(a *asset, mac [6]byte) {
	if mac == [6]byte{} || mac[0]&1 == 1 || !a.host.HasIP() || slices.Contains(a.macs, mac) {
		return
	}
	if len(a.macs) >= maxMACs {
		t.Full++
		return
	}
	a.macs = append(a.macs, mac)
}

func (t *Table) addVLAN(a *asset, vlan uint16) {
	if vlan == 0 || slices.Contains(a.vlans, vlan) {
		return
	}
	if len(a.vlans) >= maxVLANs {
		t.Full++
		return
	}
	a.vlans = append(a.vlans, vlan)
}

func (t *Table) addPeer(a *asset, peer ot.Endpoint) {
	if len(a.peers) < maxPeers && !slices.Contains(a.peers, peer) {
		a.peers = append(a.peers, peer)
	}
}

// addService notes a port a host answers on, and what it is once that is known.
func (t *Table) addService(a *asset, c *ot.Conv, p ot.Proto, name ot.Service) {
	if c.Transport != ot.TCP && c.Transport != ot.UDP {
		return
	}
	for i := range a.services {
		if s := &a.services[i]; s.transport == c.Transport && s.port == c.Server.Port {
			if p != ot.NoProto {
				s.proto = p
			}
			if name != ot.NoService {
				s.name = name
			}
			return
		}
	}
	if len(a.services) >= maxServices {
		t.Full++
		return
	}
	a.services = append(a.services, service{c.Transport, c.Server.Port, p, name})
}

// Compare is the order in which hosts are listed: addresses first, then MACs.
func Compare(a, b ot.Endpoint) int {
	if c := a.Addr().Compare(b.Addr()); a.HasIP() && b.HasIP() && c != 0 {
		return c
	}
	if c := cmpBool(b.HasIP(), a.HasIP()); c != 0 {
		return c
	}
	return bytes.Compare(a.MAC[:], b.MAC[:])
}

func cmpBool(a, b bool) int {
	switch {
	case a == b:
		return 0
	case b:
		return -1
	}
	return 1
}
