"""Entry of a sandbox started ahead: `python3 -I /harness/waiting.py oracle|probe ROOM`. Its order comes on stdin.

ROOM is any long word: the kernel shows the argument list where it stood at the start, so the program's must fit there.
"""

import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
sys.dont_write_bytecode = True

from nbpulse_harness.warm.waiting import main  # noqa: E402

# As after a cold start: the entry that is ordered puts this folder there itself.
del sys.path[0]

if __name__ == "__main__":
    main()
