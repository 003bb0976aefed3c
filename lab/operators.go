package main

import "time"

// shifts is the HMI being handed over: at 06:00, 14:00 and 22:00 a crew goes
// through the screens, and alarms left over are acknowledged.
func (l *lab) shifts(s *script) {
	for n := range 3 * l.days {
		s.till(l.begin.Add(6*time.Hour + time.Duration(n)*8*time.Hour + s.between(time.Minute, 12*time.Minute)))
		if s.running() && l.calendar.at(s.now).phase != idle {
			l.view(s, 1)
			l.acknowledge(s)
			l.view(s, 2)
		}
	}
}

// view shows a screen for a while.
func (l *lab) view(s *script, screen int) {
	l.screen = screen
	s.wait(s.between(30*time.Second, 4*time.Minute))
	l.screen = 0
}

// operator is whoever stands at the HMI: now and then an alarm, a set point,
// a short time in manual mode; less when the line is idle.
func (l *lab) operator(s *script) {
	for s.running() {
		p := l.calendar.at(s.now).phase
		wait := map[phase]time.Duration{production: 25, changeover: 12, cleaning: 30, idle: 400}[p] * time.Minute
		s.wait(time.Duration((0.2 + s.rng.ExpFloat64()) * float64(wait)))
		if !l.hmi.up(s.now) || !s.running() {
			continue
		}
		switch n := s.rng.IntN(10); {
		case p == idle || n < 4:
			l.view(s, 1)
			l.acknowledge(s)
		case n < 7:
			l.view(s, 2)
			l.adjust(s)
		case n < 8:
			l.view(s, 2)
			l.trim(s)
		case n < 9:
			l.manual(s)
		default:
			l.view(s, 1)
		}
	}
}

// acknowledge is one alarm acknowledged at the device that has it.
func (l *lab) acknowledge(s *script) {
	switch s.rng.IntN(4) {
	case 0:
		l.alarm = l.alarm%40 + 1
		l.hmiAir.write(s, airAcknowledge, l.alarm)
	case 1:
		l.hmiPressure.setCoil(s, coilReset, true)
		s.wait(s.between(time.Second, 3*time.Second))
		l.hmiPressure.setCoil(s, coilReset, false)
	case 2:
		l.hmiFiller.write(s, blockCommand, commandAcknowledge, 1)
		s.wait(s.between(time.Second, 3*time.Second))
		l.hmiFiller.write(s, blockCommand, commandAcknowledge, 0)
	default:
		l.hmiCartoner.write(s, "AlarmAck", 1)
		s.wait(s.between(time.Second, 3*time.Second))
		l.hmiCartoner.write(s, "AlarmAck", 0)
	}
}

// adjust is a set point of the rooms, within what operators may set.
func (l *lab) adjust(s *script) {
	switch s.rng.IntN(4) {
	case 0, 1:
		l.hmiAir.write(s, airTemperature, uint16(195+s.rng.IntN(26)))
	case 2:
		l.hmiAir.write(s, airHumidity, uint16(400+10*s.rng.IntN(11)))
	default:
		l.hmiPressure.write(s, roomFilling, uint16(430+5*s.rng.IntN(9)))
	}
}

// trim is the speed of filler or cartoner, a few per cent around the recipe.
func (l *lab) trim(s *script) {
	r := products[l.calendar.at(s.now).product]
	share := 0.95 + 0.1*s.rng.Float64()
	if s.rng.IntN(2) == 0 {
		l.hmiFiller.write(s, blockRecipe, 4, be.AppendUint16(nil, uint16(float64(r.speed)*share))...)
		return
	}
	l.hmiCartoner.write(s, "SpeedSetpoint", int32(float64(r.carton)*share))
}

// manual is a few minutes in manual mode, with some jogging.
func (l *lab) manual(s *script) {
	if s.rng.IntN(2) == 0 {
		l.hmiAir.write(s, airMode, modeManual)
		s.wait(s.between(20*time.Second, 3*time.Minute))
		l.hmiAir.write(s, airDamper, uint16(300+50*s.rng.IntN(9)))
		s.wait(s.between(2*time.Minute, 10*time.Minute))
		l.hmiAir.write(s, airMode, modeAuto)
		return
	}
	l.hmiFiller.write(s, blockCommand, commandManual, 1)
	for range 1 + s.rng.IntN(4) {
		s.wait(s.between(5*time.Second, 40*time.Second))
		l.hmiFiller.write(s, blockCommand, commandJog, 1)
		s.wait(s.between(time.Second, 2*time.Second))
		l.hmiFiller.write(s, blockCommand, commandJog, 0)
	}
	s.wait(s.between(10*time.Second, time.Minute))
	l.hmiFiller.write(s, blockCommand, commandManual, 0)
}

// recipes is what the HMI writes when the line goes from one phase to the next.
func (l *lab) recipes(s *script) {
	for _, st := range l.calendar {
		s.till(st.from)
		if st.from.Before(l.begin) || !s.running() {
			continue
		}
		s.wait(s.between(20*time.Second, 3*time.Minute))
		switch st.phase {
		case changeover:
			l.hmiFiller.write(s, blockCommand, commandRun, 0)
			l.screen = 2
			l.hmiAir.write(s, airMode, modeAuto)
			l.hmiAir.write(s, airFan, 700)
			s.wait(s.between(time.Minute, 8*time.Minute))
			l.loadRecipe(s, products[st.product])
			l.screen = 0
		case production:
			l.plant.made = 0
			l.hmiFiller.write(s, blockCommand, commandRun, 1)
			l.hmiCartoner.write(s, "Start", 1)
		case cleaning:
			l.hmiFiller.write(s, blockCommand, commandRun, 0)
			l.hmiCartoner.write(s, "Start", 0)
			l.hmiFiller.write(s, blockCommand, commandClean, 1)
			l.hmiAir.write(s, airMode, modeCleaning)
			l.hmiAir.write(s, airFan, 850)
			s.wait(s.between(30*time.Minute, 50*time.Minute))
			l.hmiFiller.write(s, blockCommand, commandClean, 0)
		case idle:
			l.hmiAir.write(s, airMode, modeSetback)
			l.hmiAir.write(s, airFan, 400)
		}
	}
}

// loadRecipe writes a recipe, item by item as the operator confirms it.
func (l *lab) loadRecipe(s *script, r product) {
	l.hmiFiller.write(s, blockRecipe, 0, real4(r.fill)...)
	s.wait(s.between(time.Second, 5*time.Second))
	l.hmiFiller.write(s, blockRecipe, 4, be.AppendUint16(nil, r.speed)...)
	s.wait(s.between(time.Second, 5*time.Second))
	l.hmiFiller.write(s, blockRecipe, 6, real4(r.torque)...)
	s.wait(s.between(5*time.Second, time.Minute))
	l.hmiCartoner.write(s, "LotNumber", r.lot+int32(s.rng.IntN(900)))
	l.hmiCartoner.write(s, "SpeedSetpoint", r.carton)
	l.hmiCartoner.write(s, "GlueSetpoint", r.glue)
}
