// Package assets knows who is on the wire: addresses, makers, identities, roles, services.
//
// A Table is used by one goroutine, in the order of observations, before the
// other rooms of the judge: it gives every conversation its Seat. What the
// table keeps on a seat is a cache; a seat is free for the next conversation
// after Closed, and each room tells by the conversation's pointer whether a
// seat still is whose it thinks.
package assets

import (
	"cmp"

	"otsensor/pkg/ot"
)

// Limits of a table. What goes beyond them is counted in Table.Full.
const (
	MaxAssets     = 16384 // hosts; when there are more, maxOut are put out at once
	maxOut        = 1024
	maxMACs       = 8  // of one host
	maxVLANs      = 8  // of one host
	maxServices   = 64 // of one host
	maxIdentities = 32 // identity answers of one host and what is behind it
	maxPeers      = 32 // servers of one host, counted to tell a historian
)

// Table holds the assets.
type Table struct {
	Full    uint64 // facts not kept because a bound was reached
	Evicted uint64 // assets put out because the table was full

	hosts map[ot.Endpoint]*asset
	seats []seat
	free  []uint32
	born  uint64
	going []*asset // room for those that may be put out
	epoch uint32   // changes when assets are put out: seats must look again
}

// seat is what the table knows of one conversation.
type seat struct {
	conv           *ot.Conv
	client, server *asset // nil when no asset (yet)
	epoch          uint32
	decoded        bool // a transaction was seen, and the peer counted
}

// asset is one host as it is learned.
type asset struct {
	last       int64 // this and evidence every transaction changes: they lie together
	evidence   Evidence
	host       ot.Endpoint
	born       uint64 // the order in which assets were made
	first      int64
	macs       [][6]byte
	vlans      []uint16
	services   []service
	identities []identity
	peers      []ot.Endpoint
}

// service is a port a host answers on.
type service struct {
	transport ot.Transport
	port      uint16
	proto     ot.Proto
	name      ot.Service
}

// identity is one answer to "who are you", with the frame of its latest version.
type identity struct {
	ot.Identity
	frame uint64
}

// NewTable makes an empty table.
func NewTable() *Table {
	return &Table{hosts: make(map[ot.Endpoint]*asset), seats: make([]seat, 1)}
}

// See takes one observation.
func (t *Table) See(o *ot.Observation) {
	if o.Conv == nil {
		t.claim(o)
		return
	}
	s := t.seatOf(o.Conv)
	if s == nil {
		s = t.sit(o)
	}
	if s.client != nil {
		s.client.last = o.Time
	}
	if o.Kind == ot.Did {
		t.did(s, o)
		return
	}
	t.besides(s, o)
}

// besides takes what is no transaction.
func (t *Table) besides(s *seat, o *ot.Observation) {
	switch o.Kind {
	case ot.Opened:
		t.opened(s, o)
	case ot.Spoke:
		t.spoke(s, o)
	case ot.Moved:
		if s.server != nil && o.Traffic.Packets[ot.ToClient] > 0 {
			s.server.last = o.Time
		}
	case ot.Identified:
		t.identified(o)
	case ot.Claimed:
		t.claim(o)
	case ot.Closed:
		t.release(o.Conv)
	}
}

// seatOf is the seat of a conversation that sits, nil of another.
func (t *Table) seatOf(c *ot.Conv) *seat {
	if int(c.Seat) < len(t.seats) {
		if s := &t.seats[c.Seat]; s.conv == c && s.epoch == t.epoch {
			return s
		}
	}
	return nil
}

func (t *Table) take(c *ot.Conv) {
	if n := len(t.free); n > 0 {
		c.Seat, t.free = t.free[n-1], t.free[:n-1]
		return
	}
	c.Seat = uint32(len(t.seats))
	t.seats = append(t.seats, seat{})
}

// release frees the seat. The number stays with the conversation until the
// next observation, so that the other rooms can use it for this one.
func (t *Table) release(c *ot.Conv) {
	if s := &t.seats[c.Seat]; s.conv == c {
		*s = seat{}
		t.free = append(t.free, c.Seat)
	}
}

// sit puts a conversation on its seat. Its client was heard; its server is an
// asset only once it answers.
func (t *Table) sit(o *ot.Observation) *seat {
	c := o.Conv
	if c.Seat == 0 {
		t.take(c)
	}
	for int(c.Seat) >= len(t.seats) {
		t.seats = append(t.seats, seat{})
	}
	s := &t.seats[c.Seat]
	*s = seat{conv: c}
	if c.Client.IsHost() {
		s.client = t.asset(c.Client.Host(), o.Time)
		t.addMAC(s.client, c.ClientMAC)
		t.addVLAN(s.client, c.VLAN)
	}
	s.server = t.hosts[c.Server.Host()]
	s.epoch = t.epoch
	return s
}

// answered says that the server side speaks; it gives nil where that is no host.
func (t *Table) answered(s *seat, o *ot.Observation) *asset {
	if s.server == nil {
		t.found(s, o)
	}
	if s.server != nil {
		s.server.last = o.Time
	}
	return s.server
}

