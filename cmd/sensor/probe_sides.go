package main

import (
	"bytes"
	"fmt"
	"maps"
	"net/netip"
	"slices"
	"strings"

	"otsensor/pkg/packet"
)

// sides keeps, for every two hosts that speak TCP, what is seen of each
// direction: a mirror may show some hosts, or some VLANs, from one side only.
type sides map[[32]byte]*[2]side

// side is one direction between two hosts.
type side struct {
	seen          bool
	frames        uint64 // of a conversation: an attempt that nobody answers is none
	plain, tagged bool
	vlan          uint16 // of the latest tagged frame
}

// mostPairs bounds the pairs that are kept; a port with more shows what it is by these.
const mostPairs = 4096

// see takes a frame.
func (s sides) see(v *packet.View) {
	if v.Layer != packet.TCP || v.DstMAC[0]&1 != 0 {
		return
	}
	var key [32]byte
	way := 0
	if bytes.Compare(v.SrcIP[:], v.DstIP[:]) > 0 {
		way = 1
	}
	ends := [2][16]byte{v.SrcIP, v.DstIP}
	copy(key[:16], ends[way][:])
	copy(key[16:], ends[1-way][:])
	pair := s[key]
	if pair == nil {
		if len(s) >= mostPairs {
			return
		}
		pair = new([2]side)
		s[key] = pair
	}
	d := &pair[way]
	if d.seen = true; v.Flags&packet.ACK != 0 {
		d.frames++
	}
	if v.Tags > 0 {
		d.tagged, d.vlan = true, v.VLAN[0]&0x0fff
	} else {
		d.plain = true
	}
}

// enough is how many frames of one direction tell that the other is missing.
const enough = 3

// silent lists hosts that are spoken to and never seen to speak, and the
// VLANs in which no conversation shows both directions while others do.
func (s sides) silent() (hosts, vlans []string) {
	heard, mute := map[netip.Addr]bool{}, map[netip.Addr]bool{}
	both, half := map[uint16]bool{}, map[uint16]bool{}
	for key, pair := range s {
		ends := [2]netip.Addr{netip.AddrFrom16([16]byte(key[:16])).Unmap(), netip.AddrFrom16([16]byte(key[16:])).Unmap()}
		for way, d := range pair {
			back := pair[1-way]
			if d.seen {
				heard[ends[way]] = true
			}
			one := d.frames >= enough && !back.seen
			if one {
				mute[ends[1-way]] = true
			}
			if d.tagged {
				half[d.vlan] = half[d.vlan] || one
				both[d.vlan] = both[d.vlan] || !one && d.frames > 0
			}
		}
	}
	for _, a := range slices.SortedFunc(maps.Keys(mute), netip.Addr.Compare) {
		if !heard[a] {
			hosts = append(hosts, a.String())
		}
	}
	for _, id := range slices.Sorted(maps.Keys(half)) {
		if half[id] && !both[id] {
			vlans = append(vlans, fmt.Sprint(id))
		}
	}
	return hosts, vlans
}

// halfTagged counts the pairs of hosts whose frames have a tag in one direction only.
func (s sides) halfTagged() (n int) {
	for _, pair := range s {
		a, b := pair[0], pair[1]
		if a.frames > 0 && b.frames > 0 && (a.tagged && !a.plain && b.plain && !b.tagged || b.tagged && !b.plain && a.plain && !a.tagged) {
			n++
		}
	}
	return n
}

// some names the first of a list.
func some(list []string) string {
	const named = 5
	if len(list) > named {
		return fmt.Sprintf("%s and %d more", strings.Join(list[:named], ", "), len(list)-named)
	}
	return strings.Join(list, ", ")
}
