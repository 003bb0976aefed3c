// Command cartoner is an EtherNet/IP target to record against: identity,
// sessions, tags, explicit connections and cyclic I/O of one cartoning machine.
// It follows CIP Networks Library volumes 1 and 2 as far as the clients of the
// recorded line ask, and no further; foreign clients are its test.
package main

import (
	"flag"
	"log"
	"net"
	"time"
)

func main() {
	address := flag.String("address", "", "IPv4 address to serve")
	flag.Parse()
	ip := net.ParseIP(*address).To4()
	if ip == nil {
		log.Fatal("an IPv4 address is needed: -address 10.77.10.31")
	}
	m := newMachine(ip)
	for {
		if err := m.powerCycle(); err != nil {
			log.Fatal(err)
		}
		time.Sleep(restartTime)
	}
}

// restartTime is how long the machine stays away after Identity Reset.
const restartTime = 6 * time.Second
