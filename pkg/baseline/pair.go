package baseline

import (
	"cmp"

	"otsensor/pkg/assets"
	"otsensor/pkg/ot"
)

// Pair names a conversation as people do: who asks whom, on which port.
type Pair struct {
	Client    ot.Endpoint // without a port
	Server    ot.Endpoint
	Transport ot.Transport
}

// ephemeral is the lowest port that says nothing when who is server was only
// guessed: the lower end of what common systems give out to clients.
const ephemeral = 32768

// pairOf gives the pair of a conversation. Where who asks was guessed and no
// port tells, direction means nothing, and neither does a port that is no
// ethertype: it becomes 0 and the lower address asks, so that the next run finds
// the same pair.
func pairOf(c *ot.Conv) Pair {
	p := Pair{c.Client.Host(), c.Server, c.Transport}
	if c.Guessed && (c.Transport == ot.Link || c.Server.Port >= ephemeral) {
		port := c.Server.Port
		if c.Transport != ot.Link {
			port = 0
		}
		if assets.Compare(p.Server, p.Client) < 0 {
			p.Client, p.Server = p.Server.Host(), p.Client
		}
		p.Server.Port = port
	}
	return p
}

// reversed is the pair with the roles exchanged, as the same conversation
// would be called had the guess gone the other way.
func reversed(c *ot.Conv) Pair { return Pair{c.Server.Host(), c.Client, c.Transport} }

func comparePairs(a, b *Pair) int {
	return cmp.Or(assets.Compare(a.Client, b.Client), assets.Compare(a.Server, b.Server),
		cmp.Compare(a.Transport, b.Transport), cmp.Compare(a.Server.Port, b.Server.Port))
}

// Act is what is done in a conversation: a verb by its code, to a block of an area of a unit.
type Act struct {
	Unit, Code, Area, Block uint32
	Proto                   ot.Proto
	Op                      ot.Op
}

func actOf(t *ot.Transaction) Act {
	return Act{unitOf(t), t.Code, t.Object.Area, t.Object.Block, t.Proto, t.Op}
}

// unitOf is the unit an act belongs to. Where only the start of a connection
// names it, the act that opens the connection has it, and what follows has none:
// else one habit would be learned twice, with its unit and, met in the middle, without.
func unitOf(t *ot.Transaction) uint32 {
	if t.Proto.UnitAtStart() {
		return 0
	}
	return t.Unit
}

// of reports whether a transaction is this act; it is asked for every one.
func (a *Act) of(t *ot.Transaction) bool {
	return a.Code == t.Code && a.Unit == unitOf(t) && both(a.Area, a.Block) == both(t.Object.Area, t.Object.Block) &&
		a.Op == t.Op && a.Proto == t.Proto
}

// both is two numbers as one: what lies side by side is then compared at once.
func both(a, b uint32) uint64 { return uint64(a) | uint64(b)<<32 }

func compareActs(a, b *Act) int {
	return cmp.Or(cmp.Compare(a.Proto, b.Proto), cmp.Compare(a.Unit, b.Unit), cmp.Compare(a.Op, b.Op),
		cmp.Compare(a.Code, b.Code), cmp.Compare(a.Area, b.Area), cmp.Compare(a.Block, b.Block))
}

// step is how far apart the points of a transaction are in the protocol's own
// addresses: 1 for registers, 16 for S7 words, whose addresses are bits.
func step(t *ot.Transaction, points int) uint32 {
	return max(1, t.Object.Len/uint32(max(points, 1)))
}
