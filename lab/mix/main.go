// Command mix makes one large capture of many copies of small ones, as if as many lines ran beside each other.
//
//	go run ./lab/mix -copies 20 -o mix.pcap FILE…
//
// Every copy of every file has addresses of its own: 10.FILE.COPY.HOST, and
// MAC addresses to go with them. Copies begin within a second of each other.
// Checksums are made anew, so that what was wrong in a file is right in the
// mix. Only IPv4 in Ethernet is taken; what else a file holds is counted.
// The same files and numbers give the same bytes.
package main

import (
	"bufio"
	"encoding/binary"
	"errors"
	"flag"
	"fmt"
	"io"
	"log"
	"os"
	"path/filepath"
	"slices"

	"otsensor/pkg/capture"
)

func main() {
	copies := flag.Int("copies", 20, "copies of each file, 1 to 254")
	out := flag.String("o", "mix.pcap", "`FILE` that is written")
	flag.Parse()
	if flag.NArg() == 0 || flag.NArg() > 255 || *copies < 1 || *copies > 254 {
		log.Fatal("mix: name 1 to 255 files, and 1 to 254 copies")
	}
	if err := run(flag.Args(), *copies, *out); err != nil {
		log.Fatal(err)
	}
}

func run(files []string, copies int, out string) error {
	var all []*tape
	for i, name := range files {
		base, err := read(name)
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		fmt.Printf("%s: %d frames, %d left out, %d hosts\n", filepath.Base(name), len(base.frames), base.left, len(base.hosts))
		for c := range copies {
			all = append(all, &tape{base: base, file: byte(i), copy: byte(c + 1), shift: int64(c) * 2654435761 % 1_000_000 * 1000})
		}
	}
	f, err := os.Create(out)
	if err != nil {
		return err
	}
	w := bufio.NewWriterSize(f, 1<<20)
	n, err := write(w, all)
	if err == nil {
		fmt.Printf("%s: %d frames\n", out, n)
	}
	return errors.Join(err, w.Flush(), f.Close())
}

// base is a file as it is read: its frames from time 0 on, and the number of each host.
type base struct {
	frames []capture.Packet
	hosts  map[uint32]byte
	left   int
}

// mostHosts are the numbers there are for hosts of a file.
const mostHosts = 254

func read(name string) (*base, error) {
	src, err := capture.OpenFiles([]string{name}, nil)
	if err != nil {
		return nil, err
	}
	defer src.Close()
	b := &base{hosts: map[uint32]byte{}}
	for batch := capture.NewBatch(256); ; {
		if err := src.Fill(batch); errors.Is(err, io.EOF) {
			return b, nil
		} else if err != nil {
			return nil, err
		}
		for _, p := range batch.Packets {
			b.take(p)
		}
	}
}

// take keeps a frame that can be given other addresses.
func (b *base) take(p capture.Packet) {
	at, ok := addresses(p.Data)
	if !ok || p.Link != capture.LinkEthernet || p.WireLen != len(p.Data) || !b.number(p.Data[at:]) || !b.number(p.Data[at+4:]) {
		b.left++
		return
	}
	p.Data = slices.Clone(p.Data)
	if len(b.frames) > 0 {
		p.Time -= b.frames[0].Time // the first keeps its time until all are there
	}
	b.frames = append(b.frames, p)
}

// number gives a host its number; what is sent to a group stays as it is.
func (b *base) number(ip []byte) bool {
	key := binary.BigEndian.Uint32(ip)
	if group(ip) || b.hosts[key] > 0 {
		return true
	}
	if len(b.hosts) == mostHosts {
		return false
	}
	b.hosts[key] = byte(len(b.hosts) + 1)
	return true
}

func group(ip []byte) bool { return ip[0] >= 224 }

// addresses is where the addresses of an IPv4 frame stand.
func addresses(b []byte) (at int, ok bool) {
	for at = 12; at+2 <= len(b); at += 4 {
		switch binary.BigEndian.Uint16(b[at:]) {
		case 0x8100, 0x88a8:
			continue
		case 0x0800:
			at += 14
			return at, at+8 <= len(b)
		}
		break
	}
	return 0, false
}
