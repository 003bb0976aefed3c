package opcua

import (
	"bytes"
	"strconv"

	"otsensor/pkg/ot"
	"otsensor/pkg/protocols"
)

// identification are the properties by which a device behind a server says who
// it is (OPC 10000-100 §4.5.2, IVendorNameplateType), by their browse names.
var identification = []struct {
	name string
	fact ot.Fact
}{
	{"Manufacturer", ot.FactVendor}, {"Model", ot.FactProduct}, {"ProductCode", ot.FactOrder}, {"SerialNumber", ot.FactSerial},
	{"HardwareRevision", ot.FactHardware}, {"SoftwareRevision", ot.FactFirmware}, {"DeviceClass", ot.FactType},
}

// plates is how many such properties are known of one connection.
const plates = 32

// plate is the node of a property, whose it is, and what it was last.
type plate struct {
	node  uint64
	fact  ot.Fact
	whose string
	said  uint64
}

// factOf is what a property of this name tells.
func factOf(name []byte) (ot.Fact, bool) {
	for i := range identification {
		if string(name) == identification[i].name {
			return identification[i].fact, true
		}
	}
	return 0, false
}

// nodeKey is a node as it is known again; of a name it is that as it was cleaned.
func nodeKey(space, id uint32, name []byte) uint64 {
	if name != nil {
		return protocols.Digest(name) ^ uint64(space)<<48
	}
	return uint64(space)<<32 | uint64(id)
}

// plateOf finds a known property.
func (d *decoder) plateOf(node uint64) *plate {
	for i := range d.plates {
		if p := &d.plates[i]; p.node == node && p.whose != "" {
			return p
		}
	}
	return nil
}

// hang notes a property of a device; of one known before nothing changes.
func (d *decoder) hang(node uint64, fact ot.Fact, whose []byte) *plate {
	if p := d.plateOf(node); p != nil {
		return p
	}
	if d.plates == nil {
		d.plates = make([]plate, plates)
	}
	p := &d.plates[d.nextPlate]
	d.nextPlate = (d.nextPlate + 1) % plates
	*p = plate{node: node, fact: fact, whose: ot.CleanString(whose, ot.NameCap)}
	return p
}

// browsed reads what a node holds (OPC 10000-4 §7.30): among it may be what says who a device is.
func (d *decoder) browsed(t *ot.Transaction, c protocols.Cursor) {
	if t.Arg[argNode]&present == 0 || c.U32LE() == 0 || c.U32LE()&bad != 0 {
		return
	}
	var room [ot.NameCap]byte
	whose := append(room[:0], t.Name...)
	if len(whose) == 0 {
		whose = append(strconv.AppendUint(append(whose, "ns="...), uint64(t.Object.Area), 10), ";i="...)
		whose = strconv.AppendUint(whose, uint64(t.Object.Addr), 10)
	}
	text(&c) // where to go on
	for n := c.U32LE(); int32(n) > 0 && !c.Short(); n-- {
		nodeID(&c) // kind of reference, forward
		c.Skip(1)
		held := nodeID(&c)
		c.Skip(2)
		fact, tells := factOf(text(&c))
		localText(&c)
		c.Skip(4) // class of the node
		if nodeID(&c); tells && !c.Short() {
			var name []byte
			if held.name != nil {
				name = d.clean(held.name)
			}
			d.hang(nodeKey(uint32(held.space), held.id, name), fact, whose)
		}
	}
}

// named is a property whose node's own name ends in what it is, behind the name of the device.
func (d *decoder) named(node uint64, name []byte) *plate {
	at := bytes.LastIndexAny(name, "./")
	if at < 1 {
		return nil
	}
	if fact, tells := factOf(bytes.Trim(name[at+1:], `"`)); tells {
		return d.hang(node, fact, name[:at])
	}
	return nil
}

// device tells who a device behind the server is, once for each value that was read.
func (d *decoder) device(t *ot.Transaction, out *protocols.Emit) {
	if t.Object.Area == 0 || len(t.Value) == 0 || t.Shape != ot.Opaque {
		return
	}
	var name []byte
	if len(t.Name) > 0 {
		name = t.Name
	}
	node := nodeKey(t.Object.Area, t.Object.Addr, name)
	p := d.plateOf(node)
	if p == nil {
		p = d.named(node, name)
	}
	if p == nil || p.said == protocols.Digest(t.Value) {
		return
	}
	p.said = protocols.Digest(t.Value)
	id := ot.Identity{Of: out.Conv.Server.Host(), Behind: p.whose, Source: "OPC UA device node"}
	id.Facts[p.fact] = ot.CleanString(t.Value, ot.NameCap)
	out.Identified(id)
}
