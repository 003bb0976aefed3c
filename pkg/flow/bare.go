package flow

import (
	"otsensor/pkg/ot"
	"otsensor/pkg/protocols"
)

// bare sums up what a TCP conversation without a decoder carries, as long as
// only one side speaks: that is a file, as on the data connections of FTP.
func (s *Shard) bare(c *conn, b []byte) {
	if c.full || c.key.transport != ot.TCP {
		return
	}
	if c.dec != nil || c.conv.Midstream || c.bothWays() {
		s.dropBare(c)
		return
	}
	r := c.seldom()
	if r.file == nil {
		r.file = &protocols.File{}
		r.file.Begin(nil, &s.emit)
	}
	if r.file.Add(b, &s.emit); !r.file.Open() {
		s.dropBare(c)
	}
}

// dropBare says that a conversation carries no file that can be told of.
func (s *Shard) dropBare(c *conn) {
	c.full = true
	if r := c.rare; r != nil && r.file != nil {
		r.file.Drop(&s.emit)
		if r.file = nil; *r == (rare{}) {
			c.rare = nil
		}
	}
}

// endBare tells of the file of a conversation that ends, if all of it was seen.
func (s *Shard) endBare(c *conn) {
	r := c.rare
	if r == nil || r.file == nil {
		return
	}
	d := ot.ToServer
	if c.total.Bytes[ot.ToClient] > 0 {
		d = ot.ToClient
	}
	if h := &c.half[d]; h.fin && h.next == h.end && c.total.Gap == 0 && c.quality == 0 && !c.bothWays() {
		r.file.End(d, ot.NoProto, &s.emit)
	}
	s.dropBare(c)
}
