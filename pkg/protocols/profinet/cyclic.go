package profinet

import (
	"otsensor/pkg/ot"
	"otsensor/pkg/protocols"
)

// cyclic watches the cyclic data of a pair of hosts, frame id by frame id.
type cyclic struct {
	streams []stream
	full    bool
}

const (
	streamsMax = 64
	summary    = int64(10_000_000_000) // nanoseconds between two summaries of a stream
	trailer    = 4                     // cycle counter, data status, transfer status
)

// The bits of the data status, IEC 61158-6-10 §4.7.2.1.2.
const (
	statusValid  = 0x04
	statusRun    = 0x10
	statusNormal = 0x20
	statusBits   = statusValid | statusRun | statusNormal
)

// Why a transaction of cyclic data was handed over.
const (
	whyFirst = iota + 1
	whyStatus
	whySize
	whySummary
)

var reasons = []protocols.Code{
	{Number: whyFirst, Name: "first"}, {Number: whyStatus, Name: "status"}, {Number: whySize, Name: "size"}, {Number: whySummary, Name: "summary"},
}

// stream is one frame id as it was last seen.
type stream struct {
	id      uint16
	dir     ot.Dir
	clock   bool
	status  uint8
	size    int
	packets uint32 // since the last transaction
	told    int64  // sensor clock of the last transaction
	frame   uint64
	time    int64
}

// frame takes one frame of cyclic data. Its trailer stands at its end.
func (y *cyclic) frame(dir ot.Dir, id uint16, b []byte, out *protocols.Emit) {
	if len(b) < trailer {
		t := begin(Realtime|kindCyclic, ot.OpIOCyclic, id)
		out.OddIn(ot.Malformed, dir, &t)
		return
	}
	end := len(b) - trailer
	y.see(dir, stream{id: id, dir: dir, status: b[end+2], size: end}, b[:end], out)
}

// clock takes a frame of precision time over PROFINET.
func (y *cyclic) clock(dir ot.Dir, id uint16, out *protocols.Emit) {
	y.see(dir, stream{id: id, dir: dir, clock: true}, nil, out)
}

func (y *cyclic) see(dir ot.Dir, now stream, data []byte, out *protocols.Emit) {
	now.frame, now.time, now.told = out.Frame, out.Time, out.Clock
	s := y.find(dir, now.id)
	if s == nil {
		s = y.add(dir, out)
		now.packets = 1
		*s = now
		s.tell(whyFirst, data, out)
		return
	}
	why := uint32(0)
	switch {
	case (s.status^now.status)&statusBits != 0:
		why = whyStatus
	case s.size != now.size:
		why = whySize
	case out.Clock-s.told >= summary:
		why = whySummary
	}
	now.packets, now.told = s.packets+1, s.told
	*s = now
	if why != 0 {
		s.tell(why, data, out)
		return
	}
	out.Wake(s.told + summary - 1)
}

// tick gives the summaries that are due; at the end of the conversation all that is left.
func (y *cyclic) tick(now int64, out *protocols.Emit) {
	for i := range y.streams {
		s := &y.streams[i]
		if s.packets > 0 && (now == protocols.EndOfTime || now-s.told >= summary) {
			s.tell(whySummary, nil, out)
		}
		if s.packets > 0 {
			out.Wake(s.told + summary - 1)
		}
	}
}

func (s *stream) tell(why uint32, data []byte, out *protocols.Emit) {
	t := begin(Realtime|kindCyclic, ot.OpIOCyclic, s.id)
	if s.clock {
		t.Code, t.Op = Realtime|kindClock, ot.OpSession
	} else {
		t.Object = ot.Object{Area: uint32(s.id), Len: 1}
		t.Arg[argIP], t.Arg[argGateway] = uint32(s.status), uint32(s.size)
		t.Arg[argFlags] = hasCyclic
	}
	t.Arg[argMask], t.Arg[argDetail] = s.packets, why
	t.Status, t.Asked, t.AskedAt, t.Value = ot.OneWay, s.frame, s.time, data
	s.packets, s.told = 0, out.Clock
	out.Did(&t)
}

func (y *cyclic) find(dir ot.Dir, id uint16) *stream {
	for i := range y.streams {
		if s := &y.streams[i]; s.id == id && s.dir == dir {
			return s
		}
	}
	return nil
}

// add makes room for a stream; the oldest goes when there are too many.
func (y *cyclic) add(dir ot.Dir, out *protocols.Emit) *stream {
	if len(y.streams) == streamsMax {
		if !y.full {
			out.Odd(ot.TableFull, dir, ot.Profinet)
			y.full = true
		}
		y.streams = append(y.streams[:0], y.streams[1:]...)
	}
	y.streams = append(y.streams, stream{})
	return &y.streams[len(y.streams)-1]
}
