package ot

// Anomaly is an oddity on the wire: counted, shown, never an error.
type Anomaly uint8

// The oddities.
const (
	NoAnomaly Anomaly = iota

	// Frames and packets.
	FrameShort       // a header does not fit into the frame
	FrameBadLength   // a length field contradicts the frame
	BadARP           // ARP for other than Ethernet and IPv4, or cut short
	BadIPHeader      // IP version, header length or total length is impossible
	BadChecksum      // TCP, UDP or IP checksum is wrong (normal on sending hosts with offload)
	IllegalAddress   // source is multicast, broadcast, loopback, or equals the destination
	PortZero         // TCP or UDP port 0
	ExtensionLimit   // more IPv6 extension headers than are followed
	UnsupportedEncap // a tunnel inside a tunnel deeper than is followed

	// Fragments.
	FragmentOverlap  // two fragments of one datagram hold different bytes for one place
	FragmentBad      // fragment beyond 65,535 bytes, or of impossible length
	FragmentsEvicted // incomplete datagram given up: time or table limit

	// Streams.
	StreamConflict // retransmission with other bytes than the first copy
	StreamGap      // bytes were never seen
	OutOfWindow    // segment far outside the sequence space in use
	DataAfterClose // data after FIN or RST
	SynAgain       // a second SYN with another sequence number
	Urgent         // urgent pointer in use
	TTLShift       // a segment with another time to live than the sender's usual
	StreamOverflow // more out-of-order bytes than are kept

	// Any decoder.
	Malformed      // a PDU contradicts its own lengths or fields
	BadLength      // a length field is outside the specification
	BadProtocolID  // the protocol identifier is not the protocol's
	BadValue       // a field holds a value the specification forbids
	ReservedCode   // a function, service or command code that is reserved
	Oversize       // PDU above the protocol's or the negotiated maximum
	TrailingBytes  // bytes after the end of the PDU
	WrongDirection // an answer or error sent by the asking side
	Unmatched      // an answer without a request
	Doubled        // a second, different answer to one request
	Mismatched     // an answer that does not fit its request
	TooManyOpen    // more unanswered requests than are kept
	TooDeep        // nesting beyond the limit
	WrongProtocol  // the port's protocol is not what is spoken
	BadSession     // a session handle that was never given, or belongs to another host
	LostSync       // bytes skipped until a PDU could be recognised again

	// Tables and time.
	TableFull // a bounded table evicted an entry
	Emergency // a table is nearly full: idle entries go sooner
	ClockStep // packet time ran back, or leapt

	// The capture itself.
	NoTraffic   // nothing came for longer than a line is ever quiet
	CaptureLoss // the kernel dropped frames
	FramesCut   // frames were captured shorter than they were

	Duplicates // the mirror port shows many frames twice
	VLANSilent // a VLAN that was seen on the mirror port is no longer seen, and others are

	EvidenceShort // frames that an event's evidence should hold were no longer kept
	PortTransmits // this host sent frames through the capture port
	SandboxWeak   // a lock on the sensor's own process does not hold
	FilterInForce // a filter hides part of the traffic from the sensor

	BaselineUnapproved // nobody signed the baseline in force as it is
	BaselineEdited     // it was edited by hand and not sealed since
	BaselineStale      // it was learned long ago

	SelfTestFailed // test frames did not give the events they must

	ReloadFailed // rules or site file were read again and did not load
	RulesChanged // other rules or another site file are in force than before
	anomalyCount
)

// AnomalyCount is the number of anomalies, NoAnomaly included.
const AnomalyCount = int(anomalyCount)

var anomalyNames = [anomalyCount]string{
	"", "frame-short", "frame-bad-length", "bad-arp", "bad-ip-header", "bad-checksum", "illegal-address", "port-zero",
	"extension-limit", "unsupported-encap", "fragment-overlap", "fragment-bad", "fragments-evicted",
	"stream-conflict", "stream-gap", "out-of-window", "data-after-close", "syn-again", "urgent", "ttl-shift", "stream-overflow",
	"malformed", "bad-length", "bad-protocol-id", "bad-value", "reserved-code", "oversize", "trailing-bytes",
	"wrong-direction", "unmatched", "doubled", "mismatched", "too-many-open", "too-deep", "wrong-protocol",
	"bad-session", "lost-sync", "table-full", "emergency", "clock-step", "no-traffic", "capture-loss", "frames-cut", "duplicates", "vlan-silent", "evidence-short",
	"port-transmits", "sandbox-weak", "filter-in-force", "baseline-unapproved", "baseline-edited", "baseline-stale", "selftest-failed",
	"reload-failed", "rules-changed",
}

func (a Anomaly) String() string { return anomalyNames[min(a, anomalyCount-1)] }

// AnomalyNamed finds an anomaly by its name.
func AnomalyNamed(name string) (Anomaly, bool) {
	for i, n := range anomalyNames {
		if i > 0 && n == name {
			return Anomaly(i), true
		}
	}
	return NoAnomaly, false
}
