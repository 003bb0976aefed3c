package main

import (
	"io"
	"net"
	"time"
)

// Encapsulation commands (volume 2, table 2-3.2).
const (
	listServices   = 0x04
	listIdentity   = 0x63
	listInterfaces = 0x64
	register       = 0x65
	unregister     = 0x66
	sendRRData     = 0x6F
	sendUnitData   = 0x70
)

const headerLen = 24

// Items of the common packet format (volume 2, table 2-6.3).
const (
	itemNull          = 0x0000
	itemIdentity      = 0x000C
	itemConnected     = 0x00A1
	itemConnectedData = 0x00B1
	itemData          = 0x00B2
	itemServices      = 0x0100
	itemSequenced     = 0x8002
)

// frame is one encapsulated message.
type frame struct {
	command uint16
	session uint32
	status  uint32
	context [8]byte
	body    []byte
}

func readFrame(r io.Reader) (f frame, err error) {
	var h [headerLen]byte
	if _, err = io.ReadFull(r, h[:]); err != nil {
		return f, err
	}
	f.body = make([]byte, le.Uint16(h[2:]))
	if _, err = io.ReadFull(r, f.body); err != nil {
		return f, err
	}
	return headerOf(h[:], f.body), nil
}

func headerOf(h, body []byte) frame {
	return frame{command: le.Uint16(h), session: le.Uint32(h[4:]), status: le.Uint32(h[8:]), context: [8]byte(h[12:20]), body: body}
}

func (f frame) bytes() []byte {
	b := le.AppendUint16(nil, f.command)
	b = le.AppendUint16(b, uint16(len(f.body)))
	b = le.AppendUint32(b, f.session)
	b = le.AppendUint32(b, f.status)
	b = append(b, f.context[:]...)
	b = le.AppendUint32(b, 0) // options
	return append(b, f.body...)
}

// item appends one item of the common packet format.
func item(b []byte, kind uint16, data []byte) []byte {
	b = le.AppendUint16(b, kind)
	b = le.AppendUint16(b, uint16(len(data)))
	return append(b, data...)
}

// items splits a common packet; what does not fit ends the list.
func items(b []byte) map[uint16][]byte {
	out := map[uint16][]byte{}
	if len(b) < 2 {
		return out
	}
	n := int(le.Uint16(b))
	for b = b[2:]; n > 0 && len(b) >= 4; n-- {
		size := int(le.Uint16(b[2:]))
		if len(b) < 4+size {
			break
		}
		out[le.Uint16(b)] = b[4 : 4+size]
		b = b[4+size:]
	}
	return out
}

func (m *machine) acceptAll() {
	for {
		c, err := m.tcp.Accept()
		if err != nil {
			return
		}
		m.mu.Lock()
		m.clients[c] = true
		m.mu.Unlock()
		go m.serve(c)
	}
}

// serve answers one client until it goes; its connections end with it.
func (m *machine) serve(c net.Conn) {
	peer := c.RemoteAddr().(*net.TCPAddr).IP
	defer func() {
		c.Close()
		m.mu.Lock()
		delete(m.clients, c)
		m.dropOf(c)
		m.mu.Unlock()
	}()
	for {
		f, err := readFrame(c)
		if err != nil || f.command == unregister {
			return
		}
		m.mu.Lock()
		answer := m.answer(f, c, peer)
		m.mu.Unlock()
		if _, err := c.Write(answer.bytes()); err != nil {
			return
		}
	}
}

// answerDatagrams answers what is asked over UDP: identity, mostly by broadcast.
func (m *machine) answerDatagrams() {
	b := make([]byte, 1500)
	for {
		n, from, err := m.udp.ReadFromUDP(b)
		if err != nil {
			return
		}
		if n < headerLen {
			continue
		}
		f := headerOf(b[:headerLen], b[headerLen:n])
		if f.command != listIdentity && f.command != listServices {
			continue
		}
		m.mu.Lock()
		answer := m.answer(f, nil, from.IP)
		m.mu.Unlock()
		time.Sleep(3 * time.Millisecond) // volume 2, 2-4.2.3: a short delay before answering a broadcast
		m.udp.WriteToUDP(answer.bytes(), from)
	}
}

func (m *machine) answer(f frame, c net.Conn, peer net.IP) frame {
	switch f.command {
	case listIdentity:
		f.body = append([]byte{1, 0}, item(nil, itemIdentity, m.identityItem())...)
	case listServices:
		// version 1, explicit over TCP and class 0/1 over UDP, name of 16 bytes
		f.body = append([]byte{1, 0}, item(nil, itemServices, append([]byte{1, 0, 0x20, 0x01}, "Communications\x00\x00"...))...)
	case listInterfaces:
		f.body = []byte{0, 0}
	case register:
		m.sessions++
		f.session = m.sessions
	case sendRRData, sendUnitData:
		f.body = m.explicit(f.body, c, peer)
	default:
		f.status, f.body = 1, nil // unsupported command
	}
	return f
}

// explicit passes a message to the router and wraps its answer as it came:
// interface handle and timeout, then address and data items.
func (m *machine) explicit(body []byte, c net.Conn, peer net.IP) []byte {
	if len(body) < 6 {
		return body
	}
	in := items(body[6:])
	head := []byte{0, 0, 0, 0, 0, 0, 2, 0}
	if data, ok := in[itemData]; ok {
		head = item(head, itemNull, nil)
		return item(head, itemData, m.route(data, c, peer))
	}
	data, address := in[itemConnectedData], in[itemConnected]
	if len(data) < 2 || len(address) < 4 || m.connections[le.Uint32(address)] == nil {
		return head[:6]
	}
	head = item(head, itemConnected, le.AppendUint32(nil, m.connections[le.Uint32(address)].toOriginator))
	answer := append(append([]byte{}, data[:2]...), m.route(data[2:], c, peer)...) // sequence count first
	return item(head, itemConnectedData, answer)
}
