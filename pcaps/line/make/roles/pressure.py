"""Modbus/TCP server: pressure cascade of the clean rooms (pymodbus, Debian python3-pymodbus).

Holding registers 0..3: overpressure setpoints of four rooms in tenths of a pascal.
Input registers 0..5: measured overpressures, door counter, alarm word. Unit 17.
"""
import math
import random
import sys
import threading
import time

from pymodbus.datastore import ModbusSequentialDataBlock, ModbusServerContext, ModbusSlaveContext
from pymodbus.device import ModbusDeviceIdentification
from pymodbus.server import StartTcpServer

UNIT = 17


def step(slave):
    rng = random.Random(5)
    doors, t = 0, 0
    while True:
        setpoints = slave.getValues(3, 0, 4)
        rooms = [int(s + 3 * math.sin(t / (20 + i)) + rng.random() * 2) for i, s in enumerate(setpoints)]
        doors += rng.random() < 0.02
        slave.setValues(4, 0, rooms + [doors & 0xFFFF, 0])
        t += 1
        time.sleep(1)


identity = ModbusDeviceIdentification(info_name={
    "VendorName": "WAGO", "ProductCode": "750-8212", "MajorMinorRevision": "04.02.13",
    "ProductName": "PFC200", "ModelName": "Pressure cascade",
})
slave = ModbusSlaveContext(
    di=ModbusSequentialDataBlock(1, [1, 0, 1, 1, 0, 0, 0, 0]), co=ModbusSequentialDataBlock(1, [1] * 8),
    hr=ModbusSequentialDataBlock(1, [450, 300, 150, 100]), ir=ModbusSequentialDataBlock(1, [0] * 6))
threading.Thread(target=step, args=(slave,), daemon=True).start()
StartTcpServer(context=ModbusServerContext(slaves={UNIT: slave}, single=False), identity=identity, address=(sys.argv[1], 502))
