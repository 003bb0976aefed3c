package main

import (
	"container/heap"
	"encoding/binary"
	"io"
)

// tape is one copy of a file, played from its start.
type tape struct {
	base       *base
	file, copy byte
	shift      int64 // nanoseconds after the first copy
	at         int
}

func (t *tape) next() int64 {
	if t.at == 0 {
		return t.shift
	}
	return t.base.frames[t.at].Time + t.shift
}

// tapes is a heap of copies by the time of their next frame, then file and copy.
type tapes []*tape

func (h tapes) Len() int      { return len(h) }
func (h tapes) Swap(i, j int) { h[i], h[j] = h[j], h[i] }
func (h tapes) Less(i, j int) bool {
	a, b := h[i], h[j]
	if x, y := a.next(), b.next(); x != y {
		return x < y
	}
	return a.file < b.file || a.file == b.file && a.copy < b.copy
}
func (h *tapes) Push(x any) { *h = append(*h, x.(*tape)) }
func (h *tapes) Pop() any {
	last := (*h)[len(*h)-1]
	*h = (*h)[:len(*h)-1]
	return last
}

// epoch is when a mix begins, seconds since 1970.
const epoch = 1_700_000_000

// write plays all copies into a classic capture file, in the order of time.
func write(w io.Writer, all []*tape) (n int, err error) {
	head := binary.LittleEndian.AppendUint32(nil, 0xa1b2c3d4)
	head = append(head, 2, 0, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 0, 0, 1, 0, 0, 0)
	if _, err = w.Write(head); err != nil {
		return 0, err
	}
	var h tapes
	for _, t := range all {
		if len(t.base.frames) > 0 {
			h = append(h, t)
		}
	}
	heap.Init(&h)
	for len(h) > 0 {
		t := h[0]
		if err = t.record(w); err != nil {
			return n, err
		}
		n++
		if t.at++; t.at == len(t.base.frames) {
			heap.Pop(&h)
		} else {
			heap.Fix(&h, 0)
		}
	}
	return n, nil
}

// record writes the next frame of a copy.
func (t *tape) record(w io.Writer) error {
	at, frame := t.next(), append([]byte(nil), t.base.frames[t.at].Data...)
	t.address(frame)
	b := binary.LittleEndian.AppendUint32(nil, uint32(epoch+at/1e9))
	b = binary.LittleEndian.AppendUint32(b, uint32(at%1e9/1000))
	b = binary.LittleEndian.AppendUint32(b, uint32(len(frame)))
	b = binary.LittleEndian.AppendUint32(b, uint32(len(frame)))
	_, err := w.Write(append(b, frame...))
	return err
}

// address gives a frame the addresses of its copy, and checksums to go with them.
func (t *tape) address(b []byte) {
	at, _ := addresses(b)
	for i, mac := range [2]int{6, 0} { // source, destination
		ip := b[at+4*i:]
		if group(ip) || b[mac]&1 == 1 {
			continue
		}
		host := t.base.hosts[binary.BigEndian.Uint32(ip)]
		copy(ip, []byte{10, t.file, t.copy, host})
		copy(b[mac:], []byte{2, t.file, t.copy, 0, 0, host})
	}
	mend(b[at-12:])
}

// mend makes the checksums of an IPv4 packet anew, as far as they cover whole datagrams.
func mend(ip []byte) {
	header, total := int(ip[0]&15)*4, int(binary.BigEndian.Uint16(ip[2:]))
	if header < 20 || total < header || total > len(ip) {
		return
	}
	ip[10], ip[11] = 0, 0
	binary.BigEndian.PutUint16(ip[10:], checksum(0, ip[:header]))
	body := ip[header:total]
	place := map[byte]int{6: 16, 17: 6}[ip[9]]
	fragment := binary.BigEndian.Uint16(ip[6:])&0x3fff != 0
	if place == 0 || len(body) < place+2 || fragment {
		return
	}
	body[place], body[place+1] = 0, 0
	pseudo := uint32(ip[9]) + uint32(len(body))
	for i := 12; i < 20; i += 2 {
		pseudo += uint32(binary.BigEndian.Uint16(ip[i:]))
	}
	sum := checksum(pseudo, body)
	if sum == 0 && ip[9] == 17 {
		sum = 0xffff
	}
	binary.BigEndian.PutUint16(body[place:], sum)
}

// checksum is that of RFC 1071.
func checksum(sum uint32, b []byte) uint16 {
	for ; len(b) > 1; b = b[2:] {
		sum += uint32(binary.BigEndian.Uint16(b))
	}
	if len(b) == 1 {
		sum += uint32(b[0]) << 8
	}
	for sum > 0xffff {
		sum = sum>>16 + sum&0xffff
	}
	return ^uint16(sum)
}
