"""Megabytes of an FCD file that sumolib's parse_fast reads in a second of processor time.

    sumolib-rate.py FILE

Rows only, as texts: id, x and y of each vehicle, without the timestep that it is in.
"""

import os
import sys
import time

# Where Debian's sumo-tools puts it.
sys.path.append(os.path.join(os.environ.get("SUMO_HOME", "/usr/share/sumo"), "tools"))
import sumolib.xml  # noqa: E402

file = sys.argv[1]
start = time.process_time()
rows = 0
for row in sumolib.xml.parse_fast(file, "vehicle", ["id", "x", "y"]):
    rows += 1
print(os.path.getsize(file) / 1e6 / (time.process_time() - start))
