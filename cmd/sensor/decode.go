package main

import (
	"bufio"
	"context"
	"errors"
	"flag"
	"strconv"

	"otsensor/pkg/event"
	"otsensor/pkg/near"
	"otsensor/pkg/ot"
	"otsensor/pkg/protocols"
	"otsensor/pkg/protocols/all"
	"otsensor/pkg/sensor"
)

func runDecode(ctx context.Context, e *env, fs *flag.FlagSet, args []string) error {
	var pipe pipeFlags
	pipe.declare(fs)
	name := fs.String("proto", "", "only transactions of this `PROTOCOL`")
	files, err := parse(fs, args)
	if err != nil {
		return err
	}
	if err := pipe.check(); err != nil {
		return err
	}
	only, err := protoNamed(*name)
	if err != nil {
		return err
	}
	src, err := openFiles(e, "decode", files)
	if err != nil {
		return err
	}
	defer src.Close()
	out := bufio.NewWriterSize(e.stdout, 1<<16)
	line := newLiner(len(files) > 1, src.Where)
	stats, err := sensor.Run(ctx, src, pipe.options(), sensor.Judge{Observe: func(o *ot.Observation) {
		if o.Kind == ot.Did && (only == ot.NoProto || o.Did.Proto == only) {
			out.Write(line.of(o))
		}
	}})
	err = errors.Join(err, out.Flush()) // what was read before a file's damage is said, too
	summary(e.stderr, stats)
	return err
}

func protoNamed(name string) (ot.Proto, error) {
	if name == "" {
		return ot.NoProto, nil
	}
	p, ok := ot.ProtoNamed(name)
	if !ok {
		var names []string
		for _, q := range ot.Protos() {
			names = append(names, q.String())
		}
		return 0, usagef("decode: no protocol %q%s", name, near.Hint(name, names))
	}
	return p, nil
}

// liner writes transactions as JSON lines.
type liner struct {
	rows  map[ot.Proto]*protocols.Protocol
	where func(frame uint64) (string, uint64)
	files bool
	buf   []byte
}

func newLiner(files bool, where func(uint64) (string, uint64)) *liner {
	l := &liner{rows: map[ot.Proto]*protocols.Protocol{}, where: where, files: files}
	table := all.Table()
	for i := range table {
		if l.rows[table[i].Proto] == nil {
			l.rows[table[i].Proto] = &table[i]
		}
	}
	return l
}

// of gives one line, valid until the next call.
func (l *liner) of(o *ot.Observation) []byte {
	t := &o.Did
	frame := o.Frame
	if t.Asked != 0 {
		frame = t.Asked
	}
	file, local := l.where(frame)
	b := append(l.buf[:0], `{"frame":`...)
	b = strconv.AppendUint(b, local, 10)
	if t.Answered != 0 {
		_, local = l.where(t.Answered)
		b = strconv.AppendUint(append(b, `,"answer_frame":`...), local, 10)
	}
	if l.files {
		b = append(append(b, `,"file":`...), protocols.QuoteJSON([]byte(file))...)
	}
	at := o.Time
	if t.AskedAt != 0 {
		at = t.AskedAt
	}
	b = append(b, `,"time":"`...)
	b = event.AppendTime(b, at)
	b = append(append(append(b, `","client":"`...), o.Conv.Client.String()...), '"')
	b = append(append(append(b, `,"server":"`...), o.Conv.Server.String()...), '"')
	b = append(append(append(b, `,"proto":"`...), t.Proto.String()...), '"')
	b = append(append(append(b, `,"op":"`...), t.Op.String()...), '"')
	b = strconv.AppendUint(append(b, `,"code":`...), uint64(t.Code), 10)
	b = append(append(append(b, `,"status":"`...), t.Status.String()...), '"')
	b = strconv.AppendUint(append(b, `,"status_code":`...), uint64(t.StatusCode), 10)
	if t.Latency >= 0 && t.Answered != 0 && t.Asked != 0 {
		b = strconv.AppendInt(append(b, `,"latency_us":`...), int64(t.Latency), 10)
	}
	if row := l.rows[t.Proto]; row != nil {
		for i := range row.Fields {
			b = row.Fields[i].Append(b, t)
		}
	}
	l.buf = append(b, '}', '\n')
	return l.buf
}
