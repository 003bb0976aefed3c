package enip

import "otsensor/pkg/protocols"

// Probe tells by the first bytes of a direction whether they are EtherNet/IP,
// and who sent them: only answers carry a given handle, a list, a status, or
// the reply bit.
func Probe(head []byte) protocols.Answer {
	csp, more := isCSP(head)
	switch {
	case isIO(head):
		return protocols.Either
	case csp:
		return cspSender(head)
	case more:
		return protocols.More
	case len(head) < 2:
		return protocols.More
	case len(head) < headerSize:
		return probeShort(head)
	}
	h := readHeader(head)
	if !h.certain() && !h.bland() {
		return protocols.No
	}
	return h.sender(head[headerSize:])
}

// bland reports a command of little content that may open a conversation all
// the same: NOP, unless all is zero, and the legacy commands.
func (h *header) bland() bool {
	const most = 512 // bytes of data of a legacy command
	switch {
	case !h.statusKnown() || h.options != 0:
		return false
	case h.command == nop:
		return h.session != 0 || h.length != 0
	}
	return h.command < sendRRData && !h.listed() && h.length <= most
}

func probeShort(head []byte) protocols.Answer {
	command := u16(head)
	if command < sendRRData || listedCommands.find(uint32(command)) != nil {
		return protocols.More
	}
	return protocols.No
}

func (h *header) sender(body []byte) protocols.Answer {
	if h.status != 0 {
		return protocols.FromServer
	}
	switch h.command {
	case registerSession:
		return side(h.session != 0)
	case unregisterSession:
		return protocols.FromClient
	case listServices, listIdentity, listInterfaces:
		return side(h.length > 0)
	case sendRRData, sendUnitData:
		return messageSender(body)
	}
	return protocols.Either
}

// messageSender looks for the reply bit of the message's service.
func messageSender(body []byte) protocols.Answer {
	if len(body) < cipPrefix {
		return protocols.Either
	}
	at := cipPrefix + 2
	for range maxItems {
		if len(body) < at+4 {
			break
		}
		kind, size := u16(body[at:]), int(u16(body[at+2:]))
		at += 4
		if kind == itemConnData {
			at += 2
		}
		if (kind == itemConnData || kind == itemUnconnData) && len(body) > at {
			return side(body[at]&0x80 != 0)
		}
		at += size
	}
	return protocols.Either
}

func side(server bool) protocols.Answer {
	if server {
		return protocols.FromServer
	}
	return protocols.FromClient
}
