package sensor

import (
	"slices"
	"testing"

	"otsensor/pkg/ot"
)

// A mirror port that shows frames twice is told once a minute in which it does: many, and one in five.
func TestCopiesOfTheMirror(t *testing.T) {
	for name, c := range map[string]struct {
		copies, packets uint64 // a second
		want            int    // times told in ten minutes
	}{
		"none":                  {0, 100, 0},
		"every frame":           {100, 200, 10},
		"few frames, all twice": {1, 2, 0},
		"one in ten":            {100, 1000, 0},
		"one in five":           {20, 100, 10},
	} {
		var watch copies
		told := 0
		for i := range uint64(601) {
			s := Stats{Copies: i * c.copies, Packets: i * c.packets}
			if watch.tick(begin+int64(i)*second, &s) {
				told++
			}
		}
		if told != c.want {
			t.Errorf("%s: told %d times, want %d", name, told, c.want)
		}
	}
}

func moved(vlan uint16, at int64) *ot.Observation {
	return &ot.Observation{Kind: ot.Moved, Clock: at, Conv: &ot.Conv{VLAN: vlan}}
}

// A VLAN is missed once it was there for a minute, then was quiet for a minute
// and for five times its longest quiet time; told once, until it comes back.
func TestVLANsOfTheMirror(t *testing.T) {
	for name, c := range map[string]struct {
		seen  func(second int) bool // reports of VLAN 7
		until int
		told  []int
	}{
		"all the time":                 {func(s int) bool { return s%10 == 0 }, 600, nil},
		"gone after five minutes":      {func(s int) bool { return s%10 == 0 && s <= 300 }, 600, []int{361}},
		"too new to be missed":         {func(s int) bool { return s%10 == 0 && s <= 50 }, 600, nil},
		"rare, and later than usual":   {func(s int) bool { return s%100 == 0 && s <= 500 }, 1100, []int{1001}},
		"rare, and not yet missed":     {func(s int) bool { return s%100 == 0 && s <= 500 }, 1000, nil},
		"gone, back, and gone again":   {func(s int) bool { return s%10 == 0 && (s <= 100 || s >= 400 && s <= 450) }, 3000, []int{161, 1951}},
		"one report does not make one": {func(s int) bool { return s == 0 }, 600, nil},
	} {
		var watch vlans
		var told []int
		for s := range c.until + 1 {
			now := begin + int64(s)*second
			if c.seen(s) {
				watch.see(moved(7, now))
			}
			watch.see(moved(0, now)) // untagged frames have no VLAN to vanish
			watch.tick(now, func(id uint16) {
				if id != 7 {
					t.Errorf("%s: VLAN %d told", name, id)
				}
				told = append(told, s)
			})
		}
		if !slices.Equal(told, c.told) {
			t.Errorf("%s: told at %v, want %v", name, told, c.told)
		}
	}
}

func TestVLANsAreBounded(t *testing.T) {
	var watch vlans
	for id := range uint16(maxVLANs + 10) {
		watch.see(moved(id+1, begin))
	}
	if len(watch.seen) != maxVLANs || watch.full != 10 {
		t.Errorf("%d VLANs, %d refused", len(watch.seen), watch.full)
	}
}
