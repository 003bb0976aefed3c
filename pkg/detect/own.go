package detect

import (
	"net/netip"
	"strings"

	"otsensor/pkg/baseline"
	"otsensor/pkg/ot"
)

// ownFields are the fields every observation may have, whatever the protocol.
func ownFields() []field {
	quality := map[string][]float64{"midstream": {float64(ot.Midstream)}, "lossy": {float64(ot.Lossy)}, "one-sided": {float64(ot.OneSided)},
		"truncated": {float64(ot.Truncated)}, "conflict": {float64(ot.Conflict)}, "displaced": {float64(ot.Displaced)}}
	deviations := map[string][]float64{}
	for _, name := range baseline.Names() {
		bit, _ := baseline.Named(name)
		deviations[name] = []float64{float64(bit)}
	}
	return []field{
		enum("kind", "what was seen: tried, opened, rejected, spoke, closed, did, identified, claimed, asked, odd, lost, moved, missed, carried", 16,
			func(s *Sighting) (ot.Kind, bool) { return s.O.Kind, true }, kindName),
		enum("proto", "protocol of the transaction", 256,
			func(s *Sighting) (ot.Proto, bool) { return s.O.Did.Proto, s.O.Did.Proto != ot.NoProto }, uniqueProto),
		enum("op", "plant verb of the transaction", len(ot.OpNames()),
			func(s *Sighting) (ot.Op, bool) { return s.O.Did.Op, isDid(s) }, ot.Op.String),
		enum("status", "how the request ended: ok, refused, unanswered, unasked, oneway", 5,
			func(s *Sighting) (ot.Status, bool) { return s.O.Did.Status, isDid(s) }, ot.Status.String),
		enum("service", "service recognised in a conversation: rdp, ssh, smb, http, tls, …", 64,
			func(s *Sighting) (ot.Service, bool) { return s.O.Service, s.O.Kind == ot.Spoke }, serviceName),
		enum("transport", "tcp, udp, icmp, link, ip", 5,
			func(s *Sighting) (ot.Transport, bool) {
				if s.O.Conv == nil {
					return 0, false
				}
				return s.O.Conv.Transport, true
			}, ot.Transport.String),
		enum("anomaly", "oddity on the wire", ot.AnomalyCount,
			func(s *Sighting) (ot.Anomaly, bool) { return s.O.Odd, s.O.Kind == ot.Odd }, ot.Anomaly.String),
		enum("direction", "to-server or to-client, of an oddity, a loss or a file; of a conversation that lost one, that one", 2,
			func(s *Sighting) (ot.Dir, bool) {
				return s.O.Dir, s.O.Kind == ot.Odd || s.O.Kind == ot.Lost || s.O.Kind == ot.Carried || s.O.Halved
			},
			func(d ot.Dir) string { return [...]string{"to-server", "to-client"}[d] }),
		enum("claim.how", "how an address was claimed: frame, arp request, arp reply, gratuitous arp", 4,
			func(s *Sighting) (ot.How, bool) { return s.O.Claim.How, s.O.Kind == ot.Claimed || s.O.Kind == ot.Asked }, ot.How.String),
		boolean("halved", "of a conversation that was shown both ways, the capture shows one only since the last report, though both go on", func(s *Sighting) bool { return s.O.Halved }),
		boolean("claim.unasked", "an ARP reply nobody asked for", func(s *Sighting) bool { return s.O.Claim.Unasked }),
		{name: "deviation", doc: "how the observation departs from the baseline: " + strings.Join(baseline.Names(), ", "), names: fixed(deviations),
			set: func(s *Sighting) uint64 { return uint64(s.W.Dev) }},
		{name: "quality", doc: "what stands between the observation and certainty: midstream, lossy, one-sided, truncated, conflict, displaced", names: fixed(quality),
			set: func(s *Sighting) uint64 { return uint64(s.O.Quality) }},
		number("code", "the protocol's own number of the operation", did(func(t *ot.Transaction) uint32 { return t.Code })),
		number("status_code", "the protocol's own error number, 0 when accepted", did(func(t *ot.Transaction) uint32 { return t.StatusCode })),
		number("unit", "which device behind the server", did(func(t *ot.Transaction) uint32 { return t.Unit })),
		number("area", "area of the object touched", did(func(t *ot.Transaction) uint32 { return t.Object.Area })),
		number("block", "block of the object touched", did(func(t *ot.Transaction) uint32 { return t.Object.Block })),
		number("addr", "address of the object touched", did(func(t *ot.Transaction) uint32 { return t.Object.Addr })),
		number("len", "elements touched", did(func(t *ot.Transaction) uint32 { return t.Object.Len })),
		number("points", "values written or read", func(s *Sighting) (uint64, bool) { return uint64(s.O.Did.Points()), isDid(s) }),
		number("latency_us", "microseconds from request to answer", func(s *Sighting) (uint64, bool) {
			return uint64(max(s.O.Did.Latency, 0)), isDid(s) && s.O.Did.Latency >= 0
		}),
		number("server_port", "port, ethertype or IP protocol of the server side", func(s *Sighting) (uint64, bool) {
			if s.O.Conv == nil {
				return 0, false
			}
			return uint64(s.O.Conv.Server.Port), true
		}),
		number("vlan", "outermost VLAN of the conversation's first frame", func(s *Sighting) (uint64, bool) {
			if s.O.Conv == nil {
				return uint64(s.O.Claim.VLAN), true
			}
			return uint64(s.O.Conv.VLAN), true
		}),
		{name: "unheard", doc: "of a conversation of which one direction is shown since the last report, the host that is spoken to and not seen to speak", addr: unheard},
		number("gap", "bytes known to be missing", func(s *Sighting) (uint64, bool) { return s.O.Traffic.Gap, true }),
		number("packets", "packets since the last report, both directions", func(s *Sighting) (uint64, bool) {
			p := s.O.Traffic.Packets
			return uint64(p[0]) + uint64(p[1]), true
		}),
		{name: "claim.mac", doc: "MAC that claims an address", text: func(s *Sighting) ([]byte, bool) {
			return []byte(ot.MACString(s.O.Claim.MAC)), s.O.Kind == ot.Claimed || s.O.Kind == ot.Asked
		}},
		{name: "identity.source", doc: "what told who a device is", text: func(s *Sighting) ([]byte, bool) {
			if s.O.Who == nil {
				return nil, false
			}
			return s.bytes(s.O.Who.Source), s.O.Kind == ot.Identified
		}},
		{name: "identity.state", doc: "state a device says it is in", text: func(s *Sighting) ([]byte, bool) {
			if s.O.Kind != ot.Identified || s.O.Who == nil {
				return nil, false
			}
			state := s.O.Who.Facts[ot.FactState]
			return s.bytes(state), state != ""
		}},
		number("client_bytes", "payload bytes of the asking side since the last report; of a conversation that ended, in all", func(s *Sighting) (uint64, bool) {
			return s.O.Traffic.Bytes[ot.ToServer], s.O.Kind == ot.Moved || s.O.Kind == ot.Closed
		}),
		number("server_packets", "packets of the answering side since the last report", func(s *Sighting) (uint64, bool) {
			return uint64(s.O.Traffic.Packets[ot.ToClient]), s.O.Kind == ot.Moved || s.O.Kind == ot.Closed
		}),
		{name: "copies", doc: "two versions of the same bytes of a stream: how many, the digests of the one that was read and of the other, and the first bytes in which they differ", text: func(s *Sighting) ([]byte, bool) {
			return s.O.Did.Name, s.O.Kind == ot.Odd && s.O.Odd == ot.StreamConflict
		}},
		{name: "file.sha256", doc: "SHA-256 of a file that crossed whole: an HTTP body, a file of a share (SMB 2 and 3 in clear) or of TFTP, the data of an FTP transfer, or what else a TCP conversation carried in one direction only; up to 16 MiB",
			text: func(s *Sighting) ([]byte, bool) { return s.O.Did.Value, s.O.Kind == ot.Carried }},
		number("file.size", "bytes of a file that crossed whole", func(s *Sighting) (uint64, bool) {
			return uint64(s.O.Did.Object.Len), s.O.Kind == ot.Carried
		}),
		{name: "name", doc: "tag, block or file name", text: func(s *Sighting) ([]byte, bool) { return s.O.Did.Name, len(s.O.Did.Name) > 0 }},
		{name: "client", doc: "address of the asking side", addr: func(s *Sighting) (netip.Addr, bool) {
			e := s.Source()
			return e.Addr(), e.HasIP()
		}},
		{name: "server", doc: "address of the answering side", addr: func(s *Sighting) (netip.Addr, bool) {
			e := s.Target()
			return e.Addr(), e.HasIP()
		}},
		{name: "client_role", doc: "role of the asking side", text: func(s *Sighting) ([]byte, bool) { return s.bytes(s.Client().Role), true }},
		{name: "server_role", doc: "role of the answering side", text: func(s *Sighting) ([]byte, bool) { return s.bytes(s.Server().Role), true }},
		{name: "client_zone", doc: "zone of the asking side in the site file", text: func(s *Sighting) ([]byte, bool) {
			return s.bytes(s.Client().Zone), s.Client().Zone != ""
		}},
		{name: "server_zone", doc: "zone of the answering side in the site file", text: func(s *Sighting) ([]byte, bool) {
			return s.bytes(s.Server().Zone), s.Server().Zone != ""
		}},
		boolean("client_engineering", "the asking side is an engineering host of the site file", func(s *Sighting) bool { return s.Client().Engineering }),
		boolean("client_scanner", "the asking side is an approved scanner of the site file", func(s *Sighting) bool { return s.Client().Scanner }),
		boolean("client_public", "the asking side has a globally routed address", func(s *Sighting) bool { return public(s.Source()) }),
		boolean("server_public", "the answering side has a globally routed address", func(s *Sighting) bool { return public(s.Target()) }),
		boolean("conduit", "the site file allows this conversation between its zones, or has no zones", func(s *Sighting) bool {
			return s.engine.facts.Conduit(s.Source(), s.Target())
		}),
		boolean("learned", "the baseline holds this conversation; false without a baseline", func(s *Sighting) bool {
			return s.engine.facts.Baseline && s.W.Dev&strange == 0
		}),
		boolean("usual", "the baseline holds this conversation, and what it does is nothing new there; false without a baseline", func(s *Sighting) bool {
			return s.engine.facts.Baseline && s.W.Dev&newThings == 0
		}),
		boolean("planned", "a planned-work window covers this", func(s *Sighting) bool {
			return s.engine.facts.Planned(s) != ""
		}),
		boolean("changes_state", "the verb may change what the plant does", func(s *Sighting) bool { return isDid(s) && s.O.Did.Op.ChangesState() }),
		boolean("engineering", "the verb is engineering work", func(s *Sighting) bool { return isDid(s) && ot.Engineering(s.O.Did.Proto, s.O.Did.Op) }),
	}
}

