package flow

import (
	"testing"

	"otsensor/pkg/packet"
)

func TestConversationFromSynToFin(t *testing.T) {
	w := newWire(t)
	w.handshake()
	w.send(client, 0, "Qone\n")
	w.send(server, 0, "Aone\n")
	w.send(client, 5, "", plus(packet.FIN))
	w.send(server, 5, "", plus(packet.FIN))
	w.send(client, 6, "", ack(6))
	w.expect("tried", "opened", "spoke", "did Qone", "did Aone")
	w.wait(endedLinger + 2*second)
	w.expect("moved", "closed")
	w.end()
	w.expect()
}

func TestSynWithData(t *testing.T) {
	w := newWire(t)
	w.send(client, -1, "Qfast\n", flags(packet.SYN))
	w.send(server, -1, "", flags(packet.SYN|packet.ACK), ack(6))
	w.expect("tried", "spoke", "did Qfast", "opened")

	w.send(client, 6, "Qnext\n")
	w.expect("did Qnext")
}

// A server that does not take the data of a SYN gets it again.
func TestSynWithDataRefused(t *testing.T) {
	w := newWire(t)
	w.send(client, -1, "Qfast\n", flags(packet.SYN))
	w.send(server, -1, "", flags(packet.SYN|packet.ACK), ack(0))
	w.send(client, 0, "Qfast\nQnext\n")
	w.expect("tried", "spoke", "did Qfast", "opened", "did Qnext")
}

func TestDataBeforeTheHandshakeIsDone(t *testing.T) {
	w := newWire(t)
	w.send(client, -1, "", flags(packet.SYN))
	w.send(client, 0, "Qearly\n")
	w.send(server, -1, "", flags(packet.SYN|packet.ACK))
	w.send(server, 0, "Alate\n")
	w.expect("tried", "opened", "spoke", "did Qearly", "did Alate")
}

func TestSynAckBeforeSyn(t *testing.T) {
	w := newWire(t)
	w.send(server, -1, "", flags(packet.SYN|packet.ACK), ack(0))
	w.send(client, -1, "", flags(packet.SYN))
	w.send(client, 0, "Qone\n")
	w.expect("tried", "opened", "spoke", "did Qone")
	if w.convs[0].Midstream || w.convs[0].Server.Port != 7000 {
		t.Errorf("conversation %+v", w.convs[0])
	}
}

// A second SYN with another number before data: the one that the server
// acknowledges counts, or, where that is not seen, the one that data follows.
func TestSecondSyn(t *testing.T) {
	const other = 77_000
	for _, tc := range []struct {
		name       string
		seesServer bool
		acked      uint32 // number of the SYN that counts
	}{
		{"the first counts, server seen", true, 1000},
		{"the second counts, server seen", true, other},
		{"the first counts, server not seen", false, 1000},
		{"the second counts, server not seen", false, other},
	} {
		t.Run(tc.name, func(t *testing.T) {
			w := newWire(t)
			w.send(client, -1, "", flags(packet.SYN))
			w.send(client, -1, "", flags(packet.SYN), numbered(other))
			w.expect("tried", "odd syn-again")
			w.isn[client] = tc.acked
			if tc.seesServer {
				w.send(server, -1, "", flags(packet.SYN|packet.ACK), ack(0))
			}
			w.send(client, 0, "Qone\nQt")
			w.send(client, 7, "wo\n")
			w.expect("opened", "spoke", "did Qone", "did Qtwo")
		})
	}
}

// A SYN repeated before, after, or by a mirror that shows frames twice, says nothing new.
func TestSynRepeated(t *testing.T) {
	w := newWire(t)
	w.send(client, -1, "", flags(packet.SYN))
	w.send(client, -1, "", flags(packet.SYN))
	w.send(server, -1, "", flags(packet.SYN|packet.ACK))
	w.send(client, 0, "Qone\n")
	w.send(client, -1, "", flags(packet.SYN))
	w.send(client, 5, "Qtwo\n")
	w.expect("tried", "opened", "spoke", "did Qone", "did Qtwo")
}

// A SYN inside a living conversation that the server does not take leaves the
// conversation whole: a client could else hide a record by cutting it in two.
func TestSynInTheMiddleOfARecord(t *testing.T) {
	w := open(t)
	w.send(client, 3, "Qstop-")
	w.send(client, -1, "", flags(packet.SYN), numbered(500_000))
	w.send(server, 0, "") // still acknowledges the old numbers
	w.send(client, 9, "now\n")
	w.expect("odd syn-again", "did Qstop-now")
}

// The same ports used again without a close that was seen, as by a controller
// with a fixed port after a restart.
func TestSamePortsAgain(t *testing.T) {
	for _, seesServer := range []bool{true, false} {
		w := open(t)
		w.send(client, 3, "Qhalf a rec")
		w.isn[client], w.isn[server], w.got = 500_000, 600_000, [2]int{}
		w.send(client, -1, "", flags(packet.SYN))
		if seesServer {
			w.send(server, -1, "", flags(packet.SYN|packet.ACK))
			w.expect("odd syn-again", "closed", "tried", "opened")
			w.send(client, 0, "Qnew\n")
			w.expect("spoke", "did Qnew")
		} else {
			w.send(client, 0, "Qnew\n")
			w.expect("odd syn-again", "closed", "tried", "opened", "spoke", "did Qnew")
		}
		if last := w.convs[len(w.convs)-1]; last.Midstream || last.Guessed || last.Client.Port != 50000 {
			t.Errorf("the new conversation is %+v", last)
		}
		w.end()
	}
}

