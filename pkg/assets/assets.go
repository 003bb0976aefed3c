// Package assets knows who is on the wire: addresses, names, identities, roles, services.
package assets

import "otsensor/pkg/ot"

// Table holds the assets.
type Table struct{}

// NewTable makes an empty table.
func NewTable() *Table { return &Table{} }

// See takes one observation. It must be called before the other rooms of the
// judge: it gives conversations their Seat.
func (t *Table) See(o *ot.Observation) {}

// List gives all assets, sorted by address.
func (t *Table) List() []Asset { return nil }

// Find gives one asset; the port of the endpoint does not matter.
func (t *Table) Find(host ot.Endpoint) (Asset, bool) { return Asset{}, false }

// Evicted is how many assets were put out because the table was full.
func (t *Table) Evicted() uint64 { return 0 }

// Asset is one host, for people and for JSON.
type Asset struct {
	Addr     string   `json:"addr,omitempty"`
	MACs     []string `json:"macs,omitempty"`
	VLANs    []uint16 `json:"vlans,omitempty"`
	Vendor   string   `json:"vendor,omitempty"`
	Role     Role     `json:"role"`
	Why      string   `json:"role_because"`
	First    int64    `json:"first"`
	Last     int64    `json:"last"`
	Services []string `json:"services,omitempty"`
	Modules  []Module `json:"modules,omitempty"`
}

// Module is what one identity source said about the asset or a module behind it.
type Module struct {
	Behind string            `json:"behind,omitempty"`
	Source string            `json:"source"`
	Facts  map[string]string `json:"facts"`
	Frame  uint64            `json:"frame"`
}

// Role is what an asset does, by its behaviour.
type Role string
