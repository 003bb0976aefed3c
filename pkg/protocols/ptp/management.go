package ptp

import (
	"bytes"

	"otsensor/pkg/ot"
	"otsensor/pkg/protocols"
)

// actions of management, table 38.
var actions = []protocols.Code{{Number: 0, Name: "get"}, {Number: 1, Name: "set"}, {Number: 2, Name: "response"}, {Number: 3, Name: "command"}, {Number: 4, Name: "acknowledge"}}

const (
	actionSet      = 1
	actionResponse = 2
	actionCommand  = 3
)

// tlvError is the type of what says that management failed; else it is what was asked.
const tlvError = 2

const clockDescription = 0x0001

// things are the numbers of what can be managed, table 40; from 0xc000 on those of linuxptp.
var things = []protocols.Code{
	{Number: 0x0000, Name: "null"}, {Number: clockDescription, Name: "clock_description"}, {Number: 0x0002, Name: "user_description"},
	{Number: 0x0003, Name: "save_in_non_volatile_storage"}, {Number: 0x0004, Name: "reset_non_volatile_storage"}, {Number: 0x0005, Name: "initialize"},
	{Number: 0x0006, Name: "fault_log"}, {Number: 0x0007, Name: "fault_log_reset"},
	{Number: 0x2000, Name: "default_data_set"}, {Number: 0x2001, Name: "current_data_set"}, {Number: 0x2002, Name: "parent_data_set"},
	{Number: 0x2003, Name: "time_properties_data_set"}, {Number: 0x2004, Name: "port_data_set"}, {Number: 0x2005, Name: "priority_1"},
	{Number: 0x2006, Name: "priority_2"}, {Number: 0x2007, Name: "domain"}, {Number: 0x2008, Name: "slave_only"},
	{Number: 0x2009, Name: "log_announce_interval"}, {Number: 0x200a, Name: "announce_receipt_timeout"}, {Number: 0x200b, Name: "log_sync_interval"},
	{Number: 0x200c, Name: "version_number"}, {Number: 0x200d, Name: "enable_port"}, {Number: 0x200e, Name: "disable_port"}, {Number: 0x200f, Name: "time"},
	{Number: 0x2010, Name: "clock_accuracy"}, {Number: 0x2011, Name: "utc_properties"}, {Number: 0x2012, Name: "traceability_properties"},
	{Number: 0x2013, Name: "timescale_properties"}, {Number: 0x2014, Name: "unicast_negotiation_enable"}, {Number: 0x2015, Name: "path_trace_list"},
	{Number: 0x2016, Name: "path_trace_enable"}, {Number: 0x2017, Name: "grandmaster_cluster_table"}, {Number: 0x2018, Name: "unicast_master_table"},
	{Number: 0x2019, Name: "unicast_master_max_table_size"}, {Number: 0x201a, Name: "acceptable_master_table"},
	{Number: 0x201b, Name: "acceptable_master_table_enabled"}, {Number: 0x201c, Name: "acceptable_master_max_table_size"},
	{Number: 0x201d, Name: "alternate_master"}, {Number: 0x201e, Name: "alternate_time_offset_enable"}, {Number: 0x201f, Name: "alternate_time_offset_name"},
	{Number: 0x2020, Name: "alternate_time_offset_max_key"}, {Number: 0x2021, Name: "alternate_time_offset_properties"},
	{Number: 0x4000, Name: "transparent_clock_default_data_set"}, {Number: 0x4001, Name: "transparent_clock_port_data_set"}, {Number: 0x4002, Name: "primary_domain"},
	{Number: 0x6000, Name: "delay_mechanism"}, {Number: 0x6001, Name: "log_min_peer_delay_interval"},
	{Number: 0xc000, Name: "time_status"}, {Number: 0xc001, Name: "grandmaster_settings"}, {Number: 0xc002, Name: "port_data_set_more"},
	{Number: 0xc003, Name: "subscribe_events"}, {Number: 0xc004, Name: "port_properties"}, {Number: 0xc005, Name: "port_statistics"},
}

