package main

import "time"

// trouble is a fault of the plant: a device restarts, a cable is out.
type trouble struct {
	name    string
	host    func(c *cast) *host
	restart bool
	lasts   time.Duration
}

func troubleList() []trouble {
	return []trouble{
		{"fault: the air handling controller restarts", air, true, 50 * time.Second},
		{"fault: the cable of the cartoner is out", cartoner, false, 4 * time.Minute},
		{"fault: the HMI restarts", hmi, true, 3 * time.Minute},
		{"fault: the filler restarts", filler, true, 35 * time.Second},
		{"fault: the cable of the room pressure controller is out", pressure, false, 90 * time.Second},
		{"fault: the historian restarts", historian, true, 6 * time.Minute},
		{"fault: the cartoner restarts", cartoner, true, 25 * time.Second},
	}
}

// troubles lets every second day have one fault, quiet days too: a plant is
// learned as it is.
func (l *lab) troubles() {
	rng := l.chance("troubles")
	all := troubleList()
	for day, n := 1, 0; day < l.days; day, n = day+2, n+1 {
		t := all[n%len(all)]
		from := l.begin.Add(time.Duration(day)*24*time.Hour + 8*time.Hour + time.Duration(rng.Int64N(int64(12*time.Hour))))
		h := t.host(&l.cast)
		until := from.Add(t.lasts)
		h.out = append(h.out, outage{from, until, t.restart})
		a := &act{name: t.name, since: from, whom: []*host{h}, basis: "simulator"}
		l.acts = append(l.acts, a)
		l.play(t.name+from.String(), until, a, func(s *script) {
			s.arp(1, h, h.ip, broadcast, h.ip) // announces its address when it is back
		})
	}
}

// faultSlots are the times that deeds keep away from.
func (l *lab) faultSlots() (all []slot) {
	for _, h := range []*host{l.air, l.pressure, l.filler, l.cartoner, l.hmi, l.historian} {
		for _, o := range h.out {
			all = append(all, slot{o.from.Add(-margin), o.until.Add(margin)})
		}
	}
	return all
}
