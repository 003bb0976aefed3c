// The unknown laptop's EtherNet/IP acts (npm st-ethernet-ip):
// laptop-enip.js browse|tags|write|reset CARTONER.
const { Controller, Tag, Browser } = require('st-ethernet-ip')

const [act, cartoner] = process.argv.slice(2)
const wait = (ms) => new Promise((resolve) => setTimeout(resolve, ms))

const browse = async () => {
  const browser = new Browser(51687, '0.0.0.0', true, 700)
  browser.on('New Device', (d) => console.error(d.productName))
  await wait(2000)
}

// reset sends Identity Reset (service 05, class 1, instance 1) over the connected session.
const reset = async (plc) => {
  plc.write_cip(Buffer.from([0x05, 0x02, 0x20, 0x01, 0x24, 0x01]), true)
  await wait(1500)
}

const acts = {
  tags: async (plc) => {
    for (const { name } of plc.state.tagList.tags) await plc.readTag(new Tag(name))
    await plc.disconnect()
  },
  write: async (plc) => {
    const speed = new Tag('SpeedSetpoint')
    await plc.readTag(speed)
    speed.value = 300 // cartons a minute instead of about 120
    await plc.writeTag(speed)
    await plc.disconnect()
  },
  reset
}

const main = async () => {
  if (act === 'browse') return browse()
  const plc = new Controller()
  plc.on('error', () => {})
  await plc.connect(cartoner, 0, act === 'tags')
  await acts[act](plc)
}
main().then(() => process.exit(0), (err) => { console.error(err); process.exit(1) })
