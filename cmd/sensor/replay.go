package main

import (
	"bufio"
	"context"
	"errors"
	"flag"
	"fmt"
	"time"

	"otsensor/pkg/config"
	"otsensor/pkg/event"
	"otsensor/pkg/sensor"
)

func runReplay(ctx context.Context, e *env, fs *flag.FlagSet, args []string) error {
	var pipe pipeFlags
	var judge judgeFlags
	pipe.declare(fs)
	judge.declare(fs)
	keep := config.Default().Evidence
	fs.StringVar(&keep.Dir, "evidence", "", "`DIR` for capture files, one per event of suggested severity 2 and above")
	expr := filterFlag(fs)
	keeps := config.Default().Store
	fs.StringVar(&keeps.File, "store", "", "new `FILE` that events, cases and decisions are kept in, to be asked with sqlite3")
	files, err := parse(fs, args)
	if err != nil {
		return err
	}
	only, err := parseFilter(*expr)
	if err != nil {
		return err
	}
	if err := pipe.check(); err != nil {
		return err
	}
	src, err := openFiles(e, "replay", files)
	if err != nil {
		return err
	}
	defer src.Close()
	src.Filter(only)
	out := bufio.NewWriter(e.stdout)
	whole := inOrder{write: event.NewWriter(out).Write}
	o, err := judge.atStart(pipe.options().Table)
	if err != nil {
		return err
	}
	if o.Evidence, err = openEvidence(keep, false, o.Journal); err != nil {
		return err
	}
	o.Where, o.Emit, o.Filter = src.Where, whole.take, filterText(only)
	st, err := replayInto(keeps, &o)
	if err != nil {
		return err
	}
	w := sensor.NewWatch(o)
	stop := progress(ctx, e.stderr, src)
	began := time.Now()
	stats, err := sensor.Run(ctx, src, pipe.options(), w.Judge())
	w.Finish(stats)
	stop()
	whole.rest()
	if st != nil {
		err = errors.Join(err, st.Close())
	}
	err = errors.Join(err, out.Flush()) // what was read before a file's damage is said, too
	replaySummary(e.stderr, stats, w, time.Since(began))
	evidenceSummary(e.stderr, o.Evidence, keep.Dir)
	if err != nil {
		return err
	}
	return ctx.Err()
}

// inOrder writes each event once, as it is when it closes, in the order in
// which events were raised.
type inOrder struct {
	write  func(*event.Event) error
	queue  []*event.Event
	at     map[string]int // place of an event in the queue, counted from the first ever
	gone   int
	failed error
}

// mostWaiting is how many events wait for an earlier one to close; then they are written as they stand.
const mostWaiting = 10000

func (q *inOrder) take(e *event.Event) error {
	if q.at == nil {
		q.at = map[string]int{}
	}
	switch i, known := q.at[e.ID]; {
	case !known && e.State != "closed":
		q.at[e.ID] = q.gone + len(q.queue)
		q.queue = append(q.queue, copied(e))
	case known && i >= q.gone:
		q.queue[i-q.gone] = copied(e)
	default:
		return q.failed // was written while it was open
	}
	for len(q.queue) > 0 && (done(q.queue[0]) || len(q.queue) > mostWaiting) {
		q.shift()
	}
	return q.failed
}

func done(e *event.Event) bool { return e.State == "closed" || e.State == "summary" }

func (q *inOrder) shift() {
	e := q.queue[0]
	q.queue = q.queue[1:]
	q.gone++
	if done(e) {
		delete(q.at, e.ID)
	}
	if err := q.write(e); err != nil && q.failed == nil {
		q.failed = err
	}
}

func (q *inOrder) rest() {
	for len(q.queue) > 0 {
		q.shift()
	}
}

func copied(e *event.Event) *event.Event { c := *e; return &c }

func replaySummary(w interface{ Write([]byte) (int, error) }, stats sensor.Stats, watch *sensor.Watch, took time.Duration) {
	summary(w, stats)
	eventTable(w, watch.Counts())
	if s := took.Seconds(); s > 0 {
		fmt.Fprintf(w, "%.0f packets/s\n", float64(stats.Packets)/s)
	}
}
