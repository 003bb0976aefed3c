// Operator panel of the filler (npm nodes7): reads levels and setpoints twice a
// second, changes the fill volume a little every half minute, connects anew every two minutes.
const NodeS7 = require('nodes7')

const VOLUMES = [500, 503, 497] // hundredths of a millilitre
let n = 0

const session = () => {
  const panel = new NodeS7({ silent: true })
  panel.initiateConnection({ port: 102, host: process.argv[2], localTSAP: 0x0100, remoteTSAP: 0x0202, timeout: 3000 }, (err) => {
    if (err) throw err
    panel.addItems(['DB10,REAL0.10', 'DB10,DINT40', 'DB10,DINT44', 'DB20,INT0', 'DB20,INT2', 'DB20,INT4'])
    const again = () => setTimeout(poll, 480)
    const poll = () => panel.readAllItems(() => {
      n++
      if (n % 240 === 0) return panel.dropConnection(() => setTimeout(session, 1000))
      if (n % 60 === 33) return panel.writeItems('DB20,INT0', VOLUMES[Math.floor(n / 60) % VOLUMES.length], again)
      again()
    })
    poll()
  })
}
session()
