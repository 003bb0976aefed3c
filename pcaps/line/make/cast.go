package main

import "fmt"

// actor is one host of the line. Its programs run in a network namespace of its own.
type actor struct {
	name, address, mac, role string
	programs                 [][]string
}

const (
	gateway  = "10.77.10.1"
	air      = "10.77.10.11"
	pressure = "10.77.10.12"
	filler   = "10.77.10.21"
	cartoner = "10.77.10.31"
	panel    = "10.77.10.41"
	building = "10.77.10.42"
	history  = "10.77.10.43"
	packer   = "10.77.10.51"
	laptop   = "10.77.10.99"
)

// cast lists the hosts in order of start: servers before those who ask them.
// The MAC prefixes are the makers' own (IEEE MA-L).
func (d dirs) cast() []actor {
	ask := func(who string) []string {
		return d.clock(who, "server "+gateway+" iburst minpoll 4 maxpoll 4")
	}
	return []actor{
		{"gateway", gateway, "ec:74:ba:10:00:01", "cell gateway: DNS (dnsmasq) and NTP (chrony)", [][]string{
			{"dnsmasq", "-k", "-C", d.conf("dnsmasq.conf")}, d.clock("gateway", "local stratum 3", "allow 10.77.10.0/24")}},
		{"air", air, "00:80:f4:10:00:11", "air handling controller, Modbus/TCP unit 1 (Go simonvetter/modbus)", [][]string{
			{d.bin("airhandler"), "-address", air}}},
		{"pressure", pressure, "00:30:de:10:00:12", "pressure cascade controller, Modbus/TCP unit 17 (pymodbus)", [][]string{
			{"/usr/bin/python3", d.role("pressure.py"), pressure}}},
		{"filler", filler, "28:63:36:10:00:21", "filler controller, S7 (npm node-snap7 server behind a relay)", [][]string{
			{"node", d.role("filler.js"), filler}}},
		{"cartoner", cartoner, "00:1d:9c:10:00:31", "cartoner controller, EtherNet/IP (own adapter, Go)", [][]string{
			{d.bin("cartoner"), "-address", cartoner}}},
		{"panel", panel, "00:0e:8c:10:00:41", "operator panel of the filler (npm nodes7)", [][]string{
			{"node", d.role("panel.js"), filler}, ask("panel")}},
		{"building", building, "00:d0:c9:10:00:42", "building management station (pymodbus)", [][]string{
			{"/usr/bin/python3", d.role("building.py"), air, pressure}, ask("building"), {"sh", d.role("naming.sh"), gateway, "air", "pressure"}}},
		{"history", history, "00:50:56:10:00:43", "historian (npm modbus-serial, node-snap7, ethernet-ip)", [][]string{
			{"node", d.role("historian.js"), air, pressure, filler, cartoner}, ask("history"),
			{"sh", d.role("naming.sh"), gateway, "filler", "cartoner", "air"}}},
		{"packer", packer, "f4:54:33:10:00:51", "packaging panel and I/O scanner (npm st-ethernet-ip)", [][]string{
			{"node", d.role("packer.js"), cartoner}, ask("packer")}},
		{"laptop", laptop, "3c:58:c2:10:00:99", "unknown laptop: joins when the incident begins", nil},
	}
}

// clock runs chrony on directives alone. It never sets the clock (-x), and its
// files are its own, since several run at once.
func (d dirs) clock(who string, directives ...string) []string {
	own := []string{"cmdport 0", "bindcmdaddress /", "pidfile " + d.bin(who+".pid")}
	return append([]string{"chronyd", "-d", "-x", "-u", "root"}, append(directives, own...)...)
}

// act is one step of the incident. Want lists incident types it should open.
type act struct {
	name, target, want string
	program            []string
}

func (d dirs) acts() []act {
	python := func(args ...string) []string {
		return append([]string{"/usr/bin/python3", d.role("laptop.py")}, args...)
	}
	s7 := func(what string) []string { return []string{"node", d.role("laptop-s7.js"), what, filler} }
	enip := func(what string) []string { return []string{"node", d.role("laptop-enip.js"), what, cartoner} }
	return []act{
		{"arp-scan", "10.77.10.0/24", "OT-01 OT-02", []string{"nmap", "-n", "-sn", "-PR", "10.77.10.0/24"}},
		{"port-scan", all(air, pressure, filler, cartoner), "OT-02", []string{"nmap", "-n", "-Pn", "-sS", "--max-retries", "1", "-T3", "-p", scanned, air, pressure, filler, cartoner}},
		{"list-identity-broadcast", cartoner, "OT-02", enip("browse")},
		{"modbus-identify", all(air, pressure), "OT-01 OT-02", python("identify", air, pressure)},
		{"modbus-probe", air, "OT-02", python("probe", air, pressure)},
		{"modbus-write", all(air, pressure), "OT-03", python("write", air, pressure)},
		{"s7-look", filler, "OT-01 OT-02", s7("look")},
		{"s7-write", filler, "OT-03", s7("write")},
		{"s7-stop", filler, "OT-05", s7("stop")},
		{"s7-download", filler, "OT-04", s7("download")},
		{"cip-browse-tags", cartoner, "OT-11", enip("tags")},
		{"cip-write-tag", cartoner, "OT-03", enip("write")},
		{"cip-reset", cartoner, "OT-05", enip("reset")},
	}
}

// scanned are the ports of the scan: industrial ones and the usual suspects.
const scanned = "21-23,25,53,80,102,110,111,135,139,143,443,445,502,789,1089,1911,1962,2222,2404,3389,4840,5007,5900,8080,9600,18245,20000,20547,34962,44818,47808,55000"

func all(hosts ...string) string {
	s := fmt.Sprint(hosts)
	return s[1 : len(s)-1]
}
