package s7plus

// The elements of an object.
const (
	startObject = 0xA1
	endObject   = 0xA2
	attribute   = 0xA3
	relation    = 0xA4
	startTag    = 0xA7 // description of a tag, firmware before 2015
	endTag      = 0xA8
	typeList    = 0xAB
	nameList    = 0xAC
)

// isObject reports whether an object begins here.
func (w *tree) isObject() bool {
	c := w.Cursor
	return c.U8() == startObject
}

// objects reads objects one after another, up to what is no element of an object.
func (w *tree) objects() {
	depth := 0
	for w.Left() > 0 && !w.Short() && !w.wrong && (depth > 0 || w.isObject()) {
		at := w.Cursor
		switch w.U8() {
		case startObject:
			depth++
			w.object(depth)
		case endObject:
			depth--
		case attribute:
			id := vlq32(&w.Cursor)
			v := w.value()
			w.facts.note(id, &v)
		case relation:
			vlq32(&w.Cursor)
			w.Skip(4) // the RID related to
		case startTag:
			w.tag()
		case endTag:
		case typeList, nameList:
			w.list()
		default:
			w.Cursor = at
			return
		}
	}
}

// object reads the head of an object.
func (w *tree) object(depth int) {
	w.wrong = w.wrong || depth > treeMax
	rid, class := w.U32(), vlq32(&w.Cursor)
	vlq32(&w.Cursor) // flags of the class
	if vlq32(&w.Cursor) != 0 {
		vlq32(&w.Cursor) // flags of the attribute it hangs on
	}
	w.facts.object(rid, class)
}

// list reads blocks of bytes up to an empty one.
func (w *tree) list() {
	for n := w.U16(); n > 0 && !w.Short(); n = w.U16() {
		w.Skip(int(n))
	}
}

// tag passes over the description of a tag. How its end is laid out depends on
// the kind of tag, but it consists of numbers of variable length.
func (w *tree) tag() {
	w.U8()
	w.Skip(length(&w.Cursor)) // name
	w.Skip(2)
	vlq(&w.Cursor)
	w.Skip(4)
	for !w.Short() {
		if c := w.Cursor; c.U8() == endTag || c.Short() {
			return
		}
		vlq(&w.Cursor)
	}
}
