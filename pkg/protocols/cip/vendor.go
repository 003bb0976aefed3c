package cip

import "strconv"

// vendors are vendor ids met in plants, as ODVA assigned them.
var vendors = map[uint16]string{
	1: "Rockwell Automation", 3: "Honeywell", 4: "Parker Hannifin", 5: "Rockwell Automation (Reliance)", 7: "SMC", 8: "Molex",
	12: "Banner Engineering", 26: "Festo", 36: "MKS Instruments", 40: "WAGO", 42: "IMI Norgren", 43: "Balluff", 44: "Yaskawa",
	45: "Eurotherm", 46: "ABB", 47: "Omron", 48: "Turck", 50: "Real Time Automation", 52: "Numatics", 56: "Softing",
	57: "Pepperl+Fuchs", 58: "Spectrum Controls", 68: "Eaton", 75: "ABB Robotics", 77: "Rockwell Software", 78: "Datalogic (Escort)",
	82: "Mitsubishi Electric", 83: "Opto 22", 87: "Bürkert", 90: "HMS", 94: "Advantech", 97: "Danfoss", 100: "Bosch Rexroth",
	108: "Beckhoff", 121: "KUKA", 145: "Siemens", 161: "Mitsubishi Electric", 171: "Denso", 176: "Red Lion", 181: "Pilz",
	243: "Schneider Electric", 246: "Brooks Instrument", 255: "Bosch Rexroth", 256: "Turck", 283: "Hilscher", 287: "Bosch Rexroth",
	309: "ProSoft Technology", 315: "SEW-Eurodrive", 322: "ifm", 326: "GE Fanuc", 345: "Endress+Hauser", 356: "FANUC Robotics",
	367: "Keyence", 445: "Lenze", 511: "SICK Stegmann", 562: "Phoenix Contact", 591: "FANUC", 634: "Hirschmann",
	640: "Murrelektronik", 666: "Mettler-Toledo", 678: "Cognex", 680: "Weidmüller", 722: "ABB", 796: "Siemens", 808: "SICK",
	844: "Brooks Automation", 850: "Datalogic", 887: "B&R", 903: "Emerson", 939: "Cisco", 991: "Moxa", 1009: "Epson",
	1015: "Weidmüller", 1174: "Alicat Scientific", 1182: "Endress+Hauser",
}

func vendorName(id uint16) string {
	if name := vendors[id]; name != "" {
		return name
	}
	return "vendor " + strconv.Itoa(int(id))
}

// deviceTypes are the device profiles (Volume 1, chapter 6).
var deviceTypes = map[uint16]string{
	0: "Generic Device (deprecated)", 2: "AC Drive", 3: "Motor Overload", 4: "Limit Switch", 5: "Inductive Proximity Switch",
	6: "Photoelectric Sensor", 7: "General Purpose Discrete I/O", 9: "Resolver", 12: "Communications Adapter",
	14: "Programmable Logic Controller", 16: "Position Controller", 19: "DC Drive", 21: "Contactor", 22: "Motor Starter",
	23: "Soft Start", 24: "Human-Machine Interface", 26: "Mass Flow Controller", 27: "Pneumatic Valve", 28: "Vacuum Pressure Gauge",
	29: "Process Control Valve", 30: "Residual Gas Analyzer", 31: "DC Power Generator", 32: "RF Power Generator",
	33: "Turbomolecular Vacuum Pump", 34: "Encoder", 35: "Safety Discrete I/O", 36: "Fluid Flow Controller", 37: "CIP Motion Drive",
	38: "CompoNet Repeater", 39: "Mass Flow Controller, Enhanced", 40: "CIP Modbus Device", 41: "CIP Modbus Translator",
	42: "Safety Analog I/O", 43: "Generic Device", 44: "Managed Ethernet Switch", 45: "CIP Motion Safety Drive", 46: "Safety Drive",
	47: "CIP Motion Encoder", 48: "CIP Motion Converter", 49: "CIP Motion I/O", 50: "ControlNet Physical Layer", 51: "Circuit Breaker",
	52: "HART Device", 53: "CIP-HART Translator", 200: "Embedded Component",
}

func deviceType(id uint16) string {
	if name := deviceTypes[id]; name != "" {
		return name
	}
	return "type " + strconv.Itoa(int(id))
}
