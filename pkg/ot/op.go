package ot

// Op is the plant verb of a transaction: what the act means on a line,
// whatever protocol carried it.
type Op uint8

// The verbs, from harmless to grave within each group.
const (
	OpUnknown         Op = iota // a code that no table names
	OpSession                   // connection, registration, keep-alive
	OpAuth                      // log-on, password, reservation
	OpIdentify                  // who are you, what do you hold
	OpReadData                  // process values read
	OpWriteData                 // process values written
	OpForce                     // inputs or outputs forced, variables modified by an engineering tool
	OpModeChange                // run, stop, program, remote
	OpReset                     // restart of device or communication
	OpProgramDownload           // program into the controller
	OpProgramUpload             // program out of the controller
	OpProgramEdit               // program edited online, block activated
	OpProgramDelete             // program or block deleted
	OpFirmware                  // firmware moved or activated
	OpConfigRead                // configuration read
	OpConfigWrite               // configuration written
	OpFile                      // file or record moved
	OpTimeSet                   // clock set
	OpDiagnostic                // counters, diagnostic buffers, stacks
	OpAlarm                     // alarms acknowledged, locked, subscribed
	OpSubscribe                 // cyclic or change-driven delivery ordered
	OpIOCyclic                  // cyclic input/output data
	OpSafety                    // safety protocol or safety object
	OpMotion                    // axis command
	OpError                     // an error report that belongs to no request
	opCount
)

var opNames = [opCount]string{
	"unknown", "session", "auth", "identify", "read-data", "write-data", "force", "mode-change", "reset",
	"program-download", "program-upload", "program-edit-online", "program-delete", "firmware", "config-read",
	"config-write", "file", "time-set", "diagnostic", "alarm", "subscribe", "io-cyclic", "safety", "motion", "error",
}

func (o Op) String() string { return opNames[min(o, opCount-1)] }

// OpNamed finds a verb by its name.
func OpNamed(name string) (Op, bool) {
	for i, n := range opNames {
		if n == name {
			return Op(i), true
		}
	}
	return OpUnknown, false
}

// OpNames lists the verbs in order.
func OpNames() []string { return append([]string(nil), opNames[:]...) }

// ChangesState reports whether the verb, once accepted, may change what the plant does.
func (o Op) ChangesState() bool {
	const verbs = 1<<OpWriteData | 1<<OpForce | 1<<OpModeChange | 1<<OpReset | 1<<OpProgramDownload | 1<<OpProgramEdit |
		1<<OpProgramDelete | 1<<OpFirmware | 1<<OpConfigWrite | 1<<OpTimeSet | 1<<OpSafety | 1<<OpMotion
	return uint64(verbs)>>(o%64)&1 != 0
}

// Engineering reports whether the verb belongs to engineering work rather than to operation.
// Learning never accepts these silently.
func (o Op) Engineering() bool {
	const verbs = 1<<OpForce | 1<<OpModeChange | 1<<OpReset | 1<<OpProgramDownload | 1<<OpProgramUpload | 1<<OpProgramEdit |
		1<<OpProgramDelete | 1<<OpFirmware | 1<<OpConfigWrite | 1<<OpTimeSet | 1<<OpAuth | 1<<OpSafety
	return uint64(verbs)>>(o%64)&1 != 0
}

// Engineering reports whether a verb of a protocol is engineering work. To log
// on to an office service (a file server, a desktop) is none.
func Engineering(p Proto, o Op) bool { return o.Engineering() && !(o == OpAuth && p.Office()) }

// Status says how a request ended.
type Status uint8

// The ends of a request.
const (
	OK         Status = iota // answered, accepted
	Refused                  // answered with an error; StatusCode says which
	Unanswered               // no answer came in time, although the conversation shows both directions
	Unasked                  // an answer or push without a request in sight
	OneWay                   // needs no answer, or the capture shows only the asking side
	statusCount
)

var statusNames = [statusCount]string{"ok", "refused", "unanswered", "unasked", "oneway"}

func (s Status) String() string { return statusNames[min(s, statusCount-1)] }

// StatusNamed finds a status by its name.
func StatusNamed(name string) (Status, bool) {
	for i, n := range statusNames {
		if n == name {
			return Status(i), true
		}
	}
	return OK, false
}
