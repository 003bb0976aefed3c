// Operator panel of the filler (npm nodes7): reads levels and setpoints twice a
// second and changes the fill volume a little every half minute.
const NodeS7 = require('nodes7')

const panel = new NodeS7({ silent: true })
let n = 0
panel.initiateConnection({ port: 102, host: process.argv[2], localTSAP: 0x0100, remoteTSAP: 0x0202, timeout: 3000 }, (err) => {
  if (err) throw err
  panel.addItems(['DB10,REAL0.10', 'DB10,DINT40', 'DB10,DINT44', 'DB20,INT0', 'DB20,INT2', 'DB20,INT4'])
  const poll = () => panel.readAllItems(() => {
    n++
    if (n % 60 === 33) return panel.writeItems('DB20,INT0', 496 + (n * 7) % 9, () => setTimeout(poll, 480))
    setTimeout(poll, 480)
  })
  poll()
})
