package baseline

import (
	"fmt"
	"math/bits"
	"slices"
	"strings"

	"otsensor/pkg/event"
	"otsensor/pkg/ot"
)

// explainer says which fields one deviation rests on.
type explainer func(w *Weigher, o *ot.Observation) []event.Reason

// explainers stand in the order of the bits.
var explainers = [...]explainer{
	(*Weigher).whyAsset, (*Weigher).whyConversation, (*Weigher).whyConversation, (*Weigher).whyService,
	(*Weigher).whyProtocol, (*Weigher).whyRole, (*Weigher).whyReversed,
	(*Weigher).whyUnit, (*Weigher).whyOp, (*Weigher).whyCode, (*Weigher).whyObject, (*Weigher).whyShape,
	(*Weigher).whyName, (*Weigher).whyFirstWrite, (*Weigher).whyWriter, (*Weigher).whyValueRange, (*Weigher).whyValueNew,
	(*Weigher).whyValueRare, (*Weigher).whyValueJump, (*Weigher).whySlowDrift,
	(*Weigher).whyWrongPhase, (*Weigher).whyOutOfTurn, (*Weigher).whyPhaseOrder, (*Weigher).whyPhaseDuration, (*Weigher).whyOffHours, (*Weigher).whyWriteBurst, (*Weigher).whyReconnect,
	(*Weigher).whyPeriod, (*Weigher).whySlowAnswers, (*Weigher).whyRate, (*Weigher).whySilence, (*Weigher).whyActMissing, (*Weigher).whyHostSilent, (*Weigher).whyLineSilent,
	(*Weigher).whyReturned, (*Weigher).whyConflict, (*Weigher).whyMoved,
	whyFacts(IdentityChanged), whyFacts(FirmwareChanged), whyFacts(DesignationChanged),
}

// Explain says which fields the deviations of an observation rest on: what
// was seen, what is usual, and the nearest learned neighbour or the threshold
// that fired. It is to be called right after Weigh or during Tick's yield.
func (w *Weigher) Explain(o *ot.Observation, d Deviation) (why []event.Reason) {
	for rest := w.explainable(o, d); rest != 0; rest &= rest - 1 {
		why = append(why, explainers[bits.TrailingZeros64(uint64(rest))](w, o)...)
	}
	return why
}

// explainable is the part of a set that the observation can bear out.
func (w *Weigher) explainable(o *ot.Observation, d Deviation) Deviation {
	d &= deviationEnd - 1
	if w.b == nil {
		d &= AddressConflict
	}
	if o.Conv == nil {
		d &= NewAsset | ofAddress | ofIdentity | HostSilent | LineSilent | Returned
	} else {
		d &^= HostSilent | LineSilent
		if w.habitFor(o) == nil {
			d &^= NewShape | NewName | ofValue | OutOfTurn | PhaseOrder | PhaseDuration | Period | ActMissing
		}
	}
	if p := w.pairFor(o); p == nil || p.line == nil {
		d &^= Silence | OffHours | WriteBurst | Reconnect | SlowAnswers
	}
	if o.Who == nil {
		d &^= ofIdentity
	}
	return d
}

func reason(field, seen, usual, nearest string) []event.Reason {
	return []event.Reason{{Field: field, Seen: seen, Usual: usual, Nearest: nearest}}
}

// fired says of reasons which threshold fired: default, learned or site.
func fired(origin string, why []event.Reason) []event.Reason {
	for i := range why {
		why[i].Threshold = origin
	}
	return why
}

// reason explains what was more than the learned most.
func (t *Tolerance) reason(field, seen string, learned uint32) []event.Reason {
	n := uint64(learned)
	return fired(t.origin(n), reason(field, seen, fmt.Sprintf("at most %d", n),
		fmt.Sprintf("threshold %d: %d times the learned most, at least %d", t.threshold(n), t.Factor, t.Least)))
}

// mostRate is the packets in ten seconds that are tolerated: the least comes on top.
func (w *Weigher) mostRate(p *weighPair) uint64 {
	return p.peak*w.tolerate.Rate.Factor + w.tolerate.Rate.Least
}

// mostListed is how many learned things a reason names before it says how many more there are.
const mostListed = 8

// some writes the first few of a list of learned things.
func some(all []string) string {
	all = slices.Compact(all)
	if len(all) == 0 {
		return "nothing learned"
	}
	if len(all) <= mostListed {
		return strings.Join(all, ", ")
	}
	return fmt.Sprintf("%s and %d more", strings.Join(all[:mostListed], ", "), len(all)-mostListed)
}

// pairFor finds the learned conversation of an observation, nil when there is none.
func (w *Weigher) pairFor(o *ot.Observation) *weighPair {
	if o.Conv == nil {
		return nil
	}
	if p := w.pairs[pairOf(o.Conv)]; p != nil || !o.Conv.Guessed {
		return p
	}
	return w.pairs[reversed(o.Conv)]
}

func (w *Weigher) whyAsset(o *ot.Observation) []event.Reason {
	var new []string
	if key, _, ok := bound(o); ok {
		new = append(new, key.HostString())
	} else if o.Conv != nil {
		for _, e := range []ot.Endpoint{o.Conv.Client, o.Conv.Server} {
			if h := w.hosts[e.Host()]; h != nil && !h.known {
				new = append(new, e.HostString())
			}
		}
	}
	return reason("asset", some(new), fmt.Sprintf("%d learned hosts", len(w.hosts)-w.strangers), "")
}

