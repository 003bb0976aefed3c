package main

import (
	"context"
	"io"
	"net"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/gopacket"
	"github.com/google/gopacket/layers"
	"github.com/google/gopacket/pcapgo"

	"otsensor/pkg/capture"
	"otsensor/pkg/event"
	"otsensor/pkg/sensor"
)

// flood writes a capture of so many packets from loopback addresses, which no
// host may use, each to another host: more events than one rule may open in a minute.
func flood(t *testing.T, packets int) (name string) {
	t.Helper()
	name = filepath.Join(t.TempDir(), "flood.pcap")
	f, err := os.Create(name)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	w := pcapgo.NewWriter(f)
	w.WriteFileHeader(65535, layers.LinkTypeEthernet)
	for i := range packets {
		b := gopacket.NewSerializeBuffer()
		eth := &layers.Ethernet{SrcMAC: net.HardwareAddr{2, 0, 0, 0, 0, 1}, DstMAC: net.HardwareAddr{2, 0, 0, 0, 0, 2}, EthernetType: layers.EthernetTypeIPv4}
		ip := &layers.IPv4{Version: 4, IHL: 5, TTL: 64, Protocol: layers.IPProtocolUDP, SrcIP: net.IPv4(127, 0, 0, 1), DstIP: net.IPv4(10, 0, 1, byte(i))}
		udp := &layers.UDP{SrcPort: 1000, DstPort: 2000}
		udp.SetNetworkLayerForChecksum(ip)
		if err := gopacket.SerializeLayers(b, gopacket.SerializeOptions{FixLengths: true, ComputeChecksums: true}, eth, ip, udp, gopacket.Payload("x")); err != nil {
			t.Fatal(err)
		}
		at := time.Unix(1_700_000_040, int64(i)*1e6)
		if err := w.WritePacket(gopacket.CaptureInfo{Timestamp: at, CaptureLength: len(b.Bytes()), Length: len(b.Bytes())}, b.Bytes()); err != nil {
			t.Fatal(err)
		}
	}
	return name
}

// counted replays a capture into an output that fails for every third record.
func counted(t *testing.T, name string) (c sensor.EventCounts, records uint64) {
	t.Helper()
	src, err := capture.OpenFiles([]string{name}, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer src.Close()
	pipe := (&pipeFlags{}).options()
	o, err := (&judgeFlags{}).options(pipe.Table)
	if err != nil {
		t.Fatal(err)
	}
	o.Where = src.Where
	o.Emit = func(*event.Event) error {
		if records++; records%3 == 0 {
			return io.ErrShortWrite
		}
		return nil
	}
	w := sensor.NewWatch(o)
	stats, err := sensor.Run(context.Background(), src, pipe, w.Judge())
	if err != nil {
		t.Fatal(err)
	}
	w.Finish(stats)
	return w.Snapshot().Events, records
}

// Whatever happens to the output, the sums an operator checks hold.
func TestCountsAddUp(t *testing.T) {
	captures, err := filepath.Glob("../../pcaps/*/capture.pcap*")
	if err != nil || len(captures) < 20 {
		t.Fatalf("%d captures: %v", len(captures), err)
	}
	var written, suppressed, dropped, summaries uint64
	for _, name := range append(captures, flood(t, 150)) {
		c, records := counted(t, name)
		var raised, over, told uint64
		for rule := range c.Raised {
			raised, over = raised+c.Raised[rule], over+c.Suppressed[rule]
		}
		for _, r := range c.Records {
			told += r.Written + r.Dropped
		}
		if raised != c.Written+over+c.Dropped || told != records {
			t.Errorf("%s: raised %d, written %d, suppressed %d, dropped %d; %d records, %d counted", name, raised, c.Written, over, c.Dropped, records, told)
		}
		written, suppressed, dropped = written+c.Written, suppressed+over, dropped+c.Dropped
		summaries += c.Records["summary"].Written + c.Records["summary"].Dropped
	}
	if written == 0 || suppressed != 50 || dropped == 0 || summaries != 1 {
		t.Errorf("written %d, suppressed %d, dropped %d, summaries %d: something was not tried", written, suppressed, dropped, summaries)
	}
}