// strange are the deviations of a conversation that was not learned.
const strange = baseline.NewAsset | baseline.NewConversation | baseline.NewMulticast | baseline.Reversed

func public(e ot.Endpoint) bool {
	a := e.Addr()
	return a.IsValid() && a.IsGlobalUnicast() && !a.IsPrivate() && !carrierGrade.Contains(a)
}

var carrierGrade = netip.MustParsePrefix("100.64.0.0/10") // RFC 6598

// The names of small enumerations, "" beyond their end.
func kindName(k ot.Kind) string {
	if j, ok := ot.KindNamed(k.String()); ok && j == k {
		return k.String()
	}
	return ""
}

func uniqueProto(p ot.Proto) string {
	if q, ok := ot.ProtoNamed(p.String()); ok && q == p {
		return p.String()
	}
	return ""
}

func serviceName(v ot.Service) string {
	if w, ok := ot.ServiceNamed(v.String()); ok && w == v {
		return v.String()
	}
	return ""
}

func unheard(s *Sighting) (netip.Addr, bool) {
	to, from := s.O.Traffic.Packets[ot.ToServer] > 0, s.O.Traffic.Packets[ot.ToClient] > 0
	if s.O.Kind != ot.Moved || s.O.Quality&ot.OneSided == 0 || to == from {
		return netip.Addr{}, false
	}
	if to {
		return s.O.Conv.Server.Addr(), true
	}
	return s.O.Conv.Client.Addr(), true
}
