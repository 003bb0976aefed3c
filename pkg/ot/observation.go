package ot

// Kind is what a worker saw.
type Kind uint8

// The kinds of observation.
const (
	Tried      Kind = iota // first packet of a conversation
	Opened                 // the server side answered: handshake done, or a datagram back
	Rejected               // reset or ICMP unreachable instead of an answer
	Spoke                  // the bytes were recognised; Did.Proto or Service says as what
	Closed                 // ended or forgotten; Traffic has the totals
	Did                    // one transaction
	Identified             // a device said who it is
	Claimed                // an address was claimed for a MAC (ARP, first frame, changed MAC)
	Asked                  // ARP who-has: Claim.IP was looked for
	Odd                    // something the specification does not allow, or the stream does not explain
	Lost                   // bytes of a conversation are missing from the capture
	Moved                  // how much a conversation carried since the last such observation
	Missed                 // what was learned to happen did not; made by the judge's tick: Conv, or Claim.IP/MAC for a host
	Carried                // a file crossed whole: Did.Name, Did.Value its SHA-256 in hex, Did.Object.Len its bytes
	kindCount
)

var kindNames = [kindCount]string{"tried", "opened", "rejected", "spoke", "closed", "did", "identified", "claimed", "asked", "odd", "lost", "moved", "missed", "carried"}

func (k Kind) String() string { return kindNames[min(k, kindCount-1)] }

// KindNamed finds a kind by its name.
func KindNamed(name string) (Kind, bool) {
	for i, n := range kindNames {
		if n == name {
			return Kind(i), true
		}
	}
	return 0, false
}

// Quality says what stands between an observation and certainty.
type Quality uint8

// The reasons for doubt.
const (
	Midstream Quality = 1 << iota // the conversation's start was not seen
	Lossy                         // bytes are missing shortly before this
	OneSided                      // only one direction of the conversation was seen so far
	Truncated                     // frames were cut by the capture's snap length
	Conflict                      // the stream held two versions of some bytes
	Displaced                     // frames were shown out of their order shortly before: times are not certain
)

// Observation is one thing a worker saw. Seq is the total order; within one
// Seq, observations stand in the order they were made.
type Observation struct {
	Seq   uint64 // dispatcher sequence of the packet or tick that caused it
	Frame uint64 // frame number of that packet, counted as Wireshark does; of the last packet before a tick
	Time  int64  // packet time, nanoseconds since 1970; for a tick the sensor clock
	Clock int64  // sensor clock, nanoseconds: never runs back
	Conv  *Conv  // nil for ARP and what belongs to no conversation

	Kind    Kind
	Quality Quality
	Odd     Anomaly
	Dir     Dir     // Odd, Lost, Carried: which direction; Moved: that which is missing
	Halved  bool    // Moved: a direction that was shown before is no longer, though it goes on
	Service Service // Spoke: what was recognised without a decoder

	Did     Transaction // Did; for Spoke and Odd only Proto (and what is known) is set, for StreamConflict Name says both versions
	Who     *Identity   // Identified
	Claim   Claim       // Claimed, Asked
	Traffic Traffic     // Moved, Closed: counts since the last Moved, or in all
}

// Claim is an address seen to belong to a MAC, or looked for.
type Claim struct {
	IP      [16]byte // the address claimed or looked for
	MAC     [6]byte  // who claims it; for Asked who asks
	Asker   [16]byte // Asked: the address of who asks, zero for a probe
	VLAN    uint16
	How     How
	Unasked bool // ARP reply that nobody asked for in the last 10 s
}

// How an address was claimed.
type How uint8

// The ways an address is claimed.
const (
	ByFrame How = iota // source of an IP frame on this segment
	ByARPRequest
	ByARPReply
	ByGratuitousARP
)

func (h How) String() string {
	return [...]string{"frame", "arp request", "arp reply", "gratuitous arp"}[min(h, ByGratuitousARP)]
}

// Traffic counts what a conversation carried. Index is Dir.
type Traffic struct {
	Packets [2]uint32
	Bytes   [2]uint64 // payload bytes above TCP, UDP or IP
	Gap     uint64    // bytes known to be missing
	Since   int64     // sensor clock at the start of the count, nanoseconds
}
