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

// role weighs the evidence.
func (a *asset) role() Role {
	e := &a.evidence
	switch {
	case e.Served > 0 && e.Served >= e.asked():
		return Controller
	case e.Engineering > 0:
		return Engineering
	case e.Writes > 0:
		return HMI
	case e.Reads > 0 && len(a.peers) >= historianServers:
		return Historian
	case e.Reads > 0:
		return Client
	case e.Infrastructure > 0:
		return Infrastructure
	}
	return Unknown
}

// because says in a sentence what a role rests on.
func (a *asset) because() string {
	e := &a.evidence
	switch a.role() {
	case Controller:
		return fmt.Sprintf("answered %d OT requests, asked %d", e.Served, e.asked())
	case Engineering:
		return fmt.Sprintf("asked %d engineering acts in %d OT requests", e.Engineering, e.asked())
	case HMI:
		return fmt.Sprintf("read %d and wrote %d times", e.Reads, e.Writes)
	case Historian, Client:
		return fmt.Sprintf("read %d times from %d hosts and never wrote", e.Reads, len(a.peers))
	case Infrastructure:
		return fmt.Sprintf("served %d conversations of names, time, log-on or switching", e.Infrastructure)
	}
	return "no OT transaction seen"
}

func (e *Evidence) asked() uint64 { return e.Reads + e.Writes + e.Engineering }

// infrastructure reports whether answering a service speaks for infrastructure.
func infrastructure(s ot.Service) bool {
	switch s {
	case ot.DNS, ot.DHCP, ot.NTP, ot.Kerberos, ot.LDAP, ot.Syslog:
		return true
	}
	return false
}
