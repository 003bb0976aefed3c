package baseline

import (
	"fmt"
	"math"
	"strconv"
	"time"

	"otsensor/pkg/event"
	"otsensor/pkg/ot"
)

// learnedActs lists one thing of each habit of the observation's conversation that passes.
func (w *Weigher) learnedActs(o *ot.Observation, pass func(*weighHabit) bool, thing func(*weighHabit) string) (all []string) {
	p := w.pairFor(o)
	if p == nil {
		return nil
	}
	seen := make(map[string]bool)
	for _, h := range p.habits {
		if s := thing(h); pass(h) && !seen[s] {
			seen[s] = true
			all = append(all, s)
		}
	}
	return all
}

func (w *Weigher) whyUnit(o *ot.Observation) []event.Reason {
	units := w.learnedActs(o, func(h *weighHabit) bool { return h.Proto == o.Did.Proto },
		func(h *weighHabit) string { return number(h.Unit) })
	return reason("unit", number(o.Did.Unit), some(units), "")
}

func (w *Weigher) whyOp(o *ot.Observation) []event.Reason {
	ops := w.learnedActs(o, func(*weighHabit) bool { return true }, func(h *weighHabit) string { return h.Op.String() })
	return reason("op", o.Did.Op.String(), some(ops), "")
}

func (w *Weigher) whyCode(o *ot.Observation) []event.Reason {
	codes := w.learnedActs(o, func(h *weighHabit) bool { return h.Proto == o.Did.Proto && h.Unit == unitOf(&o.Did) },
		func(h *weighHabit) string { return fmt.Sprintf("%d (%s)", h.Code, h.Op) })
	return reason("code", fmt.Sprintf("%d (%s)", o.Did.Code, o.Did.Op), some(codes), "")
}

// whyObject names what the act touches as learned, and the nearest learned
// range of any act of the same host in the same area.
func (w *Weigher) whyObject(o *ot.Observation) []event.Reason {
	t := &o.Did
	same := func(h *weighHabit) bool { return h.Act == actOf(t) }
	usual := w.learnedActs(o, same, (*weighHabit).touches)
	if len(usual) == 0 {
		usual = w.learnedActs(o, func(h *weighHabit) bool { return h.Proto == t.Proto && h.Unit == unitOf(t) && h.Code == t.Code }, (*weighHabit).touches)
	}
	return reason("object", place(t.Object.Area, t.Object.Block)+" "+addresses(rangeOf(t.Object.Addr, t.Object.Len), t.Object.Len)+" "+t.Op.String(),
		some(usual), w.nearest(o))
}

// nearest is the learned range nearest to what a transaction touches, by any act of the same client.
func (w *Weigher) nearest(o *ot.Observation) string {
	t, p := &o.Did, w.pairFor(o)
	if p == nil || t.Object.Len == 0 {
		return ""
	}
	r, best, text := rangeOf(t.Object.Addr, t.Object.Len), uint32(math.MaxUint32), ""
	for _, h := range p.habits {
		if h.Proto != t.Proto || h.Unit != unitOf(t) || h.Area != t.Object.Area || h.Block != t.Object.Block {
			continue
		}
		for _, l := range h.objects {
			if d := apart(l, r); d < best {
				best, text = d, fmt.Sprintf("learned %s %s, %d apart", putRange(nil, l), h.Op, d)
			}
		}
	}
	return text
}

// apart is the distance between two ranges, 0 when they meet.
func apart(a, b Range) uint32 {
	switch {
	case a.To < b.From:
		return b.From - a.To
	case b.To < a.From:
		return a.From - b.To
	}
	return 0
}

// touches writes what a habit touches: its place and its ranges.
func (h *weighHabit) touches() string {
	var ranges []string
	for _, r := range h.objects {
		ranges = append(ranges, string(putRange(nil, r)))
	}
	if len(ranges) == 0 {
		return place(h.Area, h.Block) + " " + h.Op.String()
	}
	return place(h.Area, h.Block) + " " + some(ranges) + " " + h.Op.String()
}

func place(area, block uint32) string {
	if block == 0 {
		return "area " + number(area)
	}
	return "area " + number(area) + " block " + number(block)
}

