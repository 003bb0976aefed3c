module otsensor/pcaps/line/make

go 1.26.0

require (
	github.com/google/gopacket v1.1.20-0.20250319234736-b7d9dbd15ae4
	github.com/simonvetter/modbus v1.6.4
)

require (
	github.com/goburrow/serial v0.1.0 // indirect
	golang.org/x/net v0.0.0-20190620200207-3b0461eec859 // indirect
	golang.org/x/sys v0.0.0-20200217220822-9197077df867 // indirect
)
