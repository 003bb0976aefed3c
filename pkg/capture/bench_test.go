package capture

import (
	"bytes"
	"encoding/binary"
	"io"
	"testing"
)

const (
	benchFrames = 200_000
	benchLen    = 74 // a Modbus request in Ethernet, IPv4 and TCP
)

// manyPcap is a classic capture of equal frames.
func manyPcap() []byte {
	b := pcapHeader(binary.LittleEndian, 0xa1b2c3d4, 1)
	for i := range benchFrames {
		b = pcapRecord(b, binary.LittleEndian, uint32(i/1000), uint32(i%1000), benchLen, make([]byte, benchLen))
	}
	return b
}

// manyPcapng is the same as pcapng.
func manyPcapng() []byte {
	b := section(binary.LittleEndian)
	b = description(b, binary.LittleEndian, 1)
	for i := range benchFrames {
		b = enhanced(b, binary.LittleEndian, 0, uint64(i)*1000, benchLen, make([]byte, benchLen))
	}
	return b
}

func BenchmarkPcap(b *testing.B)     { benchFiles(b, manyPcap()) }
func BenchmarkPcapng(b *testing.B)   { benchFiles(b, manyPcapng()) }
func BenchmarkPcapGzip(b *testing.B) { benchFiles(b, zipped(manyPcap())) }

// benchFiles reads a capture again and again; one op is one frame.
func benchFiles(b *testing.B, raw []byte) {
	batch := NewBatch(1024)
	b.SetBytes(benchLen)
	b.ReportAllocs()
	b.ResetTimer()
	for n := 0; n < b.N; {
		f, err := OpenFiles([]string{"-"}, bytes.NewReader(raw))
		if err != nil {
			b.Fatal(err)
		}
		for n < b.N {
			batch.Reset()
			if err := f.Fill(batch); err == io.EOF {
				break
			} else if err != nil {
				b.Fatal(err)
			}
			n += len(batch.Packets)
		}
	}
}
