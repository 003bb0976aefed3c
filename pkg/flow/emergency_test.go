package flow

import (
	"testing"

	"otsensor/pkg/ot"
	"otsensor/pkg/packet"
)

// A table that is nearly full begins an emergency, which is told once; idle
// conversations go sooner until there is room, and then as before.
func TestEmergency(t *testing.T) {
	w := newWire(t)
	told := func() (n int) {
		for _, o := range w.obs {
			if o.Kind == ot.Odd && o.Odd == ot.Emergency {
				n++
			}
		}
		return n
	}
	try := func(n int) {
		for i := range n {
			w.ip[client] = [4]byte{172, 16, byte(i >> 8), byte(i)}
			w.send(client, -1, "", flags(packet.SYN))
		}
	}
	try(emergencyAt - 1)
	w.wait(second)
	if told() != 0 || w.shard.Counts().Emergency != 0 {
		t.Errorf("an emergency at %d conversations", w.shard.Counts().Convs)
	}
	try(emergencyAt)
	w.wait(second)
	w.wait(second)
	if told() != 1 || w.shard.Counts().Emergency != 1 {
		t.Errorf("%d told at %d conversations", told(), w.shard.Counts().Convs)
	}
	w.wait(emergencyTried)
	if n := w.shard.Counts(); n.Convs != 0 {
		t.Errorf("%d conversations nobody answered are kept", n.Convs)
	}
	w.wait(second)
	if n := w.shard.Counts(); n.Emergency != 0 || n.Evicted != 0 {
		t.Errorf("%d emergencies when there is room, %d evicted", n.Emergency, n.Evicted)
	}
	w.send(client, -1, "", flags(packet.SYN))
	w.wait(emergencyTried + 2*second)
	if n := w.shard.Counts().Convs; n != 1 {
		t.Errorf("%d conversations when there is time again", n)
	}
	w.end()
}
