package cip

import (
	"otsensor/pkg/ot"
	"otsensor/pkg/protocols"
)

// Attributes that say which state an object is in: one byte, read or set on
// their own (get or set attribute single).
var (
	identityStates  = stateCodes("nonexistent", "self_testing", "standby", "operational", "major_recoverable_fault", "major_unrecoverable_fault")
	validatorStates = stateCodes("unallocated", "initializing", "established", "connection_failed")
	axisStates      = stateCodes("initializing", "pre_charge", "stopped", "starting", "running", "testing", "stopping", "aborting", "major_faulted", "start_inhibited", "shutdown")
	controlModes    = stateCodes("no_control", "position", "velocity", "acceleration", "torque")
	syncStates      = stateCodes("not_synchronized", "synchronized")
	ringStatuses    = stateCodes("normal", "ring_fault", "unexpected_loop", "partial_fault", "rapid_fault")
	supervisorRoles = stateCodes("backup_supervisor", "active_supervisor", "ring_node", "no_ring", "unsupported_parameters")
	securityStates  = stateCodes("factory_default", "configuration_in_progress", "configured", "incomplete_configuration")
	eipSecurity     = stateCodes("factory_default", "configuration_in_progress", "configured", "pull_model_in_progress", "pull_model_completed", "pull_model_disabled")
	certificates    = stateCodes("nonexistent", "created", "configuring", "verified", "invalid")
	safetyStates    = append(stateCodes("undefined", "self_testing", "idle", "self_test_exception", "executing", "abort", "critical_fault", "configuring", "waiting_for_tunid"),
		protocols.Code{Number: 0x33, Name: "waiting_for_tunid_torque_permitted"},
		protocols.Code{Number: 0x34, Name: "executing_torque_permitted"})
)

func stateCodes(names ...string) (codes []protocols.Code) {
	for i, name := range names {
		codes = append(codes, protocols.Code{Number: uint32(i), Name: name})
	}
	return codes
}

// stateFields are the states of the objects whose state matters to a line.
var stateFields = []protocols.Field{
	state("identity_state", "state of the device", classIdentity, 8, identityStates),
	state("safety_state", "state of the safety functions", 0x39, 11, safetyStates),
	state("validator_state", "state of a safety connection's validator", 0x3A, 1, validatorStates),
	state("axis_state", "state of a drive's axis", 0x42, 650, axisStates),
	state("axis_control_mode", "what an axis is controlled by", 0x42, 40, controlModes),
	state("clock_state", "whether the device's clock is synchronised", 0x43, 2, syncStates),
	state("ring_status", "state of the device level ring", 0x47, 2, ringStatuses),
	state("ring_role", "what the device is to its ring", 0x47, 3, supervisorRoles),
	state("security_state", "state of CIP Security", 0x5D, 1, securityStates),
	state("eip_security_state", "state of EtherNet/IP Security", 0x5E, 1, eipSecurity),
	state("certificate_state", "state of a certificate", 0x5F, 2, certificates),
}

func state(name, doc string, class, attribute uint32, names []protocols.Code) protocols.Field {
	return protocols.Field{Name: "cip." + name, Doc: doc + ", as read or set", Names: protocols.NameTable(names),
		Num: func(t *ot.Transaction) (uint64, bool) { return attributeByte(t, class, attribute) }}
}

// attributeByte is the first byte of an attribute that was read, or set, on its own.
func attributeByte(t *ot.Transaction, class, attribute uint32) (uint64, bool) {
	if !has(t, hasClass) || t.Object.Area != class || t.Object.Addr != attribute || t.Status == ot.Refused {
		return 0, false
	}
	b := replyData(t)
	switch serviceOf(t) {
	case 0x10:
		b = requestData(t)
	case 0x0E:
	default:
		return 0, false
	}
	if len(b) == 0 {
		return 0, false
	}
	return uint64(b[0]), true
}
