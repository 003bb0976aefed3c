package dlr

import (
	"testing"
	"time"

	"otsensor/pkg/ot"
	pt "otsensor/pkg/protocols/protocoltest"
)

// head is sub-type 2, version 1, the type, port 0, 10.77.10.2, sequence; what is behind it is padded to a frame.
func frame(kind, sequence, body string) []byte {
	b := pt.Hex("02 01 " + kind + "00 0a4d0a02" + sequence + body)
	return append(b, make([]byte, max(42-len(b), 0))...)
}

const normal = "01 7f 00000190 000007a8" // ring normal, precedence 127, every 400 µs, timeout 1960 µs

var seeds = []pt.Session{{
	Name: "a ring breaks and heals", Datagram: true, PDUs: true,
	Steps: []pt.Step{
		pt.Client(frame("01", "00000001", normal)...),
		pt.Client(frame("06", "00000001", "01")...),
		pt.Client(frame("01", "00000004", "02 7f 00000190 000007a8")...), // fault
		pt.Client(frame("05", "00000005", "")...),
		pt.Client(frame("02", "00000006", "")...),
		pt.Client(frame("03", "00000006", "01")...),
		pt.Client(frame("04", "00000007", "81")...),
		pt.Client(frame("07", "00000008", "0002 ec74ba100002 0a4d0a02 ec74ba100003 0a4d0a03")...),
		pt.Client(frame("08", "00000009", "02 64 000007d0 00001388 01")...),
		pt.Client(frame("09", "0000000a", "01")...),
		pt.Client(frame("0a", "0000000b", "")...),
		pt.Client(frame("01", "0000000c", normal)...),
	},
}, {
	Name: "no address", Datagram: true, Steps: []pt.Step{pt.Client(pt.Hex("02 01 01 00 00000000 00000001" + normal)...)},
}, {
	Name: "more nodes than there are", Datagram: true, Steps: []pt.Step{pt.Client(frame("07", "00000001", "ffff ec74ba100002 0a4d0a02")...)},
}, {
	Name: "another version", Datagram: true, Foreign: true, Steps: []pt.Step{pt.Client(pt.Hex("02 02 01 00 00000000 00000001" + normal)...)},
}}

func TestConform(t *testing.T) { pt.Conform(t, Protocol(), seeds) }
func FuzzDecode(f *testing.F)  { pt.Fuzz(f, Protocol(), seeds) }

func TestFrames(t *testing.T) {
	want := []string{
		`{"dlr.frame":1,"dlr.frame_name":"beacon","dlr.sender":"10.77.10.2","dlr.port":0,"dlr.ring_state":1,"dlr.ring_state_name":"normal","dlr.precedence":127,"dlr.interval":400,"dlr.timeout":1960,"dlr.frames":1}`,
		`{"dlr.frame":6,"dlr.frame_name":"announce","dlr.sender":"10.77.10.2","dlr.port":0,"dlr.ring_state":1,"dlr.ring_state_name":"normal","dlr.frames":1}`,
		`{"dlr.frame":1,"dlr.frame_name":"beacon","dlr.sender":"10.77.10.2","dlr.port":0,"dlr.ring_state":2,"dlr.ring_state_name":"fault","dlr.precedence":127,"dlr.interval":400,"dlr.timeout":1960,"dlr.frames":1}`,
		`{"dlr.frame":5,"dlr.frame_name":"locate_fault","dlr.sender":"10.77.10.2","dlr.port":0,"dlr.frames":1}`,
		`{"dlr.frame":2,"dlr.frame_name":"neighbor_check_request","dlr.sender":"10.77.10.2","dlr.port":0,"dlr.frames":1}`,
		`{"dlr.frame":3,"dlr.frame_name":"neighbor_check_response","dlr.sender":"10.77.10.2","dlr.port":0,"dlr.checked_port":1,"dlr.frames":1}`,
		`{"dlr.frame":4,"dlr.frame_name":"link_status","dlr.sender":"10.77.10.2","dlr.port":0,"dlr.link":129,"dlr.frames":1}`,
		`{"dlr.frame":7,"dlr.frame_name":"sign_on","dlr.sender":"10.77.10.2","dlr.port":0,"dlr.nodes":2,"dlr.last_node":"ec:74:ba:10:00:03 10.77.10.3","dlr.frames":1}`,
		`{"dlr.frame":8,"dlr.frame_name":"advertise","dlr.sender":"10.77.10.2","dlr.port":0,"dlr.precedence":100,"dlr.interval":2000,"dlr.timeout":5000,"dlr.gateway_state":2,"dlr.gateway_state_name":"active_normal","dlr.frames":1}`,
	}
	did := pt.Dids(pt.Play(t, Protocol(), seeds[0]))
	for i, w := range want {
		if i >= len(did) {
			t.Fatalf("%d transactions", len(did))
		}
		if got := pt.JSON(Protocol(), &did[i]); got != w {
			t.Errorf("%s\nwant %s", got, w)
		}
	}
}

// A thousand beacons that say the same are one transaction in ten seconds.
func TestBeaconsAreNotEachTold(t *testing.T) {
	s := pt.Session{Datagram: true}
	for i := range 1000 {
		st := pt.Client(frame("01", "0000000"+string("0123456789"[i%10]), normal)...)
		st.After = 15 * time.Millisecond
		s.Steps = append(s.Steps, st)
	}
	did := pt.Dids(pt.Play(t, Protocol(), s))
	if len(did) != 2 || did[1].Arg[argSeen] < 600 || did[1].Status != ot.OneWay {
		t.Errorf("%d transactions: %+v", len(did), did)
	}
}
