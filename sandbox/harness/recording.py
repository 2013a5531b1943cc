"""Entry of the untrusted sandbox for an author's notebook: `python3 -I /harness/recording.py`, a job on stdin."""

import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
sys.dont_write_bytecode = True

from nbpulse_harness.recording.main import main  # noqa: E402

if __name__ == "__main__":
    main()