func addresses(r Range, n uint32) string {
	if n == 0 {
		return "no address"
	}
	return string(putRange(nil, r))
}

func number(n uint32) string { return strconv.FormatUint(uint64(n), 10) }

// habitFor finds the learned act of an observation, nil when there is none.
func (w *Weigher) habitFor(o *ot.Observation) *weighHabit {
	if p := w.pairFor(o); p != nil {
		return p.acts.find(&o.Did)
	}
	return nil
}

func (w *Weigher) whyShape(o *ot.Observation) []event.Reason {
	h, t := w.habitFor(o), &o.Did
	var usual []string
	for _, s := range h.shapes {
		if s.From == t.Object.Addr {
			usual = append(usual, string(putRange(nil, s)))
		}
	}
	return reason("quantity", string(putRange(nil, rangeOf(t.Object.Addr, t.Object.Len))), some(usual), "same start, other length")
}

func (w *Weigher) whyName(o *ot.Observation) []event.Reason {
	return reason("name", string(o.Did.Name), some(w.habitFor(o).names), "")
}

func (w *Weigher) whyWriter(o *ot.Observation) []event.Reason {
	server := w.hosts[o.Conv.Server.Host()]
	if server == nil {
		return nil
	}
	if other := server.writerOf(o.Conv.Client, &o.Did); other != nil {
		return reason("writer", o.Conv.Client.HostString(), other.pair.client.host.HostString(), other.habit.touches())
	}
	return nil
}

func (w *Weigher) whyPeriod(o *ot.Observation) []event.Reason {
	h := w.habitFor(o)
	return fired("learned", reason("period", time.Duration(h.watch.mean).String(), fmt.Sprintf("%s±%s", time.Duration(h.watch.every), time.Duration(h.line.Beat.Spread)),
		fmt.Sprintf("threshold: %d of %d gaps more than %s away", periodOutside, periodCycles, time.Duration(h.watch.band))))
}

func (w *Weigher) whySilence(o *ot.Observation) []event.Reason {
	p := w.pairFor(o)
	return w.tolerate.Silence.silence(w.now-p.last, p.line.Beat.Gap, "; both hosts speak")
}

func (w *Weigher) whyHostSilent(o *ot.Observation) []event.Reason {
	h := w.hostOfClaim(o)
	return append(w.tolerate.HostSilent.silence(w.now-h.last, h.gap, ""), w.stoppedWith(h)...)
}

// stoppedWith names the regular conversations that a silent host takes with it.
func (w *Weigher) stoppedWith(h *weighHost) []event.Reason {
	var all []string
	for _, p := range w.regular {
		if p.client == h || p.server == h {
			all = append(all, p.Client.HostString()+" and "+p.Server.String())
		}
	}
	if len(all) == 0 {
		return nil
	}
	return reason("conversations", "stopped with it: "+some(all), "regular", "")
}

// silence explains what was silent for longer than ever.
func (t *Tolerance) silence(quiet, gap int64, more string) []event.Reason {
	n := uint64(gap)
	return fired(t.origin(n), reason("silence", "nothing for "+span(quiet), "longest gap "+time.Duration(gap).String(),
		fmt.Sprintf("threshold %s: %d times the longest gap, at least %s%s", time.Duration(t.threshold(n)), t.Factor, span(int64(t.Least)), more)))
}

// hostOfClaim finds the host a Missed observation is about.
func (w *Weigher) hostOfClaim(o *ot.Observation) *weighHost {
	key := ot.Endpoint{IP: o.Claim.IP}
	if !key.HasIP() {
		key.MAC = o.Claim.MAC
	}
	return w.host(key)
}

func (w *Weigher) whyLineSilent(*ot.Observation) []event.Reason {
	return reason("silence", fmt.Sprintf("%d of %d regular hosts are silent", w.down, len(w.steady)), "all speak", "threshold: more than half")
}

func (w *Weigher) whyReturned(o *ot.Observation) []event.Reason {
	seen := "speaks again"
	if o.Conv != nil {
		key := pairOf(o.Conv)
		seen = string(putPair(nil, &key)) + " " + seen
	}
	return reason("silence", seen, "was silent", "")
}
