package baseline

import (
	"crypto/ed25519"
	"encoding/base64"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"otsensor/pkg/ot"
)

// Approval is a person's signature under a document. It stands behind the
// document, one line each, and is void once a line above it changes:
//
//	approved 2026-01-08T10:00:00Z by "Anna Ott" key … signature …
type Approval struct {
	At        int64
	By        string
	Key       ed25519.PublicKey
	Signature []byte
}

const (
	approvedWord = "approved "
	maxApprovals = 16
)

// signed is what an approval signs: the document, who and when.
func (a *Approval) signed(hash string) []byte {
	dst := append([]byte(Head+" approval\n"), hash...)
	dst = putTime(append(dst, '\n'), a.At)
	return append(append(dst, '\n'), a.By...)
}

func (a *Approval) fits(hash string) bool { return ed25519.Verify(a.Key, a.signed(hash), a.Signature) }

// Approve adds a signature. The same key signs once.
func (b *Baseline) Approve(key ed25519.PrivateKey, by string, at int64) error {
	a := Approval{At: at, By: by, Key: key.Public().(ed25519.PublicKey)}
	b.sort()
	b.Hash, b.Sealed = hashOf(b.body()), true
	a.Signature = ed25519.Sign(key, a.signed(b.Hash))
	for i := range b.Approvals {
		if b.Approvals[i].Key.Equal(a.Key) {
			b.Approvals[i] = a
			return nil
		}
	}
	if len(b.Approvals) == maxApprovals {
		return fmt.Errorf("more than %d approvals", maxApprovals)
	}
	b.Approvals = append(b.Approvals, a)
	return nil
}

// ApprovedBy counts the different people whose key is among those given; with none given, any key counts.
func (b *Baseline) ApprovedBy(keys ...ed25519.PublicKey) (people []string) {
	for i := range b.Approvals {
		a := &b.Approvals[i]
		known := len(keys) == 0
		for _, k := range keys {
			known = known || a.Key.Equal(k)
		}
		if known && b.Sealed && a.fits(b.Hash) {
			people = append(people, a.By)
		}
	}
	return people
}

// staleAfter is the age at which a baseline is looked at again.
const staleAfter = 180 * 24 * 60 * minute

// Doubts are what speaks against relying on a baseline at a time.
func (b *Baseline) Doubts(now int64) (all []ot.Anomaly) {
	switch {
	case !b.Sealed:
		all = append(all, ot.BaselineEdited)
	case len(b.ApprovedBy()) == 0:
		all = append(all, ot.BaselineUnapproved)
	}
	if now-b.Until > staleAfter {
		all = append(all, ot.BaselineStale)
	}
	return all
}

// approvals writes the signatures that fit the document as it is now.
func (b *Baseline) approvals(dst []byte) []byte {
	for i := range b.Approvals {
		if a := &b.Approvals[i]; a.fits(b.Hash) {
			dst = putTime(append(dst, approvedWord...), a.At)
			dst = strconv.AppendQuote(append(dst, " by "...), a.By)
			dst = fmt.Appendf(dst, " key %s signature %s\n", base64.StdEncoding.EncodeToString(a.Key), base64.StdEncoding.EncodeToString(a.Signature))
		}
	}
	return dst
}

// approval reads one line behind the document. A signature that does not fit is
// a mistake like a hash that does not, unless the document was edited since: then it is void and dropped.
func (p *parser) approval(line string) error {
	var a Approval
	at, rest, _ := strings.Cut(line, " by ")
	head, signature, ok := strings.Cut(rest, " signature ")
	cut := strings.LastIndex(head, " key ")
	if !ok || cut < 0 {
		return errors.New(`expected: approved TIME by "…" key … signature …`)
	}
	var err error
	if a.At, err = readTime(at); err != nil {
		return err
	}
	if a.By, err = readQuoted(head[:cut]); err != nil {
		return err
	}
	key, err := base64.StdEncoding.DecodeString(head[cut+len(" key "):])
	if err != nil || len(key) != ed25519.PublicKeySize {
		return errors.New("key: no ed25519 key in base64")
	}
	a.Key = key
	if a.Signature, err = base64.StdEncoding.DecodeString(signature); err != nil {
		return errors.New("signature: no base64")
	}
	switch {
	case !p.b.Sealed:
		return nil
	case !a.fits(p.b.Hash):
		return fmt.Errorf("the signature of %q does not fit the document", a.By)
	case len(p.b.Approvals) == maxApprovals:
		return fmt.Errorf("more than %d approvals", maxApprovals)
	}
	p.b.Approvals = append(p.b.Approvals, a)
	return nil
}
