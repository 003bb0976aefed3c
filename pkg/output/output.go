// Package output carries events out of the sensor.
package output

import (
	"io"

	"otsensor/pkg/event"
)

// lines encodes records. It gives whole lines, so that each is one write.
type lines struct {
	b      []byte
	events *event.Writer
}

func newLines() *lines {
	l := &lines{}
	l.events = event.NewWriter(l)
	return l
}

// Write takes what the encoder gives.
func (l *lines) Write(p []byte) (int, error) { l.b = append(l.b, p...); return len(p), nil }

// of is the line of a record, valid until the next call.
func (l *lines) of(e *event.Event) ([]byte, error) {
	l.b = l.b[:0]
	err := l.events.Write(e)
	return l.b, err
}

// Stream writes events as JSON lines to a pipe or terminal, which keeps nothing.
type Stream struct {
	w     io.Writer
	lines *lines
}

// NewStream makes a stream on w.
func NewStream(w io.Writer) *Stream { return &Stream{w, newLines()} }

// Write writes one record.
func (s *Stream) Write(e *event.Event) error {
	line, err := s.lines.of(e)
	if err == nil {
		_, err = s.w.Write(line)
	}
	return err
}

// Sync does nothing: whoever reads the stream keeps it.
func (s *Stream) Sync() error { return nil }

// Close does nothing: the stream is not ours.
func (s *Stream) Close() error { return nil }
