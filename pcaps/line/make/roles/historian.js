// Historian: reads all three parts of the line every few seconds with three
// clients (npm modbus-serial, node-snap7, ethernet-ip), each connected anew every minute.
const Modbus = require('modbus-serial')
const snap7 = require('node-snap7')
const { Controller, Tag, TagGroup } = require('ethernet-ip')

const [air, pressure, filler, cartoner] = process.argv.slice(2)
const wait = (ms) => new Promise((resolve) => setTimeout(resolve, ms))
const rounds = async (count, every, act) => {
  for (let i = 0; i < count; i++) {
    await act()
    await wait(every)
  }
}
const forever = async (session) => {
  for (;;) {
    try { await session() } catch (err) { console.error(String(err && err.message || err)) }
    await wait(1000)
  }
}

const modbus = (host, unit, inputs, holdings) => forever(async () => {
  const client = new Modbus()
  await client.connectTCP(host, { port: 502 })
  client.setID(unit)
  await rounds(15, 4000, async () => {
    await client.readInputRegisters(0, inputs)
    await client.readHoldingRegisters(0, holdings)
  })
  await new Promise((resolve) => client.close(resolve))
})

const s7 = () => forever(async () => {
  const client = new snap7.S7Client()
  client.SetConnectionType(client.CONNTYPE_BASIC)
  if (!client.ConnectTo(filler, 0, 2)) throw new Error(client.ErrorText(client.LastError()))
  await rounds(30, 2000, async () => client.DBRead(10, 0, 48))
  client.Disconnect()
})

const enip = () => forever(async () => {
  const client = new Controller()
  client.on('error', () => {})
  await client.connect(cartoner, 0)
  const group = new TagGroup()
  for (const name of ['CartonCount', 'RejectCount', 'LotNumber']) group.add(new Tag(name))
  await rounds(30, 2000, () => client.readTagGroup(group))
  client.destroy()
})

// ethernet-ip calls itself without end when the peer has closed first.
process.on('uncaughtException', (err) => console.error(String(err && err.message || err)))

modbus(air, 1, 10, 8)
modbus(pressure, 17, 6, 4)
s7()
enip()
