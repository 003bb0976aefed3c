package cip

import (
	"otsensor/pkg/ot"
	"otsensor/pkg/protocols"
)

// services are the service codes, class << 8 | service. Class FFFF holds the
// common services, which every class shares, and those of symbolic paths.
// From 32 hex on a service means something only together with its class.
var services = []protocols.Code{
	{Number: 0xFFFF_00, Name: "io_data", Op: ot.OpIOCyclic},

	// Common services (Volume 1, appendix A-3). Reading and writing take their
	// verb from the class where it is known.
	{Number: 0xFFFF_01, Name: "get_attributes_all", Op: ot.OpConfigRead},
	{Number: 0xFFFF_02, Name: "set_attributes_all", Op: ot.OpConfigWrite},
	{Number: 0xFFFF_03, Name: "get_attribute_list", Op: ot.OpConfigRead},
	{Number: 0xFFFF_04, Name: "set_attribute_list", Op: ot.OpConfigWrite},
	{Number: 0xFFFF_05, Name: "reset", Op: ot.OpReset},
	{Number: 0xFFFF_06, Name: "start", Op: ot.OpModeChange},
	{Number: 0xFFFF_07, Name: "stop", Op: ot.OpModeChange},
	{Number: 0xFFFF_08, Name: "create", Op: ot.OpConfigWrite},
	{Number: 0xFFFF_09, Name: "delete", Op: ot.OpConfigWrite},
	{Number: 0xFFFF_0A, Name: "multiple_service_packet", Op: ot.OpUnknown},
	{Number: 0xFFFF_0D, Name: "apply_attributes", Op: ot.OpConfigWrite},
	{Number: 0xFFFF_0E, Name: "get_attribute_single", Op: ot.OpConfigRead},
	{Number: 0xFFFF_10, Name: "set_attribute_single", Op: ot.OpConfigWrite},
	{Number: 0xFFFF_11, Name: "find_next_object_instance", Op: ot.OpIdentify},
	{Number: 0xFFFF_14, Name: "error_response", Op: ot.OpError},
	{Number: 0xFFFF_15, Name: "restore", Op: ot.OpConfigWrite},
	{Number: 0xFFFF_16, Name: "save", Op: ot.OpConfigWrite},
	{Number: 0xFFFF_17, Name: "nop", Op: ot.OpSession},
	{Number: 0xFFFF_18, Name: "get_member", Op: ot.OpConfigRead},
	{Number: 0xFFFF_19, Name: "set_member", Op: ot.OpConfigWrite},
	{Number: 0xFFFF_1A, Name: "insert_member", Op: ot.OpConfigWrite},
	{Number: 0xFFFF_1B, Name: "remove_member", Op: ot.OpConfigWrite},
	{Number: 0xFFFF_1C, Name: "group_sync", Op: ot.OpDiagnostic},
	{Number: 0xFFFF_1D, Name: "get_connection_point_member_list", Op: ot.OpIdentify},

	// Symbolic paths: Logix tags by name (1756-PM020).
	{Number: 0xFFFF_32, Name: "scattered_read", Op: ot.OpReadData, Unverified: true},
	{Number: 0xFFFF_34, Name: "scattered_write", Op: ot.OpWriteData, Unverified: true},
	{Number: 0xFFFF_4C, Name: "read_tag", Op: ot.OpReadData},
	{Number: 0xFFFF_4D, Name: "write_tag", Op: ot.OpWriteData},
	{Number: 0xFFFF_4E, Name: "read_modify_write_tag", Op: ot.OpWriteData},
	{Number: 0xFFFF_52, Name: "read_tag_fragmented", Op: ot.OpReadData},
	{Number: 0xFFFF_53, Name: "write_tag_fragmented", Op: ot.OpWriteData},

	{Number: 0x02_0A, Name: "multiple_service_packet", Op: ot.OpUnknown},

	// Connection Manager (Volume 1, 3-5.5).
	{Number: 0x06_4E, Name: "forward_close", Op: ot.OpSession},
	{Number: 0x06_52, Name: "unconnected_send", Op: ot.OpUnknown},
	{Number: 0x06_54, Name: "forward_open", Op: ot.OpSession},
	{Number: 0x06_56, Name: "get_connection_data", Op: ot.OpDiagnostic},
	{Number: 0x06_57, Name: "search_connection_data", Op: ot.OpDiagnostic},
	{Number: 0x06_5A, Name: "get_connection_owner", Op: ot.OpDiagnostic},
	{Number: 0x06_5B, Name: "large_forward_open", Op: ot.OpSession},

	// File object (Volume 1, 5-42).
	{Number: 0x37_4B, Name: "initiate_upload", Op: ot.OpFile, Unverified: true},
	{Number: 0x37_4C, Name: "initiate_download", Op: ot.OpFirmware, Unverified: true},
	{Number: 0x37_4D, Name: "initiate_partial_read", Op: ot.OpFile, Unverified: true},
	{Number: 0x37_4E, Name: "initiate_partial_write", Op: ot.OpFirmware, Unverified: true},
	{Number: 0x37_4F, Name: "upload_transfer", Op: ot.OpFile, Unverified: true},
	{Number: 0x37_50, Name: "download_transfer", Op: ot.OpFirmware, Unverified: true},
	{Number: 0x37_51, Name: "clear_file", Op: ot.OpFile, Unverified: true},

	// Safety Supervisor and Validator (Volume 5).
	{Number: 0x39_4C, Name: "recover", Op: ot.OpSafety},
	{Number: 0x39_4E, Name: "perform_diagnostics", Op: ot.OpSafety},
	{Number: 0x39_4F, Name: "configure_request", Op: ot.OpSafety},
	{Number: 0x39_50, Name: "validate_configuration", Op: ot.OpSafety},
	{Number: 0x39_51, Name: "set_password", Op: ot.OpSafety},
	{Number: 0x39_52, Name: "configuration_lock", Op: ot.OpSafety},
	{Number: 0x39_53, Name: "mode_change", Op: ot.OpSafety},
	{Number: 0x39_54, Name: "safety_reset", Op: ot.OpSafety},
	{Number: 0x39_55, Name: "reset_password", Op: ot.OpSafety},
	{Number: 0x39_56, Name: "propose_tunid", Op: ot.OpSafety},
	{Number: 0x39_57, Name: "apply_tunid", Op: ot.OpSafety},
	{Number: 0x39_58, Name: "propose_tunid_list", Op: ot.OpSafety},
	{Number: 0x39_59, Name: "apply_tunid_list", Op: ot.OpSafety},
	{Number: 0x3A_4B, Name: "reset_error", Op: ot.OpSafety},

	// Motion Device Axis (Volume 9).
	{Number: 0x42_4B, Name: "get_axis_attribute_list", Op: ot.OpReadData},
	{Number: 0x42_4C, Name: "set_axis_attribute_list", Op: ot.OpMotion},
	{Number: 0x42_4D, Name: "set_cyclic_write_list", Op: ot.OpMotion},
	{Number: 0x42_4E, Name: "set_cyclic_read_list", Op: ot.OpMotion},
	{Number: 0x42_4F, Name: "run_motor_test", Op: ot.OpMotion},
	{Number: 0x42_50, Name: "get_motor_test_data", Op: ot.OpReadData},
	{Number: 0x42_51, Name: "run_inertia_test", Op: ot.OpMotion},
	{Number: 0x42_52, Name: "get_inertia_test_data", Op: ot.OpReadData},
	{Number: 0x42_53, Name: "run_hookup_test", Op: ot.OpMotion},
	{Number: 0x42_54, Name: "get_hookup_test_data", Op: ot.OpReadData},

	// Modbus object (Volume 7).
	{Number: 0x44_4B, Name: "read_discrete_inputs", Op: ot.OpReadData},
	{Number: 0x44_4C, Name: "read_coils", Op: ot.OpReadData},
	{Number: 0x44_4D, Name: "read_input_registers", Op: ot.OpReadData},
	{Number: 0x44_4E, Name: "read_holding_registers", Op: ot.OpReadData},
	{Number: 0x44_4F, Name: "write_coils", Op: ot.OpWriteData},
	{Number: 0x44_50, Name: "write_holding_registers", Op: ot.OpWriteData},
	{Number: 0x44_51, Name: "modbus_passthrough", Op: ot.OpUnknown},

	// CIP Security (Volume 8).
	{Number: 0x5D_4B, Name: "begin_config", Op: ot.OpConfigWrite, Unverified: true},
	{Number: 0x5D_4C, Name: "kick_timer", Op: ot.OpConfigWrite, Unverified: true},
	{Number: 0x5D_4D, Name: "end_config", Op: ot.OpConfigWrite, Unverified: true},
	{Number: 0x5D_4E, Name: "object_cleanup", Op: ot.OpConfigWrite, Unverified: true},
	{Number: 0x5F_4B, Name: "create_csr", Op: ot.OpAuth, Unverified: true},
	{Number: 0x5F_4C, Name: "verify_certificate", Op: ot.OpAuth, Unverified: true},

	// PCCC object (1770-6.5.16): the verb is the one of the command inside.
	{Number: 0x67_4B, Name: "execute_pccc", Op: ot.OpUnknown},

	// Logix objects, seen in engineering sessions.
	{Number: 0x68_08, Name: "create_program_object", Op: ot.OpProgramDownload, Unverified: true},
	{Number: 0x68_09, Name: "delete_program_object", Op: ot.OpProgramDelete, Unverified: true},
	{Number: 0x68_4D, Name: "write_force", Op: ot.OpForce, Unverified: true},
	{Number: 0x68_4E, Name: "enable_or_disable_forces", Op: ot.OpForce, Unverified: true},
	{Number: 0x69_4D, Name: "write_force", Op: ot.OpForce, Unverified: true},
	{Number: 0x69_4E, Name: "enable_or_disable_forces", Op: ot.OpForce, Unverified: true},
	{Number: 0x6A_08, Name: "create_routine", Op: ot.OpProgramDownload, Unverified: true},
	{Number: 0x6A_09, Name: "delete_routine", Op: ot.OpProgramDelete, Unverified: true},
	{Number: 0x6A_4F, Name: "read_routine", Op: ot.OpProgramUpload, Unverified: true},
	{Number: 0x6A_50, Name: "write_routine", Op: ot.OpProgramDownload, Unverified: true},
	{Number: 0x6A_51, Name: "modify_parameter", Op: ot.OpConfigWrite},
	{Number: 0x6B_4C, Name: "read_tag", Op: ot.OpReadData},
	{Number: 0x6B_4D, Name: "write_tag", Op: ot.OpWriteData},
	{Number: 0x6B_4E, Name: "read_modify_write_tag", Op: ot.OpWriteData},
	{Number: 0x6B_52, Name: "read_tag_fragmented", Op: ot.OpReadData},
	{Number: 0x6B_53, Name: "write_tag_fragmented", Op: ot.OpWriteData},
	{Number: 0x6B_55, Name: "get_instance_attribute_list", Op: ot.OpIdentify},
	{Number: 0x6C_4C, Name: "read_template", Op: ot.OpIdentify},
	{Number: 0x8E_06, Name: "run_mode", Op: ot.OpModeChange},
	{Number: 0x8E_07, Name: "program_mode", Op: ot.OpModeChange},
	{Number: 0x8E_5C, Name: "engineering_handshake", Op: ot.OpAuth, Unverified: true},
	{Number: 0xA1_4B, Name: "begin_update", Op: ot.OpFirmware},
	{Number: 0xA1_4D, Name: "write_block", Op: ot.OpFirmware},
	{Number: 0xA1_51, Name: "prepare_update", Op: ot.OpFirmware},
	{Number: 0xAC_08, Name: "begin_download", Op: ot.OpProgramDownload},
	{Number: 0xB2_4F, Name: "remove_buffer", Op: ot.OpConfigWrite, Unverified: true},

	// Connection Configuration (Volume 1, 5-48).
	{Number: 0xF3_4B, Name: "kick_timer", Op: ot.OpConfigWrite},
	{Number: 0xF3_4C, Name: "open_connection", Op: ot.OpSession},
	{Number: 0xF3_4D, Name: "close_connection", Op: ot.OpSession},
	{Number: 0xF3_4E, Name: "stop_connection", Op: ot.OpSession},
	{Number: 0xF3_4F, Name: "change_start", Op: ot.OpConfigWrite},
	{Number: 0xF3_50, Name: "get_status", Op: ot.OpDiagnostic},
	{Number: 0xF3_51, Name: "change_complete", Op: ot.OpConfigWrite},
	{Number: 0xF3_52, Name: "audit_changes", Op: ot.OpConfigRead},

	{Number: 0xF6_4C, Name: "get_and_clear_counters", Op: ot.OpDiagnostic, Unverified: true},
}

