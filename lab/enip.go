package main

// enip is an EtherNet/IP client with a registered session and the device it asks.
type enip struct {
	*conn
	session uint32
	context byte
	logix   *logix
}

// logix is what the cartoner's controller holds.
type logix struct {
	tags     map[string]int32
	status   func()
	identity string // vendor, type, product, revision, status, serial, name
}

func (l *lab) enip(client, server *host, d *logix) *enip {
	return &enip{conn: newConn(client, server, 44818), logix: d}
}

// encapsulated is the header of 24 bytes and the data (volume 2, 2-3).
func encapsulated(command uint16, session, status uint32, context byte, data []byte) []byte {
	b := le.AppendUint16(nil, command)
	b = le.AppendUint16(b, uint16(len(data)))
	b = le.AppendUint32(b, session)
	b = le.AppendUint32(b, status)
	b = append(b, context, 0, 0, 0, 0, 0, 0, 0)
	return append(le.AppendUint32(b, 0), data...)
}

func (e *enip) ready(s *script) bool {
	if e.open {
		return true
	}
	if !e.dial(s) {
		return false
	}
	e.session, e.context = s.rng.Uint32()|1, 0
	version := octets("0100 0000")
	return e.exchange(s, encapsulated(0x65, 0, 0, 0, version), encapsulated(0x65, e.session, 0, 0, version))
}

// unconnected is SendRRData's data: interface 0, timeout, null address, unconnected message.
func unconnected(timeout uint16, message []byte) []byte {
	b := le.AppendUint16(octets("00000000"), timeout)
	b = append(b, octets("0200 0000 0000 b200")...)
	return append(le.AppendUint16(b, uint16(len(message))), message...)
}

// cip is a request through Unconnected Send (volume 1, 3-5.5.4) to slot 0 and its answer.
func (e *enip) cip(s *script, service byte, path, data []byte, status byte, answer []byte) bool {
	if !e.ready(s) {
		return false
	}
	inner := cipRequest(service, path, data)
	b := append(octets("52 02 2006 2401 04 7d"), byte(len(inner)), byte(len(inner)>>8))
	b = append(b, inner...)
	if len(inner)%2 == 1 {
		b = append(b, 0)
	}
	return e.carry(s, append(b, octets("01 00 0100")...), service, status, answer)
}

// plain is a request to the device itself, without Unconnected Send.
func (e *enip) plain(s *script, service byte, path, data []byte, status byte, answer []byte) bool {
	return e.ready(s) && e.carry(s, cipRequest(service, path, data), service, status, answer)
}

func (e *enip) carry(s *script, request []byte, service, status byte, answer []byte) bool {
	e.context++
	return e.exchange(s, encapsulated(0x6F, e.session, 0, e.context, unconnected(10, request)),
		encapsulated(0x6F, e.session, 0, e.context, unconnected(0, append([]byte{service | 0x80, 0, status, 0}, answer...))))
}

func cipRequest(service byte, path, data []byte) []byte {
	return append(append([]byte{service, byte(len(path) / 2)}, path...), data...)
}

// symbol is the path of a tag.
func symbol(name string) []byte {
	b := append([]byte{0x91, byte(len(name))}, name...)
	if len(b)%2 == 1 {
		b = append(b, 0)
	}
	return b
}

// dint is a tag's type and value as Read Tag answers it.
func dint(v int32) []byte { return le.AppendUint32([]byte{0xC4, 0}, uint32(v)) }

// read reads tags by one Multiple Service Packet.
func (e *enip) read(s *script, tags ...string) bool {
	e.logix.status()
	var requests, answers [][]byte
	for _, t := range tags {
		requests = append(requests, cipRequest(0x4C, symbol(t), []byte{1, 0}))
		answers = append(answers, append([]byte{0xCC, 0, 0, 0}, dint(e.logix.tags[t])...))
	}
	return e.cip(s, 0x0A, octets("2002 2401"), packed(requests), 0, packed(answers))
}

// packed is the body of a Multiple Service Packet: count, offsets, messages (volume 1, appendix A).
func packed(messages [][]byte) []byte {
	b := le.AppendUint16(nil, uint16(len(messages)))
	at := 2 + 2*len(messages)
	for _, m := range messages {
		b = le.AppendUint16(b, uint16(at))
		at += len(m)
	}
	for _, m := range messages {
		b = append(b, m...)
	}
	return b
}

// write writes one tag.
func (e *enip) write(s *script, tag string, v int32) bool {
	d := dint(v)
	ok := e.cip(s, 0x4D, symbol(tag), append([]byte{d[0], d[1], 1, 0}, d[2:]...), 0, nil)
	if ok {
		e.logix.tags[tag] = v
	}
	e.settle(s)
	return ok
}

// who reads all attributes of the identity object.
func (e *enip) who(s *script) bool {
	return e.cip(s, 0x01, octets("2001 2401"), nil, 0, octets(e.logix.identity))
}