// failures of management, table 72.
var failures = []protocols.Code{
	{Number: 1, Name: "response_too_big"}, {Number: 2, Name: "no_such_id"}, {Number: 3, Name: "wrong_length"}, {Number: 4, Name: "wrong_value"},
	{Number: 5, Name: "not_settable"}, {Number: 6, Name: "not_supported"}, {Number: 0xfffe, Name: "general_error"},
}

// managed reads a management message, §15.4: setting something changes the clock that is told.
func (d *decoder) managed(dir ot.Dir, c *protocols.Cursor, t *ot.Transaction, out *protocols.Emit) {
	c.Skip(10)                    // target
	began, left := c.U8(), c.U8() // boundary hops
	relayed := began != left
	action := c.U8() & 0x0f
	c.Skip(1)
	kind := c.U16()
	data := c.Bytes(int(c.U16()))
	in := protocols.Read(data)
	if kind == tlvError {
		t.Status, t.StatusCode = ot.Refused, uint32(in.U16())
	}
	thing := in.U16()
	if in.Short() {
		c.Skip(c.Left() + 1)
		return
	}
	t.Op = ot.OpConfigRead
	if action == actionSet || action == actionCommand {
		t.Op = ot.OpConfigWrite
	}
	t.Arg[argAction] = uint32(action) | present
	t.Object = ot.Object{Area: uint32(thing), Len: 1}
	if kind != tlvError && thing == clockDescription && action == actionResponse {
		d.described(dir, relayed, &in, t, out)
	}
}

// clockTypes are the bits of the type of a clock, table 42, from the highest.
var clockTypes = [...]string{"ordinary clock", "boundary clock", "peer-to-peer transparent clock", "end-to-end transparent clock", "management node"}

// described reads who a clock is, §15.5.3.1.2. A message that came through a
// boundary clock tells of one behind it.
func (d *decoder) described(dir ot.Dir, relayed bool, c *protocols.Cursor, t *ot.Transaction, out *protocols.Emit) {
	kind := c.U16()
	brief(c)              // physical layer
	c.Bytes(int(c.U16())) // physical address
	c.Skip(2)             // network protocol
	c.Bytes(int(c.U16())) // its address
	c.Skip(4)             // OUI of the maker, reserved
	product, revisions, user := brief(c), brief(c), brief(c)
	sum := protocols.Digest(product) ^ protocols.Digest(revisions)<<1 ^ protocols.Digest(user)<<2 ^ protocols.Digest(t.Name)
	if c.Short() || sum == d.said {
		return
	}
	d.said = sum
	id := ot.Identity{Of: out.Conv.Client.Host(), Source: "PTP clock description"}
	if dir == ot.ToClient {
		id.Of = out.Conv.Server.Host()
	}
	if relayed {
		id.Behind = "clock " + string(t.Name)
	}
	for i, name := range clockTypes {
		if kind&(0x8000>>i) != 0 {
			id.Facts[ot.FactType] = "PTP " + name
			break
		}
	}
	split(&id, product, ot.FactVendor, ot.FactProduct, ot.FactSerial)
	split(&id, revisions, ot.FactHardware, ot.FactFirmware)
	split(&id, user, ot.FactName, ot.FactLocation)
	out.Identified(id)
}

// brief reads a text of up to 255 bytes, §5.3.8.
func brief(c *protocols.Cursor) []byte { return c.Bytes(int(c.U8())) }

// split takes the facts out of a text that has semicolons between them.
func split(id *ot.Identity, text []byte, facts ...ot.Fact) {
	for _, f := range facts {
		one, rest, _ := bytes.Cut(text, []byte(";"))
		id.Facts[f], text = ot.CleanString(one, ot.NameCap), rest
	}
}
