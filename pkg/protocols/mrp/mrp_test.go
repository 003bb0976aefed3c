package mrp

import (
	"testing"
	"time"

	pt "otsensor/pkg/protocols/protocoltest"
)

// tail is the common block: sequence, the default domain; then the end.
func tail(sequence string) string {
	return "01 12 " + sequence + "ffffffffffffffffffffffffffffffff 00 00"
}

// tested is a test: priority A000, the manager, secondary port, the ring's state, one transition, time.
func tested(state, sequence string) []byte {
	return pt.Hex("0001 02 12 a000 ec74ba100002 0001 " + state + "0001 00001234" + tail(sequence))
}

var seeds = []pt.Session{{
	Name: "a ring breaks", Datagram: true, PDUs: true,
	Steps: []pt.Step{
		pt.Client(tested("0001", "0001")...),
		pt.Client(tested("0000", "0002")...), // open
		pt.Client(pt.Hex("0001 04 0c ec74ba100003 0000 000a 0001" + tail("0003"))...),
		pt.Client(pt.Hex("0001 05 0c ec74ba100003 0001 0014 0001" + tail("0004"))...),
		pt.Client(pt.Hex("0001 03 0a a000 ec74ba100002 0014" + tail("0005"))...),
		pt.Client(pt.Hex("0001 06 06 ec74ba100004" + tail("0006"))...),
		pt.Client(pt.Hex("0001 7f 04 080006 00 01 12 0007 00112233445566778899aabbccddeeff 00 00")...),
	},
}, {
	Name: "another version", Datagram: true, Foreign: true, Steps: []pt.Step{pt.Client(pt.Hex("0002 02 12 a000")...)},
}, {
	Name: "shorter than its block", Datagram: true, Steps: []pt.Step{pt.Client(pt.Hex("0001 02 12 a000 ec74ba")...)},
}}

func TestConform(t *testing.T) { pt.Conform(t, Protocol(), seeds) }
func FuzzDecode(f *testing.F)  { pt.Fuzz(f, Protocol(), seeds) }

func TestFrames(t *testing.T) {
	want := []string{
		`{"mrp.frame":2,"mrp.frame_name":"test","mrp.manager":"ec:74:ba:10:00:02","mrp.priority":40960,"mrp.ring_state":1,"mrp.ring_state_name":"closed","mrp.port_role":1,"mrp.port_role_name":"secondary","mrp.transitions":1,"mrp.frames":1}`,
		`{"mrp.frame":2,"mrp.frame_name":"test","mrp.manager":"ec:74:ba:10:00:02","mrp.priority":40960,"mrp.ring_state":0,"mrp.ring_state_name":"open","mrp.port_role":1,"mrp.port_role_name":"secondary","mrp.transitions":1,"mrp.frames":1}`,
		`{"mrp.frame":4,"mrp.frame_name":"link_down","mrp.client":"ec:74:ba:10:00:03","mrp.port_role":0,"mrp.port_role_name":"primary","mrp.interval":10,"mrp.blocked":1,"mrp.frames":1}`,
		`{"mrp.frame":5,"mrp.frame_name":"link_up","mrp.client":"ec:74:ba:10:00:03","mrp.port_role":1,"mrp.port_role_name":"secondary","mrp.interval":20,"mrp.blocked":1,"mrp.frames":1}`,
		`{"mrp.frame":3,"mrp.frame_name":"topology_change","mrp.manager":"ec:74:ba:10:00:02","mrp.priority":40960,"mrp.interval":20,"mrp.frames":1}`,
		`{"mrp.frame":6,"mrp.frame_name":"interconnection_test","mrp.client":"ec:74:ba:10:00:04","mrp.frames":1}`,
		`{"mrp.frame":127,"mrp.frame_name":"option","mrp.vendor":524294,"mrp.domain":`,
	}
	did := pt.Dids(pt.Play(t, Protocol(), seeds[0]))
	if len(did) != len(want) {
		t.Fatalf("%d transactions", len(did))
	}
	for i, w := range want {
		if got := pt.JSON(Protocol(), &did[i]); got != w && (i != 6 || got[:len(w)] != w) {
			t.Errorf("%s\nwant %s", got, w)
		}
	}
}

// A minute of tests that say the same is a handful of transactions.
func TestTestsAreNotEachTold(t *testing.T) {
	s := pt.Session{Datagram: true}
	for i := range 3000 {
		st := pt.Client(tested("0001", [2]string{"0001", "0002"}[i%2])...)
		st.After = 20 * time.Millisecond
		s.Steps = append(s.Steps, st)
	}
	if did := pt.Dids(pt.Play(t, Protocol(), s)); len(did) < 6 || len(did) > 7 {
		t.Errorf("%d transactions", len(did))
	}
}
