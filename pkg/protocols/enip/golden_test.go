package enip

import (
	"testing"

	"otsensor/pkg/protocols"
)

// TestCoverage: every number the encapsulation lists has a name.
func TestCoverage(t *testing.T) {
	for _, c := range []struct {
		what    string
		numbers []uint64
		name    func(uint64) string
		want    []string
	}{
		{"command", []uint64{0x00, 0x04, 0x63, 0x64, 0x65, 0x66, 0x6F, 0x70, 0x72, 0x73, 0xC8, 0x01, 0x03, 0x05, 0x62, 0x67, 0x6E, 0x600, 0x6FF, 0x71, 0x700}, commandName,
			[]string{"nop", "list_services", "list_identity", "list_interfaces", "register_session", "unregister_session", "send_rr_data", "send_unit_data",
				"indicate_status", "cancel", "start_dtls", "legacy", "legacy", "legacy", "legacy", "legacy", "legacy", "vendor", "vendor", "", ""}},
		{"status", []uint64{0x00, 0x01, 0x02, 0x03, 0x64, 0x65, 0x69, 0x6A, 0x04}, protocols.NameTable(statuses),
			[]string{"success", "invalid_command", "no_memory", "incorrect_data", "invalid_session", "invalid_length", "unsupported_revision", "service_not_allowed", ""}},
		{"item", []uint64{0x00, 0x0C, 0x86, 0x87, 0x88, 0x91, 0xA1, 0xB1, 0xB2, 0x100, 0x8000, 0x8001, 0x8002, 0x8003, 0x0D}, protocols.NameTable(itemTypes),
			[]string{"null_address", "identity", "cip_security", "capability", "usage", "legacy", "connected_address", "connected_data", "unconnected_data",
				"services", "socket_o2t", "socket_t2o", "sequenced_address", "unconnected_over_udp", ""}},
		{"CIP security state", []uint64{0, 1, 2, 3}, protocols.NameTable(cipSecurityStates),
			[]string{"factory_default", "configuration_in_progress", "configured", "incomplete"}},
		{"EtherNet/IP security state", []uint64{0, 1, 2, 3, 4, 5}, protocols.NameTable(eipSecurityStates),
			[]string{"factory_default", "configuration_in_progress", "configured", "pull_in_progress", "pull_completed", "pull_disabled"}},
	} {
		for i, n := range c.numbers {
			if got := c.name(n); got != c.want[i] {
				t.Errorf("%s %#x is %q; want %q", c.what, n, got, c.want[i])
			}
		}
	}
}

// TestProbe: who sends, by the first bytes alone.
func TestProbe(t *testing.T) {
	header := func(command byte, length, session, status byte) []byte {
		b := make([]byte, headerSize)
		b[0], b[2], b[4], b[8] = command, length, session, status
		return b
	}
	for _, c := range []struct {
		name string
		head []byte
		want protocols.Answer
	}{
		{"nothing yet", nil, protocols.More},
		{"one byte", []byte{0x6f}, protocols.More},
		{"a command", []byte{0x6f, 0x00, 0x18}, protocols.More},
		{"no command", []byte{0x16, 0x03, 0x01}, protocols.No},
		{"register, asking", header(registerSession, 4, 0, 0), protocols.FromClient},
		{"register, granted", header(registerSession, 4, 1, 0), protocols.FromServer},
		{"register, refused", header(registerSession, 0, 0, 1), protocols.FromServer},
		{"register of another length", header(registerSession, 5, 0, 0), protocols.No},
		{"unregister", header(unregisterSession, 0, 1, 0), protocols.FromClient},
		{"list identity, asking", header(listIdentity, 0, 0, 0), protocols.FromClient},
		{"list identity, answer", header(listIdentity, 60, 0, 0), protocols.FromServer},
		{"message without its body yet", header(sendRRData, 40, 1, 0), protocols.Either},
		{"message refused", header(sendRRData, 0, 1, 0x64), protocols.FromServer},
		{"a session's no-operation", header(nop, 0, 1, 0), protocols.Either},
		{"zeros", make([]byte, headerSize), protocols.No},
		{"legacy command", header(1, 0, 0, 0), protocols.Either},
		{"status that does not exist", header(sendRRData, 40, 1, 0x77), protocols.No},
		{"cyclic I/O", []byte{2, 0, 0x02, 0x80, 8, 0, 1, 2, 3, 4}, protocols.Either},
	} {
		if got := Probe(c.head); got != c.want {
			t.Errorf("%s: %d; want %d", c.name, got, c.want)
		}
	}
}

// TestListed: the lowest byte of a number tells all codes of a list apart.
func TestListed(t *testing.T) {
	for _, c := range commands {
		if found := listedCommands.find(c.Number); found == nil || *found != c {
			t.Errorf("command %#x is %v", c.Number, found)
		}
	}
	for _, c := range statuses {
		if found := listedStatuses.find(c.Number); found == nil || *found != c {
			t.Errorf("status %#x is %v", c.Number, found)
		}
	}
	if c := listedCommands.find(0x1_006F); c != nil {
		t.Errorf("a number beyond the list is %v", c)
	}
}
