#!/usr/bin/env bash
# Records the case kerberos-logon: a domain's key distribution centre and a client, both of MIT Kerberos.
# As root, on Debian 13 with wireshark-common, krb5-kdc, krb5-admin-server and krb5-user.
# Times, ports and keys differ from run to run.
. "$(dirname "$0")/wire.sh" kerberos
up 00:50:56:10:00:44 10.77.10.44 f8:bc:12:10:00:61 10.77.10.61
cat >"$W/krb5.conf" <<X
[libdefaults]
default_realm = PLANT.EXAMPLE
dns_lookup_kdc = false
dns_lookup_realm = false
rdns = false
[realms]
PLANT.EXAMPLE = {
  kdc = 10.77.10.44
}
X
cat >"$W/kdc.conf" <<X
[kdcdefaults]
kdc_listen = 10.77.10.44:88
kdc_tcp_listen = 10.77.10.44:88
[realms]
PLANT.EXAMPLE = {
  database_name = $W/principal
  key_stash_file = $W/stash
}
X
sed 's/\[realms\]/udp_preference_limit = 1\n[realms]/' "$W/krb5.conf" >"$W/tcp.conf"
export KRB5_CONFIG=$W/krb5.conf KRB5_KDC_PROFILE=$W/kdc.conf KRB5CCNAME=$W/cache
kdb5_util create -s -P Gq7pump >/dev/null 2>&1
kadmin.local -q "addprinc +requires_preauth -pw Gq7pump operator" >/dev/null 2>&1
kadmin.local -q "addprinc -randkey host/filler.plant.example" >/dev/null 2>&1
srv krb5kdc -n >"$W/kdc.log" 2>&1 &
sleep 2
rec kerberos-logon "port 88"
logon() { echo "$2" | cli kinit "$1" >/dev/null 2>&1; }
logon operator wrong
logon nobody wrong
logon operator Gq7pump
cli kvno host/filler.plant.example >/dev/null 2>&1
cli kvno host/absent.plant.example >/dev/null 2>&1
export KRB5_CONFIG=$W/tcp.conf
logon operator Gq7pump
cli kvno host/filler.plant.example >/dev/null 2>&1
stop
down
