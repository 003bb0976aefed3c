package ot

// Proto names the protocol of a transaction. The names are the ones of
// `sensor decode --proto` and of rules.
type Proto uint8

// The protocols. A carrier (COTP) and the protocol it carries (S7comm) are two.
const (
	NoProto Proto = iota
	Modbus
	ENIP
	CIP
	COTP
	S7comm
	S7Plus
	ProtoDNP3 // the names alone are services, told apart without a decoder
	ProtoIEC104
	ProtoOPCUA
	ProtoBACnet
	ProtoSLMP
	ProtoFINS
	ProtoADS
	Profinet
	ProtoEtherCAT
	ProtoHARTIP
	ProtoMMS
	ProtoSRTP

	// Office protocols: switching, names, time, files, desktops.
	ProtoLLDP
	ProtoCDP
	ProtoSTP
	ProtoPTP
	ProtoDLR
	ProtoMRP
	ProtoDNS
	ProtoDHCP
	ProtoNTP
	ProtoSNMP
	ProtoTLS
	ProtoHTTP
	ProtoSSH
	ProtoTelnet
	ProtoFTP
	ProtoTFTP
	ProtoRDP
	ProtoVNC
	ProtoSMB
	ProtoKerberos

	protoCount
)

var protoNames = [protoCount]string{"", "modbus", "enip", "cip", "cotp", "s7comm", "s7comm-plus",
	"dnp3", "iec104", "opcua", "bacnet", "slmp", "fins", "ads", "profinet",
	"ethercat", "hart-ip", "mms", "srtp",
	"lldp", "cdp", "stp", "ptp", "dlr", "mrp", "dns", "dhcp", "ntp", "snmp", "tls", "http", "ssh", "telnet", "ftp", "tftp", "rdp", "vnc", "smb", "kerberos"}

func (p Proto) String() string { return protoNames[min(p, protoCount-1)] }

// UnitAtStart reports whether the unit is named when a connection opens and
// nowhere later: of a connection met in the middle it is not known.
func (p Proto) UnitAtStart() bool { return p == S7comm || p == S7Plus }

// Sets of protocols are 64 bits wide elsewhere.
const _ = uint(64 - protoCount)

// Office reports whether a protocol is one of switching, names, time, files and
// desktops, which a plant has in common with an office. Who answers it is no controller by that.
func (p Proto) Office() bool { return p >= ProtoLLDP && p <= ProtoKerberos }

// Protos lists all protocols, without NoProto.
func Protos() []Proto {
	var all []Proto
	for p := NoProto + 1; p < protoCount; p++ {
		all = append(all, p)
	}
	return all
}

// ProtoNamed finds a protocol by its name.
func ProtoNamed(name string) (Proto, bool) {
	for i, n := range protoNames {
		if i > 0 && n == name {
			return Proto(i), true
		}
	}
	return NoProto, false
}
