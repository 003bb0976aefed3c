package s7comm

// eventNames name the events of the diagnostic buffer by their id. Those of
// modules (8) and those predefined for users (9) have marks in the second digit.
func eventNames(n uint64) string {
	if class := n >> 12; class == 8 || class == 9 {
		n &^= 0x0F00
	}
	return events[uint16(n)]
}

// appendEvent writes the name of an event, and of those with a mark whether it begins or ends.
func appendEvent(dst []byte, n uint64) []byte {
	const begins = 0x0100
	name := eventNames(n)
	if name == "" {
		return dst
	}
	dst = append(append(dst, ' '), name...)
	switch class := n >> 12; {
	case class != 8 && class != 9:
	case n&begins != 0:
		return append(dst, " begins"...)
	default:
		return append(dst, " ends"...)
	}
	return dst
}

var events = map[uint16]string{
	0x113A: "cyclic_interrupt_special", 0x1155: "dp_status_alarm", 0x1156: "dp_update_interrupt", 0x1157: "dp_manufacturer_interrupt",
	0x1158: "pn_status_interrupt", 0x1159: "pn_update_interrupt", 0x115A: "pn_manufacturer_interrupt", 0x115B: "io_profile_interrupt",
	0x116A: "technology_interrupt",
	0x1381: "manual_warm_restart", 0x1382: "automatic_warm_restart", 0x1383: "manual_hot_restart", 0x1384: "automatic_hot_restart",
	0x1385: "manual_cold_restart", 0x1386: "automatic_cold_restart", 0x1387: "master_manual_cold_restart", 0x1388: "master_automatic_cold_restart",
	0x138A: "master_manual_warm_restart", 0x138B: "master_automatic_warm_restart", 0x138C: "standby_manual_hot_restart", 0x138D: "standby_automatic_hot_restart",

	0x2521: "bcd_conversion", 0x2522: "read_length", 0x2523: "write_length", 0x2524: "read_area", 0x2525: "write_area",
	0x2526: "timer_number", 0x2527: "counter_number", 0x2528: "read_alignment", 0x2529: "write_alignment",
	0x2530: "db_write_protected", 0x2531: "di_write_protected", 0x2532: "db_number", 0x2533: "di_number", 0x2534: "fc_number", 0x2535: "fb_number",
	0x253A: "db_missing", 0x253C: "fc_missing", 0x253D: "sfc_missing", 0x253E: "fb_missing", 0x253F: "sfb_missing",
	0x2942: "io_read_access", 0x2943: "io_write_access",

	0x3267: "module_reconfigured", 0x3367: "module_reconfiguring", 0x34A4: "pn_db_reachable",
	0x3501: "cycle_time", 0x3502: "ob_request", 0x3503: "priority_class_late", 0x3505: "time_interrupts_skipped_clock", 0x3506: "time_interrupts_skipped_hold",
	0x3507: "ob_requests_overflow", 0x3508: "synchronous_timing", 0x3509: "interrupts_lost", 0x350A: "run_resumed", 0x350B: "technology_timing",
	0x3571: "nesting_depth", 0x3572: "mcr_depth", 0x3573: "synchronous_depth", 0x3574: "u_stack_depth", 0x3575: "b_stack_depth", 0x3576: "local_data",
	0x3578: "instruction_unknown", 0x357A: "jump_out_of_block", 0x3582: "memory_corrected", 0x3583: "memory_corrected_often",
	0x3585: "pc_system", 0x3587: "memory_bits_corrected",
	0x35A1: "user_interface_missing", 0x35A2: "ob_missing", 0x35A3: "block_access", 0x35A4: "pn_db_unreachable",
	0x35D2: "entries_not_sent", 0x35D3: "synchronisation_not_sent", 0x35D4: "time_jump", 0x35D5: "time_not_taken",
	0x35E1: "gd_frame_id", 0x35E2: "gd_packet_status", 0x35E3: "gd_length", 0x35E4: "gd_number", 0x35E5: "sfb_db_access", 0x35E6: "gd_total_status",
	0x3821: "battery_ok", 0x3822: "backup_ok", 0x3823: "supply_24v_ok", 0x3825: "redundant_battery_ok", 0x3826: "redundant_backup_ok", 0x3827: "redundant_supply_24v_ok",
	0x3831: "expansion_battery_ok", 0x3832: "expansion_backup_ok", 0x3833: "expansion_supply_24v_ok",
	0x3842: "module_ok", 0x3854: "pn_submodule_matches", 0x3855: "pn_submodule_differs", 0x3856: "pn_submodule_parameters", 0x3858: "pn_submodule_ok",
	0x3861: "module_inserted", 0x3863: "module_of_wrong_type", 0x3864: "module_unreadable", 0x3865: "module_parameters", 0x3866: "load_voltage_ok",
	0x3881: "interface_ok", 0x3884: "interface_inserted", 0x38B3: "input_image_ok", 0x38B4: "output_image_ok",
	0x38C1: "rack_back", 0x38C2: "rack_back_differs", 0x38C4: "dp_station_back", 0x38C5: "dp_station_ok", 0x38C6: "rack_back_parameters",
	0x38C7: "dp_station_back_parameters", 0x38C8: "dp_station_back_differs", 0x38CB: "pn_station_back", 0x38CC: "pn_station_ok",
	0x3921: "battery_failed", 0x3922: "backup_failed", 0x3923: "supply_24v_failed", 0x3925: "redundant_battery_failed", 0x3926: "redundant_backup_failed",
	0x3927: "redundant_supply_24v_failed", 0x3931: "expansion_battery_failed", 0x3932: "expansion_backup_failed", 0x3933: "expansion_supply_24v_failed",
	0x3942: "module_failed", 0x3951: "pn_module_removed", 0x3954: "pn_submodule_removed", 0x3961: "module_removed", 0x3966: "load_voltage_failed",
	0x3968: "reconfiguration_failed", 0x3981: "interface_failed", 0x3984: "interface_removed", 0x3986: "h_sync_slow",
	0x39B1: "input_image_access", 0x39B2: "output_image_access", 0x39B3: "input_image_failed", 0x39B4: "output_image_failed",
	0x39C1: "rack_failed", 0x39C3: "dp_system_failed", 0x39C4: "dp_station_failed", 0x39C5: "dp_station_faulty",
	0x39CA: "pn_system_failed", 0x39CB: "pn_station_failed", 0x39CC: "pn_station_faulty", 0x39CD: "pn_station_back_differs", 0x39CE: "pn_station_back_parameters",

	0x42F3: "checksum_corrected", 0x42F4: "standby_update_locked",
	0x4300: "power_on_backed_up", 0x4301: "stop_to_startup", 0x4302: "startup_to_run", 0x4303: "stop_by_switch", 0x4304: "stop_by_programmer",
	0x4305: "hold_at_breakpoint", 0x4306: "hold_left", 0x4307: "memory_reset_by_programmer", 0x4308: "memory_reset_by_switch", 0x4309: "memory_reset_by_itself",
	0x430A: "hold_to_stop", 0x430D: "stop_by_other_cpu", 0x430E: "memory_reset_done", 0x430F: "module_stop_with_cpu", 0x4318: "reconfiguration_in_run_begun",
	0x4319: "reconfiguration_in_run_done", 0x4357: "module_watchdog", 0x4358: "modules_ready",
	0x43B0: "firmware_updated", 0x43B4: "firmware_update_failed", 0x43B6: "firmware_update_cancelled",
	0x43D3: "standby_stop", 0x43DC: "link_up_aborted_switchover", 0x43DE: "update_aborted_again", 0x43DF: "update_aborted_for_good",
	0x43E0: "solo_to_link_up", 0x43E1: "link_up_to_updating", 0x43E2: "updating_to_redundant", 0x43E3: "redundant_to_solo", 0x43E4: "standby_to_error_search",
	0x43E5: "error_search_to_link_up", 0x43E6: "standby_link_up_aborted", 0x43E7: "standby_update_aborted", 0x43E8: "standby_link_up_to_startup",
	0x43E9: "standby_startup_to_updating", 0x43F1: "master_switchover", 0x43F2: "incompatible_cpus",
	0x4510: "stop_data_range", 0x4520: "defect_stop_impossible", 0x4521: "defect_processor", 0x4522: "defect_clock_chip", 0x4523: "defect_clock_generator",
	0x4524: "defect_timers", 0x4525: "defect_multicomputing", 0x4527: "defect_io_watch", 0x4528: "defect_cycle_watch", 0x4530: "defect_memory",
	0x4532: "defect_core", 0x4536: "defect_switch", 0x4540: "stop_memory_gap", 0x4541: "stop_priority_classes", 0x4542: "stop_objects", 0x4543: "stop_test_functions",
	0x4544: "stop_diagnostics", 0x4545: "stop_communication", 0x4546: "stop_memory_management", 0x4547: "stop_process_image", 0x4548: "stop_io_management",
	0x454A: "stop_deselected_ob", 0x4550: "defect_system", 0x4555: "restart_too_late", 0x4556: "stop_memory_reset_asked",
	0x4562: "stop_programming_error", 0x4563: "stop_io_access", 0x4567: "stop_h_event", 0x4568: "stop_time_error", 0x456A: "stop_diagnostic_interrupt",
	0x456B: "stop_module_changed", 0x456C: "stop_cpu_hardware", 0x456D: "stop_program_sequence", 0x456E: "stop_communication_error", 0x456F: "stop_rack_failure",
	0x4570: "stop_process_interrupt", 0x4571: "stop_nesting_stack", 0x4572: "stop_mcr_stack", 0x4573: "stop_synchronous_depth", 0x4574: "stop_interrupt_stack",
	0x4575: "stop_block_stack", 0x4576: "stop_local_data", 0x4578: "stop_unknown_opcode", 0x457A: "stop_code_length", 0x457B: "stop_onboard_db",
	0x457D: "reset_technology_version", 0x457F: "stop_command", 0x4580: "stop_backup_inconsistent", 0x4590: "stop_overload",
	0x45D5: "link_up_memory_differs", 0x45D6: "link_up_system_differs", 0x45D8: "defect_by_other_error", 0x45D9: "stop_sync_module", 0x45DA: "stop_synchronisation",
	0x45DD: "link_up_test_running",
	0x4926: "defect_io_watchdog", 0x4931: "memory_submodule_failed", 0x4933: "checksum_error", 0x4934: "defect_memory_missing", 0x4935: "defect_watchdog",
	0x4949: "stop_endless_interrupt", 0x494D: "stop_io_error", 0x494E: "stop_power_failure", 0x494F: "stop_configuration", 0x4959: "modules_not_ready",
	0x497C: "stop_technology", 0x49A0: "stop_parameters_startup_blocked", 0x49A1: "stop_parameters_reset_asked", 0x49A2: "stop_change_startup_blocked",
	0x49A3: "stop_change_reset_asked", 0x49A4: "stop_configuration_inconsistent", 0x49A5: "stop_dp_inconsistent", 0x49A6: "stop_dp_invalid",
	0x49A7: "stop_dp_missing", 0x49A8: "stop_dp_interface", 0x49B1: "firmware_data_wrong", 0x49B2: "firmware_for_other_hardware", 0x49B3: "firmware_for_other_module",
	0x49D0: "link_up_rules", 0x49D1: "link_up_aborted", 0x49D2: "standby_stop_with_master", 0x49D4: "stop_two_masters", 0x49D7: "link_up_program_changed",

	0x510F: "winlc_problem", 0x530D: "startup_information_in_stop", 0x5311: "startup_without_modules", 0x5371: "dp_synchronised", 0x5380: "entries_disabled",
	0x5395: "dp_master_reset", 0x53A2: "technology_firmware_loaded", 0x53A4: "technology_db_refused", 0x53FF: "factory_reset",
	0x5445: "reconfiguration_in_run_ended", 0x5481: "licences_complete", 0x5498: "dp_consistent_again", 0x5545: "reconfiguration_in_run_started", 0x5581: "licences_missing",
	0x558A: "cpu_type_differs", 0x558B: "cpu_firmware_differs", 0x5598: "dp_may_be_inconsistent", 0x55A5: "technology_version", 0x55A6: "too_many_technology_objects",
	0x55A7: "technology_db_exists", 0x5879: "dp_led_off", 0x5960: "switching_parameters", 0x5961: "parameter_error", 0x5962: "parameters_prevent_startup",
	0x5963: "parameters_ask_reset", 0x5966: "switching_parameters_2", 0x5969: "parameters_block_startup", 0x596A: "pn_device_address_twice",
	0x596B: "ip_address_twice", 0x596C: "name_twice", 0x596D: "network_differs", 0x5979: "dp_led_on", 0x597C: "dp_global_control_failed",
	0x59A0: "interrupt_unknown", 0x59A1: "technology_configuration", 0x59A3: "technology_download",

	0x6253: "firmware_download_ended", 0x6316: "interface_at_start", 0x6353: "firmware_download_begun", 0x6390: "card_formatted",
	0x6500: "connection_twice", 0x6501: "connections_short", 0x6502: "connection_description", 0x6510: "cfb_structure", 0x6514: "gd_number_twice",
	0x6515: "gd_lengths", 0x6521: "memory_missing", 0x6522: "submodule_illegal", 0x6523: "submodule_access", 0x6524: "block_header", 0x6526: "memory_replaced",
	0x6527: "memory_replaced_no_restart", 0x6528: "objects_handled_no_restart", 0x6529: "loading_no_startup", 0x652A: "block_twice", 0x652B: "block_too_long",
	0x652C: "ob_illegal", 0x6532: "configuration_illegal", 0x6533: "submodule_content", 0x6534: "block_more_than_once", 0x6535: "memory_short",
	0x6536: "block_number_illegal", 0x6537: "block_length_illegal", 0x6538: "block_attributes_illegal", 0x6539: "command_illegal", 0x653A: "ob_local_data_short",
	0x6543: "block_type_illegal", 0x6544: "attribute_illegal", 0x6545: "language_illegal", 0x6546: "configuration_full", 0x6547: "module_parameters_failed",
	0x6548: "block_implausible", 0x6549: "block_structure", 0x6550: "block_crc_wrong", 0x6551: "block_crc_missing", 0x6560: "scan_overflow",
	0x6805: "connections_enough_again", 0x6881: "communication_interface_ok", 0x6905: "connections_too_few", 0x6981: "communication_interface_failed",

	0x72A2: "h_dp_failed", 0x72A3: "h_dp_redundant_again", 0x72DB: "safety_mode_off", 0x72E0: "h_communication_redundant_again",
	0x7301: "redundancy_lost_cpu", 0x7302: "redundancy_lost_by_user", 0x7303: "h_system_redundant", 0x7323: "h_data_differ", 0x7331: "switchover_master_failed",
	0x7333: "switchover_system_changed", 0x7334: "switchover_communication", 0x7340: "user_synchronisation_time", 0x7341: "user_synchronisation_points",
	0x7342: "system_synchronisation_points", 0x7343: "system_synchronisation_time", 0x7344: "system_synchronisation_data", 0x734A: "re_enabled",
	0x73A3: "dp_redundancy_lost", 0x73C1: "update_cancelled", 0x73C2: "update_too_slow", 0x73D8: "safety_mode_disabled", 0x73DB: "safety_mode_on",
	0x73E0: "h_communication_redundancy_lost", 0x74DD: "f_group_shutdown_off", 0x74DE: "f_program_shutdown_off", 0x74DF: "f_initialisation_begun",
	0x7520: "ram_differs", 0x7521: "output_image_differs", 0x7522: "flags_timers_counters_differ", 0x75D1: "f_cpu_error", 0x75D2: "f_cycle_time",
	0x75D6: "f_data_corrupted_to_io", 0x75D7: "f_data_corrupted_to_cpu", 0x75D9: "f_real_invalid", 0x75DA: "f_data_format", 0x75DC: "f_group_protocol",
	0x75DD: "f_group_shutdown_on", 0x75DE: "f_program_shutdown_on", 0x75DF: "f_initialisation_done", 0x75E1: "f_library_block", 0x75E2: "f_area_length",
	0x7852: "sync_module_inserted", 0x7855: "sync_module_gone", 0x78D3: "f_io_communication_ok", 0x78D4: "f_cpu_communication_ok", 0x78D5: "f_cpu_communication_ok_2",
	0x78E3: "f_input_depassivated", 0x78E4: "f_output_depassivated", 0x78E5: "f_device_depassivated", 0x7934: "switchover_sync_module",
	0x7950: "sync_module_missing", 0x7951: "sync_module_changed", 0x7952: "sync_module_removed", 0x7953: "sync_module_not_reset", 0x7954: "rack_number_twice",
	0x7955: "sync_module_failed", 0x7956: "rack_number_illegal", 0x7960: "redundant_input_discrepancy", 0x7961: "redundant_input_changed_late",
	0x7962: "redundant_input_failed", 0x796F: "redundant_io_disabled", 0x7970: "redundant_output_failed", 0x7980: "redundant_analog_discrepancy",
	0x7981: "redundant_analog_input_failed", 0x7990: "redundant_analog_output_failed", 0x79D3: "f_io_communication_failed", 0x79D4: "f_cpu_communication_failed",
	0x79D5: "f_cpu_communication_failed_2", 0x79E3: "f_input_passivated", 0x79E4: "f_output_passivated", 0x79E5: "f_device_passivated",
	0x79E6: "f_program_inconsistent", 0x79E7: "f_simulation_block",

	0x8000: "module_fault", 0x8001: "internal_error", 0x8002: "external_error", 0x8003: "channel_error", 0x8004: "external_voltage_missing",
	0x8005: "front_connector_missing", 0x8006: "parameters_missing", 0x8007: "parameters_wrong", 0x8030: "user_submodule", 0x8031: "communication_problem",
	0x8032: "mode_changed", 0x8033: "watchdog", 0x8034: "internal_power", 0x8035: "battery_exhausted", 0x8036: "backup_gone", 0x8040: "expansion_rack",
	0x8041: "processor", 0x8042: "eprom", 0x8043: "ram", 0x8044: "converter", 0x8045: "fuse", 0x8046: "interrupt_lost",
	0x8050: "analog_in_parameters", 0x8051: "analog_in_common_mode", 0x8052: "analog_in_short_to_phase", 0x8053: "analog_in_short_to_ground",
	0x8054: "analog_in_wire_break", 0x8055: "analog_in_reference", 0x8056: "analog_in_below_range", 0x8057: "analog_in_above_range",
	0x8060: "analog_out_parameters", 0x8061: "analog_out_common_mode", 0x8062: "analog_out_short_to_phase", 0x8063: "analog_out_short_to_ground",
	0x8064: "analog_out_wire_break", 0x8066: "analog_out_load_voltage", 0x8070: "digital_in_parameters", 0x8071: "digital_in_ground_fault",
	0x8072: "digital_in_short_to_phase", 0x8073: "digital_in_short_to_ground", 0x8074: "digital_in_wire_break", 0x8075: "digital_in_sensor_supply",
	0x8080: "digital_out_parameters", 0x8081: "digital_out_ground_fault", 0x8082: "digital_out_short_to_phase", 0x8083: "digital_out_short_to_ground",
	0x8084: "digital_out_wire_break", 0x8085: "digital_out_fuse", 0x8086: "digital_out_load_voltage", 0x8087: "digital_out_hot",
	0x80B0: "counter_signal_a", 0x80B1: "counter_signal_b", 0x80B2: "counter_signal_n", 0x80B3: "counter_value", 0x80B4: "counter_supply_5v", 0x80B5: "counter_supply_24v",

	0x9001: "manual_mode", 0x9002: "opened_or_on", 0x9003: "manual_enabled", 0x9004: "unit_protection", 0x9005: "process_enabled", 0x9006: "system_protection",
	0x9007: "process_value", 0x9008: "manipulated_value", 0x9009: "deviation", 0x900A: "limit_position", 0x900B: "runtime", 0x900C: "sequencer_command",
	0x900D: "opening", 0x900E: "closing", 0x900F: "command_blocked", 0x9011: "open_or_on", 0x9012: "closed_or_off", 0x9013: "between",
	0x9014: "on_by_automatic", 0x9015: "on_by_hand", 0x9016: "on_by_protection", 0x9017: "off_by_automatic", 0x9018: "off_by_hand", 0x9019: "off_by_protection",
	0x9021: "approach", 0x9022: "leaving", 0x9031: "actuator_open", 0x9032: "actuator_not_open", 0x9033: "actuator_closed", 0x9034: "actuator_not_closed",
	0x9041: "state_illegal_after_time", 0x9042: "state_illegal", 0x9043: "interlock", 0x9044: "interlock_after_time", 0x9045: "no_reaction",
	0x9046: "final_state_left", 0x9047: "final_state_left_after_time",
	0x9050: "signal_range_above", 0x9051: "measuring_range_above", 0x9052: "signal_range_below", 0x9053: "measuring_range_below", 0x9054: "alarm_above",
	0x9055: "warning_above", 0x9056: "tolerance_above", 0x9057: "tolerance_below", 0x9058: "warning_below", 0x9059: "alarm_below",
	0x9060: "graph_step", 0x9061: "graph_interlock", 0x9062: "graph_execution", 0x9063: "graph_error_noted", 0x9064: "graph_error_acknowledged",
	0x9070: "trend_up", 0x9071: "trend_down", 0x9072: "no_reaction_2", 0x9073: "final_state_left_2",
	0x9080: "limit_above", 0x9081: "limit_above_after_time", 0x9082: "limit_below", 0x9083: "limit_below_after_time", 0x9084: "gradient_above",
	0x9085: "gradient_above_after_time", 0x9086: "gradient_below", 0x9087: "gradient_below_after_time", 0x9090: "user_parameters",
	0x90F0: "overflow", 0x90F1: "underflow", 0x90F2: "division_by_zero", 0x90F3: "calculation_illegal",
}
