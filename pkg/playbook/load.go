package playbook

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"

	"otsensor/pkg/strict"
)

// The files of a profile, in the folder of rules.
const (
	playbookFile = "playbook.yaml"
	attackFile   = "attack.yaml"
)

// Load reads the profile from a folder. All mistakes are reported at once, each
// with file, line and the nearest right word.
func Load(files fs.FS) (*Profile, error) {
	p := &Profile{}
	sum := sha256.New()
	read := func(name string, into any) (*strict.Doc, error) {
		data, err := fs.ReadFile(files, name)
		if err != nil {
			return nil, err
		}
		fmt.Fprintf(sum, "%s %d\n", name, len(data))
		sum.Write(data)
		return strict.Decode(name, data, into)
	}
	book, err := read(playbookFile, p)
	table, err2 := read(attackFile, &p.attack)
	if err := errors.Join(err, err2); err != nil {
		return nil, err
	}
	p.SHA256 = hex.EncodeToString(sum.Sum(nil))
	p.index()
	c := checker{p: p, book: book, table: table}
	c.attack()
	c.all()
	return p, errors.Join(c.errs...)
}

func (p *Profile) index() {
	p.types, p.steps = map[string]*IncidentType{}, map[string]*Step{}
	for i := range p.Types {
		p.types[p.Types[i].ID] = &p.Types[i]
	}
	for i := range p.Steps {
		p.steps[p.Steps[i].ID] = &p.Steps[i]
	}
	p.attack.index()
}
