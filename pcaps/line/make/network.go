package main

import (
	"context"
	"os/exec"
	"strings"
)

// prefix marks the namespaces of the recording, so that nothing else is touched.
const prefix = "otline-"

const switchNamespace = prefix + "switch"

// network is a bridge in a namespace of its own, and one namespace and veth pair for each actor.
type network struct{ namespaces []string }

// build lays the network out. Offloads are off, so that frames carry right
// checksums and real segment sizes; IPv6 is off, so that hosts say only what they are cast for.
func (n *network) build(ctx context.Context, cast []actor) error {
	if err := n.add(ctx, switchNamespace); err != nil {
		return err
	}
	bridge := []string{
		"ip -n SW link add br0 type bridge forward_delay 0 mcast_snooping 0",
		"ip -n SW link set br0 up promisc on",
	}
	if err := script(ctx, bridge, actor{}); err != nil {
		return err
	}
	for _, a := range cast {
		if err := n.join(ctx, a); err != nil {
			return err
		}
	}
	return nil
}

func (n *network) add(ctx context.Context, namespace string) error {
	if err := run(ctx, "ip", "netns", "add", namespace); err != nil {
		return err
	}
	n.namespaces = append(n.namespaces, namespace)
	return run(ctx, "ip", "netns", "exec", namespace, "sysctl", "-qw", "net.ipv6.conf.all.disable_ipv6=1", "net.ipv6.conf.default.disable_ipv6=1")
}

// join connects one actor; its port of the bridge stays down for who has nothing to run yet.
func (n *network) join(ctx context.Context, a actor) error {
	if err := n.add(ctx, prefix+a.name); err != nil {
		return err
	}
	steps := []string{
		"ip -n SW link add NAME type veth peer name eth0 netns NS",
		"ip -n NS link set eth0 address MAC",
		"ip -n NS addr add ADDRESS/24 broadcast 10.77.10.255 dev eth0",
		"ip netns exec NS ethtool -K eth0 tx off sg off tso off gso off gro off",
		"ip netns exec SW ethtool -K NAME tx off sg off tso off gso off gro off",
		"ip -n SW link set NAME master br0",
		"ip -n NS link set lo up",
	}
	if len(a.programs) > 0 {
		steps = append(steps, plug...)
	}
	return script(ctx, steps, a)
}

// plug are the steps that bring a host onto the wire.
var plug = []string{"ip -n SW link set NAME up", "ip -n NS link set eth0 up", "ip -n NS route add default dev eth0"}

func (n *network) plug(ctx context.Context, name string) error {
	return script(ctx, plug, actor{name: name})
}

// script runs lines of commands with their placeholders filled in for an actor.
func script(ctx context.Context, lines []string, a actor) error {
	fill := strings.NewReplacer("SW", switchNamespace, "NS", prefix+a.name, "NAME", a.name, "MAC", a.mac, "ADDRESS", a.address)
	for _, line := range lines {
		words := strings.Fields(line)
		for i, w := range words {
			words[i] = fill.Replace(w)
		}
		if err := run(ctx, words[0], words[1:]...); err != nil {
			return err
		}
	}
	return nil
}

// remove deletes the namespaces that this run made; their links go with them.
func (n *network) remove() {
	for _, namespace := range n.namespaces {
		exec.Command("ip", "netns", "del", namespace).Run()
	}
}

func inNamespace(ctx context.Context, name string, program []string) *exec.Cmd {
	return exec.CommandContext(ctx, "ip", append([]string{"netns", "exec", prefix + name}, program...)...)
}
