package main

import (
	"fmt"
	"time"
)

// links are the conversations of ordinary work. Each lives long; operators,
// recipes and attacks by a host of the line use them as the polls do.
type links struct {
	hmiAir, hmiPressure   *modbus
	histAir, histPressure *modbus
	hmiFiller, histFiller *s7
	hmiCartoner           *enip
	histCartoner          *enip
	screen                int  // what operators look at: 0 overview, 1 alarms, 2 recipe
	pace                  int  // how many times as often as usual the historian polls
	heartless             bool // the HMI does not say that it lives
}

func newLinks(l *lab) links {
	p := l.plant
	return links{
		hmiAir: l.modbus(l.hmi, l.air, p.air), hmiPressure: l.modbus(l.hmi, l.pressure, p.pressure),
		histAir: l.modbus(l.historian, l.air, p.air), histPressure: l.modbus(l.historian, l.pressure, p.pressure),
		hmiFiller: l.s7(l.hmi, l.filler, 2, p.filler), histFiller: l.s7(l.historian, l.filler, 3, p.filler),
		hmiCartoner: l.enip(l.hmi, l.cartoner, p.cartoner), histCartoner: l.enip(l.historian, l.cartoner, p.cartoner),
		pace: 1,
	}
}

// work starts everything that happens on an ordinary day.
func (l *lab) work() {
	l.polls("HMI air", l.hmi, l.hmiAir.conn, 15*time.Second, l.lookAir)
	l.polls("HMI pressure", l.hmi, l.hmiPressure.conn, 15*time.Second, l.lookPressure)
	l.polls("HMI filler", l.hmi, l.hmiFiller.conn, 6*time.Second, l.lookFiller)
	l.polls("HMI cartoner", l.hmi, l.hmiCartoner.conn, 15*time.Second, l.lookCartoner)
	l.records("history air", l.histAir.conn, func(s *script) { l.histAir.read(s, 4, 0, 10) })
	l.records("history pressure", l.histPressure.conn, func(s *script) { l.histPressure.read(s, 4, 0, 6) })
	l.records("history filler", l.histFiller.conn, func(s *script) { l.histFiller.read(s, span{blockProcess, 0, 48}) })
	l.records("history cartoner", l.histCartoner.conn, func(s *script) {
		l.histCartoner.read(s, "CartonCount", "RejectCount", "LotNumber", "Speed", "GlueTemp")
	})
	l.start("heartbeat", l.begin.Add(7*time.Second), l.heartbeat)
	l.start("shifts", l.begin, l.shifts)
	l.start("operator", l.begin.Add(time.Minute), l.operator)
	l.start("recipes", l.begin, l.recipes)
	l.start("inventory", l.begin, l.inventory)
	l.start("engineer", l.begin, l.engineer)
	l.start("report", l.begin, l.report)
	l.start("weigher", l.begin.Add(2*time.Second), l.weigh)
	l.background()
}

// polls is a client that looks at a device at an even pace while it is up.
func (l *lab) polls(name string, client *host, c *conn, every time.Duration, look func(s *script)) {
	l.start(name, l.begin.Add(time.Duration(l.chance(name).Int64N(int64(every)))), func(s *script) {
		for s.running() {
			next := s.now.Add(s.about(every))
			if client.up(s.now) {
				look(s)
				c.settle(s)
			} else {
				c.open = false
			}
			if s.rng.IntN(20000) == 0 { // now and then a program opens its connection anew
				c.close(s)
			}
			s.till(next)
		}
	})
}

// records is the historian: every minute, unless it is made to ask more often.
func (l *lab) records(name string, c *conn, look func(s *script)) {
	l.start(name, l.begin.Add(time.Duration(l.chance(name).Int64N(int64(time.Minute)))), func(s *script) {
		for s.running() {
			next := s.now.Add(s.about(time.Minute / time.Duration(l.pace)))
			if l.historian.up(s.now) {
				look(s)
				c.settle(s)
			} else {
				c.open = false
			}
			s.till(next)
		}
	})
}

func (l *lab) lookAir(s *script) {
	l.hmiAir.read(s, 4, 0, 10)
	if l.screen == 2 || l.calendar.at(s.now).phase != idle && s.rng.IntN(3) == 0 {
		l.hmiAir.read(s, 3, 0, airRegisters)
	}
}

func (l *lab) lookPressure(s *script) {
	l.hmiPressure.read(s, 4, 0, 6)
	if s.rng.IntN(4) == 0 {
		l.hmiPressure.readCoils(s, 0, coils)
	}
}

func (l *lab) lookFiller(s *script) {
	switch {
	case l.screen == 1:
		l.hmiFiller.read(s, span{blockProcess, 0, 24}, span{blockAlarms, 0, 32})
	case l.screen == 2:
		l.hmiFiller.read(s, span{blockProcess, 0, 24}, span{blockRecipe, 0, 24})
	default:
		l.hmiFiller.read(s, span{blockProcess, 0, 24}, span{blockCommand, 0, 8})
	}
}

