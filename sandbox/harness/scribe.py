"""Entry of the trusted sandbox beside it: `python3 -I /harness/scribe.py`, writes down what comes over the seam."""

import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
sys.dont_write_bytecode = True

from nbpulse_harness.recording.scribe import main  # noqa: E402

if __name__ == "__main__":
    main()
