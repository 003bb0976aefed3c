package main

import "time"

// writes are attacks on set points and commands (OT-03), from loud to quiet.
func writes() []deed {
	making := []phase{production}
	return []deed{
		{name: "unknown laptop writes a set point far outside", kind: "OT-03", on: air, lasts: 2 * time.Minute,
			do: func(s *script, who *host) {
				m := s.modbus(who, s.air, s.plant.air)
				m.read(s, 3, 0, 8)
				m.write(s, airTemperature, 350)
				m.close(s)
			}},
		{name: "historian writes a set point", kind: "OT-03", by: historian, on: pressure, lasts: 2 * time.Minute,
			do: func(s *script, _ *host) { s.histPressure.write(s, roomFilling, 300) }},
		{name: "HMI writes a room pressure outside its range", kind: "OT-03", by: hmi, on: pressure, lasts: 2 * time.Minute,
			do: func(s *script, _ *host) { s.hmiPressure.write(s, roomFilling, 120) }},
		{name: "HMI writes a fill volume between two recipes", kind: "OT-03", by: hmi, on: filler, phases: making, lasts: 2 * time.Minute,
			do: func(s *script, _ *host) { s.hmiFiller.write(s, blockRecipe, 0, real4(6.5)...) }},
		{name: "HMI writes the fill volume of another recipe while filling", kind: "OT-03", by: hmi, on: filler, phases: making, lasts: 2 * time.Minute,
			do: func(s *script, _ *host) {
				now := products[s.calendar.at(s.now).product].fill
				other := products[0].fill
				if other == now {
					other = products[3].fill
				}
				s.hmiFiller.write(s, blockRecipe, 0, real4(other)...)
			}},
		{name: "HMI writes the cleaning fan speed while filling", kind: "OT-03", by: hmi, on: air, phases: making, lasts: 30 * time.Minute,
			do: func(s *script, _ *host) {
				s.hmiAir.write(s, airFan, 850)
				s.wait(20 * time.Minute)
				s.hmiAir.write(s, airFan, 700)
			}},
		{name: "HMI starts the filler while the line is idle", kind: "OT-03", by: hmi, on: filler, phases: []phase{idle}, lasts: 10 * time.Minute,
			do: func(s *script, _ *host) {
				s.hmiFiller.write(s, blockCommand, commandRun, 1)
				s.wait(5 * time.Minute)
				s.hmiFiller.write(s, blockCommand, commandRun, 0)
			}},
		{name: "HMI lets a set point drift within its range, a tenth of a degree every six minutes", kind: "OT-03", by: hmi, on: air, phases: making, lasts: 100 * time.Minute,
			do: func(s *script, _ *host) {
				for v := uint16(205); v <= 218; v++ {
					s.hmiAir.write(s, airTemperature, v)
					s.wait(s.about(6 * time.Minute))
				}
			}},
		{name: "a command of the HMI recorded and replayed by a laptop", kind: "OT-03", on: cartoner, lasts: 2 * time.Minute,
			do: func(s *script, who *host) {
				e := s.enip(who, s.cartoner, s.plant.cartoner)
				e.write(s, "Start", 0)
				e.close(s)
			}},
		{name: "a command of the HMI replayed on its own connection", kind: "OT-03", by: hmi, on: cartoner, phases: making, lasts: 2 * time.Minute,
			do: func(s *script, _ *host) { s.hmiCartoner.write(s, "Start", 0) }},
		{name: "HMI jogs the filler twenty times a second", kind: "OT-03", by: hmi, on: filler, lasts: 2 * time.Minute,
			do: func(s *script, _ *host) {
				for n := range 200 {
					s.hmiFiller.write(s, blockCommand, commandJog, byte(n%2))
				}
			}},
		{name: "unit 0 is told a set point by the historian", kind: "OT-03", by: historian, on: pressure, lasts: 2 * time.Minute,
			do: func(s *script, _ *host) {
				m := s.modbus(s.historian, s.pressure, s.plant.pressure)
				m.unit = 0
				m.ask(s, words(6, roomFilling, 100), nil)
				m.close(s)
			}},
		{name: "laptop opens an I/O connection to the check weigher", kind: "OT-03", on: func(c *cast) *host { return c.weigher }, lasts: 2 * time.Minute,
			do: func(s *script, who *host) {
				e := s.enip(who, s.weigher, s.plant.cartoner)
				e.plain(s, 0x54, octets("2006 2401"), octets("0a 0e 00000000 02000077 0200 4444 37130000 00000000 80969800 0a48 80969800 0a48 01 04 2004 2401 2c96 2c64"), 0,
					octets("02000020 02000077 0200 4444 37130000 80969800 80969800 00 00"))
				e.close(s)
			}},
	}
}

