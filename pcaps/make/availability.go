package main

import (
	"time"

	"github.com/google/gopacket/layers"
)

// pollers are three regular conversations: the historian with both HVAC
// controllers and the building station with the air handling unit.
type pollers struct {
	air, pressure, building *modbus
}

func newPollers(t *tape) pollers {
	t.resolve(history, air)
	t.resolve(history, pressure)
	t.resolve(building, air)
	return pollers{t.modbus(history, air), t.modbus(history, pressure), t.modbus(building, air)}
}

// seconds lets the chosen ones poll once a second.
func (p pollers) seconds(n int, who ...*modbus) {
	p.air.t.every(time.Second, n, func(int) {
		for _, m := range who {
			switch m {
			case p.pressure:
				m.read(17, 4, 0, 6)
			default:
				m.read(1, 4, 0, 10)
			}
			m.t.wait(50 * time.Millisecond)
		}
	})
}

func availabilityStories() []story {
	return []story{
		{"modbus-two-polls", "learning material: three regular conversations",
			"for five minutes the historian polls both HVAC controllers, and the building station the air handling unit, once a second each",
			func(t *tape) { p := newPollers(t); p.seconds(300, p.air, p.pressure, p.building) }},
		{"modbus-two-acts", "learning material: a conversation of two regular acts",
			"for five minutes the historian reads input and holding registers of the air handling unit, once a second each",
			func(t *tape) { day(t, t.modbus(history, air), 300) }},
		{"modbus-act-stops", "one act of a conversation stops while the other goes on",
			"as modbus-two-acts for a minute; then for two minutes the historian reads the input registers only",
			func(t *tape) {
				m := t.modbus(history, air)
				day(t, m, 60)
				t.act()
				t.every(time.Second, 120, func(int) { m.read(1, 4, 0, 10) })
			}},
		{"modbus-act-pauses", "one act of a conversation pauses; near miss for one that stops",
			"as modbus-two-acts for two minutes, but after the first the historian leaves the holding registers out for 10 s; then it stops altogether for 30 s, and goes on",
			func(t *tape) {
				m := t.modbus(history, air)
				day(t, m, 60)
				t.act()
				t.every(time.Second, 10, func(int) { m.read(1, 4, 0, 10) })
				day(t, m, 50)
				t.every(time.Second, 30, func(int) { t.resolve(building, pressure) })
				day(t, m, 30)
			}},
		{"modbus-slow-answers", "a server answers more slowly than ever",
			"as modbus-two-polls for a minute; then for two minutes each answer of the air handling unit to the historian takes 40 ms",
			func(t *tape) {
				p := newPollers(t)
				p.seconds(60, p.air, p.pressure, p.building)
				t.act()
				p.air.thinks = 40 * time.Millisecond
				p.seconds(120, p.air, p.pressure, p.building)
			}},
		{"modbus-slow-now-and-then", "a server is slow now and then; near miss for slow answers",
			"as modbus-two-polls for three minutes, but every third answer of the air handling unit to the historian takes 40 ms",
			func(t *tape) {
				p := newPollers(t)
				for i := range 180 {
					if p.air.thinks = 0; i%3 == 0 {
						p.air.thinks = 40 * time.Millisecond
						t.act()
					}
					p.seconds(1, p.air, p.pressure, p.building)
				}
			}},
		{"modbus-poll-stops", "a regular conversation stops while both of its hosts still speak",
			"as modbus-two-polls for a minute; then for four minutes the historian no longer polls the air handling unit",
			func(t *tape) {
				p := newPollers(t)
				p.seconds(60, p.air, p.pressure, p.building)
				t.act()
				p.seconds(240, p.pressure, p.building)
			}},
		{"host-silent", "a host falls silent",
			"as modbus-two-polls for a minute; then the pressure controller is gone: for four minutes the historian tries to connect to it every 5 s in vain",
			func(t *tape) {
				p := newPollers(t)
				p.seconds(60, p.air, p.pressure, p.building)
				for range 48 {
					p.seconds(5, p.air, p.building)
					t.act()
					t.ignored(history, pressure, 502)
				}
			}},
		{"line-silent", "the whole line falls silent",
			"as modbus-two-polls for a minute; then three of the four hosts are gone, and for four minutes the building station tries every 2 s to connect to the air handling unit in vain",
			func(t *tape) {
				p := newPollers(t)
				p.seconds(60, p.air, p.pressure, p.building)
				t.act()
				t.every(2*time.Second, 120, func(int) { t.ignored(building, air, 502) })
			}},
		{"connect-unanswered", "a host that does not answer is asked again and again",
			"the historian tries port 502 of the pressure controller every 5 s, three SYNs each, for two minutes; nothing comes back; it polls the air handling unit meanwhile",
			func(t *tape) {
				m := t.modbus(history, air)
				t.every(5*time.Second, 24, func(int) {
					m.poll()
					t.act()
					c := t.dial(history, pressure, 502)
					for range 3 {
						c.send(&c.client, &c.server, layers.TCP{SYN: true}, nil)
						t.wait(time.Second)
					}
				})
				t.wait(3 * time.Minute)
				m.poll()
			}},
	}
}