// row is the services of one class, by service.
type row [replyBit]*protocols.Code

// commonServices are those of class FFFF, and servicesByClass those of the
// others, nil for a class that has none of its own.
var commonServices, servicesByClass = func() (common row, byClass []*row) {
	for i := range services {
		s, of := &services[i], &common
		if class := int(s.Number >> 8); class != AnyClass {
			byClass = append(byClass, make([]*row, max(0, class+1-len(byClass)))...)
			if byClass[class] == nil {
				byClass[class] = &row{}
			}
			of = byClass[class]
		}
		of[uint8(s.Number)] = s
	}
	return common, byClass
}()

// lastCommon is the last service code that may mean the same for every class.
const lastCommon = 0x31

// find looks a service up by class, then among the common ones.
func find(code uint32) *protocols.Code {
	class, service := code>>8, uint8(code)
	switch {
	case service >= replyBit:
		return nil
	case class < uint32(len(servicesByClass)) && servicesByClass[class] != nil && servicesByClass[class][service] != nil:
		return servicesByClass[class][service]
	case class != AnyClass && (service > lastCommon || service == 0):
		return nil
	}
	return commonServices[service]
}

// ServiceName is the name of a service, class << 8 | service; "" for one that no table names.
func ServiceName(code uint64) string {
	if s := find(uint32(code)); s != nil {
		return s.Name
	}
	return ""
}
