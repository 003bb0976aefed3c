// Packaging panel (npm st-ethernet-ip): tags polled every second over a connected
// session, speed changed a little every half minute; and its I/O scanner, a program
// of its own that is started anew at every lot, here every two and a half minutes.
const { fork } = require('child_process')
const path = require('path')
const { Controller, Tag, TagGroup } = require('st-ethernet-ip')

const SPEEDS = [120, 122, 118] // cartons a minute
const cartoner = process.argv[2]
const wait = (ms) => new Promise((resolve) => setTimeout(resolve, ms))
let writes = 0

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
      speed.value = SPEEDS[writes++ % SPEEDS.length]
      await panel.writeTag(speed)
    }
    await wait(1000)
  }
  await panel.disconnect()
}

const panel = async () => {
  for (;;) {
    try { await session() } catch (err) { console.error(String(err && err.message || err)) }
    await wait(1500)
  }
}

const lots = async () => {
  for (;;) {
    const scanner = fork(path.join(__dirname, 'scanner.js'), [cartoner])
    await wait(150000)
    scanner.kill()
    await wait(2000)
  }
}

panel()
lots()
