package baseline

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"

	"otsensor/pkg/near"
)

// The document:
//
//	otsensor baseline 5
//	sha256 <hash of all that follows, or the word unsealed>
//	from "…"
//	learned 2026-01-01T00:00:00Z to 2026-01-08T00:00:00Z
//	taught 120000 untaught 17
//	host 10.77.0.10 serves=tcp/502 …
//	habit 10.77.0.20 > 10.77.0.10 tcp/502 modbus read-data unit=1 code=3 area=3 addr=0-31,40-47 …
//
// A line in front of which stands "?" was seen too rarely, one with "!" needs a
// person's decision; neither is in force. "#" begins a comment line; people's own
// do not survive being written again.

// guide stands in every document.
const guide = `# A line is in force unless a mark stands before it: "?" was seen too rarely,
# "!" waits for a decision. To accept a line take its mark away; to refuse it
# delete it; then write "sha256 unsealed" as the second line and have the file sealed.
`

const (
	maxDocument = 256 << 20
	maxLine     = 256 << 10
	unsealed    = "unsealed"
)

// Write writes the document in its one form, sorted, with its hash, and sets b.Hash.
func (b *Baseline) Write(w io.Writer) error {
	b.sort()
	body := b.body()
	b.Hash, b.Sealed = hashOf(body), true
	if _, err := fmt.Fprintf(w, Head+" %d\nsha256 %s\n", Version, b.Hash); err != nil {
		return err
	}
	_, err := w.Write(b.approvals(body))
	return err
}

func hashOf(body []byte) string {
	sum := sha256.Sum256(body)
	return hex.EncodeToString(sum[:])
}

func (b *Baseline) body() []byte {
	dst := append(strconv.AppendQuote([]byte("from "), b.From), "\nlearned "...)
	dst = append(putTime(dst, b.Since), " to "...)
	dst = putTime(dst, b.Until)
	dst = fmt.Appendf(dst, "\ntaught %d untaught %d\n", b.Transactions, b.Untaught)
	dst = append(dst, guide...)
	dst = hostKind.all(dst, b)
	dst = macKind.all(dst, b)
	dst = identityKind.all(dst, b)
	dst = conversationKind.all(dst, b)
	dst = habitKind.all(dst, b)
	dst = valueKind.all(dst, b)
	return stepKind.all(dst, b)
}

// Parse reads a document. Errors name the place as name:line. A document
// edited by hand is accepted once its hash was replaced by the word unsealed.
func Parse(r io.Reader, name string) (*Baseline, error) {
	all, err := readAll(r)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	if len(all) > maxDocument {
		return nil, fmt.Errorf("%s: larger than %d MiB", name, maxDocument>>20)
	}
	p := parser{b: &Baseline{}, rest: all}
	if err := p.document(); err != nil {
		return nil, fmt.Errorf("%s:%d: %w", name, p.line, err)
	}
	return p.b, nil
}

// readAll reads what there is, up to a byte more than a document may have. A
// file is read into memory of its size.
func readAll(r io.Reader) ([]byte, error) {
	var all bytes.Buffer
	if f, ok := r.(*os.File); ok {
		if info, err := f.Stat(); err == nil {
			all.Grow(int(min(info.Size(), maxDocument)) + bytes.MinRead)
		}
	}
	_, err := all.ReadFrom(io.LimitReader(r, maxDocument+1))
	return all.Bytes(), err
}

// parser walks through the lines.
type parser struct {
	b    *Baseline
	rest []byte
	line int
	old  bool // an older layout, with units where there are none

	approved bool // approvals have begun

	words []string   // of the present line: its head,
	attrs []keyValue // and what follows
}

// next gives the next line; ok is false at the end.
func (p *parser) next() (line string, ok bool, err error) {
	if len(p.rest) == 0 {
		return "", false, nil
	}
	p.line++
	raw, rest, found := bytes.Cut(p.rest, []byte{'\n'})
	if !found {
		return "", false, errors.New("the last line is not complete")
	}
	if p.rest = rest; len(raw) > maxLine {
		return "", false, fmt.Errorf("line longer than %d KiB", maxLine>>10)
	}
	return string(raw), true, nil
}

func (p *parser) document() error {
	for _, read := range []func(string) error{p.version, p.seal, p.from, p.learned, p.taught} {
		line, ok, err := p.next()
		if err == nil && !ok {
			err = errors.New("the document ends in its head")
		}
		if err == nil {
			err = read(line)
		}
		if err != nil {
			return err
		}
	}
	p.room()
	for {
		line, ok, err := p.next()
		if err != nil || !ok {
			if err == nil {
				err = p.check()
			}
			return err
		}
		if err := p.entry(line); err != nil {
			return err
		}
	}
}

func (p *parser) version(line string) error {
	n, err := strconv.Atoi(strings.TrimPrefix(line, Head+" "))
	switch {
	case err != nil || n < 1 || !strings.HasPrefix(line, Head+" "):
		return fmt.Errorf("the first line of a baseline is %q", fmt.Sprintf(Head+" %d", Version))
	case n > Version:
		return fmt.Errorf("layout %d of a baseline is newer than this sensor, which reads up to %d: use the sensor that wrote it", n, Version)
	}
	p.old = n < unitsRight
	return nil
}

func (p *parser) seal(line string) error {
	hash, ok := strings.CutPrefix(line, "sha256 ")
	if !ok {
		return errors.New(`the second line is "sha256" and a hash`)
	}
	p.b.Hash = hashOf(p.rest[:p.end()])
	switch hash {
	case p.b.Hash:
		p.b.Sealed = true
	case unsealed:
	default:
		return fmt.Errorf("the hash does not fit what follows; after editing, write %q in its place", "sha256 "+unsealed)
	}
	return nil
}

