package main

import "time"

// programs are attacks on programs, firmware and what they hold (OT-04, OT-06, OT-11).
func programs() []deed {
	return []deed{
		{name: "laptop downloads a block into the filler", kind: "OT-04", on: filler, lasts: 2 * time.Minute,
			do: func(s *script, who *host) {
				c := s.s7(who, s.filler, 1, s.plant.filler)
				c.ready(s)
				c.download(s, 5, block(160))
				c.close(s)
			}},
		{name: "engineering station downloads a block without a ticket", kind: "OT-04", by: engineering, on: filler, lasts: 2 * time.Minute,
			do: func(s *script, who *host) {
				c := s.s7(who, s.filler, 1, s.plant.filler)
				c.ready(s)
				c.download(s, 1, block(180))
				c.close(s)
			}},
		{name: "engineering station downloads into the cartoner without a ticket", kind: "OT-04", by: engineering, on: cartoner, lasts: 2 * time.Minute,
			do: func(s *script, who *host) {
				e := s.enip(who, s.cartoner, s.plant.cartoner)
				logixDownload(s, e)
				e.close(s)
			}},
		{name: "program of the air handling unit replaced over UMAS", kind: "OT-04", on: air, lasts: 2 * time.Minute,
			do: func(s *script, who *host) {
				m := s.modbus(who, s.air, s.plant.air)
				m.ask(s, octets("5a 00 10 12340000 05 454e474e31"), octets("5a 00 fe 01"))
				m.ask(s, octets("5a 01 30 0001"), octets("5a 01 fe"))
				for n := byte(1); n < 9; n++ {
					m.ask(s, append(octets("5a 01 31 0001"), n, 0, 0x10, 0, 0, 0x11, 0x22, 0x33, 0x44, 0x55, 0x66, 0x77, 0x88, 0x99, 0xaa, 0xbb, 0xcc, 0xdd, 0xee, 0xff), octets("5a 01 fe"))
				}
				m.ask(s, octets("5a 01 32 0001 0900"), octets("5a 01 fe"))
				m.ask(s, octets("5a 01 11"), octets("5a 01 fe"))
				m.close(s)
			}},
		{name: "firmware blocks moved into the cartoner", kind: "OT-06", by: engineering, on: cartoner, lasts: 5 * time.Minute,
			do: func(s *script, who *host) {
				e := s.enip(who, s.cartoner, s.plant.cartoner)
				e.cip(s, 0x4B, octets("20a1 2401"), octets("00100000"), 0, nil)
				for n := range 60 {
					data := make([]byte, 200)
					for i := range data {
						data[i] = byte(n*7 + i)
					}
					e.cip(s, 0x4D, octets("20a1 2401"), append(le.AppendUint32(nil, uint32(200*n)), data...), 0, nil)
				}
				e.close(s)
			}},
		{name: "file records written into the air handling unit", kind: "OT-06", on: air, lasts: 5 * time.Minute,
			do: func(s *script, who *host) {
				m := s.modbus(who, s.air, s.plant.air)
				fileRecords(s, m, 60)
				m.close(s)
			}},
		{name: "the room pressure controller reports another firmware", kind: "OT-06", by: pressure, on: historian, lasts: 5 * time.Minute,
			do: func(s *script, _ *host) {
				was := s.plant.pressure.product
				s.plant.pressure.product[2] = "04.03.01"
				s.histPressure.identity(s)
				s.histPressure.settle(s)
				s.plant.pressure.product = was
			}},
		{name: "laptop uploads the program of the filler", kind: "OT-11", on: filler, lasts: 2 * time.Minute,
			do: func(s *script, who *host) {
				c := s.s7(who, s.filler, 1, s.plant.filler)
				c.ready(s)
				for n := 1; n < 5; n++ {
					c.upload(s, n, 3)
				}
				c.close(s)
			}},
		{name: "historian reads the recipe of the filler", kind: "OT-11", by: historian, on: filler, lasts: 2 * time.Minute,
			do: func(s *script, _ *host) {
				s.histFiller.read(s, span{blockRecipe, 0, 24})
				s.histFiller.settle(s)
			}},
		{name: "historian asks twenty times as often for half an hour", kind: "OT-11", by: historian, on: air, lasts: 40 * time.Minute,
			do: func(s *script, _ *host) {
				s.pace, s.histAir.act = 20, s.act
				s.wait(30 * time.Minute)
				s.pace, s.histAir.act = 1, nil
			}},
	}
}

