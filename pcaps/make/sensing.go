package main

import "time"

// day is the historian polling the air handling unit every second.
func day(t *tape, m *modbus, seconds int) {
	t.every(time.Second, seconds, func(int) { m.poll() })
}

func sensingStories() []story {
	return []story{
		{"gap-in-capture", "nothing comes from the mirror for a while",
			"two minutes of polling, 90 s without a frame, two minutes of polling on the same connection",
			func(t *tape) {
				m := t.modbus(history, air)
				day(t, m, 120)
				t.wait(90 * time.Second)
				t.act()
				day(t, m, 120)
				m.close()
			}},
		{"capture-loss", "bytes are missing from conversations",
			"two minutes of polling in which every tenth pair of answers was not captured, although the client acknowledges both; the frames named are the requests before",
			func(t *tape) {
				m := t.modbus(history, air)
				t.every(time.Second, 120, func(i int) {
					if m.server.mute = i%10 == 9; m.server.mute {
						t.act()
					}
					m.poll()
				})
				m.server.mute = false
				m.close()
			}},
		{"clock-step", "packet time runs back",
			"a minute of polling; then the clock falls back by an hour, and polling goes on for a minute",
			func(t *tape) {
				m := t.modbus(history, air)
				day(t, m, 60)
				t.wait(-time.Hour)
				t.act()
				day(t, m, 60)
				m.close()
			}},
		{"evidence-short", "so much traffic that a sensor with the least memory for evidence does not hold what came before an event",
			"the building station sends the historian 900 KB in datagrams within a few seconds; then the laptop stops the filler's controller",
			func(t *tape) {
				payload := make([]byte, 1400)
				t.every(5*time.Millisecond, 640, func(int) { t.udp(building, history, 5000, 5000, payload) })
				s := t.s7(laptop, filler, 1)
				t.act()
				s.stop()
				s.close()
			}},
		{"sensor-weak", "the sensor itself is not as it should be; what it notes of itself is in the file notes",
			"a minute of polling",
			func(t *tape) {
				m := t.modbus(history, air)
				day(t, m, 60)
				m.close()
			}},
		{"mirror-loses-direction", "a mirror that showed both directions loses one, and shows it again",
			"for two minutes the historian polls both HVAC controllers, and the building station the air handling unit, once a second each; for two minutes the mirror shows only what the clients say; then both again for two minutes",
			func(t *tape) {
				p := newPollers(t)
				all := []*modbus{p.air, p.pressure, p.building}
				p.seconds(120, all...)
				t.act()
				mute := func(on bool) {
					for _, m := range all {
						m.server.mute = on
					}
				}
				mute(true)
				p.seconds(120, all...)
				t.act()
				mute(false)
				p.seconds(120, all...)
			}},
		{"mirror-server-dies", "a server that no longer answers, which is no fault of the mirror",
			"two minutes as in mirror-loses-direction; then the pressure controller is dead: the historian sends its request again and again, and nothing acknowledges it, while the others go on for two minutes",
			func(t *tape) {
				p := newPollers(t)
				p.seconds(120, p.air, p.pressure, p.building)
				t.act()
				m := p.pressure
				request := adu(m.next(), 17, numbers(4, 0, 6)...)
				for range 24 {
					m.ask(request)
					m.client.next -= uint32(len(request))
					p.seconds(5, p.air, p.building)
				}
			}},
		{"sensor-reload-failed", "rules or configuration were read again and did not load, as the file notes says",
			"a minute of polling",
			func(t *tape) {
				m := t.modbus(history, air)
				day(t, m, 60)
				m.close()
			}},
		{"sensor-reloaded", "rules or site file were read again and are other ones, as the file notes says",
			"a minute of polling",
			func(t *tape) {
				m := t.modbus(history, air)
				day(t, m, 60)
				m.close()
			}},
		{"frames-cut", "the mirror delivers shortened frames",
			"a minute of polling, every frame cut to 60 bytes by the capture",
			func(t *tape) {
				m := t.modbus(history, air)
				day(t, m, 60)
				m.close()
				for i := range t.frames {
					t.frames[i].data = t.frames[i].data[:min(60, len(t.frames[i].data))]
				}
			}},
	}
}
