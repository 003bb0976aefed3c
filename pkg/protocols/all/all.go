// Package all is the one table of protocols.
package all

import (
	"otsensor/pkg/protocols"
	"otsensor/pkg/protocols/ads"
	"otsensor/pkg/protocols/bacnet"
	"otsensor/pkg/protocols/cdp"
	"otsensor/pkg/protocols/cip"
	"otsensor/pkg/protocols/dhcp"
	"otsensor/pkg/protocols/dlr"
	"otsensor/pkg/protocols/dnp3"
	"otsensor/pkg/protocols/dns"
	"otsensor/pkg/protocols/enip"
	"otsensor/pkg/protocols/ethercat"
	"otsensor/pkg/protocols/fins"
	"otsensor/pkg/protocols/ftp"
	"otsensor/pkg/protocols/hartip"
	"otsensor/pkg/protocols/http"
	"otsensor/pkg/protocols/iec104"
	"otsensor/pkg/protocols/kerberos"
	"otsensor/pkg/protocols/lldp"
	"otsensor/pkg/protocols/mms"
	"otsensor/pkg/protocols/modbus"
	"otsensor/pkg/protocols/mrp"
	"otsensor/pkg/protocols/ntp"
	"otsensor/pkg/protocols/opcua"
	"otsensor/pkg/protocols/profinet"
	"otsensor/pkg/protocols/ptp"
	"otsensor/pkg/protocols/rdp"
	"otsensor/pkg/protocols/s7comm"
	"otsensor/pkg/protocols/s7plus"
	"otsensor/pkg/protocols/slmp"
	"otsensor/pkg/protocols/smb"
	"otsensor/pkg/protocols/snmp"
	"otsensor/pkg/protocols/srtp"
	"otsensor/pkg/protocols/ssh"
	"otsensor/pkg/protocols/stp"
	"otsensor/pkg/protocols/telnet"
	"otsensor/pkg/protocols/tftp"
	"otsensor/pkg/protocols/tls"
	"otsensor/pkg/protocols/tpkt"
	"otsensor/pkg/protocols/vnc"
)

// Table lists every protocol the sensor decodes: one line each.
func Table() []protocols.Protocol {
	return []protocols.Protocol{
		modbus.Protocol(),
		enip.Protocol(),
		cip.Protocol(),
		tpkt.Protocol(),
		s7comm.Protocol(),
		s7plus.Protocol(),
		dnp3.Protocol(),
		iec104.Protocol(),
		opcua.Protocol(),
		bacnet.Protocol(),
		slmp.Protocol(),
		fins.Protocol(),
		ads.Protocol(),
		profinet.Protocol(),
		hartip.Protocol(),
		mms.Protocol(),
		srtp.Protocol(),
		dns.Protocol(),
		dhcp.Protocol(),
		ntp.Protocol(),
		snmp.Protocol(),
		lldp.Protocol(),
		cdp.Protocol(),
		stp.Protocol(),
		ptp.Protocol(),
		dlr.Protocol(),
		mrp.Protocol(),
		ethercat.Protocol(),
		tls.Protocol(),
		http.Protocol(),
		ssh.Protocol(),
		telnet.Protocol(),
		ftp.Protocol(),
		tftp.Protocol(),
		smb.Protocol(),
		kerberos.Protocol(),
		rdp.Protocol(),
		vnc.Protocol(),
	}
}
