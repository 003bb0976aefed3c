package baseline

import (
	"encoding/binary"

	"otsensor/pkg/ot"
)

// Deviations of an act, a claim or an identity; the others are of a whole conversation or host.
const (
	ofAct      = NewUnit | NewOp | NewCode | NewObject | NewShape | NewName | FirstWrite | NewWriter | ofValue | Period
	ofValue    = ValueRange | ValueNew | ValueRare | ValueJump | SlowDrift | WrongPhase
	ofAddress  = AddressConflict | AddressMoved
	ofIdentity = IdentityChanged | FirmwareChanged | DesignationChanged
)

// report makes the weight of an observation that departs: whether that was
// reported before, what its source has caused, and what its target is worth from now on.
func (w *Weigher) report(o *ot.Observation, d Deviation) Weight {
	source, target := w.parties(o)
	weight := Weight{Dev: d}
	if w.remember(subject(o, d)) {
		weight.Fresh = d
		source.fresh++
	}
	weight.Cause = source.fresh
	if !target.tainted && taints(o, d) {
		target.tainted, target.good = true, target.before
	}
	return weight
}

// parties are the hosts that caused and that suffered.
func (w *Weigher) parties(o *ot.Observation) (source, target *weighHost) {
	switch {
	case o.Who != nil:
		h := w.host(o.Who.Of.Host())
		return h, h
	case o.Conv != nil && o.Kind != ot.Claimed && o.Kind != ot.Asked:
		return w.host(o.Conv.Client.Host()), w.host(o.Conv.Server.Host())
	}
	key, _, _ := bound(o)
	h := w.host(key)
	return h, h
}

// taints reports whether the target may no longer be in its approved state.
func taints(o *ot.Observation, d Deviation) bool {
	if d&(ofAddress|ofIdentity) != 0 {
		return true
	}
	return o.Kind == ot.Did && o.Did.Status != ot.Refused && (o.Did.Op.ChangesState() || ot.Engineering(o.Did.Proto, o.Did.Op))
}

// remember notes a thing as reported; true when it is new.
func (w *Weigher) remember(thing uint64) bool {
	if _, known := w.fresh[thing]; known {
		return false
	}
	if len(w.fresh) >= maxFresh {
		w.Full++
		return false
	}
	w.fresh[thing] = struct{}{}
	return true
}

// subject is a digest of what departs: the deviations, and the conversation,
// act, address or identity they are about.
func subject(o *ot.Observation, d Deviation) uint64 {
	h := digest(14695981039346656037).number(uint64(d))
	if c := o.Conv; c != nil {
		p := pairOf(c)
		h = h.endpoint(p.Client).endpoint(p.Server).number(uint64(c.Transport))
	}
	if d&ofAct != 0 {
		t := &o.Did
		h = h.number(uint64(t.Proto)<<32 | uint64(t.Op)).number(uint64(t.Unit)<<32 | uint64(t.Code))
		h = h.number(uint64(t.Object.Area)<<32 | uint64(t.Object.Block))
		h = h.number(uint64(t.Object.Addr)<<32 | uint64(t.Object.Len)).bytes(t.Name)
	}
	if o.Conv == nil || d&ofAddress != 0 {
		h = h.bytes(o.Claim.IP[:]).bytes(o.Claim.MAC[:]).bytes(o.Claim.Asker[:])
	}
	if o.Who != nil {
		h = h.endpoint(o.Who.Of.Host()).bytes([]byte(o.Who.Behind)).bytes([]byte(o.Who.Source))
	}
	return uint64(h)
}

// digest is FNV-1a over 64 bits.
type digest uint64

func (h digest) bytes(b []byte) digest {
	for _, c := range b {
		h = (h ^ digest(c)) * 1099511628211
	}
	return h
}

func (h digest) number(n uint64) digest {
	var b [8]byte
	binary.LittleEndian.PutUint64(b[:], n)
	return h.bytes(b[:])
}

func (h digest) endpoint(e ot.Endpoint) digest {
	return h.bytes(e.IP[:]).bytes(e.MAC[:]).number(uint64(e.Port))
}
