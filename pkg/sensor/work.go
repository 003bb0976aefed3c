package sensor

import (
	"cmp"
	"math"
	"slices"

	"otsensor/pkg/flow"
	"otsensor/pkg/ot"
	"otsensor/pkg/protocols"
)

// work follows the conversations of the shards w, w+W, w+2W, …
func (p *pipeline) work(w int) {
	for t := range p.todo[w] {
		out := &t.outs[w]
		for i := range t.lists[w] {
			s := &t.lists[w][i]
			if s.kind == stepPacket {
				p.shards[s.shard].Packet(&t.views[s.index], &s.at, out)
				continue
			}
			var sum flow.Counts
			for n := w; n < flow.Shards; n += p.o.Workers {
				if s.kind == stepTick {
					p.shards[n].Tick(s.at, t.turns[s.index].before, out)
				} else {
					p.shards[n].Flush(s.at, out)
				}
				c := p.shards[n].Counts()
				sum.Add(&c)
			}
			t.counts[w] = append(t.counts[w], sum)
		}
		t.done.Done()
	}
}

// judge merges the workers' observations in the order of the input and hands
// them on.
func (p *pipeline) judge(j Judge) Stats {
	m := merger{judge: j, table: p.o.Table}
	m.rejoin()
	for t := range p.merge {
		t.done.Wait()
		m.task(t)
		p.free <- t
	}
	return m.stats
}

type merger struct {
	judge Judge
	table []protocols.Protocol
	joins [64]func(o *ot.Observation) // by ot.Proto; most have none
	heads []int                       // per worker: how many of its observations were handed on
	same  []*ot.Observation
	stats Stats
	odds  [ot.AnomalyCount]uint64
	kept  int // frames of this task handed on for evidence
}

func (m *merger) task(t *task) {
	m.begin(t)
	fresh := t.batch.NewFile
	if fresh && (len(t.turns) == 0 || t.turns[0].kind != stepFlush) {
		m.newFile(t)
		fresh = false
	}
	for i := range t.turns {
		m.upTo(t, t.turns[i].at.Seq)
		m.together(t, i)
		if fresh {
			m.newFile(t)
			fresh = false
		}
	}
	m.upTo(t, math.MaxUint64)
}

// begin takes over the dispatcher's counts and the workers' oddities.
func (m *merger) begin(t *task) {
	flows := m.stats.Flow
	m.stats = t.stats
	m.stats.Flow = flows
	for w := range t.outs {
		for a, n := range t.outs[w].Odds {
			m.odds[a] += n
		}
	}
	for a, n := range m.odds {
		m.stats.Odds[a] += n
	}
	m.heads = append(m.heads[:0], make([]int, len(t.outs))...)
	m.kept = 0
}

// rejoin forgets what conversations told together.
func (m *merger) rejoin() {
	for i := range m.table {
		if row := &m.table[i]; row.Join != nil {
			m.joins[row.Proto] = row.Join()
		}
	}
}

func (m *merger) observe(o *ot.Observation) {
	if o.Kind == ot.Did && m.joins[o.Did.Proto] != nil {
		m.joins[o.Did.Proto](o)
	}
	m.judge.Observe(o)
}

func (m *merger) newFile(t *task) {
	m.rejoin()
	if m.judge.NewFile != nil {
		m.judge.NewFile(t.batch.File)
	}
}

// upTo hands on what packets caused before a number: all that one packet caused
// is one worker's, so its observations go on until another worker has an earlier one.
func (m *merger) upTo(t *task, before uint64) {
	for {
		w, until := m.earliest(t, before)
		if w < 0 {
			break
		}
		out, i := &t.outs[w], m.heads[w]
		for n := out.Len(); i < n; i++ {
			o := out.At(i)
			if o.Seq >= until {
				break
			}
			if m.judge.Keep != nil {
				m.keep(t, o.Seq)
			}
			m.observe(o)
		}
		m.heads[w] = i
	}
	if m.judge.Keep != nil {
		m.keep(t, before)
	}
}

// earliest is the worker with the next observation before a number, -1 when
// there is none, and up to which number no other worker has one.
func (m *merger) earliest(t *task, before uint64) (w int, until uint64) {
	w, until = -1, before
	next := before
	for k := range t.outs {
		if m.heads[k] == t.outs[k].Len() {
			continue
		}
		switch seq := t.outs[k].At(m.heads[k]).Seq; {
		case seq < next:
			w, next, until = k, seq, next
		case seq < until:
			until = seq
		}
	}
	return w, until
}

// together hands on what a turn caused in all workers, conversations in the
// order of their first packet.
func (m *merger) together(t *task, i int) {
	turn := &t.turns[i]
	m.same = m.same[:0]
	for w := range t.outs {
		out := &t.outs[w]
		for ; m.heads[w] < out.Len() && out.At(m.heads[w]).Seq == turn.at.Seq; m.heads[w]++ {
			m.same = append(m.same, out.At(m.heads[w]))
		}
	}
	slices.SortStableFunc(m.same, func(a, b *ot.Observation) int { return cmp.Compare(first(a), first(b)) })
	for _, o := range m.same {
		m.observe(o)
	}
	m.stats.Flow = flow.Counts{}
	for w := range t.counts {
		m.stats.Flow.Add(&t.counts[w][i])
	}
	m.stats.Packets, m.stats.Cut, m.stats.Copies = turn.so.packets, turn.so.cut, turn.so.copies
	if m.judge.Tick != nil {
		m.judge.Tick(Tick{At: turn.at, LastPacket: turn.so.last, Stepped: turn.stepped, Stats: m.stats})
	}
}

func first(o *ot.Observation) uint64 {
	if o.Conv == nil {
		return 0
	}
	return o.Conv.First
}
