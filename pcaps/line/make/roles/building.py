"""Modbus/TCP client: building management station (pymodbus). Polls both HVAC controllers
every second; its schedule moves the setpoints around their centre in few, small steps.
"""
import random
import sys
import time

from pymodbus.client import ModbusTcpClient

OVERPRESSURE = [220, 222, 225, 218, 215]  # unit 1, tenths of a pascal
CASCADE = [(450, 300), (454, 303), (446, 297)]  # unit 17: filling room, its lock

air, pressure = (ModbusTcpClient(host, port=502, timeout=3) for host in sys.argv[1:3])
rng = random.Random(3)
start, cycle = time.monotonic(), 0
while True:
    air.read_input_registers(0, 10, slave=1)
    air.read_holding_registers(0, 8, slave=1)
    air.read_coils(0, 8, slave=1)
    pressure.read_input_registers(0, 6, slave=17)
    pressure.read_holding_registers(0, 4, slave=17)
    pressure.read_discrete_inputs(0, 4, slave=17)
    if cycle % 20 == 7:
        air.write_register(2, OVERPRESSURE[cycle // 20 % len(OVERPRESSURE)], slave=1)
    if cycle % 30 == 21:
        pressure.write_registers(0, list(CASCADE[cycle // 30 % len(CASCADE)]), slave=17)
    if cycle % 60 == 59:  # as the station does on its own: a fresh connection every minute
        air.close()
        pressure.close()
    cycle += 1
    time.sleep(max(0, start + cycle - time.monotonic() + rng.uniform(-0.02, 0.02)))
