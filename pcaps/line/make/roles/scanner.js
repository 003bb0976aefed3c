// I/O scanner of the packaging panel (npm st-ethernet-ip): class 1, 200 ms,
// 4 bytes out, 8 bytes in.
const { IO } = require('st-ethernet-ip')

const scanner = new IO.Scanner()
const io = scanner.addConnection({
  configInstance: { assembly: 1, size: 0 },
  outputInstance: { assembly: 150, size: 4 },
  inputInstance: { assembly: 100, size: 8 }
}, 200, process.argv[2])
io.addOutputInt(0, 'Setpoint')
io.addOutputBit(2, 0, 'Run')
io.on('connected', () => {
  io.setValue('Setpoint', 120)
  io.setValue('Run', true)
})
