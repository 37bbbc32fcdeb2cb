"""Samples the memory of a process's children every few seconds until it ends.

Argument: the process. Prints, one line a sample, the seconds since the start and the largest child's resident memory
in megabytes.
"""

import os
import sys
import time

parent = int(sys.argv[1])
began = time.monotonic()


def parent_of(process):
    try:
        with open(f"/proc/{process}/stat") as file:
            # The name, in brackets, may hold anything.
            fields = file.read().rpartition(")")[2].split()
    except OSError:
        return None
    return None if fields[0] == "Z" else int(fields[1])


def resident(process):
    try:
        with open(f"/proc/{process}/status") as file:
            return max((int(line.split()[1]) for line in file if line.startswith("VmRSS:")), default=0)
    except OSError:
        return 0


while parent_of(parent) is not None:
    children = [name for name in os.listdir("/proc") if name.isdigit() and parent_of(name) == parent]
    largest = max((resident(child) for child in children), default=0)
    if largest:
        print(f"{time.monotonic() - began:.0f} {largest / 1024:.1f}", flush=True)
    time.sleep(2)
