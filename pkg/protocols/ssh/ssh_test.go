package ssh

import (
	"testing"

	"otsensor/pkg/ot"
	pt "otsensor/pkg/protocols/protocoltest"
)

var packet = pt.Hex("0000001c 0a 14 0102030405060708090a0b0c0d0e0f10 00000000 00000000 00")

var seeds = []pt.Session{{
	Name: "session",
	Steps: []pt.Step{
		pt.Server([]byte("SSH-2.0-OpenSSH_9.2p1 Debian-2\r\n")...),
		pt.Client([]byte("SSH-2.0-PuTTY_Release_0.78\r\n")...),
		pt.Client(packet...), pt.Server(packet...),
	},
}, {
	Name: "a greeting first", Rough: true,
	Steps: []pt.Step{
		pt.Client([]byte("SSH-2.0-plink\n")...),
		pt.Server([]byte("Property of the plant\r\nSSH-1.99-dropbear\r\n")...),
	},
}, {
	Name: "one side", PDUs: true,
	Steps: []pt.Step{pt.Client([]byte("SSH-2.0-libssh_0.9.6\r\n")...)},
}, {
	Name: "encrypted only", Rough: true,
	Steps: []pt.Step{pt.Lost(ot.ToServer), pt.Lost(ot.ToClient), pt.Client(packet...), pt.Server(packet...)},
}, {
	Name: "web", Foreign: true,
	Steps: []pt.Step{pt.Client([]byte("GET / HTTP/1.1\r\n\r\n")...)},
}}

func TestConform(t *testing.T) { pt.Conform(t, Protocol(), seeds) }
func FuzzDecode(f *testing.F)  { pt.Fuzz(f, Protocol(), seeds) }

func TestVersions(t *testing.T) {
	for i, want := range []string{
		`ok putty_release_0.78: {"ssh.message":1,"ssh.message_name":"version_exchange","ssh.client":"SSH-2.0-PuTTY_Release_0.78","ssh.server":"SSH-2.0-OpenSSH_9.2p1 Debian-2"}`,
		`ok plink: {"ssh.message":1,"ssh.message_name":"version_exchange","ssh.client":"SSH-2.0-plink","ssh.server":"SSH-1.99-dropbear"}`,
		`oneway libssh_0.9.6: {"ssh.message":1,"ssh.message_name":"version_exchange","ssh.client":"SSH-2.0-libssh_0.9.6"}`,
	} {
		obs := pt.Play(t, Protocol(), seeds[i])
		did := pt.Dids(obs)
		if len(did) != 1 {
			t.Fatalf("%s: %+v", seeds[i].Name, did)
		}
		if got := did[0].Status.String() + " " + string(did[0].Name) + ": " + pt.JSON(Protocol(), &did[0]); got != want {
			t.Errorf("%s\nwant %s", got, want)
		}
		if ids := pt.Identities(obs); i == 0 && (len(ids) != 2 || ids[0].Facts[ot.FactProduct] != "OpenSSH_9.2p1 Debian-2") {
			t.Errorf("%+v", ids)
		}
	}
}
