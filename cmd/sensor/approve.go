package main

import (
	"crypto/ed25519"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"os"
	"strings"

	"otsensor/pkg/baseline"
	"otsensor/pkg/journal"
)

// Keys are PEM as other tools read it: PKCS #8 and PKIX.
const (
	privateKind = "PRIVATE KEY"
	publicKind  = "PUBLIC KEY"
)

// keygen makes the two halves of a person's key.
func keygen(e *env, f *baselineFlags, _ []string) error {
	if f.out == "-" {
		return usagef("baseline keygen: say with -o whose key it is: -o anna makes anna.key and anna.pub")
	}
	public, private, err := ed25519.GenerateKey(nil)
	if err != nil {
		return err
	}
	secret, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		return err
	}
	shown, err := x509.MarshalPKIXPublicKey(public)
	if err != nil {
		return err
	}
	if err := writePEM(f.out+".key", privateKind, secret, 0o600); err != nil {
		return err
	}
	if err := writePEM(f.out+".pub", publicKind, shown, 0o644); err != nil {
		return err
	}
	fmt.Fprintf(e.stderr, "%s.key signs: keep it to yourself. %s.pub proves it: give it to whoever verifies.\n", f.out, f.out)
	return nil
}

// writePEM writes a new file; a key that is there already is never overwritten.
func writePEM(name, kind string, der []byte, mode os.FileMode) error {
	f, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, mode)
	if err != nil {
		return err
	}
	defer f.Close()
	return errors.Join(pem.Encode(f, &pem.Block{Type: kind, Bytes: der}), f.Sync())
}

// readKey reads one half of a key.
func readKey[K ed25519.PrivateKey | ed25519.PublicKey](name, kind string, parse func([]byte) (any, error)) (key K, err error) {
	data, err := os.ReadFile(name)
	if err != nil {
		return key, fmt.Errorf("cannot read the key: %w; make one with sensor baseline keygen -o NAME", err)
	}
	block, _ := pem.Decode(data)
	if block == nil || block.Type != kind {
		return key, fmt.Errorf("%s holds no %s in PEM", name, strings.ToLower(kind))
	}
	half, err := parse(block.Bytes)
	if err != nil {
		return key, fmt.Errorf("%s: %w", name, err)
	}
	key, ok := half.(K)
	if !ok {
		return key, fmt.Errorf("%s is no ed25519 key", name)
	}
	return key, nil
}

// approveBaseline signs a baseline, says so in the journal, or both.
func approveBaseline(e *env, f *baselineFlags, files []string) error {
	if len(f.keys) > 1 || len(f.keys) == 0 && f.journal == "" || f.by == "" {
		return usagef("baseline approve: say who approves with --by; with which key with --key FILE.key, or in which journal with --journal, or both")
	}
	return withBaselines(files, func(b ...*baseline.Baseline) error {
		if !b[0].Sealed {
			return fmt.Errorf("%s is not sealed, and nothing would hold the approval to it: sensor baseline seal", files[0])
		}
		if len(f.keys) == 1 {
			if err := f.sign(e, b[0], files[0]); err != nil {
				return err
			}
		}
		if f.journal == "" {
			return nil
		}
		d := desk{journal: f.journal, by: f.by, why: f.why}
		j, err := d.signed(e, journal.Entry{Do: journal.BaselineApproved, File: files[0], Sum: b[0].Hash})
		if err != nil {
			return err
		}
		return d.put(e, j)
	})
}

// sign puts a person's signature into a baseline.
func (f *baselineFlags) sign(e *env, b *baseline.Baseline, file string) error {
	key, err := readKey[ed25519.PrivateKey](f.keys[0], privateKind, x509.ParsePKCS8PrivateKey)
	if err != nil {
		return err
	}
	if err := b.Approve(key, f.by, wallClock()); err != nil {
		return err
	}
	if err := save(e, file, nil, b); err != nil {
		return err
	}
	fmt.Fprintf(e.stderr, "%s: %s\n%s is approved by %s\n", file, b.Summary(), b.Hash[:16], strings.Join(b.ApprovedBy(), " and "))
	return nil
}

// verifyBaseline says whether enough people approved a baseline as it is; it fails when not.
func verifyBaseline(e *env, f *baselineFlags, files []string) error {
	var keys []ed25519.PublicKey
	for _, name := range f.keys {
		k, err := readKey[ed25519.PublicKey](name, publicKind, x509.ParsePKIXPublicKey)
		if err != nil {
			return err
		}
		keys = append(keys, k)
	}
	return withBaselines(files, func(b ...*baseline.Baseline) error {
		people := b[0].ApprovedBy(keys...)
		if len(people) < f.need {
			return fmt.Errorf("%s is approved by %d of %d people that are needed: %s", files[0], len(people), f.need, or(strings.Join(people, " and "), "nobody"))
		}
		fmt.Fprintf(e.stdout, "%s %s approved by %s\n", files[0], b[0].Hash, strings.Join(people, " and "))
		if len(keys) == 0 {
			fmt.Fprintln(e.stderr, "any key counted: name the keys you trust with --key")
		}
		return nil
	})
}

func or(text, otherwise string) string {
	if text == "" {
		return otherwise
	}
	return text
}
