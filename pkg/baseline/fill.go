package baseline

// Fill is how full one table of learning is.
type Fill struct {
	Name           string
	Entries, Limit int
	Refused        uint64 // what was not learned because it was full
}

// Fills lists the tables of learning.
func (l *Learner) Fills() []Fill {
	f := l.fullness()
	return []Fill{
		{"learned_hosts", len(l.hosts), MaxHosts, f.Hosts},
		{"learned_conversations", len(l.pairs), MaxConversations, f.Conversations},
		{"learned_habits", len(l.acts), MaxHabits, f.Habits},
		{"learned_values", l.values, MaxValues, f.Values},
	}
}