func (w *Weigher) whyConversation(o *ot.Observation) []event.Reason {
	key := pairOf(o.Conv)
	var asks, asked []string
	for i := range w.b.Conversations {
		switch c := &w.b.Conversations[i]; {
		case c.Mark != InForce:
		case c.Client == key.Client:
			asks = append(asks, string(putPair(nil, &c.Pair)))
		case c.Server == key.Server && c.Transport == key.Transport:
			asked = append(asked, c.Client.HostString())
		}
	}
	nearest := "nobody was learned to use this service"
	if len(asked) > 0 {
		nearest = "learned to use this service: " + some(asked)
	}
	return reason("conversation", string(putPair(nil, &key)), some(asks), nearest)
}

func (w *Weigher) whyService(o *ot.Observation) []event.Reason {
	var ports []string
	if h := w.hosts[o.Conv.Server.Host()]; h != nil {
		for _, p := range h.ports {
			ports = append(ports, string(putPort(nil, p)))
		}
	}
	return reason("service", string(putPort(nil, Port{o.Conv.Transport, o.Conv.Server.Port})), some(ports), "")
}

func (w *Weigher) whyProtocol(o *ot.Observation) []event.Reason {
	usual := "nothing learned"
	if p := w.pairFor(o); p != nil && p.line != nil {
		usual = string(putSpeaks(nil, p.line))
	}
	return reason("protocol", o.Did.Proto.String()+o.Service.String(), usual, "")
}

func (w *Weigher) whyRole(o *ot.Observation) []event.Reason {
	var clients []string
	if h := w.hosts[o.Conv.Client.Host()]; h != nil {
		for _, p := range h.asked {
			clients = append(clients, p.client.host.HostString())
		}
	}
	return reason("role", "asks "+o.Conv.Server.String(), "only serves "+some(clients), "")
}

func (w *Weigher) whyReversed(o *ot.Observation) []event.Reason {
	c, s := o.Conv.Client.HostString(), o.Conv.Server.HostString()
	return reason("direction", c+" asks "+s, s+" asks "+c, "")
}

func (w *Weigher) whyFirstWrite(o *ot.Observation) []event.Reason {
	var verbs []string
	if p := w.pairFor(o); p != nil {
		for op := range ot.OpNames() {
			if p.ops>>op&1 == 1 {
				verbs = append(verbs, ot.Op(op).String())
			}
		}
	}
	return reason("op", o.Did.Op.String(), some(verbs), "this client never wrote here")
}

func (w *Weigher) whyRate(o *ot.Observation) []event.Reason {
	p := w.pairFor(o)
	if p == nil {
		return nil
	}
	t := &w.tolerate.Rate
	return fired(t.origin(p.peak), reason("rate", fmt.Sprintf("%d packets in 10 s", packetRate(o)), fmt.Sprintf("at most %d", p.peak),
		fmt.Sprintf("threshold %d: %d times the learned peak and %d", w.mostRate(p), t.Factor, t.Least)))
}

func (w *Weigher) whyWriteBurst(o *ot.Observation) []event.Reason {
	p := w.pairFor(o)
	return w.tolerate.WriteBurst.reason("writes", fmt.Sprintf("%d in one second", p.writing.n), p.line.Writes)
}

func (w *Weigher) whyReconnect(o *ot.Observation) []event.Reason {
	p := w.pairFor(o)
	return w.tolerate.Reconnect.reason("openings", fmt.Sprintf("%d in ten minutes", p.opening.n), p.line.Openings)
}

func (w *Weigher) whyConflict(o *ot.Observation) []event.Reason {
	if key, mac, ok := bound(o); ok {
		return w.conflict(key, mac)
	}
	why := w.conflict(o.Conv.Client.Host(), o.Conv.ClientMAC)
	return append(why, w.conflict(o.Conv.Server.Host(), o.Conv.ServerMAC)...)
}

// conflict compares a MAC with the ones of its address; nothing where it is one of them.
func (w *Weigher) conflict(key ot.Endpoint, mac [6]byte) []event.Reason {
	var usual []string
	if h := w.hosts[key]; h != nil {
		if slices.Contains(h.macs, mac) {
			return nil
		}
		for _, m := range h.macs {
			usual = append(usual, ot.MACString(m))
		}
	}
	nearest := "learned"
	if b := w.bindings[key.IP]; len(usual) == 0 {
		if b == nil || b.was == [6]byte{} {
			return nil
		}
		usual, nearest = []string{ot.MACString(b.was)}, "seen earlier in this run"
	}
	return reason("mac of "+key.HostString(), ot.MACString(mac), some(usual), nearest)
}

func (w *Weigher) whyMoved(o *ot.Observation) []event.Reason {
	key, mac, _ := bound(o)
	var usual []string
	for i := range w.b.MACs {
		if m := &w.b.MACs[i]; m.Mark == InForce && m.MAC == mac {
			usual = append(usual, m.Host.HostString())
		}
	}
	return reason("address of "+ot.MACString(mac), key.HostString(), some(usual), "")
}

// whyFacts explains the facts that one kind of identity deviation is about.
func whyFacts(d Deviation) explainer {
	return func(w *Weigher, o *ot.Observation) (why []event.Reason) {
		for _, id := range w.identity(o.Who) {
			for f, seen := range o.Who.Facts {
				if learned := id.Facts[f]; factDeviation[f] == d && seen != "" && learned != "" && seen != learned {
					why = append(why, event.Reason{Field: ot.Fact(f).String(), Seen: seen, Usual: learned, Nearest: strings.TrimSpace(id.Source + " " + id.Behind)})
				}
			}
		}
		return why
	}
}
