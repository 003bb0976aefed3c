package bacnet

import (
	"strings"

	"otsensor/pkg/protocols"
)

// words are names of numbers that follow each other.
type words struct {
	from  uint64
	names string
}

// numbered is a table of names, number by number; "" where the standard has none.
func numbered(all []words) func(uint64) string {
	var names []string
	for _, w := range all {
		for uint64(len(names)) < w.from {
			names = append(names, "")
		}
		names = append(names, strings.Fields(w.names)...)
	}
	return func(n uint64) string {
		if n < uint64(len(names)) {
			return names[n]
		}
		return ""
	}
}

// typeNames are the types of objects, BACnetObjectType of clause 21.
var typeNames = numbered([]words{
	{0, "analog_input analog_output analog_value binary_input binary_output binary_value calendar command device event_enrollment file group loop multi_state_input"},
	{14, "multi_state_output notification_class program schedule averaging multi_state_value trend_log life_safety_point life_safety_zone accumulator pulse_converter"},
	{25, "event_log global_group trend_log_multiple load_control structured_view access_door timer access_credential access_point access_rights access_user access_zone"},
	{37, "credential_data_input network_security bitstring_value characterstring_value date_pattern_value date_value datetime_pattern_value datetime_value integer_value"},
	{46, "large_analog_value octetstring_value positive_integer_value time_pattern_value time_value notification_forwarder alert_enrollment channel lighting_output"},
	{55, "binary_lighting_output network_port elevator_group escalator lift staging audit_log audit_reporter color color_temperature"},
})

// errorNames are the codes of errors, clause 18.
var errorNames = numbered([]words{
	{0, "other authentication_failed configuration_in_progress device_busy dynamic_creation_not_supported file_access_denied incompatible_security_levels inconsistent_parameters"},
	{8, "inconsistent_selection_criterion invalid_data_type invalid_file_access_method invalid_file_start_position invalid_operator_name invalid_parameter_data_type"},
	{14, "invalid_time_stamp key_generation_error missing_required_parameter no_objects_of_specified_type no_space_for_object no_space_to_add_list_element no_space_to_write_property"},
	{21, "no_vt_sessions_available property_is_not_a_list object_deletion_not_permitted object_identifier_already_exists operational_problem password_failure read_access_denied"},
	{28, "security_not_supported service_request_denied timeout unknown_object unknown_property"},
	{34, "unknown_vt_class unknown_vt_session unsupported_object_type value_out_of_range vt_session_already_closed vt_session_termination_failure write_access_denied"},
	{41, "character_set_not_supported invalid_array_index cov_subscription_failed not_cov_property optional_functionality_not_supported invalid_configuration_data"},
	{47, "datatype_not_supported duplicate_name duplicate_object_id property_is_not_an_array abort_buffer_overflow abort_invalid_apdu_in_this_state abort_preempted_by_higher_priority_task"},
	{54, "abort_segmentation_not_supported abort_proprietary abort_other invalid_tag network_down reject_buffer_overflow reject_inconsistent_parameters reject_invalid_parameter_data_type"},
	{62, "reject_invalid_tag reject_missing_required_parameter reject_parameter_out_of_range reject_too_many_arguments reject_undefined_enumeration reject_unrecognized_service"},
	{68, "reject_proprietary reject_other unknown_device unknown_route value_not_initialized invalid_event_state no_alarm_configured log_buffer_full logged_value_purged"},
	{77, "no_property_specified not_configured_for_triggered_logging unknown_subscription parameter_out_of_range list_element_not_found busy communication_disabled"},
	{84, "success access_denied bad_destination_address bad_destination_device_id bad_signature bad_source_address bad_timestamp cannot_use_key cannot_verify_message_id"},
	{93, "correct_key_revision destination_device_id_required duplicate_message encryption_not_configured encryption_required incorrect_key invalid_key_data key_update_in_progress"},
	{101, "malformed_message not_key_server security_not_configured source_security_required too_many_keys unknown_authentication_type unknown_key unknown_key_revision"},
	{109, "unknown_source_message not_router_to_dnet router_busy unknown_network_message message_too_long security_error addressing_error write_bdt_failed read_bdt_failed"},
	{118, "register_foreign_device_failed read_fdt_failed delete_fdt_entry_failed distribute_broadcast_failed unknown_file_size abort_apdu_too_long abort_application_exceeded_reply_time"},
	{125, "abort_out_of_resources abort_tsm_timeout abort_window_size_out_of_range file_full inconsistent_configuration inconsistent_object_type internal_error not_configured"},
	{133, "out_of_memory value_too_long abort_insufficient_security abort_security_error duplicate_entry invalid_value_in_this_state invalid_operation_in_this_state"},
	{140, "list_item_not_numbered list_item_not_timestamped invalid_data_encoding bvlc_function_unknown bvlc_proprietary_function_unknown header_encoding_error header_not_understood"},
	{147, "message_incomplete not_a_bacnet_sc_hub payload_expected unexpected_data node_duplicate_vmac http_unexpected_response_code http_no_upgrade http_resource_not_local"},
	{155, "http_proxy_authentication_failed http_response_timeout http_response_syntax_error http_response_value_error http_response_missing_header http_websocket_header_error"},
	{161, "http_upgrade_required http_upgrade_error http_temporary_unavailable http_not_a_server http_error websocket_scheme_not_supported websocket_unknown_control_message"},
	{168, "websocket_close_error websocket_closed_by_peer websocket_endpoint_leaves websocket_protocol_error websocket_data_not_accepted websocket_closed_abnormally"},
	{174, "websocket_data_inconsistent websocket_data_against_policy websocket_frame_too_long websocket_extension_missing websocket_request_unavailable websocket_error"},
	{180, "tls_client_certificate_error tls_server_certificate_error tls_client_authentication_failed tls_server_authentication_failed tls_client_certificate_expired"},
	{185, "tls_server_certificate_expired tls_client_certificate_revoked tls_server_certificate_revoked tls_error dns_unavailable dns_name_resolution_failed dns_resolver_failure"},
	{192, "dns_error tcp_connect_timeout tcp_connection_refused tcp_closed_by_local tcp_closed_other tcp_error ip_address_not_reachable ip_error"},
})

