package ot

// Fact is what an identity says: one kind of thing about a device.
type Fact uint8

// The facts, in the order they are shown.
const (
	FactVendor Fact = iota
	FactProduct
	FactOrder    // order number, product code
	FactSerial   // serial number
	FactFirmware // firmware or software revision
	FactHardware // hardware revision
	FactName     // the plant's name for the device: host, station, tag
	FactLocation // location or plant designation
	FactType     // device type
	FactState    // what it says of itself: run, stop, fault
	FactProject  // controller program or project
	factCount
)

var factNames = [factCount]string{"vendor", "product", "order", "serial", "firmware", "hardware", "name", "location", "type", "state", "project"}

func (f Fact) String() string { return factNames[min(f, factCount-1)] }

// FactCount is how many kinds of fact there are.
const FactCount = int(factCount)

// Identity is what a device said about itself in one answer.
// Its texts are sanitised copies and may be kept.
type Identity struct {
	Of     Endpoint          // the device
	Behind string            // which module behind it ("slot 3", "unit 17"), "" for the device itself
	Source string            // what said so, for people: "CIP Identity object", "SZL 0x0011"
	Facts  [FactCount]string // "" where nothing was said
}
