"""Modbus/TCP client: building management station (pymodbus). Polls both HVAC controllers
every second and, as its operator does, changes a setpoint a little now and then.
"""
import random
import sys
import time

from pymodbus.client import ModbusTcpClient

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
        air.write_register(2, rng.randint(215, 225), slave=1)
    if cycle % 30 == 21:
        pressure.write_registers(0, [rng.randint(446, 454), rng.randint(297, 303)], slave=17)
    if cycle % 60 == 59:  # as the station does on its own: a fresh connection every minute
        air.close()
        pressure.close()
    cycle += 1
    time.sleep(max(0, start + cycle - time.monotonic() + rng.uniform(-0.02, 0.02)))
