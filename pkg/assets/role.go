package assets

import (
	"fmt"

	"otsensor/pkg/ot"
)

// Role is what an asset does, by its behaviour. The names are the ones of events.
type Role string

// The roles.
const (
	Unknown        Role = "unknown"
	Controller     Role = "controller"     // answers OT requests
	Client         Role = "client"         // asks OT requests
	HMI            Role = "hmi"            // reads and writes
	Historian      Role = "historian"      // only reads, from many
	Engineering    Role = "engineering"    // did engineering work
	Infrastructure Role = "infrastructure" // names, time, log-on, switching
)

// historianServers is from how many servers a host that never writes must read
// to count as a historian.
const historianServers = 3

// Evidence counts what speaks for a role.
type Evidence struct {
	Served         uint64 `json:"served"`         // OT transactions answered
	Reads          uint64 `json:"reads"`          // OT transactions asked that change nothing
	Writes         uint64 `json:"writes"`         // of process values
	Engineering    uint64 `json:"engineering"`    // of engineering verbs (ot.Op.Engineering)
	Infrastructure uint64 `json:"infrastructure"` // conversations of infrastructure services
}

// count takes one transaction asked.
func (e *Evidence) count(op ot.Op) {
	switch {
	case op.Engineering():
		e.Engineering++
	case op.ChangesState():
		e.Writes++
	default:
		e.Reads++
	}
}

// verdict weighs the evidence and says why in a sentence.
func (a *asset) verdict() (Role, string) {
	e := &a.evidence
	asked := e.Reads + e.Writes + e.Engineering
	switch {
	case e.Served > 0 && e.Served >= asked:
		return Controller, fmt.Sprintf("answered %d OT requests, asked %d", e.Served, asked)
	case e.Engineering > 0:
		return Engineering, fmt.Sprintf("did %d engineering acts of %d requests", e.Engineering, asked)
	case e.Writes > 0:
		return HMI, fmt.Sprintf("read %d and wrote %d times", e.Reads, e.Writes)
	case e.Reads > 0 && len(a.peers) >= historianServers:
		return Historian, fmt.Sprintf("only reads, from %d servers", len(a.peers))
	case e.Reads > 0:
		return Client, fmt.Sprintf("only reads, from %d servers", len(a.peers))
	case e.Infrastructure > 0:
		return Infrastructure, fmt.Sprintf("served %d conversations of infrastructure", e.Infrastructure)
	}
	return Unknown, "no OT requests seen"
}

// infrastructure reports whether answering a service speaks for infrastructure.
func infrastructure(s ot.Service) bool {
	switch s {
	case ot.DNS, ot.DHCP, ot.NTP, ot.Kerberos, ot.LDAP, ot.Syslog:
		return true
	}
	return false
}
