package s7comm

// What a CPU offers to its partners (list 31), and what of it is in use (list
// 32), each by the record's index.

var offers = map[uint64]*layout{
	1: {"PDU", []cell{wordAt(2, "bytes "), wordAt(4, "connections "), longAt(6, "MPI bit/s "), longAt(10, "bus bit/s ")}},
	3: {"operator interface:", []cell{
		bitsAt(2, "read", "write", "cyclic_read_at_once", "cyclic_read_on_start", "start", "stop", "delete"),
		bitsAt(3, "", "", "", "", "peripheral", "inputs", "outputs", "flags"),
		bitsAt(4, "data_blocks", "records", "", "", "", "", "", "counters"),
		bitsAt(5, "timers", "iec_counters", "iec_timers", "fast_counters"),
		wordAt(6, "consistent bytes "), wordAt(8, "cyclic jobs "),
		wordAt(10, "shortest period, 100 ms: "), wordAt(12, "longest: ")}},
	4: {"object management:", []cell{
		bitsAt(2, "", "directory_1", "directory_2", "directory_3", "copy", "link_listed", "link_copied", "delete_listed"),
		bitsAt(3, "upload", "parameters_when_linking", "load_for_blocks", "", "", "", "", "delete_all"),
		bitsAt(4, "load_ram", "load_eprom", "save_ram", "save_eprom", "save_all", "compress", "firmware_update", "ram_mode"),
		bitsAt(5, "eprom_mode", "", "", "", "", "", "parameters_of_new_modules", "parameters_from_card"),
		bitsAt(6, "parameters_when_loading", "parameters_in_complete_restart", "parameters_in_restart", "compress_by_program", "card_by_switch", "firmware_by_card"),
		byteAt(10, "copied blocks "), byteAt(11, "deletable at once "), byteAt(12, "linked at once "),
		byteAt(13, "uploads at once "), byteAt(14, "bytes movable in run ")}},
	5: {"diagnostics:", []cell{
		bitsAt(2, "", "buffer", "system_messages", "user_messages", "state_messages", "evaluates_interrupts", "module_interrupts"),
		wordAt(10, "receivers "), wordAt(12, "entries "), wordAt(14, "message groups ")}},
	6: {"data exchange:", append(blockCalls(2),
		wordAt(20, "parameters of a block "), wordAt(22, "of ALARM_8P "), wordAt(24, "instances "),
		byteAt(28, "configured connections "), byteAt(29, "programmed connections "))},
	7: {"global data:", []cell{
		bitsAt(2, "cyclic", "GD_SND", "GD_RCV"), bitsAt(4, "flags", "inputs", "outputs", "timers", "counters", "data_blocks"),
		byteAt(6, "consistent bytes "), byteAt(7, "sending rate "), byteAt(8, "receiving rate "),
		byteAt(9, "watches time "), byteAt(10, "configurable in run "), byteAt(11, "interrupts "),
		bitsAt(12, "mpi", "bus"), byteAt(13, "circles "), byteAt(14, "packets sent in a circle "), byteAt(15, "in all "),
		byteAt(16, "received in a circle "), byteAt(17, "in all "), byteAt(18, "packet bytes "),
		byteAt(19, "packet header bytes "), byteAt(20, "object header bytes ")}},
	8: {"time of tests", []cell{
		spanAt(2, "block status "), spanAt(4, "watching "), spanAt(6, "modifying "), spanAt(8, "a flag "),
		spanAt(10, "an input or output "), spanAt(12, "a timer or counter "), spanAt(14, "of a DB "), spanAt(16, "of local data "),
		spanAt(18, "a register "), spanAt(20, "status list 1 "), spanAt(22, "2 "), spanAt(24, "3 "),
		spanAt(26, "accumulators "), spanAt(28, "address registers "), spanAt(30, "DB registers ")}},
	9: {"time of day:", []cell{
		bitsAt(2, "bus_neutral", "bus_slave", "bus_master"), bitsAt(3, "mpi_neutral", "mpi_slave", "mpi_master"), bitsAt(4, "mfi_neutral", "mfi_slave", "mfi_master"),
		wordAt(6, "ms a day off when backed up "), wordAt(8, "ms a day off "), wordAt(10, "run-time meters ")}},
	0x10: {"messages:", []cell{
		bitsAt(2, "group_states", "scan", "alarms", "archives"), bitsAt(4, "of_inputs", "of_outputs", "of_flags", "of_data_blocks"),
		bitsAt(6, "with_inputs", "with_outputs", "with_flags", "with_data_blocks"), bitsAt(8, "bits", "bytes", "words", "double_words", "timers", "counters", "texts"),
		wordAt(10, "archives ")}},
}

var uses = map[uint64]*layout{
	1: {"connections", []cell{
		wordAt(2, "kept for PG "), wordAt(4, "for OP "), wordAt(6, "used by PG "), wordAt(8, "by OP "),
		wordAt(10, "configured "), wordAt(12, "of them up "), wordAt(14, "free "), wordAt(16, "free ones used "), wordAt(18, "load % ")}},
	2: {"test jobs", []cell{wordAt(2, "set up ")}},
	5: {"diagnostics", []cell{wordAt(2, "extended "), wordAt(4, "sends by itself "), wordAt(6, "user messages "), wordAt(8, "state messages ")}},
	6: {"data exchange:", append(blockCalls(2), wordAt(11, "instances "), wordAt(13, "multicast "))},
	8: {"time of day", append([]cell{wordAt(2, "cycle of synchronisation "), wordAt(4, "correction ")}, append(hourMeters(),
		clockAt(22, "now "))...)},
	0xB: {"run-time meters", runMeters(0)},
	0xC: {"run-time meters", runMeters(8)},
}

// hourMeters are the eight meters of sixteen bits.
func hourMeters() (cells []cell) {
	for i := range 8 {
		cells = append(cells, wordAt(6+2*i, meterLabel(i)))
	}
	return cells
}

// communicationText: what the CPU offers to its partners.
func communicationText(dst, b []byte) []byte {
	index := word(b, 0)
	if index == 2 {
		return testsText(dst, b)
	}
	if l := offers[index]; l != nil {
		return l.text(dst, b)
	}
	return appendHex(append(dst, "index "...), uint32(index))
}

// statusText: of index 4 protection levels, position of the mode selector and of
// the switch for the kind of restart; of others what is in use.
func statusText(dst, b []byte) []byte {
	index := word(b, 0)
	if index == szlProtection {
		return protectionText(dst, b)
	}
	if l := uses[index]; l != nil {
		return l.text(dst, b)
	}
	return appendHex(append(dst, "status "...), uint32(index))
}
