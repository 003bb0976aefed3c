package sensor

import (
	"context"
	"errors"
	"io"

	"otsensor/pkg/capture"
	"otsensor/pkg/flow"
	"otsensor/pkg/ot"
	"otsensor/pkg/packet"
)

const second = int64(1_000_000_000)

// clock is the sensor clock: packet time that never runs back.
type clock struct {
	now, offset int64
	started     bool
}

// backTolerance is how far packet time may run back without being a step:
// mirror ports and several rings deliver slightly out of order.
const backTolerance = 10 * second

// advance takes a packet's time; it reports a step back.
func (c *clock) advance(t int64) (stepped bool) {
	switch {
	case !c.started:
		c.now, c.started = t, true
	case t+c.offset < c.now-backTolerance:
		c.offset, stepped = c.now-t, true
	default:
		c.now = max(c.now, t+c.offset)
	}
	return stepped
}

// dispatch reads batches, numbers and decodes their packets, cuts time into
// ticks and sends each packet to the worker that owns its hosts.
func (p *pipeline) dispatch(ctx context.Context, src capture.Source) error {
	d := dispatcher{p: p}
	for shard := range d.owner {
		d.owner[shard] = uint8(shard % p.o.Workers)
	}
	var err error
	for err == nil && ctx.Err() == nil {
		t := <-p.free
		t.reset(p.o.Poison)
		err = src.Fill(t.batch)
		if err != nil && !errors.Is(err, io.EOF) && len(t.batch.Packets) == 0 {
			d.send(t)
			break
		}
		d.fill(t, src)
		d.send(t)
	}
	t := <-p.free
	t.reset(p.o.Poison)
	d.flush(t)
	d.send(t)
	for _, ch := range p.todo {
		close(ch)
	}
	close(p.merge)
	return err
}

type dispatcher struct {
	p     *pipeline
	seq   uint64
	frame uint64
	clock clock
	tick  int64 // clock of the last tick
	until int64 // clock before which there is no other
	last  int64 // clock of the latest packet
	stats Stats

	copies packet.Copies
	owner  [flow.Shards]uint8 // worker that follows a shard
}

func (d *dispatcher) at(time int64) flow.At {
	d.seq++
	return flow.At{Seq: d.seq, Frame: d.frame, Time: time, Clock: d.clock.now}
}

// fill turns a batch into steps.
func (d *dispatcher) fill(t *task, src capture.Source) {
	b := t.batch
	if b.NewFile && d.clock.started {
		d.flush(t)
		d.rebase(b)
	}
	for i := range b.Packets {
		d.packet(t, uint32(i))
	}
	if len(b.Packets) == 0 && d.p.o.Wall != nil {
		d.passed(t, d.clock.advance(d.p.o.Wall()))
	}
	d.stats.Loss = src.Lost()
	t.stats = d.stats
}

// rebase lets the clock of a new file go on from where the last one ended,
// when its own time is earlier.
func (d *dispatcher) rebase(b *capture.Batch) {
	d.clock.offset = max(0, d.clock.now-b.Packets[0].Time)
	d.tick, d.until = 0, 0
}

func (d *dispatcher) packet(t *task, i uint32) {
	pk := &t.batch.Packets[i]
	v := &t.views[i]
	d.frame = pk.Frame
	d.passed(t, d.clock.advance(pk.Time))
	d.last = d.clock.now
	at := d.at(pk.Time)
	t.stamps[i] = stamp{at.Seq, at.Clock}
	packet.Decode(v, pk)
	d.stats.Packets++
	d.stats.Bytes += uint64(pk.WireLen)
	if pk.WireLen > len(pk.Data) {
		d.stats.Cut++
	}
	if v.Layer == packet.None {
		d.stats.Unread++
		d.stats.Odds[v.Odd]++
		return
	}
	hash := v.HostHash()
	if d.copies.Seen(v, hash, at.Clock) {
		d.stats.Copies++
		if v.Layer != packet.TCP { // a segment says by its number what of it is new
			return
		}
		v.Copy = true
	}
	shard := uint8(hash % flow.Shards)
	list := &t.lists[d.owner[shard]]
	*list = append(*list, step{at: at, index: i, kind: stepPacket, shard: shard})
}

// passed cuts a tick when the clock has entered another second, or when packet
// time ran back. Before a long silence it cuts one more, soon after the latest
// packet, so that what happened until then is told as of then.
func (d *dispatcher) passed(t *task, stepped bool) {
	now := d.clock.now
	if now < d.until && !stepped {
		return
	}
	if d.tick == 0 {
		d.tick = now
	}
	if soon := (d.tick/settle + 1) * settle; now-d.tick > settle && soon < now {
		d.cut(t, soon, false)
	}
	if stepped {
		d.stats.Odds[ot.ClockStep]++
	}
	if now/second != d.tick/second || stepped {
		d.cut(t, now, stepped)
	}
	if d.until = d.tick; d.tick >= 0 { // before 1970 seconds are cut the other way
		d.until = (d.tick/second + 1) * second
	}
}

// settle is how soon after the latest packet a long silence is first noticed.
const settle = 10 * second

func (d *dispatcher) cut(t *task, clock int64, stepped bool) {
	at := d.at(clock)
	at.Clock = clock
	d.all(t, turn{at: at, kind: stepTick, before: d.tick, stepped: stepped})
	d.tick = clock
}

// flush ends all conversations.
func (d *dispatcher) flush(t *task) {
	d.all(t, turn{at: d.at(d.clock.now), kind: stepFlush, before: d.tick})
	t.stats = d.stats
}

// all adds a turn, which every worker takes.
func (d *dispatcher) all(t *task, turn turn) {
	turn.so = sofar{d.stats.Packets, d.stats.Cut, d.stats.Copies, d.last}
	for w := range t.lists {
		t.lists[w] = append(t.lists[w], step{at: turn.at, kind: turn.kind, index: uint32(len(t.turns))})
	}
	t.turns = append(t.turns, turn)
}

func (d *dispatcher) send(t *task) {
	t.done.Add(len(d.p.todo))
	for _, ch := range d.p.todo {
		ch <- t
	}
	d.p.merge <- t
}
