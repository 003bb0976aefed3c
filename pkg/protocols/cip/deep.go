package cip

// deep is what is followed of a connection id whose data could be those of a
// safety or a motion connection: only its Forward Open tells for certain.
type deep struct {
	check safetyCheck
	axes  uint64 // what of the axes must not change unseen
}

// triedMost is how many packets may differ before data are taken to be no safety data.
const triedMost = 64

// deepMost is how many connections of a conversation are followed so.
const deepMost = maxIOConns

func (o *IO) sure(c *ioConn) bool { return c.deep != 0 && o.deeps[c.deep-1].check.sure() }

// follows reports data that could be those of a safety or a motion connection.
func (o *IO) follows(now, was *ioConn, whole, data []byte) bool {
	return now.deep != 0 || now.hasMode && was.hasMode || len(whole) == safetyTimeMessage || len(data) >= motionHead && data[0]&^1 == motionToDevice
}

// follow judges a packet by those before, and says whether an axis changed. A
// packet that cannot be read is no change. Whole is the data without what a
// group adds, and with the sequence count that safety data have not.
func (o *IO) follow(now, was *ioConn, whole, data []byte) (axis bool) {
	if now.deep == 0 && len(o.deeps) < deepMost {
		o.deeps = append(o.deeps, deep{})
		now.deep = uint8(len(o.deeps))
	}
	if now.deep == 0 {
		return false
	}
	d := &o.deeps[now.deep-1]
	if len(data) >= motionHead && data[0]&^1 == motionToDevice {
		axis = d.moved(axisWord(data))
	}
	now.wrong = d.check.next(whole)
	if now.wrong {
		now.state, now.hasMode = was.state, was.hasMode
	}
	return axis
}

// next takes the next payload, and says whether it is wrong. What is not sure
// after triedMost packets is no safety data.
func (s *safetyCheck) next(whole []byte) (wrong bool) {
	if sure := s.sure(); sure || s.tried < triedMost {
		p, ok := readSafety(whole)
		return ok && s.see(&p) || sure && !ok
	}
	return false
}

// moved takes what is to be seen of the axes, 0 where the data are no motion data.
func (d *deep) moved(word uint64) bool {
	was := d.axes
	if word != 0 {
		d.axes = word
	}
	return word != 0 && word != was
}
