#!/usr/bin/env bash
# Writes tshark's reading of every case's main protocols beside its capture, as
# capture.<protocol>.tsv.gz: one row a frame that completes a PDU, the values of
# several PDUs joined with ";". Tests of the decoders compare ours with it.
set -euo pipefail
cd "$(dirname "$0")"

packet="frame.number frame.time_epoch ip.src ip.dst tcp.srcport tcp.dstport"
modbus="$packet tcp.stream mbtcp.trans_id mbtcp.prot_id mbtcp.len mbtcp.unit_id modbus.func_code modbus.exception_code modbus.diagnostic_code
  modbus.mei modbus.reference_num modbus.read_reference_num modbus.write_reference_num modbus.bit_cnt modbus.word_cnt
  modbus.read_word_cnt modbus.write_word_cnt modbus.byte_cnt modbus.regval_uint16 modbus.data"
enip="$packet udp.srcport udp.dstport tcp.stream udp.stream enip.command enip.length enip.session enip.status enip.cpf.itemcount enip.cpf.typeid
  enip.cpf.cai.connid enip.cpf.sai.connid enip.cpf.sai.seq cip.rr cip.sc cip.class cip.instance cip.attribute cip.connpoint cip.symbol
  cip.genstat cip.addstat cip.cm.ot_connid cip.cm.to_connid cip.cm.conn_serial_num cip.cm.otrpi cip.cm.torpi cip.pccc.cmd.code
  cip.pccc.fnc.code_06 cip.pccc.fnc.code_07 cip.pccc.fnc.code_0f cip.pccc.tns.code cip.pccc.file.num cip.pccc.file.type"
s7="$packet tcp.stream tpkt.length cotp.type s7comm.header.rosctr s7comm.header.pduref s7comm.header.parlg s7comm.header.datlg
  s7comm.header.errcls s7comm.header.errcod s7comm.param.func s7comm.param.pdu_length s7comm.param.itemcount s7comm.param.item.syntaxid
  s7comm.param.item.transp_size s7comm.param.item.length s7comm.param.item.db s7comm.param.item.area s7comm.param.item.address
  s7comm.data.returncode s7comm.data.length s7comm.param.userdata.type s7comm.param.userdata.funcgroup s7comm.param.userdata.subfunc
  s7comm.param.pistart.servicename s7comm.blockinfo.blocktype s7comm.blockinfo.block_num"

read_as() { # name, display filter, fields
  for capture in */capture.pcap*; do
    to="${capture%%.pcap*}.$1.tsv.gz"
    rows=$(tshark -n -r "$capture" -o tcp.desegment_tcp_streams:TRUE -Y "$2" -T fields -E header=y -E separator=/t -E aggregator=';' \
      $(printf -- '-e %s ' $3) 2>/dev/null)
    rm -f "$to"
    [ "$(wc -l <<<"$rows")" -lt 2 ] || gzip -n >"$to" <<<"$rows"
  done
}
read_as modbus 'modbus && mbtcp && tcp' "$modbus"
read_as enip 'enip' "$enip"
read_as s7 's7comm' "$s7"
