package baseline

import (
	"otsensor/pkg/ot"
	"otsensor/pkg/protocols"
)

// movedEvery is how late a Moved observation may tell that a host spoke.
const movedEvery = 10 * second

// Tick looks for what did not happen; now is the sensor clock. What is missing
// is handed over as an observation of kind Missed, which dies when yield
// returns: a conversation in Conv, a host in Claim, the line in neither.
//
// The times of a run begin with its first tick, so that what the baseline
// knows and the run never sees is missed too.
func (w *Weigher) Tick(now int64, yield func(o *ot.Observation, weight Weight)) {
	w.now = max(w.now, now)
	if w.b == nil {
		return
	}
	if w.now-w.heard > holeLeast {
		w.hole = w.now
	}
	switch deaf := w.now-w.heard > portSilence; {
	case deaf:
		w.deaf = true
		return
	case w.deaf, w.start == 0:
		w.deaf = false
		w.begin()
	}
	miss := func(o ot.Observation, d Deviation) {
		o.Kind, o.Time, o.Clock = ot.Missed, w.now, w.now
		yield(&o, w.report(&o, d))
	}
	w.missTurns(miss)
	w.missHosts(miss)
	w.missConversations(miss)
	w.missCycles(miss)
}

// portSilence is how long nothing at all may come before nobody's silence is
// judged: then it is the port that is silent, and what was missed cannot be known.
const portSilence = 15 * second

func (w *Weigher) begin() {
	w.start = w.now
	for _, h := range w.steady {
		h.last = max(h.last, w.now)
	}
	for _, p := range w.regular {
		p.last = max(p.last, w.now)
	}
}

// missHosts looks for silent hosts. Once more than half are silent it is the
// line that is, and no single host is reported.
func (w *Weigher) missHosts(miss func(ot.Observation, Deviation)) {
	var fell []*weighHost
	for _, h := range w.steady {
		if !h.silent && w.now-h.last > h.limit {
			h.silent, h.unsure = true, h.quality != 0
			w.down++
			fell = append(fell, h)
		}
	}
	lineDown := len(w.steady) >= lineHosts && 2*w.down > len(w.steady)
	if lineDown && !w.lineDown {
		miss(ot.Observation{}, LineSilent)
	}
	if w.lineDown = lineDown; lineDown {
		return
	}
	for _, h := range fell {
		o := ot.Observation{Claim: ot.Claim{IP: h.host.IP, MAC: h.host.MAC}, Quality: h.quality}
		if len(h.macs) > 0 {
			o.Claim.MAC = h.macs[0]
		}
		miss(o, HostSilent)
	}
}

// toldLate is how late a request may be told that nobody answers: until then a
// client that was heard may have asked.
const toldLate = protocols.AnswerTimeout + 2*second

// missConversations looks for regular conversations that stopped while both
// hosts went on. Where a host is silent too, that was said already.
func (w *Weigher) missConversations(miss func(ot.Observation, Deviation)) {
	for _, p := range w.regular {
		if p.silent || w.now-p.last <= p.limit || p.asking != 0 && w.now-p.asking <= toldLate {
			continue
		}
		since := p.last + movedEvery
		switch {
		case p.client.silent || p.server.silent:
			p.silent, p.unsure = true, p.quality != 0
		case p.client.last > since && p.server.last > since:
			p.silent, p.unsure = true, p.quality != 0
			conv := ot.Conv{Client: p.Client, Server: p.Server, Transport: p.Transport}
			miss(ot.Observation{Conv: &conv, Quality: p.quality}, Silence)
		}
	}
}
