package capture

import (
	"fmt"

	"otsensor/pkg/filter"
)

// layouts say where frames of a kind have what a filter looks at.
var layouts = map[LinkType]filter.Link{
	LinkNull: {Ether: -1, Network: 4}, LinkLoop: {Ether: -1, Network: 4},
	LinkEthernet: {Ether: 12, Network: 14, MACs: true},
	LinkRaw:      {Ether: -1}, LinkIPv4: {Ether: -1}, LinkIPv6: {Ether: -1},
	LinkSLL: {Ether: 14, Network: 16}, LinkSLL2: {Ether: 0, Network: 20},
}

func layoutOf(link LinkType) (filter.Link, error) {
	l, ok := layouts[link]
	if !ok {
		return l, fmt.Errorf("frames of link type %d cannot be filtered; leave the filter out", link)
	}
	return l, nil
}

// frames filters what files hold; each kind of frame has a program of its own.
type frames struct {
	expr     *filter.Filter
	machines map[LinkType]*filter.Machine
}

func (f *frames) takes(p *Packet) (bool, error) {
	m := f.machines[p.Link]
	if m == nil {
		l, err := layoutOf(p.Link)
		if err == nil {
			m, err = f.expr.Machine(l)
		}
		if err != nil {
			return false, err
		}
		f.machines[p.Link] = m
	}
	return m.Takes(p.Data), nil
}
