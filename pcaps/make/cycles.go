package main

import "time"

// Registers of a small steriliser.
const (
	loadHeat  = 40 // set points of a load
	loadTime  = 41
	loadPhase = 42 // open, heating, sterilising, drying
	loadValve = 43
)

// load sterilises one load: its set points, then the phases, for so many minutes each.
func load(t *tape, m *modbus, i int, phases ...[2]uint16) {
	m.write(1, loadHeat, 1210+uint16(i*7%26))
	t.wait(10 * time.Second)
	m.write(1, loadTime, 900+uint16(i*11%26))
	t.wait(10 * time.Second)
	run(t, m, phases...)
}

// run goes through phases. The valve is opened while it heats, and closed when drying begins.
func run(t *tape, m *modbus, phases ...[2]uint16) {
	for _, p := range phases {
		m.write(1, loadPhase, p[0])
		t.wait(5 * time.Second)
		switch p[0] {
		case 1:
			m.write(1, loadValve, 1)
		case 3:
			m.write(1, loadValve, 0)
		}
		t.every(50*time.Second, int(p[1])*60/50, func(int) { m.poll() })
	}
}

// steriliser is so many loads.
func steriliser(t *tape, n int) *modbus {
	m := t.modbus(building, air)
	for i := range n {
		load(t, m, i, [2]uint16{1, 2}, [2]uint16{2, 3}, [2]uint16{3, 2}, [2]uint16{0, 6})
	}
	return m
}

// workingDays is a line polled once an hour, and a history that asks at 07:20 on working days.
func workingDays(t *tape, days int) {
	m := t.modbus(building, air)
	for t.wait(20 * time.Minute); days > 0; t.wait(time.Hour) {
		m.poll()
		switch day := t.now.Weekday(); t.now.Hour() {
		case 7:
			if day != time.Saturday && day != time.Sunday {
				askOnce(t)
			}
		case 23:
			days--
		}
	}
	m.close()
}

func askOnce(t *tape) {
	h := t.modbus(history, pressure)
	h.read(17, 4, 0, 6)
	h.close()
}

func cycleStories() []story {
	one := func(phases ...[2]uint16) func(t *tape) {
		return func(t *tape) {
			m := t.modbus(building, air)
			run(t, m, [2]uint16{3, 2}, [2]uint16{0, 6})
			load(t, m, 3, phases...)
			m.close()
		}
	}
	return []story{
		{"steriliser", "learning material: loads of a steriliser, each with its set points and four phases",
			"sixty loads of about twelve minutes: the building station writes two set points (registers 40, 41), then the phase (42): heating, sterilising, drying, open; it opens and closes a valve (43), and polls every 50 s",
			func(t *tape) { steriliser(t, 60).close() }},
		{"steriliser-near", "a load that differs, but not in what is done after what, nor much in time",
			"one load after the end of another: sterilising takes two minutes instead of three",
			one([2]uint16{1, 2}, [2]uint16{2, 2}, [2]uint16{3, 3}, [2]uint16{0, 1})},
		{"steriliser-cut", "sterilising ends long before it ever did",
			"one load after the end of another: sterilising takes one minute instead of three",
			one([2]uint16{1, 2}, [2]uint16{2, 1}, [2]uint16{3, 2}, [2]uint16{0, 1})},
		{"steriliser-stuck", "sterilising does not end",
			"one load after the end of another: sterilising takes eight minutes instead of three",
			one([2]uint16{1, 2}, [2]uint16{2, 8})},
		{"steriliser-skips", "a load that is dried without having been sterilised",
			"one load after the end of another: the phase goes from heating to drying",
			func(t *tape) {
				m := t.modbus(building, air)
				run(t, m, [2]uint16{3, 2}, [2]uint16{0, 6})
				load(t, m, 3, [2]uint16{1, 2})
				t.act()
				m.write(1, loadPhase, 3)
				m.close()
			}},
		{"steriliser-unset", "a load that is started without its set points",
			"after the end of one load heating begins, without the two set points that are written before it each time",
			func(t *tape) {
				m := t.modbus(building, air)
				run(t, m, [2]uint16{3, 2}, [2]uint16{0, 6})
				t.act()
				m.write(1, loadPhase, 1)
				m.close()
			}},
		{"working-days", "learning material: a conversation that belongs to working days",
			"thirty days: the building station polls once an hour; the history asks the room pressure controller once, at 07:20 on working days",
			func(t *tape) { workingDays(t, 30) }},
		{"working-days-late", "the same conversation an hour late",
			"the history asks on a Wednesday at 08:20",
			func(t *tape) {
				t.wait(14*24*time.Hour + 20*time.Hour + 20*time.Minute)
				askOnce(t)
			}},
		{"working-days-sunday", "the same conversation at night on a Sunday",
			"the history asks on a Sunday at 02:20",
			func(t *tape) {
				t.wait(11*24*time.Hour + 14*time.Hour + 20*time.Minute)
				t.act()
				askOnce(t)
			}},
	}
}
