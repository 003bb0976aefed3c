// Command airhandler is a Modbus/TCP server to record against: an air handling
// unit that keeps temperature and humidity of the filling room near its
// setpoints. It speaks through github.com/simonvetter/modbus.
package main

import (
	"flag"
	"log"
	"math"
	"math/rand/v2"
	"sync"
	"time"

	"github.com/simonvetter/modbus"
)

const unit = 1

// Holding registers, all in tenths: 0 supply air temperature, 1 relative
// humidity, 2 room overpressure in pascal, 3 fan speed in percent; 4 to 7 limits.
type unitState struct {
	mu      sync.Mutex
	holding [8]uint16
	input   [10]uint16
	coils   [8]bool
	random  *rand.Rand
}

func main() {
	address := flag.String("address", "", "IPv4 address to serve")
	flag.Parse()
	s := &unitState{holding: [8]uint16{205, 450, 220, 720, 180, 240, 150, 300}, coils: [8]bool{true, true}, random: rand.New(rand.NewPCG(7, 11))}
	server, err := modbus.NewServer(&modbus.ServerConfiguration{URL: "tcp://" + *address + ":502", Timeout: time.Minute, MaxClients: 16}, s)
	if err != nil {
		log.Fatal(err)
	}
	if err := server.Start(); err != nil {
		log.Fatal(err)
	}
	for t := 0; ; t++ {
		s.step(float64(t))
		time.Sleep(time.Second)
	}
}

// step moves every measured value one second on: a slow wave around the setpoint and some noise.
func (s *unitState) step(t float64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for i := range s.input {
		centre := 100.0 + 10*float64(i)
		if i < 4 {
			centre = float64(s.holding[i])
		}
		s.input[i] = uint16(centre + 2*math.Sin(t/(30+float64(i))) + s.random.Float64())
	}
}

func (s *unitState) HandleCoils(r *modbus.CoilsRequest) ([]bool, error) {
	if err := within(r.UnitId, r.Addr, r.Quantity, len(s.coils)); err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	at := s.coils[r.Addr : r.Addr+r.Quantity]
	if r.IsWrite {
		copy(at, r.Args)
	}
	return append([]bool{}, at...), nil
}

func (s *unitState) HandleDiscreteInputs(r *modbus.DiscreteInputsRequest) ([]bool, error) {
	if err := within(r.UnitId, r.Addr, r.Quantity, len(s.coils)); err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]bool{}, s.coils[r.Addr:r.Addr+r.Quantity]...), nil
}

func (s *unitState) HandleHoldingRegisters(r *modbus.HoldingRegistersRequest) ([]uint16, error) {
	if err := within(r.UnitId, r.Addr, r.Quantity, len(s.holding)); err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	at := s.holding[r.Addr : r.Addr+r.Quantity]
	if r.IsWrite {
		copy(at, r.Args)
	}
	return append([]uint16{}, at...), nil
}

func (s *unitState) HandleInputRegisters(r *modbus.InputRegistersRequest) ([]uint16, error) {
	if err := within(r.UnitId, r.Addr, r.Quantity, len(s.input)); err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]uint16{}, s.input[r.Addr:r.Addr+r.Quantity]...), nil
}

// within refuses other units as a gateway does, and addresses that do not exist.
func within(asked uint8, addr, quantity uint16, size int) error {
	switch {
	case asked != unit:
		return modbus.ErrGWTargetFailedToRespond
	case int(addr)+int(quantity) > size:
		return modbus.ErrIllegalDataAddress
	}
	return nil
}
