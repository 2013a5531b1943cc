"""Entry of a check: `python3 -I /harness/reading.py`, an assignment on stdin, what its text tells on stdout."""

import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
sys.dont_write_bytecode = True

from nbpulse_harness.reading.main import main  # noqa: E402

# What is looked up from here on is the environment's, never the harness's.
del sys.path[0]

if __name__ == "__main__":
    main()