func (l *lab) lookCartoner(s *script) {
	switch l.screen {
	case 2:
		l.hmiCartoner.read(s, "CartonCount", "SpeedSetpoint", "GlueSetpoint", "LotNumber")
	default:
		l.hmiCartoner.read(s, "CartonCount", "RejectCount", "Speed", "GlueTemp")
	}
}

// heartbeat is the HMI telling the air handling unit once a minute that it lives.
func (l *lab) heartbeat(s *script) {
	for n := uint16(0); s.running(); n = (n + 1) % 60 {
		if l.hmi.up(s.now) && !l.heartless {
			l.hmiAir.write(s, airHeartbeat, n)
		}
		s.wait(s.about(time.Minute))
	}
}

// inventory is the historian asking every device each night who it is.
func (l *lab) inventory(s *script) {
	for s.till(l.begin.Add(2*time.Hour + 10*time.Minute)); s.running(); s.wait(24*time.Hour + s.between(-40*time.Second, 40*time.Second)) {
		l.histAir.identity(s)
		l.histAir.settle(s)
		l.histPressure.identity(s)
		l.histPressure.settle(s)
		l.histFiller.ready(s)
		l.histFiller.list(s, 0x0011, 0, moduleList)
		l.histFiller.list(s, 0x001C, 0, componentList)
		l.histFiller.settle(s)
		l.histCartoner.who(s)
		l.histCartoner.settle(s)
	}
}

// engineer is the daily look at the controllers by the engineering station, on working days.
func (l *lab) engineer(s *script) {
	for day := 0; s.running(); day++ {
		s.till(l.begin.Add(time.Duration(day)*24*time.Hour + 7*time.Hour + s.between(10*time.Minute, 50*time.Minute)))
		if w := s.now.Weekday(); w == time.Saturday || w == time.Sunday || !s.running() {
			continue
		}
		l.glance(s)
	}
}

// glance is an engineer who looks and changes nothing.
func (l *lab) glance(s *script) {
	for _, to := range []*host{l.filler, l.cartoner} {
		s.resolve(l.engineering, to)
	}
	c := l.s7(l.engineering, l.filler, 1, l.plant.filler)
	if c.ready(s) {
		c.list(s, 0x0011, 0, moduleList)
		c.list(s, 0x0424, 0, modeList)
		for range 6 + s.rng.IntN(20) {
			c.read(s, span{blockProcess, 0, 48}, span{blockRecipe, 0, 24})
			c.settle(s)
			s.wait(s.about(2 * time.Second))
		}
		c.close(s)
	}
	e := l.enip(l.engineering, l.cartoner, l.plant.cartoner)
	if e.who(s) {
		for range 5 + s.rng.IntN(10) {
			e.read(s, "CartonCount", "Speed", "GlueTemp", "SpeedSetpoint", "LotNumber")
			e.settle(s)
			s.wait(s.about(3 * time.Second))
		}
		e.close(s)
	}
}

// report is the weekly production report: the historian reads a block it reads at no other time.
func (l *lab) report(s *script) {
	for s.till(l.begin.Add(6*24*time.Hour + 3*time.Hour)); s.running(); s.wait(7 * 24 * time.Hour) {
		l.histFiller.read(s, span{blockReport, 0, 120})
		l.histFiller.settle(s)
	}
}

// background is what every network says: names, time, addresses, the switch.
func (l *lab) background() {
	for _, pair := range [][2]*host{
		{l.hmi, l.air}, {l.hmi, l.pressure}, {l.hmi, l.filler}, {l.hmi, l.cartoner}, {l.historian, l.air}, {l.historian, l.pressure},
		{l.historian, l.filler}, {l.historian, l.cartoner}, {l.hmi, l.gateway}, {l.historian, l.gateway}, {l.engineering, l.gateway}, {l.cartoner, l.weigher},
	} {
		l.every("arp "+pair[0].name+pair[1].name, 10*time.Minute, pair[0], func(s *script) { s.resolve(pair[0], pair[1]) })
	}
	for _, h := range []*host{l.air, l.pressure, l.filler, l.cartoner, l.hmi, l.historian, l.engineering} {
		l.every("ntp "+h.name, 17*time.Minute, h, func(s *script) { s.ntp(h, l.gateway) })
	}
	for _, h := range []*host{l.hmi, l.historian, l.engineering} {
		l.every("dns "+h.name, 15*time.Minute, h, func(s *script) {
			s.dns(h, fmt.Sprintf("%s.line2.example", []string{"mes", "history", "time"}[s.rng.IntN(3)]), l.mes.ip)
		})
	}
	l.every("mes", 10*time.Minute, l.mes, func(s *script) { s.tls(l.mes, l.historian, 443, 2+s.rng.IntN(3), 300, 900) })
	l.every("lldp", 30*time.Second, l.gateway, func(s *script) { s.lldp() })
}

// every does a thing at an even pace while a host is up.
func (l *lab) every(name string, d time.Duration, h *host, do func(s *script)) {
	l.start(name, l.begin.Add(time.Duration(l.chance(name).Int64N(int64(d)))), func(s *script) {
		for s.running() {
			if h.up(s.now) {
				do(s)
			}
			s.wait(s.about(d))
		}
	})
}
