package capture

import (
	"fmt"

	"golang.org/x/sys/unix"
)

// ask asks the kernel something about an interface (netdevice(7)).
func ask(fd int, name string, what uint) (*unix.Ifreq, error) {
	r, err := unix.NewIfreq(name)
	if err != nil {
		return nil, unix.ENODEV
	}
	return r, unix.IoctlIfreq(fd, what, r)
}

func interfaceIndex(fd int, name string) (int, error) {
	r, err := ask(fd, name, unix.SIOCGIFINDEX)
	if err != nil {
		return 0, err
	}
	return int(r.Uint32()), nil
}

func interfaceFlags(fd int, name string) (uint16, error) {
	r, err := ask(fd, name, unix.SIOCGIFFLAGS)
	if err != nil {
		return 0, err
	}
	return r.Uint16(), nil
}

// interfaceLink tells what frames of an interface begin with. Its hardware
// address is a sockaddr, whose family is the hardware type.
func interfaceLink(fd int, name string) (LinkType, error) {
	r, err := ask(fd, name, unix.SIOCGIFHWADDR)
	if err != nil {
		return 0, err
	}
	switch kind := r.Uint16(); kind {
	case unix.ARPHRD_ETHER, unix.ARPHRD_LOOPBACK:
		return LinkEthernet, nil
	case unix.ARPHRD_NONE, unix.ARPHRD_RAWIP, unix.ARPHRD_PPP:
		return LinkRaw, nil
	default:
		return 0, fmt.Errorf("frames of hardware type %d are not decoded; name an Ethernet port", kind)
	}
}
