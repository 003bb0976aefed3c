package config

import (
	"otsensor/pkg/event"
	"otsensor/pkg/ot"
)

// Site is the site file, checked: what people know of their plant. A nil Site
// knows nothing.
type Site struct{}

// Asset is what the site file says of one host.
type Asset struct {
	Name, Role, Line, Zone string
	GxP                    string // direct, indirect, none; "" is unknown
	Engineering, Safety    bool
	NotHoldable            bool
}

// ParseSite reads a site file's content.
func ParseSite(data []byte, name string) (*Site, error) { return &Site{}, nil }

// Find gives what is known of a host, nil when nothing is.
func (s *Site) Find(e ot.Endpoint) *Asset { return nil }

// Zone is the zone of a host, "" when it is in none.
func (s *Site) Zone(e ot.Endpoint) string { return "" }

// Scanner reports whether a host is an approved scanner.
func (s *Site) Scanner(e ot.Endpoint) bool { return false }

// Conduit reports whether the site allows a conversation between two hosts, or has no zones.
func (s *Site) Conduit(a, b ot.Endpoint) bool { return true }

// Planned is the ticket of the planned work that covers an act, "" when none does.
func (s *Site) Planned(source, target ot.Endpoint, op ot.Op, at int64) string { return "" }

// Sensor is how the site calls this sensor.
func (s *Site) Sensor() event.Sensor { return event.Sensor{ID: "sensor"} }
