// Package sensor wires the rooms together and runs them.
//
// One goroutine reads and dispatches, W workers follow conversations, one
// goroutine merges what they saw in the order of the input and hands it to the
// judge. Nothing after dispatch depends on W or on how the input was cut into batches.
package sensor

import (
	"context"
	"errors"
	"io"
	"sync"

	"otsensor/pkg/capture"
	"otsensor/pkg/flow"
	"otsensor/pkg/ot"
	"otsensor/pkg/packet"
	"otsensor/pkg/protocols"
)

// Options of a pipeline.
type Options struct {
	Workers int // 1 to flow.Shards; 0 means 1
	Batch   int // packets a batch holds; 0 means 256
	Table   []protocols.Protocol

	// Wall gives the time of a live capture, so that silence passes too. Nil for files.
	Wall func() int64
	// Poison overwrites every batch before it is used again; tests find kept views with it.
	Poison bool
}

// Judge takes everything in the order of the input. It is called by one goroutine.
type Judge struct {
	Observe func(o *ot.Observation) // the observation dies when the call returns
	Tick    func(t Tick)            // a second of the sensor clock has passed
	NewFile func(name string)       // what comes next does not belong with what came before; may be nil

	// Keep takes every frame before what it caused, with the sensor clock; may
	// be nil. The bytes die when the call returns.
	Keep func(p *capture.Packet, v *packet.View, clock int64)
}

// Tick is a second of the sensor clock, with what the pipeline did so far.
type Tick struct {
	At         flow.At
	LastPacket int64 // sensor clock of the latest packet before it
	Stepped    bool  // packet time ran back
	Stats      Stats
}

// Stats counts what went through a pipeline.
type Stats struct {
	Packets uint64 // frames taken from the source
	Bytes   uint64 // bytes of them on the wire
	Cut     uint64 // frames captured shorter than they were
	Copies  uint64 // frames that the mirror showed before
	Unread  uint64 // frames of a link type or ethertype that carries nothing followed here
	Odds    [ot.AnomalyCount]uint64
	Flow    flow.Counts
	Loss    capture.Loss
}

// queued batches between the stages; more only adds delay.
const queue = 4

// Run takes a source through the pipeline until it ends or ctx is done, and
// gives the final counts. The error is the source's, nil at io.EOF.
func Run(ctx context.Context, src capture.Source, o Options, judge Judge) (Stats, error) {
	o.Workers = min(max(o.Workers, 1), flow.Shards)
	if o.Batch <= 0 {
		o.Batch = 256
	}
	p := newPipeline(o)
	var workers sync.WaitGroup
	for w := range o.Workers {
		workers.Go(func() { p.work(w) })
	}
	var srcErr error
	workers.Go(func() { srcErr = p.dispatch(ctx, src) })
	stats := p.judge(judge)
	workers.Wait()
	stats.Loss = src.Lost()
	if errors.Is(srcErr, io.EOF) {
		srcErr = nil
	}
	return stats, srcErr
}

// pipeline is the state the stages share: channels, and per-worker shards.
type pipeline struct {
	o      Options
	shards [flow.Shards]*flow.Shard
	todo   []chan *task // one per worker
	merge  chan *task   // in order of dispatch
	free   chan *task
}

func newPipeline(o Options) *pipeline {
	p := &pipeline{o: o, merge: make(chan *task, queue), free: make(chan *task, queue+1)}
	rows := flow.NewRows(o.Table)
	for i := range p.shards {
		p.shards[i] = flow.NewShard(rows)
	}
	for range o.Workers {
		p.todo = append(p.todo, make(chan *task, queue))
	}
	for range queue + 1 {
		p.free <- newTask(o)
	}
	return p
}

// task is one batch on its way through the pipeline.
type task struct {
	batch  *capture.Batch
	views  []packet.View
	stamps []stamp  // of the packets
	turns  []turn   // what happens between packets, for all workers
	lists  [][]step // per worker: its packets, and all turns
	outs   []protocols.Output
	counts [][]flow.Counts // per worker: after each turn
	stats  Stats           // the dispatcher's part, up to the end of this batch
	done   sync.WaitGroup
}

func newTask(o Options) *task {
	return &task{
		batch: capture.NewBatch(o.Batch), views: make([]packet.View, o.Batch), stamps: make([]stamp, o.Batch),
		lists: make([][]step, o.Workers), outs: make([]protocols.Output, o.Workers), counts: make([][]flow.Counts, o.Workers),
	}
}

func (t *task) reset(poison bool) {
	if poison {
		t.batch.Poison()
	}
	t.turns = t.turns[:0]
	for w := range t.lists {
		t.lists[w], t.counts[w] = t.lists[w][:0], t.counts[w][:0]
		if poison {
			t.outs[w].Poison()
		}
		t.outs[w].Reset()
	}
	t.batch.Reset()
}

// stamp is when a packet was dispatched, also one that nobody follows.
type stamp struct {
	seq   uint64
	clock int64 // sensor clock
}

// step is what one worker does: take a packet, or a turn. There are as many as
// packets, so what a packet does not need lies elsewhere.
type step struct {
	at    flow.At
	index uint32 // packet: in the batch; else: in turns
	kind  stepKind
	shard uint8 // packet: hash of its hosts, modulo flow.Shards
}

// turn happens between packets, in all shards.
type turn struct {
	at      flow.At
	kind    stepKind
	before  int64 // tick: clock of the tick before
	so      sofar // what came before it
	stepped bool  // tick: packet time ran back
}

// sofar is what the dispatcher had seen before a turn, whatever the batch it is in.
type sofar struct {
	packets, cut, copies uint64
	last                 int64 // sensor clock of the latest packet
}

type stepKind uint8

const (
	stepPacket stepKind = iota
	stepTick
	stepFlush // a file or the input ends
)
