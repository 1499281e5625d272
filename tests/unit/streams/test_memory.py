"""What a process gives back, seen from outside: the system's own figures."""

from __future__ import annotations

import subprocess
import sys

CODE = """
import re
from pathlib import Path
import scorers.compiled
from scorers.grouping import summed
from streams.memory import give_back, settle
import numpy as np

def resident():
    return int(re.search(r"VmRSS:\\s+(\\d+)", Path("/proc/self/status").read_text())[1])

def sums():
    return summed(np.array([7, 9, 7], np.uint64), np.array([[1, 1, 1]])).sums.tolist()

first = sums()
settle()
pieces = [bytearray(1_000) for _ in range(100_000)]
before, last = resident(), pieces[-1]
del pieces[:-1]
give_back()
print(before - resident() > 80_000, first == sums() == [[2, 1]])
"""


def test_memory_that_was_freed_is_given_back_and_compiled_loops_go_on() -> None:
    run = subprocess.run([sys.executable, "-c", CODE], capture_output=True, text=True, check=True)
    assert run.stdout.split() == ["True", "True"]
