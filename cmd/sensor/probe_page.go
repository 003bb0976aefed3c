package main

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"time"

	"otsensor/pkg/capture"
	"otsensor/pkg/ot"
)

// verdicts are what a port should not show, and how it is mended. %s is the interface.
var verdicts = []struct {
	wrong      func(p *probe) bool
	what, mend string
}{
	{func(p *probe) bool { return p.stats.Packets == 0 },
		"not one frame came", "at the switch: is the mirror session on, and is this its destination port? Then: tcpdump -i %s -c 5"},
	{func(p *probe) bool { return p.stats.Packets > 0 && p.stats.Packets == p.toMany },
		"only frames to all or to groups came: this is an ordinary port, not a mirror", "at the switch: make the port the destination of a mirror session"},
	{func(p *probe) bool { return p.stats.Loss.Transmitted > 0 },
		"this host sent frames into the plant", "tcpdump -i %s -Q out shows which; systemctl start sensor-iface@%s"},
	{func(p *probe) bool { return p.stats.Loss.Kernel > 0 },
		"frames were lost for want of room or of time", "give the sensor a core of its own, or mirror less"},
	{func(p *probe) bool { return 2*p.half > p.talks },
		"most conversations are seen in one direction only", "at the switch: mirror both directions, received and sent, of each port"},
	{func(p *probe) bool { return p.share(p.stats.Copies) > 20 },
		"frames come more than once", "at the switch: mirror received frames only, or one VLAN of those that are routed; copies are left out, but take room"},
	{func(p *probe) bool { return p.stats.Cut > 0 },
		"frames arrive cut", "at the switch or tap: no truncation in the mirror session; what is cut off is not seen"},
	{func(p *probe) bool { return p.merged > 0 },
		"frames longer than any on a wire came: segments are merged on the way", "ethtool -K %s gro off lro off tso off gso off"},
	{func(p *probe) bool { return p.stats.Packets > 0 && p.share(p.stats.Unread) > 10 },
		"many frames are of a kind that is not followed", "at the switch: mirror in a form this sensor reads (plain, VLAN, ERSPAN, GRE, VXLAN)"},
	{func(p *probe) bool { return p.stats.Packets > p.toMany && p.transactions() == 0 },
		"no plant protocol was decoded", "at the switch: are the controllers' ports among those that are mirrored? Look longer with --for 10m"},
}

// judge adds to what is wrong with the port what is wrong with what came.
func (p *probe) judge() {
	for _, v := range verdicts {
		if v.wrong(p) {
			p.found = append(p.found, capture.Finding{What: v.what, Mend: strings.ReplaceAll(v.mend, "%s", p.name)})
		}
	}
	p.asymmetric()
	if p.length == 0 {
		p.length = time.Duration(p.last - p.first)
	}
}

// asymmetric adds hosts and VLANs of which one direction only is mirrored, where
// that is not so of the most.
func (p *probe) asymmetric() {
	if 2*p.half > p.talks {
		return
	}
	hosts, vlans := p.sides.silent()
	if len(hosts) > 0 {
		p.found = append(p.found, capture.Finding{What: "the mirror is asymmetric: hosts that are spoken to are never seen to speak: " + some(hosts),
			Mend: "at the switch: mirror their ports in both directions too, or the other path that their answers take"})
	}
	if len(vlans) > 0 {
		p.found = append(p.found, capture.Finding{What: "the mirror is asymmetric: VLANs seen in one direction only: " + some(vlans),
			Mend: "at the switch: mirror these VLANs in both directions, or the port by which they are routed too"})
	}
}

// page is what the person who installs reads.
func (p *probe) page(w io.Writer) {
	s := &p.stats
	line := func(name, format string, args ...any) {
		fmt.Fprintf(w, "  %-12s %s\n", name, fmt.Sprintf(format, args...))
	}
	fmt.Fprintf(w, "%s: %d frames in %s\n\n", p.name, s.Packets, p.length.Round(time.Second/10))
	seconds := max(p.length.Seconds(), 0.001)
	line("rate", "%.0f frames/s, %.2f Mbit/s", float64(s.Packets)/seconds, float64(s.Bytes)*8/1e6/seconds)
	if p.live {
		line("sent", "%d frames by this host through the port; must be 0", s.Loss.Transmitted)
		line("lost", "%d frames by the kernel", s.Loss.Kernel)
	}
	if p.filter != "" {
		line("filter", "%s", p.filter)
		line("", "only what it takes is looked at; the rest is not in these figures")
	}
	line("VLANs", "%s", p.tags())
	line("to many", "%.1f %% of the frames go to all or to groups", p.share(p.toMany))
	line("one-sided", "%d of %d TCP conversations", p.half, p.talks)
	if n := p.sides.halfTagged(); n > 0 {
		line("", "%d of %d pairs of hosts have tags in one direction only; each counts as one conversation", n, len(p.sides))
	}
	line("copies", "%.1f %% of the frames were shown before", p.share(s.Copies))
	line("cut", "%.1f %% of the frames", p.share(s.Cut))
	line("merged", "%.1f %% of the frames are longer than any on a wire", p.share(p.merged))
	line("checksums", "%d wrong ones of hosts that make right ones", s.Odds[ot.BadChecksum])
	line("protocols", "%s", p.spoken())
	p.hosts(line)
	if len(p.found) == 0 {
		fmt.Fprintf(w, "\nFit: what comes here can be watched.\n")
		return
	}
	fmt.Fprintf(w, "\nTo be mended:\n")
	for _, f := range p.found {
		fmt.Fprintf(w, "  - %s\n      %s\n", f.What, f.Mend)
	}
}

// most is how many VLANs and hosts the page names.
const most = 20

func (p *probe) tags() string {
	if len(p.vlans) == 0 {
		return "no tags"
	}
	var list []string
	for _, id := range slices.Sorted(maps.Keys(p.vlans)) {
		if len(list) == most {
			list = append(list, fmt.Sprintf("and %d more", len(p.vlans)-most))
			break
		}
		list = append(list, fmt.Sprintf("%d (%.0f %%)", id, p.share(p.vlans[id])))
	}
	return strings.Join(list, ", ")
}

func (p *probe) spoken() string {
	var list []string
	for _, proto := range ot.Protos() {
		if n := p.stats.Flow.Decoded[proto]; n > 0 {
			list = append(list, fmt.Sprintf("%s (%d)", proto, n))
		}
	}
	if list == nil {
		return "none decoded"
	}
	return strings.Join(list, ", ")
}

func (p *probe) hosts(line func(name, format string, args ...any)) {
	all := p.assets.List()
	line("hosts", "%d", len(all))
	for i, a := range all {
		if i == most {
			line("", "and %d more: sensor assets lists all of a capture", len(all)-most)
			return
		}
		line("", "%-16s %s %s", a.Addr, a.Role, a.Vendor)
	}
}
