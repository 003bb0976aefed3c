package main

import (
	"encoding/binary"
	"math"
	"net"
	"sync"
	"time"
)

// le writes and reads the byte order of EtherNet/IP and CIP.
var le = binary.LittleEndian

// tag is a controller tag: elementary type code (volume 1, table C-6.1) and value.
type tag struct {
	name  string
	kind  uint16
	value []byte
}

const (
	typeBOOL = 0xC1
	typeDINT = 0xC4
	typeREAL = 0xCA
)

// machine is the cartoner: its tags, its connections and its two listeners.
type machine struct {
	ip net.IP

	mu          sync.Mutex
	tags        []tag
	sessions    uint32
	connections map[uint32]*connection // by the id of originator to target
	nextID      uint32
	clients     map[net.Conn]bool
	off         chan struct{} // closed by Identity Reset
	reset       func()        // closes off, once
	outputs     []byte        // last outputs received from the scanner
	tcp         net.Listener
	udp, io     *net.UDPConn
}

func newMachine(ip net.IP) *machine {
	return &machine{ip: ip, sessions: 0x1C330100, nextID: 0x20770000, tags: []tag{
		{"CartonCount", typeDINT, le.AppendUint32(nil, 18400)},
		{"RejectCount", typeDINT, le.AppendUint32(nil, 12)},
		{"LineSpeed", typeREAL, le.AppendUint32(nil, math.Float32bits(120))},
		{"SpeedSetpoint", typeDINT, le.AppendUint32(nil, 120)},
		{"GlueTemperature", typeREAL, le.AppendUint32(nil, math.Float32bits(162.5))},
		{"Running", typeBOOL, []byte{1}},
		{"LotNumber", typeDINT, le.AppendUint32(nil, 240117)},
	}}
}

// powerCycle serves from start to the next Identity Reset.
func (m *machine) powerCycle() (err error) {
	if m.tcp, err = net.Listen("tcp4", m.ip.String()+":44818"); err != nil {
		return err
	}
	if m.udp, err = net.ListenUDP("udp4", &net.UDPAddr{Port: 44818}); err != nil {
		return err
	}
	if m.io, err = net.ListenUDP("udp4", &net.UDPAddr{IP: m.ip, Port: 2222}); err != nil {
		return err
	}
	m.connections, m.clients, m.off = map[uint32]*connection{}, map[net.Conn]bool{}, make(chan struct{})
	m.reset = sync.OnceFunc(func() { close(m.off) })
	go m.acceptAll()
	go m.answerDatagrams()
	go m.takeOutputs()
	m.run()
	return nil
}

// run moves the process until the machine is reset, then drops everything.
func (m *machine) run() {
	tick := time.NewTicker(250 * time.Millisecond)
	defer tick.Stop()
	for n := 0; ; n++ {
		select {
		case <-m.off:
			m.tcp.Close()
			m.udp.Close()
			m.io.Close()
			m.mu.Lock()
			for c := range m.clients {
				c.Close()
			}
			m.mu.Unlock()
			return
		case <-tick.C:
			m.step(n)
		}
	}
}

// step is a quarter of a second of cartoning.
func (m *machine) step(n int) {
	m.mu.Lock()
	defer m.mu.Unlock()
	speed := float64(le.Uint32(m.find("SpeedSetpoint").value)) + math.Sin(float64(n)/40)
	le.PutUint32(m.find("LineSpeed").value, math.Float32bits(float32(speed)))
	le.PutUint32(m.find("GlueTemperature").value, math.Float32bits(float32(162.5+0.8*math.Sin(float64(n)/90))))
	if n%2 == 0 {
		count := m.find("CartonCount").value
		le.PutUint32(count, le.Uint32(count)+1)
	}
	if n%700 == 699 {
		rejects := m.find("RejectCount").value
		le.PutUint32(rejects, le.Uint32(rejects)+1)
	}
}

// find gives the tag of that name, nil where there is none.
func (m *machine) find(name string) *tag {
	for i := range m.tags {
		if m.tags[i].name == name {
			return &m.tags[i]
		}
	}
	return nil
}

// inputs is the input assembly: counts, speed in tenths, state bits.
func (m *machine) inputs() []byte {
	b := le.AppendUint32(nil, le.Uint32(m.find("CartonCount").value))
	speed := math.Float32frombits(le.Uint32(m.find("LineSpeed").value))
	b = le.AppendUint16(b, uint16(speed*10))
	return append(b, m.find("Running").value[0], 0)
}
