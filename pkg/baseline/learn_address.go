package baseline

import (
	"otsensor/pkg/ot"
)

// bound is the address and MAC an observation binds together; ok is false
// where it binds none.
func bound(o *ot.Observation) (host ot.Endpoint, mac [6]byte, ok bool) {
	host.IP = o.Claim.IP
	if o.Kind == ot.Asked {
		host.IP = o.Claim.Asker
	}
	ok = (o.Kind == ot.Claimed || o.Kind == ot.Asked) && host.HasIP() && host.IsHost()
	return host, o.Claim.MAC, ok
}

// claimed takes an address claimed for a MAC.
func (l *Learner) claimed(o *ot.Observation) {
	if key, mac, ok := bound(o); ok {
		h := l.host(key)
		l.present(h, o.Claim.VLAN)
		l.addMAC(h, mac, true)
	}
}

// addMAC notes a MAC of a host. often is false where the same conversation
// shows the same MAC again and again: only what is new counts then.
func (l *Learner) addMAC(h *host, mac [6]byte, often bool) {
	if mac == [6]byte{} || mac[0]&1 == 1 || !h.host.HasIP() {
		return
	}
	for i := range h.macs {
		if h.macs[i].mac == mac {
			if often || h.macs[i].bucket != l.bucket {
				h.macs[i].add(l.now, l.bucket)
			}
			return
		}
	}
	if len(h.macs) >= maxMACs {
		l.full.Facts++
		return
	}
	m := macTally{mac: mac}
	m.add(l.now, l.bucket)
	h.macs = append(h.macs, m)
}

// identified takes what a device said about itself. A second answer that
// contradicts the first is kept beside it.
func (l *Learner) identified(o *ot.Observation) {
	if o.Who == nil || !o.Who.Of.IsHost() {
		return
	}
	h := l.host(o.Who.Of.Host())
	versions := 0
	for i := range h.identities {
		id := &h.identities[i]
		if id.Behind != o.Who.Behind || id.Source != o.Who.Source {
			continue
		}
		if contradiction(&id.Facts, &o.Who.Facts) == 0 {
			id.add(l.now, l.bucket)
			fill(&id.Facts, &o.Who.Facts)
			return
		}
		versions++
	}
	if versions >= maxVersions || len(h.identities) >= maxIdentities {
		l.full.Facts++
		return
	}
	id := identityTally{Identity: *o.Who}
	id.Facts[ot.FactState] = "" // a state is no identity
	id.add(l.now, l.bucket)
	h.identities = append(h.identities, id)
}

// contradiction is how two answers differ in what both say.
func contradiction(learned, seen *[ot.FactCount]string) (d Deviation) {
	for f := range learned {
		if learned[f] != "" && seen[f] != "" && learned[f] != seen[f] {
			d |= factDeviation[f]
		}
	}
	return d
}

// factDeviation is what a changed fact means.
var factDeviation = [ot.FactCount]Deviation{
	ot.FactVendor: IdentityChanged, ot.FactProduct: IdentityChanged, ot.FactOrder: IdentityChanged,
	ot.FactSerial: IdentityChanged, ot.FactHardware: IdentityChanged, ot.FactType: IdentityChanged,
	ot.FactFirmware: FirmwareChanged,
	ot.FactName:     DesignationChanged, ot.FactLocation: DesignationChanged, ot.FactProject: DesignationChanged,
}

// fill adds what an answer says that earlier ones did not.
func fill(known, seen *[ot.FactCount]string) {
	for f := range known {
		if known[f] == "" && ot.Fact(f) != ot.FactState {
			known[f] = seen[f]
		}
	}
}
