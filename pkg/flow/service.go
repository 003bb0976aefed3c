package flow

import (
	"bytes"

	"otsensor/pkg/ot"
)

// serviceMarks are the first bytes of a direction that give a service away.
var serviceMarks = []struct {
	at      int
	mark    string
	service ot.Service
}{
	{0, "SSH-", ot.SSH},    // RFC 4253 §4.2
	{0, "RFB 00", ot.VNC},  // RFC 6143 §7.1.1
	{4, "\xffSMB", ot.SMB}, // behind the NetBIOS session header
	{4, "\xfeSMB", ot.SMB},
	{0, "HTTP/1.", ot.HTTP},
	{0, "GET ", ot.HTTP},
	{0, "POST ", ot.HTTP},
	{0, "HEAD ", ot.HTTP},
	{0, "PUT ", ot.HTTP},
	{0, "OPTIONS ", ot.HTTP},
	{0, "DELETE ", ot.HTTP},
	{0, "PRI * HTTP/2", ot.HTTP},
	{0, "\x16\x03", ot.TLS},    // handshake record
	{0, "\xff\xfd", ot.Telnet}, // IAC DO
	{0, "\xff\xfb", ot.Telnet}, // IAC WILL
	{0, "\x05\x64", ot.DNP3},   // IEEE 1815 link header
	{0, "HELF", ot.OPCUA},
	{0, "ACKF", ot.OPCUA},
	{0, "OPNF", ot.OPCUA},
	{0, "MSGF", ot.OPCUA},
	{0, "\x68\x04\x07\x00\x00\x00", ot.IEC104}, // STARTDT act
	{0, "\x68\x04\x43\x00\x00\x00", ot.IEC104}, // TESTFR act
	{0, "\x68\x04\x0b\x00\x00\x00", ot.IEC104}, // STARTDT con
	{0, "\x10\x0c\x00\x04MQTT", ot.MQTT},
}

// serviceOfBytes recognises a service by the first bytes of a direction.
func serviceOfBytes(head []byte) ot.Service {
	for _, m := range serviceMarks {
		if len(head) >= m.at+len(m.mark) && string(head[m.at:m.at+len(m.mark)]) == m.mark {
			return m.service
		}
	}
	if rdp(head) {
		return ot.RDP
	}
	return ot.NoService
}

// rdp is a TPKT with a connection request that carries an RDP cookie or
// negotiation request ([MS-RDPBCGR] §2.2.1.1).
func rdp(b []byte) bool {
	if len(b) < 11 || b[0] != 3 || b[1] != 0 || b[5] != 0xe0 {
		return false
	}
	return bytes.Contains(b[11:], []byte("Cookie: mstshash=")) || len(b) == 19 && b[11] == 1 && b[13] == 8
}

// ports of services that have no decoder here. They name a conversation only
// where its bytes do not.
var tcpPorts = map[uint16]ot.Service{
	20: ot.FTP, 21: ot.FTP, 22: ot.SSH, 23: ot.Telnet, 25: ot.SMTP, 53: ot.DNS, 80: ot.HTTP, 88: ot.Kerberos, 135: ot.RPC,
	139: ot.NetBIOS, 389: ot.LDAP, 443: ot.TLS, 445: ot.SMB, 514: ot.Syslog, 636: ot.LDAP, 802: ot.TLS, 1433: ot.SQLServer,
	1883: ot.MQTT, 2404: ot.IEC104, 3389: ot.RDP, 4840: ot.OPCUA, 4843: ot.OPCUA, 5900: ot.VNC, 5901: ot.VNC, 5938: ot.TeamViewer,
	5985: ot.WinRM, 5986: ot.WinRM, 8080: ot.HTTP, 8443: ot.TLS, 8883: ot.MQTT, 9600: ot.FINS, 18245: ot.SRTP, 20000: ot.DNP3,
	48898: ot.ADS, 5006: ot.SLMP, 5007: ot.SLMP, 2221: ot.TLS,
}

var udpPorts = map[uint16]ot.Service{
	53: ot.DNS, 67: ot.DHCP, 69: ot.TFTP, 123: ot.NTP, 137: ot.NetBIOS, 138: ot.NetBIOS, 161: ot.SNMP, 162: ot.SNMP, 514: ot.Syslog, 547: ot.DHCP, 1900: ot.SSDP, 5353: ot.MDNS, 5355: ot.LLMNR, 9600: ot.FINS,
	20000: ot.DNP3, 47808: ot.BACnet, 48899: ot.ADS, 5006: ot.SLMP, 5007: ot.SLMP,
}

var etherTypes = map[uint16]ot.Service{
	0x88b8: ot.GOOSE,
}

// serviceOfPort names a service by its registered port, ethertype or IP protocol.
func serviceOfPort(t ot.Transport, port uint16) ot.Service {
	switch t {
	case ot.TCP:
		return tcpPorts[port]
	case ot.UDP:
		return udpPorts[port]
	case ot.Link:
		return etherTypes[port]
	case ot.OtherIP:
		if port == 2 {
			return ot.IGMP
		}
	}
	return ot.NoService
}
