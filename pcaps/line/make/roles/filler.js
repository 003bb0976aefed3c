// S7 controller of the filler: the server of npm node-snap7 behind a relay.
//
// DB10 process values (10 REAL, then carton and reject counters), DB20 setpoints
// (fill volume in hundredths of a millilitre, speed, stopper force).
// snap7's server declines block transfer, so the relay answers request download
// itself and lets the transfer run over the very connection of the client; all
// else passes through to the server untouched.
const net = require('net')
const snap7 = require('node-snap7')

const address = process.argv[2]
const server = new snap7.S7Server()
const process10 = Buffer.alloc(48)
const setpoints20 = Buffer.alloc(16)
setpoints20.writeInt16BE(500, 0)
setpoints20.writeInt16BE(120, 2)
setpoints20.writeInt16BE(85, 4)
server.RegisterArea(server.srvAreaDB, 10, process10)
server.RegisterArea(server.srvAreaDB, 20, setpoints20)
server.RegisterArea(server.srvAreaMK, Buffer.alloc(32))
if (!server.StartTo('127.0.0.1')) throw new Error(server.ErrorText(server.LastError()))
server.SetCpuStatus(server.S7CpuStatusRun)

let t = 0
setInterval(() => {
  if (server.GetCpuStatus() !== server.S7CpuStatusRun) return // stopped: the values stand still
  const setpoint = server.GetArea(server.srvAreaDB, 20).readInt16BE(0)
  for (let i = 0; i < 10; i++) {
    const centre = i === 0 ? setpoint / 100 : 20 + 5 * i
    process10.writeFloatBE(Math.fround(centre + 0.05 * Math.sin(t / (20 + i))), 4 * i)
  }
  process10.writeInt32BE(t, 40)
  process10.writeInt32BE(Math.floor(t / 900), 44)
  server.SetArea(server.srvAreaDB, 10, process10)
  t++
}, 250)

const FUNCTION = 17 // offset of the function code: TPKT 4, COTP 3, S7 header 10
const job = (ref, parameters, data = Buffer.alloc(0)) => {
  const s7 = Buffer.from([0x32, 1, 0, 0, 0, 0, 0, parameters.length, 0, data.length])
  s7.writeUInt16BE(ref, 4)
  return tpkt(Buffer.concat([s7, parameters, data]))
}
const acknowledge = (request, parameters) => {
  const s7 = Buffer.from([0x32, 3, 0, 0, 0, 0, 0, parameters.length, 0, 0, 0, 0])
  request.copy(s7, 4, 11, 13) // reference
  return tpkt(Buffer.concat([s7, parameters]))
}
const tpkt = (s7) => {
  const head = Buffer.from([3, 0, 0, 0, 2, 0xF0, 0x80])
  head.writeUInt16BE(7 + s7.length, 2)
  return Buffer.concat([head, s7])
}

// transfer pulls the block: download block until no more follows, then download ended.
const transfer = (client) => {
  let name = null
  let ref = 0x4B00
  return (packet) => {
    if (packet.length <= FUNCTION || packet[7] !== 0x32) return false
    const kind = packet[8]
    const code = packet[kind === 3 ? FUNCTION + 2 : FUNCTION]
    if (kind === 1 && code === 0x1A) {
      name = packet.subarray(FUNCTION + 8, FUNCTION + 18) // length, then _0A00001P
      client.write(acknowledge(packet, Buffer.from([0x1A])))
      client.write(job(++ref, Buffer.concat([Buffer.from([0x1B, 0, 0, 0, 0, 0, 0, 0]), name])))
      return true
    }
    if (kind !== 3 || !name) return false
    if (code === 0x1B) {
      const more = packet[FUNCTION + 3] & 1
      client.write(job(++ref, Buffer.concat([Buffer.from([more ? 0x1B : 0x1C, 0, 0, 0, 0, 0, 0, 0]), name])))
      return true
    }
    if (code === 0x1C) {
      name = null
      return true
    }
    return false
  }
}

const packets = (take) => {
  let kept = Buffer.alloc(0)
  return (bytes) => {
    kept = Buffer.concat([kept, bytes])
    while (kept.length >= 4 && kept.length >= kept.readUInt16BE(2)) {
      const size = kept.readUInt16BE(2)
      take(kept.subarray(0, size))
      kept = kept.subarray(size)
    }
  }
}

net.createServer((client) => {
  client.setNoDelay(true)
  const inner = net.connect({ host: '127.0.0.1', port: 102, noDelay: true })
  const own = transfer(client)
  client.on('data', packets((p) => { if (!own(p)) inner.write(p) }))
  inner.on('data', (b) => client.write(b))
  for (const [one, other] of [[client, inner], [inner, client]]) {
    one.on('close', () => other.destroy())
    one.on('end', () => other.end())
    one.on('error', () => other.destroy())
  }
}).listen(102, address)
