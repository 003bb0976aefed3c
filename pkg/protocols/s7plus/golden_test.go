package s7plus

import (
	"testing"

	"otsensor/pkg/ot"
	"otsensor/pkg/protocols"
)

// golden is every function that is known, with its verb; OpUnknown where the object decides.
var golden = map[ot.Op][]uint32{
	ot.OpUnknown:     {0x04CA, 0x04D4, 0x056B},
	ot.OpError:       {0x04B1, 0x05A9},
	ot.OpIdentify:    {0x04BB, 0x0524, 0x0590},
	ot.OpWriteData:   {0x04F2, 0x0542, 0x057C},
	ot.OpReadData:    {0x04FC, 0x054C, 0x0586},
	ot.OpConfigWrite: {0x0506, 0x051A},
	ot.OpSession:     {0x0556, 0x0560, 0x059A, 0x05B3, 0x150000, 0x160001, 0x16000B, 0x170000, 0xFE0000, 0xFF0000},
	ot.OpSubscribe:   {0x330000},
}

func TestEveryFunctionHasNameAndVerb(t *testing.T) {
	known := 0
	for op, numbers := range golden {
		for _, n := range numbers {
			known++
			if got, ok := listed(n); !ok || got != op || codeNames(uint64(n)) == "" {
				t.Errorf("%#x is %q, %v; want %v", n, codeNames(uint64(n)), got, op)
			}
		}
	}
	if known != len(codes) {
		t.Errorf("%d functions in the golden table, %d codes", known, len(codes))
	}
}

// goldenMeanings is what setting an attribute or making an object means, and
// what reading it does, for every number an incident may hang on.
var goldenMeanings = []struct {
	number uint32
	name   string
	set    ot.Op
	get    ot.Op
	secret bool
}{
	{287, "server_session", ot.OpSession, ot.OpSession, false},
	{296, "session_user", ot.OpSession, ot.OpSession, false},
	{297, "session_application", ot.OpSession, ot.OpSession, false},
	{298, "session_host", ot.OpSession, ot.OpSession, false},
	{299, "session_role", ot.OpSession, ot.OpSession, false},
	{300, "session_client_rid", ot.OpSession, ot.OpSession, false},
	{303, "session_challenge", ot.OpAuth, ot.OpAuth, true},
	{304, "session_response", ot.OpAuth, ot.OpAuth, true},
	{306, "session_version", ot.OpSession, ot.OpSession, false},
	{309, "session_password", ot.OpAuth, ot.OpAuth, true},
	{310, "session_legitimated", ot.OpAuth, ot.OpAuth, false},
	{1830, "session_key", ot.OpSession, ot.OpSession, true},
	{1842, "effective_protection_level", ot.OpAuth, ot.OpIdentify, false},
	{1843, "active_protection_level", ot.OpAuth, ot.OpIdentify, false},
	{1844, "expected_legitimation_level", ot.OpAuth, ot.OpIdentify, false},
	{1846, "legitimate", ot.OpAuth, ot.OpAuth, true},
	{40400, "legitimation_payload", ot.OpAuth, ot.OpAuth, true},
	{40401, "legitimation_type", ot.OpAuth, ot.OpAuth, false},
	{40402, "legitimation_user", ot.OpAuth, ot.OpAuth, false},
	{40403, "legitimation_password", ot.OpAuth, ot.OpAuth, true},

	{387, "root_memory_reset", ot.OpReset, ot.OpUnknown, false},
	{2167, "operating_state_request", ot.OpModeChange, ot.OpDiagnostic, false},
	{3748, "as_state_request", ot.OpModeChange, ot.OpDiagnostic, false},
	{4186, "compress_request", ot.OpConfigWrite, ot.OpUnknown, false},
	{2415, "local_time", ot.OpTimeSet, ot.OpDiagnostic, false},
	{2421, "system_time", ot.OpTimeSet, ot.OpDiagnostic, false},

	{3, "plc_program", ot.OpProgramEdit, ot.OpIdentify, false},
	{56, "plc_program_change", ot.OpProgramEdit, ot.OpIdentify, false},
	{2520, "class_plc_program", ot.OpProgramDownload, ot.OpProgramUpload, false},
	{2574, "class_db", ot.OpProgramDownload, ot.OpProgramUpload, false},
	{2578, "class_fb", ot.OpProgramDownload, ot.OpProgramUpload, false},
	{2579, "class_fc", ot.OpProgramDownload, ot.OpProgramUpload, false},
	{2610, "class_ob", ot.OpProgramDownload, ot.OpProgramUpload, false},
	{2521, "block_number", ot.OpProgramEdit, ot.OpIdentify, false},
	{3635, "es_consistent", ot.OpProgramDownload, ot.OpIdentify, false},
	{3746, "offline_change", ot.OpProgramEdit, ot.OpIdentify, false},
	{4699, "force_description", ot.OpForce, ot.OpDiagnostic, false},
	{7590, "failsafe_signature_actual", ot.OpSafety, ot.OpSafety, false},
	{7729, "failsafe_signature_backup", ot.OpSafety, ot.OpSafety, false},
	{7730, "failsafe_last_modified", ot.OpSafety, ot.OpSafety, false},
	{8029, "backup_base", ot.OpConfigWrite, ot.OpConfigRead, false},
	{8030, "backup", ot.OpProgramUpload, ot.OpProgramUpload, false},
	{8031, "restore", ot.OpProgramDownload, ot.OpProgramDownload, false},
	{8034, "backup_content", ot.OpProgramUpload, ot.OpProgramUpload, false},
	{8036, "backup_parameters", ot.OpProgramUpload, ot.OpProgramUpload, false},

	{1001, "subscription", ot.OpSubscribe, ot.OpSubscribe, false},
	{1040, "subscription_route_mode", ot.OpSubscribe, ot.OpSubscribe, false},
	{1049, "subscription_cycle_time", ot.OpSubscribe, ot.OpSubscribe, false},
	{1053, "subscription_credit_limit", ot.OpSubscribe, ot.OpSubscribe, false},
	{2670, "cpu_alarm_id", ot.OpAlarm, ot.OpAlarm, false},
	{2681, "alarm_object", ot.OpAlarm, ot.OpAlarm, false},
	{7854, "multiple_stai", ot.OpAlarm, ot.OpAlarm, false},
	{7859, "multiple_stais", ot.OpUnknown, ot.OpAlarm, false},
}

