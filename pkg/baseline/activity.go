package baseline

import "otsensor/pkg/ot"

// Bounds of an Activity.
const (
	MaxActive = 8192 // habits counted in one minute
	maxRecent = 16   // of a conversation, found without hashing
)

// Active is what a habit did in a minute, learned or not.
type Active struct {
	Pair
	Act
	Statuses [5]uint64 // by ot.Status
	Slowest  int32     // microseconds of the slowest answer, -1 when none was seen
}

// Habit is its line as a baseline has it, without what it touched and how often.
func (a *Active) Habit() string {
	return string(habitKind.line(nil, &Habit{Pair: a.Pair, Act: a.Act}, true))
}

// Count is how often it was done.
func (a *Active) Count() (n uint64) {
	for _, s := range a.Statuses {
		n += s
	}
	return n
}

// Activity counts what is done, by habit, until it is taken.
type Activity struct {
	rows  []Active
	at    map[activeKey]int32 // places in rows
	seats []activeSeat
	round uint32 // how often it was taken
	left  uint64 // transactions without room since then
	all   uint64 // and ever
}

type activeKey struct {
	Pair
	Act
}

// activeSeat leads from a conversation to its latest habits.
type activeSeat struct {
	conv  *ot.Conv
	round uint32
	rows  []int32
}

// NewActivity makes one in which nothing is counted yet.
func NewActivity() *Activity { return &Activity{at: make(map[activeKey]int32)} }

// See counts a transaction.
func (a *Activity) See(o *ot.Observation) {
	if o.Kind != ot.Did || o.Conv == nil {
		return
	}
	r := a.row(o)
	if r == nil {
		a.left, a.all = a.left+1, a.all+1
		return
	}
	r.Statuses[min(int(o.Did.Status), len(r.Statuses)-1)]++
	r.Slowest = max(r.Slowest, o.Did.Latency)
}

// row finds the habit of a transaction; nil when there is no room for it.
func (a *Activity) row(o *ot.Observation) *Active {
	s := a.seat(o.Conv)
	for _, i := range s.rows {
		if r := &a.rows[i]; r.Act.of(&o.Did) {
			return r
		}
	}
	key := activeKey{pairOf(o.Conv), actOf(&o.Did)}
	i, known := a.at[key]
	if !known {
		if len(a.rows) == MaxActive {
			return nil
		}
		i = int32(len(a.rows))
		a.at[key] = i
		a.rows = append(a.rows, Active{Pair: key.Pair, Act: key.Act, Slowest: -1})
	}
	if len(s.rows) < maxRecent {
		s.rows = append(s.rows, i)
	}
	return &a.rows[i]
}

func (a *Activity) seat(c *ot.Conv) *activeSeat {
	for int(c.Seat) >= len(a.seats) {
		a.seats = append(a.seats, activeSeat{})
	}
	s := &a.seats[c.Seat]
	if s.conv != c || s.round != a.round {
		*s = activeSeat{c, a.round, s.rows[:0]}
	}
	return s
}

// Left is how many transactions had no room so far.
func (a *Activity) Left() uint64 { return a.all }

// Take gives what was counted, in the order in which it was seen first, and how
// many transactions had no room; counting begins anew.
func (a *Activity) Take() (rows []Active, left uint64) {
	rows, left = append(rows, a.rows...), a.left
	a.rows, a.left = a.rows[:0], 0
	clear(a.at)
	a.round++
	return rows, left
}
