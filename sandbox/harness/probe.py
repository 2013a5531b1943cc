"""Entry of the untrusted sandbox: `python3 -I /harness/probe.py`, a job on stdin, then the seam until it closes."""

import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
sys.dont_write_bytecode = True

from nbpulse_harness.probe.main import main  # noqa: E402

if __name__ == "__main__":
    main()
