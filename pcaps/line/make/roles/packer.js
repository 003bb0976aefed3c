// Packaging panel and scanner (npm st-ethernet-ip): class 1 I/O at 200 ms, tags
// polled every second over a connected session, speed changed a little every half minute.
const { Controller, Tag, TagGroup, IO } = require('st-ethernet-ip')

const cartoner = process.argv[2]
const wait = (ms) => new Promise((resolve) => setTimeout(resolve, ms))

const scanner = new IO.Scanner()
const io = scanner.addConnection({
  configInstance: { assembly: 1, size: 0 },
  outputInstance: { assembly: 150, size: 4 },
  inputInstance: { assembly: 100, size: 8 }
}, 200, cartoner)
io.addOutputInt(0, 'Setpoint')
io.addOutputBit(2, 0, 'Run')

const session = async () => {
  const panel = new Controller()
  panel.on('error', () => {})
  await panel.connect(cartoner, 0, false)
  const group = new TagGroup()
  for (const name of ['LineSpeed', 'SpeedSetpoint', 'GlueTemperature', 'Running']) group.add(new Tag(name))
  const speed = new Tag('SpeedSetpoint')
  for (let n = 0; n < 90; n++) {
    await panel.readTagGroup(group)
    if (n % 30 === 17) {
      await panel.readTag(speed)
      speed.value = 118 + (n * 5) % 5
      await panel.writeTag(speed)
      io.setValue('Setpoint', speed.value)
      io.setValue('Run', true)
    }
    await wait(1000)
  }
  await panel.disconnect()
}

const forever = async () => {
  for (;;) {
    try { await session() } catch (err) { console.error(String(err && err.message || err)) }
    await wait(1500)
  }
}
forever()
