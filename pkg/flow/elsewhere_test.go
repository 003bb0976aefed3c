package flow

import (
	"testing"

	"otsensor/pkg/ot"
	"otsensor/pkg/protocols"
)

// A server that answers from another port of its own stays in the conversation
// that asked it, whichever of the two has the lower address; the first such port counts.
func TestServerAnswersFromAnotherPort(t *testing.T) {
	for _, moves := range []bool{true, false} {
		for _, lower := range []byte{1, 3} {
			w := newWire(t)
			row := toy()
			row.Moves = moves
			w.shard = NewShard(NewRows([]protocols.Protocol{row}))
			w.ip[server][3] = lower
			from := func(port uint16, d ot.Dir, text string) {
				w.port[server] = port
				w.datagram(d, text)
			}
			from(7000, client, "QREAD\n")
			from(40000, client, "QEARLY\n") // nobody knows this port yet
			from(41000, server, "AONE\n")
			from(41000, client, "QTWO\n")
			from(42000, server, "AOTHER\n") // another one
			from(7000, client, "QANEW\n")
			from(43000, server, "ATHREE\n")
			from(41000, server, "AOLD\n")
			want := []string{"QREAD", "AONE", "QTWO", "QANEW", "ATHREE"}
			if !moves {
				want = []string{"QREAD", "QANEW"}
			}
			if got := w.records(); len(got) != len(want) {
				t.Errorf("moves %v, server .%d: %q; want %q", moves, lower, got, want)
			}
			for i, c := range w.convs {
				if w.obs[i].Kind == ot.Did && (c.Server.Port != 7000 || c.Client.Port != 50000) {
					t.Errorf("%q in %+v", w.obs[i].Did.Name, c)
				}
			}
			w.end()
		}
	}
}
