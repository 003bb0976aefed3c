package protocols

import (
	"slices"

	"otsensor/pkg/ot"
)

// Emit takes what a decoder saw, with the packet that completed it.
//
// Everything a decoder hands over is copied into the batch's own memory, so a
// decoder may pass views of what it was fed or of what it keeps.
type Emit struct {
	// Where the decoder stands; set by the stream, read by decoders.
	Seq      uint64
	Frame    uint64
	Time     int64 // packet time, nanoseconds
	Clock    int64 // sensor clock, nanoseconds
	Conv     *ot.Conv
	Quality  ot.Quality
	BothWays bool // payload was seen in both directions of this conversation
	Budget   *Budget

	Expecting *Expecting // nil where no other conversation can be seen

	Due int64 // the earliest time asked for with Wake since the stream took it; 0 is none

	Dids [64]uint64 // transactions handed over so far, by ot.Proto

	Batch *Output
}

// Wake asks for a Tick of the present conversation once the sensor clock is past
// a time. Of several the earliest counts; who wants another asks again in it.
func (e *Emit) Wake(past int64) {
	if e.Due == 0 || past < e.Due {
		e.Due = past
	}
}

// Output is a worker's share of a batch: its observations and their bytes.
type Output struct {
	obs     []ot.Observation   // the latest
	full    [][]ot.Observation // those before, shelf by shelf: many are not moved to make room for more
	spare   [][]ot.Observation
	scratch scratch
	Odds    [ot.AnomalyCount]uint64
}

const (
	shelf = 1024 // observations that lie together

	// mostSpare is how many shelves are kept from batch to batch: a second in which
	// every conversation of a flood ends needs far more, and only once.
	mostSpare = 7
)

// Reset empties the output for the next batch. What observations pointed to is dead.
func (o *Output) Reset() {
	for _, s := range o.full {
		if len(o.spare) < mostSpare {
			o.spare = append(o.spare, s[:0])
		}
	}
	if clear(o.full); cap(o.scratch) > mostSpare*shelf<<7 {
		o.scratch = nil
	}
	o.obs, o.full, o.scratch, o.Odds = o.obs[:0], o.full[:0], o.scratch[:0], [ot.AnomalyCount]uint64{}
}

// Len is how many observations there are.
func (o *Output) Len() int { return len(o.full)*shelf + len(o.obs) }

// At is one of them, in the order in which they were made. It is valid until the
// next one is.
func (o *Output) At(i int) *ot.Observation {
	if s := uint(i) / shelf; s < uint(len(o.full)) {
		return &o.full[s][uint(i)%shelf]
	}
	return &o.obs[i-len(o.full)*shelf]
}

// All is all of them; for tests, as it copies where there are many.
func (o *Output) All() []ot.Observation {
	if len(o.full) == 0 {
		return o.obs
	}
	return append(slices.Concat(o.full...), o.obs...)
}

// Poison overwrites the bytes observations point to, so that a test sees a kept view at once.
func (o *Output) Poison() {
	for i := range o.scratch {
		o.scratch[i] = 0xDD
	}
}

// Add appends one observation with the place the stream is at, for its caller to fill in.
// The pointer is valid until the next Add.
func (e *Emit) Add(k ot.Kind) *ot.Observation {
	o := e.Batch.next()
	*o = ot.Observation{Seq: e.Seq, Frame: e.Frame, Time: e.Time, Clock: e.Clock, Conv: e.Conv, Kind: k, Quality: e.Quality}
	return o
}

// next is the place of one more observation, with what was in it before.
func (o *Output) next() *ot.Observation {
	n := len(o.obs)
	if n == cap(o.obs) {
		return o.grown()
	}
	obs := o.obs[:n+1]
	o.obs = obs
	return &obs[n]
}

// grown is next where there is no room, or none on this shelf.
func (o *Output) grown() *ot.Observation {
	if n := len(o.obs); n < shelf {
		o.obs = append(make([]ot.Observation, 0, min(max(2*n, 16), shelf)), o.obs...)
		return o.next()
	}
	o.full = append(o.full, o.obs)
	if n := len(o.spare); n > 0 {
		o.obs, o.spare = o.spare[n-1], o.spare[:n-1]
	} else {
		o.obs = make([]ot.Observation, 0, shelf)
	}
	return o.next()
}

// Did hands over one transaction as it stands. Name and Value are copied,
// Value no longer than ot.ValueCap.
func (e *Emit) Did(t *ot.Transaction) { e.DidWith(t, nil) }

// DidWith is Did with more bytes behind the Value.
func (e *Emit) DidWith(t *ot.Transaction, more []byte) {
	e.Dids[t.Proto]++
	o := e.Batch.next()   // every field of it is set, none twice: there is one for each transaction
	if o.Kind != ot.Did { // what was here before may have had them
		o.Odd, o.Dir, o.Halved, o.Service, o.Who, o.Claim, o.Traffic = 0, 0, false, 0, nil, ot.Claim{}, ot.Traffic{}
	}
	o.Seq, o.Frame, o.Time, o.Clock, o.Conv = e.Seq, e.Frame, e.Time, e.Clock, e.Conv
	o.Kind, o.Quality = ot.Did, e.Quality
	o.Did = *t
	if t.Name != nil {
		o.Did.Name = e.Batch.Keep(t.Name)
	}
	value := t.Value[:min(len(t.Value), ot.ValueCap)]
	if len(more) == 0 {
		o.Did.Value = e.Batch.Keep(value)
		return
	}
	o.Did.Value = e.Batch.Space(min(len(value)+len(more), ot.ValueCap))
	copy(o.Did.Value[copy(o.Did.Value, value):], more)
}

// Identified hands over what a device said about itself.
func (e *Emit) Identified(id ot.Identity) { e.Add(ot.Identified).Who = &id }

// Odd hands over an oddity of a direction, with the protocol it was found in.
func (e *Emit) Odd(a ot.Anomaly, dir ot.Dir, p ot.Proto) { e.OddIn(a, dir, &ot.Transaction{Proto: p}) }

// OddIn is Odd with what is known of the transaction it was found in.
func (e *Emit) OddIn(a ot.Anomaly, dir ot.Dir, t *ot.Transaction) {
	o := e.Add(ot.Odd)
	o.Odd, o.Dir, o.Did = a, dir, *t
	o.Did.Name, o.Did.Value = e.Batch.Keep(t.Name), nil
	e.Batch.Odds[a]++
}

// Spoke hands over that a conversation on a shared port carries another service.
func (e *Emit) Spoke(s ot.Service) { e.Add(ot.Spoke).Service = s }

// Keep copies b into the batch.
func (o *Output) Keep(b []byte) []byte { return o.scratch.keep(b) }

// Space gives n bytes of the batch's memory to be filled, for a datagram put together from fragments.
func (o *Output) Space(n int) []byte { return o.scratch.take(n) }
