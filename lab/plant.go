package main

import (
	"math"
	"math/rand/v2"
	"time"
)

// plant is the process and what the controllers hold of it.
type plant struct {
	rng           *rand.Rand
	calendar      calendar
	air, pressure *unit
	filler        *controller
	cartoner      *logix
	made          float64 // vials since the campaign began
	counted       time.Time
}

// Holding registers of the air handling unit, tenths where the quantity has them.
const (
	airTemperature = iota // 0.1 °C
	airHumidity           // 0.1 %
	airFan                // per mille
	airMode               // modes below
	airDamper             // per mille, in manual mode
	airAcknowledge        // number of the alarm acknowledged last
	airSetback            // 0.1 °C
	airHeartbeat          // counts up with the HMI
	airRegisters
)

// Modes of the air handling unit.
const (
	modeOff = iota
	modeAuto
	modeManual
	modeSetback
	modeCleaning
)

// Holding registers of the room pressure controller: three rooms in 0.1 Pa, mode, delay of the door alarm in seconds.
const (
	roomFilling = iota
	roomStopper
	roomCorridor
	roomMode
	roomDelay
	roomRegisters
)

// Coils of the room pressure controller.
const (
	coilReset = iota // alarm reset, by operators
	coilDoor         // door open
	coilLow          // pressure low
	coils     = 16
)

// Data blocks of the filler: process, alarms, recipe, commands, weekly report.
const (
	blockProcess = 10
	blockAlarms  = 11
	blockRecipe  = 20
	blockCommand = 21
	blockReport  = 30
)

// Commands of the filler, one byte each in their block.
const (
	commandRun = iota
	commandAcknowledge
	commandManual
	commandJog
	commandClean
	commands = 16
)

func newPlant(l *lab) *plant {
	p := &plant{rng: l.chance("plant"), calendar: l.calendar, counted: l.begin}
	p.air = &unit{id: 1, holding: make([]uint16, airRegisters), coils: make([]bool, coils), product: [3]string{"Schneider Electric", "TM221CE24R", "V1.6"}}
	p.pressure = &unit{id: 17, holding: make([]uint16, roomRegisters), coils: make([]bool, coils), product: [3]string{"WAGO", "750-8212", "04.02.13"}}
	copy(p.air.holding, []uint16{205, 450, 700, modeAuto, 500, 0, 180, 0})
	copy(p.pressure.holding, []uint16{450, 300, 150, 1, 30})
	p.air.inputs, p.pressure.inputs = p.airInputs, p.roomInputs
	p.filler = &controller{blocks: map[uint16][]byte{blockProcess: make([]byte, 48), blockAlarms: make([]byte, 32), blockRecipe: make([]byte, 24), blockCommand: make([]byte, commands), blockReport: make([]byte, 120)}}
	p.filler.status = p.fillerStatus
	p.cartoner = &logix{tags: map[string]int32{}, identity: "0100 0e00 9500 1f0b 6030 dec01077 08 436172746f6e6572"}
	p.cartoner.status = p.cartonerStatus
	p.load(products[0])
	return p
}

// load puts a recipe in place without anybody writing it.
func (p *plant) load(r product) {
	b := p.filler.blocks[blockRecipe]
	copy(b, real4(r.fill))
	be.PutUint16(b[4:], r.speed)
	copy(b[6:], real4(r.torque))
	p.cartoner.tags["LotNumber"], p.cartoner.tags["SpeedSetpoint"], p.cartoner.tags["GlueSetpoint"] = r.lot, r.carton, r.glue
}

// real4 is a REAL as S7 has it.
func real4(v float32) []byte { return be.AppendUint32(nil, math.Float32bits(v)) }

// near is a measured value: the set one with noise.
func (p *plant) near(set, noise float64) uint16 {
	return uint16(max(0, math.Round(set+p.rng.NormFloat64()*noise)))
}

// airInputs are supply and return temperature, humidity, fan speed, flow, filter, damper, outside temperature.
func (p *plant) airInputs(now time.Time) []uint16 {
	h := p.air.holding
	day := math.Sin(2 * math.Pi * (float64(now.Hour()) - 9) / 24)
	fan := float64(h[airFan])
	return []uint16{
		p.near(float64(h[airTemperature]), 2), p.near(float64(h[airTemperature])+12, 2), p.near(float64(h[airHumidity]), 6),
		p.near(fan*1.45, 3), p.near(fan*12, 25), p.near(120+fan/20, 2), p.near(500+100*day, 5), p.near(120+60*day, 3), p.near(50, 0.2), 0,
	}
}

// roomInputs are the pressures of three rooms, doors, and flow.
func (p *plant) roomInputs(time.Time) []uint16 {
	h := p.pressure.holding
	return []uint16{p.near(float64(h[roomFilling]), 6), p.near(float64(h[roomStopper]), 5), p.near(float64(h[roomCorridor]), 4), uint16(p.rng.IntN(2)), p.near(880, 8), 0}
}

// count lets vials be filled up to now.
func (p *plant) count(now time.Time) {
	if p.calendar.at(now).phase == production && !p.filler.halted && p.filler.blocks[blockCommand][commandRun] == 1 {
		p.made += now.Sub(p.counted).Minutes() * float64(be.Uint16(p.filler.blocks[blockRecipe][4:]))
	}
	p.counted = now
}

func (p *plant) fillerStatus(now time.Time) {
	p.count(now)
	b, recipe := p.filler.blocks[blockProcess], p.filler.blocks[blockRecipe]
	fill := math.Float32frombits(be.Uint32(recipe))
	be.PutUint16(b, uint16(p.calendar.at(now).phase))
	copy(b[2:], real4(fill*(1+float32(p.rng.NormFloat64())/400)))
	be.PutUint16(b[6:], p.near(float64(be.Uint16(recipe[4:])), 1))
	be.PutUint32(b[8:], uint32(p.made))
	be.PutUint32(b[12:], uint32(p.made/700))
	copy(b[16:], real4(math.Float32frombits(be.Uint32(recipe[6:]))+float32(p.rng.NormFloat64())/50))
	be.PutUint32(b[20:], uint32(now.Unix()))
}

func (p *plant) cartonerStatus() {
	t := p.cartoner.tags
	t["CartonCount"], t["RejectCount"] = int32(p.made/10), int32(p.made/3000)
	t["Speed"] = int32(p.near(float64(t["SpeedSetpoint"]), 0.5))
	t["GlueTemp"] = int32(p.near(float64(t["GlueSetpoint"]), 0.7))
}
