package flow

import (
	"strings"
	"testing"

	"otsensor/pkg/ot"
	"otsensor/pkg/packet"
)

// services are those named since the last time.
func (w *wire) services() (all []ot.Service) {
	for _, o := range w.obs {
		if o.Kind == ot.Spoke {
			all = append(all, o.Service)
		}
	}
	return all
}

func TestNamedByItsFirstBytes(t *testing.T) {
	for _, tc := range []struct {
		name    string
		port    uint16
		from    ot.Dir
		data    string
		service ot.Service
	}{
		{"a banner on a port of its own", 2022, server, "SSH-2.0-x\r\n", ot.SSH},
		{"a web server on an unknown port", 12345, client, "GET / HTTP/1.1\r\n", ot.HTTP},
		{"bytes that say nothing, on a known port", 1433, client, strings.Repeat("\x01", 70), ot.SQLServer},
	} {
		t.Run(tc.name, func(t *testing.T) {
			w := newWire(t)
			w.port[server] = tc.port
			w.handshake()
			w.send(tc.from, 0, tc.data)
			w.send(tc.from.Other(), 0, "\x02\x02")
			if got := w.services(); len(got) != 1 || got[0] != tc.service {
				t.Errorf("services %v, said %q", got, w.log)
			}
		})
	}
}

func TestAnotherProtocolOnThePort(t *testing.T) {
	w := newWire(t)
	w.handshake()
	w.send(client, 0, "GET / HTTP/1.1\r\n")
	w.expect("tried", "opened", "odd wrong-protocol", "spoke")
	w.send(client, 16, "Qthis is no record\n")
	w.expect()
}

// On a port that is not registered both sides must speak the protocol.
func TestProtocolOnAnotherPort(t *testing.T) {
	w := newWire(t)
	w.port[server] = 4444
	w.handshake()
	w.send(client, 0, "Qone\n")
	w.expect("tried", "opened")
	w.send(server, 0, "Aone\n")
	w.expect("spoke", "did Qone", "did Aone")
	w.end()
}

// Taken up in the middle, the protocol may be recognised some segments later.
func TestRecognisedAfterTheMiddle(t *testing.T) {
	w := newWire(t)
	w.send(client, 0, "rest of one\n")
	w.send(client, 12, "Qtwo\n")
	w.expect("tried", "opened", "spoke", "did Qtwo")
	if w.convs[0].Guessed || !w.convs[0].Midstream {
		t.Errorf("conversation %+v", w.convs[0])
	}
}

// A hole before the protocol is known: what is kept of the first bytes is dropped.
func TestHoleBeforeRecognition(t *testing.T) {
	w := newWire(t)
	w.handshake()
	w.send(client, 0, "Q")
	w.send(client, 5, "\nQtwo\n")
	w.wait(3 * second)
	w.send(client, 11, "Qthree\n")
	w.expect("tried", "opened", "lost 4", "spoke", "did Qthree")
	w.end()
}

// What the capture cut off a datagram is not guessed at.
func TestCutDatagram(t *testing.T) {
	w := newWire(t)
	w.datagram(client, "Qone\nQtwo\n", cut(3))
	w.datagram(client, "Qone\nQtwo\n")
	w.expect("tried", "spoke", "did Qone", "did Qtwo")
}

// No room for unfinished records: that is said, and later records are found.
func TestNoRoomForUnfinishedRecords(t *testing.T) {
	w := open(t)
	w.shard.kept += MaxKept // as if others held it
	w.shardFull = MaxKept
	w.send(client, 3, "Qunfin")
	w.send(client, 9, "ished\nQnext\n")
	w.expect("odd stream-overflow", "did Qnext")
	w.shard.kept -= MaxKept
	w.shardFull = 0
	w.end()
}

// More out of order than there is room for, under the receiver's eyes: what has
// no room is dropped, the rest waits for its turn.
func TestMoreDisorderThanRoom(t *testing.T) {
	w := open(t)
	w.send(server, 0, "")
	for i := range maxSegments + 5 {
		w.send(client, 10+3*i, "Qx\n", ack(0))
	}
	if n := w.heard("odd stream-overflow"); n != 5 || len(w.records()) != 0 {
		t.Errorf("said %q", w.log)
	}
	w.send(client, 3, "Qfirst\n", ack(0))
	if n := len(w.records()); n != maxSegments+1 {
		t.Errorf("%d records", n)
	}
}

// What is odd about a frame is told with its conversation.
func TestOddFrame(t *testing.T) {
	w := newWire(t)
	w.port[client] = 0
	w.send(client, -1, "", flags(packet.SYN))
	w.expect("tried", "odd port-zero")
	if w.convs[len(w.convs)-1].Server.Port != 7000 {
		t.Errorf("conversation %+v", w.convs)
	}
}

// ICMPv6 tells what is unreachable with the whole packet behind it.
func TestUnreachableIPv6(t *testing.T) {
	a, b := [16]byte{0xfd, 15: 2}, [16]byte{0xfd, 15: 1}
	v6 := func(src, dst [16]byte, next byte, payload []byte) []byte {
		h := append([]byte{0x60, 0, 0, 0, 0, byte(len(payload)), next, 64}, src[:]...)
		return append(append(h, dst[:]...), payload...)
	}
	w := newWire(t)
	sent := v6(a, b, 17, []byte(w.udpText("Qone\n")))
	w.ethernet(client, 0x86dd, sent[:len(sent):len(sent)], &frame{mac: 2})
	w.ethernet(server, 0x86dd, v6(b, a, 58, append([]byte{1, 4, 0, 0, 0, 0, 0, 0}, sent...)), &frame{mac: 1})
	w.expect("tried", "spoke", "did Qone", "tried", "rejected")
}
