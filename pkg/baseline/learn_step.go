package baseline

import (
	"cmp"
	"slices"

	"otsensor/pkg/ot"
)

// train is where a host stands among the steps done to it.
type train struct {
	before *taken // nil while unknown
	at     int64
}

// steps are those of one habit.
type steps struct {
	places []*track
	whole  *taken // once it touches too many places to tell them apart
}

// track is one place that a habit writes to, and what is written there.
type track struct {
	name      string
	addr, len uint32
	pace
	values []*taken // by value, as long as they are few
	any    *taken   // with any value
}

// taken is a step as it is learned.
type taken struct {
	tally
	value  float64
	next   []follower
	hourly hourly
	number uint32 // while the document is written; 0 for what is no step
}

type follower struct {
	step  *taken
	times uint32
}

// stepped takes an act that changes something at a host.
func (l *Learner) stepped(at *host, h *habit, t *ot.Transaction) {
	s, even := l.step(h, t)
	if even {
		return
	}
	if s != nil {
		s.add(l.now, l.bucket)
		l.happens(&s.hourly)
		if b := at.train.before; b != nil && at.train.at >= l.hole {
			b.followed(s)
		}
	}
	at.train = train{s, l.now}
}

// followed notes what came next. One too many is noted too, so that it shows.
func (s *taken) followed(by *taken) {
	for i := range s.next {
		if f := &s.next[i]; f.step == by {
			f.times = min(f.times, 1<<32-2) + 1
			return
		}
	}
	if len(s.next) <= maxNext*maxStates {
		s.next = append(s.next, follower{by, 1})
	}
}

// step finds the step that an act is, or makes it; nil when there is no room.
// even is true of what comes at an even pace.
func (l *Learner) step(h *habit, t *ot.Transaction) (s *taken, even bool) {
	if h.steps == nil {
		h.steps = &steps{}
	}
	p := h.steps.place(t)
	if p == nil {
		return l.newStep(&h.steps.whole, 0), false
	}
	if p.went(cmp.Or(t.AskedAt, l.now), l.hole); p.polled() {
		return nil, true
	}
	x, one := valueOf(t)
	if !one {
		return l.newStep(&p.any, 0), false
	}
	for _, s := range p.values {
		if s.value == x {
			return s, false
		}
	}
	if len(p.values) == maxStates {
		return l.newStep(&p.any, 0), false
	}
	var made *taken
	if l.newStep(&made, x) != nil {
		p.values = append(p.values, made)
	}
	return made, false
}

// newStep makes a step where there is none yet, as long as there is room.
func (l *Learner) newStep(at **taken, x float64) *taken {
	if *at == nil && l.steps >= MaxSteps {
		l.full.Steps++
		return nil
	}
	if *at == nil {
		l.steps++
		*at = &taken{value: x}
	}
	return *at
}

// place finds the place that an act touches, or makes it; nil once there are too many.
func (s *steps) place(t *ot.Transaction) *track {
	for _, p := range s.places {
		if p.addr == t.Object.Addr && p.len == t.Object.Len && p.name == string(t.Name) {
			return p
		}
	}
	if s.whole != nil || len(s.places) == maxPlaces {
		return nil
	}
	p := &track{name: string(t.Name), addr: t.Object.Addr, len: t.Object.Len}
	s.places = append(s.places, p)
	return p
}

// stepLine is a line with the steps it is made of: values of a number are one step.
type stepLine struct {
	Step
	of []*taken
}

// writeSteps writes the steps of a sorted document.
func (l *Learner) writeSteps(b *Baseline) {
	var lines []stepLine
	for _, h := range l.sortedActs() {
		if h.habit.steps != nil {
			lines = append(lines, h.lines(b)...)
		}
	}
	slices.SortFunc(lines, func(x, y stepLine) int { return compareSteps(x.Step, y.Step) })
	for i := range lines {
		lines[i].Number = uint32(i + 1)
		for _, s := range lines[i].of {
			s.number = lines[i].Number
		}
	}
	for i := range lines {
		lines[i].count()
		if len(lines[i].of) == 1 {
			lines[i].Hours = l.week(&lines[i].of[0].hourly)
		}
		b.Steps = append(b.Steps, lines[i].Step)
	}
}

// lines gives the steps of a habit in force as lines, and takes the number from all others.
func (h *pairHabit) lines(b *Baseline) (all []stepLine) {
	to := Step{Pair: h.pair.Pair, Act: h.habit.Act}
	_, learned := slices.BinarySearchFunc(b.Habits, Habit{Pair: to.Pair, Act: to.Act}, compareHabitLines)
	one := stepLine{Step: to, of: h.habit.steps.all()}
	for _, s := range one.of {
		s.number = 0
	}
	switch {
	case !learned:
	case h.habit.steps.whole != nil:
		all = append(all, one)
	default:
		for _, p := range h.habit.steps.places {
			if !p.polled() {
				all = append(all, p.lines(to, b)...)
			}
		}
	}
	return all
}

func (s *steps) all() (all []*taken) {
	for _, p := range s.places {
		all = append(all, p.all()...)
	}
	return appendStep(all, s.whole)
}

func (p *track) all() []*taken { return appendStep(slices.Clone(p.values), p.any) }

func appendStep(all []*taken, s *taken) []*taken {
	if s == nil {
		return all
	}
	return append(all, s)
}

// lines gives the steps of a place: each value a line where it is a choice, else all of them one.
func (p *track) lines(to Step, b *Baseline) (all []stepLine) {
	if to.Name = p.name; p.len > 0 {
		to.Object = []Range{rangeOf(p.addr, p.len)}
	}
	var set []float64
	if at, found := slices.BinarySearchFunc(b.Values, Value{Pair: to.Pair, Act: to.Act, Name: p.name, Addr: p.addr}, compareValueLines); found && b.Values[at].Mark == InForce {
		set = b.Values[at].Set
		if len(set) > maxStates {
			set = nil
		}
	}
	rest := stepLine{Step: to}
	for _, s := range p.all() {
		if s == p.any || !slices.Contains(set, s.value) {
			rest.of = append(rest.of, s)
			continue
		}
		line := stepLine{Step: to, of: []*taken{s}}
		line.Value = []float64{s.value}
		all = append(all, line)
	}
	if len(rest.of) > 0 {
		all = append(all, rest)
	}
	return all
}

// count sums up what a line is made of.
func (s *stepLine) count() {
	times := map[uint32]uint32{}
	for i, of := range s.of {
		t := of.standing()
		if i == 0 {
			s.Standing = t
		} else {
			s.Standing.join(&t)
		}
		for _, f := range of.next {
			if f.step.number > 0 {
				times[f.step.number] += f.times
			}
		}
	}
	for n, t := range times {
		s.Next = append(s.Next, Follow{n, t})
	}
	slices.SortFunc(s.Next, compareFollows)
	s.stands()
}
