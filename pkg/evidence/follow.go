package evidence

import (
	"bytes"
	"cmp"
	"slices"

	"otsensor/pkg/capture"
	"otsensor/pkg/ot"
	"otsensor/pkg/packet"
)

// Limits of what is recorded for whole cases.
const (
	MaxFollowed = 8        // cases recorded at one time; further ones are not
	maxCaseFile = 64 << 20 // bytes at which a case's file ends and the next begins
	caseShare   = 8        // a case's file takes at most this part of the quota
	mostRefused = 1024     // cases remembered that were not taken up
)

// CaseFile is a file of what the hosts of a case said, as it is when it ends.
type CaseFile struct {
	Case     string
	File     string
	SHA256   string
	Frames   uint64
	Bytes    int64
	From, To int64 // packet time of the first and the last frame
	Cut      bool  // a crash ended it: it holds what was whole then
}

// follow is a case whose hosts are recorded.
type follow struct {
	name  string
	hosts []ot.Endpoint // sorted
	files int           // begun so far
	open  *caseWriter   // nil until there is a frame for it

	stalled bool // the latest frame could not be written
}

// Follow records from now on all that hosts say, beginning with what memory
// still holds of it, in files of the case. Asked again, it goes on with the
// hosts named last. False means that too many cases are recorded already.
func (r *Recorder) Follow(name string, all []ot.Endpoint) bool {
	list := make([]ot.Endpoint, 0, len(all))
	for _, e := range all {
		list = append(list, address(e))
	}
	slices.SortFunc(list, compareHosts)
	list = slices.Compact(list)
	if f := r.following(name); f != nil {
		f.hosts = list
		return true
	}
	if len(r.follows) >= MaxFollowed || !caseName.MatchString(name) {
		if !slices.Contains(r.refused, name) && len(r.refused) < mostRefused {
			r.refused = append(r.refused, name)
			r.counts.Unfollowed++
		}
		return false
	}
	r.refused = slices.DeleteFunc(r.refused, func(x string) bool { return x == name })
	f := &follow{name: name, hosts: list, files: r.folder.ofCase(name)}
	r.follows = append(r.follows, f)
	for i := range r.ring.n {
		s := r.ring.slot(i)
		p := r.ring.packet(s)
		r.record(f, &p, r.hosts(s))
	}
	return true
}

func (r *Recorder) following(name string) *follow {
	i := slices.IndexFunc(r.follows, func(f *follow) bool { return f.name == name })
	if i < 0 {
		return nil
	}
	return r.follows[i]
}

// Unfollow ends the record of a case.
func (r *Recorder) Unfollow(name string) {
	if f := r.following(name); f != nil {
		r.end(f)
		r.follows = slices.DeleteFunc(r.follows, func(x *follow) bool { return x == f })
	}
}

// Followed lists the cases that are recorded.
func (r *Recorder) Followed() (names []string) {
	for _, f := range r.follows {
		names = append(names, f.name)
	}
	return names
}

// keepFor records a frame for the cases that one of its hosts belongs to.
func (r *Recorder) keepFor(p *capture.Packet, v *packet.View) {
	h := hostsOf(v)
	for _, f := range r.follows {
		r.record(f, p, h)
	}
}

func (r *Recorder) record(f *follow, p *capture.Packet, h hosts) {
	if !f.has(h[0]) && !f.has(h[1]) {
		return
	}
	if f.open == nil {
		f.files++
		w, err := r.folder.beginCase(f.name, f.files, []byte(r.o.Software))
		if f.stalled = err != nil; f.stalled {
			r.counts.Failed++
			return
		}
		f.open = w
	}
	if f.stalled = f.open.frame(p) != nil; f.stalled {
		r.counts.Failed++
		r.end(f)
		return
	}
	if f.open.size >= min(maxCaseFile, r.o.Quota/caseShare) {
		r.end(f)
	}
}

func compareHosts(a, b ot.Endpoint) int {
	return cmp.Or(bytes.Compare(a.IP[:], b.IP[:]), bytes.Compare(a.MAC[:], b.MAC[:]))
}

func (f *follow) has(e ot.Endpoint) bool {
	_, is := slices.BinarySearchFunc(f.hosts, e, compareHosts)
	return is
}

// Mended gives the files of cases that a crash of the process before had ended.
func (r *Recorder) Mended() []CaseFile { return r.folder.mended }

// Ended gives the files of cases that ended since it was asked last.
func (r *Recorder) Ended() []CaseFile {
	all := r.ended
	r.ended = nil
	return all
}

// end closes the file of a case.
func (r *Recorder) end(f *follow) {
	w := f.open
	if f.open = nil; w == nil {
		return
	}
	told, fresh, err := r.folder.endCase(w)
	if err != nil {
		r.counts.Failed++
		return
	}
	if !fresh {
		f.files--
	}
	told.Case = f.name
	r.counts.CaseFiles++
	r.counts.CaseBytes += uint64(told.Bytes)
	r.ended = append(r.ended, told)
}

// flush brings what was recorded to the files, so that a crash loses little.
func (r *Recorder) flush() {
	for _, f := range r.follows {
		if f.open != nil && f.open.out.Flush() != nil {
			r.counts.Failed++
			r.end(f)
		}
	}
}
