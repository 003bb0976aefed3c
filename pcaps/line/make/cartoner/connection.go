package main

import (
	"net"
	"time"
)

// connection is one opened by Forward Open; stop is nil for explicit ones.
type connection struct {
	toTarget, toOriginator uint32
	serial, vendor         uint16
	originator             uint32
	client                 net.Conn
	stop                   chan struct{}
}

// forwardOpen reads volume 1, table 3-5.17: ticks, connection ids, triad,
// timeout multiplier, packet intervals and parameters, class and trigger, path.
func (m *machine) forwardOpen(b []byte, c net.Conn, peer net.IP) []byte {
	if len(b) < 36 {
		return answerOf(0x54, statusPathSegment, nil)
	}
	m.nextID++
	n := &connection{
		toTarget: m.nextID, toOriginator: le.Uint32(b[6:]), serial: le.Uint16(b[10:]),
		vendor: le.Uint16(b[12:]), originator: le.Uint32(b[14:]), client: c,
	}
	m.connections[n.toTarget] = n
	interval := le.Uint32(b[28:])
	if b[34]&0x0F == 1 { // transport class 1: cyclic input/output
		n.stop = make(chan struct{})
		go m.produce(n, peer, time.Duration(interval)*time.Microsecond)
	}
	answer := le.AppendUint32(nil, n.toTarget)
	answer = le.AppendUint32(answer, n.toOriginator)
	answer = n.triad(answer)
	answer = append(answer, b[22:26]...) // actual packet interval to the target
	answer = append(answer, b[28:32]...) // and to the originator
	return answerOf(0x54, statusOK, append(answer, 0, 0))
}

func (n *connection) triad(b []byte) []byte {
	b = le.AppendUint16(b, n.serial)
	b = le.AppendUint16(b, n.vendor)
	return le.AppendUint32(b, n.originator)
}

func (m *machine) forwardClose(b []byte) []byte {
	if len(b) < 10 {
		return answerOf(0x4E, statusPathSegment, nil)
	}
	for id, n := range m.connections {
		if string(n.triad(nil)) == string(b[2:10]) {
			m.drop(id)
			return answerOf(0x4E, statusOK, append(n.triad(nil), 0, 0))
		}
	}
	return append(answerOf(0x4E, 0x01, nil)[:3], 1, 0x07, 0x01) // extended 0x0107: connection not found
}

func (m *machine) drop(id uint32) {
	if stop := m.connections[id].stop; stop != nil {
		close(stop)
	}
	delete(m.connections, id)
}

func (m *machine) dropOf(c net.Conn) {
	for id, n := range m.connections {
		if n.client == c {
			m.drop(id)
		}
	}
}

// produce sends the input assembly at the agreed interval: sequenced address
// item, then a sequence count and the data.
func (m *machine) produce(n *connection, to net.IP, every time.Duration) {
	tick := time.NewTicker(every)
	defer tick.Stop()
	for seq := uint32(1); ; seq++ {
		select {
		case <-n.stop:
			return
		case <-m.off:
			return
		case <-tick.C:
		}
		m.mu.Lock()
		data := append(le.AppendUint16(nil, uint16(seq)), m.inputs()...)
		m.mu.Unlock()
		address := le.AppendUint32(le.AppendUint32(nil, n.toOriginator), seq)
		m.io.WriteToUDP(item(item([]byte{2, 0}, itemSequenced, address), itemConnectedData, data), &net.UDPAddr{IP: to, Port: 2222})
	}
}

// takeOutputs keeps the last outputs of a connection that is open: sequence
// count, run/idle header, data.
func (m *machine) takeOutputs() {
	b := make([]byte, 1500)
	for {
		size, _, err := m.io.ReadFromUDP(b)
		if err != nil {
			return
		}
		in := items(b[:size])
		address, data := in[itemSequenced], in[itemConnectedData]
		if len(address) < 8 || len(data) < 6 {
			continue
		}
		m.mu.Lock()
		if m.connections[le.Uint32(address)] != nil {
			m.outputs = append(m.outputs[:0], data[6:]...)
		}
		m.mu.Unlock()
	}
}
