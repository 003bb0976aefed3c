package main

import (
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
)

// browser opens pages without a window, and asks for nothing by itself.
func browser(t *testing.T) (chromium string, flags []string) {
	t.Helper()
	chromium, err := exec.LookPath("chromium")
	if err != nil {
		t.Skip("chromium is not installed: no browser has opened the report")
	}
	return chromium, []string{"--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
		"--disable-component-update", "--disable-sync", "--user-data-dir=" + filepath.Join(t.TempDir(), "profile")}
}

// What a device calls itself stays text in a browser, too: nothing of it runs,
// and nothing is asked for from anywhere.
func TestHostileReportInABrowser(t *testing.T) {
	chromium, flags := browser(t)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	var asked atomic.Int32
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			asked.Add(1)
			c.Close()
		}
	}()
	from := "http://" + l.Addr().String() + "/"
	evil := `</td></script><script>document.title="ran"</script><img src="` + from + `i"><link rel=stylesheet href="` + from + `c"><iframe src="` + from + `f"></iframe>`
	e := *parsed(t, readAllOf(t, demoEvents(t)))[0]
	e.What, e.Source.Name, e.Target.Name, e.Quality.Asset, e.Object, e.Playbook.Case = evil, evil, evil, evil, evil, ""
	page := filepath.Join(t.TempDir(), "r.html")
	if code, _, errs := call(t, []byte(writtenEvent(t, &e)), "report", "--events", "-", "-o", page); code != 0 {
		t.Fatal(errs)
	}
	out, err := exec.Command(chromium, append(flags, "--dump-dom", "file://"+page)...).Output()
	if err != nil || !strings.Contains(string(out), "document.title=") {
		t.Fatalf("%v: the text is not in the page", err)
	}
	for _, bad := range []string{"<script", "<img", "<link", "<iframe", "<title>ran"} {
		if strings.Contains(string(out), bad) {
			t.Errorf("the browser made %s of it", bad)
		}
	}
	if n := asked.Load(); n > 0 {
		t.Errorf("the page asked %d times for something", n)
	}
}

func readAllOf(t *testing.T, name string) string {
	t.Helper()
	data, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// A browser opens the page, lays it out within its width, runs nothing and asks for nothing.
func TestReportInABrowser(t *testing.T) {
	chromium, flags := browser(t)
	dir := t.TempDir()
	page, pdf := filepath.Join(dir, "r.html"), filepath.Join(dir, "r.pdf")
	must(t, "report", "--events", demoEvents(t), "-o", page)
	if out, err := exec.Command(chromium, append(flags, "--no-pdf-header-footer", "--print-to-pdf="+pdf, "file://"+page)...).CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	if info, err := os.Stat(pdf); err != nil || info.Size() < 20_000 {
		t.Errorf("the printed report: %v %v", info, err)
	}
	out, err := exec.Command(chromium, append(flags, "--dump-dom", "file://"+page)...).Output()
	if err != nil || strings.Count(string(out), "<section") != 11 || !strings.Contains(string(out), "Name, date, signature") {
		t.Errorf("%v: %d sections", err, strings.Count(string(out), "<section"))
	}
}
