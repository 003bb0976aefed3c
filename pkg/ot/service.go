package ot

// Service is a conversation recognised without a decoder, by its first bytes
// or else by its port. It gives the conversation a name for people and rules.
type Service uint8

// The services told apart.
const (
	NoService Service = iota
	RDP
	VNC
	SSH
	Telnet
	SMB
	HTTP
	TLS
	FTP
	TFTP
	DNS
	MDNS
	LLMNR
	NetBIOS
	DHCP
	NTP
	SNMP
	Syslog
	Kerberos
	LDAP
	RPC
	SQLServer
	TeamViewer
	WinRM
	PTP
	SSDP
	DNP3
	IEC104
	OPCUA
	BACnet
	MMS
	FINS
	SLMP
	HARTIP
	SRTP
	ADS
	ProfinetDCP
	ProfinetRT
	EtherCAT
	LLDP
	CDP
	STP
	IGMP
	GOOSE
	S7commPlus
	SMTP
	MQTT
	FTPData
	serviceCount
)

var serviceNames = [serviceCount]string{"", "rdp", "vnc", "ssh", "telnet", "smb", "http", "tls", "ftp", "tftp", "dns", "mdns", "llmnr",
	"netbios", "dhcp", "ntp", "snmp", "syslog", "kerberos", "ldap", "rpc", "sqlserver", "teamviewer", "winrm", "ptp", "ssdp",
	"dnp3", "iec104", "opcua", "bacnet", "mms", "fins", "slmp", "hart-ip", "srtp", "ads", "profinet-dcp", "profinet-rt", "ethercat",
	"lldp", "cdp", "stp", "igmp", "goose", "s7comm-plus", "smtp", "mqtt", "ftp-data"}

func (s Service) String() string { return serviceNames[min(s, serviceCount-1)] }

// ServiceNamed finds a service by its name.
func ServiceNamed(name string) (Service, bool) {
	for i, n := range serviceNames {
		if i > 0 && n == name {
			return Service(i), true
		}
	}
	return NoService, false
}

// Remote reports whether the service lets a person work on the far host.
func (s Service) Remote() bool {
	switch s {
	case RDP, VNC, SSH, Telnet, TeamViewer, WinRM:
		return true
	}
	return false
}