// rejectNames and abortNames are the reasons of clauses 18.9 and 18.10.
var (
	rejectNames = numbered([]words{
		{0, "other buffer_overflow inconsistent_parameters invalid_parameter_data_type invalid_tag missing_required_parameter parameter_out_of_range too_many_arguments"},
		{8, "undefined_enumeration unrecognized_service"},
	})
	abortNames = numbered([]words{
		{0, "other buffer_overflow invalid_apdu_in_this_state preempted_by_higher_priority_task segmentation_not_supported security_error insufficient_security window_size_out_of_range"},
		{8, "application_exceeded_reply_time out_of_resources tsm_timeout apdu_too_long"},
	})
)

// propertyNames are the properties of the standard, BACnetPropertyIdentifier of clause 21.
var propertyNames = numbered([]words{
	{0, "acked_transitions ack_required action action_text active_text active_vt_sessions alarm_value alarm_values all all_writes_successful apdu_segment_timeout"},
	{11, "apdu_timeout application_software_version archive bias change_of_state_count change_of_state_time notification_class"},
	{19, "controlled_variable_reference controlled_variable_units controlled_variable_value cov_increment datelist daylights_savings_status deadband derivative_constant"},
	{27, "derivative_constant_units description description_of_halt device_address_binding device_type effective_period elapsed_active_time error_limit event_enable"},
	{36, "event_state event_type exception_schedule fault_values feedback_value file_access_method file_size file_type firmware_revision high_limit inactive_text"},
	{47, "in_process instance_of integral_constant integral_constant_units issue_confirmed_notifications limit_enable list_of_group_members list_of_object_property_references"},
	{55, "list_of_session_keys local_date local_time location low_limit manipulated_variable_reference maximum_output max_apdu_length_accepted max_info_frames max_master"},
	{65, "max_pres_value minimum_off_time minimum_on_time minimum_output min_pres_value model_name modification_date notify_type number_of_apdu_retries number_of_states"},
	{75, "object_identifier object_list object_name object_property_reference object_type optional out_of_service output_units event_parameters polarity present_value"},
	{86, "priority priority_array priority_for_writing process_identifier program_change program_location program_state proportional_constant proportional_constant_units"},
	{95, "protocol_conformance_class protocol_object_types_supported protocol_services_supported protocol_version read_only reason_for_halt recipient recipient_list"},
	{103, "reliability relinquish_default required resolution segmentation_supported setpoint setpoint_reference state_text status_flags system_status time_delay time_of_active_time_reset"},
	{115, "time_of_state_count_reset time_synchronization_recipients units update_interval utc_offset vendor_identifier vendor_name vt_class_supported weekly_schedule"},
	{124, "attempted_samples average_value buffer_size client_cov_increment cov_resubscription_interval current_notify_time event_time_stamp log_buffer log_device_object_property"},
	{133, "enable log_interval maximum_value minimum_value notification_threshold previous_notify_time protocol_revision records_since_notification record_count start_time"},
	{143, "stop_time stop_when_full total_record_count valid_samples window_interval window_samples maximum_value_time_stamp minimum_value_time_stamp variance_value"},
	{152, "active_cov_subscriptions backup_failure_timeout configuration_files database_revision direct_reading last_restore_time maintenance_required member_of mode"},
	{161, "operation_expected setting silenced tracking_value zone_members life_safety_alarm_values max_segments_accepted profile_name auto_slave_discovery manual_slave_address_binding"},
	{171, "slave_address_binding slave_proxy_enable last_notify_record schedule_default accepted_modes adjust_value count count_before_change count_change_time cov_period"},
	{181, "input_reference limit_monitoring_interval logging_object logging_record prescale pulse_rate scale scale_factor update_time value_before_change value_set"},
	{192, "value_change_time align_intervals group_member_names interval_offset last_restart_reason logging_type member_status_flags notification_period previous_notify_record"},
	{201, "requested_update_interval restart_notification_recipients time_of_device_restart time_synchronization_interval trigger utc_time_synchronization_recipients"},
	{207, "node_subtype node_type structured_object_list subordinate_annotations subordinate_list actual_shed_level duty_window expected_shed_level full_duty_baseline"},
	{216, "node_subtype node_type requested_shed_level shed_duration shed_level_descriptions shed_levels state_description"},
	{226, "door_alarm_state door_extended_pulse_time door_members door_open_too_long_time door_pulse_time door_status door_unlock_delay_time lock_status masked_alarm_values"},
	{235, "secured_status"},
	{244, "absentee_limit access_alarm_events access_doors access_event access_event_authentication_factor access_event_credential access_event_time access_transaction_events"},
	{252, "accompaniment accompaniment_time activation_time active_authentication_policy assigned_access_rights authentication_factors authentication_policy_list authentication_policy_names"},
	{260, "authentication_status authorization_mode belongs_to credential_disable credential_status credentials credentials_in_zone days_remaining entry_points exit_points"},
	{270, "expiration_time extended_time_enable failed_attempt_events failed_attempts failed_attempts_time last_access_event last_access_point last_credential_added"},
	{278, "last_credential_added_time last_credential_removed last_credential_removed_time last_use_time lockout lockout_relinquish_time master_exemption max_failed_attempts"},
	{286, "members muster_point negative_access_rules number_of_authentication_policies occupancy_count occupancy_count_adjust occupancy_count_enable occupancy_exemption"},
	{294, "occupancy_lower_limit occupancy_lower_limit_enforced occupancy_state occupancy_upper_limit occupancy_upper_limit_enforced passback_exemption passback_mode"},
	{301, "passback_timeout positive_access_rules reason_for_disable supported_formats supported_format_classes threat_authority threat_level trace_flag transaction_notification_class"},
	{310, "user_external_identifier user_information_reference"},
	{317, "user_name user_type uses_remaining zone_from zone_to access_event_tag global_identifier"},
	{326, "verification_time base_device_security_policy distribution_key_revision do_not_hide key_sets last_key_server network_access_security_policies packet_reorder_time"},
	{334, "security_pdu_timeout security_time_window supported_security_algorithms update_key_set_timeout backup_and_restore_state backup_preparation_time restore_completion_time"},
	{341, "restore_preparation_time bit_mask bit_text is_utc group_members group_member_names member_status_flags requested_update_interval covu_period covu_recipients"},
	{351, "event_message_texts event_message_texts_config event_detection_enable event_algorithm_inhibit event_algorithm_inhibit_ref time_delay_normal reliability_evaluation_inhibit"},
	{358, "fault_parameters fault_type local_forwarding_only process_identifier_filter subscribed_recipients port_filter authorization_exemptions allow_group_delay_inhibit"},
	{366, "channel_number control_groups execution_delay last_priority write_status property_list serial_number blink_warn_enable default_fade_time default_ramp_rate"},
	{376, "default_step_increment egress_time in_progress instantaneous_power lighting_command lighting_command_default_priority max_actual_value min_actual_value"},
	{384, "power transition egress_active interface_value fault_high_limit fault_low_limit low_diff_limit strike_count time_of_strike_count_reset default_timeout initial_timeout"},
	{395, "last_state_change state_change_values timer_running timer_state apdu_length bacnet_ip_address bacnet_ip_default_gateway bacnet_ip_dhcp_enable bacnet_ip_dhcp_lease_time"},
	{404, "bacnet_ip_dhcp_lease_time_remaining bacnet_ip_dhcp_server bacnet_ip_dns_server bacnet_ip_global_address bacnet_ip_mode bacnet_ip_multicast_address bacnet_ip_nat_traversal"},
	{411, "bacnet_ip_subnet_mask bacnet_ip_udp_port bbmd_accept_fd_registrations bbmd_broadcast_distribution_table bbmd_foreign_device_table changes_pending command"},
	{418, "fd_bbmd_address fd_subscription_lifetime link_speed link_speeds link_speed_autonegotiate mac_address network_interface_name network_number network_number_quality"},
	{427, "network_type routing_table virtual_mac_address_table command_time_array current_command_priority last_command_time value_source value_source_array bacnet_ipv6_mode"},
	{436, "ipv6_address ipv6_prefix_length bacnet_ipv6_udp_port ipv6_default_gateway bacnet_ipv6_multicast_address ipv6_dns_server ipv6_auto_addressing_enable ipv6_dhcp_lease_time"},
	{444, "ipv6_dhcp_lease_time_remaining ipv6_dhcp_server ipv6_zone_index assigned_landing_calls car_assigned_direction car_door_command car_door_status car_door_text"},
	{452, "car_door_zone car_drive_status car_load car_load_units car_mode car_moving_direction car_position elevator_group energy_meter energy_meter_ref escalator_mode"},
	{463, "fault_signals floor_text group_id"},
	{467, "group_mode higher_deck installation_id landing_calls landing_call_control landing_door_status lower_deck machine_room_id making_car_call next_stopping_floor"},
	{477, "operation_direction passenger_alarm power_mode registered_car_call active_cov_multiple_subscriptions protocol_level reference_port deployed_profile_location"},
	{485, "profile_location tags subordinate_node_types subordinate_tags subordinate_relationship default_subordinate_relationship represents default_present_value"},
	{493, "present_stage stages stage_names target_references audit_source_reporter audit_level audit_notification_recipient audit_priority_filter auditable_operations"},
	{502, "delete_on_forward maximum_send_delay monitored_objects send_now floor_number device_uuid additional_reference_ports certificate_signing_request_file command_validation_result"},
	{511, "issuer_certificate_files"},
})

// resultNames are those of the virtual link, J.2.1.1.
var resultNames = protocols.NameTable([]protocols.Code{
	{Number: 0x10, Name: "write_broadcast_table_failed"}, {Number: 0x20, Name: "read_broadcast_table_failed"}, {Number: 0x30, Name: "register_foreign_device_failed"},
	{Number: 0x40, Name: "read_foreign_devices_failed"}, {Number: 0x50, Name: "delete_foreign_device_failed"}, {Number: 0x60, Name: "distribute_broadcast_failed"},
})

// whyName names a StatusCode.
func whyName(n uint64) string {
	switch reason := n & 0xffff; n >> 24 {
	case uint64(Reject >> 24):
		return "reject_" + rejectNames(reason)
	case uint64(Abort >> 24):
		return "abort_" + abortNames(reason)
	case uint64(Result >> 24):
		return resultNames(reason)
	default:
		return errorNames(reason)
	}
}
