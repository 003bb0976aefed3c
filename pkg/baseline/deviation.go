package baseline

import "math/bits"

// Deviation is the set of ways in which an observation departs from what was learned.
type Deviation uint64

// The deviations. Rules name them; the comment gives the rows of the catalogue they serve.
const (
	NewAsset           Deviation = 1 << iota // a host speaks that was not learned (AST-01)
	NewConversation                          // client, server and service were never seen together (COM-01)
	NewMulticast                             // the same, toward a group or broadcast address (COM-08)
	NewService                               // a learned host answers on a port it did not serve (COM-02)
	NewProtocol                              // a learned conversation speaks another protocol
	NewRole                                  // a host that only served asks now (AST-11, COM-21)
	Reversed                                 // the server of a learned pair asks its client (COM-09)
	NewUnit                                  // unit never addressed in this conversation (MOD-02)
	NewOp                                    // plant verb never used in this conversation
	NewCode                                  // function or service never used toward this unit (MOD-01)
	NewObject                                // area, block or address range never touched this way (MOD-03, MOD-04)
	NewShape                                 // learned start, other quantity (MOD-06)
	NewName                                  // tag, block or file name never touched this way
	FirstWrite                               // first write of a client that only read (MOD-05)
	NewWriter                                // another client wrote this point so far (VAL-10)
	ValueRange                               // written value outside the learned range (VAL-01)
	ValueNew                                 // written value is within the range, but not one of the few learned (VAL-02)
	ValueRare                                // written value was met when learning, too rarely to count
	ValueJump                                // a number that only counts up went back, or further than ever
	SlowDrift                                // a number goes one way, step by step, for longer than ever
	WrongPhase                               // written while another point holds what it never held then (SEQ-11)
	OutOfTurn                                // an act that never followed the one before at its controller (SEQ-02)
	PhaseOrder                               // a phase of the line that never followed the one before (SEQ-09)
	PhaseDuration                            // a phase far shorter or longer than ever (SEQ-10)
	OffHours                                 // a conversation or an act at an hour of the week that is not its own (COM-10)
	WriteBurst                               // more writes in a second than ever learned (COM-31)
	Reconnect                                // opened again and again, more often than ever learned (COM-24)
	Period                                   // the period of a habit changed (COM-15)
	SlowAnswers                              // answers take longer than ever learned (SEQ-06)
	Rate                                     // far more packets than ever learned (COM-13)
	Silence                                  // a regular conversation stopped, both hosts speak (COM-11)
	ActMissing                               // one act of a conversation stopped, the others go on (SEQ-03)
	HostSilent                               // a regular host fell silent (AVL-01, COM-12)
	LineSilent                               // more than half of the regular hosts fell silent (AVL-09)
	Returned                                 // what was silent speaks again (AVL-11)
	AddressConflict                          // a known IP is claimed by another MAC (AST-02)
	AddressMoved                             // a known MAC claims another IP (AST-03)
	IdentityChanged                          // vendor, product, order number, serial, type or hardware differs (AST-06)
	FirmwareChanged                          // the firmware revision differs (AST-08)
	DesignationChanged                       // the plant's own name, location or project differs (AST-21)
	deviationEnd
)

var deviationNames = [...]string{
	"new-asset", "new-conversation", "new-multicast", "new-service", "new-protocol", "new-role", "reversed",
	"new-unit", "new-op", "new-code", "new-object", "new-shape", "new-name", "first-write", "new-writer",
	"value-out-of-range", "value-new", "value-rare", "value-jump", "slow-drift", "wrong-phase", "out-of-turn", "phase-order", "phase-duration", "off-hours", "write-burst", "reconnect",
	"period", "slow-answers", "rate", "silence", "act-missing", "host-silent", "line-silent", "returned",
	"address-conflict", "address-moved", "identity-changed", "firmware-changed", "designation-changed",
}

// Names lists the names in the order of the bits.
func Names() []string { return append([]string(nil), deviationNames[:]...) }

// Named finds a single deviation by its name.
func Named(name string) (Deviation, bool) {
	for i, n := range deviationNames {
		if n == name {
			return 1 << i, true
		}
	}
	return 0, false
}

// Names lists the deviations of a set, in the order of the bits.
func (d Deviation) Names() []string {
	var names []string
	for rest := d & (deviationEnd - 1); rest != 0; rest &= rest - 1 {
		names = append(names, deviationNames[bits.TrailingZeros64(uint64(rest))])
	}
	return names
}

// Has reports whether all bits of other are set.
func (d Deviation) Has(other Deviation) bool { return d&other == other }
