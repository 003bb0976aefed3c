package capture

import (
	"fmt"
	"net"
	"os"
	"strconv"
	"strings"
	"syscall"
	"unsafe"

	"golang.org/x/sys/unix"
)

// port is what is known of an interface that is to be captured.
type port struct {
	name  string
	flags uint16 // of netdevice(7)
	addrs []string
	attrs map[uint16][]byte // of rtnetlink(7)
	fd    int               // any socket, to ask the kernel with
}

// checks are what a capture port must not be. Each says what is wrong, "" when
// nothing is; %s in what and mend is the interface.
var checks = []struct {
	wrong      func(p *port) bool
	what, mend string
}{
	{func(p *port) bool { return p.flags&unix.IFF_UP == 0 },
		"%s is down: nothing is captured", "ip link set dev %s up"},
	{func(p *port) bool { return p.flags&(unix.IFF_UP|unix.IFF_RUNNING) == unix.IFF_UP },
		"%s has no link: plug in the mirror port's cable", "ethtool %s"},
	{func(p *port) bool { return len(p.addrs) > 0 },
		"%s has an address: the host answers and sends through it", "ip addr flush dev %s"},
	{(*port).ipv6,
		"%s speaks IPv6: the host announces itself even without an address", "sysctl -w net/ipv6/conf/%s/disable_ipv6=1"},
	{(*port).arp,
		"%s answers ARP for any address of this host", "ip link set dev %s arp off"},
	{(*port).merges,
		"%s merges received segments: frames are not seen as they were on the wire", "ethtool -K %s gro off lro off"},
	{(*port).enslaved,
		"%s is a port of a bridge or bond: the host may forward frames through it", "ip link set dev %s nomaster"},
	{(*port).sends,
		"%s would send what a program on this host gives it", "tc qdisc replace dev %s root blackhole"},
	{(*port).unknown,
		"%s cannot be checked for IPv6 and ARP: /proc/sys/net is hidden from this process", "ip -details link show dev %s"},
}

// Preflight says what keeps an interface from being a passive port that sees
// everything, most serious first; none when it is fit. It needs no privileges
// and changes nothing.
func Preflight(iface string) []Finding {
	fd, err := unix.Socket(unix.AF_UNIX, unix.SOCK_DGRAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return []Finding{{"the interface cannot be checked: " + err.Error(), "run it again"}}
	}
	defer unix.Close(fd)
	p := &port{name: iface, fd: fd}
	if p.flags, err = interfaceFlags(fd, iface); err != nil {
		return []Finding{{"there is no interface " + strconv.Quote(iface), "ip link"}}
	}
	p.addrs, p.attrs = addresses(iface), p.link()
	var found []Finding
	for _, c := range checks {
		if c.wrong(p) {
			found = append(found, Finding{fmt.Sprintf(c.what, iface), fmt.Sprintf(c.mend, iface)})
		}
	}
	return found
}

// addresses lists the addresses of an interface but link-local IPv6 ones, which
// come with IPv6 itself.
func addresses(iface string) (list []string) {
	in, err := net.InterfaceByName(iface)
	if err != nil {
		return nil
	}
	addrs, _ := in.Addrs()
	for _, a := range addrs {
		if n, ok := a.(*net.IPNet); !ok || n.IP.To4() != nil || !n.IP.IsLinkLocalUnicast() {
			list = append(list, a.String())
		}
	}
	return list
}

// setting reads a number of /proc/sys/net.
func setting(path string) (n int, ok bool) {
	b, err := os.ReadFile("/proc/sys/net/" + path)
	if err != nil {
		return 0, false
	}
	n, err = strconv.Atoi(strings.TrimSpace(string(b)))
	return n, err == nil
}

func (p *port) ipv6() bool {
	off, ok := setting("ipv6/conf/" + p.name + "/disable_ipv6")
	return ok && off == 0
}

// arp reports whether the host answers. Linux answers on every interface for
// addresses of all, unless told not to.
func (p *port) arp() bool {
	if p.flags&(unix.IFF_NOARP|unix.IFF_LOOPBACK) != 0 {
		return false
	}
	here, ok := setting("ipv4/conf/" + p.name + "/arp_ignore")
	everywhere, _ := setting("ipv4/conf/all/arp_ignore")
	return ok && max(here, everywhere) == 0
}

func (p *port) unknown() bool {
	_, ok := setting("ipv4/conf/" + p.name + "/arp_ignore")
	return !ok
}

// merges reports generic or large receive offload; unknown counts as off.
func (p *port) merges() bool {
	const lro = 1 << 15 // ETH_FLAG_LRO
	return p.ethtool(unix.ETHTOOL_GGRO) != 0 || p.ethtool(unix.ETHTOOL_GFLAGS)&lro != 0
}

// ethtool asks a driver for a setting that is one number, 0 when it has none.
func (p *port) ethtool(command uint32) uint32 {
	value := struct{ command, data uint32 }{command, 0} // struct ethtool_value
	request := struct {                                 // struct ifreq
		name [unix.IFNAMSIZ]byte
		data unsafe.Pointer
		_    [16]byte
	}{data: unsafe.Pointer(&value)}
	copy(request.name[:unix.IFNAMSIZ-1], p.name)
	_, _, errno := unix.Syscall(unix.SYS_IOCTL, uintptr(p.fd), unix.SIOCETHTOOL, uintptr(unsafe.Pointer(&request)))
	if errno != 0 {
		return 0
	}
	return value.data
}

// enslaved reports whether the interface has a master.
func (p *port) enslaved() bool { return p.attrs[unix.IFLA_MASTER] != nil }

// sends reports whether what a program on this host gives the interface would
// leave it: there is a queue in which something can wait to be sent. Where the
// kernel does not tell, it does not count.
func (p *port) sends() bool {
	queue, ok := p.attrs[unix.IFLA_QDISC]
	return ok && strings.TrimRight(string(queue), "\x00") != "blackhole"
}

// link is what the kernel tells of an interface (rtnetlink(7), IFLA_*).
func (p *port) link() map[uint16][]byte {
	index, err := interfaceIndex(p.fd, p.name)
	if err != nil {
		return nil
	}
	dump, err := syscall.NetlinkRIB(unix.RTM_GETLINK, unix.AF_UNSPEC)
	if err != nil {
		return nil
	}
	links, _ := syscall.ParseNetlinkMessage(dump)
	for i := range links {
		if len(links[i].Data) < unix.SizeofIfInfomsg || int((*unix.IfInfomsg)(unsafe.Pointer(&links[i].Data[0])).Index) != index {
			continue
		}
		all := map[uint16][]byte{}
		attrs, _ := syscall.ParseNetlinkRouteAttr(&links[i])
		for _, a := range attrs {
			all[a.Attr.Type] = a.Value
		}
		return all
	}
	return nil
}