// end is where the document ends and its approvals begin.
func (p *parser) end() int {
	if at := bytes.Index(p.rest, []byte("\n"+approvedWord)); at >= 0 {
		return at + 1
	}
	return len(p.rest)
}

func (p *parser) from(line string) (err error) {
	text, ok := strings.CutPrefix(line, "from ")
	if !ok {
		return errors.New(`expected: from "…"`)
	}
	p.b.From, err = readQuoted(text)
	return err
}

func (p *parser) learned(line string) (err error) {
	w := strings.Split(line, " ")
	if len(w) != 4 || w[0] != "learned" || w[2] != "to" {
		return errors.New("expected: learned TIME to TIME")
	}
	if p.b.Since, err = readTime(w[1]); err == nil {
		p.b.Until, err = readTime(w[3])
	}
	return err
}

func (p *parser) taught(line string) (err error) {
	w := strings.Split(line, " ")
	if len(w) != 4 || w[0] != "taught" || w[2] != "untaught" {
		return errors.New("expected: taught N untaught N")
	}
	if p.b.Transactions, err = readUint64(w[1]); err == nil {
		p.b.Untaught, err = readUint64(w[3])
	}
	return err
}

// entry reads one line of the body.
func (p *parser) entry(line string) error {
	if line == "" || line[0] == '#' {
		return nil
	}
	if rest, ok := strings.CutPrefix(line, approvedWord); ok {
		p.approved = true
		return p.approval(rest)
	}
	if p.approved {
		return errors.New("a line behind the approvals: they end the document")
	}
	mark := InForce
	if m := Mark(line[0]); m == Rare || m == Review {
		mark, line = m, strings.TrimPrefix(line[1:], " ")
	}
	if err := p.split(line); err != nil {
		return err
	}
	for i := range lineKinds {
		if k := &lineKinds[i]; k.word == p.words[0] {
			return k.parse(p.b, mark, p.words[1:], p.attrs)
		}
	}
	return fmt.Errorf("no line begins with %q%s", p.words[0], near.Hint(p.words[0], lineWords()))
}

// room makes every list as long as the document has lines for it: lists that
// grow line by line take twice their memory.
func (p *parser) room() {
	lines := make([]int, len(lineKinds))
	for rest := p.rest; len(rest) > 0; {
		line, after, _ := bytes.Cut(rest, []byte{'\n'})
		line, rest = bytes.TrimLeft(line, "?! "), after
		for i := range lineKinds {
			if w := lineKinds[i].word; len(line) > len(w) && string(line[:len(w)]) == w {
				lines[i]++
				break
			}
		}
	}
	for i, n := range lines {
		lineKinds[i].room(p.b, n)
	}
}

// keyValue is one attribute of a line.
type keyValue struct{ key, value string }

// split parts a line at blanks outside quotes: first the words of its head, then its attributes.
func (p *parser) split(line string) error {
	p.words, p.attrs = p.words[:0], p.attrs[:0]
	quotes := strings.IndexByte(line, '"') >= 0
	for line != "" {
		end := wordEnd(line, quotes)
		word := line[:end]
		if line = line[end:]; line != "" {
			line = line[1:]
		}
		key, value, isAttr := strings.Cut(word, "=")
		switch {
		case word == "":
			return errors.New("two blanks, or one at the end")
		case isAttr:
			p.attrs = append(p.attrs, keyValue{key, value})
		case len(p.attrs) > 0:
			return fmt.Errorf("%q is no key=value", word)
		default:
			p.words = append(p.words, word)
		}
	}
	if len(p.words) == 0 {
		return errors.New("a line without its kind")
	}
	return nil
}

// wordEnd finds the first blank outside quotes, of which a line may have none.
func wordEnd(line string, quotes bool) int {
	if !quotes {
		if i := strings.IndexByte(line, ' '); i >= 0 {
			return i
		}
		return len(line)
	}
	quoted := false
	for i := 0; i < len(line); i++ {
		switch c := line[i]; {
		case c == '\\' && quoted:
			i++
		case c == '"':
			quoted = !quoted
		case c == ' ' && !quoted:
			return i
		}
	}
	return len(line)
}

// check sorts the lists and refuses what is there twice. Only habits may be:
// whoever accepts what was rare of a habit takes the mark from its second line.
func (p *parser) check() error {
	if p.old {
		p.b.renew()
	}
	p.b.sort()
	p.b.Habits = habitKind.fold(p.b.Habits, joinHabits)
	return cmp.Or(hostKind.unique(p.b), macKind.unique(p.b), identityKind.unique(p.b),
		conversationKind.unique(p.b), valueKind.unique(p.b), stepKind.unique(p.b), p.b.checkPhases(), p.b.checkSteps())
}

// renew brings what an older layout said into the present one: acts that are
// one now were two then.
func (b *Baseline) renew() {
	for i := range b.Habits {
		b.Habits[i].Act.renew()
	}
	for i := range b.Values {
		b.Values[i].Act.renew()
	}
	b.sort()
	b.Values = valueKind.fold(b.Values, joinValues)
}

func (a *Act) renew() {
	if a.Proto.UnitAtStart() {
		a.Unit = 0
	}
}

// unique refuses two lines about one thing in a sorted list.
func (k *kind[T]) unique(b *Baseline) error {
	l := *k.list(b)
	for i := 1; i < len(l); i++ {
		if k.order(l[i-1], l[i]) == 0 {
			return fmt.Errorf("two lines about one thing: %s", k.line(nil, &l[i], true))
		}
	}
	return nil
}
