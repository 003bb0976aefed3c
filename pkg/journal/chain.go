package journal

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
)

// A line's hash is the SHA-256 of its bytes without the hash itself: what comes
// last in it, `,"hash":"…"`. So any tool can check it, without knowing fields.
const (
	hashKey  = `,"hash":"`
	hashTail = len(hashKey) + 2*sha256.Size + len(`"}`)
)

// Chain is where a chain of lines stands: the number and the hash of its last
// line. The zero Chain is its beginning.
type Chain struct {
	Seq  uint64
	Hash string
}

// Line gives a decision its number and hashes, and writes it as one line.
func (c *Chain) Line(e Entry) (Entry, []byte, error) {
	e.At, e.Seq, e.Prev, e.Hash = e.At.UTC(), c.Seq+1, c.Hash, ""
	if err := e.check(); err != nil {
		return e, nil, err
	}
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(e); err != nil {
		return e, nil, err
	}
	body := bytes.TrimSuffix(b.Bytes(), []byte("\n"))
	e.Hash = sumOf(body)
	line := append(body[:len(body)-1:len(body)-1], hashKey+e.Hash+"\"}\n"...)
	if len(line) > longestLine {
		return e, nil, fmt.Errorf("a decision of %d bytes; at most %d are kept", len(line), longestLine)
	}
	c.Seq, c.Hash = e.Seq, e.Hash
	return e, line, nil
}

func sumOf(b []byte) string {
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}

// Problem is one line that is not as it was written, or not where it was.
type Problem struct {
	Line int // in the file
	What string
}

func (p Problem) String() string { return fmt.Sprintf("line %d: %s", p.Line, p.What) }

// Report is what Verify found.
type Report struct {
	Chain     Chain // its last line
	Lines     int
	Unchained int // lines without a hash: written by hand, nothing is known of their past
	Problems  []Problem
}

// Whole reports whether every line is chained and as it was written.
func (r *Report) Whole() bool { return len(r.Problems) == 0 && r.Unchained == 0 }

// mostProblems are told; one cut in the middle shows once anyway.
const mostProblems = 20

// Verify checks every line against its hash and the line before.
func Verify(in io.Reader) (Report, error) {
	var r Report
	lines := bufio.NewScanner(in)
	lines.Buffer(nil, longestLine)
	for n := 1; lines.Scan(); n++ {
		if line := bytes.TrimSpace(lines.Bytes()); len(line) > 0 {
			r.Lines++
			if what := r.follow(line); what != "" && len(r.Problems) < mostProblems {
				r.Problems = append(r.Problems, Problem{n, what})
			}
		}
	}
	return r, lines.Err()
}

// follow takes the next line, and says what is wrong with it.
func (r *Report) follow(line []byte) string {
	e, err := parseEntry(line)
	switch {
	case err != nil:
		return "altered: " + err.Error()
	case e.Hash == "" && r.Chain.Seq == 0 && e.Seq == 0:
		r.Unchained++
		return ""
	case e.Hash == "":
		return "altered: it has no hash, and the lines before have"
	}
	before := r.Chain
	r.Chain = Chain{e.Seq, e.Hash}
	switch {
	case !asWritten(line, e.Hash):
		return fmt.Sprintf("altered: decision %d does not match its hash", e.Seq)
	case e.Seq <= before.Seq:
		return fmt.Sprintf("reordered or repeated: decision %d stands after %d", e.Seq, before.Seq)
	case e.Seq > before.Seq+1:
		return fmt.Sprintf("missing: %s before it", Numbers(before.Seq+1, e.Seq-1))
	case e.Prev != before.Hash:
		return fmt.Sprintf("altered: decision %d does not follow the one before it; one of them was replaced", e.Seq)
	}
	return ""
}

// asWritten reports whether a line's hash is that of its other bytes.
func asWritten(line []byte, hash string) bool {
	if len(line) < hashTail || string(line[len(line)-hashTail:]) != hashKey+hash+`"}` {
		return false
	}
	body := append(line[:len(line)-hashTail:len(line)-hashTail], '}')
	return sumOf(body) == hash
}

// Numbers names decisions by their numbers.
func Numbers(from, to uint64) string {
	if from == to {
		return fmt.Sprintf("decision %d", from)
	}
	return fmt.Sprintf("decisions %d to %d", from, to)
}