// views are attacks on what people see (OT-07, OT-08).
func views() []deed {
	both := func(c *cast) []*host { return []*host{c.hmi, c.air} }
	flat := func(answer []byte) []byte { // temperature and humidity stand still
		b := append([]byte(nil), answer...)
		if len(b) > 15 && b[7] == 4 {
			be.PutUint16(b[9:], 205)
			be.PutUint16(b[13:], 450)
		}
		return b
	}
	return []deed{
		{name: "ARP spoofing, answers of the air handling unit changed", kind: "OT-08", on: air, spoofed: both, lasts: 15 * time.Minute,
			do: func(s *script, who *host) {
				s.hmiAir.middle = &middle{host: who, act: s.act, change: flat}
				for range 20 {
					poison(s, who, s.hmi, s.air)
					s.wait(30 * time.Second)
				}
				s.hmiAir.middle = nil
				heal(s, s.hmi, s.air)
			}},
		{name: "traffic led through a host without one ARP reply seen", kind: "OT-08", on: air, spoofed: both, lasts: 15 * time.Minute,
			do: func(s *script, who *host) {
				s.hmiAir.middle = &middle{host: who, act: s.act}
				s.wait(10 * time.Minute)
				s.hmiAir.middle = nil
			}},
		{name: "answers of the room pressure controller take a way that this port does not see, 40 ms longer", kind: "OT-08", on: pressure, spoofed: func(c *cast) []*host { return []*host{c.hmi, c.pressure} }, lasts: 25 * time.Minute,
			do: func(s *script, _ *host) {
				s.hmiPressure.detour, s.hmiPressure.act = 40*time.Millisecond, s.act
				s.wait(20 * time.Minute)
				s.hmiPressure.detour, s.hmiPressure.act = 0, nil
			}},
		{name: "answers of the room pressure controller forged ahead of it", kind: "OT-08", on: pressure, spoofed: func(c *cast) []*host { return []*host{c.hmi, c.pressure} }, lasts: 10 * time.Minute,
			do: func(s *script, _ *host) {
				s.hmiPressure.forger = &forger{s.act, func(answer []byte) []byte {
					b := append([]byte(nil), answer...)
					for i := 9; i < len(b); i++ {
						b[i] ^= 3
					}
					return b
				}}
				s.wait(5 * time.Minute)
				s.hmiPressure.forger = nil
			}},
		{name: "a host takes the address of the historian", kind: "OT-08", on: filler, spoofed: func(c *cast) []*host { return []*host{c.historian} }, lasts: 5 * time.Minute,
			do: func(s *script, who *host) {
				clone := &host{ip: s.historian.ip, mac: who.mac}
				s.arp(1, clone, clone.ip, broadcast, s.filler.ip)
				s.pause(time.Millisecond)
				c := s.s7(clone, s.filler, 3, s.plant.filler)
				for range 10 {
					c.read(s, span{blockProcess, 0, 48})
					c.settle(s)
					s.wait(10 * time.Second)
				}
				c.close(s)
			}},
		{name: "variables of the filler forced", kind: "OT-07", by: engineering, on: filler, lasts: 2 * time.Minute,
			do: func(s *script, who *host) {
				c := s.s7(who, s.filler, 1, s.plant.filler)
				c.ready(s)
				c.user(s, 1, 9, "0014 000d 0000 0000 0000 0000 0000 0000 0000 0000 0001 0000 0001 21 01 0000 0000 ff 04 0008 01 00", 0, "0004 0004 0000 0001 0000 0001 ff 00 00 00")
				c.close(s)
			}},
		{name: "an alarm of the filler locked by the HMI", kind: "OT-07", by: hmi, on: filler, lasts: 2 * time.Minute,
			do: func(s *script, _ *host) {
				s.hmiFiller.ready(s)
				s.hmiFiller.user(s, 4, 7, "00 01 12 06 15 00 60000001", 0, "00 01 ff")
				s.hmiFiller.settle(s)
			}},
		{name: "outputs of the cartoner forced", kind: "OT-07", by: engineering, on: cartoner, lasts: 2 * time.Minute,
			do: func(s *script, who *host) {
				e := s.enip(who, s.cartoner, s.plant.cartoner)
				e.cip(s, 0x4D, octets("2069 2401"), octets("0200 0100 0100"), 0, nil)
				e.cip(s, 0x4E, octets("2069 2401"), octets("01"), 0, nil)
				e.close(s)
			}},
		{name: "delay of the door alarm set to an hour by the HMI", kind: "OT-07", by: hmi, on: pressure, lasts: 2 * time.Minute,
			do: func(s *script, _ *host) { s.hmiPressure.write(s, roomDelay, 3600) }},
	}
}
