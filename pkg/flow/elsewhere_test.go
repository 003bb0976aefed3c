package flow

import (
	"slices"
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

// caller is a decoder that agrees on another conversation with its first record.
type caller struct {
	toyDecoder
	count *counted
}

func (d *caller) Feed(dir ot.Dir, b []byte, out *protocols.Emit) int {
	if d.count.bytes == 0 {
		called := out.Conv.Server
		called.Port = 40000
		out.Expect(out.Conv.Client, called, ot.Modbus, d.count)
	}
	return d.toyDecoder.Feed(dir, b, out)
}

// counted is the other conversation's.
type counted struct{ bytes int }

func (x *counted) Feed(_ ot.Dir, b []byte, _ *protocols.Emit) int { x.bytes += len(b); return len(b) }
func (x *counted) Lost(ot.Dir, *protocols.Emit)                   {}
func (x *counted) Tick(int64, *protocols.Emit)                    {}

// A conversation that another one agreed on goes to the decoder that waits for
// it: once, not for ever, and only between the same hosts.
func TestConversationThatWasAgreedOn(t *testing.T) {
	for _, c := range []struct {
		port  uint16
		after int64
		host  byte
		want  int
	}{{40000, second, 1, 7}, {40001, second, 1, 0}, {40000, 100 * second, 1, 0}, {40000, second, 3, 0}} {
		w, count := newWire(t), &counted{}
		row := toy()
		row.New = func(*ot.Conv) protocols.Decoder { return &caller{count: count} }
		w.shard = NewShard(NewRows([]protocols.Protocol{row}))
		w.handshake()
		w.send(client, 0, "QREAD\n")
		w.wait(c.after)
		w.port, w.isn, w.got, w.ip[server][3] = [2]uint16{50001, c.port}, [2]uint32{77, 99}, [2]int{}, c.host
		w.handshake()
		w.send(server, 0, "\x00\x01data\n")
		if count.bytes != c.want {
			t.Errorf("%+v: %d bytes", c, count.bytes)
		}
		if said := slices.Contains(w.services(), ot.FTPData); said != (c.want > 0) {
			t.Errorf("%+v: %v", c, w.services())
		}
		w.port[client], w.got = 50002, [2]int{}
		w.handshake()
		w.send(server, 0, "\x00\x01more\n")
		if c.want > 0 && count.bytes != c.want {
			t.Errorf("%+v: taken twice", c)
		}
		w.end()
	}
}