func TestEveryNumberOfTheObjectTreeHasAMeaning(t *testing.T) {
	for _, want := range goldenMeanings {
		m := meanings[want.number]
		if m == nil {
			t.Errorf("%d has no meaning; want %s", want.number, want.name)
			continue
		}
		if m.name != want.name || m.set != want.set || m.get != want.get || m.secret != want.secret {
			t.Errorf("%d is %+v; want %+v", want.number, *m, want)
		}
	}
}

func TestNumbersAreListedOnce(t *testing.T) {
	listed := len(nativeObjects) + len(classes) + len(attributes)
	names := map[string]uint32{}
	for _, m := range meanings {
		names[m.name] = m.number
	}
	if len(meanings) != listed || len(names) != listed {
		t.Errorf("%d numbers listed, %d are different, with %d names", listed, len(meanings), len(names))
	}
}

// TestErrors: every error that speaks of security, and the levels of legitimation.
func TestErrors(t *testing.T) {
	for n, want := range map[uint64]string{
		100: "service_access_denied", 106: "service_invalid_session", 113: "service_too_many_sessions",
		351: "integrity_error", 352: "security_disconnect", 353: "ssl_handshake",
		505: "tls_start_failed", 506: "tls_stop_failed", 507: "tls_not_supported",
	} {
		tr := ot.Transaction{StatusCode: uint32(n)}
		tr.Arg[argResult] = answered | refused
		if _, surfaced := security(&tr); errorNames(n) != want || !surfaced {
			t.Errorf("-%d is %q, of security: %v; want %q", n, errorNames(n), surfaced, want)
		}
	}
	for n, want := range map[uint64]string{17: "session_pre_legitimated", 22: "session_delegitimated",
		25: "legitimated_for_level_2", 26: "legitimated_for_level_3", 33: "legitimated_for_level_1", 38: "legitimation_level_disabled"} {
		if noticeNames(n) != want {
			t.Errorf("%d is %q, want %q", n, noticeNames(n), want)
		}
	}
	if len(errorCodes) < 160 || len(genericCodes) < 15 {
		t.Errorf("%d errors and %d coarse ones named", len(errorCodes), len(genericCodes))
	}
	for _, table := range [][]protocols.Code{errorCodes, noticeCodes, genericCodes} {
		seen := map[uint32]bool{}
		for _, c := range table {
			if seen[c.Number] {
				t.Errorf("%d is listed twice", c.Number)
			}
			seen[c.Number] = true
		}
	}
}

func TestEveryTypeAndKindIsNamed(t *testing.T) {
	for n := range uint64(0x1a) {
		if n != 0x18 && typeNames(n) == "" {
			t.Errorf("type %#x has no name", n)
		}
	}
	for _, n := range []uint64{0x02, 0x8A, 0x90, 0x91, 0x92, 0x93, 0x94, 0x95, 0x96} {
		if kindNames(n) == "" {
			t.Errorf("kind %#x has no name", n)
		}
	}
	for _, n := range []uint64{0x50, 0x51, 0x52, 0x53, 0x54, 0x8A0E} {
		if areaNames(n) == "" {
			t.Errorf("area %#x has no name", n)
		}
	}
	for n, want := range map[uint64]string{1: "full_access", 2: "read_access", 3: "hmi_access", 4: "no_access"} {
		if levelNames(n) != want {
			t.Errorf("level %d is %q", n, levelNames(n))
		}
	}
	if languageNames(1) != "stl" || languageNames(501) != "prodiag_ob" || roleNames(1) != "engineering" || roleNames(2) != "hmi" {
		t.Error("languages or roles are misnamed")
	}
}

// TestVariableLength: numbers of one to nine bytes, and their signs.
func TestVariableLength(t *testing.T) {
	for _, test := range []struct {
		b        []byte
		unsigned uint64
		signed   int64
	}{
		{[]byte{0x00}, 0, 0},
		{[]byte{0x3f}, 63, 63},
		{[]byte{0x7f}, 127, -1},
		{[]byte{0x40}, 64, -64},
		{[]byte{0x81, 0x00}, 128, 128},
		{[]byte{0xc0, 0x00}, 8192, -8192},
		{[]byte{0x8f, 0xff, 0xff, 0xff, 0x7f}, 1<<32 - 1, 1<<32 - 1},
		{[]byte{0xff, 0xff, 0xff, 0xff, 0x7f}, 1<<35 - 1, -1},
		{[]byte{0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff}, 1<<64 - 1, -1},
		{[]byte{0x80, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xfe}, 1<<57 - 2, 1<<57 - 2},
	} {
		c := protocols.Read(test.b)
		if got := vlq(&c); got != test.unsigned || c.Short() || c.Left() > 0 {
			t.Errorf("% x is %d, %d bytes left; want %d", test.b, got, c.Left(), test.unsigned)
		}
		c = protocols.Read(test.b)
		if got := vlqSigned(&c); got != test.signed {
			t.Errorf("% x is %d with sign; want %d", test.b, got, test.signed)
		}
	}
}