// stops are attacks on the state of controllers and on their clocks (OT-05, OT-14).
func stops() []deed {
	return []deed{
		{name: "laptop stops the filler", kind: "OT-05", on: filler, lasts: 10 * time.Minute,
			do: func(s *script, who *host) {
				c := s.s7(who, s.filler, 1, s.plant.filler)
				c.ready(s)
				c.stop(s)
				c.close(s)
				s.wait(5 * time.Minute)
				s.plant.filler.halted = false
			}},
		{name: "engineering station stops the filler without a ticket", kind: "OT-05", by: engineering, on: filler, phases: []phase{production}, lasts: 5 * time.Minute,
			do: func(s *script, who *host) {
				c := s.s7(who, s.filler, 1, s.plant.filler)
				c.ready(s)
				c.stop(s)
				c.settle(s)
				s.wait(2 * time.Minute)
				c.restart(s)
				c.close(s)
			}},
		{name: "cartoner put into program mode without a ticket", kind: "OT-05", by: engineering, on: cartoner, lasts: 2 * time.Minute,
			do: func(s *script, who *host) {
				e := s.enip(who, s.cartoner, s.plant.cartoner)
				e.cip(s, 0x07, octets("208e 2401"), nil, 0, nil)
				e.close(s)
			}},
		{name: "check weigher told to reset", kind: "OT-05", on: func(c *cast) *host { return c.weigher }, lasts: 2 * time.Minute,
			do: func(s *script, who *host) {
				e := s.enip(who, s.weigher, s.plant.cartoner)
				e.plain(s, 0x05, octets("2001 2401"), nil, 0, nil)
				e.close(s)
			}},
		{name: "air handling unit told to listen only", kind: "OT-05", on: air, lasts: 2 * time.Minute,
			do: func(s *script, who *host) {
				m := s.modbus(who, s.air, s.plant.air)
				m.ask(s, octets("08 0004 0000"), nil)
				m.close(s)
			}},
		{name: "air handling unit switched off by the HMI", kind: "OT-05", by: hmi, on: air, phases: []phase{production}, lasts: 10 * time.Minute,
			do: func(s *script, _ *host) {
				s.hmiAir.write(s, airMode, modeOff)
				s.wait(5 * time.Minute)
				s.hmiAir.write(s, airMode, modeAuto)
			}},
		{name: "I/O of the check weigher goes to idle", kind: "OT-05", by: cartoner, on: func(c *cast) *host { return c.weigher }, lasts: 5 * time.Minute,
			do: func(s *script, _ *host) {
				s.idled = s.act
				s.wait(2 * time.Minute)
				s.idled = nil
			}},
		{name: "clock of the filler set back without a ticket", kind: "OT-14", by: engineering, on: filler, lasts: 2 * time.Minute,
			do: func(s *script, who *host) {
				c := s.s7(who, s.filler, 1, s.plant.filler)
				c.ready(s)
				setClock(s, c, s.now.Add(-24*time.Hour))
				c.close(s)
			}},
		{name: "time answers of the gateway run two hours ahead", kind: "OT-14", by: gateway, on: filler, lasts: 10 * time.Minute,
			do: func(s *script, who *host) {
				for range 5 {
					now := s.now
					s.now = now.Add(2 * time.Hour)
					b := ntpAnswer(s, who)
					s.now = now
					s.udp(who, s.filler, 123, s.filler.nextPort(), b)
					s.wait(time.Minute)
				}
			}},
	}
}