// found makes an asset of a server that speaks for the first time.
func (t *Table) found(s *seat, o *ot.Observation) {
	if s.conv.Server.IsHost() {
		s.server = t.asset(s.conv.Server.Host(), o.Time)
		t.addMAC(s.server, s.conv.ServerMAC)
		t.addVLAN(s.server, s.conv.VLAN)
	}
}

func (t *Table) opened(s *seat, o *ot.Observation) {
	if a := t.answered(s, o); a != nil && !o.Conv.Guessed {
		t.addService(a, o.Conv, ot.NoProto, ot.NoService)
	}
}

// spoke puts a name to a service; the sender of a link-layer protocol is what its frames say.
func (t *Table) spoke(s *seat, o *ot.Observation) {
	if s.server != nil && !o.Conv.Guessed {
		t.addService(s.server, o.Conv, o.Did.Proto, o.Service)
	}
	if s.client != nil && (o.Did.Proto == ot.ProtoSTP || o.Did.Proto == ot.ProtoCDP) {
		s.client.evidence.Infrastructure++
	}
	if s.server != nil && infrastructure(o.Service) {
		s.server.evidence.Infrastructure++
	}
}

func (t *Table) did(s *seat, o *ot.Observation) {
	plant := !o.Did.Proto.Office()
	if o.Did.Status != ot.Unanswered && o.Did.Status != ot.OneWay {
		if a := t.answered(s, o); a != nil && plant {
			a.evidence.Served++
		}
	}
	if s.client == nil || o.Did.Status == ot.Unasked || !plant {
		return
	}
	s.client.evidence.count(o.Did.Op)
	if !s.decoded {
		s.decoded = true
		t.addPeer(s.client, o.Conv.Server.Host())
	}
}

// claim takes an address seen with its MAC.
func (t *Table) claim(o *ot.Observation) {
	host := ot.Endpoint{IP: o.Claim.IP}
	if o.Kind == ot.Asked {
		host.IP = o.Claim.Asker
	}
	if o.Kind != ot.Asked && o.Kind != ot.Claimed || !host.IsHost() || !host.HasIP() {
		return
	}
	a := t.asset(host, o.Time)
	t.addMAC(a, o.Claim.MAC)
	t.addVLAN(a, o.Claim.VLAN)
}

func (t *Table) identified(o *ot.Observation) {
	if o.Who == nil || !o.Who.Of.IsHost() {
		return
	}
	a := t.asset(o.Who.Of.Host(), o.Time)
	for i := range a.identities {
		if id := &a.identities[i]; id.Behind == o.Who.Behind && id.Source == o.Who.Source {
			id.merge(o.Who, o.Frame)
			return
		}
	}
	if len(a.identities) >= maxIdentities {
		t.Full++
		return
	}
	a.identities = append(a.identities, identity{*o.Who, o.Frame})
}

// merge takes the newer facts and keeps the others.
func (id *identity) merge(who *ot.Identity, frame uint64) {
	for f, text := range who.Facts {
		if text != "" && text != id.Facts[f] {
			id.Facts[f], id.frame = text, frame
		}
	}
}

// asset finds a host, or makes it.
func (t *Table) asset(host ot.Endpoint, now int64) *asset {
	a := t.hosts[host]
	if a == nil {
		if len(t.hosts) >= MaxAssets {
			t.evict()
		}
		t.born++
		a = &asset{host: host, born: t.born, first: now}
		t.hosts[host] = a
	}
	a.last = max(a.last, now)
	return a
}

// evict puts out hosts that were seen at one moment only, then the longest
// silent, the younger first: a flood of invented addresses puts out itself.
func (t *Table) evict() {
	all := t.going[:0]
	for _, a := range t.hosts {
		all = append(all, a)
	}
	least(all, maxOut)
	for _, a := range all[:maxOut] {
		delete(t.hosts, a.host)
	}
	t.going = all
	clear(all)
	t.Evicted += maxOut
	t.epoch++
}

// sooner reports whether a is put out before b; of two one always is.
func sooner(a, b *asset) bool {
	if x, y := a.first == a.last, b.first == b.last; x != y {
		return x
	}
	return cmp.Or(cmp.Compare(a.last, b.last), cmp.Compare(b.born, a.born)) < 0
}

// least brings the n that are put out first to the front, in no order: to sort
// all of them would take ten times as long.
func least(all []*asset, n int) {
	for from, to := 0, len(all)-1; from < to; {
		middle, i, j := all[from+(to-from)/2], from, to
		for i <= j {
			for sooner(all[i], middle) {
				i++
			}
			for sooner(middle, all[j]) {
				j--
			}
			if i <= j {
				all[i], all[j] = all[j], all[i]
				i, j = i+1, j-1
			}
		}
		switch {
		case n-1 <= j:
			to = j
		case n-1 >= i:
			from = i
		default:
			return
		}
	}
}
