package assets

import (
	"bytes"
	"cmp"
	"encoding/json"
	"io"
	"slices"

	"otsensor/pkg/ot"
)

// Asset is one host, for people and as a line of JSON. Times are packet time, nanoseconds since 1970.
type Asset struct {
	Host     ot.Endpoint `json:"-"`
	Addr     string      `json:"addr"`         // IP, or MAC for a host without
	Of       string      `json:"of,omitempty"` // for a host known by MAC: the address that has this MAC
	MACs     []string    `json:"macs,omitempty"`
	VLANs    []uint16    `json:"vlans,omitempty"`
	Vendor   string      `json:"vendor,omitempty"` // by MAC prefix; of the first MAC that has one
	Name     string      `json:"name,omitempty"`   // what the device calls itself
	Role     Role        `json:"role"`
	Because  string      `json:"role_because"`
	Evidence Evidence    `json:"evidence"`
	First    int64       `json:"first"`
	Last     int64       `json:"last"`
	Services []Service   `json:"services,omitempty"` // ports answered on
	Says     []Identity  `json:"says,omitempty"`     // of itself
	Modules  []Identity  `json:"modules,omitempty"`  // of what is behind it
}

// Service is a port the asset answers on.
type Service struct {
	Transport string `json:"transport"`
	Port      uint16 `json:"port"`
	Name      string `json:"name,omitempty"` // protocol or service, "" when not recognised
}

// Identity is one answer about who the asset is.
type Identity struct {
	Behind string            `json:"behind,omitempty"`
	Source string            `json:"source"`
	Frame  uint64            `json:"frame"` // that said it, or changed it last
	Facts  map[string]string `json:"facts"`
}

// List gives all assets, sorted by address.
func (t *Table) List() []Asset {
	all := make([]Asset, 0, len(t.hosts))
	for _, a := range t.hosts {
		all = append(all, a.show())
	}
	slices.SortFunc(all, func(a, b Asset) int { return Compare(a.Host, b.Host) })
	tie(all)
	return all
}

// Since gives the assets that spoke at a packet time or later, sorted by address.
func (t *Table) Since(at int64) (all []Asset) {
	for _, a := range t.hosts {
		if a.last >= at {
			all = append(all, a.show())
		}
	}
	slices.SortFunc(all, func(a, b Asset) int { return Compare(a.Host, b.Host) })
	return all
}

// tie says of hosts known by MAC only which address has that MAC: the first
// one, as a device speaks link-layer protocols beside its address.
func tie(all []Asset) {
	of := make(map[string]string)
	for i := range all {
		a := &all[i]
		for _, mac := range a.MACs {
			if of[mac] == "" {
				of[mac] = a.Addr
			}
		}
		if !a.Host.HasIP() {
			a.Of = of[a.Addr] // hosts with an address are listed first
		}
	}
}

// Find gives one asset; the endpoint's port does not matter.
func (t *Table) Find(host ot.Endpoint) (Asset, bool) {
	if a := t.hosts[host.Host()]; a != nil {
		return a.show(), true
	}
	return Asset{}, false
}

// Len is how many assets there are.
func (t *Table) Len() int { return len(t.hosts) }

// Role is the role of a host, Unknown for one not seen.
func (t *Table) Role(host ot.Endpoint) Role {
	if a := t.hosts[host.Host()]; a != nil {
		return a.role()
	}
	return Unknown
}

// WriteJSON writes one asset per line.
func WriteJSON(w io.Writer, all []Asset) error {
	enc := json.NewEncoder(w)
	for i := range all {
		if err := enc.Encode(&all[i]); err != nil {
			return err
		}
	}
	return nil
}

func (a *asset) show() Asset {
	s := Asset{Host: a.host, Addr: a.host.HostString(), Evidence: a.evidence, First: a.first, Last: a.last,
		VLANs: slices.Sorted(slices.Values(a.vlans)), Vendor: VendorOf(a.host.MAC)}
	s.Role, s.Because = a.role(), a.because()
	for _, m := range sortedMACs(a.macs) {
		s.MACs = append(s.MACs, ot.MACString(m))
		s.Vendor = cmp.Or(s.Vendor, VendorOf(m))
	}
	s.showServices(a.services)
	s.showIdentities(a.identities)
	return s
}

func (s *Asset) showServices(services []service) {
	for _, v := range services {
		s.Services = append(s.Services, Service{v.transport.String(), v.port, cmp.Or(v.proto.String(), v.name.String())})
	}
	slices.SortFunc(s.Services, func(a, b Service) int {
		return cmp.Or(cmp.Compare(a.Transport, b.Transport), cmp.Compare(a.Port, b.Port))
	})
}

func (s *Asset) showIdentities(ids []identity) {
	for _, id := range ids {
		shown := Identity{Behind: id.Behind, Source: id.Source, Frame: id.frame, Facts: map[string]string{}}
		for f, text := range id.Facts {
			if text != "" {
				shown.Facts[ot.Fact(f).String()] = text
			}
		}
		if id.Behind != "" {
			s.Modules = append(s.Modules, shown)
			continue
		}
		s.Says = append(s.Says, shown)
		s.Name = cmp.Or(s.Name, id.Facts[ot.FactName])
	}
	for _, list := range [][]Identity{s.Says, s.Modules} {
		slices.SortFunc(list, func(a, b Identity) int {
			return cmp.Or(cmp.Compare(a.Behind, b.Behind), cmp.Compare(a.Source, b.Source))
		})
	}
}

func sortedMACs(macs [][6]byte) [][6]byte {
	sorted := slices.Clone(macs)
	slices.SortFunc(sorted, func(a, b [6]byte) int { return bytes.Compare(a[:], b[:]) })
	return sorted
}
