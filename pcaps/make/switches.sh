#!/usr/bin/env bash
# Records the cases of protocols that stand beside IP: two switches speak to each
# other, with real programs. As root, on Debian 12 with:
#   apt-get install wireshark-common linuxptp lldpd
# Times differ from run to run. No clock is set: both only listen to each other.
. "$(dirname "$0")/wire.sh" switches
up ec:74:ba:10:00:02 10.77.10.2 ec:74:ba:10:00:03 10.77.10.3
# clocks
clock() { # name, serial number, software, first priority
  cat <<X
[global]
free_running 1
time_stamping software
network_transport L2
priority1 $4
productDescription Hirschmann;RSPE35;$2
revisionData 1.3;$3;$3
userDescription $1;hall 2, line 7
uds_address $W/$1
X
}
clock switch-2 000942 09.4.00 100 >$W/a.conf; clock switch-3 000943 08.7.01 128 >$W/b.conf
srv ptp4l -f $W/a.conf -i wire0 >$W/a.log 2>&1 &
rec ptp-clocks
cli ptp4l -f $W/b.conf -i wire1 >$W/b.log 2>&1 &
sleep 8
cli pmc -2 -t 0 -b 1 -i wire1 'GET CLOCK_DESCRIPTION' 'GET DEFAULT_DATA_SET' 'SET PRIORITY1 90' 'GET NULL_MANAGEMENT' >/dev/null
sleep 1; ip netns pids $S | xargs kill; sleep 14
stop
end
# neighbours
neighbour() { # where, interface, name, description, model, serial number
  cat >$W/$3.conf <<X
configure system hostname $3
configure system description "$4"
configure system platform "$5"
configure system ip management pattern 10.77.10.*
configure lldp tx-interval 2
configure lldp portdescription "uplink"
configure inventory hardware-revision "1.3"
configure inventory firmware-revision "${4##* }"
configure inventory software-revision "${4##* }"
configure inventory serial-number "$6"
configure inventory manufacturer "Hirschmann"
configure inventory model "$5"
configure inventory asset "line 7"
X
  $1 lldpd -d -cc -l -M 4 -u $W/$3.sock -I $2 -O $W/$3.conf -C $2 >$W/$3.log 2>&1 &
}
neighbour srv wire0 switch-2 "Industrial switch, software 09.4.00" RSPE35 000942
neighbour cli wire1 switch-3 "Industrial switch, software 08.7.01" RSP25 000943
sleep 5 # at first they say everything twice
rec lldp-cdp
sleep 7
stop
end
# bridges
for n in "$S wire0 ec:74:ba:10:00:02" "$C wire1 ec:74:ba:10:00:03"; do
  set -- $n
  ip -n $1 addr flush dev $2; ip -n $1 link add br0 type bridge stp_state 1 hello_time 200 forward_delay 400
  ip -n $1 link set br0 address $3; ip -n $1 link set $2 master br0
done
rec spanning-tree
ip -n $S link set br0 up; ip -n $C link set br0 up; sleep 14
ip -n $C link set br0 type bridge priority 4096; sleep 12
stop
down
