// Package flow turns a host pair's packets into conversations with bytes in order, and feeds the decoders.
//
// A shard owns every conversation of the host pairs that hash to it. The
// number of shards is fixed, and workers share them out, so that tables fill
// and evict in the same way whatever the number of workers.
//
// VLAN tags are not part of a conversation's key: mirror ports tag one
// direction only, or show one frame in two VLANs, and one conversation must
// stay one.
package flow

import "otsensor/pkg/ot"

// Shards is the fixed number of shards. A shard is chosen by packet.View.HostHash.
const Shards = 16

// Limits of one shard.
const (
	MaxConvs      = 65536 / Shards      // conversations
	MaxKept       = (64 << 20) / Shards // bytes kept for reassembly of streams
	MaxOpenBytes  = (64 << 20) / Shards // bytes kept for open requests
	MaxFragments  = 1024 / Shards       // incomplete datagrams
	MaxFragBytes  = (16 << 20) / Shards // bytes of incomplete datagrams
	maxSegments   = 64                  // out-of-order segments of one direction
	maxDisorder   = 64 << 10            // out-of-order bytes of one direction
	holeSegments  = 16                  // segments behind a hole until it counts as lost
	holeAcks      = 3                   // acknowledgements of bytes in a hole until it counts as lost
	window        = 1 << 20             // bytes around the expected sequence number that are believed
	probeBytes    = 64                  // bytes of a direction looked at to recognise a protocol
	probeSegments = 8                   // segments looked at when the start of the conversation was not seen
)

// Timeouts, nanoseconds of the sensor clock.
const (
	second       = int64(1_000_000_000)
	triedIdle    = 10 * second  // no answer to the first packet
	liveIdle     = 600 * second // nothing in either direction
	endedLinger  = 10 * second  // after FIN or RST, to see what comes late
	datagramIdle = 120 * second // UDP, ICMP and link-layer conversations
	holeAge      = second       // a hole older than this is lost
	disbelieved  = 10 * second  // what lies behind a hole longer than this was not believed by the receiver
	mirrorDelay  = second / 500 // how far a mirror port may show frames apart that belong together, and copies of one
	lossyFor     = 5 * second   // how long a loss puts a conversation's observations in doubt
	displacedFor = 60 * second  // how long an answer shown before its request puts a conversation's times in doubt
	askedFor     = 10 * second  // how long an ARP request makes a reply asked for
	movedEvery   = 10 * second  // Moved observations
)

// At is where in the input a shard stands.
type At struct {
	Seq   uint64 // dispatcher sequence
	Frame uint64
	Time  int64 // packet time, nanoseconds
	Clock int64 // sensor clock, nanoseconds
}

// Counts is what a shard did, for metrics. All grow for ever save the gauges.
type Counts struct {
	Packets       uint64     // packets that belonged to a conversation
	Retransmitted uint64     // segments seen before
	Reordered     uint64     // segments that came before their turn
	Gaps          uint64     // holes given up
	GapBytes      uint64     // bytes in them
	Payload       uint64     // payload bytes of conversations
	Opened        uint64     // conversations made
	Evicted       uint64     // conversations put out because the table was full
	Fragments     uint64     // fragments taken in
	FragEvicted   uint64     // incomplete datagrams given up
	Convs         uint64     // gauge: conversations now
	Kept          uint64     // gauge: bytes kept for reassembly now
	Incomplete    uint64     // gauge: incomplete datagrams now
	FragBytes     uint64     // gauge: bytes they hold
	OpenBytes     uint64     // gauge: bytes open requests hold now
	Emergency     uint64     // gauge: shards whose table is nearly full
	OneSided      uint64     // gauge: live TCP conversations of which one direction is not seen
	Decoded       [64]uint64 // transactions by ot.Proto
}

// Add sums what other counted into c.
func (c *Counts) Add(other *Counts) {
	c.Packets += other.Packets
	c.Retransmitted += other.Retransmitted
	c.Reordered += other.Reordered
	c.Gaps += other.Gaps
	c.GapBytes += other.GapBytes
	c.Payload += other.Payload
	c.Opened += other.Opened
	c.Evicted += other.Evicted
	c.Fragments += other.Fragments
	c.FragEvicted += other.FragEvicted
	c.Convs += other.Convs
	c.Kept += other.Kept
	c.Incomplete += other.Incomplete
	c.FragBytes += other.FragBytes
	c.OpenBytes += other.OpenBytes
	c.Emergency += other.Emergency
	c.OneSided += other.OneSided
	for i := range c.Decoded {
		c.Decoded[i] += other.Decoded[i]
	}
}

// key names a conversation: both ends, the lower one first.
type key struct {
	ipA, ipB     [16]byte
	portA, portB uint16
	transport    ot.Transport
}