func TestSamePortsAfterTheEnd(t *testing.T) {
	w := open(t)
	w.send(client, 3, "", plus(packet.RST))
	w.isn[client], w.got = 123, [2]int{}
	w.handshake()
	w.send(client, 0, "Qagain\n")
	w.expect("closed", "tried", "opened", "spoke", "did Qagain")
}

func TestRefusedPort(t *testing.T) {
	w := newWire(t)
	w.send(client, -1, "", flags(packet.SYN))
	w.send(server, -1, "", flags(packet.RST|packet.ACK), numbered(0), ack(0))
	w.expect("tried", "rejected")
	w.wait(2 * mirrorDelay)
	w.send(client, -1, "", flags(packet.SYN)) // the same SYN again is another attempt
	w.send(server, -1, "", flags(packet.RST|packet.ACK), numbered(0), ack(0))
	w.expect("closed", "tried", "rejected")
}

// The client does not believe a RST that does not acknowledge its SYN.
func TestForgedRefusal(t *testing.T) {
	w := newWire(t)
	w.send(client, -1, "", flags(packet.SYN))
	w.send(server, -1, "", flags(packet.RST|packet.ACK), numbered(0), ack(5000))
	w.send(server, -1, "", flags(packet.RST), numbered(0))
	w.send(server, -1, "", flags(packet.SYN|packet.ACK))
	w.send(client, 0, "Qone\n")
	w.expect("tried", "odd out-of-window", "odd out-of-window", "opened", "spoke", "did Qone")
}

// Where only the server is seen, a RST with number 0 is an answer to a SYN;
// any other is the end of something.
func TestResetOfTheUnseen(t *testing.T) {
	w := newWire(t)
	w.send(server, 0, "", flags(packet.RST|packet.ACK), numbered(0), ack(0))
	w.expect("tried", "rejected")
	w = newWire(t)
	w.send(server, 700, "", flags(packet.RST))
	w.expect("tried")
}

func TestResetOutsideTheWindow(t *testing.T) {
	for _, tc := range []struct {
		name string
		opts []option
	}{
		{"far ahead", []option{flags(packet.RST), numbered(1<<30 + 2*window)}},
		{"number 0", []option{flags(packet.RST), numbered(1 << 31)}},
		{"number 0 with an acknowledgement of something else", []option{flags(packet.RST | packet.ACK), numbered(0), ack(2 * window)}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			w := newWire(t)
			w.isn[server] = 1 << 30
			w.handshake()
			w.send(server, 0, "", tc.opts...)
			w.send(client, 0, "Qafter\n")
			w.expect("tried", "opened", "odd out-of-window", "spoke", "did Qafter")
		})
	}
}

func TestDataAfterReset(t *testing.T) {
	w := open(t)
	w.send(server, 0, "", flags(packet.RST))
	w.send(client, 3, "Qone\n")
	w.send(client, 8, "Qtwo\n")
	w.expect("odd data-after-close", "did Qone", "did Qtwo")
}

func TestDataAfterFin(t *testing.T) {
	for _, from := range []int{3, 4} { // in place of the FIN, or behind it
		w := open(t)
		w.send(client, 3, "", plus(packet.FIN))
		w.send(server, 0, "", plus(packet.FIN), ack(4))
		w.send(client, from, "Qone\n")
		w.send(client, from+5, "Qtwo\n")
		w.expect("odd data-after-close", "did Qone", "did Qtwo")
	}
}

// Data that the mirror shows behind the FIN, or that one side still sends after
// the other's FIN, belongs.
func TestDataBeforeFinShownLater(t *testing.T) {
	w := open(t)
	w.send(client, 8, "", plus(packet.FIN))
	w.send(server, 5, "", plus(packet.FIN), ack(3))
	w.send(client, 3, "Qone\n")
	w.send(server, 0, "Aone\n", ack(9))
	w.expect("did Qone", "did Aone")
}

func TestRepeatedFinIsNoData(t *testing.T) {
	w := open(t)
	for range 3 {
		w.send(client, 3, "", plus(packet.FIN))
		w.send(server, 0, "", plus(packet.FIN), ack(4))
	}
	w.send(client, 3, "\x00") // keep-alive of a closed side
	w.expect()
}

// A scan without SYN opens nothing; no answer, no conversation.
func TestStealthScan(t *testing.T) {
	for _, fl := range []byte{0, packet.FIN, packet.FIN | packet.PSH | packet.URG} {
		w := newWire(t)
		w.send(client, 0, "", flags(fl))
		w.expect("tried")
		w.wait(triedIdle + 2*second)
		w.expect("closed")
	}
}

func TestUnansweredSyn(t *testing.T) {
	w := newWire(t)
	w.send(client, -1, "", flags(packet.SYN))
	w.wait(triedIdle + 2*second)
	w.expect("tried", "closed")
}
