package baseline

import "otsensor/pkg/ot"

// Deviations of an act, an address or an identity; the others are of a whole conversation or host.
const (
	ofValue    = ValueRange | ValueNew | ValueRare | ValueJump | SlowDrift | WrongPhase
	ofAddress  = AddressConflict | AddressMoved
	ofIdentity = IdentityChanged | FirmwareChanged | DesignationChanged
)

// report makes the weight of an observation that departs, and notes what its
// target is worth from now on.
func (w *Weigher) report(o *ot.Observation, d Deviation) Weight {
	if taints(o, d) {
		if target := w.target(o); !target.tainted {
			target.tainted, target.good = true, target.before
		}
	}
	return Weight{Dev: d}
}

// target is the host that suffered.
func (w *Weigher) target(o *ot.Observation) *weighHost {
	switch {
	case o.Who != nil:
		return w.host(o.Who.Of.Host())
	case o.Conv != nil && o.Kind != ot.Claimed && o.Kind != ot.Asked:
		if s := w.seatOf(o.Conv); s != nil && !o.Conv.Guessed {
			return s.server
		}
		return w.host(o.Conv.Server.Host())
	}
	key, _, _ := bound(o)
	return w.host(key)
}

// taints reports whether the target may no longer be in its approved state.
func taints(o *ot.Observation, d Deviation) bool {
	if d&(ofAddress|ofIdentity) != 0 {
		return true
	}
	return o.Kind == ot.Did && o.Did.Status != ot.Refused && (o.Did.Op.ChangesState() || ot.Engineering(o.Did.Proto, o.Did.Op))
}
